"""Ink on a sheet: how a printer lays it and wears, and what a forger adds to it with a pen or
another machine. Pictures are 300 dpi, ink on white; a run is a word as it was set:
(text, x, y, points, font, bold, italic, field), x and y the baseline's left end in mm."""
import math

import cairo
from PIL import Image, ImageChops, ImageFilter

from degrade import MM, noise

TILE = 640

# Where a pen goes to make one figure another: lines through points of the figure's own box,
# 0..1 from its left and from its top.
PEN = {
    "1": [("7", [[(-0.75, 0.06), (-0.2, 0.02), (0.5, 0.05)]]), ("4", [[(0.35, 0.05), (-0.3, 0.4), (-0.8, 0.68)], [(-0.85, 0.68), (0, 0.7), (1.2, 0.66)]])],
    "3": [("8", [[(0.12, 0.2), (0.1, 0.36), (0.42, 0.48)], [(0.42, 0.48), (0.08, 0.62), (0.1, 0.84)]])],
    "0": [("8", [[(0.12, 0.38), (0.5, 0.52), (0.88, 0.38)], [(0.15, 0.62), (0.5, 0.48), (0.86, 0.64)]]),
          ("9", [[(0.1, 0.4), (0.45, 0.6), (0.9, 0.42)]]), ("6", [[(0.12, 0.6), (0.5, 0.4), (0.88, 0.6)]])],
    "5": [("6", [[(0.2, 0.42), (0.08, 0.62), (0.12, 0.86)]])],
    "6": [("8", [[(0.84, 0.12), (0.9, 0.3), (0.55, 0.46)]])],
    "9": [("8", [[(0.4, 0.55), (0.1, 0.7), (0.14, 0.88)]])],
    "7": [("9", [[(0.08, 0.08), (0.1, 0.4), (0.45, 0.5), (0.75, 0.3)]])],
    "4": [("9", [[(0.12, 0.5), (0.3, 0.1), (0.75, 0.06)]])],
}


def tiled(size, rng, scale, spread):
    """Smooth noise around 128, grains of about scale pixels."""
    small = (round(TILE / scale),) * 2
    tile = noise(small, rng, spread * 1.35).resize((TILE, TILE), Image.Resampling.BICUBIC)
    out = Image.new("L", size, 128)
    for y in range(0, size[1], TILE):
        for x in range(0, size[0], TILE):
            out.paste(tile.transpose(rng.choice(list(Image.Transpose)[:4])), (x, y))
    return out


def lift(ink, grey):
    """Takes off that share of the ink: paper stays."""
    return ImageChops.screen(ink, Image.merge("RGB", [grey] * 3))


def laid(ink, rng):
    """As toner lies: edges out by part of a sample here and there, solid strokes mottled."""
    rough = rng.randint(40, 160)
    moved = tiled(ink.size, rng, 2.2, 40).point([rough if v > 128 else 0 for v in range(256)])
    ink = Image.composite(ImageChops.offset(ink, 1, 0), ink, moved)
    ink = Image.composite(ImageChops.offset(ink, 0, 1), ink, moved.transpose(Image.Transpose.ROTATE_180))
    fine, wide = rng.uniform(2, 7), rng.uniform(1, 4)
    mottle = ImageChops.add(tiled(ink.size, rng, 3, fine), tiled(ink.size, rng, 25, wide), 1, -128)
    return lift(ink, mottle.point([max(0, v - 124) for v in range(256)]))


def streaks(ink, rng):
    """A worn drum or an empty cartridge: bands down the sheet where less ink comes."""
    weak = Image.new("L", ink.size, 0)
    for _ in range(rng.randint(1, 3)):
        x, half, deep = rng.randint(0, ink.width), rng.uniform(0.7, 6) * MM, rng.uniform(15, 90)
        for i in range(max(0, round(x - 2 * half)), min(ink.width, round(x + 2 * half))):
            level = round(deep * math.exp(-((i - x) / half) ** 2))
            weak.paste(max(level, weak.getpixel((i, 0))), (i, 0, i + 1, ink.height))
    return lift(ink, ImageChops.multiply(weak, tiled(ink.size, rng, 200, 25).point(lambda v: min(255, v + 90))))


def extents(text, run):
    """(left, top, wide, high) of the ink and the advance, in mm from the run's own start."""
    c = cairo.Context(cairo.ImageSurface(cairo.FORMAT_A8, 1, 1))
    options = cairo.FontOptions()
    options.set_hint_metrics(cairo.HINT_METRICS_OFF)
    c.set_font_options(options)
    c.select_font_face(run[4], cairo.FONT_SLANT_ITALIC if run[6] else cairo.FONT_SLANT_NORMAL,
                       cairo.FONT_WEIGHT_BOLD if run[5] else cairo.FONT_WEIGHT_NORMAL)
    c.set_font_size(run[3] * 25.4 / 72)
    e = c.text_extents(text)
    return e.x_bearing, e.y_bearing, e.width, e.height, e.x_advance


def ink_of_pen(rng):
    """(colour, width in mm, how uneven): ball pens are pale, tinted and uneven, gel is as black as print."""
    way = rng.choice(["ball", "ball", "gel", "gel", "blue"])
    if way == "blue":
        return (rng.uniform(0.1, 0.25), rng.uniform(0.15, 0.3), rng.uniform(0.45, 0.65)), rng.uniform(0.25, 0.45), 30
    if way == "gel":
        v = rng.uniform(0.05, 0.15)
        return (v, v + rng.uniform(-0.005, 0.01), v + rng.uniform(0, 0.025)), rng.uniform(0.25, 0.4), 8
    v, tint = rng.uniform(0.14, 0.3), rng.choice([(0.02, 0, 0.06), (0.05, 0.02, 0), (0, 0.01, 0.05), (0.01, 0, 0.02)])
    return tuple(v + t for t in tint), rng.uniform(0.3, 0.5), 25


def drawn(size, lines, wide, rng):
    """255 where a pen that wide (pixels) went; a hand is never quite where it wants."""
    surface = cairo.ImageSurface(cairo.FORMAT_A8, *size)
    c = cairo.Context(surface)
    c.set_line_cap(cairo.LINE_CAP_ROUND)
    c.set_line_join(cairo.LINE_JOIN_ROUND)
    for line in lines:
        points = [(x + rng.gauss(0, 0.7), y + rng.gauss(0, 0.7)) for x, y in line]
        c.set_line_width(wide * rng.uniform(0.9, 1.1))
        c.move_to(*points[0])
        for a, b, d in zip(points, points[1:], points[2:] + [points[-1]]):
            c.curve_to(a[0] + (b[0] - a[0]) * 0.6, a[1] + (b[1] - a[1]) * 0.6, b[0] - (d[0] - a[0]) * 0.15, b[1] - (d[1] - a[1]) * 0.15, *b)
        c.stroke()
    surface.flush()
    mask = Image.frombuffer("L", (surface.get_stride(), size[1]), bytes(surface.get_data()), "raw", "L", surface.get_stride(), 1)
    return mask.crop((0, 0, *size))


def put(ink, mask, at, colour, uneven, rng):
    """Ink over ink: what is dark stays dark."""
    size = mask.size
    box = (*at, at[0] + size[0], at[1] + size[1])
    thin = tiled(size, rng, 4, uneven).point([min(255, 255 - max(0, v - 132) * 2) for v in range(256)])
    mask = ImageChops.multiply(mask, thin).filter(ImageFilter.GaussianBlur(0.45))
    planes = [ImageChops.multiply(p, mask.point([round(255 - (1 - f) * v) for v in range(256)])) for p, f in zip(ink.crop(box).split(), colour)]
    ink.paste(Image.merge("RGB", planes), box)


def pen(ink, runs, rng):
    """One figure of a value made another. Returns its kind and box, or None: there is no such figure."""
    figures = [(run, i) for run in runs for i, c in enumerate(run[0]) if run[7] and c in PEN and run[3] >= 9]
    if not figures:
        return None
    run, i = rng.choice(figures)
    left, top, wide, high, _ = extents(run[0][i], run)
    x0 = (run[1] + extents(run[0][:i], run)[4] + left) * MM
    y0, wide, high = (run[2] + top) * MM, wide * MM, high * MM
    became, lines = rng.choice(PEN[run[0][i]])
    colour, broad, uneven = ink_of_pen(rng)
    pad = round(1.5 * MM)
    at = (round(x0) - pad, round(y0) - pad)
    size = (round(wide) + 2 * pad, round(high) + 2 * pad)
    inside = [[(x0 - at[0] + px * wide, y0 - at[1] + py * high) for px, py in line] for line in lines]
    put(ink, drawn(size, inside, broad * MM, rng), at, colour, uneven, rng)
    box = [round(v) for v in (x0 - 6, y0 - 6, wide + 12, high + 12)]
    return "pen", (box[0], box[1], box[0] + box[2], box[1] + box[3]), f"{run[0][i]}>{became}"


def added(ink, runs, rng):
    """Figures or a word set behind a value by another machine: kind, box and what, or None."""
    after = [run for run in runs if run[7] and run[3] >= 9]
    rng.shuffle(after)
    for run in after:
        wide = extents(run[0], run)[4]
        x, high = run[1] + wide, run[3] * 25.4 / 72
        room = (round((x + 0.6) * MM), round((run[2] - high * 0.8) * MM), round((x + 5 * high) * MM), round((run[2] + 0.1 * high) * MM))
        if room[2] > ink.width or min(ink.crop(room).convert("L").getdata()) < 150:
            continue
        words = "".join(rng.choice("0123456789") for _ in range(rng.randint(1, 3))) if run[0][-1].isdigit() else " " + rng.choice(["Nam", "Anh", "LAN", "Tây"])
        own = (words, x + rng.uniform(0, 0.4), run[2] + rng.uniform(-0.2, 0.2), run[3] * rng.uniform(0.95, 1.05),
               run[4] if rng.random() < 0.6 else rng.choice(["Tinos", "Noto Serif", "DejaVu Sans"]), run[5], run[6], run[7])
        left, top, w, h, _ = extents(words.strip(), own)
        size = (round((w + left + high) * MM) + 20, round(high * 2 * MM))
        at = (round(own[1] * MM) - 10, round((own[2] - high * 1.4) * MM))
        v = rng.uniform(0.03, 0.25)
        colour = rng.choice([(v, v, v + 0.02), (v, v, v), (v, v + 0.02, v + 0.1), (v + 0.05, v, v)])
        put(ink, words_mask(words, own, size, (own[1] * MM - at[0], own[2] * MM - at[1]), rng), at, colour, rng.uniform(4, 14), rng)
        gap = extents(words, own)[4] - extents(words.strip(), own)[4]
        box = [round(k * MM) for k in (own[1] + gap + left, own[2] + top, own[1] + gap + left + w, own[2] + top + h)]
        return "added", (box[0] - 4, box[1] - 4, box[2] + 4, box[3] + 4), words
    return None


def words_mask(words, run, size, at, rng):
    surface = cairo.ImageSurface(cairo.FORMAT_A8, *size)
    c = cairo.Context(surface)
    c.translate(*at)
    c.scale(MM, MM)
    c.select_font_face(run[4], cairo.FONT_SLANT_ITALIC if run[6] else cairo.FONT_SLANT_NORMAL,
                       cairo.FONT_WEIGHT_BOLD if run[5] else cairo.FONT_WEIGHT_NORMAL)
    c.set_font_size(run[3] * 25.4 / 72)
    c.show_text(words)
    surface.flush()
    mask = Image.frombuffer("L", (surface.get_stride(), size[1]), bytes(surface.get_data()), "raw", "L", surface.get_stride(), 1)
    return mask.crop((0, 0, *size)).filter(ImageFilter.GaussianBlur(rng.uniform(0, 0.8)))

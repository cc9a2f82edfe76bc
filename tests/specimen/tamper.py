#!/usr/bin/python3
"""Specimens on worn and printed-upon paper, honest or altered in one place, scanned.

    tests/specimen/tamper.py OUTDIR [--how honest|erased|fluid|patch|edited|pen|added|mixed ...] [-n PAGES] [--seed N]

Writes <how>-<seed>.jpg and .json. An alteration happens to the paper, before the scan, as a
forger does it; every page, honest or not, may bear stains, folds, tinted cells, a ground of
fine lines, handwriting, glare. mixed: three places of one page. Truth:
"tampers": [{"kind", "box"}] in pixels of the sheet."""
import argparse
import importlib.machinery
import importlib.util
import io
import json
import math
import pathlib
import random
import sys

import cairo
from PIL import Image, ImageChops, ImageDraw, ImageFilter

sys.dont_write_bytecode = True
import forms  # noqa: E402
import strokes  # noqa: E402
from degrade import MM, noise, print_and_scan  # noqa: E402
from filling import Filling  # noqa: E402
from layout import PAPER as LAYOUT_PAPER  # noqa: E402
from scan import Glass, clean_terms  # noqa: E402

HOWS = ["honest", "erased", "fluid", "patch", "edited", "pen", "added", "mixed"]
FONTS = ["Tinos", "DejaVu Serif", "Noto Serif", "DejaVu Sans"]


# ---- the print, and where its values stand

def pages_tool():
    """tests/specimen/pages as a module."""
    loader = importlib.machinery.SourceFileLoader("pages", str(pathlib.Path(__file__).with_name("pages")))
    tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("pages", loader))
    loader.exec_module(tool)
    return tool


PAGES = pages_tool()


def sheets_of_paper():
    """The forms that are no cards or booklets: those are of plastic or sewn."""
    small = ("ID1", "TD3", "B6")
    every = [form for kind in forms.kinds() for form in forms.of_kind(kind, False)]
    return [form for form in every if form.sides[0].head.get("size") not in small and len(form.sides) == 1]


def printed(seed, rng):
    """A form's clean print at 300 dpi, its truth, its values on one line each, and its words."""
    form = rng.choice(sheets_of_paper())
    filling = Filling(random.Random(f"tamper/{seed}/filling"), False, form.kind, form.head)
    sides, _ = PAGES.drawn(form, filling, rng)
    sides[0].colour = (1, 1, 1)
    glass = Glass(sides, clean_terms(), rng)
    picture = glass.scan().convert("RGB")
    places = []
    for name, box in glass_boxes(sides[0], glass).items():
        high = box[3] / MM
        if high < 8 and box[2] / MM > 6:  # on one line
            places.append({"x": box[0] / MM, "y": (box[1] + 0.75 * box[3]) / MM, "w": box[2] / MM, "size": high / 0.44,
                           "text": filling.fields.get(name, "0123456789"), "bold": False, "italic": False})
    return picture, {"kind": form.kind, "form": form.name}, (places, sides[0].paper.runs), LAYOUT_PAPER[form.head.get("paper", "white")]


def glass_boxes(side, glass):
    return {name: glass.box(0, box) for name, box in side.paper.fields.items()}


def filled_in(ink, places, rng):
    """Some forms are filled in with another ink than they are printed with."""
    colour = rng.choice([(0, 0, 0), (60, 60, 65), (30, 40, 110)])
    for place in places:
        box = box_of(place, 0)
        crop = ink.crop(box)
        ink.paste(ImageChops.screen(crop, Image.new("RGB", crop.size, colour)), box)


def writing(size, x, y, words, points, font="Tinos", bold=False, italic=False, degrees=0.0, stretch=1.0, room=None):
    """255 where the words' ink is, on a picture of that size; x, y the baseline in pixels; no wider than room."""
    surface = cairo.ImageSurface(cairo.FORMAT_A8, *size)
    c = cairo.Context(surface)
    c.translate(x, y)
    c.rotate(math.radians(degrees))
    c.scale(stretch, 1)
    c.select_font_face(font, cairo.FONT_SLANT_ITALIC if italic else cairo.FONT_SLANT_NORMAL,
                       cairo.FONT_WEIGHT_BOLD if bold else cairo.FONT_WEIGHT_NORMAL)
    c.set_font_size(points * 300 / 72)
    if room and c.text_extents(words).x_advance > room:
        c.set_font_size(points * 300 / 72 * room / c.text_extents(words).x_advance)
    c.show_text(words)
    surface.flush()
    mask = Image.frombuffer("L", (surface.get_stride(), size[1]), bytes(surface.get_data()), "raw", "L", surface.get_stride(), 1)
    return mask.crop((0, 0, *size))


# ---- paper

def cloud(size, rng, scale, spread):
    """Smooth noise around 128: grains of about scale pixels, deviation spread."""
    small = (max(2, round(size[0] / scale)), max(2, round(size[1] / scale)))
    return noise(small, rng, spread * 1.35).resize(size, Image.Resampling.BICUBIC)


def fibres(size, rng, spread):
    """Grain of paper: tiles of it, so that a page costs little."""
    tile = ImageChops.add(cloud((640, 640), rng, 2.2, spread), cloud((640, 640), rng, 7, spread * 0.6), 1, -128)
    grain = Image.new("L", size)
    for y in range(0, size[1], 640):
        for x in range(0, size[0], 640):
            grain.paste(tile.transpose(rng.choice(list(Image.Transpose)[:4])), (x, y))
    return grain


def shift(picture, grain):
    """Adds a picture around 128 to every channel."""
    return Image.merge("RGB", [ImageChops.add(p, grain, 1, -128) for p in picture.split()])


def multiply_by(picture, mask, factors):
    """Multiplies where the mask is, by one factor a channel."""
    planes = []
    for plane, f in zip(picture.split(), factors):
        planes.append(ImageChops.multiply(plane, mask.point([round(255 - (1 - f) * v) for v in range(256)])) if f <= 1
                      else Image.composite(plane.point([min(255, round(v * f)) for v in range(256)]), plane, mask))
    return Image.merge("RGB", planes)


def ground(size, rng):
    """The fine coloured lines certificates are printed on."""
    big = cairo.ImageSurface(cairo.FORMAT_RGB24, *size)
    c = cairo.Context(big)
    c.set_source_rgb(1, 1, 1)
    c.paint()
    light = rng.uniform(0.80, 0.93)
    colour = rng.choice([(1, light, light), (light, 1, light), (light, light, 1), (1, 1, light)])
    c.set_source_rgb(*colour)
    c.set_line_width(rng.uniform(1.5, 3.0))
    pitch, swing, wave = rng.uniform(9, 20), rng.uniform(5, 25), rng.uniform(60, 200)
    for i in range(int(size[1] / pitch) + 4):
        for x in range(0, size[0] + 12, 12):
            y = i * pitch + swing * math.sin(x / wave + i * 0.35)
            (c.move_to if x == 0 else c.line_to)(x, y)
    c.stroke()
    big.flush()
    return Image.frombuffer("RGB", size, bytes(big.get_data()), "raw", "BGRX", big.get_stride(), 1).copy()


def paper_of(size, rng, tint):
    """What the sheet is before anything is printed on it, and whether it bears a ground."""
    paper = Image.new("RGB", size, tuple(round(255 * t) - rng.randint(0, 6) for t in tint))
    grounded = rng.random() < 0.35
    if grounded:
        paper = ImageChops.multiply(paper, ground(size, rng))
    return shift(paper, fibres(size, rng, rng.uniform(0.2, 1.3))), grounded


def emboss(height, strength):
    """A surface lit from one side, around 128."""
    lit = height.filter(ImageFilter.Kernel((3, 3), (-1, -1, 0, -1, 0, 1, 0, 1, 1), 1 / strength, 128))
    flat = Image.new("L", height.size, 128)  # the filter leaves the rim as it was
    flat.paste(lit.crop((1, 1, height.width - 1, height.height - 1)), (1, 1))
    return flat


# ---- what happens to honest paper

def stain(page, rng, _):
    w, h = (round(rng.uniform(10, 45) * MM) for _ in range(2))
    x, y = rng.randint(0, page.width - w), rng.randint(0, page.height - h)
    mask = Image.new("L", (w, h), 0)
    draw, deep = ImageDraw.Draw(mask), rng.randint(90, 255)
    draw.ellipse((w * 0.12, h * 0.12, w * 0.88, h * 0.88), fill=round(deep * rng.uniform(0.2, 1)), outline=deep, width=round(w * 0.04))
    mask = ImageChops.multiply(mask.filter(ImageFilter.GaussianBlur(rng.uniform(3, 25))), cloud((w, h), rng, 30, 40).point(lambda v: min(255, 90 + v)))
    depth = rng.uniform(0.02, 0.12)
    part = multiply_by(page.crop((x, y, x + w, y + h)), mask, (1 - depth * 0.5, 1 - depth * 0.8, 1 - depth * 1.6))
    page.paste(part, (x, y))
    return page


def fold(page, rng, _):
    y = round(page.height * rng.choice([1 / 3, 1 / 2, 2 / 3]) + rng.uniform(-40, 40))
    half, deep = round(rng.uniform(4, 12)), rng.uniform(0.02, 0.12)
    for i in range(-half, half + 1):
        f = 1 - deep * (1 - abs(i) / (half + 1)) * (1 if i < 0 else -0.4)
        row = page.crop((0, y + i, page.width, y + i + 1))
        page.paste(row.point([min(255, round(v * f)) for v in range(256)] * 3), (0, y + i))
    return page


def bleed(page, rng, _):
    behind = page.transpose(Image.Transpose.FLIP_LEFT_RIGHT).convert("L").filter(ImageFilter.GaussianBlur(rng.uniform(2, 5)))
    least = round(255 * (1 - rng.uniform(0.015, 0.06)))
    behind = ImageChops.offset(behind.point([round(least + (255 - least) * v / 255) for v in range(256)]), 0, rng.randint(-60, 60))
    return ImageChops.multiply(page, Image.merge("RGB", [behind] * 3))


def glare(page, rng, _):
    """A band of light along a lamination's wave."""
    ramp, middle, wide = Image.new("L", (1, 512)), rng.uniform(60, 450), rng.uniform(20, 70)
    deep = rng.uniform(5, 30)
    ramp.putdata([round(deep * math.exp(-((i - middle) / wide) ** 2)) for i in range(512)])
    light = ramp.resize(page.size).rotate(rng.uniform(-30, 30), Image.Resampling.BILINEAR)
    return ImageChops.screen(page, Image.merge("RGB", [light] * 3))


def cells(page, rng, places):
    """A form's tinted boxes behind some of its values."""
    colour = rng.choice([(0.90, 0.93, 1), (0.93, 0.93, 0.93), (1, 0.95, 0.88), (0.97, 0.97, 0.97), (0.9, 0.97, 0.9)])
    for place in rng.sample(places, min(len(places), rng.randint(2, 6))):
        box = box_of(place, rng.uniform(1, 2))
        page.paste(multiply_by(page.crop(box), Image.new("L", (box[2] - box[0], box[3] - box[1]), 255), colour), box[:2])
    return page


def photograph(page, rng, _):
    w, h = round(30 * MM), round(40 * MM)
    x, y = rng.randint(150, 500), rng.randint(page.height // 2, page.height - h - 150)
    face = Image.new("RGB", (w, h), tuple(rng.randint(120, 235) for _ in range(3)))
    draw = ImageDraw.Draw(face)
    draw.ellipse((w * 0.25, h * 0.15, w * 0.75, h * 0.65), fill=(215, 180, 160))
    draw.ellipse((w * 0.02, h * 0.7, w * 0.98, h * 1.5), fill=(70, 80, 110))
    page.paste(shift(face.filter(ImageFilter.GaussianBlur(5)), cloud((w, h), rng, 3, 4)), (x, y))
    return page


def relief(page, rng, _):
    """A dry seal: a ring that is lit on one side and dark on the other."""
    r = round(rng.uniform(15, 20) * MM)
    x, y = rng.randint(r, page.width - r), rng.randint(r, page.height - r)
    ring = Image.new("L", (2 * r, 2 * r), 128)
    for inset in (4, 60):
        ImageDraw.Draw(ring).ellipse((inset, inset, 2 * r - inset, 2 * r - inset), outline=160, width=7)
    lit = emboss(ring.filter(ImageFilter.GaussianBlur(2)), 1)
    box = (x - r, y - r, x + r, y + r)
    page.paste(shift(page.crop(box), lit), box)
    return page


def marker(page, rng, places):
    place = rng.choice(places)
    box = box_of(place, 0.8)
    page.paste(multiply_by(page.crop(box), Image.new("L", (box[2] - box[0], box[3] - box[1]), 255), (1, 0.98, rng.uniform(0.4, 0.75))), box[:2])
    return page


def hand(page, rng, places):
    """Words written in by pen beside the print."""
    for place in rng.sample(places, min(len(places), 3)):
        box = box_of(place, 3)
        x, y = min(box[2], page.width - 500), round(place["y"] * MM) + rng.randint(-8, 8)
        mask = writing(page.size, x, y, rng.choice(["đã thu", "15/6", "bản gốc", "Hà Nội", "số 18"]), rng.uniform(12, 18), "DejaVu Serif",
                       italic=True, degrees=rng.uniform(-4, 2)).point(lambda v: v * 4 // 5)
        page = multiply_by(page, mask, rng.choice([(0.1, 0.15, 0.6), (0.1, 0.1, 0.12)]))
    return page


WEAR = [(stain, 0.25), (fold, 0.35), (bleed, 0.25), (glare, 0.12), (cells, 0.15), (photograph, 0.12), (relief, 0.12), (marker, 0.06), (hand, 0.2)]


def wear(page, rng, places):
    told = []
    for what, how_often in WEAR:
        if rng.random() < how_often and places:
            page = what(page, rng, places)
            told.append(what.__name__)
    return page, told


# ---- alterations: (sheet's print, paper, place) of which one place is changed

def box_of(place, margin, tall=1.0):
    high = place["size"] * 25.4 / 72
    return (max(0, round((place["x"] - margin) * MM)), max(0, round((place["y"] - high * 0.95 * tall - margin * 0.6) * MM)),
            round((place["x"] + place["w"] + margin) * MM), round((place["y"] + high * 0.3 + margin * 0.6) * MM))


def other_words(text, rng):
    """As long, but for some figures and letters."""
    def other(c):
        if c.isdigit():
            return rng.choice("0123456789")
        return rng.choice("ANHTLMCĐ") if c.isupper() and rng.random() < 0.4 else c
    return "".join(other(c) for c in text)


def irregular(size, rng, inset, soft, rough):
    """A blob that fills the crop up to about inset pixels, its rim uneven."""
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((inset, inset, size[0] - inset, size[1] - inset), inset, fill=255)
    mask = ImageChops.add(mask.filter(ImageFilter.GaussianBlur(inset * 0.7)), cloud(size, rng, max(4, inset), rough), 1, -128)
    return mask.point([255 if v > 128 else 0 for v in range(256)]).filter(ImageFilter.GaussianBlur(soft))


def rewrite(crop, place, rng, at, colour, font="Tinos", soft=0.0, degrees=0.0, stretch=1.0):
    x, y = place["x"] * MM - at[0] + rng.uniform(-3, 8), place["y"] * MM - at[1] + rng.uniform(-3, 3)
    mask = writing(crop.size, x, y, other_words(place["text"], rng), place["size"] * rng.uniform(0.97, 1.04), font,
                   place["bold"], place["italic"], degrees, stretch, place["w"] * MM * 1.02)
    if soft:
        mask = mask.filter(ImageFilter.GaussianBlur(soft))
    return multiply_by(crop, mask, colour)


def black(rng):
    v = rng.uniform(0.04, 0.24)
    return rng.choice([(v, v, v + 0.02), (v, v, v), (v, v + 0.03, v + 0.25)])


def erased(ink, paper, place, rng):
    """Scraped off or rubbed out and written again."""
    box = box_of(place, rng.uniform(0.8, 2.0))
    under, old = paper.crop(box), ink.crop(box)
    mask = irregular(under.size, rng, round(0.6 * MM), rng.uniform(1.5, 6), 20)
    blank = Image.new("RGB", old.size, (255, 255, 255))
    uneven = cloud(old.size, rng, 12, 60).point([round(min(255, max(0, v * rng.uniform(0.05, 0.22)))) for v in range(256)])
    old = Image.composite(Image.composite(old, blank, uneven), old, mask)
    white = rng.uniform(0.35, 0.95)  # of tint and ground: what takes the ink off takes them along
    pale = Image.blend(under, Image.new("RGB", under.size, (252, 252, 250)), white)
    if rng.random() < 0.6:
        pale = pale.filter(ImageFilter.GaussianBlur(rng.uniform(2, 6)))
    rough = ImageChops.add(cloud(under.size, rng, 2.5, rng.uniform(1.2, 4.5)), cloud(under.size, rng, 9, rng.uniform(0.8, 2.5)), 1, -128)
    tone = rng.uniform(-4, 4)
    pale = shift(pale, rough.point([round(min(255, max(0, v + tone))) for v in range(256)]))
    paper.paste(pale, box, mask)
    ink.paste(rewrite(old, place, rng, box, black(rng), soft=rng.uniform(0.3, 1.2)), box)
    return box


def fluid(ink, paper, place, rng):
    """White-out, written upon."""
    box = box_of(place, rng.uniform(0.8, 2.2))
    size = (box[2] - box[0], box[3] - box[1])
    mask = irregular(size, rng, round(rng.uniform(0.5, 1.0) * MM), rng.uniform(0.8, 2.5), 28)
    white = Image.new("RGB", size, (rng.randint(246, 255), rng.randint(247, 255), rng.randint(248, 255)))
    lumps = ImageChops.add(cloud(size, rng, 14, rng.uniform(1, 3.5)), cloud(size, rng, 4, rng.uniform(0.3, 1.2)), 1, -128)
    rim = emboss(mask.filter(ImageFilter.GaussianBlur(1.5)), rng.uniform(5, 22) / 400)
    through = rng.uniform(0, 0.05)
    old = Image.composite(Image.blend(Image.new("RGB", size, (255, 255, 255)), ink.crop(box), through), ink.crop(box), mask)
    under = paper.crop(box)
    under.paste(shift(white, lumps), (0, 0), mask)
    paper.paste(shift(under, rim), box)
    ink.paste(rewrite(old, place, rng, box, black(rng), rng.choice(FONTS[:2]), rng.uniform(0, 0.8)), box)
    return box


def patch(ink, paper, place, rng):
    """A slip of paper glued over the old words."""
    box = box_of(place, rng.uniform(1.0, 3.5))
    size = (box[2] - box[0] + 60, box[3] - box[1] + 60)
    at = (box[0] - 30, box[1] - 30)
    frame = (*at, at[0] + size[0], at[1] + size[1])
    tilt, same = rng.uniform(-1.2, 1.2), rng.random() < 0.2
    slip = Image.new("L", size, 0)
    ImageDraw.Draw(slip).rectangle((30, 30, size[0] - 30, size[1] - 30), fill=255)
    slip = slip.rotate(tilt, Image.Resampling.BICUBIC)
    own = rng.uniform(-0.8, 0.8) if same else rng.choice([-1, 1]) * rng.uniform(1, 7)
    mean = paper.crop(frame).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    sheet = [round(min(255, v + own + (0 if same else rng.uniform(-1.5, 1.5)))) for v in mean]
    top = shift(Image.new("RGB", size, tuple(sheet)), fibres(size, rng, rng.uniform(0.2, 1.4)))
    under, thick = paper.crop(frame), rng.uniform(1.0, 2.6)
    lamp = rng.choice([(0, 1), (1, 1), (-1, 1), (1, 0), (0, -1)])
    for side, deep in ((1, rng.uniform(6, 40)), (-1, -rng.uniform(0, 10))):
        moved = ImageChops.offset(slip, round(lamp[0] * thick * side), round(lamp[1] * thick * side))
        rim = ImageChops.subtract(moved, slip).filter(ImageFilter.GaussianBlur(0.6))
        under = shift(under, rim.point([round(128 - deep * v / 255) for v in range(256)]))
    ink.paste(Image.new("RGB", size, (255, 255, 255)), frame, slip)
    under.paste(top, (0, 0), slip)
    paper.paste(under, frame)
    crop = rewrite(ink.crop(frame), place, rng, at, black(rng), rng.choice(FONTS[:3]), rng.uniform(0, 0.5),
                   rng.uniform(-0.8, 0.8) - tilt, rng.uniform(0.96, 1.05))
    ink.paste(crop, frame)
    return box


def photocopy(picture, rng):
    """Scanned once by the forger (or the office) and printed again, as a colour printer does."""
    soft, spread, quality = rng.uniform(0.4, 0.9), rng.uniform(1.5, 4.0), rng.randint(60, 90)
    scan = picture.filter(ImageFilter.GaussianBlur(soft))
    tile = Image.new("L", scan.size)
    grain = noise((900, 900), rng, spread)
    for y in range(0, scan.height, 900):
        for x in range(0, scan.width, 900):
            tile.paste(grain.transpose(rng.choice(list(Image.Transpose)[:4])), (x, y))
    return recompress(shift(scan, tile), quality)


def recompress(picture, quality):
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return Image.open(io.BytesIO(out.getvalue())).convert("RGB")


def edit(page, place, rng):
    """In a program: the ground copied, filled, or brought from elsewhere; new words on it."""
    box = box_of(place, rng.uniform(0.8, 2.0))
    size = (box[2] - box[0], box[3] - box[1])
    way = rng.choice(["white", "picked", "smear", "other"])
    seen = sorted(page.crop(box).resize((40, 8), Image.Resampling.NEAREST).getdata(), key=sum)[160:]  # paper
    # a pipette takes one pixel with its noise, a clone brush the mean
    mean = tuple(round(sum(c[i] for c in seen) / len(seen)) for i in range(3))
    ground_ = Image.new("RGB", size, {"white": (255, 255, 255), "picked": rng.choice(seen)}.get(way, mean))
    if way == "smear":
        ground_ = shift(ground_, cloud(size, rng, rng.uniform(3, 8), rng.uniform(0.3, 1.0)))
    crop = rewrite(ground_, place, rng, box, black(rng), rng.choice(FONTS[:2]), rng.uniform(0, 0.9))
    if way == "other":
        grain = noise(size, rng, rng.uniform(4, 8))
        small = crop.resize((round(size[0] * 0.6), round(size[1] * 0.6)), Image.Resampling.BILINEAR)
        crop = shift(recompress(small, rng.randint(35, 70)).resize(size, Image.Resampling.BICUBIC), grain)
    page.paste(crop, box)
    return box


CHANGES = {"erased": [erased], "fluid": [fluid], "patch": [patch], "mixed": [erased, fluid, patch]}
WRITTEN = {"pen": strokes.pen, "added": strokes.added}  # nothing happens to the paper


def is_apart(place, box):
    """A line of writing lies between."""
    own, gap = box_of(place, 0), round(6 * MM)
    return own[2] + gap < box[0] or box[2] + gap < own[0] or own[3] + gap < box[1] or box[3] + gap < own[1]


def specimen(how, seed):
    rng = random.Random(f"tamper/{seed}")
    ink, truth, (found, runs), tint = printed(seed, rng)
    if rng.random() < 0.3:
        filled_in(ink, found, rng)
    machine, told = random.Random(f"machine/{seed}"), []
    ink = strokes.laid(ink, machine)
    if machine.random() < 0.3:
        ink, told = strokes.streaks(ink, machine), ["streaks"]
    paper, truth["ground"] = paper_of(ink.size, rng, tint)
    truth["seed"] = seed
    forger, done = random.Random(f"{how}/{seed}"), []
    for change in CHANGES.get(how, []):
        place = forger.choice([p for p in found if all(is_apart(p, box) for _, box in done)] or found)
        done.append((change.__name__, change(ink, paper, place, forger)))
    if how in WRITTEN and (place := WRITTEN[how](ink, runs, forger)):
        done.append(place[:2])
        truth["became"] = place[2]
    page = ImageChops.multiply(ink, paper)
    if how == "edited":
        page = photocopy(page, forger)
        done.append((how, edit(page, forger.choice(found), forger)))
        page = strokes.laid(recompress(page, forger.randint(80, 95)), machine).filter(ImageFilter.GaussianBlur(forger.uniform(0.2, 0.5)))
    elif rng.random() < 0.1:
        page = photocopy(page, rng).filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.5)))
        truth["wear"] = ["photocopy"]
    page, worn = wear(page, rng, [p for p in found if all(is_apart(p, box) for _, box in done)])
    truth["wear"] = truth.get("wear", []) + told + worn
    scan, how_scanned = print_and_scan(page, f"tamper/{seed}")
    truth |= how_scanned | {"sheet": list(ink.size)}
    truth["tampers"] = [{"kind": kind, "box": [box[0], box[1], box[2] - box[0], box[3] - box[1]]} for kind, box in done]
    return scan, truth


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("outdir", type=pathlib.Path)
    parser.add_argument("--how", action="append", choices=HOWS)
    parser.add_argument("-n", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    asked.outdir.mkdir(parents=True, exist_ok=True)
    for how in asked.how or HOWS:
        for seed in range(asked.seed, asked.seed + asked.n):
            scan, truth = specimen(how, seed)
            (asked.outdir / f"{how}-{seed:04}.jpg").write_bytes(scan)
            (asked.outdir / f"{how}-{seed:04}.json").write_text(json.dumps(truth, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Puts drawn papers on the glass of a scanner and scans them; the truth about it is exact, for
the drawing is turned, not a picture of it."""
import functools
import math
import random

import cairo
from PIL import Image, ImageChops, ImageFilter

from degrade import noise

GRAIN = 1024
GLASS = (216, 297)


def clean_terms():
    """A print as it left the printer, from a machine without a fault."""
    return {"dpi": 300, "angle": 0.0, "quarter": 0, "lid": "none", "paper": (1, 1, 1), "fade": 0, "noise": 0, "shadow": 0,
            "fold": False, "bleed": 0, "blur": 0, "jpeg": 0}


def worn_terms(rng, small):
    """What an old machine does to a paper that was carried about."""
    dpi = 300 if small or rng.random() < 0.7 else 200
    tint = rng.uniform(0.90, 1.0)
    return {"dpi": dpi, "angle": round(rng.uniform(-5, 5), 3), "quarter": rng.choice([0] * 8 + [1, 2, 3]),
            "lid": rng.choice(["none", "white", "white", "dark"]),
            "paper": (tint, round(tint * rng.uniform(0.975, 1.0), 3), round(tint * rng.uniform(0.92, 1.0), 3)),
            "fade": round(rng.uniform(0, 0.28), 3), "noise": round(rng.uniform(2.0, 7.0), 2),
            "shadow": round(rng.choice([0, rng.uniform(0.05, 0.3)]), 3), "fold": rng.random() < 0.35,
            "bleed": round(rng.choice([0, 0, rng.uniform(0.03, 0.12)]), 3),
            "blur": round(rng.uniform(0.45, 1.0) * dpi / 300, 2), "jpeg": rng.randint(68, 92)}


@functools.cache
def grain(spread):
    return noise((GRAIN, GRAIN), random.Random(f"grain/{spread}"), spread)


def add_grain(picture, rng, spread):
    """Noise of a tile, shifted for each colour and turned over for each place."""
    tile, (width, height) = grain(round(spread, 1)), picture.size
    sheet = Image.new("L", (width + GRAIN, height + GRAIN))
    turned = [tile, tile.transpose(Image.Transpose.ROTATE_90), tile.transpose(Image.Transpose.ROTATE_180),
              tile.transpose(Image.Transpose.FLIP_LEFT_RIGHT), tile.transpose(Image.Transpose.TRANSPOSE)]
    for y in range(0, sheet.height, GRAIN):
        for x in range(0, sheet.width, GRAIN):
            sheet.paste(rng.choice(turned), (x, y))
    planes = []
    for plane in picture.split():
        x, y = rng.randrange(GRAIN), rng.randrange(GRAIN)
        planes.append(ImageChops.add(plane, sheet.crop((x, y, x + width, y + height)), 1, -128))
    return Image.merge("RGB", planes)


class Glass:
    """Papers laid on it, in millimetres; then a picture in samples."""

    def __init__(self, sheets, terms, rng):
        self.sheets, self.terms, self.rng = sheets, terms, rng
        self.k = terms["dpi"] / 25.4
        first = sheets[0].paper
        small = first.width < 140 and first.height < 180
        rim = {"none": 0, "white": rng.uniform(2, 9), "dark": rng.uniform(4, 10)}[terms["lid"]]
        self.small = small
        self.width, self.height = GLASS if small else (first.width + 2 * rim, first.height + 2 * rim)
        surface = cairo.ImageSurface(cairo.FORMAT_RGB24, round(self.width * self.k), round(self.height * self.k))
        self.surface, self.c = surface, cairo.Context(surface)
        self.c.scale(self.k, self.k)
        self.places = []

    def scan(self):
        dark = self.terms["lid"] == "dark" and not self.small
        lid = (0.15, 0.145, 0.155) if dark else [min(1, p + 0.015) for p in (0.985, 0.985, 0.98)]
        if self.terms["noise"] == 0:
            lid = (1, 1, 1)
        self.c.set_source_rgb(*lid)
        self.c.paint()
        for i, sheet in enumerate(self.sheets):
            self.lay(sheet, i)
        if self.terms["shadow"]:
            self.shade()
        return self.picture()

    def lay(self, sheet, i):
        paper, rng, c = sheet.paper, self.rng, self.c
        worn = self.terms["noise"] > 0
        x, y = self.width / 2, self.height / 2
        if self.small:
            y = self.height * (0.28 + 0.36 * i) if len(self.sheets) > 1 else self.height * 0.33
        if worn:
            x, y = x + rng.uniform(-1, 1), y + rng.uniform(-1, 1)
        angle = math.radians(self.terms["angle"])
        c.save()
        c.translate(x, y)
        c.rotate(angle)
        c.translate(-paper.width / 2, -paper.height / 2)
        self.places.append(c.get_matrix())
        c.rectangle(0, 0, paper.width, paper.height)
        c.set_source_rgb(*(a * b for a, b in zip(sheet.colour, self.terms["paper"])))
        c.fill_preserve()
        if worn:
            c.set_source_rgba(0.3, 0.3, 0.3, 0.35)
            c.set_line_width(0.15)
            c.stroke()
        c.new_path()
        if self.terms["bleed"]:
            self.bleed(sheet)
        c.set_source_surface(paper.surface, 0, 0)
        c.paint_with_alpha(1 - self.terms["fade"])
        if self.terms["fold"] and not self.small:
            self.fold(paper)
        c.restore()

    def bleed(self, sheet):
        """The other side's print, mirrored and soft, through thin paper."""
        paper, k = sheet.paper, 2.5
        back = cairo.ImageSurface(cairo.FORMAT_ARGB32, round(paper.width * k), round(paper.height * k))
        c = cairo.Context(back)
        c.scale(k, k)
        c.translate(paper.width, 6)
        c.scale(-1, 1)
        c.set_source_surface(paper.surface, 0, 0)
        c.paint()
        self.c.save()
        self.c.scale(1 / k, 1 / k)
        self.c.set_source_surface(back, 0, 0)
        self.c.paint_with_alpha(self.terms["bleed"])
        self.c.restore()

    def fold(self, paper):
        """A crease: dark on one side of it, light on the other."""
        at = paper.height * self.rng.choice([1 / 3, 1 / 2, 2 / 3]) + self.rng.uniform(-3, 3)
        for colour, alpha, wide in ((0, 0.16, 2.2), (1, 0.22, -1.6)):
            ramp = cairo.LinearGradient(0, at, 0, at + wide)
            ramp.add_color_stop_rgba(0, colour, colour, colour, alpha)
            ramp.add_color_stop_rgba(1, colour, colour, colour, 0)
            self.c.rectangle(0, min(at, at + wide), paper.width, abs(wide))
            self.c.set_source(ramp)
            self.c.fill()

    def shade(self):
        """The lid did not close: one side lies in a soft shadow."""
        w, h = self.width, self.height
        x0, y0, x1, y1 = self.rng.choice([(0, 0, w * 0.6, 0), (w, 0, w * 0.4, 0), (0, 0, 0, h * 0.5), (0, h, 0, h * 0.5)])
        ramp = cairo.LinearGradient(x0, y0, x1, y1)
        for i in range(9):
            ramp.add_color_stop_rgba(i / 8, 0, 0, 0, self.terms["shadow"] * math.exp(-i / 2.2) * (1 - i / 8))
        self.c.set_source(ramp)
        self.c.paint()

    def picture(self):
        surface, terms = self.surface, self.terms
        surface.flush()
        size = surface.get_width(), surface.get_height()
        image = Image.frombuffer("RGB", size, bytes(surface.get_data()), "raw", "BGRX", surface.get_stride(), 1)
        if terms["blur"]:
            image = image.filter(ImageFilter.BoxBlur(terms["blur"] * 0.9))
        if terms["noise"]:
            image = add_grain(image, self.rng, terms["noise"])
        turns = [None, Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90]
        return image.transpose(turns[terms["quarter"]]) if terms["quarter"] else image

    # -- where things came to lie ----------------------------------------------------------

    def point(self, i, x, y):
        """A place on sheet i in the scan's samples."""
        px, py = self.places[i].transform_point(x, y)
        w, h = self.surface.get_width(), self.surface.get_height()
        return [(px, py), (h - py, px), (w - px, h - py), (py, w - px)][self.terms["quarter"]]

    def box(self, i, rect):
        x, y, w, h = rect
        points = [self.point(i, *p) for p in ((x, y), (x + w, y), (x + w, y + h), (x, y + h))]
        left, top = min(p[0] for p in points), min(p[1] for p in points)
        return [round(left), round(top), round(max(p[0] for p in points) - left), round(max(p[1] for p in points) - top)]

    def corners(self, i):
        w, h = self.sheets[i].paper.width, self.sheets[i].paper.height
        return [[round(v, 1) for v in self.point(i, *p)] for p in ((0, 0), (w, 0), (w, h), (0, h))]

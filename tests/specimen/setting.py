"""A sheet remembered as drawing, and the setting of words on it: lines, values, fields."""
import re

import cairo

from sheet import BLACK, Sheet

SIZES = {"A4": (210, 297), "A4L": (297, 210), "A5": (148, 210), "A5L": (210, 148), "B6": (125, 176), "TD3": (125, 88),
         "ID1": (85.6, 54)}
FACES = {"serif": ["Tinos", "Tinos", "Noto Serif", "DejaVu Serif"], "sans": ["Arimo", "Noto Sans", "DejaVu Sans"],
         "any": ["Tinos", "Tinos", "Arimo", "Noto Serif", "Noto Sans", "DejaVu Serif", "DejaVu Sans"],
         "typed": ["Cousine", "DejaVu Sans Mono"], "times": ["Tinos"]}
WIDE = {"Noto Serif": 0.9, "Noto Sans": 0.91, "DejaVu Serif": 0.85, "DejaVu Sans": 0.84, "Arimo": 0.92, "Cousine": 0.8,
        "DejaVu Sans Mono": 0.79}


class Paper(Sheet):
    """A sheet that is remembered as drawing, to be put under a scanner at any angle."""

    def __init__(self, size, font):
        self.width, self.height = SIZES[size]
        self.font, self.lines, self.fields, self.marks = font, [], {}, []
        self.runs = []  # (word, x, baseline, points, font, bold, italic, field), black ones alone
        self.surface = cairo.RecordingSurface(cairo.CONTENT_COLOR_ALPHA, cairo.Rectangle(0, 0, self.width, self.height))
        self.c = cairo.Context(self.surface)
        options = cairo.FontOptions()
        options.set_hint_metrics(cairo.HINT_METRICS_OFF)
        options.set_hint_style(cairo.HINT_STYLE_NONE)
        self.c.set_font_options(options)

    def face(self, size, bold=False, italic=False, colour=BLACK):
        super().face(size * WIDE.get(self.font, 1), bold, italic, colour)


class Setting:
    """Words on one sheet at a given tightness: the writer of a form sees to it that it fits."""

    def __init__(self, form, filling, rng, font, tight=1.0):
        self.form, self.filling, self.rng = form, filling, rng
        head = form.head
        self.paper = Paper(head.get("size", "A4"), font)
        self.card = head.get("size") in ("ID1", "TD3")
        self.pt = float(head.get("pt", 13)) * rng.uniform(0.96, 1.04) * (tight ** 0.5 if self.card else tight if tight < 0.9 else 1)
        self.lead = self.pt * 25.4 / 72 * float(head.get("lead", 1.65)) * tight
        self.margin = float(head.get("margin", 24)) + (0 if self.card else rng.uniform(-2, 2))
        self.right = float(head.get("right", self.margin))
        self.bold = head.get("values", "bold") == "bold"
        self.y = self.top = float(head.get("top", 22))
        self.pen = rng.choice(["blue", "blue", "blue", "black"]) if head.get("pen") is None else head["pen"]
        self.title, self.floor, self.beside_y = [], 0, None
        self.dotted = head.get("dots") == "1"

    def words(self, text, bold=False, italic=False):
        """[(word, bold, italic, field)], a value in the style of values."""
        out = []
        glue = False
        for piece, field, filled in self.filling.pieces(text):
            strong = bold or (filled and self.bold)
            for k, word in enumerate(re.split(r"\s+", piece)):
                if word == "":
                    glue = False
                    continue
                if glue and k == 0 and out:
                    out.append((word, strong, italic, field, True))
                else:
                    out.append((word, strong, italic, field, False))
                glue = True
            glue = glue and not piece[-1:].isspace()
        return out

    def measure(self, words, size):
        total = 0
        for i, (word, bold, italic, _, glued) in enumerate(words):
            self.paper.face(size, bold, italic)
            total += self.paper.measure(word) + (self.paper.measure(" ") if i > 0 and not glued else 0)
        return total

    def set_line(self, words, x, y, size, gap=None, colour=BLACK):
        """One line of words; remembers its text, and where each field lies."""
        at, text, c = x, "", self.paper.c
        for i, (word, bold, italic, field, glued) in enumerate(words):
            self.paper.face(size, bold, italic, colour)
            if i > 0 and not glued:
                at += gap or self.paper.measure(" ")
                text += " "
            c.move_to(at, y)
            c.show_text(word)
            if colour == BLACK:
                self.paper.runs.append((word, at, y, size * WIDE.get(self.paper.font, 1), self.paper.font, bold, italic, field))
            wide = self.paper.measure(word)
            if field:
                self.keep_field(field, at, y - size * 0.33, wide, size * 0.44)
            at, text = at + wide, text + word
        if words:
            self.paper.lines.append((y, x, text))
        return at

    def keep_field(self, field, x, y, w, h):
        box = self.paper.fields.get(field)
        if box:
            x0, y0 = min(box[0], x), min(box[1], y)
            x, y, w, h = x0, y0, max(box[0] + box[2], x + w) - x0, max(box[1] + box[3], y + h) - y0
        self.paper.fields[field] = (x, y, w, h)

    def wrap(self, words, size, room, first):
        lines, line = [], []
        for word in words:
            width = room - (first if not lines else 0)
            if line and not word[4] and self.measure(line + [word], size) > width:
                lines, line = lines + [line], []
            line = line + [word]
        return lines + ([line] if line else [])

    def room(self, x=None):
        return self.paper.width - self.right - (self.margin if x is None else x)

    def centred(self, text, size, bold=False, italic=False, colour=BLACK, middle=None, room=None, step=1.0):
        middle = self.paper.width / 2 if middle is None else middle
        words = self.words(text, bold, italic)
        room = room or self.paper.width - 2 * self.margin
        for line in self.wrap(words, size, room, 0):
            self.set_line(line, middle - self.measure(line, size) / 2, self.y, size, colour=colour)
            self.y += size * 25.4 / 72 * 1.3 * step

    def gap_of(self, line, width, loose):
        solid = 0
        for word, bold, italic, _, _ in line:
            self.paper.face(self.pt, bold, italic)
            solid += self.paper.measure(word)
        return (width - solid) / loose

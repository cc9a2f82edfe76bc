"""One sheet of paper: millimetres in, a cairo picture and the text on it out."""
import math
import random

import cairo

MM = 300 / 25.4
BLACK = (0.11, 0.11, 0.13)
RED = (0.80, 0.10, 0.14)
BLUE = (0.13, 0.20, 0.62)
VIOLET = (0.45, 0.25, 0.62)


class Sheet:
    """Draws in millimetres at 300 dpi; remembers every line of text as truth."""

    def __init__(self, width=210, height=297, paper=(1, 1, 1), font="Tinos"):
        self.width, self.height, self.font = width, height, font
        self.lines = []
        self.surface = cairo.ImageSurface(cairo.FORMAT_RGB24, round(width * MM), round(height * MM))
        self.c = cairo.Context(self.surface)
        self.c.scale(MM, MM)
        self.c.set_source_rgb(*paper)
        self.c.paint()

    def face(self, size, bold=False, italic=False, colour=BLACK):
        self.c.select_font_face(
            self.font,
            cairo.FONT_SLANT_ITALIC if italic else cairo.FONT_SLANT_NORMAL,
            cairo.FONT_WEIGHT_BOLD if bold else cairo.FONT_WEIGHT_NORMAL)
        self.c.set_font_size(size * 25.4 / 72)
        self.c.set_source_rgb(*colour)

    def measure(self, text):
        return self.c.text_extents(text).x_advance

    def text(self, x, y, text, size=13, align=0.0, truth=True, **face):
        """One line; align 0 left, 0.5 centre, 1 right of x."""
        self.face(size, **face)
        width = self.measure(text)
        self.c.move_to(x - align * width, y)
        self.c.show_text(text)
        if truth:
            self.lines.append((y, x - align * width, text))
        return x - align * width + width

    def pair(self, x, y, label, value, size=13, bold=True, **face):
        """«Label: VALUE» on one line, the value in bold."""
        start = self.text(x, y, label + " ", size, truth=False, **face)
        end = self.text(start, y, value, size, truth=False, bold=bold, **face)
        self.lines.append((y, x, f"{label} {value}"))
        return end

    def paragraph(self, x, y, width, text, size=13, indent=10, leading=1.45, bottom=None, **face):
        """Wrapped and justified. Returns the next y and what did not fit above bottom."""
        self.face(size, **face)
        step = size * 25.4 / 72 * leading
        words, first = text.split(), True
        while words:
            if bottom is not None and y > bottom:
                return y, " ".join(words)
            left = x + (indent if first else 0)
            room = width - (indent if first else 0)
            n = 1
            while n < len(words) and self.measure(" ".join(words[:n + 1])) <= room:
                n += 1
            line, words = words[:n], words[n:]
            gap = self.measure(" ")
            if words and n > 1:
                gap = (room - sum(self.measure(w) for w in line)) / (n - 1)
            at = left
            for word in line:
                self.c.move_to(at, y)
                self.c.show_text(word)
                at += self.measure(word) + gap
            self.lines.append((y, left, " ".join(line)))
            y, first = y + step, False
        return y, ""

    def rule(self, x0, y0, x1, y1, width=0.25, colour=BLACK):
        self.c.set_source_rgb(*colour)
        self.c.set_line_width(width)
        self.c.move_to(x0, y0)
        self.c.line_to(x1, y1)
        self.c.stroke()

    def box(self, x, y, w, h, width=0.4, colour=BLACK):
        self.c.set_source_rgb(*colour)
        self.c.set_line_width(width)
        self.c.rectangle(x, y, w, h)
        self.c.stroke()

    def motto(self, x, y, size=12.5):
        """The two lines at the head of every Vietnamese paper, centred on x."""
        self.text(x, y, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size, 0.5, bold=True)
        self.text(x, y + 6, "Độc lập - Tự do - Hạnh phúc", size + 1, 0.5, bold=True)
        half = self.measure("Độc lập - Tự do - Hạnh phúc") / 2
        self.rule(x - half * 0.95, y + 7.6, x + half * 0.95, y + 7.6)

    def around(self, cx, cy, radius, text, size, colour, middle=-90.0):
        """Letters along a circle, heads outward, centred on the angle middle (degrees)."""
        self.face(size, bold=True, colour=colour)
        angle = math.radians(middle) - self.measure(text) / radius / 2
        for letter in text:
            width = self.measure(letter)
            self.c.save()
            self.c.translate(cx, cy)
            self.c.rotate(angle + width / radius / 2 + math.pi / 2)
            self.c.move_to(-width / 2, -radius)
            self.c.show_text(letter)
            self.c.restore()
            angle += width / radius

    def seal(self, cx, cy, ring, middle, radius=18):
        """A round red seal as rubber leaves it: ring of text, star, two lines in the middle."""
        self.c.push_group()
        self.c.set_source_rgb(*RED)
        for r, w in ((radius, 0.8), (radius - 1.4, 0.3), (radius * 0.62, 0.4)):
            self.c.set_line_width(w)
            self.c.arc(cx, cy, r, 0, 2 * math.pi)
            self.c.stroke()
        size = 8.2
        self.face(size, bold=True)
        around = 2 * math.pi * radius * 0.68
        while size > 4 and self.measure(ring) > around * 0.86:
            size -= 0.2
            self.face(size, bold=True)
        self.around(cx, cy, radius * 0.68, ring, size, RED)
        self.star(cx, cy + radius * 0.80, 1.4)
        for i, line in enumerate(middle):
            self.text(cx, cy + (i - (len(middle) - 1) / 2) * 4 + 1, line, 8, 0.5, truth=False,
                      bold=True, colour=RED)
        self.c.pop_group_to_source()
        self.c.paint_with_alpha(0.82)

    def star(self, cx, cy, radius, colour=RED):
        self.c.set_source_rgb(*colour)
        for i in range(10):
            r = radius if i % 2 == 0 else radius * 0.4
            a = -math.pi / 2 + i * math.pi / 5
            (self.c.move_to if i == 0 else self.c.line_to)(cx + r * math.cos(a), cy + r * math.sin(a))
        self.c.close_path()
        self.c.fill()

    def signature(self, x, y, seed, width=38, colour=BLUE):
        """A hand in ball pen: loops that run to the right and a stroke back under them."""
        hand = random.Random(seed)
        self.c.set_source_rgb(*colour)
        self.c.set_line_cap(cairo.LINE_CAP_ROUND)
        self.c.set_line_width(0.55)
        n = hand.randint(4, 6)
        step = width / n
        self.c.move_to(x, y)
        for i in range(n):
            up, down = hand.uniform(6, 14), hand.uniform(2, 6)
            self.c.curve_to(x + (i + 0.1) * step, y - up, x + (i + 0.9) * step, y - up * 0.8,
                            x + (i + 0.5) * step, y + down * 0.5)
            self.c.curve_to(x + (i + 0.4) * step, y + down, x + (i + 0.8) * step, y + down * 0.3,
                            x + (i + 1) * step, y - hand.uniform(-1, 3))
        self.c.curve_to(x + width * 1.2, y - 6, x + width * 0.8, y + 7, x + width * 0.1,
                        y + hand.uniform(4, 7))
        self.c.stroke()

    def specimen(self, x, y, degrees=-9):
        """The stamp that says what every sheet here is."""
        self.c.save()
        self.c.translate(x, y)
        self.c.rotate(math.radians(degrees))
        self.box(-17, -8, 34, 13, 0.7, VIOLET)
        self.text(0, 2.2, "MẪU", 26, 0.5, truth=False, bold=True, colour=VIOLET)
        self.c.restore()

    def truth(self):
        """Lines from top to bottom, left to right on about one height."""
        rows = sorted(self.lines, key=lambda l: (round(l[0] / 2.5), l[1]))
        return [text for _, _, text in rows]

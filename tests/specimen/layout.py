"""Lays a form out on a sheet. A form is a text file: a head «@ key=value …», then a line a
mark; what each mark means is the method of its name below."""
import importlib.machinery
import math
import pathlib
import re

import cairo

import symbol_codes
from render import border
from setting import Setting
from sheet import BLACK, RED

PAPER = {"white": (1, 1, 1), "ivory": (1.0, 0.985, 0.94), "rose": (1.0, 0.965, 0.955), "green": (0.97, 1.0, 0.975),
         "blue": (0.96, 0.98, 1.0), "yellow": (1.0, 0.98, 0.88)}
COLOURS = {"red": RED, "black": BLACK, "blue": (0.13, 0.22, 0.55), "green": (0.2, 0.42, 0.33), "brown": (0.5, 0.35, 0.2)}
PENS = {"blue": (0.13, 0.20, 0.62), "black": (0.12, 0.12, 0.15)}
mrz = importlib.machinery.SourceFileLoader("mrz_specimens", str(pathlib.Path(__file__).with_name("mrz"))).load_module()


class Layout(Setting):
    def draw(self):
        head, paper = self.form.head, self.paper
        if head.get("ground"):
            self.ground(COLOURS[head["ground"]])
        if head.get("frame"):
            border(paper, 9, COLOURS[head["frame"]], 0.6)
        for mark, text in self.form.lines:
            getattr(self, "mark_" + mark)(text)
        if not self.card:
            paper.text(paper.width - self.right, paper.height - 13, "MẪU", 9, 1)
        end = max(self.y, self.floor)
        return end <= paper.height - (3 if self.card else 16)

    def mark_gap(self, text):
        self.y += float(text)

    def mark_at(self, text):
        self.y = float(text)

    def mark_motto(self, text):
        """The two lines at the head, in the middle; or at «x y» in «size»."""
        x, y, size = (list(map(float, text.split())) + [0, 0, 0])[:3]
        size = size or self.pt * (0.85 if self.card else 1)
        self.motto_at(x or self.paper.width / 2, y or self.y, size)
        self.y = (y or self.y) + size * (1.15 if self.card else 1.06)

    def motto_at(self, x, y, size):
        second = self.rng.choice(["Độc lập - Tự do - Hạnh phúc"] * 3 + ["Độc lập – Tự do – Hạnh phúc"])
        first = self.rng.choice(["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"] * 3 + ["CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"])
        self.paper.text(x, y, first, size, 0.5, bold=True)
        self.paper.text(x, y + size * 0.5, second, size * 1.05, 0.5, bold=True)
        half = self.paper.measure(second) / 2
        self.paper.rule(x - half, y + size * 0.62, x + half, y + size * 0.62)

    def mark_head(self, text):
        """Who issues it on the left, in one line or more, the motto on the right."""
        size, top = self.pt * 0.88, self.y
        left, width = self.margin + (self.paper.width * 0.33 - self.margin) * 0.95, self.paper.width
        lines = [line.strip() for line in text.split("|")]
        room = (left - self.margin * 0.6) * 2
        for i, line in enumerate(lines):
            self.centred(line, size, bold=i == len(lines) - 1, middle=left, room=room, step=1.1)
        self.paper.rule(left - 9, self.y - 3.0, left + 9, self.y - 3.0)
        below, self.y = self.y, top
        self.motto_at(width * 0.70, top, min(size, (width * 0.58 - self.right) / 92 * 12))
        self.y = max(below, top + size * 1.2)
        self.y += 2

    def mark_cols(self, text):
        """Two texts on one height, each centred in its column of the head."""
        top, ends = self.y, []
        for i, part in enumerate(text.split("|")):
            self.y = top
            middle = self.margin + (self.paper.width * 0.33 - self.margin) * 0.95 if i == 0 else self.paper.width * 0.70
            self.centred(part.strip(), self.pt, italic=i == 1, middle=middle, room=self.paper.width * 0.52)
            ends.append(self.y)
        self.y = max(ends) + 2

    def mark_title(self, text):
        """A line of the title: together they are the field."""
        size = float(self.form.head.get("title", 18)) * (0.93 if self.title else 1)
        words = self.words(text, True)
        while self.measure(words, size) > self.paper.width - 2 * min(self.margin, 14):
            size *= 0.96
        colour = COLOURS[self.form.head.get("ink", "black")]
        if not self.title:
            self.y += size * 0.16
        x = self.paper.width / 2 if "titlex" not in self.form.head else float(self.form.head["titlex"])
        at = x - self.measure(words, size) / 2
        self.set_line(words, at, self.y, size, colour=colour)
        self.keep_field("title", at, self.y - size * 0.33, self.measure(words, size), size * 0.44)
        self.title.append(text)
        self.y += size * 0.47

    def mark_sub(self, text):
        self.centred(text, self.pt, bold=True)
        self.y += 1

    def mark_mid(self, text):
        self.centred(text, self.pt)
        self.y += 1

    def mark_midi(self, text):
        self.centred(text, self.pt, italic=True)
        self.y += 1

    def mark_small(self, text):
        self.centred(text, self.pt * 0.8, italic=True)

    def mark_red(self, text):
        self.centred(text, self.pt * 1.2, bold=True, colour=RED)
        self.y += 1

    def mark_row(self, text):
        """«Label: {value}», several a row behind tabs; what does not fit goes on below."""
        size = self.pt
        x0 = self.margin
        cells = [c for c in re.split(r"\s*\\t\s*", text)]
        at, end = x0, self.paper.width - self.right
        for i, cell in enumerate(cells):
            start = max(at, x0 + (end - x0) * i / len(cells)) if i else x0
            words = self.words(cell)
            if i and start + self.measure(words, size) > end:
                self.y, start = self.y + self.lead, x0
            lines = self.wrap(words, size, end - start, 0)
            for k, line in enumerate(lines):
                if k:
                    self.y += self.lead * 0.9
                at = self.set_line(line, start, self.y, size) + 5
            if self.dotted and len(lines) == 1 and cell.rstrip().endswith("}"):
                self.leader(start, at - 5, end if i == len(cells) - 1 else x0 + (end - x0) * (i + 1) / len(cells) - 3)
        self.y += self.lead

    def leader(self, start, at, end):
        """The dotted line a value is written on."""
        c = self.paper.c
        c.new_path()
        c.set_source_rgb(0.35, 0.35, 0.38)
        c.set_line_width(0.22)
        c.set_line_cap(cairo.LINE_CAP_ROUND)
        c.set_dash([0.01, 0.9])
        c.move_to(at + 0.6, self.y + 0.5)
        c.line_to(end, self.y + 0.5)
        c.stroke()
        c.set_dash([])
        c.set_line_cap(cairo.LINE_CAP_BUTT)

    def mark_heading(self, text):
        self.set_line(self.words(text, True), self.margin, self.y, self.pt)
        self.y += self.lead

    def mark_par(self, text):
        words = self.words(text)
        step = self.pt * 25.4 / 72 * 1.42
        lines = self.wrap(words, self.pt, self.room(), 10)
        for i, line in enumerate(lines):
            x = self.margin + (10 if i == 0 else 0)
            gap, loose = None, sum(not w[4] for w in line[1:])
            if i < len(lines) - 1 and loose:
                gap = self.gap_of(line, self.paper.width - self.right - x, loose)
            self.set_line(line, x, self.y, self.pt, gap)
            self.y += step
        self.y += 1.5

    def mark_place(self, text):
        x = float(self.form.head.get("sign", 0.71)) * self.paper.width
        self.centred(text, self.pt, italic=True, middle=x, room=self.paper.width * 0.55)
        self.y += 1.5

    def mark_sign(self, text):
        """Titles | note | name | ring of the seal | its middle: signature and seal between."""
        titles, note, name, ring, middle = [part.strip() for part in text.split("|")]
        x, top = float(self.form.head.get("sign", 0.71)) * self.paper.width, self.y
        small = 0.42 if self.card else 1.0
        for line in titles.split("/"):
            self.centred(line.strip(), self.pt, bold=True, middle=x, room=self.paper.width * 0.5)
        if note:
            self.centred(note, self.pt * 0.85, italic=True, middle=x, room=self.paper.width * 0.5)
        high = 27 * small
        self.hand(x - 17 * small, self.y + high * 0.45, small)
        if ring:
            self.stamp(x - (19 + self.rng.uniform(-4, 3)) * small, self.y + high * 0.42, ring, middle,
                       (15.5 + self.rng.uniform(-1, 2)) * small)
        self.y += high
        self.centred(name, self.pt, bold=True, middle=x, room=self.paper.width * 0.5)
        self.floor, self.beside_y = max(self.floor, self.y), top
        self.y += 2

    def hand(self, x, y, scale):
        """A signature, blue or black."""
        c = self.paper.c
        c.save()
        c.translate(x, y)
        c.scale(scale, scale)
        c.new_path()
        self.paper.signature(0, 0, self.rng.random(), 36, PENS[self.pen])
        c.restore()
        self.paper.marks.append(("signature", self.pen, (x - 2 * scale, y - 14 * scale, 47 * scale, 22 * scale)))

    def stamp(self, x, y, ring, middle, radius):
        c = self.paper.c
        c.save()
        c.translate(x, y)
        c.rotate(math.radians(self.rng.uniform(-14, 14)))
        self.paper.seal(0, 0, self.filling.plain(ring).upper(), [m.strip().upper() for m in self.filling.plain(middle).split("/")], radius)
        c.restore()
        self.paper.marks.append(("seal", "red", (x - radius, y - radius, 2 * radius, 2 * radius)))

    def mark_hands(self, text):
        """Those who signed side by side, without a seal."""
        top, parts = self.y, [p.strip() for p in text.split("|")]
        for i, part in enumerate(parts):
            self.y = top
            x = self.margin + self.room() * (2 * i + 1) / (2 * len(parts))
            title, _, name = part.partition("/")
            self.centred(title.strip(), self.pt, bold=True, middle=x, room=80)
            self.hand(x - 16, self.y + 10, 0.85)
            self.y += 24
            self.centred(name.strip(), self.pt, bold=True, middle=x, room=80)
        self.y += 2

    def mark_beside(self, text):
        """To the left of the last signature: to whom it goes, numbers of the register."""
        self.beside_y = self.beside_y if self.beside_y is not None else self.y
        size = self.pt * (0.85 if not self.card else 1)
        keep, self.y = self.y, self.beside_y
        for line in self.wrap(self.words(text), size, self.paper.width * 0.4 - self.margin * 0.5, 0):
            self.set_line(line, self.margin, self.y, size)
            self.y += size * 25.4 / 72 * 1.45
        self.beside_y, self.y = self.y, max(keep, self.y if self.y > self.floor else keep)

    def mark_table(self, text):
        """widths in % ; head cells ; rows behind «;», cells behind «|»."""
        widths, *rows = [row.strip() for row in text.split(";")]
        shares = [float(w) for w in widths.split()]
        xs = [self.margin]
        for share in shares:
            xs.append(xs[-1] + self.room() * share / sum(shares))
        high, top = max(self.lead * 0.95, self.pt * 0.53), self.y - self.lead * 0.3
        for r, row in enumerate(rows):
            y = top + high * r + high * 0.68
            for i, cell in enumerate(row.split("|")):
                words = self.words(cell.strip(), r == 0)
                size = self.pt * 0.92
                while self.measure(words, size) > xs[i + 1] - xs[i] - 2:
                    size *= 0.96
                wide = self.measure(words, size)
                left = xs[i] + 1.5 if r and wide > (xs[i + 1] - xs[i]) * 0.45 else (xs[i] + xs[i + 1] - wide) / 2
                self.set_line(words, left, y, size)
        for r in range(len(rows) + 1):
            self.paper.rule(xs[0], top + high * r, xs[-1], top + high * r, 0.2)
        for x in xs:
            self.paper.rule(x, top, x, top + high * len(rows), 0.2)
        self.y = top + high * (len(rows) + 1)

    def mark_photo(self, text):
        """x y w h: somebody's grey portrait; written words keep clear by the form's margin."""
        x, y, w, h = map(float, text.split())
        c = self.paper.c
        c.new_path()
        c.set_source_rgb(0.80, 0.85, 0.90)
        c.rectangle(x, y, w, h)
        c.fill()
        c.set_source_rgb(0.45, 0.42, 0.42)
        c.arc(x + w / 2, y + h * 0.42, w * 0.24, 0, 2 * math.pi)
        c.fill()
        c.save()
        c.rectangle(x, y, w, h)
        c.clip()
        c.arc(x + w / 2, y + h * 1.05, w * 0.42, math.pi, 2 * math.pi)
        c.fill()
        c.restore()

    def mark_emblem(self, text):
        x, y, r = map(float, text.split())
        c = self.paper.c
        c.new_path()
        c.set_source_rgb(*RED)
        c.arc(x, y, r, 0, 2 * math.pi)
        c.fill()
        self.paper.star(x, y, r * 0.6, (0.98, 0.85, 0.2))

    def mark_finger(self, text):
        """x y w h: a finger print as loops."""
        x, y, w, h = map(float, text.split())
        c = self.paper.c
        c.set_source_rgb(0.35, 0.33, 0.36)
        c.set_line_width(0.22)
        c.new_path()
        for i in range(1, 9):
            c.save()
            c.translate(x + w / 2, y + h * 0.6)
            c.scale(w / 18 * i, h / 16 * i)
            c.new_sub_path()
            c.arc(0, 0, 1, math.pi * 0.95, math.pi * 2.15)
            c.restore()
            c.stroke()

    def mark_zone(self, text):
        lines = symbol_codes.zone(text, self.filling, mrz)
        paper, keep, pitch = self.paper, self.paper.font, 2.54
        paper.font = "OCR B"
        left, y = (paper.width - pitch * len(lines[0])) / 2, paper.height - 4.23 * len(lines) - 0.6
        paper.face(10)
        size = 10 * pitch / paper.measure("0")
        for i, line in enumerate(lines):
            paper.face(size)
            for k, sign in enumerate(line):
                paper.c.move_to(left + k * pitch, y + 4.23 * (i + 0.9))
                paper.c.show_text(sign)
            paper.lines.append((y + 4.23 * (i + 0.9), left, line))
        paper.font = keep
        self.floor = 0

    def mark_qr(self, text):
        """x y side what: a real code, when the library that makes them is here."""
        x, y, side, what = text.split()
        rows = symbol_codes.qr(symbol_codes.content(what, self.filling))
        step, c = float(side) / max(len(rows), 1), self.paper.c
        c.set_source_rgb(*BLACK)
        for j, row in enumerate(rows):
            for i, dark in enumerate(row):
                if dark:
                    c.rectangle(float(x) + i * step, float(y) + j * step, step * 1.02, step * 1.02)
        c.fill()

    def ground(self, colour):
        """Fine waves all over, as money and certificates have."""
        c, paper = self.paper.c, self.paper
        c.set_source_rgba(*colour, 0.16)
        c.set_line_width(0.16 if not self.card else 0.1)
        step = 4.2 if not self.card else 2.2
        for i in range(int(paper.height / step) + 1):
            for k in range(int(paper.width / 2) + 2):
                y = i * step + 1.8 * math.sin(k / 4.6 + i * 0.9)
                (c.move_to if k == 0 else c.line_to)(k * 2, y)
        c.stroke()

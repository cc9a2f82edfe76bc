"""Fills the blanks of a form: «{holder^}» becomes a name in capitals, and what was filled in
is kept as a reader of papers should give it."""
import configparser
import functools
import pathlib
import re
import string

import lives
from people import date_words, dmy, iso

KINDS = pathlib.Path(__file__).resolve().parents[2] / "models" / "kinds"
EDGES = " .:,;_…"
BLANK = re.compile(r"\{(\.?[a-z_0-9]+)([\^~+\-/%]?)(?:@([a-z_]+)|=([^}|]*)|\|([^}]*))?\}")


@functools.cache
def value_kinds(kind):
    """Of each field of a kind of paper what its value is: name, date, code …"""
    ini = configparser.ConfigParser(interpolation=None)
    ini.read(KINDS / f"{kind}.ini", encoding="utf-8")
    return {s.split()[1]: ini[s]["value"] for s in ini.sections() if s.startswith("field ")}


def normal(how, text):
    """As `saoy read --json` writes a value."""
    if how == "digits":
        return re.sub(r"\D", "", text)
    if how == "code":
        return text.replace(" ", "").strip(EDGES)
    return " ".join(text.split()).strip(EDGES)


def years(text):
    """«2016-2024» of a form's head."""
    return tuple(map(int, text.split("-"))) if text else None


class Filling:
    """One paper's worth of facts that agree with each other."""

    def __init__(self, rng, held_out, kind, head):
        self.rng, self.kind, self.fields = rng, kind, {}
        self.world = lives.World(rng, held_out)
        self.issued = years(head.get("issued"))
        born = years(head.get("born"))
        self.people = {"holder": self.world.person(None, self.world.day(*born) if born else None)}
        self.days = {}
        self.province = self.world.pick(lives.PROVINCES)

    def person(self, who):
        holder = self.people["holder"]
        if who not in self.people:
            born = holder.born[0]
            other = "Nữ" if holder.sex == "Nam" else "Nam"
            years = {"mother": ("Nữ", born - 26), "father": ("Nam", born - 29), "child": (None, born + 27)}
            sex, year = years.get(who, (None, born - self.rng.randint(-4, 9)))
            if who in ("wife", "husband"):
                sex = "Nữ" if who == "wife" else "Nam"
                if sex != other:
                    return holder
            self.people[who] = self.world.person(sex, self.world.day(year - 4, year + 4))
        return self.people[who]

    def day(self, name):
        born = self.people["holder"].born[0]
        if name == "birth_date":
            return self.people["holder"].born
        if name not in self.days:
            self.days[name] = self.world.day(*self.span(name, born))
            if self.kind == "birth-certificate":  # registered in the year of birth, after it
                self.days[name] = (born, 12, 29)
        return self.days[name]

    def span(self, name, born):
        """Between which years a day lies."""
        if name == "issue_date":
            first, last = self.issued or (2005, 2025)
            return max(first, min(born + 19, last)), last
        issued = self.day("issue_date")[0]
        return (issued + 5, issued + 10) if name == "expiry_date" else (issued, issued)

    def date(self, name, how):
        date = self.day(name)
        if how == "+":
            return date_words(date)
        if how == "~":
            return f"ngày {date[2]:02} tháng {date[1]:02} năm {date[0]}"
        return dmy(date).replace("/", "-" if how == "-" else "." if how == "%" else "/")

    def pattern(self, text):
        year = self.day("issue_date")[0]
        text = text.replace("%Y", str(year)).replace("%y", f"{year % 100:02}")
        return "".join(self.rng.choice(string.digits[1 if i == 0 else 0:]) if c == "#"
                       else self.rng.choice("ABCDEHKLMNPQTVX") if c == "@" else c for i, c in enumerate(text))

    def source(self, name):
        """Words that belong to a place, a school, a company."""
        w, holder = self.world, self.people["holder"]
        makers = {
            "home": lambda: holder.home, "village": lambda: holder.origin, "province": lambda: self.province,
            "place": lambda: self.province.split(" ", 1 if self.province.startswith("tỉnh") else 2)[-1],
            "unit": lambda: self.province.upper(), "ward": lambda: w.pick(lives.WARDS),
            "commune": lambda: w.pick(lives.COMMUNES), "hospital": lambda: w.pick(lives.HOSPITALS),
            "school": lambda: w.pick(lives.SCHOOLS), "university": lambda: w.pick(lives.UNIVERSITIES),
            "subject": lambda: w.pick(lives.SUBJECTS), "birth_province": lambda: w.pick(lives.PROVINCES),
            "firm": lambda: f"CÔNG TY TNHH {w.pick(lives.TRADES)} {w.pick(lives.COMPANIES)}",
            "company": lambda: f"{w.pick(lives.TRADES)} {w.pick(lives.COMPANIES)}",
            "official": lambda: w.name(self.rng.choice(["Nam", "Nữ"])), "office": lambda: w.pick(lives.COMPANIES).title(),
            "number": lambda: holder.number, "sex": lambda: holder.sex,
            "sexes": lambda: {"Nam": "Nam / M", "Nữ": "Nữ / F"}[holder.sex], "born_year": lambda: str(holder.born[0]),
            "lord": lambda: "Ông" if holder.sex == "Nam" else "Bà", "street": lambda: w.address(self.province),
            "year": lambda: str(self.day("issue_date")[0]), "amount": lambda: self.amount(),
        }
        if name in makers:
            return w.once(name, makers[name])
        who, what = name.rsplit("_", 1)  # mother_year, husband_number, wife_home, buyer_born
        person = self.person(who)
        return {"year": str(person.born[0]), "number": person.number, "home": person.home, "born": dmy(person.born),
                "name": person.name, "lord": "Ông" if person.sex == "Nam" else "Bà", "sex": person.sex}[what]

    def amount(self):
        return f"{self.rng.randint(1, 90)}.{self.rng.choice(['000', '500', '200'])}.000.000"

    def text_of(self, name, how, source, pattern, choices):
        bare = name.lstrip(".")
        if pattern is not None:
            return self.world.once(name + pattern, lambda: self.pattern(pattern))
        if choices is not None:
            return self.world.once(name + choices, lambda: self.rng.choice(choices.split("|")))
        if source is not None or name.startswith("."):
            return self.source(source or bare)
        if bare.endswith("_date"):
            return self.date(bare, how)
        if bare == "birth_words":
            return date_words(self.day("birth_date"))
        if bare == "personal_number":
            return self.people["holder"].number
        if bare in ("sex",):
            return self.people["holder"].sex
        return self.person(bare).name

    def blank(self, match):
        """What stands in one blank, and the field it is (None: it is none)."""
        name, how, source, pattern, choices = match.groups()
        text = self.text_of(name, how, source, pattern, choices)
        if how == "^":
            text = text.upper()
        if how == "/":
            text = f"{text[:3]} {text[3:6]} {text[6:9]} {text[9:]}".strip()
        if name.startswith("."):
            return text, None
        kind = value_kinds(self.kind)[name]  # a form names only fields its kind has
        if kind in ("date", "words"):
            self.fields[name] = iso(self.day("birth_date" if name == "birth_words" else name))
        else:
            self.fields[name] = normal(kind, text)
        return text, name

    def pieces(self, text):
        """A line as [(words, field or None, filled in)]."""
        out, at = [], 0
        for match in BLANK.finditer(text):
            if match.start() > at:
                out.append((text[at:match.start()], None, False))
            out.append((*self.blank(match), True))
            at = match.end()
        return out + ([(text[at:], None, False)] if at < len(text) else [])

    def plain(self, text):
        return "".join(piece[0] for piece in self.pieces(text))

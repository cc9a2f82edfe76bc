"""The forms of forms/*.txt: every kind of paper in several layouts. A file holds one kind; a
line of dashes parts its layouts, a line «= side» the sides of one (cards). Forms follow the
printed originals; those of forms/held-out are for the figure alone."""
import pathlib
import unicodedata

FOLDER = pathlib.Path(__file__).resolve().parent / "forms"
LINES_A_TEXT_PAGE = 38


class Side:
    def __init__(self, head, lines):
        self.head, self.lines = head, lines


class Form:
    def __init__(self, kind, name, held_out, sides):
        self.kind, self.name, self.held_out, self.sides = kind, name, held_out, sides
        self.head = sides[0].head


def side_of(text):
    head, lines = {}, []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        mark, _, rest = line.partition(" ")
        if mark == "@":
            head |= dict(pair.split("=", 1) for pair in rest.split())
        elif not mark.startswith("#"):
            lines.append((mark, rest.strip()))
    return Side(head, lines)


def read(path, held_out):
    forms = []
    for n, text in enumerate(path.read_text(encoding="utf-8").split("\n---\n"), 1):
        sides = [side_of(part) for part in text.split("\n= side\n")]
        for side in sides[1:]:
            side.head = sides[0].head | side.head
        forms.append(Form(path.stem, f"{path.stem}/{'held-out-' if held_out else ''}{n}", held_out, sides))
    return forms


def kinds():
    return sorted(path.stem for path in FOLDER.glob("*.txt"))


def of_kind(kind, held_out):
    """The forms to take turns; held out: every second one has never been looked at."""
    common = read(FOLDER / f"{kind}.txt", False)
    if not held_out:
        return common
    kept = read(FOLDER / "held-out" / f"{kind}.txt", True)
    return [form for i, old in enumerate(common) for form in (kept[i % len(kept)], old)]


def texts(folder, held_out):
    """Any text as pages of a law's print: of each file a few pages, of the held-out set others."""
    pages = []
    for path in sorted(folder.glob("*.txt")):
        lines = [" ".join(line.split()) for line in unicodedata.normalize("NFC", path.read_text(encoding="utf-8")).splitlines()]
        lines = [line for line in lines if line.strip("-_ ")]
        starts = range(LINES_A_TEXT_PAGE // 2, max(len(lines) - LINES_A_TEXT_PAGE, 1), LINES_A_TEXT_PAGE)
        for start in list(starts)[1 if held_out else 0::2][:6]:
            head = {"font": "any", "pt": "12.5", "margin": "26", "lead": "1.5"}
            marks = [("par", line.replace("{", "(").replace("}", ")")) for line in fitting(lines[start:])]
            pages.append(Form(None, f"text/{path.stem}", held_out, [Side(head, marks)]))
    return pages


def fitting(lines, most=2300):
    """As many of the lines as a page holds."""
    out = []
    for line in lines:
        most -= max(len(line), 60)
        if most < 0:
            break
        out.append(line)
    return out

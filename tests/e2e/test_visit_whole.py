"""A stolen kiosk archives more than was signed: nothing but what our own procedure writes behind
the signatures is archived, whatever it shows and whatever the validator says of it."""
import hashlib
import json
import re
import struct
import subprocess
import zlib

import pytest

from visit_world import EMULATED, SAOY, Wire, World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("whole"))
    yield made
    made.stop()


def last(pdf, number):
    return re.findall(rb"\n%d 0 obj\n?(.*?)\n?endobj" % number, pdf, re.S)[-1].strip()


def target(text, key):
    return int(re.search(rb"/%s ?\[? ?(\d+) 0 R" % key, text)[1])


def trailer(pdf):
    """Number of the catalog, the next free one, and what a new trailer takes over."""
    root = re.findall(rb"/Root (\d+) 0 R", pdf)[-1]
    information = re.findall(rb"/Info \d+ 0 R", pdf)[-1]
    identity = re.findall(rb"/ID ?\[.*?\]", pdf, re.S)[-1]
    start = re.findall(rb"startxref\s+(\d+)", pdf)[-1]
    return (int(root), max(int(n) for n in re.findall(rb"/Size (\d+)", pdf)),
            b"/Root %s 0 R %s %s /Prev %s" % (root, information, identity, start))


def revised(pdf, objects):
    """One more revision with a plain table."""
    _, size, entries = trailer(pdf)
    out, lines = pdf, b""
    for number, text in sorted(objects.items()):
        lines += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    size = max(size, *(number + 1 for number in objects))
    return out + b"xref\n%strailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        lines, size, entries, len(out))


def stream(data, entries=b""):
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def with_unreadable_store(pdf):
    """Validation data that cannot be read: no forbidden change."""
    root, new, _ = trailer(pdf)
    other = re.sub(rb"/DSS \d+ 0 R", b"", last(pdf, root))
    assert other.startswith(b"<<")
    return revised(pdf, {root: b"<</DSS << /Certs [ %d 0 R ] >> " % new + other[2:],
                         new: stream(b"junk")})


def page_of(pdf):
    pages = last(pdf, target(last(pdf, trailer(pdf)[0]), b"Pages"))
    return target(pages, b"Kids")


def with_page_as_it_was(pdf):
    """Lawful to the validator, and no business of a finisher."""
    page = page_of(pdf)
    return revised(pdf, {page: last(pdf, page)})


def with_another_page(pdf):
    """Packed so that viewers show another page and a validator that rounds down the bytes of a
    pixel the old one; what it draws is kept as validation data."""
    root, new, entries = trailer(pdf)
    page = page_of(pdf)
    store = target(last(pdf, root), b"DSS")
    old = last(pdf, page)
    evil = re.sub(rb"/Contents \d+ 0 R", b"/Contents %d 0 R" % new, old)
    data = re.sub(rb"/VRI ?<<", b"/VRI<</%s<</TS %d 0 R>>" % (b"0" * 40, new), last(pdf, store))
    assert evil != old and b"/TS" in data
    first, at = 30, len(data) + 5
    at += (first + at) % 2 == 0
    front = ((b"%d 0 %d %d " % (store, page, at)).ljust(first) + data).ljust(first + at - 1)
    back = evil + b"\n" + old + b"\n"
    back += b"\n" * (len(back) % 2)
    rows = [b"\0" + text[i:i + 2] for text in (front, back) for i in range(0, len(text), 2)]
    rows.insert(len(front) // 2, b"\1\5\40")
    out, places = pdf, {}
    for number, text in (
            (new, stream(b"q 1 g 0 0 999 999 re f Q")),
            (new + 1, stream(zlib.compress(b"".join(rows)),
                             b"/Type/ObjStm/N 2/First %d/Filter/FlateDecode/DecodeParms<<"
                             b"/Predictor 15/Colors 3/BitsPerComponent 4/Columns 1>>" % first))):
        places[number] = (1, len(out), 0)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    places.update({store: (2, new + 1, 0), page: (2, new + 1, 1), new + 2: (1, len(out), 0)})
    table = stream(b"".join(struct.pack(">BIH", *places[n]) for n in sorted(places)),
                   b"/Type/XRef/W[1 4 2]/Index[%s]/Size %d %s" % (
                       b" ".join(b"%d 1" % n for n in sorted(places)), new + 3, entries))
    return out + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (new + 2, table, len(out))


class Adding(Wire):
    """Adds to what the kiosk archives, once."""

    def __init__(self, hub, add):
        super().__init__(hub)
        self.add, self.added, self.status = add, None, None

    def forward(self, request, body):
        ours = request.command == "PUT" and request.path.startswith("/api/v1/copies/")
        if not ours or self.added is not None:
            return super().forward(request, body)
        self.added = self.add(body)
        answer = super().forward(request, self.added)
        self.status = answer[0]
        return answer


@pytest.mark.parametrize("add, conclusion", [
    (with_unreadable_store, "TOTAL-PASSED"),
    (with_another_page, "TOTAL-FAILED"),
    (with_page_as_it_was, "TOTAL-PASSED"),
])
def test_what_is_added_is_not_archived(world, add, conclusion):
    wire = Adding(world.hub, add)
    config = world.folder / f"{add.__name__}.conf"
    config.write_text(f"[hub]\nurl = {wire.url}\npublic = {world.hub.base}\n[trust]\n"
                      f"roots = {world.hub.folder}/pki/trust\n" + EMULATED)
    try:
        visit = world.visit(add.__name__, live=None, config=config)
        dossier = visit.wait_for("dossier")
        world.hub.decide(dossier, {1: None})
        visit.finish()
        world.hub.finishes(dossier)  # the hub alone, from what it holds
    finally:
        wire.stop()
    added = world.folder / "added.pdf"
    added.write_bytes(wire.added)
    told = subprocess.run([SAOY, "verify", added, "--trust", world.hub.folder / "pki/trust",
                           "--json"], stdout=subprocess.PIPE, env=world.environment)
    told = json.loads(told.stdout)
    assert told["conclusion"] == conclusion, told["findings"] + told["changes"]
    assert wire.status == 403
    kept = {row["sha256"] for row in world.hub.rows("SELECT sha256 FROM revisions")}
    assert kept and hashlib.sha256(wire.added).hexdigest() not in kept

"""A kiosk that archives more than was signed: what only a person could judge is not archived."""
import hashlib
import json
import re
import subprocess

import pytest

from visit_world import EMULATED, SAOY, Wire, World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("whole"))
    yield made
    made.stop()


def with_unreadable_store(pdf):
    """One more revision: validation data that cannot be read. No forbidden change, but nobody can
    tell what it would have said."""
    root = int(re.findall(rb"/Root (\d+) 0 R", pdf)[-1])
    catalog = re.findall(rb"\n%d 0 obj\n?(.*?)\n?endobj" % root, pdf, re.S)[-1]
    other = re.sub(rb"/DSS \d+ 0 R", b"", catalog.strip())
    assert other.startswith(b"<<")
    new = int(re.findall(rb"/Size (\d+)", pdf)[-1])
    other = b"<</DSS << /Certs [ %d 0 R ] >> " % new + other[2:]
    start = re.findall(rb"startxref\s+(\d+)", pdf)[-1]
    information = re.findall(rb"/Info \d+ 0 R", pdf)[-1]
    identity = re.findall(rb"/ID ?\[.*?\]", pdf, re.S)[-1]
    at = len(pdf)
    body = b"%d 0 obj\n%s\nendobj\n" % (root, other)
    store = b"%d 0 obj\n<< /Length 4 >>\nstream\njunk\nendstream\nendobj\n" % new
    table = (b"xref\n%d 1\n%010d 00000 n \n%d 1\n%010d 00000 n \ntrailer\n<< /Size %d /Root %d 0 R "
             b"%s %s /Prev %s >>\n") % (root, at, new, at + len(body), new + 1, root,
                                       information, identity, start)
    return pdf + body + store + table + b"startxref\n%d\n%%%%EOF\n" % (at + len(body) + len(store))


class Adding(Wire):
    """Adds to what the kiosk archives, once."""

    def __init__(self, hub):
        super().__init__(hub)
        self.added, self.status = None, None

    def forward(self, request, body):
        ours = request.command == "PUT" and request.path.startswith("/api/v1/copies/")
        if not ours or self.added is not None:
            return super().forward(request, body)
        self.added = with_unreadable_store(body)
        answer = super().forward(request, self.added)
        self.status = answer[0]
        return answer


def test_what_is_in_doubt_is_not_archived(world):
    wire = Adding(world.hub)
    config = world.folder / "adding.conf"
    config.write_text(f"[hub]\nurl = {wire.url}\n" + EMULATED)
    try:
        visit = world.visit("adding", live=None, config=config)
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
    assert told["conclusion"] == "INDETERMINATE", told["findings"] + told["changes"]
    assert wire.status == 403
    kept = {row["sha256"] for row in world.hub.rows("SELECT sha256 FROM revisions")}
    assert kept and hashlib.sha256(wire.added).hexdigest() not in kept

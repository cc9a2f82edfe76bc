"""Whole visits on papers that we did not draw: a scan of an old printed form, and a page of a
law that comes through the real SANE driver. The data is other people's and is not in this tree:
SAOY_SHARED_DIR names where it lies; without it these tests say so and are skipped."""
import json
import os
import pathlib
import re
import subprocess
import unicodedata

import pytest

from visit_world import SAOY, SOURCE, World

SHARED = pathlib.Path(os.environ.get("SAOY_SHARED_DIR", SOURCE.parent / "shared")) / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=f"no third-party data at {SHARED}")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("real"))
    yield made
    made.stop()


def whole_visit(world, name, paper):
    visit = world.visit(name, pages=[paper], live=None)
    world.hub.decide(visit.wait_for("dossier"), {1: None})
    visit.finish()
    assert visit.code == 0, visit.lines
    return visit.answer["pdf"]


def output(*command):
    return subprocess.run([str(c) for c in command], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False).stdout


def signed_and_whole(world, pdf):
    report = output("pdfsig", pdf)
    assert report.count("Signature is Valid.") == 2, report
    first, last = report.split("Signature #2:")
    assert "  - Not total document signed" in first and "  - Total document signed" in last, report
    assert subprocess.run(["qpdf", "--check", pdf], capture_output=True).returncode == 0
    verdict = json.loads(subprocess.run(
        [SAOY, "verify", pdf, "--trust", world.hub.folder / "pki/trust", "--json"],
        stdout=subprocess.PIPE, env=world.environment).stdout)
    assert verdict["conclusion"] == "TOTAL-PASSED"


def words(text):
    return re.findall(r"\w+", unicodedata.normalize("NFC", text))


@needs_shared
def test_an_old_printed_form(world):
    folder = world.folder / "papers/form"
    folder.mkdir(parents=True)
    (folder / "001.jpg").write_bytes((SHARED / "pages/skew/F1550.jpg").read_bytes())
    pdf = whole_visit(world, "form", "form")
    signed_and_whole(world, pdf)
    assert len(words(output("pdftotext", "-layout", pdf, "-"))) > 50


@needs_shared
def test_a_page_of_a_law_through_sane(world, tmp_path):
    law = SHARED / "text/luat-giao-dich-dien-tu.txt"
    page = tmp_path / "page.txt"
    page.write_text("\n".join(law.read_text().splitlines()[:30]))
    subprocess.run([SOURCE / "tests/specimen/make", tmp_path / "sheet", "--text", page, "--degraded",
                    "--seed", "7"], check=True, stdout=subprocess.DEVNULL)
    sheet = sorted(p for p in (tmp_path / "sheet").iterdir() if p.suffix != ".json")[0]
    truth = json.loads((tmp_path / "sheet" / (sheet.stem + ".json")).read_text())

    # the paper lies before SANE's own pnm backend
    subprocess.run(["/usr/bin/python3", "-c",
                    "import sys; from PIL import Image; Image.open(sys.argv[1]).convert('RGB')"
                    ".save(sys.argv[2])", sheet, tmp_path / "sheet.ppm"], check=True)
    sane = tmp_path / "sane.d"
    sane.mkdir()
    (sane / "dll.conf").write_text("pnm\n")
    scanned = world.folder / "papers/law"
    subprocess.run([SAOY, "scan", "--device", f"pnm:0?filename={tmp_path}/sheet.ppm", "--out", scanned,
                    "--dpi", "300"], check=True, stdout=subprocess.DEVNULL,
                   env=dict(world.environment, SANE_CONFIG_DIR=str(sane)))
    pdf = whole_visit(world, "law", "law")
    signed_and_whole(world, pdf)

    read = set(words(output("pdftotext", "-layout", pdf, "-")))
    meant = [w for line in truth["text"] for w in words(line)]
    missed = [w for w in meant if w not in read]
    assert len(missed) < 0.06 * len(meant), (len(missed), len(meant), missed[:20])

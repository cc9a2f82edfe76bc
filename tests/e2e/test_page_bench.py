"""Thirty pages of every kind of paper, printed and scanned, read against their truth: whoever
breaks the reader breaks a bound. The figures themselves are of `saoy bench page` over 322 pages
(docs/page.md); the bounds here leave room for the luck of thirty."""
import json
import os
import pathlib
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ.get("SAOY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", SOURCE / "build"))
PAGES = SOURCE / "tests/specimen/pages"
CARDS = ["citizen-card", "driving-licence", "health-insurance", "identity-card-old", "passport", "vehicle-registration"]


def draw(folder, *words):
    env = {k: v for k, v in os.environ.items() if k != "SAOY_SHARED_DIR"}  # no third-party texts
    subprocess.run([PAGES, folder, "--seed", "1000", *words], check=True, env=env)


def kinds():
    return sorted(path.stem for path in (PAGES.parent / "forms").glob("*.txt"))


@pytest.fixture(scope="module", name="answer")
def fixture_answer(tmp_path_factory):
    """Small print needs 300 dpi, an A4 page is read at 200 as well, and quicker."""
    folder = tmp_path_factory.mktemp("pages")
    large = [w for kind in kinds() if kind not in CARDS for w in ("--kind", kind)]
    small = [w for kind in CARDS for w in ("--kind", kind)]
    draw(folder / "a", "--degraded", "--dpi", "200", "--count", "16", *large)
    draw(folder / "b", "--degraded", "--count", "6", *small)
    draw(folder / "c", "--clean", "--dpi", "200", "--count", "8", *large[16:])
    both = folder / "all"
    both.mkdir()
    for part in "abc":
        for file in (folder / part).iterdir():
            file.rename(both / f"{part}-{file.name}")
    done = subprocess.run([BUILD / "saoy", "bench", "page", both, "0", "0"], capture_output=True, text=True, check=False,
                          timeout=1500, env=dict(os.environ, OMP_THREAD_LIMIT="1"))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    print("\n".join(answer["wrong"]))  # seen when a bound breaks
    return answer


def test_every_page_is_seen(answer):
    assert answer["pages"] == 30 and answer["failed"] == 0


def test_the_kinds(answer):
    kinds_of = answer["kinds"]
    assert kinds_of["clean"]["of"] == 8 and kinds_of["degraded"]["of"] == 22
    assert kinds_of["clean"]["right"] >= 8
    assert kinds_of["degraded"]["right"] >= 20


def test_the_fields(answer):
    assert answer["fields"]["clean"]["share"] >= 0.85
    assert answer["fields"]["degraded"]["share"] >= 0.75


def test_the_text(answer):
    text = answer["text"]
    assert text["clean"]["ours"]["cer"] <= 0.03
    assert text["degraded"]["ours"]["cer"] <= 0.08
    for group in ("clean", "degraded"):  # marks may be lost, letters may not
        assert text[group]["ours"]["cer_without_marks"] <= text[group]["ours"]["cer"]


def test_straight_and_upright(answer):
    assert answer["skew"]["upright"]["right"] >= 28
    assert answer["skew"]["median_deg"] < 0.1


def test_the_files_stay_small(answer):
    assert answer["jpeg"]["median_bytes"] <= 400_000
    assert answer["jpeg"]["max_bytes"] <= 1_200_000
    assert answer["jpeg"]["least_quality"] >= 60


def test_honest_pages_are_not_called_altered(answer):
    assert answer["flags"]["false_alarms"]["of"] == 30
    assert answer["flags"]["false_alarms"]["right"] <= 2

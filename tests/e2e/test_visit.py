"""Whole visits against the real hub with emulated devices: the happy one and the unhappy ones.
Each ends in the right screen, with the right rows in the hub, and in WIPE."""
import json
import shutil
import subprocess
import time
import urllib.request

import pytest
from PIL import Image

from visit_world import PERSONAS, SAOY, World, wait_for


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("visit"))
    yield made
    made.stop()


def ended_well(visit):
    """WIPE was the last thing but WELCOME, the chain holds, no name is in it, nothing is left."""
    assert visit.states()[-1] == "WIPE", visit.lines
    visit.check_journal()
    text = (visit.data / "journal.jsonl").read_text()
    assert "001090000001" not in text and "Nguy" not in text and "NGUYEN" not in text
    assert not visit.temporary_files()


def test_a_citizen_leaves_with_a_certified_copy(world):
    visit = world.visit("happy", pages=["diploma"])
    dossier = visit.wait_for("dossier")
    world.hub.decide(dossier, {1: None})
    visit.finish()
    assert visit.code == 0, visit.lines
    ended_well(visit)
    assert [s for s in visit.states() if s != "WELCOME"] == [
        "ADVICE", "CONSENT", "CARD", "FACE", "CHOOSE", "SCAN", "CHECK", "REVIEW", "DELIVERY",
        "PAY", "OFFICER", "SIGN", "DELIVER", "DONE", "WIPE"]
    assert world.hub.documents(dossier) == {1: "issued"}
    assert len(list((visit.data / "printed").glob("*.pdf"))) == 1
    outcome = [e for e in visit.journal() if e["event"] == "face"]
    assert [(e["outcome"], e["compared"]) for e in outcome] == [("accept", True)]
    verified = subprocess.run([SAOY, "verify", visit.answer["pdf"], "--trust",
                               world.hub.folder / "pki/trust", "--json"],
                              stdout=subprocess.PIPE, env=world.environment)
    assert json.loads(verified.stdout)["conclusion"] == "TOTAL-PASSED"
    assert verified.returncode == 0


def test_the_public_page_knows_the_copy(world):
    visit = world.visit("public", live=None)
    world.hub.decide(visit.wait_for("dossier"), {1: None})
    visit.finish()
    path = "/v/" + visit.answer["verify_url"].split("/v/")[1]
    page = urllib.request.urlopen(world.hub.base + path, timeout=20).read().decode()
    assert visit.answer["copy_id"] in page


def test_a_wrong_can_three_times_ends_the_visit(world):
    visit = world.visit("can", live=None, can="000000").finish()
    assert visit.code == 1
    ended_well(visit)
    assert visit.answer["sorry_at"] == "CARD"
    assert sum(e["event"] == "state" and e["effect"] == "READ_CARD"
               for e in visit.journal()) == 3
    assert "opening" not in visit.events()


def test_another_face_is_never_accepted(world):
    visit = world.visit("face", "--leave-at", "OFFICER", live="binh").finish()
    ended_well(visit)
    outcomes = {e["outcome"] for e in visit.journal() if e["event"] == "face"}
    assert "accept" not in outcomes
    if outcomes == {"refuse"}:
        assert visit.answer["sorry_at"] == "FACE" and visit.code == 1
    else:
        assert visit.events()[-1:] and "withdrawn" in visit.events()


def test_a_printed_face_is_refused_as_another_face(world):
    shutil.copytree(PERSONAS / "an/print", world.folder / "printed-face")
    visit = world.visit("print", live="printed-face").finish()
    assert visit.code == 1
    ended_well(visit)
    assert visit.answer["sorry_at"] == "FACE"
    assert "opening" not in visit.events()


def test_without_a_camera_the_officer_compares(world):
    visit = world.visit("nocamera", live=None, leave_at="OFFICER").finish()
    ended_well(visit)
    outcome = [e for e in visit.journal() if e["event"] == "face"]
    assert [(e["outcome"], e["compared"]) for e in outcome] == [("officer", False)]


def test_a_jam_costs_nothing(world):
    before = world.hub.dossiers()
    paper = world.copy_of_paper("note", "jammed", fault="jam 1")
    visit = world.visit("jam", live=None, pages=[paper]).finish()
    assert visit.code == 4
    ended_well(visit)
    assert visit.answer["sorry_at"] == "SCAN"
    assert world.hub.dossiers() == before


def test_the_hub_is_away(world):
    visit = world.visit("away", "--hub", "https://localhost:1", live=None).finish()
    assert visit.code == 3
    ended_well(visit)
    assert visit.answer["sorry_at"] == "DELIVERY"


def test_the_officer_refuses(world):
    visit = world.visit("refused", live=None)
    dossier = visit.wait_for("dossier")
    world.hub.decide(dossier, {1: "Bản chính bị tẩy xóa"})
    visit.finish()
    assert visit.code == 1
    ended_well(visit)
    assert visit.answer["sorry_at"] == "OFFICER"
    assert world.hub.documents(dossier) == {1: "refused"}
    assert "refused" in visit.events() and "issuing" not in visit.events()


def test_who_cannot_wait_gets_the_copy_later(world):
    visit = world.visit("hurry", "--cannot-wait", live=None).finish()
    assert visit.code == 3 and visit.answer["released"]
    ended_well(visit)
    dossier = visit.answer["dossier"]
    assert "released" in visit.events()
    world.hub.decide(dossier, {1: None})
    world.hub.finishes(dossier)


def test_exit_at_the_officer_withdraws(world):
    visit = world.visit("exit", live=None, leave_at="OFFICER").finish()
    assert visit.code == 1
    ended_well(visit)
    assert "withdrawn" in visit.events()
    assert set(world.hub.documents(world.hub.dossiers()[-1]).values()) == {"withdrawn"}


def test_exit_before_anything_was_opened_leaves_no_trace(world):
    before = world.hub.dossiers()
    visit = world.visit("early", live=None, leave_at="REVIEW").finish()
    ended_well(visit)
    assert world.hub.dossiers() == before


def test_two_papers_one_approved_one_refused(world):
    visit = world.visit("two", live=None, pages=["note", "certificate"])
    dossier = visit.wait_for("dossier")
    world.hub.decide(dossier, {1: None, 2: "Mờ, không đọc được"})
    visit.finish()
    assert visit.code == 0, visit.lines
    ended_well(visit)
    assert world.hub.documents(dossier) == {1: "issued", 2: "refused"}
    assert len(visit.answer["copies"]) == 1
    assert visit.answer["copy_id"].startswith(dossier + ".01-")


def test_a_paper_goes_through_sane(world, monkeypatch):
    """The real scanner driver, on SANE's own pnm backend by a private configuration."""
    folder = world.folder / "sane"
    folder.mkdir()
    (folder / "dll.conf").write_text("pnm\n")
    with Image.open(world.paper("note") / "001.png") as page:
        page.resize((2480, 1748)).save(folder / "page.ppm")
    config = folder / "kiosk.conf"
    config.write_text(world.config.read_text() + "[scanner]\ndriver = sane\n"
                      f"address = pnm:0?filename={folder}/page.ppm\n")
    monkeypatch.setitem(world.environment, "SANE_CONFIG_DIR", str(folder))
    visit = world.visit("sane", live=None, pages=[], config=config)
    world.hub.decide(visit.wait_for("dossier"), {1: None})
    visit.finish()
    assert visit.code == 0, visit.lines
    ended_well(visit)


def test_she_leaves_an_email_and_the_machine_is_switched_off(world):
    visit = world.visit("off", live=None, email="an@example.vn", stop_at="OFFICER+")
    visit.wait_for("stopped")
    visit.kill()
    dossier = world.hub.dossiers()[-1]
    world.hub.decide(dossier, {1: None})
    world.hub.finishes(dossier)


def away_world(world, name):
    """A camera of its own, whose place can be emptied; the kiosk looks for 3 s."""
    shutil.copytree(PERSONAS / "an/live", world.folder / (name + "-live"))
    config = world.folder / (name + ".conf")
    config.write_text(world.config.read_text() + "[policy]\naway_s = 3\n")
    return config, world.folder / (name + "-live/fault")


def away_from(visit):
    return [e["from"] for e in visit.journal() if e["event"] == "state" and e["on"] == "AWAY"]


def test_who_walks_away_from_the_officer_gets_the_copy_by_mail(world):
    config, lever = away_world(world, "gone")
    visit = world.visit("gone", config=config, live="gone-live", email="an@example.vn")
    dossier = visit.wait_for("dossier")
    wait_for(lambda: "open" not in world.hub.documents(dossier).values(), "the queue")
    lever.write_text("empty")
    visit.finish()
    ended_well(visit)
    assert away_from(visit) == ["OFFICER"]
    assert "released" in visit.events()
    world.hub.decide(dossier, {1: None})
    world.hub.finishes(dossier)


def test_who_walks_away_before_leaves_nothing(world):
    before = world.hub.dossiers()
    config, lever = away_world(world, "left")
    visit = world.visit("left", config=config, live="left-live", stand_at="REVIEW")
    visit.wait_for("stopped")
    lever.write_text("empty")
    visit.finish()
    ended_well(visit)
    assert away_from(visit) == ["REVIEW"]
    assert world.hub.dossiers() == before


def test_who_walks_away_from_paying_takes_the_dossier_along(world):
    config, lever = away_world(world, "unpaid")
    visit = world.visit("unpaid", config=config, live="unpaid-live", stand_at="PAY")
    visit.wait_for("stopped")
    lever.write_text("empty")
    visit.finish()
    ended_well(visit)
    assert away_from(visit) == ["PAY"]
    assert "withdrawn" in visit.events()
    assert set(world.hub.documents(world.hub.dossiers()[-1]).values()) == {"withdrawn"}


def test_nobody_is_watched_who_did_not_agree(world):
    config, lever = away_world(world, "unseen")
    visit = world.visit("unseen", "--no-face", config=config, live="unseen-live")
    dossier = visit.wait_for("dossier")
    lever.write_text("empty")
    time.sleep(6)
    world.hub.decide(dossier, {1: None})
    visit.finish()
    assert visit.code == 0, visit.lines
    assert away_from(visit) == []


@pytest.mark.parametrize("name, content, code", [
    ("absent.png", None, 2),
    ("truncated.png", "png", 4),
    ("empty.jpg", b"", 4),
    ("text.pdf", b"this is no picture\n", 4),
    ("bomb.pgm", b"P5 20000 20000 255\n", 4),
])
def test_a_page_that_is_none_gets_one_line(world, name, content, code):
    path = world.folder / name
    if content == "png":
        content = next(world.paper("note").glob("*.png")).read_bytes()[:2000]
    if content is not None:
        path.write_bytes(content)
    done = subprocess.run([SAOY, "issue", "--persona", world.persona, "--config",
                           world.config, "--out", world.folder / "bad", "--pages", path],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=world.environment, timeout=60)
    assert done.returncode == code
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1 and name in done.stderr

"""kill -9 of the kiosk in every state. The process waits where the test wants it (--stop-at),
is killed, and started again: journal, hub rows, fee and temporary files are then as product.md
§3 «After a crash» says."""
import pytest

from visit_world import World, wait_for


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("crash"))
    yield made
    made.stop()


def crash(world, state, decide=None, **options):
    """Kills a visit in that state ("+": once its effect has begun); the dossier, if any."""
    before = world.hub.dossiers()
    name = state.replace("+", "-later") + options.pop("name", "")
    visit = world.visit(name, live=None, stop_at=state, **options)
    if decide is not None:
        reason = None if decide == "approve" else decide
        world.hub.decide(visit.wait_for("dossier"), {1: reason})
    visit.wait_for("stopped")
    visit.kill()
    visit.check_journal()
    new = [d for d in world.hub.dossiers() if d not in before]
    assert len(new) <= 1
    return visit, new[0] if new else None


def restart(world, visit):
    """The same machine again; somebody else passes by and leaves at once."""
    (visit.data / "tmp/left-behind").write_text("x")
    again = world.visit(visit.out.name + "-again", live=None, leave_at="ADVICE",
                        data=visit.data.name).finish()
    assert again.states()[-1] == "WIPE"
    again.check_journal()
    assert not again.temporary_files()
    return again


@pytest.mark.parametrize("state", [
    "WELCOME", "ADVICE", "CONSENT", "CARD", "FACE", "CHOOSE", "SCAN", "CHECK", "REVIEW",
    "DELIVERY", "LOOKUP", "VERIFY", "MAINT", "CLOSED"])
def test_not_opened_nothing(world, state):
    visit, dossier = crash(world, state)
    assert dossier is None
    again = restart(world, visit)
    assert not {"withdrawn", "released", "given_back"} & set(again.events())


def test_opened_but_not_known_is_left_to_the_hub(world):
    visit, dossier = crash(world, "DELIVERY+")
    restart(world, visit)
    if dossier is not None: # the hub deletes what is not submitted for an hour
        assert set(world.hub.documents(dossier).values()) == {"open"}


@pytest.mark.parametrize("state", ["PAY", "OFFICER"])
def test_opened_not_submitted_is_withdrawn(world, state):
    visit, dossier = crash(world, state)
    assert world.hub.documents(dossier) == {1: "open"}
    again = restart(world, visit)
    assert "withdrawn" in again.events()
    wait_for(lambda: set(world.hub.documents(dossier).values()) <= {"withdrawn"},
             "the dossier to be withdrawn")


def test_submitted_undecided_is_released_when_it_can_be_found(world):
    visit, dossier = crash(world, "OFFICER+")
    again = restart(world, visit)
    assert "released" in again.events()
    world.hub.decide(dossier, {1: None})
    world.hub.finishes(dossier)


def test_submitted_undecided_is_withdrawn_when_nobody_can_find_it(world, tmp_path):
    visit, dossier = crash(world, "OFFICER+", name="-unknown", trust=tmp_path)
    again = restart(world, visit)
    assert "withdrawn" in again.events()
    assert world.hub.documents(dossier) == {1: "withdrawn"}


@pytest.mark.parametrize("state", ["SIGN", "SIGN+"])
def test_approved_is_finished_by_the_hub(world, state):
    visit, dossier = crash(world, state, decide="approve")
    restart(world, visit)
    world.hub.finishes(dossier)


@pytest.mark.parametrize("state", ["DELIVER", "DELIVER+", "DONE", "WIPE"])
def test_issued_stays_issued(world, state):
    visit, dossier = crash(world, state, decide="approve")
    printed = sorted((visit.data / "printed").glob("*.pdf"))
    restart(world, visit)
    assert world.hub.documents(dossier) == {1: "issued"}
    assert sorted((visit.data / "printed").glob("*.pdf")) == printed # never printed again


def test_refused_needs_nothing(world):
    visit, dossier = crash(world, "SORRY", decide="Không có dấu")
    again = restart(world, visit)
    assert world.hub.documents(dossier) == {1: "refused"}
    assert not {"withdrawn", "released"} & set(again.events())


def test_a_torn_last_line_is_cut(world):
    visit, dossier = crash(world, "PAY", name="-torn")
    with open(visit.data / "journal.jsonl", "a") as journal:
        journal.write('{"n":99,"event":"withdr')
    again = restart(world, visit)
    assert "withdrawn" in again.events()

"""The wire between kiosk and hub misbehaves: answers are lost, calls are cut, leases change
hands. Nothing is done twice, nothing is lost, and the citizen sees a slip, never an error."""
import pytest

from visit_world import EMULATED, Wire, World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("faults"))
    yield made
    made.stop()


@pytest.fixture
def wire(world):
    wire = Wire(world.hub)
    wire.config = world.folder / f"wire-{wire.server.server_address[1]}.conf"
    wire.config.write_text(f"[hub]\nurl = {wire.url}\n" + EMULATED)
    yield wire
    wire.stop()


def numbers(world):
    return [row["number"] for row in world.hub.rows(
        "SELECT number FROM register ORDER BY number")]


def go(world, wire, name, decide=True, **options):
    visit = world.visit(name, live=None, config=wire.config, **options)
    dossier = visit.wait_for("dossier")
    if decide:
        world.hub.decide(dossier, {1: None})
    visit.finish()
    visit.check_journal()
    assert visit.states()[-1] == "WIPE"
    return visit, dossier


@pytest.mark.parametrize("method, end", [
    ("POST", "/api/v1/dossiers"), ("PUT", "/pages/1"), ("PUT", "/text"), ("POST", "/submit"),
    ("POST", "/lease"), ("PUT", "/prepared/1"), ("POST", "/signHash"), ("PUT", "/prepared/2"),
])
def test_a_lost_answer_is_asked_for_again(world, wire, method, end):
    before = world.hub.dossiers()
    wire.once((method, end, "deaf"))
    visit, dossier = go(world, wire, "deaf" + end.replace("/", "-"))
    assert visit.code == 0, visit.lines
    assert world.hub.documents(dossier) == {1: "issued"}
    assert [d for d in world.hub.dossiers() if d not in before] == [dossier] # never two
    assert numbers(world) == list(range(1, len(numbers(world)) + 1)) # and none skipped


def test_a_lost_archive_answer_is_harmless(world, wire):
    wire.fault = lambda method, path: \
        "deaf" if method == "PUT" and "/copies/" in path else None
    visit, dossier = go(world, wire, "deaf-archive")
    assert visit.code in (0, 3) # issued, or the slip
    world.hub.finishes(dossier)


def test_a_cut_wire_is_mended(world, wire):
    wire.once(("POST", "/api/v1/dossiers", "cut"), ("POST", "/submit", (503, "later")),
              ("PUT", "/prepared/1", "cut"))
    visit, dossier = go(world, wire, "cut")
    assert visit.code == 0, visit.lines
    assert world.hub.documents(dossier) == {1: "issued"}


@pytest.mark.parametrize("end, word", [("/prepared/1", "differs"), ("/prepared/2", "fence"),
                                       ("/lease", "lease")])
def test_another_finisher_means_a_slip(world, wire, end, word):
    wire.fault = lambda method, path: (409, word) if path.endswith(end) else None
    visit, dossier = go(world, wire, "slip" + end.replace("/", "-"))
    assert visit.code == 3 and visit.answer["released"]
    assert "SORRY" not in visit.states() and "handed_over" in visit.events()
    world.hub.finishes(dossier)


def test_withdrawing_is_made_up_for_later(world, wire):
    wire.fault = lambda method, path: "cut" if path.endswith("/withdraw") else None
    visit = world.visit("late", live=None, config=wire.config, leave_at="OFFICER").finish()
    dossier = world.hub.dossiers()[-1]
    assert visit.states()[-1] == "WIPE" and "withdrawn" not in visit.events()
    assert "withdrawn" not in world.hub.documents(dossier).values()
    wire.fault = lambda method, path: None
    again = world.visit("late-again", live=None, config=wire.config, leave_at="ADVICE",
                        data=visit.data.name).finish()
    assert "withdrawn" in again.events()
    assert set(world.hub.documents(dossier).values()) == {"withdrawn"}


def test_an_approval_that_overtakes_the_exit_counts_as_release(world, wire):
    """She presses «Thoát» just as the officer approves: the copy is made all the same."""
    visit = world.visit("race", live=None, config=wire.config, leave_at="OFFICER")

    def approve_first(method, path):
        if path.endswith("/submit"):
            return None
        if path.endswith("/withdraw"):
            world.hub.decide(path.split("/")[4], {1: None})
        return None
    wire.fault = approve_first
    visit.finish()
    dossier = world.hub.dossiers()[-1]
    if any(path.endswith("/submit") for _, path in wire.calls):
        assert any(path.endswith("/release") for _, path in wire.calls)
        world.hub.finishes(dossier)

"""Where a fee is due: what is paid before submit is given back by the kiosk, from submit on the
fee is the hub's. The bank is emulated: a file an order, a lever for its mood."""
import pytest

from visit_world import World, wait_for


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("fee"))
    made.config.write_text(made.config.read_text() + "[policy]\nfee_waived = false\n")
    yield made
    made.stop()


def bank(world, name, mood):
    folder = world.folder / (name + "-kiosk") / "payment"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "answer").write_text(mood)
    return folder


def order(folder, dossier):
    state, amount = (folder / f"{dossier}.order").read_text().split()
    return state, int(amount)


def test_a_paid_fee_stands_once_submitted(world):
    folder = bank(world, "pays", "pays")
    visit = world.visit("pays", live=None, copies="2")
    dossier = visit.wait_for("dossier")
    world.hub.decide(dossier, {1: None})
    visit.finish()
    assert visit.code == 0, visit.lines
    state, amount = order(folder, dossier)
    assert amount == 4000 # one page, two copies: TT 226/2016
    assert state in ("paid", "settled")
    assert "given_back" not in visit.events()


def test_a_refusal_leaves_the_fee_to_the_hub(world):
    folder = bank(world, "refused", "pays")
    visit = world.visit("refused", live=None)
    dossier = visit.wait_for("dossier")
    world.hub.decide(dossier, {1: "Không có dấu"})
    visit.finish()
    assert visit.answer["sorry_at"] == "OFFICER"
    assert "given_back" not in visit.events()
    assert order(folder, dossier)[0] == "paid"


def test_a_declined_payment_ends_the_visit(world):
    bank(world, "declines", "declines")
    visit = world.visit("declines", live=None).finish()
    assert visit.answer["sorry_at"] == "PAY" and visit.code == 1
    assert {"withdrawn", "given_back"} <= set(visit.events())
    assert set(world.hub.documents(world.hub.dossiers()[-1]).values()) == {"withdrawn"}


def test_leaving_a_till_that_hangs_gives_back(world):
    folder = bank(world, "hangs", "hangs")
    visit = world.visit("hangs", live=None, leave_at="PAY").finish()
    assert {"withdrawn", "given_back"} <= set(visit.events())
    dossier = world.hub.dossiers()[-1]
    assert set(world.hub.documents(dossier).values()) == {"withdrawn"}
    orders = list(folder.glob("*.order"))
    assert not orders or order(folder, dossier)[0] == "given_back"


@pytest.mark.parametrize("mood", ["pays", "hangs"])
def test_a_crash_at_the_till_gives_back(world, mood):
    name = "crash-" + mood
    folder = bank(world, name, mood)
    visit = world.visit(name, live=None, stop_at="OFFICER" if mood == "pays" else "PAY+")
    visit.wait_for("stopped")
    dossier = world.hub.dossiers()[-1]
    if mood == "pays":
        assert order(folder, dossier)[0] == "paid"
    visit.kill()
    again = world.visit(name + "-again", live=None, leave_at="ADVICE",
                        data=visit.data.name).finish()
    assert {"withdrawn", "given_back"} <= set(again.events())
    assert set(world.hub.documents(dossier).values()) == {"withdrawn"}
    if mood == "pays":
        assert order(folder, dossier)[0] == "given_back"

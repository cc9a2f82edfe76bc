"""After WIPE the process holds nothing of the person: its memory is searched for what stood on
her paper, as text and as picture. (The card is emulated inside the same process and keeps its own
data, so name and number are no evidence here; a real reader's process is searched the same way.)"""
import pytest

from visit_world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("wipe"))
    # as the unit file sets it: freed memory is overwritten at once
    made.environment.update(MALLOC_PERTURB_="165", GLIBC_TUNABLES="glibc.malloc.tcache_count=0")
    yield made
    made.stop()


def memory(pid):
    """Every readable, private or anonymous byte of the process; its own program text is not."""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            span, rights, *rest = line.split(None, 5)
            if "r" not in rights or "w" not in rights:
                continue
            start, end = (int(x, 16) for x in span.split("-"))
            try:
                mem.seek(start)
                yield mem.read(end - start)
            except OSError:
                continue


def count(pid, needle):
    return sum(block.count(needle) for block in memory(pid))


def slices_of(hub):
    """64 bytes out of the middle of every page picture the hub was sent."""
    for blob in (hub.folder / "blobs").glob("*/*/*"):
        data = blob.read_bytes()
        if data[:3] == b"\xff\xd8\xff":
            yield data[len(data) // 2:len(data) // 2 + 64]


TEXT = b"12/2025/XN"


def test_memory_holds_the_paper_before_the_wipe(world):
    """The search can find something: else the next test would prove nothing."""
    visit = world.visit("before", live=None, stop_at="PAY")
    visit.wait_for("stopped")
    pictures = list(slices_of(world.hub))
    assert pictures
    assert count(visit.process.pid, TEXT) > 0
    assert any(count(visit.process.pid, picture) for picture in pictures)
    visit.kill()


@pytest.mark.parametrize("way", ["issued", "left"])
def test_memory_holds_nothing_after_the_wipe(world, way):
    leave = {"leave_at": "PAY"} if way == "left" else {}
    visit = world.visit("after-" + way, live=None, stop_at="WELCOME+", **leave)
    if way == "issued":
        world.hub.decide(visit.wait_for("dossier"), {1: None})
    visit.wait_for("stopped")
    assert count(visit.process.pid, TEXT) == 0
    assert not any(count(visit.process.pid, picture) for picture in slices_of(world.hub))
    visit.kill()

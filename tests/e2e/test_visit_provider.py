"""Whole visits of a kiosk that asks a signing service of its own: the hub has no key to sign with."""
import json
import subprocess

import pytest

from test_hub_signer import Provider, wait_until
from visit_world import SAOY, World, wait_for


class Served(World):
    """A service for the officer, one for the agency; the hub could sign for neither."""

    def __init__(self, folder):
        super().__init__(folder)
        pki = self.hub.folder / "pki"
        self.providers = []
        lines = ["[csc]"]
        for part, credential in ("officer", "officer-lan"), ("agency", "agency"):
            where = folder / part
            where.mkdir()
            provider = Provider(self.hub, where, credential)
            (where / "signer.conf").write_text(
                f"[signer]\ndriver = csc2\n[csc]\nurl = https://localhost:{provider.port}\n"
                f"ca = {pki}/root.crt\ncert = {pki}/kiosk.crt\nkey = {pki}/kiosk.key\n"
                "login = /csc/v2/oauth2/token\n")
            lines.append(f"{part} = {where}/signer.conf")
            self.providers.append(provider)
        # the hub knows the officer by her certificate; her key is not worth the name
        (pki / "officer-lan.key").write_text("-----BEGIN PRIVATE KEY-----\n")
        self.config.write_text(self.config.read_text() + "\n".join(lines) + "\npatience_s = 60\n")

    def release(self, released):
        for provider in self.providers:
            provider.released.set() if released else provider.released.clear()

    def asked(self):
        return [provider.seen.count("signHash") for provider in self.providers]

    def stop(self):
        super().stop()
        for provider in self.providers:
            provider.stop()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("served"))
    yield made
    made.stop()


def report(world, pdf):
    done = subprocess.run([SAOY, "verify", pdf, "--trust", world.hub.folder / "pki/trust",
                           "--json"], stdout=subprocess.PIPE, env=world.environment)
    return json.loads(done.stdout)


def test_a_visit_is_signed_by_the_kiosks_own_services(world):
    world.release(True)
    before = world.asked()
    visit = world.visit("own", live=None)
    dossier = visit.wait_for("dossier")
    world.hub.decide(dossier, {1: None})
    visit.finish()
    assert visit.code == 0, visit.lines
    assert world.hub.documents(dossier) == {1: "issued"}
    told = report(world, visit.answer["pdf"])
    assert told["conclusion"] == "TOTAL-PASSED", told["findings"]
    assert [s["level"] for s in told["signatures"][:2]] == ["PAdES-B-LTA"] * 2
    assert world.asked() == [n + 1 for n in before]
    row, = world.hub.rows("SELECT signing_1, signing_2 FROM documents WHERE dossier = ?", dossier)
    assert [json.loads(text)["stage"] for text in row.values()] == ["done", "done"]


def test_a_killed_kiosk_asks_for_nothing_twice(world):
    """It dies while the officer's service takes its time; the hub, left alone with it, can neither
    poll there nor sign: the approval stands."""
    world.release(False)
    before = world.asked()
    visit = world.visit("killed", live=None)
    dossier = visit.wait_for("dossier")
    world.hub.decide(dossier, {1: None})
    polled = world.providers[0].seen.count("signPolling")
    wait_until(lambda: world.providers[0].seen.count("signPolling") > polled)
    visit.kill()
    row, = world.hub.rows("SELECT signing_1 FROM documents WHERE dossier = ?", dossier)
    assert json.loads(row["signing_1"])["stage"] == "pending"
    assert world.asked() == [before[0] + 1, before[1]]
    world.hub.lapse(dossier)
    wait_for(lambda: world.hub.documents(dossier) == {1: "approved"}, "the approval to stand")
    assert world.asked() == [before[0] + 1, before[1]]

"""Keys of seals come and go: what the old ones made holds on, what was withdrawn stays so."""
import json
import re
import subprocess
import time

import pytest

from hubkit import HUB, Kiosk, Officer, make_hub
from test_hub_pki import SAOY, archived, make_copy, openssl


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    made = make_hub(tmp_path_factory.mktemp("seals"), issue=["retry_s = 1"])
    with made:
        made.kiosk = Kiosk(made)
        made.desk = Officer(made, *made.login)
        yield made


def command(hub, *words):
    return subprocess.run([str(HUB), words[0], str(hub.dir), *map(str, words[1:])],
                          capture_output=True, text=True, timeout=60)


def old_seals(hub):
    return {path.stem for path in (hub.dir / "pki").glob("seal-*.crt")}


def rotate(hub):
    """Its name afterwards."""
    before = old_seals(hub)
    done = command(hub, "seal", "next")
    assert done.returncode == 0, done.stderr
    name, = old_seals(hub) - before
    return name


def outside(hub, folder):
    """What somebody carries along who checks without network: the root and the list."""
    folder.mkdir(exist_ok=True)
    (folder / "root.crt").write_bytes((hub.dir / "pki/root.crt").read_bytes())
    (folder / "keys.cose").write_bytes(hub.get("/seal/keys").body)
    return folder


def report(trust, path):
    done = subprocess.run([SAOY, "verify", path, "--trust", trust, "--json"],
                          capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout)


def seals(hub, folder, path):
    """Of the copy, with the hub's own folder and without network; they must agree."""
    here, there = report(hub.dir / "pki/trust", path), report(outside(hub, folder), path)
    assert here["conclusion"] == there["conclusion"]
    assert here["seal"]["status"] == there["seal"]["status"]
    return here["conclusion"], here["seal"]["status"]


GOOD = ("TOTAL-PASSED", "valid")


def proves_nothing(hub, folder, path):
    conclusion, status = seals(hub, folder, path)
    return conclusion == "INDETERMINATE" and status == "undecided"


def test_a_key_in_use_is_not_revoked(hub):
    done = command(hub, "revoke", "seal")
    assert done.returncode == 4 and "seal DIR next" in done.stderr
    assert not (hub.dir / "pki/revoked").exists()


def test_old_seals_hold_on(hub, tmp_path):
    _, first = make_copy(hub)
    assert report(hub.dir / "pki/trust", first)["seal"]["status"] == "valid"
    was = (hub.dir / "pki/seal.crt").read_bytes()
    name = rotate(hub)
    assert (hub.dir / f"pki/{name}.crt").read_bytes() == was
    assert (hub.dir / "pki/seal.crt").read_bytes() != was
    assert not list((hub.dir / "pki").glob("seal-*.key"))  # the old key is gone
    _, second = make_copy(hub)  # by the same running hub
    for path in (first, second):
        assert seals(hub, tmp_path / "out", path) == GOOD
    answer = hub.ask("POST", "/api/v1/verify", first.read_bytes(),
                     {"Content-Type": "application/pdf"})
    assert answer.status == 200 and answer.json["conclusion"] == "TOTAL-PASSED"
    listed = command(hub, "key").stdout
    assert re.search(rf"^{name} ", listed, re.M) and re.search(r"^seal ", listed, re.M)
    # replaced by something better: what it made before still holds
    assert command(hub, "revoke", name, "--reason", "4").returncode == 0
    assert command(hub, "revoke", name, "--reason", "1").returncode == 4  # already
    assert seals(hub, tmp_path / "out", first) == GOOD


def test_a_stolen_key_makes_nothing_good_again(hub, tmp_path):
    _, path = make_copy(hub)
    name = rotate(hub)
    assert seals(hub, tmp_path / "out", path) == GOOD
    assert command(hub, "revoke", name, "--reason", "1").returncode == 0
    assert proves_nothing(hub, tmp_path / "out", path)
    rotate(hub)
    assert proves_nothing(hub, tmp_path / "out", path)
    _, other = make_copy(hub)
    assert seals(hub, tmp_path / "out", other) == GOOD


def test_copies_of_a_stolen_key_are_renewed_all_the_same(hub, tmp_path):
    copy_id, first = make_copy(hub)
    before = first.read_bytes()
    assert command(hub, "revoke", rotate(hub), "--reason", "1").returncode == 0
    hub.change("UPDATE revisions SET renew_at = 1 WHERE copy_id = ? AND renew_at > 0", copy_id)
    end = time.monotonic() + 120
    while archived(hub, copy_id)[1].read_bytes() == before and time.monotonic() < end:
        time.sleep(0.2)
    told = report(hub.dir / "pki/trust", archived(hub, copy_id)[1])
    assert archived(hub, copy_id)[1].read_bytes().startswith(before)
    assert told["conclusion"] == "INDETERMINATE" and len(told["signatures"]) == 4
    assert [row["code"] for row in told["findings"] if row["severity"] != "info"] == [
        "SEAL_WITHDRAWN"]


def test_a_change_cut_short_is_finished(hub, tmp_path):
    """The key was moved, its certificate not yet: nothing is approved, and nothing lost."""
    pki = hub.dir / "pki"
    was, key = (pki / "seal.crt").read_bytes(), (pki / "seal.key").read_bytes()
    rotate(hub)
    new = (pki / "seal.crt").read_bytes()
    (pki / "seal-next.crt").write_bytes(new)
    (pki / "seal.crt").write_bytes(was)
    dossier = hub.kiosk.bring()
    assert hub.desk.decide(dossier).status != 303
    assert command(hub, "seal", "next").returncode == 0
    assert (pki / "seal.crt").read_bytes() == new and (pki / "seal.key").read_bytes() != key
    assert not (pki / "seal-next.crt").exists()
    assert hub.desk.decide(dossier).status == 303
    _, path = make_copy(hub)
    assert seals(hub, tmp_path / "out", path) == GOOD


def test_another_s_certificate_wants_another_s_key(hub, tmp_path):
    before = old_seals(hub)
    done = command(hub, "seal", "next", hub.dir / "pki/agency.crt")
    assert done.returncode == 4 and "provider" in done.stderr
    assert command(hub, "seal", "last").returncode == 2
    assert command(hub, "seal", "next", "a", "b").returncode == 2
    conf = hub.dir / "hub.conf"
    text = conf.read_text()
    conf.write_text(text.replace("files = insecure", "files = insecure\nseal = seal.conf"))
    bad = {"rsa": ("rsa:2048",), "p384": ("ec", "-pkeyopt", "ec_paramgen_curve:P-384")}
    for name, kind in bad.items():
        openssl("req", "-x509", "-newkey", *kind, "-nodes", "-subj", "/CN=x", "-keyout",
                tmp_path / "k", "-out", tmp_path / name)
    old, = sorted(before)[:1]
    for path in (tmp_path / "rsa", tmp_path / "p384", conf, hub.dir / f"pki/{old}.crt",
                 tmp_path / "absent"):
        done = command(hub, "seal", "next", path)
        assert done.returncode in (2, 4) and len(done.stderr.splitlines()) == 1, done.stderr
        assert old_seals(hub) == before  # nothing half done lies there either
    assert command(hub, "seal", "next").returncode == 4
    conf.write_text(text)

"""What a person does with a copy: reads its seal, checks it, has it stamped again."""
import base64
import json
import os
import re
import subprocess

import pytest

from hubkit import BUILD, HUB, Kiosk, Officer, make_hub, run
from test_hub_pki import make_copy

SAOY = BUILD / "saoy"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    made = make_hub(tmp_path_factory.mktemp("hand"), issue=["retry_s = 1"])
    with made:
        made.kiosk = Kiosk(made)
        made.desk = Officer(made, *made.login)
        made.copy_id, path = make_copy(made)
        made.pdf = path.read_bytes()
        yield made


def saoy(*words):
    return subprocess.run([str(SAOY), *map(str, words)], capture_output=True, text=True,
                          timeout=60, env={**os.environ, "LANGUAGE": "en"})


def seal_of(hub):
    return re.search(rb"<saoy:seal>([^<]+)<", hub.pdf)[1].decode().replace("&amp;", "&")


def read(hub, text):
    done = saoy("seal", "read", text, "--trust", hub.dir / "pki/trust", "--json")
    return done.returncode, json.loads(done.stdout)


def test_a_seal_holds_for_its_own_link_alone(hub):
    text = seal_of(hub)
    code, told = read(hub, text)
    assert (code, told["status"], told["host"]) == (0, "valid", "localhost")
    assert told["copy_id"] == hub.copy_id
    other = text.replace(hub.copy_id, "H26.132-251110-0008.01-05", 1)
    elsewhere = "https://evil.example/anything#" + text.split("#")[1]
    dressed = "https://localhost@evil.example" + text[text.index("/v/"):]  # no host is shown
    for forged, host in ((other, "localhost"), (elsewhere, "evil.example"), (dressed, None)):
        code, told = read(hub, forged)
        assert (code, told["status"], told["host"]) == (1, "invalid", host)
    code, told = read(hub, "https://evil.example" + text[text.index("/v/"):])
    assert (code, told["host"]) == (0, "evil.example")  # said: a person must know the host
    code, told = read(hub, text.split("#")[1])
    assert (code, told["status"], told["host"]) == (0, "valid", None)
    shown = saoy("seal", "read", other, "--trust", hub.dir / "pki/trust")
    assert "does not hold for this link" in shown.stdout and "localhost" in shown.stdout


def test_a_folder_that_is_not_there_is_a_mistake(hub, tmp_path):
    (tmp_path / "copy.pdf").write_bytes(hub.pdf)
    for words in (["verify", tmp_path / "copy.pdf", "--official"],
                  ["verify", tmp_path / "copy.pdf", "--trust"],
                  ["seal", "read", seal_of(hub), "--trust"]):
        done = saoy(*words, tmp_path / "absent")
        assert done.returncode == 2 and done.stdout == ""
        assert "absent: no such folder" in done.stderr and len(done.stderr.splitlines()) == 1


def test_the_report_is_vietnamese(hub, tmp_path):
    """Its own words; names, codes and levels stay what they are."""
    (tmp_path / "copy.pdf").write_bytes(hub.pdf)
    (tmp_path / "none.pdf").write_bytes(b"no PDF")
    said = [subprocess.run([str(SAOY), "verify", tmp_path / name, "--trust",
                            hub.dir / "pki/trust"], capture_output=True, text=True, timeout=60,
                           env={**os.environ, "LANGUAGE": "vi", "LC_ALL": "C.UTF-8"})
            for name in ("copy.pdf", "none.pdf")]
    text = said[0].stdout
    assert "Dấu bản sao: đúng\n" in text, text
    assert re.search(r"Ngày cấp: \d\d/\d\d/\d{4} ", text)
    assert not re.search(r"\b(valid|holds|object|byte|seal|tem)\b", text, re.I), text
    assert said[1].stderr.endswith("không đọc được (đây không phải tệp PDF)\n")


def renew(hub, path, *words):
    return saoy("renew", path, "--hub", f"http://localhost:{hub.public}", "--trust",
                hub.dir / "pki/trust", *words)


def test_what_does_not_hold_is_not_stamped(hub, tmp_path):
    path = tmp_path / "forged.pdf"
    at = hub.pdf.index(b"/MediaBox") + 12
    forged = hub.pdf[:at] + bytes([hub.pdf[at] ^ 1]) + hub.pdf[at + 1:]
    path.write_bytes(forged)
    done = renew(hub, path, "--days", "36500")
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1, done.stderr
    assert "not valid" in done.stderr and path.read_bytes() == forged


def test_a_renewed_file_stays_where_and_what_it_was(hub, tmp_path):
    path, link = tmp_path / "copy.pdf", tmp_path / "link.pdf"
    path.write_bytes(hub.pdf)
    path.chmod(0o644)
    link.symlink_to("copy.pdf")
    done = renew(hub, link, "--days", "36500")
    assert done.returncode == 0, done.stderr
    assert link.is_symlink() and path.stat().st_mode & 0o777 == 0o644
    assert path.read_bytes().startswith(hub.pdf) and path.stat().st_size > len(hub.pdf)
    assert {p.name for p in tmp_path.iterdir()} == {"copy.pdf", "link.pdf"}


def test_names_that_would_be_doubted_are_not_sealed(hub, tmp_path):
    """The certificates bear the names that seals say, or nothing is approved."""
    other = make_hub(tmp_path, hub=["office = UBND phường Hàng Bạc"])
    done = subprocess.run([HUB, "serve", other.dir], capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 4 and "agency.crt" in done.stderr and "office" in done.stderr


def test_a_stolen_key_s_seal_proves_nothing(hub, tmp_path):
    """Not false either: its owner may have made it. Last here: the hub has another key then."""
    text, lists = seal_of(hub), tmp_path / "trust"
    lists.mkdir()
    run([HUB, "seal", hub.dir, "next"])
    name, = {path.stem for path in (hub.dir / "pki").glob("seal-*.crt")}
    run([HUB, "revoke", hub.dir, name, "--reason", "1"])
    (lists / "root.crt").write_bytes((hub.dir / "pki/root.crt").read_bytes())
    (lists / "keys.cose").write_bytes(hub.get("/seal/keys").body)
    done = saoy("seal", "read", text, "--trust", lists)
    assert done.returncode == 3 and "stolen" in done.stdout
    body = base64.urlsafe_b64decode(text.split("#")[1] + "==")
    forged = base64.urlsafe_b64encode(body[:-1] + bytes([body[-1] ^ 1])).decode().rstrip("=")
    assert saoy("seal", "read", text.split("#")[0] + "#" + forged, "--trust",
                lists).returncode == 1

"""saoy card trust: the store tells what it holds; a master list is checked before it lies there."""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ.get("SAOY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", SOURCE / "build"))
SHARED = pathlib.Path(os.environ.get("SAOY_SHARED_DIR", SOURCE.parent / "shared"))
PORTRAIT = SOURCE / "tests/data/personas/an/portrait.jpg"
LIST = SHARED / "data/emrtd/csca/NL_ML_2026-07-22.ml"
VIETNAM = SHARED / "data/emrtd/csca/vn-passport-2022.der"


def saoy(*args, language="en"):
    environment = dict(os.environ, LANGUAGE=language, SAOY_DATA_DIR=str(SOURCE))
    return subprocess.run([str(BUILD / "saoy"), *map(str, args)], env=environment, text=True,
                          timeout=60, stdin=subprocess.DEVNULL, capture_output=True)


def trust(*args, **more):
    return saoy("card", "trust", *args, **more)


@pytest.fixture
def store(tmp_path):
    """The issuer that comes with a synthetic person."""
    folder = tmp_path / "csca"
    folder.mkdir()
    done = saoy("card", "persona", tmp_path / "an.json", "--name", "Nguyễn Văn An", "--photo",
                PORTRAIT)
    assert done.returncode == 0, done.stderr
    shutil.copy(tmp_path / "csca.der", folder)
    return folder


def test_what_a_store_holds(store):
    (store / "note.txt").write_text("not looked at")
    (store / "rubbish.pem").write_text("no certificate")
    done = trust(store, "--json")
    assert done.returncode == 0 and done.stderr == ""
    told = json.loads(done.stdout)
    assert (told["issuers"], told["valid"], told["countries"]) == (1, 1, 1)
    assert told["by_country"] == {"VN": 1} and told["days_left"] > 365
    files = {f["name"]: f for f in told["files"]}
    assert set(files) == {"csca.der", "rubbish.pem"}
    assert files["csca.der"]["used"] and files["csca.der"]["reason"] is None
    assert not files["rubbish.pem"]["used"]
    assert files["rubbish.pem"]["reason"] == "there is no certificate in it"
    text = trust(store).stdout
    assert "rubbish.pem: certificates, NOT USED" in text and "Believed: 1 issuer, 1 country" in text
    assert "KHÔNG DÙNG" in trust(store, language="vi").stdout


def test_nothing_to_believe(tmp_path):
    assert trust(tmp_path).returncode == 3
    gone = trust(tmp_path / "gone")
    assert gone.returncode == 2 and gone.stdout == "" and "gone" in gone.stderr
    assert len(gone.stderr.splitlines()) == 1


def test_what_is_no_list_is_not_imported(store, tmp_path):
    rubbish = tmp_path / "rubbish.ml"
    rubbish.write_bytes(b"0\x84\xff\xff\xff\xff" * 100)
    before = sorted(store.iterdir())
    for path, code in ((rubbish, 4), (tmp_path / "gone.ml", 2), (store / "csca.der", 4)):
        done = trust("--import", path, store)
        assert (done.returncode, done.stdout) == (code, ""), done.stderr
        assert len(done.stderr.splitlines()) == 1 and path.name in done.stderr
    assert trust("--pin", "0" * 64, store).returncode == 2
    assert trust("--import", rubbish, "--pin", "12", store).returncode == 2
    assert sorted(store.iterdir()) == before


@pytest.mark.skipif(not LIST.exists(), reason="third-party certificates are not here")
def test_the_dutch_list(tmp_path):
    done = trust("--import", LIST, tmp_path, "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 3 and not told["used"] and "only the list itself" in told["reason"]
    assert (told["issuers"], told["countries"], told["by_country"]["VN"]) == (411, 129, 1)
    assert told["sha256"] == hashlib.sha256(LIST.read_bytes()).hexdigest()
    assert trust(tmp_path).returncode == 3  # it lies there, and is not believed
    wrong = trust("--import", LIST, "--pin", "0" * 64, tmp_path)
    assert wrong.returncode == 1 and told["sha256"] in wrong.stderr
    done = trust("--import", LIST, "--pin", told["sha256"].upper(), tmp_path)
    assert done.returncode == 0 and "411 issuers, 129 countries" in done.stdout
    shutil.copy(VIETNAM, tmp_path)
    store = json.loads(trust(tmp_path, "--json").stdout)
    assert store["issuers"] == 411  # Viet Nam's stands in the list
    broken = bytearray(LIST.read_bytes())
    broken[1000] ^= 1
    (tmp_path / "in").mkdir()
    (tmp_path / "in/broken.ml").write_bytes(broken)
    done = trust("--import", tmp_path / "in/broken.ml", tmp_path)
    assert done.returncode == 1 and "changed after it was signed" in done.stderr
    assert not (tmp_path / "broken.ml").exists()


def test_the_doctor_names_what_is_not_used(store, tmp_path):
    (store / "list.ml").write_text("no list")
    config = tmp_path / "kiosk.conf"
    config.write_text(f"[trust]\ncsca = {store}\n[kiosk]\ndata = {tmp_path}\n")
    done = saoy("doctor", "--config", config, "--json")
    assert done.stdout, done.stderr
    checks = {c["name"]: c for c in json.loads(done.stdout)["checks"]}
    assert checks["chip issuers"]["state"] == "ok"
    assert int(checks["chip issuers' time"]["detail"]) > 365
    assert checks["chip issuers list.ml"]["state"] == "note"
    assert checks["chip issuers list.ml"]["text"] == "the list is not readable"

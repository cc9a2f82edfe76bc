"""saoy page, read and face as a person types them: answers, exit codes, bad input."""
import hashlib
import json
import os
import pathlib
import struct
import subprocess
import zlib

import pytest

SOURCE = pathlib.Path(os.environ.get("SAOY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", SOURCE / "build"))
PERSONAS = SOURCE / "tests/data/personas"


def saoy(*words):
    return subprocess.run([BUILD / "saoy", *map(str, words)], capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module", name="page")
def fixture_page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    subprocess.run([SOURCE / "tests/specimen/make", folder, "--kind", "decision", "--degraded", "--seed", "5"], check=True)
    return folder / "001.jpg"


def bomb():
    """A PNG of 200 megapixels, as its header says."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 20000, 10000, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b""))


def test_clean_writes_the_page_and_says_what_it_did(page, tmp_path):
    truth = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    done = saoy("page", "clean", page, tmp_path / "out.jpg", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert abs(answer["skew_deg"] - truth["angle"]) < 0.2
    assert {"crop", "rotation", "quality", "bytes", "ms"} <= answer.keys()
    assert answer["bytes"] == (tmp_path / "out.jpg").stat().st_size


def test_every_parameter_is_told(page, tmp_path):
    done = saoy("page", "clean", page, tmp_path / "out.jpg", "--json")
    answer = json.loads(done.stdout)
    assert answer["scan_sha256"] == hashlib.sha256(page.read_bytes()).hexdigest()
    assert len(answer["samples_sha256"]) == 64
    assert answer["scan_dpi"] == 300 and answer["size"] == "A4" and answer["cards"] == 0
    assert 1 <= answer["light"] < 1.6 and answer["quality"]["faults"] == []
    assert answer["quality"]["jpeg"] >= 60


def test_a_wrong_ending_is_no_matter(page, tmp_path):
    other = tmp_path / "page.png"
    other.write_bytes(page.read_bytes())
    assert saoy("page", "clean", other, tmp_path / "out.jpg").returncode == 0


def test_two_gigabytes_are_refused_unread(tmp_path):
    huge = tmp_path / "huge.jpg"
    with open(huge, "wb") as file:
        file.write(b"\xff\xd8\xff\xe0")
        file.truncate(2 << 30)  # sparse
    done = saoy("page", "clean", huge, tmp_path / "out.jpg")
    assert done.returncode == 4 and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out.jpg").exists()


def test_read_finds_kind_and_fields(page):
    truth = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    done = saoy("read", page, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["pages"][0]["kind"] == "decision"
    assert {"file", "kind", "text", "words", "skew_deg", "bytes", "ms"} <= answer["pages"][0].keys()
    found = {field["name"]: field["value"] for field in answer["fields"]}
    assert found["number"] == truth["fields"]["number"]
    assert found["issue_date"] == truth["fields"]["issue_date"]
    assert isinstance(answer["flags"], list)


def test_faces_are_compared():
    same = saoy("face", "compare", PERSONAS / "an/portrait.jpg", PERSONAS / "an/live/000.jpg", "--json")
    answer = json.loads(same.stdout)
    assert same.returncode == 0 and answer["decision"] == "accept" and len(answer["quality"]) == 2
    other = saoy("face", "compare", PERSONAS / "an/portrait.jpg", PERSONAS / "binh/live/000.jpg", "--json")
    assert other.returncode != 0 and json.loads(other.stdout)["decision"] != "accept"
    assert saoy("face", "check", PERSONAS / "an/live/000.jpg").returncode == 0


@pytest.mark.parametrize("name,content,code", [
    ("absent.jpg", None, 2), ("empty.jpg", b"", 4), ("text.jpg", b"this is text\n" * 20, 4),
    ("bomb.png", bomb(), 4), ("cut.png", bomb()[:60], 4)],
    ids=["absent", "empty", "text", "bomb", "cut"])
def test_bad_input_is_one_clear_line(tmp_path, name, content, code):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    for words in (["page", "clean", path, tmp_path / "out.jpg"], ["read", path], ["face", "check", path]):
        done = saoy(*words)
        assert done.returncode == code, done.stderr
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1 and name in done.stderr
    assert not (tmp_path / "out.jpg").exists()


def test_wrong_use(tmp_path):
    assert saoy("page", "polish", "a", "b").returncode == 2
    assert saoy("page", "clean", "a").returncode == 2
    assert saoy("face", "compare", "a").returncode == 2
    assert saoy("read").returncode == 2

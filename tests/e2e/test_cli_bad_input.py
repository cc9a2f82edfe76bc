"""Bad input gets exactly one line on stderr and the exit code of product.md section 7; nothing is
printed, nothing is left behind, nothing is decoded that should have been refused by its size."""

import os
import pathlib
import struct
import subprocess
import zlib

import pytest

SOURCE = pathlib.Path(os.environ.get("SAOY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", SOURCE / "build"))
SAOY = BUILD / "saoy"
GOOD_FACE = SOURCE / "tests/data/personas/an/portrait.jpg"

ABSENT, UNREADABLE, NO = 2, 4, 1
HANGS_AFTER_S = 120
MAX_RSS_KB = 500_000  # the 200-megapixel bomb would take 600 MB decoded


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, rows):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + bytes(3 * width) for _ in range(rows)))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body)
            + chunk(b"IEND", b""))


BAD = {
    "absent.png": None,
    "truncated.png": png(400, 300, 300)[:120],
    "empty.jpg": b"",
    "bomb.png": png(20000, 10000, 1),
    "text.pdf": b"This is no PDF, whatever it is called.\n",
}


@pytest.fixture
def place(tmp_path):
    for name, data in BAD.items():
        if data is not None:
            (tmp_path / name).write_bytes(data)
    (tmp_path / "feeder").mkdir()
    (tmp_path / "out").mkdir()
    return tmp_path


def run(*args):
    """Exit code, stdout, stderr and the most memory it took."""
    env = dict(os.environ, LANGUAGE="en", LC_ALL="C.UTF-8", SAOY_DATA_DIR=str(SOURCE))
    env.pop("G_MESSAGES_DEBUG", None)
    process = subprocess.Popen([str(SAOY), *map(str, args)], env=env, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    try:
        out, err = process.communicate(timeout=HANGS_AFTER_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return process.returncode, out, err


def check_refused(result, code):
    exit_code, out, err = result
    assert exit_code == code, err
    assert out == ""
    assert err.count("\n") == 1 and err.endswith("\n"), err
    assert err.startswith("saoy: ")


def commands(bad, out):
    """Every command that takes a file, with the bad one in that place."""
    return {
        "face check": ["face", "check", bad],
        "face compare, first": ["face", "compare", bad, GOOD_FACE],
        "face compare, second": ["face", "compare", GOOD_FACE, bad],
        "page clean": ["page", "clean", bad, out / "page.jpg"],
        "read": ["read", bad],
        "verify": ["verify", bad],
        "seal read": ["seal", "read", bad],
        "card read": ["card", "read", "--reader", f"emu:{bad}", "--can", "123456",
                      "--photo", out / "photo.jpg"],
        "card emulate": ["card", "emulate", bad, "--vpcd", "127.0.0.1:1"],
        "card persona": ["card", "persona", out / "new.json", "--name", "Nguyễn Văn An",
                         "--photo", bad],
        "issue, persona": ["issue", "--persona", bad, "--live", GOOD_FACE.parent / "live",
                           "--pages", GOOD_FACE, "--hub", "https://127.0.0.1:1",
                           "--out", out],
        "bench page": ["bench", "page", bad],
        "bench face": ["bench", "face", bad],
        "bench card": ["bench", "card", bad],
    }


NAMES = list(commands(pathlib.Path("x"), pathlib.Path("y")))


@pytest.mark.parametrize("file", BAD)
@pytest.mark.parametrize("name", NAMES)
def test_one_line_and_the_right_exit_code(place, name, file):
    command = commands(place / file, place / "out")[name]
    check_refused(run(*command), ABSENT if file == "absent.png" else UNREADABLE)
    assert list((place / "out").iterdir()) == []


@pytest.mark.parametrize("file", [name for name, data in BAD.items() if data is not None])
def test_a_bad_sheet_in_the_feeder(place, file):
    (place / "feeder" / "001.png").write_bytes(BAD[file])
    check_refused(run("scan", "--device", f"emu:{place / 'feeder'}", "--out", place / "out"),
                  UNREADABLE)
    assert list((place / "out").iterdir()) == []


@pytest.mark.parametrize("file", BAD)
def test_a_bad_page_or_picture_of_a_visit(place, file):
    """Of `issue`: refused before the hub is asked, which does not exist here."""
    persona = place / "an.json"
    assert run("card", "persona", persona, "--name", "Nguyễn Văn An", "--birth", "1990-01-01",
               "--photo", GOOD_FACE)[0] == 0
    result = run("issue", "--persona", persona, "--live", GOOD_FACE.parent / "live", "--pages",
                 place / file, "--hub", "https://127.0.0.1:1", "--out", place / "out",
                 "--data", place / "data")
    check_refused(result, ABSENT if file == "absent.png" else UNREADABLE)
    assert list((place / "out").iterdir()) == []


def test_a_scanner_that_is_not_there(place):
    for device in ("emu:/nowhere/at/all", "nosuchbackend:9"):
        check_refused(run("scan", "--device", device, "--out", place / "new"), UNREADABLE)
        assert not (place / "new").exists()


@pytest.mark.parametrize("file", ["truncated.png", "bomb.png", "text.pdf"])
def test_what_is_no_journal_has_no_whole_chain(place, file):
    check_refused(run("journal", "check", "--file", place / file), NO)
    check_refused(run("journal", "show", "--file", place / file), NO)


def test_an_absent_journal(place):
    check_refused(run("journal", "check", "--file", place / "absent.png"), ABSENT)


@pytest.mark.parametrize("command", ["doctor", "journal"])
def test_configuration(place, command):
    args = [command] + (["check"] if command == "journal" else [])
    check_refused(run(*args, "--config", place / "absent.png"), ABSENT)
    check_refused(run(*args, "--config", place / "text.pdf"), UNREADABLE)


def test_the_bomb_is_refused_before_it_is_decoded(place):
    for name in ("face check", "page clean", "read", "seal read", "bench page"):
        command = commands(place / "bomb.png", place / "out")[name]
        process = subprocess.Popen([str(SAOY), *map(str, command)], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL,
                                   env=dict(os.environ, SAOY_DATA_DIR=str(SOURCE)))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == UNREADABLE, name
        assert usage.ru_maxrss < MAX_RSS_KB, name


def test_a_folder_or_pipe_in_the_place_of_a_file(place):
    os.mkfifo(place / "pipe.png")
    for path in (place / "feeder", place / "pipe.png"):
        for name in ("face check", "page clean", "read", "verify"):
            check_refused(run(*commands(path, place / "out")[name]), UNREADABLE)


def test_a_name_with_a_line_break_makes_no_second_line(place):
    check_refused(run("verify", place / "two\nlines.pdf"), ABSENT)

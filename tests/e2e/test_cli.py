"""The table of commands: help, wrong use, JSON, the scan and journal commands."""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ.get("SAOY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", SOURCE / "build"))
SAOY = BUILD / "saoy"
FRAMES = SOURCE / "tests/data/personas/an/live"
COMMANDS = ["card", "face", "scan", "page", "read", "issue", "verify", "renew", "seal",
            "doctor", "journal", "bench"]


def run(*args, language="en"):
    env = dict(os.environ, LANGUAGE=language, LC_ALL="C.UTF-8", SAOY_DATA_DIR=str(SOURCE))
    env.pop("G_MESSAGES_DEBUG", None)
    return subprocess.run([str(SAOY), *map(str, args)], env=env, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True)


def test_the_verifier_starts_without_pictures_devices_and_network():
    """docs/decisions/0009: what is not called is not loaded."""
    done = subprocess.run([SAOY], env=dict(os.environ, LD_TRACE_LOADED_OBJECTS="1"), text=True,
                          capture_output=True, check=True)
    loaded = re.findall(r"lib(opencv|tesseract|zbar|X11|curl|hpdf|sane|cups|gtk)[-_.0-9]*", done.stdout)
    assert "libcrypto" in done.stdout and loaded == []


def test_a_command_of_the_engineer_s_says_what_is_missing(tmp_path):
    alone = shutil.copy(SAOY, tmp_path)
    done = subprocess.run([alone, "scan"], text=True, capture_output=True,
                          env=dict(os.environ, LANGUAGE="en"), check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert f"{tmp_path}/saoy-engineer" in done.stderr


def test_it_lists_all_commands():
    done = run()
    assert done.returncode == 0 and done.stderr == ""
    for name in COMMANDS:
        assert f"  {name} " in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name):
    done = run(name, "--help")
    assert done.returncode == 0, done.stderr
    assert f"saoy {name}" in done.stdout


@pytest.mark.parametrize("args", [["nosuch"], ["scan"], ["scan", "--nosuch"], ["journal"],
                                  ["journal", "eat"], ["bench", "nosuch"], ["verify"],
                                  ["scan", "--device", "emu:/", "--out", "/tmp/x", "--dpi", "9"]])
def test_wrong_use_is_one_line_and_two(args):
    done = run(*args)
    assert done.returncode == 2
    assert done.stdout == "" and done.stderr.count("\n") == 1
    assert done.stderr.startswith("saoy: ")


def test_scan_writes_whole_pages_in_order(tmp_path):
    feeder, out = tmp_path / "feeder", tmp_path / "new" / "out"
    feeder.mkdir()
    for n in range(3):
        shutil.copy(FRAMES / f"{n:03}.jpg", feeder / f"{n + 1:03}.jpg")
    done = run("scan", "--device", f"emu:{feeder}", "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    pages = json.loads(done.stdout)["pages"]
    assert [p["file"] for p in pages] == [str(out / f"{n:03}.png") for n in (1, 2, 3)]
    for page in pages:
        assert pathlib.Path(page["file"]).read_bytes().startswith(b"\x89PNG")
        assert page["dpi"] == 300 and page["bytes"] == os.path.getsize(page["file"])


def test_a_jam_keeps_the_sheets_before_it(tmp_path):
    feeder, out = tmp_path / "feeder", tmp_path / "out"
    feeder.mkdir()
    for n in range(2):
        shutil.copy(FRAMES / f"{n:03}.jpg", feeder)
    (feeder / "fault").write_text("jam 2")
    done = run("scan", "--device", f"emu:{feeder}", "--out", out)
    assert done.returncode == 4 and "jam" in done.stderr
    assert [p.name for p in out.iterdir()] == ["001.png"]


def test_scan_through_sane_test_device(tmp_path):
    (tmp_path / "dll.conf").write_text("test\n")
    (tmp_path / "test.conf").write_text("number_of_devices 1\n")
    env = dict(os.environ, SANE_CONFIG_DIR=str(tmp_path))
    done = subprocess.run([str(SAOY), "scan", "--device", "test:0?source=Flatbed", "--dpi", "75",
                           "--out", str(tmp_path / "out"), "--json"], env=env, text=True,
                          capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    page = json.loads(done.stdout)["pages"][0]
    assert page["dpi"] == 75 and page["width"] > 500


def test_doctor_says_why_not(tmp_path):
    config = tmp_path / "kiosk.conf"
    config.write_text(f"[kiosk]\ndata = {tmp_path}\n[scanner]\ndriver = emu\n"
                      f"address = {tmp_path}\n[printer]\ndriver = emu\n"
                      "address = /nowhere/at/all\n[camera]\ndriver = none\n[card]\n"
                      "driver = none\n[hub]\nurl = https://127.0.0.1:1\n")
    done = run("doctor", "--config", config, "--json")
    report = json.loads(done.stdout)
    checks = {c["name"]: c for c in report["checks"]}
    assert done.returncode == 1 and report["state"] == "fault"
    assert checks["scanner"]["state"] == "ok"
    assert checks["printer"]["state"] == "fault"
    assert "/nowhere/at/all" in checks["printer"]["detail"]
    assert checks["hub"]["state"] == "fault"
    assert checks["camera"]["state"] == "note"


def test_bench_prints_one_object():
    done = run("bench", "digest")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["bench"] == "digest" and figures["cpu_ms"] > 0
    assert figures["sha256sum_cpu_ms"] > 0


def test_vietnamese_is_the_default():
    env = {k: v for k, v in os.environ.items() if k not in ("LANGUAGE", "LANG", "LC_ALL")}
    done = subprocess.run([str(SAOY)], env=env, text=True, capture_output=True, timeout=60)
    english = run(language="en")
    assert done.returncode == 0
    if done.stdout == english.stdout:
        pytest.skip("the Vietnamese catalogue is not built here")

"""The real window, pressed by the autopilot: what a person sees when things go wrong. No hub is
needed up to DELIVERY; none is there."""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess

import pytest

SOURCE = pathlib.Path(os.environ.get("SAOY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", SOURCE / "build"))
KIOSK, SAOY = BUILD / "saoy-kiosk", BUILD / "saoy"
NUMBER = "001090000001"
TO_CARD = """\
wait WELCOME
click next
click next
wait CONSENT
click agree
click face-officer
click next
wait CARD
"""
TO_SCAN = TO_CARD + f"""\
keys key- {NUMBER[-6:]}
click next
wait FACE
click skip
wait CHOOSE
click next
wait SCAN
"""


@pytest.fixture(scope="module")
def display():
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed")
    end, other = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(other), "-screen", "0", "1080x1920x24",
                               "-nolisten", "tcp"], pass_fds=[other], stderr=subprocess.DEVNULL)
    os.close(other)
    with os.fdopen(end) as told:
        number = told.readline().strip()
    yield ":" + number
    server.terminate()
    server.wait(10)


@pytest.fixture(scope="module")
def persona(tmp_path_factory):
    path = tmp_path_factory.mktemp("persona") / "an.json"
    subprocess.run([SAOY, "card", "persona", path, "--name", "Nguyễn Văn An", "--number", NUMBER,
                    "--photo", SOURCE / "tests/data/personas/an/portrait.jpg"], check=True,
                   stdout=subprocess.DEVNULL)
    return path


class Window:
    def __init__(self, folder, persona, display):
        self.folder, self.display = folder, display
        for name in ("data", "feed", "live", "printed", "payment"):
            (folder / name).mkdir()
        shutil.copy(persona, folder / "an.json")
        shutil.copy(SOURCE / "tests/data/personas/an/portrait.jpg", folder / "feed/001.jpg")
        shutil.copy(SOURCE / "tests/data/personas/an/live/000.jpg", folder / "live")
        self.conf = folder / "kiosk.conf"
        self.nobody = socket.socket() # ours, and nobody listens there
        self.nobody.bind(("127.0.0.1", 0))
        nobody = self.nobody.getsockname()[1]
        self.conf.write_text(f"[kiosk]\ndata = {folder}/data\n[hub]\n"
                             f"url = https://localhost:{nobody}\n" + "".join(
                                 f"[{kind}]\ndriver = emu\naddress = {folder}/{address}\n"
                                 for kind, address in (("card", "an.json"), ("camera", "live"),
                                                       ("scanner", "feed"),
                                                       ("printer", "printed"),
                                                       ("payment", "payment"))))

    def lever(self, *words):
        subprocess.run([KIOSK, "emu", "--config", self.conf, *words], check=True)

    def press(self, script, *options):
        """Answers the states that were left, in order; fails where the script did."""
        path = self.folder / "script"
        path.write_text(script)
        environment = dict(os.environ, DISPLAY=self.display, GDK_BACKEND="x11", LANGUAGE="vi",
                           GSK_RENDERER="cairo", GTK_A11Y="none")
        done = subprocess.run([KIOSK, "run", "--config", self.conf, "--windowed", "--autopilot",
                               path, *options], env=environment, text=True, timeout=600,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == 0, done.stderr
        return [line.split()[1] for line in done.stdout.splitlines()]


@pytest.fixture
def window(tmp_path, persona, display):
    return Window(tmp_path, persona, display)


def test_language_type_and_help(window):
    window.press("""\
wait WELCOME
expect next Chứng thực bản sao
click language
expect next Certify a copy
click accessibility
expect accessibility Normal type
click help
expect sheet HELP NEEDED HERE
click sheet-yes
click language
expect next Chứng thực bản sao
""")


def test_leaving_is_confirmed_where_something_is_lost(window):
    states = window.press(TO_CARD + """\
click exit
expect sheet Bạn muốn thoát
click sheet-yes
wait CARD
click exit
click sheet-no
wait WELCOME
""")
    assert states[-2:] == ["WIPE", "WELCOME"]


def test_wrong_digits_are_explained_and_the_third_time_ends_the_visit(window):
    wrong = "keys key- 999999\nclick next\n"
    states = window.press(TO_CARD + wrong + "expect problem Sáu số này không mở được thẻ\n"
                          + wrong + "expect problem Sáu số này không mở được thẻ\n" + wrong + """\
wait SORRY
expect SORRY Chưa mở được thẻ
expect SORRY Chưa gửi gì và không mất tiền
click next
wait WELCOME
""")
    assert "SORRY" in states


def test_a_card_taken_away_too_early_is_asked_for_again(window):
    window.lever("card", "pulled-after", "8")
    states = window.press(TO_CARD + f"""\
keys key- {NUMBER[-6:]}
click next
expect problem Thẻ bị nhấc ra quá sớm
click exit
click sheet-no
wait WELCOME
""")
    assert "SORRY" not in states


def test_a_jam_says_not_to_pull(window):
    window.lever("scanner", "jam", "1")
    window.press(TO_SCAN + """\
wait SORRY
expect SORRY Xin đừng kéo giấy
click next
wait WELCOME
""")


def test_no_paper_is_asked_for_again(window):
    window.lever("scanner", "empty", "0")
    window.press(TO_SCAN + """\
expect problem Chưa có giấy trên máy quét
expect again Quét
click exit
click sheet-no
wait WELCOME
""")


def test_a_script_that_is_wrong_says_so(window):
    path = window.folder / "script"
    path.write_text("wait WELCOME\nclick nothing-of-that-name\njump\n")
    done = subprocess.run([KIOSK, "run", "--config", window.conf, "--autopilot", path],
                          env=dict(os.environ, DISPLAY=window.display, GDK_BACKEND="x11",
                                   GTK_A11Y="none"),
                          capture_output=True, text=True, timeout=240)
    assert done.returncode == 4 and "script line 3" in done.stderr, done.stderr


ASKED = "left 20\nexpect sheet Bạn cần thêm thời gian không\n"
OVER = "left 20\nexpect sheet Sắp hết giờ\n"


@pytest.mark.parametrize("accessible, extensions", [(False, 3), (True, 6)])
def test_patience_asks_and_ends_after_so_many_extensions(window, accessible, extensions):
    """Ten times as fast as for people: 60 s at ADVICE are 6."""
    states = window.press(
        "wait WELCOME\n" + "click accessibility\n" * accessible +
        "click next\nwait ADVICE\n" + (ASKED + "click sheet-yes\n") * extensions + OVER +
        "click sheet-yes\nwait WELCOME\n", "--clock-rate", "10")
    assert states == ["WELCOME", "ADVICE", "WIPE", "WELCOME"]


def test_patience_without_an_answer_ends_the_visit(window):
    states = window.press("wait WELCOME\nclick next\nwait ADVICE\n" + ASKED +
                          "wait WELCOME\n", "--clock-rate", "10")
    assert states == ["WELCOME", "ADVICE", "WIPE", "WELCOME"]


MAINT = "wait WELCOME\ntap brand 5\nwait MAINT\n"


def test_technician_mode_is_shut_without_a_pin(window):
    window.press(MAINT + "expect lead Chưa đặt mã PIN\nclick back\nwait WELCOME\n")


def test_a_technician_comes_in_by_pin_and_every_action_is_written_down(window):
    subprocess.run([KIOSK, "pin", "--config", window.conf, "7"], input="482913\n", text=True,
                   check=True)
    gate = "keys key- 7\nclick next\nkeys key- "
    states = window.press(MAINT + gate + "111111\nclick next\nexpect problem sai\n" + gate +
                          """\
482913
click next
expect lead kỹ thuật viên 7
expect checks scanner: sẵn sàng
expect checks hub:
expect checks storage
click again
expect checks journal
click close
wait CLOSED
tap brand 5
wait MAINT
click back
wait CLOSED
tap brand 5
wait MAINT
""" + gate + "482913\nclick next\nexpect lead kỹ thuật\nclick next\nwait WELCOME\n")
    assert states.count("CLOSED") == 2
    journal = (window.folder / "data/journal.jsonl").read_text().splitlines()
    done = [(entry["technician"], entry["action"]) for entry in map(json.loads, journal)
            if entry["event"] == "maint"]
    assert done == [(7, word) for word in ("enter", "selftest", "close", "enter", "open")]


def test_a_technician_is_locked_out(window):
    subprocess.run([KIOSK, "pin", "--config", window.conf, "7"], input="482913\n", text=True,
                   check=True)
    wrong = "keys key- 7\nclick next\nkeys key- 1111\nclick next\nexpect problem sai\n"
    window.press(MAINT + wrong * 5 + "keys key- 7\nclick next\nkeys key- 482913\nclick next\n"
                 "expect problem khoá\n")


@pytest.mark.parametrize("words", [["NUMBER"], ["0"], ["1000"], []])
def test_pin_wants_a_number(window, words):
    done = subprocess.run([KIOSK, "pin", "--config", window.conf, *words], input="4829\n",
                          text=True, capture_output=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1


def test_every_lever_that_help_names_can_be_pulled(window):
    told = subprocess.run([KIOSK, "emu", "--help"], capture_output=True, text=True,
                          check=True).stdout
    levers = re.findall(r"^  (scanner|camera|printer|card|payment) +(\S+)( N| MS| LIST)? ", told,
                        re.M)
    given = {"": [], " N": ["1"], " MS": ["1"], " LIST": ["ecdh-gm-aes128-13"]}
    assert len(levers) >= 60
    for device, lever, argument in levers:
        window.lever(device, lever, *given[argument])
        window.lever(device, "clear")
    left = {path.name for path in window.folder.rglob("*")}
    assert not left & {"fault", "delay", "glass", "jam", "offline", "answer", "an.json.fault"}


@pytest.mark.parametrize("words", [["scanner", "jam"], ["scanner", "jam", "x"], ["scanner", "?"],
                                   ["lamp", "off"], ["camera", "hang", "3"]])
def test_a_wrong_lever_is_one_line(window, words):
    done = subprocess.run([KIOSK, "emu", "--config", window.conf, *words], text=True,
                          capture_output=True)
    assert done.returncode == 2 and done.stderr.count("\n") == 1

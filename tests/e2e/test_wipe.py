"""After WIPE no process of the kiosk holds the person. Her card lies on a virtual reader, so the
chip's data belong to another process; what she types comes from a file, so no argument of the
searched process carries it. Every byte the process can write is then searched, as root."""
import io
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import unicodedata

import pytest
from PIL import Image

from visit_world import (BUILD, EMULATED, PERSONAS, SAOY, SOURCE, Hub, World, free_port,
                         wait_for)

PCSCD = pathlib.Path("/usr/sbin/pcscd")
VPCD = pathlib.Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
NAME, NUMBER, BORN = "Trịnh Thục Quyên", "038187738291", "1987-11-23"
EMAIL = "thuc.quyen.8712@example.org"
SLICE, PAGE = 64, 4096

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="reads /proc/PID/mem of a guarded process: root"),
    pytest.mark.skipif(not PCSCD.exists() or not VPCD.exists(),
                       reason="no pcscd with a virtual reader (vsmartcard-vpcd)"),
    pytest.mark.skipif(SAOY.exists() and b"__asan_init" in SAOY.read_bytes(),
                       reason="AddressSanitizer keeps what was freed, on purpose"),
]


class Reader:
    """A pcscd of our own with the chip on its virtual reader, as in contract-card.c."""

    def __init__(self, folder, persona, environment):
        self.port, self.comm = free_port(), folder / "comm"
        conf = folder / "reader.conf"
        conf.write_text(f'FRIENDLYNAME "Sao Y Test"\nDEVICENAME /dev/null:0x{self.port:04X}\n'
                        f"LIBPATH {VPCD}\nCHANNELID 0x{self.port:04X}\n")
        environment["PCSCLITE_CSOCK_NAME"] = str(self.comm)
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(self.comm))
            door.listen(16)
            fd = door.fileno()
            self.pcscd = subprocess.Popen(
                ["/bin/bash", "-c", f"exec 3<&{fd}; LISTEN_PID=$$ LISTEN_FDS=1 exec setpriv "
                 f"--pdeathsig TERM {PCSCD} -f -c {conf}"], pass_fds=[fd],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.listens, "the virtual reader")
        self.chip = subprocess.Popen([SAOY, "card", "emulate", persona, "--vpcd",
                                      f"127.0.0.1:{self.port}"], env=environment,
                                     stdout=subprocess.DEVNULL)

    def listens(self):
        assert self.pcscd.poll() is None
        rows = pathlib.Path("/proc/net/tcp").read_text() + pathlib.Path("/proc/net/tcp6").read_text()
        return re.search(f":{self.port:04X} 0+:0000 0A ", rows) is not None

    def stop(self):
        for process in self.chip, self.pcscd:
            process.terminate()
            process.wait(20)


class Guarded(World):
    """A hub and a person; nothing of hers stands in a path, an argument or the environment."""

    def __init__(self, folder):
        self.folder, self.visits, self.persona = folder, [], None
        self.environment = dict(os.environ, SAOY_DATA_DIR=str(SOURCE), OMP_THREAD_LIMIT="1",
                                LC_ALL="C.UTF-8", LANGUAGE="vi", GTK_A11Y="none",
                                SAOY_LOCALE_DIR=str(BUILD / "locale"))
        self.card = folder / "card/card.json"
        self.card.parent.mkdir()
        self.run(SAOY, "card", "persona", self.card, "--name", NAME, "--birth", BORN, "--number",
                 NUMBER, "--photo", PERSONAS / "an/portrait.jpg")
        (folder / "trust").mkdir()
        shutil.copy(self.card.parent / "csca.der", folder / "trust")
        self.typed = folder / "typed.json"
        self.typed.write_text(json.dumps({"can": NUMBER[-6:], "email": EMAIL}))
        self.scan = self.paper("diploma") / "001.png"
        self.hub = Hub(folder / "hub")
        self.config = folder / "kiosk.conf"
        self.config.write_text((folder / "hub/kiosk.conf").read_text() +
                               EMULATED + "[card]\ndriver = pcsc\naddress =\n"
                               f"[trust]\ncsca = {folder / 'trust'}\n")
        self.reader = Reader(folder, self.card, self.environment)

    def run(self, *command):
        subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL,
                       env=self.environment)

    def paper(self, kind):
        folder = self.folder / "papers" / kind
        if not folder.is_dir():
            self.run("/usr/bin/python3", SOURCE / "tests/specimen/make", folder, "--kind", kind,
                     "--clean", "--holder", NAME, "--birth-date", BORN, "--sex", "Nữ")
            for truth in folder.glob("*.json"):
                truth.unlink()
        return folder

    def visit(self, name, *arguments, **options):
        return super().visit(name, *arguments, pages=("diploma",), typed=self.typed,
                             trust=self.folder / "trust", **options)

    def stop(self):
        super().stop()
        self.reader.stop()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = Guarded(tmp_path_factory.mktemp("w"))
    yield made
    made.stop()


# ---- what must be gone

def is_telling(piece):
    return len(set(piece)) > 20


def slices(what, data):
    """64 telling bytes from a quarter, a half and three quarters of a file on."""
    return {f"{what}, {part}/4": next(data[at:at + SLICE] for at in
                                      range(len(data) * part // 4, len(data), SLICE)
                                      if is_telling(data[at:at + SLICE])) for part in (1, 2, 3)}


def inked(image):
    """64 bytes of a picture's samples where something is to be seen."""
    data, width = image.convert("RGB").tobytes(), image.width * 3
    for row in range(image.height // 3, image.height):
        for at in range(row * width, (row + 1) * width - SLICE, SLICE):
            if is_telling(data[at:at + SLICE]):
                return data[at:at + SLICE]
    raise AssertionError("an empty picture")


def texts(world):
    mrz = json.loads(world.card.read_text())["mrz"]
    lines = mrz.split("\n") if "\n" in mrz else [mrz[i:i + 30] for i in range(0, 90, 30)]
    said = {
        "number": NUMBER, "card access number": NUMBER[-6:], "name": NAME,
        "decomposed name": unicodedata.normalize("NFD", NAME), "folded name": "TRINH THUC QUYEN",
        "name in the MRZ": lines[2][:18], "MRZ line 1": lines[0][:15], "MRZ line 2": lines[1][:15],
        "e-mail": EMAIL, "e-mail's name": EMAIL.split("@")[0], "birth date": BORN,
        "family name": NAME.split()[1], "given name": NAME.split()[2],
    }
    found = {}
    for what, text in said.items():
        found[what] = text.encode()
        if "name" in what or what == "number":
            found[what + ", 32 bit"] = text.encode("utf-32-le") # as Tesseract and Pango have it
    return found


def pictures(world):
    files = {"DG2": PERSONAS / "an/portrait.jpg", "scan": world.scan}
    files |= {f"frame {frame.name}": frame
              for frame in sorted((PERSONAS / "an/live").glob("*.jpg"))[:2]}
    files |= {f"blob {blob.name[:8]}": blob for blob in (world.hub.folder / "blobs").glob("*/*/*")
              if len(blob.name) == 64} # whole, and not one that is just being written
    found = {}
    for what, path in files.items():
        data = path.read_bytes()
        if data[:5] == b"%PDF-":
            found |= slices(what + ", PDF", data)
        elif data[:3] == b"\xff\xd8\xff" or data[:4] == b"\x89PNG":
            found |= slices(what + ", picture", data)
            found[what + ", samples"] = inked(Image.open(io.BytesIO(data)))
    return found


def spans(pid):
    """Memory the process may have written: not its programs' and libraries' own bytes."""
    with open(f"/proc/{pid}/maps") as maps:
        for line in maps:
            span, rights, _, _, _, *path = line.split(None, 5)
            name = path[0].strip() if path else ""
            if "r" in rights and not name.startswith(("[v", "/dev/dri")) and (
                    "w" in rights or not name.startswith("/")):
                start, end = (int(x, 16) for x in span.split("-"))
                yield start, end, name


def blocks(pid):
    """(address, name, bytes) of all that is not filled with one and the same byte."""
    with open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for start, end, name in spans(pid):
            try:
                mem.seek(start)
                data = mem.read(end - start)
            except (OSError, ValueError):
                continue
            begin = None
            for at in range(0, len(data), PAGE):
                page = data[at:at + PAGE]
                empty = page.count(page[0]) == len(page)
                if empty and begin is not None:
                    yield start + begin, name, data[begin:at]
                begin = None if empty else at if begin is None else begin
            if begin is not None:
                yield start + begin, name, data[begin:]


def is_inside_another(block, at, needle):
    """Six digits stand by chance in a hash or a time: there among others. The whole number, where
    hers do too, is looked for by itself."""
    beside = block[max(at - 1, 0):at] + block[at + len(needle):at + len(needle) + 1]
    return len(needle) == 6 and needle.isdigit() and any(c in b"0123456789abcdefABCDEF" for c in beside)


def search(pid, needles):
    """needle's name -> where it was found: (address, what lies around)"""
    found = {}
    for start, name, block in blocks(pid):
        for what, needle in needles.items():
            at = block.find(needle)
            while at >= 0:
                around = block[max(at - 48, 0):at + len(needle) + 48]
                if not is_inside_another(block, at, needle):
                    found.setdefault(what, []).append((f"{start + at:x} {name}", around))
                at = block.find(needle, at + 1)
    return found


def settle(pid):
    """Waits until all its threads sleep: whatever was under way has ended."""
    def sleep():
        time.sleep(0.02)
        try:
            stats = [path.read_text() for path in pathlib.Path(f"/proc/{pid}/task").glob("*/stat")]
        except (FileNotFoundError, ProcessLookupError): # a thread has ended
            return False
        return all(stat.rpartition(")")[2].split()[0] == "S" for stat in stats)

    def sleep_on():
        return all(sleep() for _ in range(5))

    time.sleep(0.2)
    wait_for(sleep_on, "the process to be idle")


OPAQUE = b"\xff" * (SLICE // 4)


def drawn(pid, besides="/SYSV"):
    """Every 16 opaque pixels of some variety, as cairo keeps pictures. Not what cairo shares with
    an X server by MIT-SHM: the kiosk runs under Wayland (docs/threats.md)."""
    return {block[at:at + SLICE] for _, name, block in blocks(pid) if not name.startswith(besides)
            for at in range(0, len(block), SLICE)
            if block[at + 3:at + SLICE:4] == OPAQUE and len(set(block[at:at + SLICE])) > 12}


def tell(found):
    return "\n".join(f"{what}: {len(places)} times, {places[:3]}" for what, places in found.items())


def check_guards(pid):
    status = dict(line.split(":", 1)
                  for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    limits = pathlib.Path(f"/proc/{pid}/limits").read_text()
    assert int(status["VmLck"].split()[0]) > 0, "the arena is not locked"
    core = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]
    # PR_GET_DUMPABLE answers the process alone: tests/unit/core/test-memory.c asks it there
    environment = pathlib.Path(f"/proc/{pid}/environ").read_bytes()
    assert b"glibc.malloc.tcache_count=0" in environment


def test_memory_holds_her_before_the_wipe(world):
    """The search can find something: else the other tests would prove nothing."""
    visit = world.visit("before", "--no-face", stop_at="OFFICER+")
    visit.wait_for("stopped")
    found = search(visit.process.pid, {**texts(world), **pictures(world)})
    for what in ("number", "name", "family name", "e-mail", "DG2, picture, 2/4"):
        assert what in found
    assert any(what.startswith("blob") for what in found)
    check_guards(visit.process.pid)
    visit.kill()


@pytest.mark.parametrize("way", ["issued", "left"])
def test_memory_holds_nothing_of_her_after_the_wipe(world, way):
    leave = {"leave_at": "PAY"} if way == "left" else {}
    arguments = ["--no-face"] if way == "issued" else []
    visit = world.visit("after-" + way, *arguments, stop_at="WELCOME+", **leave)
    if way == "issued":
        world.hub.decide(visit.wait_for("dossier"), {1: None})
    visit.wait_for("stopped")
    settle(visit.process.pid)
    found = search(visit.process.pid, {**texts(world), **pictures(world)})
    assert visit.temporary_files() == []
    states = visit.states()
    visit.kill()
    assert not found, tell(found)
    assert ("DELIVER" in states) == (way == "issued")


# ---- the window

SCRIPT = """\
wait WELCOME 240
shot welcome
pause 6000
click next
wait ADVICE
click next
wait CONSENT
click agree
click face-{face}
click next
wait CARD
keys key- {can}
click next
wait CHOOSE 180
click kind-diploma
click next
wait SCAN
expect page-1 tốt
click next
wait REVIEW 240
shot review
pause 6000
click next
wait DELIVERY
type email {email}
act email selection.select-all
act email clipboard.copy
click next
wait PAY 60
click next
wait OFFICER 180
expect OFFICER Đã gửi tới cán bộ
report
{rest}
wait WELCOME 240
shot again
pause 600000
"""
ISSUED = """\
wait DELIVER 240
expect DELIVER {email}
report
click next
wait DONE
click next"""
LEFT = """\
pause 6000
click exit
click sheet-no"""


@pytest.fixture(scope="module")
def display(world):
    if shutil.which("Xvfb") is None:
        pytest.skip("no Xvfb")
    end, other = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(other), "-screen", "0", "1080x1920x24",
                               "-nolisten", "tcp"], pass_fds=[other], stderr=subprocess.DEVNULL)
    os.close(other)
    with os.fdopen(end) as told:
        number = told.readline().strip()
    yield dict(world.environment, DISPLAY=":" + number, GDK_BACKEND="x11", GSK_RENDERER="cairo")
    server.terminate()
    server.wait(20)


class Window:
    """saoy-kiosk with its own window; its stdout is read as it comes."""

    def __init__(self, world, environment, name, face, rest):
        world.end_visits() # there is one card
        folder = world.folder / name
        feed, script, conf = folder / "feed", folder / "script", folder / "kiosk.conf"
        feed.mkdir(parents=True)
        shutil.copy(world.scan, feed)
        script.write_text(SCRIPT.format(face=face, can=NUMBER[-6:], email=EMAIL,
                                        rest=rest.format(email=EMAIL)))
        lines = [f"[kiosk]\ndata = {folder / 'data'}", f"[scanner]\ndriver = emu\naddress = {feed}",
                 f"[camera]\ndriver = emu\naddress = {PERSONAS / 'an/live'}"]
        for device in "printer", "payment":
            (folder / device).mkdir()
            lines.append(f"[{device}]\ndriver = emu\naddress = {folder / device}")
        # nobody presses a button while SORRY speaks of the card that lies on the reader
        conf.write_text(world.config.read_text().replace("patience = 10", "patience = 1") +
                        "\n".join(lines) + "\n")
        self.data, self.shots = folder / "data", folder / "shots"
        self.told, self.log = [], open(folder / "log", "w+")
        self.process = subprocess.Popen(
            [BUILD / "saoy-kiosk", "run", "--config", conf, "--windowed", "--autopilot", script,
             "--shots", self.shots], stdout=subprocess.PIPE, stderr=self.log, text=True,
            env=environment)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        for line in self.process.stdout:
            self.told.append(line.strip())

    def wait_for(self, word):
        def there():
            found = [line for line in self.told if line.startswith(word)]
            assert found or self.process.poll() is None, (self.told, self.errors())
            return found[-1:] and found[-1][len(word):]
        return wait_for(there, word)

    def wait_for_shot(self, name):
        def there():
            assert self.process.poll() is None, (self.told, self.errors())
            return (self.shots / f"{name}.png").exists()
        wait_for(there, name)

    def held(self, look, *arguments):
        """What look finds in its memory; its script waits meanwhile."""
        self.process.send_signal(signal.SIGSTOP)
        found = look(self.process.pid, *arguments)
        self.process.send_signal(signal.SIGCONT)
        return found

    def errors(self):
        self.log.seek(0)
        return self.log.read()

    def stop(self):
        self.process.kill()
        self.process.wait(20)
        self.thread.join(5)
        self.log.close()


@pytest.mark.parametrize("way, face, rest", [("issued", "officer", ISSUED),
                                             ("left", "machine", LEFT)], ids=["issued", "left"])
def test_the_window_holds_nothing_of_her_after_the_wipe(world, display, way, face, rest):
    window = Window(world, display, "window-" + way, face, rest)
    try:
        window.wait_for_shot("welcome")
        before = window.held(drawn)
        window.wait_for_shot("review")
        paper = window.held(drawn) - before
        dossier = window.wait_for("DOSSIER=")
        held = window.held(search, {**texts(world), **pictures(world)})
        secrets = {**texts(world), **pictures(world)} # before the hub forgets them
        if way == "issued":
            world.hub.decide(dossier, {1: None})
            token = window.wait_for("LINK=").split("t=")[1].split("&")[0]
            secrets |= {"token": token.encode(), **pictures(world)}
        window.wait_for("state WIPE")
        window.wait_for_shot("again")
        time.sleep(1) # it is drawn
        settle(window.process.pid)
        found = window.held(search, secrets)
        paper_left = window.held(drawn) & paper
        check_guards(window.process.pid)
        assert list((window.data / "tmp").glob("**/*")) == []
    finally:
        window.stop()
    assert {"number", "name", "e-mail", "DG2, picture, 2/4"} <= set(held)
    assert len(paper) > 100, "the picture of her paper was not seen on the screen"
    assert not found, tell(found)
    assert not paper_left

"""A hub, an officer and people before a kiosk, as processes on loopback: what the tests of whole
visits share. Specimens and personas are made once a run."""
import http.client
import http.server
import json
import os
import pathlib
import random
import shutil
import socket
import sqlite3
import ssl
import subprocess
import threading
import time

import hubkit
from PIL import Image, ImageDraw, ImageFont

SOURCE = pathlib.Path(os.environ.get("SAOY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", SOURCE / "build"))
SAOY, HUB = BUILD / "saoy", BUILD / "saoy-hub"
PERSONAS = SOURCE / "tests/data/personas"
PASSWORD = "mat-khau-thu-nghiem-2025"
# The kiosk renews its lease all the time, the hub gives it for long; a loaded machine is slower
# than people.
EMULATED = "\n[issue]\nlease_s = 2\n[emu]\nspeed = 0\npatience = 10\n"


ports_kept = []


def free_port():
    """A port that is ours as long as this process lives, and the one above it, which a virtual
    reader takes for its second slot. Below those that go to whoever asks for any; other tests
    see by the name of a socket that it is taken, also while nobody listens there."""
    lowest = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        port = random.randrange(12000, lowest - 1 if lowest > 20000 else 32767, 2)
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0saoy-test-port-{port}")
            for one in port, port + 1:
                with socket.socket() as s:
                    s.bind(("", one))
        except OSError:
            name.close()
            continue
        ports_kept.append(name)
        return port


def wait_for(condition, what, seconds=240):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")


class Hub(hubkit.Hub):
    """A hub that keeps its ports when it starts again, with an officer who is logged in."""

    def __init__(self, folder, **conf):
        lines = {section: [f"{key} = {value}" for key, value in keys.items()]
                 for section, keys in conf.items()}
        super().__init__(folder, (free_port(), free_port()), **lines)
        login = super().officer("lan", PASSWORD, "Trần Thị Lan",
                                "TUQ. CHỦ TỊCH – CÔNG CHỨC TƯ PHÁP")
        self.start()
        self.officer = hubkit.Officer(self, *login)

    @property
    def folder(self):
        return self.dir

    @property
    def base(self):
        return f"http://127.0.0.1:{self.public}"

    def stop(self):
        if self.process is not None:
            super().stop()

    def rows(self, sql, *values):
        with sqlite3.connect(f"file:{self.dir}/hub.db?mode=ro", uri=True, timeout=60) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql, values)]

    def documents(self, dossier):
        """document number -> state, as the hub's own rows say"""
        rows = self.rows("SELECT * FROM documents WHERE dossier = ? ORDER BY n", dossier)
        return {row["n"]: row["state"] for row in rows}

    def finishes(self, dossier):
        """Waits until the hub has issued it alone: whoever had the lease is gone."""
        def there():
            self.lapse(dossier)
            return self.documents(dossier) == {1: "issued"}
        self.change("UPDATE documents SET decided_at = 1 WHERE dossier = ? AND "
                    "state = 'approved'", dossier) # nobody comes for it any more, either
        wait_for(there, "the hub to finish")

    def decide(self, dossier, decisions):
        """document number -> None to approve, else the reason; once it lies in the queue"""
        wait_for(lambda: "open" not in self.documents(dossier).values(), "the queue")
        for number, reason in decisions.items():
            answer = self.officer.decide(dossier, number, reason)
            assert answer.status == 303, answer.body.decode()

    def dossiers(self):
        return [row["id"] for row in self.rows("SELECT id FROM dossiers ORDER BY made_at, id")]


class Wire:
    """Between kiosk and hub: passes everything on, but for what a test makes go wrong. fault is
    asked (method, path) before each call; it answers None, a status and an error word, "cut"
    (the hub never hears of it) or "deaf" (the hub does, the kiosk does not hear the answer)."""

    def __init__(self, hub):
        self.hub, self.calls, self.fault = hub, [], lambda method, path: None
        self.tls = ssl.create_default_context(cafile=hub.folder / "pki/root.crt")
        self.tls.load_cert_chain(hub.folder / "pki/kiosk.crt", hub.folder / "pki/kiosk.key")
        wire = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                wire.answer(self)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        path = request.path.split("?")[0]
        self.calls.append((request.command, path))
        fault = self.fault(request.command, path)
        if fault == "cut":
            request.close_connection = True
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        if isinstance(fault, tuple):
            status, kind, data = fault[0], "application/json", json.dumps(
                {"error": fault[1], "error_description": ""}).encode()
        else:
            status, kind, data = self.forward(request, body)
        if fault == "deaf":
            request.close_connection = True
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        request.send_response(status)
        if kind:
            request.send_header("Content-Type", kind)
        if status != 204:
            request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        if status != 204:
            request.wfile.write(data)

    def forward(self, request, body):
        hub = http.client.HTTPSConnection("localhost", self.hub.api, context=self.tls,
                                          timeout=120)
        headers = {k: v for k, v in request.headers.items()
                   if k.lower() not in ("host", "connection", "content-length", "expect")}
        hub.request(request.command, request.path, body, headers)
        answer = hub.getresponse()
        data = answer.read()
        hub.close()
        return answer.status, answer.headers.get("Content-Type"), data

    def once(self, *faults):
        """Faults by (method, end of path); each strikes the first call that it fits."""
        left = list(faults)

        def fault(method, path):
            for item in left:
                if item[0] == method and path.endswith(item[1]):
                    left.remove(item)
                    return item[2]
            return None
        self.fault = fault

    def stop(self):
        self.server.shutdown()


class Visit:
    """One `saoy issue`. Its stderr is read as it comes: states, dossier, where it stopped."""

    def __init__(self, world, name, *arguments, pages=("note",), live="an", **options):
        self.out = world.folder / name
        self.data = world.folder / options.pop("data", name + "-kiosk")
        config = options.pop("config", world.config)
        command = [SAOY, "issue", "--config", config, "--out", self.out, "--data", self.data,
                   "--json"]
        if world.persona is not None: # else the configuration names a reader
            command += ["--persona", world.persona]
        if live is not None:
            command += ["--live", world.live(live)]
        for paper in pages:
            command += ["--pages", world.paper(paper)]
        for key, value in options.items():
            command += ["--" + key.replace("_", "-"), value]
        self.lines, self.dossier, self.stopped = [], None, False
        self.process = subprocess.Popen([*map(str, command), *map(str, arguments)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, env=world.environment)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("dossier "):
                self.dossier = line.split()[1]
            if line.startswith("stopped "):
                self.stopped = True

    def wait_for(self, attribute):
        def there():
            found = getattr(self, attribute)
            assert found or self.process.poll() is None, "\n".join(self.lines)
            return found
        return wait_for(there, attribute)

    def finish(self, seconds=120):
        out = self.process.stdout.read()
        self.code = self.process.wait(seconds)
        self.reader.join(5)
        self.answer = json.loads(out) if out.strip() else None
        return self

    def kill(self):
        self.process.kill()
        self.process.wait(20)
        self.reader.join(5)

    def states(self):
        return [line.split()[1] for line in self.lines if line.startswith("state ")]

    def journal(self):
        path = self.data / "journal.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    def events(self):
        return [entry["event"] for entry in self.journal()]

    def check_journal(self):
        subprocess.run([SAOY, "journal", "check", "--file", self.data / "journal.jsonl"], check=True,
                       stdout=subprocess.DEVNULL)

    def temporary_files(self):
        return list((self.data / "tmp").glob("**/*"))


class World:
    def __init__(self, folder):
        self.folder, self.visits = folder, []
        self.environment = dict(os.environ, SAOY_DATA_DIR=str(SOURCE), OMP_THREAD_LIMIT="1",
                                LC_ALL="C.UTF-8", LANGUAGE="vi")
        self.persona = folder / "an.json"
        subprocess.run([SAOY, "card", "persona", self.persona, "--name", "Nguyễn Văn An",
                        "--birth", "1990-01-01", "--number", "001090000001", "--photo",
                        PERSONAS / "an/portrait.jpg"], check=True, stdout=subprocess.DEVNULL,
                       env=self.environment)
        self.hub = Hub(folder / "hub")
        self.config = folder / "kiosk.conf"
        self.config.write_text((folder / "hub/kiosk.conf").read_text() + EMULATED)

    def live(self, name):
        """What the camera sees; a persona's folder, or one made for the test."""
        return PERSONAS / name / "live" if (PERSONAS / name).is_dir() else self.folder / name

    @staticmethod
    def write_note(folder):
        """A small paper, quickly read: most tests are about the visit, not about its page."""
        font = ImageFont.truetype("/usr/share/fonts/truetype/croscore/Tinos-Regular.ttf", 40)
        image = Image.new("RGB", (1240, 874), "white")
        for row, text in enumerate(["GIẤY XÁC NHẬN", "Họ và tên: Nguyễn Văn An",
                                    "Số: 12/2025/XN"]):
            ImageDraw.Draw(image).text((120, 120 + 90 * row), text, font=font, fill=(20, 20, 20))
        folder.mkdir(parents=True)
        image.save(folder / "001.png", dpi=(150, 150))

    def paper(self, kind):
        """A specimen of that kind, or the note."""
        folder = self.folder / "papers" / kind
        if kind == "note" and not folder.is_dir():
            self.write_note(folder)
        if not folder.is_dir():
            make = self.folder / "papers" / ("." + kind)
            subprocess.run(["/usr/bin/python3", SOURCE / "tests/specimen/make", make, "--kind",
                            kind, "--clean", "--holder", "Nguyễn Văn An", "--number",
                            "001090000001", "--birth-date", "1990-01-01"], check=True,
                           stdout=subprocess.DEVNULL)
            for truth in make.glob("*.json"):
                truth.unlink()
            make.rename(folder)
        return folder

    def copy_of_paper(self, kind, name, **levers):
        folder = self.folder / "papers" / name
        shutil.copytree(self.paper(kind), folder, dirs_exist_ok=True)
        for lever, text in levers.items():
            (folder / lever).write_text(text)
        return name

    def visit(self, name, *arguments, **options):
        self.end_visits() # there is one card
        self.visits.append(Visit(self, name, *arguments, **options))
        return self.visits[-1]

    def end_visits(self):
        for visit in self.visits:
            if visit.process.poll() is None: # a failed test left it waiting
                visit.kill()

    def stop(self):
        self.end_visits()
        self.hub.stop()

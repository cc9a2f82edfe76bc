"""A hub as a process, and a kiosk and an officer that talk to it; standard library only.

As a program: hubkit.py approve|refuse URL LOGIN PASSWORD DOSSIER [REASON] decides every
document of a dossier through the officer's own pages.
"""
import hashlib
import html
import http.client
import json
import os
import pathlib
import re
import signal
import ssl
import struct
import subprocess
import sys
import time
import urllib.parse
import uuid

BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", "build"))
HUB = BUILD / "saoy-hub"


def grey_jpeg(width, height, grey=250, dpi=150):
    """A whole baseline JPEG of one grey, made by hand: a DC value, then nothing but ends."""
    quant, level = 8, grey - 128
    value = level * 8 // quant
    size = abs(value).bit_length()
    bits = value if value > 0 else value + (1 << size) - 1
    stream = "10" + (format(bits, f"0{size}b") if size else "") + "0"
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    stream += "00" * (blocks - 1)
    stream += "1" * (-len(stream) % 8)
    data = int(stream, 2).to_bytes(len(stream) // 8, "big").replace(b"\xff", b"\xff\x00")

    def segment(marker, body):
        return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body

    return (b"\xff\xd8"
            + segment(0xE0, b"JFIF\0\1\1" + struct.pack(">BHHBB", 1, dpi, dpi, 0, 0))
            + segment(0xDB, b"\0" + bytes([quant] * 64))
            + segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
            + segment(0xC4, b"\x00" + bytes([1, 1] + [0] * 14) + bytes([0, size]))
            + segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\0")
            + segment(0xDA, b"\1\1\0\0\x3f\0") + data + b"\xff\xd9")


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


class Hub:
    """DIR, made by `saoy-hub init`, served on free ports, other ones at each start unless ports
    (api, public) are given. conf: section -> lines of hub.conf."""

    def __init__(self, folder, ports=(0, 0), **conf):
        self.dir = pathlib.Path(folder)
        self.process = None
        run([HUB, "init", self.dir, "--port", ports[0], "--public-port", ports[1]])
        if conf:
            with open(self.dir / "hub.conf", "a", encoding="utf-8") as out:
                for section, lines in conf.items():
                    out.write(f"\n[{section}]\n" + "\n".join(lines) + "\n")

    def officer(self, login="an", password="mat-khau-1", name="Trần Văn An",
                title="KT. CHỦ TỊCH – PHÓ CHỦ TỊCH"):
        run([HUB, "officer", self.dir, "add", login, "--name", name, "--title", title],
            input=password + "\n")
        return login, password

    def start(self):
        with open(self.dir / "stderr", "ab") as err:
            self.process = subprocess.Popen([HUB, "serve", self.dir], stdout=subprocess.PIPE,
                                            stderr=err, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("saoy-hub: api "), line + (self.dir / "stderr").read_text()
        ports = dict(l.split() for l in (self.dir / "ports").read_text().splitlines())
        self.api, self.public = int(ports["api"]), int(ports["public"])
        return self

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        assert code == 0, f"the hub ended with {code}"
        self.process = None

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *unused):
        if self.process is not None:
            self.kill()

    def get(self, path, **headers):
        return self.ask("GET", path, headers=headers)

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.public, timeout=240)
        try:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def rows(self, sql, *args):
        import sqlite3
        with sqlite3.connect(f"file:{self.dir}/hub.db?mode=ro", uri=True, timeout=60) as db:
            return db.execute(sql, args).fetchall()

    def change(self, sql, *args):
        """What only time would do: a test does not wait for it."""
        import sqlite3
        with sqlite3.connect(self.dir / "hub.db", timeout=60) as db:
            db.execute(sql, args)

    def lapse(self, dossier):
        """The kiosk's lease of each approved document of that dossier is over."""
        self.change("UPDATE documents SET lease_until = 1 WHERE dossier = ? AND "
                    "state = 'approved' AND holder <> 'hub'", dossier)


def run(command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True,
                          timeout=240, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Kiosk:
    """The kiosk's side of the protocol, by mutual TLS."""

    def __init__(self, hub, cert="kiosk", login=True):
        self.hub = hub
        self.tls = ssl.create_default_context(cafile=str(hub.dir / "pki/root.crt"))
        if cert is not None:
            self.tls.load_cert_chain(hub.dir / f"pki/{cert}.crt", hub.dir / f"pki/{cert}.key")
        self.token = None
        if login:
            self.login()

    def login(self):
        answer = self.ask("POST", "/csc/v2/oauth2/token", b"grant_type=client_credentials",
                          {"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status == 200, answer.body
        self.token = answer.json["access_token"]

    def ask(self, method, path, body=None, headers=None, **named):
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", "Bearer " + self.token)
        for name, value in named.items():
            headers[name.replace("_", "-")] = str(value)
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
        connection = http.client.HTTPSConnection("localhost", self.hub.api, timeout=240,
                                                 context=self.tls)
        try:
            connection.request(method, path, body, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def open(self, dossier, key=None):
        return self.ask("POST", "/api/v1/dossiers", dossier,
                        Idempotency_Key=key or uuid.uuid4().hex)

    def bring(self, documents=1, pages=1, email="", faces=False, submit=True, **more):
        """Opens, brings every page and its words, submits; returns the dossier's id."""
        body, pictures = make_dossier(documents, pages, email, **more)
        answer = self.open(body)
        assert answer.status == 201, answer.body
        dossier = answer.json["id"]
        base = f"/api/v1/dossiers/{dossier}"
        for (d, n), jpeg in pictures.items():
            place = f"{base}/documents/{d}/pages/{n}"
            assert self.ask("PUT", place, jpeg).status == 204
            answer = self.ask("PUT", place + "/text", make_words())
            assert answer.status == 204, answer.body
        if faces:
            for which in ("chip", "live"):
                answer = self.ask("PUT", f"{base}/faces/{which}", grey_jpeg(240, 320))
                assert answer.status == 204, answer.body
        if submit:
            answer = self.ask("POST", base + "/submit", {"payment_reference": "R-1"})
            assert answer.status == 200, answer.body
        return dossier

    def state(self, dossier, wait=None, after=None):
        query = urllib.parse.urlencode(
            {k: v for k, v in {"wait": wait, "after": after}.items() if v is not None})
        return self.ask("GET", f"/api/v1/dossiers/{dossier}?{query}")

    def until(self, dossier, state, document=1, patience=240):
        """Long polls until that document is in that state."""
        rev, end = 0, time.monotonic() + patience
        while time.monotonic() < end:
            answer = self.state(dossier, wait=5, after=rev)
            if answer.status == 204:
                continue
            assert answer.status == 200, answer.body
            rev = answer.json["rev"]
            found = answer.json["documents"][document - 1]
            if found["state"] == state:
                return found
        raise AssertionError(f"document {document} never was {state}: {found}")

    def lease(self, dossier, verb, fence=None, document=1):
        body = {"verb": verb}
        if fence is not None:
            body["fence"] = fence
        return self.ask("POST", f"/api/v1/dossiers/{dossier}/documents/{document}/lease", body)

    def prepared(self, dossier, part, pdf, fence, document=1):
        return self.ask("PUT",
                        f"/api/v1/dossiers/{dossier}/documents/{document}/prepared/{part}",
                        pdf, {"X-Saoy-Fence": str(fence)})


def make_words():
    return {"words": [{"t": "BẰNG", "b": [300, 200, 120, 40], "c": 95, "l": 1},
                      {"t": "TỐT", "b": [430, 200, 90, 40], "c": 93, "l": 1},
                      {"t": "NGHIỆP", "b": [530, 200, 160, 40], "c": 91, "l": 1}]}


CLEANING = {"samples_sha256": "ab" * 32, "scan_dpi": 300, "skew_deg": -1.234,
            "crop": [0, 0, 1240, 1754], "rotation": 2, "outline": [], "rectified": False,
            "cards": 0, "light": 1.12, "size": "A4", "width_mm": 210.0, "height_mm": 297.0,
            "quality": {"sharpness": 0.8, "faults": []}}


def make_dossier(documents=1, pages=1, email="", title="Bằng tốt nghiệp trung học phổ thông",
                 name="Nguyễn Văn Bình", flags=True, copies=1):
    width, height, dpi = 1240, 1754, 150
    pictures, items = {}, []
    for d in range(1, documents + 1):
        rows = []
        for n in range(1, pages + 1):
            jpeg = grey_jpeg(width, height, 255 - 5 * d - n, dpi)
            pictures[d, n] = jpeg
            rows.append({"sha256": hashlib.sha256(jpeg).hexdigest(), "width": width,
                         "height": height, "dpi": dpi, "free_box": [60, 1200, 1100, 480],
                         "jpeg_quality": 75, "turns": 1, "cleaning": CLEANING,
                         "cleaning_back": {"samples_sha256": "cd" * 32}})
        items.append({
            "kind": "bang-tot-nghiep", "title": title if documents == 1 else f"{title} {d}",
            "copies": copies,
            "fields": [{"name": "Họ và tên", "value": name, "page": 1,
                        "box": [300, 500, 300, 40], "confidence": 0.96},
                       {"name": "Số hiệu", "value": "B 0123456", "page": 1,
                        "box": [100, 1500, 200, 40], "confidence": 0.61}],
            "flags": [{"rule": "name-differs", "page": 1, "box": [300, 500, 300, 40],
                       "text": "Họ tên trên giấy khác họ tên trong chip."}] if flags else [],
            "pages": rows})
    return {"kiosk": "K01",
            "holder": {"number": "001090000001", "name": name, "birth_date": "1990-01-01",
                       "sex": "M", "expiry": "2030-01-01"},
            "identity": {"access": "PACE-CAN", "verdict": "maybe_cloned", "passive": "done",
                         "chip_auth": "done", "downgrade": False,
                         "contradiction": "birth_date"},
            "face": {"outcome": "officer", "score_band": "middle"},
            "delivery": {"email": email or None}, "documents": items}, pictures


class Officer:
    """A browser without scripts."""

    def __init__(self, hub_or_url, login, password):
        self.where = hub_or_url
        self.cookie = None
        self.entered = self.post("/officer/login", login=login, password=password)

    def ask(self, method, path, body=None, headers=None):
        url = self.where if isinstance(self.where, str) else \
            f"http://127.0.0.1:{self.where.public}"  # another one after a restart
        parts = urllib.parse.urlsplit(url)
        make = http.client.HTTPSConnection if parts.scheme == "https" else \
            http.client.HTTPConnection
        connection = make(parts.netloc, timeout=240)
        headers = dict(headers or {})
        if self.cookie:
            headers["Cookie"] = self.cookie
        try:
            connection.request(method, path, body, headers)
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        if "Set-Cookie" in answer.headers:
            self.cookie = answer.headers["Set-Cookie"].split(";")[0]
        return answer

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, **fields):
        return self.ask("POST", path, urllib.parse.urlencode(fields),
                        {"Content-Type": "application/x-www-form-urlencoded"})

    def look(self, dossier):
        """Opens the page; returns its text. Remembers its csrf."""
        answer = self.get(f"/officer/dossiers/{dossier}")
        assert answer.status == 200, answer.status
        text = answer.body.decode()
        self.csrf = re.search(r'name="csrf" value="(\w+)"', text).group(1)
        return html.unescape(text)

    def decide(self, dossier, document=1, reason=None):
        self.look(dossier)
        place = f"/officer/dossiers/{dossier}/documents/{document}"
        if reason is None:
            return self.post(place + "/approve", csrf=self.csrf)
        return self.post(place + "/refuse", csrf=self.csrf, reason=reason)

    def waiting(self):
        """Dossiers in the queue, oldest first, and which documents each still has open."""
        text = self.get("/officer/").body.decode()
        return re.findall(r'<a class="id" href="/officer/dossiers/([^"]+)"', text)


def make_hub(tmp_path, **conf):
    """A hub with one officer, whose login and password are hub.login."""
    hub = Hub(tmp_path / "dir", **conf)
    hub.login = hub.officer()
    return hub


def sweep_each_second(hub):
    """From its next start on. Not from the first: what is brought would have a second."""
    with open(hub.dir / "hub.conf", "a", encoding="utf-8") as out:
        out.write("\n[issue]\nunsubmitted_s = 1\n")


def numbers(hub):
    """The register's numbers, in order."""
    return [n for n, in hub.rows("SELECT number FROM register ORDER BY number")]


def main(verb, url, login, password, dossier, reason=None):
    officer = Officer(url, login, password)
    page = officer.look(dossier)
    for n in re.findall(r'action="/officer/dossiers/[^"]+/documents/(\d+)/approve"', page):
        answer = officer.decide(dossier, int(n), reason if verb == "refuse" else None)
        if answer.status != 303:
            sys.exit(f"document {n}: status {answer.status}")


if __name__ == "__main__":
    if len(sys.argv) < 6 or sys.argv[1] not in ("approve", "refuse"):
        sys.exit(__doc__)
    main(*sys.argv[1:7])

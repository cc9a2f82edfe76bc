"""The hub's signing keys lie in a token (SoftHSM): a copy is issued with them, nothing is signed
twice, and what never got an answer waits for an operator."""
import base64
import http.server
import json
import pathlib
import shutil
import ssl
import subprocess
import threading
import time

import pytest

import hubkit

UTIL = shutil.which("softhsm2-util")
MODULES = [pathlib.Path(p) for p in ("/usr/lib/softhsm/libsofthsm2.so",
                                     "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")]
MODULE = next((p for p in MODULES if p.exists()), None)
PIN = "246810"

needs_token = pytest.mark.skipif(UTIL is None or MODULE is None,
                                 reason="no SoftHSM (softhsm2)")


def make_token(folder, monkeypatch, **keys):
    """A token "saoy" with those keys: label -> PEM file, which is taken away from the hub."""
    (folder / "tokens").mkdir(parents=True)
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(conf))
    hubkit.run([UTIL, "--init-token", "--free", "--label", "saoy", "--so-pin", "135791",
                "--pin", PIN])
    for n, (label, path) in enumerate(keys.items()):
        hubkit.run([UTIL, "--import", path, "--token", "saoy", "--label",
                    label.replace("_", "-"), "--id", f"{n + 1:02x}", "--pin", PIN])
        shutil.move(path, folder)


def provide(hub, name, lines):
    folder = hub.dir / "signing"
    folder.mkdir(exist_ok=True)
    (folder / "pin").write_text(PIN + "\n")
    (folder / f"{name}.conf").write_text(lines)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    hub = hubkit.Hub(tmp_path / "dir", keys=["officer = signing/token.conf",
                                             "agency = signing/token.conf",
                                             "seal = signing/token.conf"])
    login, password = hub.login = hub.officer()
    pki = hub.dir / "pki"
    make_token(tmp_path / "hsm", monkeypatch, agency=pki / "agency.key", seal=pki / "seal.key",
               **{f"officer_{login}": pki / f"officer-{login}.key"})
    # the hub's certificates are files; the token has none
    provide(hub, "token", f"[signer]\ndriver = pkcs11\n[pkcs11]\nmodule = {MODULE}\n"
                          "token = saoy\npin_file = pin\ncertificates = ../pki\n")
    return hub


def archived(hub, dossier):
    (copy_id, sha256), = hub.rows(
        "SELECT d.copy_id, r.sha256 FROM documents d JOIN revisions r ON r.copy_id = d.copy_id "
        "WHERE d.dossier = ?", dossier)
    return copy_id, hub.dir / "blobs" / sha256[:2] / sha256[2:4] / sha256


@needs_token
def test_a_copy_is_issued_with_keys_in_a_token(hub, tmp_path):
    with hub:
        kiosk, officer = hubkit.Kiosk(hub), hubkit.Officer(hub, *hub.login)
        dossier = kiosk.bring()
        assert officer.decide(dossier).status < 400
        kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
        kiosk.until(dossier, "issued")
        copy_id, pdf = archived(hub, dossier)
        stages = [json.loads(text)["stage"] for text in
                  hub.rows("SELECT signing_1, signing_2 FROM documents WHERE dossier = ?",
                           dossier)[0]]
        assert stages == ["done", "done"]
        assert {tag for tag, in hub.rows("SELECT tag FROM signatures")} == \
            {copy_id + "/1", copy_id + "/2"}
        verdict = hub.ask("POST", "/api/v1/verify", pdf.read_bytes()).json
        assert verdict["conclusion"] == "TOTAL-PASSED"
    if shutil.which("pdfsig"):
        told = subprocess.run(["pdfsig", "-nocert", pdf], capture_output=True, text=True,
                              timeout=60).stdout
        assert told.count("Signature is Valid") >= 2, told


@needs_token
def test_asked_without_an_answer_waits_for_an_operator(hub):
    with hub:
        kiosk, officer = hubkit.Kiosk(hub), hubkit.Officer(hub, *hub.login)
        dossier = kiosk.bring()
        officer.decide(dossier)
        fence, record, digest = prepare(hub, kiosk, dossier)
        tag = record["copy_id"] + "/1"
        asked = json.dumps({"tag": tag, "credential": record["credentials"][0]["id"],
                            "hash": digest, "stage": "asked"})
        place = f"/api/v1/dossiers/{dossier}/documents/1/signing/1"
        empty = kiosk.ask("GET", place, X_Saoy_Fence=fence)
        assert empty.json == {"signing": ""}
        # as a finisher leaves it that died with its request under way
        body = {"before": "", "signing": asked}
        assert kiosk.ask("PUT", place, body, X_Saoy_Fence=fence + 1).status == 409
        assert kiosk.ask("PUT", place, {**body, "before": "x"}, X_Saoy_Fence=fence).status == 409
        other = {**body, "signing": asked.replace(digest, "00" * 32)}
        assert kiosk.ask("PUT", place, other, X_Saoy_Fence=fence).status == 409
        assert kiosk.ask("PUT", place, body, X_Saoy_Fence=fence).status == 204
        assert kiosk.ask("PUT", place, body, X_Saoy_Fence=fence).status == 409  # once
        assert kiosk.ask("GET", place, X_Saoy_Fence=fence).json == {"signing": asked}
        assert hubkit.run([hubkit.HUB, "signing", hub.dir]).split() == [tag]
        kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
        wait_for_log(hub, "an operator must look")
        assert hub.rows("SELECT tag FROM signatures") == []
        assert hub.rows("SELECT state FROM documents WHERE dossier = ?", dossier) == \
            [("approved",)]
        hubkit.run([hubkit.HUB, "signing", hub.dir, "again", tag])
        assert hubkit.run([hubkit.HUB, "signing", hub.dir]) == ""
        kiosk.until(dossier, "issued")
        refused = subprocess.run([hubkit.HUB, "signing", hub.dir, "again", tag],
                                 capture_output=True, text=True, timeout=60)
        assert refused.returncode == 4 and "not waiting" in refused.stderr


@needs_token
def test_what_a_kiosks_own_provider_signed_is_taken_once(hub, tmp_path):
    with hub:
        kiosk, officer = hubkit.Kiosk(hub), hubkit.Officer(hub, *hub.login)
        dossier = kiosk.bring()
        officer.decide(dossier)
        fence, record, digest = prepare(hub, kiosk, dossier)
        tag, place = record["copy_id"] + "/1", f"/api/v1/dossiers/{dossier}/documents/1/signing/1"
        told = {"tag": tag, "credential": record["credentials"][0]["id"], "hash": digest}

        def put(before, after):
            return kiosk.ask("PUT", place, {"before": before, "signing": after},
                             X_Saoy_Fence=fence).status

        pending = json.dumps({**told, "stage": "pending", "handle": "r-1"})
        done = json.dumps({**told, "stage": "done", "signature":
                           sign(tmp_path / "hsm/officer-an.key", digest)})
        wrong = json.dumps({**told, "stage": "done", "signature":
                            sign(tmp_path / "hsm/agency.key", digest)})
        assert put("", pending) == 204
        assert put(pending, wrong) == 403
        assert put(pending, "{}") == 400
        assert put(pending, done) == 204
        (kept, value), = hub.rows("SELECT tag, signature FROM signatures")
        assert kept == tag
        assert base64.b64encode(value).decode() == json.loads(done)["signature"]
        kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
        kiosk.until(dossier, "issued")  # the hub goes on with that very signature
        assert hub.rows("SELECT signature FROM signatures WHERE tag = ?", tag) == [(value,)]


class Provider:
    """A CSC v2 service of somebody else, by mutual TLS, with that key, which is taken away from
    the hub. Signs once it is released; until then whoever polls is told to wait."""

    def __init__(self, hub, folder, credential="agency"):
        pki = hub.dir / "pki"
        self.key = folder / f"{credential}.key"
        shutil.move(pki / self.key.name, self.key)
        end = "-----END CERTIFICATE-----"
        self.chain = [base64.b64encode(ssl.PEM_cert_to_DER_cert(pem.strip() + end)).decode()
                      for pem in (pki / f"{credential}.crt").read_text().split(end)[:-1]]
        self.seen, self.hashes, self.released = [], [], threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki / "tls.crt", pki / "tls.key")
        context.load_verify_locations(pki / "root.crt")
        context.verify_mode = ssl.CERT_REQUIRED
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                method = self.path.rsplit("/", 1)[1]
                provider.seen.append(method)
                status, answer = provider.answer(method, body)
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *unused):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, method, body):
        if method == "token":
            return 200, {"access_token": "t-1"}
        asked = json.loads(body)
        if method == "list":
            return 200, {"credentialIDs": ["remote-7"]}
        if method == "info":
            return 200, {"cert": {"certificates": self.chain}}
        if method == "authorize":
            return 200, {"SAD": "sad-1"}
        if method == "signHash":
            assert asked["credentialID"] == "remote-7"
            self.hashes.append(base64.b64decode(asked["hashes"][0]).hex())
            return 200, {"responseID": f"r-{len(self.hashes)}"}
        if not self.released.is_set():
            return 202, {"error": "accepted_request"}
        return 200, {"signatures": [sign(self.key, self.hashes[int(asked["requestID"][2:]) - 1])]}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def wait_until(true, patience=90):
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_hub_that_dies_polls_what_it_asked_for(tmp_path):
    """The agency signs at an outside service, which takes its time; the hub is killed meanwhile."""
    hub = hubkit.make_hub(tmp_path, keys=["agency = signing/remote.conf"])
    provider = Provider(hub, tmp_path)
    provide(hub, "remote", f"[signer]\ndriver = csc2\n[csc]\n"
                           f"url = https://localhost:{provider.port}\nca = ../pki/root.crt\n"
                           "cert = ../pki/kiosk.crt\nkey = ../pki/kiosk.key\n"
                           "login = /csc/v2/oauth2/token\n")
    try:
        with hub:
            kiosk, officer = hubkit.Kiosk(hub), hubkit.Officer(hub, *hub.login)
            dossier = kiosk.bring()
            officer.decide(dossier)
            kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
            wait_until(lambda: "signPolling" in provider.seen)
            hub.kill()
            (text,), = hub.rows("SELECT signing_2 FROM documents WHERE dossier = ?", dossier)
            assert json.loads(text)["stage"] == "pending" and json.loads(text)["handle"] == "r-1"
            hub.start()
            polled = provider.seen.count("signPolling")
            wait_until(lambda: provider.seen.count("signPolling") > polled)
            provider.released.set()
            hubkit.Kiosk(hub).until(dossier, "issued", patience=120)
            _, pdf = archived(hub, dossier)
            verdict = hub.ask("POST", "/api/v1/verify", pdf.read_bytes()).json
            assert verdict["conclusion"] == "TOTAL-PASSED"
        assert provider.seen.count("signHash") == provider.seen.count("authorize") == 1
    finally:
        provider.stop()


def sign(key, digest):
    made = subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", key], check=True,
                          input=bytes.fromhex(digest), capture_output=True, timeout=60)
    return base64.b64encode(made.stdout).decode()


def prepare(hub, kiosk, dossier):
    """Takes the lease, brings prepared/1: fence, approval, the hash the officer may sign."""
    record = kiosk.state(dossier).json["documents"][0]["approval"]
    fence = kiosk.lease(dossier, "take").json["fence"]
    kiosk.prepared(dossier, 1, b"x", fence)  # makes the hub compose
    (base,), = hub.rows("SELECT base FROM documents WHERE dossier = ?", dossier)
    pdf = (hub.dir / "blobs" / base[:2] / base[2:4] / base).read_bytes()
    assert kiosk.prepared(dossier, 1, pdf, fence).status == 204
    (digest,), = hub.rows("SELECT hash_1 FROM documents WHERE dossier = ?", dossier)
    return fence, record, digest


def wait_for_log(hub, words, patience=60):
    end = time.monotonic() + patience
    while words not in (hub.dir / "stderr").read_text():
        assert time.monotonic() < end, (hub.dir / "stderr").read_text()
        time.sleep(0.2)


@needs_token
def test_a_token_that_is_not_there_is_said_at_the_start(hub):
    provide(hub, "token", f"[signer]\ndriver = pkcs11\n[pkcs11]\nmodule = {MODULE}\n"
                          "token = elsewhere\npin_file = pin\n")
    done = subprocess.run([hubkit.HUB, "serve", hub.dir], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 4
    assert 'none called "elsewhere"' in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and PIN not in done.stderr

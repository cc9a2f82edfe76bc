"""The hub's public key infrastructure: time stamps, revocation, the seal's lists, levels of
copies, and authorities outside that are away, slow, or lie. openssl is the peer."""
import base64
import datetime
import hashlib
import json
import pathlib
import shutil
import socketserver
import subprocess
import threading
import time
import urllib.parse

import pytest

from hubkit import BUILD, HUB, Kiosk, Officer, make_hub, run

SAOY = BUILD / "saoy"


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    made = make_hub(tmp_path_factory.mktemp("pki"), issue=["retry_s = 1"])
    with made:
        made.kiosk = Kiosk(made)
        made.desk = Officer(made, *made.login)
        yield made


def openssl(*words, **options):
    return subprocess.run(["openssl", *[str(w) for w in words]], capture_output=True, text=True,
                          timeout=60, **options)


def test_every_key_is_listed(hub):
    done = subprocess.run([str(HUB), "key", str(hub.dir)], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done.stderr
    ids = [line.split()[0] for line in done.stdout.splitlines()]
    assert {"officer", "agency", "seal", "tsa", "ocsp", "issuing", "root"} <= set(ids)
    assert len(ids) == len(set(ids))


def make_copy(hub, kiosk=None, officer=None):
    """A copy that the hub finishes alone; its file."""
    kiosk, officer = kiosk or hub.kiosk, officer or hub.desk
    dossier = kiosk.bring()
    assert officer.decide(dossier).status == 303
    kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
    kiosk.until(dossier, "issued")
    return archived(hub, copy_of(hub, dossier))


def copy_of(hub, dossier):
    return hub.rows("SELECT copy_id FROM documents WHERE dossier = ?", dossier)[0][0]


def archived(hub, copy_id):
    name, = hub.rows("SELECT sha256 FROM revisions WHERE copy_id = ? "
                     "ORDER BY log_index DESC LIMIT 1", copy_id)[0]
    path = hub.dir / "blobs" / name[:2] / name[2:4] / name
    if not path.exists():
        path, = hub.dir.glob(f"blobs/**/{name}*")
    return copy_id, path


def verify(hub, path):
    done = subprocess.run([SAOY, "verify", path, "--trust", hub.dir / "pki/trust", "--json"],
                          capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout)


def levels(report):
    return [s["level"] for s in report["signatures"] if s["level"] != "DocTimeStamp"]


# ---- doors

def test_openssl_gets_a_time_stamp(hub, tmp_path):
    (tmp_path / "data").write_bytes(b"Sao Y")
    assert openssl("ts", "-query", "-data", tmp_path / "data", "-sha512", "-cert", "-out",
                   tmp_path / "q").returncode == 0
    answer = hub.ask("POST", "/pki/tsa", (tmp_path / "q").read_bytes(),
                     {"Content-Type": "application/timestamp-query"})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/timestamp-reply"
    (tmp_path / "r").write_bytes(answer.body)
    done = openssl("ts", "-verify", "-queryfile", tmp_path / "q", "-in", tmp_path / "r",
                   "-CAfile", hub.dir / "pki/root.crt")
    assert "Verification: OK" in done.stdout, done.stderr


def test_a_bad_time_stamp_request_is_rejected(hub, tmp_path):
    answer = hub.ask("POST", "/pki/tsa", b"not a request")
    assert answer.status == 200
    (tmp_path / "r").write_bytes(answer.body)
    text = openssl("ts", "-reply", "-in", tmp_path / "r", "-text").stdout
    assert "Rejected" in text
    assert hub.ask("POST", "/pki/tsa", b"x" * 20000).status == 413


def write_chain(hub, folder):
    """issuing.pem, officer.pem, root.pem below folder."""
    for name in ("root", "issuing"):
        der = hub.get(f"/pki/{name}.crt")
        assert der.status == 200
        (folder / f"{name}.der").write_bytes(der.body)
        openssl("x509", "-inform", "DER", "-in", folder / f"{name}.der", "-out",
                folder / f"{name}.pem")
    (folder / "all.pem").write_text((folder / "root.pem").read_text()
                                    + (folder / "issuing.pem").read_text())


def ask_ocsp(hub, folder, certificate, get=False):
    """certificate: a file, or a serial number."""
    request = folder / "request"
    which = ["-issuer", folder / "issuing.pem",
             "-cert" if isinstance(certificate, pathlib.Path) else "-serial", certificate]
    assert openssl("ocsp", *which, "-reqout", request).returncode == 0
    if get:
        path = "/pki/ocsp/" + urllib.parse.quote(
            base64.b64encode(request.read_bytes()).decode(), safe="")
        answer = hub.get(path)
    else:
        answer = hub.ask("POST", "/pki/ocsp", request.read_bytes(),
                         {"Content-Type": "application/ocsp-request"})
    assert answer.status == 200, answer.body
    (folder / "response").write_bytes(answer.body)
    done = openssl("ocsp", "-no_nonce", *which, "-reqin", request, "-respin",
                   folder / "response", "-CAfile", folder / "all.pem")
    assert "Response verify OK" in done.stderr, done.stderr
    return done.stdout


@pytest.mark.parametrize("get", [False, True])
def test_the_responder_knows_good_and_unknown(hub, tmp_path, get):
    write_chain(hub, tmp_path)
    assert "good" in ask_ocsp(hub, tmp_path, hub.dir / "pki/agency.crt", get)
    assert "unknown" in ask_ocsp(hub, tmp_path, "0x1234567890abcdef", get)


def test_every_get_form_of_a_request_is_understood(hub, tmp_path):
    """base64 holds + and /, both of which have their own meaning in addresses."""
    write_chain(hub, tmp_path)
    for _ in range(8):  # each with another nonce
        assert "good" in ask_ocsp(hub, tmp_path, hub.dir / "pki/tsa.crt", True)


def test_garbage_gets_malformed_request(hub):
    answer = hub.ask("POST", "/pki/ocsp", b"garbage")
    assert (answer.status, answer.body) == (200, bytes.fromhex("30030a0101"))
    assert hub.get("/pki/ocsp/%25%25").status == 400
    assert hub.get("/pki/officer.crt").status == 404
    assert hub.get("/pki/..%2Fhub.conf").status == 404
    assert hub.get("/pki/root.key").status == 404


def test_who_is_revoked_is_listed_and_signs_no_more(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        kiosk, officer = Kiosk(hub), Officer(hub, *hub.login)
        write_chain(hub, tmp_path)
        run([HUB, "revoke", hub.dir, "officer-an", "--reason", "1"])
        certificate = hub.dir / "pki/officer-an.crt"
        assert "revoked" in ask_ocsp(hub, tmp_path, certificate)
        crl = hub.get("/pki/issuing.crl")
        assert crl.headers["Content-Type"] == "application/pkix-crl"
        (tmp_path / "crl").write_bytes(crl.body)
        text = openssl("crl", "-inform", "DER", "-in", tmp_path / "crl", "-noout", "-text",
                       "-CAfile", tmp_path / "all.pem")
        assert "verify OK" in text.stderr and "Key Compromise" in text.stdout
        assert "Next Update" in text.stdout
        again = subprocess.run([HUB, "revoke", hub.dir, "officer-an"], capture_output=True)
        assert again.returncode == 4
        dossier = kiosk.bring()
        officer.decide(dossier)
        kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
        time.sleep(3)
        assert kiosk.state(dossier).json["documents"][0]["state"] == "approved"
        assert hub.rows("SELECT COUNT(*) FROM revisions") == [(0,)]


def test_certificates_say_where_to_ask(hub):
    text = openssl("x509", "-in", hub.dir / "pki/agency.crt", "-noout", "-text").stdout
    for word in ("/pki/ocsp", "/pki/issuing.crt", "/pki/issuing.crl"):
        assert word in text
    text = openssl("x509", "-in", hub.dir / "pki/ocsp.crt", "-noout", "-text").stdout
    assert "OCSP No Check" in text and "OCSP Signing" in text


# ---- copies

def test_a_copy_is_issued_for_the_long_term(hub, tmp_path):
    copy_id, path = make_copy(hub)
    report = verify(hub, path)
    assert report["conclusion"] == "TOTAL-PASSED"
    assert levels(report) == ["PAdES-B-LTA"] * 2
    assert [s["later_changes"] for s in report["signatures"]] == ["allowed", "allowed", "none"]
    row, = hub.rows("SELECT level, renew_at FROM revisions WHERE copy_id = ?", copy_id)
    assert row[0] == "B-LTA" and row[1] / 1e6 > time.time() + 86400 * 365
    checked = subprocess.run(["qpdf", "--check", path], capture_output=True)
    assert checked.returncode == 0
    said = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True).stdout
    assert said.count("Signature is Valid.") == 2


def test_renew_says_when_nothing_is_needed(hub, tmp_path):
    _, path = make_copy(hub)
    copy = shutil.copy(path, tmp_path / "copy.pdf")
    command = [SAOY, "renew", copy, "--hub", f"http://localhost:{hub.public}", "--trust",
               hub.dir / "pki/trust", "--json"]
    told = json.loads(run(command))
    assert not told["renewed"]
    assert pathlib.Path(copy).read_bytes() == path.read_bytes()
    told = json.loads(run(command + ["--days", "2000", "--out", tmp_path / "new.pdf"]))
    assert told["renewed"]
    new = (tmp_path / "new.pdf").read_bytes()
    assert new.startswith(path.read_bytes()) and len(new) > path.stat().st_size
    assert told["sha256"] == hashlib.sha256(new).hexdigest()
    report = verify(hub, tmp_path / "new.pdf")
    assert report["conclusion"] == "TOTAL-PASSED" and len(report["signatures"]) == 4


def test_renew_refuses_what_is_broken_and_writes_nothing(hub, tmp_path):
    _, path = make_copy(hub)
    bad = bytearray(path.read_bytes())
    bad[len(bad) // 4] ^= 1
    (tmp_path / "bad.pdf").write_bytes(bad)
    where = f"http://localhost:{hub.public}"
    done = subprocess.run([SAOY, "renew", tmp_path / "bad.pdf", "--hub", where, "--force",
                           "--out", tmp_path / "out.pdf"], capture_output=True, text=True)
    assert done.returncode in (1, 4) and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out.pdf").exists()
    assert bytes(bad) == (tmp_path / "bad.pdf").read_bytes()
    done = subprocess.run([SAOY, "renew", path, "--tsa", "http://127.0.0.1:9/", "--force",
                           "--out", tmp_path / "out.pdf"], capture_output=True, text=True)
    assert done.returncode == 3 and not (tmp_path / "out.pdf").exists()
    assert subprocess.run([SAOY, "renew", path], capture_output=True).returncode == 2


# ---- an authority outside

class Outside:
    """A TSA that answers as told; keeps the requests."""

    def __init__(self):
        self.behave = None
        outside = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                length = 0
                for line in iter(self.rfile.readline, b"\r\n"):
                    if not line:
                        return
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                outside.behave(self.wfile, self.rfile.read(length))

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/tsa"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def reply(out, body, length=None, status="200 OK"):
    out.write(f"HTTP/1.1 {status}\r\nContent-Length: {length or len(body)}\r\n"
              "Content-Type: application/timestamp-reply\r\nConnection: close\r\n\r\n"
              .encode() + body)


@pytest.fixture(scope="module")
def outside_hub(tmp_path_factory):
    outside = Outside()
    made = make_hub(tmp_path_factory.mktemp("outside"),
                    tsa=[f"url = {outside.url}", "timeout_s = 8"], issue=["retry_s = 1"])
    made.outside = outside
    with made:
        made.kiosk = Kiosk(made)
        made.desk = Officer(made, *made.login)
        yield made


def honest(hub):
    """Passes the request to the hub's own authority, whose root the hub trusts."""
    def behave(out, request):
        reply(out, hub.ask("POST", "/pki/tsa", request).body)
    return behave


def of_another_request(hub):
    def behave(out, request):
        other = bytearray(request)
        other[-5] ^= 1  # in the nonce
        reply(out, hub.ask("POST", "/pki/tsa", bytes(other)).body)
    return behave


def of_other_bytes(hub):
    def behave(out, request):
        other = bytearray(request)
        other[30] ^= 1  # in the imprint
        reply(out, hub.ask("POST", "/pki/tsa", bytes(other)).body)
    return behave


def slow(hub):
    def behave(out, request):
        time.sleep(12)  # longer than the hub waits, which is long enough for the honest one
    return behave


LIARS = {
    "nonce": of_another_request,
    "imprint": of_other_bytes,
    "slow": slow,
    "not granted": lambda hub: lambda out, request: reply(out, bytes.fromhex("30053003020102")),
    "garbage": lambda hub: lambda out, request: reply(out, b"<html>sorry</html>"),
    "gigabyte": lambda hub: lambda out, request: reply(out, b"0" * 70000, length=1 << 30),
    "status": lambda hub: lambda out, request: reply(out, b"", status="503 Busy"),
    "silence": lambda hub: lambda out, request: None,
}


@pytest.mark.parametrize("liar", LIARS)
def test_a_bad_authority_does_not_hold_up_a_copy(outside_hub, liar):
    hub = outside_hub
    hub.outside.behave = LIARS[liar](hub)
    copy_id, path = make_copy(hub)
    report = verify(hub, path)
    assert report["conclusion"] == "INDETERMINATE"  # until it is lifted
    assert report["sub_indication"] == "TRY_LATER"
    assert levels(report) == ["PAdES-B-B"] * 2
    assert hub.rows("SELECT level FROM revisions WHERE copy_id = ? ORDER BY log_index",
                    copy_id)[0] == ("B-B",)
    assert hub.rows("SELECT COUNT(*) FROM stamps WHERE tag LIKE ?", copy_id + "%") == [(0,)]


def test_what_was_issued_lower_is_lifted(outside_hub):
    hub = outside_hub
    hub.outside.behave = LIARS["garbage"](hub)
    copy_id, first = make_copy(hub)
    before = first.read_bytes()
    hub.outside.behave = honest(hub)
    end = time.monotonic() + 240
    while time.monotonic() < end:
        rows = hub.rows("SELECT level FROM revisions WHERE copy_id = ? ORDER BY log_index",
                        copy_id)
        if rows[-1] == ("B-LTA",):
            break
        time.sleep(0.5)
    assert rows[0] == ("B-B",) and rows[-1] == ("B-LTA",)
    _, path = archived(hub, copy_id)
    assert path.read_bytes().startswith(before)
    report = verify(hub, path)
    assert report["conclusion"] == "TOTAL-PASSED" and levels(report) == ["PAdES-B-LTA"] * 2


def test_an_honest_authority_outside_is_used(outside_hub):
    hub = outside_hub
    hub.outside.behave = honest(hub)
    copy_id, path = make_copy(hub)
    assert levels(verify(hub, path)) == ["PAdES-B-LTA"] * 2
    assert hub.rows("SELECT COUNT(*) FROM stamps WHERE tag LIKE ?", copy_id + "%") == [(2,)]


# ---- the protocol's own time stamp

def test_a_signature_gets_its_stamp_once(hub):
    kiosk = hub.kiosk
    dossier = kiosk.bring()
    hub.desk.decide(dossier)
    copy_id = copy_of(hub, dossier)
    fence = kiosk.lease(dossier, "take").json["fence"]
    body = {"hash": base64.b64encode(bytes(32)).decode(), "hashAlgo": "2.16.840.1.101.3.4.2.1",
            "clientData": copy_id + "/1"}
    path = "/csc/v2/signatures/timestamp"
    assert kiosk.ask("POST", path, body, X_Saoy_Fence=fence).status == 409  # nothing signed
    assert kiosk.ask("POST", path, body, X_Saoy_Fence=fence + 1).status == 409
    del body["clientData"]
    assert len(kiosk.ask("POST", path, body).json["timestamp"]) > 1000
    body["hashAlgo"] = "1.3.14.3.2.26"
    assert kiosk.ask("POST", path, body).status == 400
    kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
    kiosk.lease(dossier, "release", fence)
    kiosk.until(dossier, "issued")


# ---- the seal's lists

def test_the_seals_lists_are_signed_by_the_root(hub, tmp_path):
    write_chain(hub, tmp_path)
    kid = hashlib.sha256((tmp_path / "root.der").read_bytes()).digest()[:8]
    for name, word in (("keys", b"dkeys"), ("denied", b"fdenied")):
        answer = hub.get(f"/seal/{name}")
        assert answer.status == 200 and answer.headers["Content-Type"] == "application/cose"
        body = answer.body
        assert body[:8] == bytes.fromhex("d2844da201260448") and body[8:16] == kid
        assert word in body
        assert body[16:17] == b"\xa0"  # no unprotected header
        # Sig_structure, its payload as it stands in the COSE
        payload = body[17:-66]
        signed = b"\x84\x6aSignature1" + body[2:16] + b"\x40" + payload
        r, s = body[-64:-32], body[-32:]
        def integer(b):
            b = b.lstrip(b"\0")
            b = b"\0" + b if b[0] & 0x80 else b
            return bytes([2, len(b)]) + b
        pair = integer(r) + integer(s)
        (tmp_path / "sig").write_bytes(bytes([0x30, len(pair)]) + pair)
        (tmp_path / "signed").write_bytes(signed)
        openssl("x509", "-in", tmp_path / "root.pem", "-noout", "-pubkey", "-out",
                tmp_path / "pub")
        done = openssl("dgst", "-sha256", "-verify", tmp_path / "pub", "-signature",
                       tmp_path / "sig", tmp_path / "signed")
        assert done.stdout.strip() == "Verified OK", done.stderr

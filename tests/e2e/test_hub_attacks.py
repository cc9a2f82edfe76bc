"""The hub against strangers, a stolen kiosk, a forger, and everybody at the same moment."""
import base64
import hashlib
import socket
import sqlite3
import ssl
import subprocess
import threading
import time

from hubkit import HUB, Hub, Kiosk, Officer, grey_jpeg, make_dossier, make_hub, make_words, numbers, run, sweep_each_second


def test_a_kiosk_is_who_its_certificate_says(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        kiosk = Kiosk(hub)
        body = make_dossier()[0]
        body["kiosk"] = "K02"
        answer = kiosk.open(body)
        assert answer.status == 400 and "certificate" in answer.json["error_description"]
        hub.stop()


def kiosk_certificate(hub, name):
    """Another kiosk of the same PKI."""
    pki = hub.dir / "pki"
    (pki / "ext").write_text("extendedKeyUsage=clientAuth\nbasicConstraints=CA:FALSE\n")
    run(["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-keyout", pki / f"{name}.key", "-out", pki / "req", "-subj", f"/CN={name}"])
    run(["openssl", "x509", "-req", "-in", pki / "req", "-CA", pki / "issuing.crt", "-CAkey",
         pki / "issuing.key", "-days", "2", "-extfile", pki / "ext", "-out", pki / "leaf"])
    (pki / f"{name}.crt").write_text((pki / "leaf").read_text()
                                     + (pki / "issuing.crt").read_text())
    return name


def test_another_kiosk_sees_and_signs_nothing(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        mine, officer = Kiosk(hub), Officer(hub, *hub.login)
        other = Kiosk(hub, cert=kiosk_certificate(hub, "K02"))
        dossier = mine.bring()
        base = f"/api/v1/dossiers/{dossier}"
        officer.decide(dossier)
        fence = mine.lease(dossier, "take").json["fence"]
        mine.prepared(dossier, 1, b"x", fence)  # makes the hub compose
        (name,), = hub.rows("SELECT base FROM documents")
        pdf = (hub.dir / "blobs" / name[:2] / name[2:4] / name).read_bytes()
        assert mine.prepared(dossier, 1, pdf, fence).status == 204
        (digest, copy_id), = hub.rows("SELECT hash_1, copy_id FROM documents")
        for answer in (other.state(dossier), other.lease(dossier, "take"),
                       other.ask("POST", base + "/withdraw", {}),
                       other.ask("POST", base + "/release", {}),
                       other.ask("PUT", base + "/faces/chip", b"x"),
                       other.prepared(dossier, 1, b"x", fence),
                       other.ask("PUT", f"/api/v1/copies/{copy_id}", b"x", X_Saoy_Fence=fence)):
            assert answer.status == 404
        body = {"credentialID": "officer-an", "clientData": copy_id + "/1",
                "hashes": [base64.b64encode(bytes.fromhex(digest)).decode()]}
        answer = other.ask("POST", "/csc/v2/credentials/authorize", body, X_Saoy_Fence=fence)
        assert answer.status == 403
        assert mine.ask("POST", "/csc/v2/credentials/authorize", body,
                        X_Saoy_Fence=fence).status == 200
        borrowed = Kiosk(hub, cert="K02", login=False)
        borrowed.token = mine.token  # the token is bound to the other's certificate
        assert borrowed.state(dossier).status == 401
        assert mine.state(dossier).status == 200
        hub.stop()


def test_a_kiosk_called_hub_is_none(tmp_path):
    """It would hold the leases of the hub's own finisher."""
    hub = make_hub(tmp_path)
    with hub:
        for name in ("hub", "Hub"):
            other = Kiosk(hub, cert=kiosk_certificate(hub, name), login=False)
            answer = other.ask("POST", "/csc/v2/oauth2/token",
                               b"grant_type=client_credentials")
            assert answer.status == 403
        hub.stop()


def test_a_stolen_kiosk_is_shut_out_by_its_certificate(tmp_path):
    hub = Hub(tmp_path / "dir")
    der = ssl.PEM_cert_to_DER_cert(
        (hub.dir / "pki/kiosk.crt").read_text().partition("-----END CERTIFICATE-----")[0]
        + "-----END CERTIFICATE-----\n")
    with hub:
        kiosk = Kiosk(hub)
        dossier = kiosk.bring()
        hub.stop()
        conf = hub.dir / "hub.conf"
        conf.write_text(conf.read_text().replace(
            "[api]", "[api]\ndenied = " + hashlib.sha256(der).hexdigest()))
        hub.start()
        assert kiosk.state(dossier).status == 403  # the token it has opens nothing, too
        again = Kiosk(hub, login=False)
        answer = again.ask("POST", "/csc/v2/oauth2/token", b"grant_type=client_credentials")
        assert answer.status == 403
        hub.stop()


def test_strangers_uploads_hold_no_memory(tmp_path):
    """A dozen of them, never ended, would be all that the listener keeps for bodies."""
    hub = make_hub(tmp_path)
    with hub:
        kiosk = Kiosk(hub)
        nobody = Kiosk(hub, cert=None, login=False)
        kept = []
        for _ in range(3):
            raw = nobody.tls.wrap_socket(
                socket.create_connection(("localhost", hub.api)), server_hostname="localhost")
            raw.sendall(b"PUT /api/v1/copies/X HTTP/1.1\r\nHost: localhost\r\n"
                        b"Content-Length: 67108864\r\n\r\n" + b"x" * (40 << 20))
            kept.append(raw)
        assert kiosk.bring()
        pages = int(open(f"/proc/{hub.process.pid}/statm").read().split()[1])
        assert pages * 4096 < 100 << 20
        for raw in kept:
            raw.close()
        hub.stop()


def test_strangers_long_work_keeps_no_kiosk_waiting(tmp_path):
    """More log-ins and verifications at once than there are lanes."""
    hub = make_hub(tmp_path)
    with hub:
        kiosk = Kiosk(hub)
        statuses = []

        def knock(i):
            statuses.append(hub.ask(
                "POST", "/officer/login", f"login=x{i}&password=y",
                {"Content-Type": "application/x-www-form-urlencoded"}).status)

        threads = [threading.Thread(target=knock, args=(i,)) for i in range(60)]
        for thread in threads:
            thread.start()
        dossier = kiosk.bring()
        for thread in threads:
            thread.join()
        assert kiosk.state(dossier).status == 200
        assert set(statuses) <= {403, 503} and 403 in statuses
        hub.stop()


def race(*deeds):
    """All at the same moment; their answers in order."""
    start = threading.Barrier(len(deeds))
    answers = [None] * len(deeds)

    def run_one(i):
        start.wait()
        answers[i] = deeds[i]()

    threads = [threading.Thread(target=run_one, args=(i,)) for i in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_officers_and_kiosk_at_the_same_moment(tmp_path):
    """Two approve, one refuses, the citizen withdraws: one of them wins, and only one."""
    hub = make_hub(tmp_path)
    hub.officer("hai", "mat-khau-3", "Đỗ Hải", "Chuyên viên")
    with hub:
        kiosk = Kiosk(hub)
        an, hai = Officer(hub, *hub.login), Officer(hub, "hai", "mat-khau-3")
        for _ in range(6):
            dossier = kiosk.bring()
            an.look(dossier)
            hai.look(dossier)
            place = f"/officer/dossiers/{dossier}/documents/1/"
            statuses = [a.status for a in race(
                lambda: an.post(place + "approve", csrf=an.csrf),
                lambda: hai.post(place + "approve", csrf=hai.csrf),
                lambda: hai.post(place + "refuse", csrf=hai.csrf, reason="bị mờ"),
                lambda: kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/withdraw", {}))]
            state, = (d["state"] for d in kiosk.state(dossier).json["documents"])
            assert statuses[3] == 200
            assert statuses[:3].count(303) == (0 if state == "withdrawn" else 1)
            money = [k for k, in hub.rows(
                "SELECT kind FROM outbox WHERE key LIKE ?", f"% {dossier}.01")]
            assert money == ["settle" if state in ("approved", "issued") else "give_back"]
        found = numbers(hub)
        assert found == list(range(1, len(found) + 1))
        hub.stop()


def test_submitting_while_pages_still_come(tmp_path):
    """What was submitted is whole and stays as it was: text and faces come before or never."""
    hub = make_hub(tmp_path)
    with hub:
        kiosk = Kiosk(hub)
        for i in range(6):
            dossier = kiosk.bring(submit=False)
            base = f"/api/v1/dossiers/{dossier}"
            other = make_words()
            other["words"][0]["t"] = f"KHÁC {i}"
            answers = race(
                lambda: kiosk.ask("PUT", base + "/documents/1/pages/1/text", other),
                lambda: kiosk.ask("PUT", base + "/faces/live", grey_jpeg(80, 80)),
                lambda: kiosk.ask("POST", base + "/submit", {}),
                lambda: kiosk.ask("POST", base + "/submit", {}))
            assert {a.status for a in answers[:2]} <= {204, 409}
            assert [a.status for a in answers[2:]] == [200, 200]
            faces, = hub.rows("SELECT COUNT(*) FROM faces WHERE dossier = ?", dossier)
            assert faces == ((1,) if answers[1].status == 204 else (0,))
        hub.stop()


def test_kiosk_and_hub_finish_at_the_same_moment(tmp_path):
    hub = make_hub(tmp_path, issue=["lease_s = 1"])
    with hub:
        kiosk, officer = Kiosk(hub), Officer(hub, *hub.login)
        dossiers = [kiosk.bring() for _ in range(4)]
        for dossier in dossiers:
            officer.decide(dossier)
        for dossier in dossiers:  # renews whatever happens, while the hub wants it too
            answer = kiosk.lease(dossier, "take")
            if answer.status == 200:
                fence = answer.json["fence"]
                race(lambda: kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {}),
                     lambda: kiosk.lease(dossier, "renew", fence),
                     lambda: kiosk.prepared(dossier, 1, b"x", fence),
                     lambda: kiosk.lease(dossier, "take"))
        for dossier in dossiers:
            kiosk.until(dossier, "issued")
        assert hub.rows("SELECT COUNT(*), COUNT(DISTINCT copy_id) FROM revisions") == [(4, 4)]
        assert hub.rows("SELECT COUNT(*) FROM signatures") == [(8,)]
        hub.stop()


def test_no_copy_is_called_genuine_that_is_not_archived(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        kiosk, officer = Kiosk(hub), Officer(hub, *hub.login)
        dossier = kiosk.bring()
        officer.decide(dossier)
        record = kiosk.state(dossier).json["documents"][0]["approval"]
        with sqlite3.connect(hub.dir / "hub.db", timeout=20) as db:
            db.execute("UPDATE documents SET state = 'issued'")
        path = f"/api/v1/copies/{record['copy_id']}?t={record['token']}"
        assert hub.get(path).json["status"] == "not_yet_signed"
        hub.stop()


def test_a_proxys_visitors_are_no_operators(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        assert hub.get("/metrics").status == 200
        for name in ("X-Forwarded-For", "Forwarded"):
            assert hub.get("/metrics", **{name: "203.0.113.5"}).status == 403
        hub.stop()


def test_the_cookie_is_secure_behind_a_proxy(tmp_path):
    hub = make_hub(tmp_path)
    conf = hub.dir / "hub.conf"
    conf.write_text(conf.read_text().replace("url = http://localhost:0",
                                             "url = https://saoy.example.vn"))
    with hub:
        assert "; Secure" in Officer(hub, *hub.login).entered.headers["Set-Cookie"]
        hub.stop()


def test_a_book_without_its_year_is_refused(tmp_path):
    hub = Hub(tmp_path / "dir", register=["book = 01-SCT/BS"])
    done = subprocess.run([str(HUB), "serve", str(hub.dir)], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 4 and "{year}" in done.stderr


def test_a_page_is_one_plain_picture_of_bearable_size(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        kiosk = Kiosk(hub)

        def bring(jpeg, **page):
            body = make_dossier()[0]
            body["documents"][0]["pages"][0].update(
                sha256=hashlib.sha256(jpeg).hexdigest(), **page)
            answer = kiosk.open(body)
            if answer.status != 201:
                return answer.status
            return kiosk.ask("PUT", f"/api/v1/dossiers/{answer.json['id']}/documents/1/pages/1",
                             jpeg).status

        plain = grey_jpeg(1240, 1754, 200)
        assert bring(plain) == 204
        profile = b"\xff\xe2\x00\x10ICC_PROFILE\0\1\1"
        assert bring(plain[:20] + profile + plain[20:]) == 400
        assert bring(plain + plain) == 400
        assert bring(plain, width=20000, height=20000, free_box=[]) == 400
        assert bring(plain, free_box=[1000, 1200, 1100, 480]) == 400
        hub.stop()


def test_files_are_for_the_hub_alone(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        kiosk = Kiosk(hub)
        kiosk.bring(faces=True)
        for path in hub.dir.rglob("*"):
            if path.name not in ("stderr",):  # this test's own
                assert path.stat().st_mode & 0o077 == 0, path
        hub.stop()


def test_a_decided_face_leaves_the_disk(tmp_path):
    """Not even sealed, not even in the database's log."""
    hub = make_hub(tmp_path)
    with hub:
        kiosk, officer = Kiosk(hub), Officer(hub, *hub.login)
        dossier = kiosk.bring(faces=True)
        sealed = [bytes(s) for s, in hub.rows("SELECT picture_sealed FROM faces")]
        assert len(sealed) == 2

        def on_disk():
            blob = b"".join(p.read_bytes() for p in hub.dir.glob("hub.db*"))
            return any(s[100:140] in blob for s in sealed)

        hub.kill()  # its log stays
        sweep_each_second(hub)
        hub.start()
        assert on_disk()
        officer.decide(dossier)
        end = time.monotonic() + 120
        while on_disk() and time.monotonic() < end:
            time.sleep(0.3)
        assert not on_disk()
        hub.stop()


def test_the_log_of_a_whole_dossier_names_nobody(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        kiosk, officer = Kiosk(hub), Officer(hub, *hub.login)
        dossier = kiosk.bring(email="binh@example.com", title="Giấy khai sinh của Bình",
                              faces=True)
        officer.decide(dossier)
        kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
        record = kiosk.until(dossier, "issued")["approval"]
        hub.get(f"/v/{record['copy_id']}?t={record['token']}")
        hub.get("/v/%0d%0aX?t=%0d%0a")
        officer.get("/officer/dossiers/..%2f..%2fetc")
        hub.ask("POST", "/officer/login", "login=an&password=sai-mat-khau",
                {"Content-Type": "application/x-www-form-urlencoded"})
        hub.stop()
    log = (hub.dir / "stderr").read_text()
    for secret in ("Bình", "001090000001", "binh@", "khai sinh", record["token"], kiosk.token,
                   officer.cookie.partition("=")[2], officer.csrf, "sai-mat-khau"):
        assert secret not in log

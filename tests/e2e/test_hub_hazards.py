"""The hub when things go wrong: restarts, kills, leases that run out, mail, forgotten visits."""
import email
import hashlib
import http.client
import signal
import socket
import subprocess
import threading
import time

import pytest

from hubkit import HUB, Hub, Kiosk, Officer, make_hub, numbers, run, sweep_each_second


def wait_for(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.2)
    assert condition()


def test_a_restart_keeps_everything(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        kiosk, officer = Kiosk(hub), Officer(hub, *hub.login)
        waiting, approved = kiosk.bring(), kiosk.bring(email="")
        officer.decide(approved)
        before = kiosk.state(approved).json
        hub.stop()
        hub.start()
        assert kiosk.state(approved).json == before  # the token still opens, too
        assert waiting in officer.waiting()          # and so does the session
        kiosk.ask("POST", f"/api/v1/dossiers/{approved}/release", {})
        kiosk.until(approved, "issued")
        hub.stop()


def test_a_parked_long_poll_does_not_hold_up_the_end(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        kiosk = Kiosk(hub)
        dossier = kiosk.bring()
        answers = []
        thread = threading.Thread(
            target=lambda: answers.append(kiosk.state(dossier, 60, 99).status))
        thread.start()
        wait_for(lambda: "\nsaoy_polls_waiting 1\n" in hub.get("/metrics").body.decode())
        hub.process.send_signal(signal.SIGTERM)
        assert hub.process.wait(60) == 0
        thread.join(60)
        assert answers == [503]
        hub.process = None


def keep_asking(hub, stop):
    while not stop.is_set():
        connection = http.client.HTTPConnection("127.0.0.1", hub.public, timeout=5)
        try:
            for _ in range(3):
                connection.request("GET", "/healthz")
                connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.001)  # it is closing: that is what we are here for
        finally:
            connection.close()


def test_it_ends_in_order_while_it_is_being_asked(tmp_path):
    hub = make_hub(tmp_path)
    stop = threading.Event()
    with hub:
        askers = [threading.Thread(target=keep_asking, args=(hub, stop)) for _ in range(6)]
        for asker in askers:
            asker.start()
        try:
            for _ in range(3):
                time.sleep(0.3)
                hub.stop()
                hub.start()
        finally:
            stop.set()
            for asker in askers:
                asker.join(20)


def test_a_lease_that_ran_out_goes_to_the_hub(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        kiosk, officer = Kiosk(hub), Officer(hub, *hub.login)
        dossier = kiosk.bring()
        officer.decide(dossier)
        fence = kiosk.lease(dossier, "take").json["fence"]
        hub.lapse(dossier)
        kiosk.until(dossier, "issued")
        answer = kiosk.prepared(dossier, 1, b"%PDF", fence)
        assert (answer.status, answer.json["error"]) == (409, "fence")
        assert kiosk.lease(dossier, "take").status == 409
        unclaimed = kiosk.bring()  # the kiosk was switched off: nobody ever takes the lease
        officer.decide(unclaimed)
        hub.change("UPDATE documents SET decided_at = 1 WHERE dossier = ?", unclaimed)
        kiosk.until(unclaimed, "issued")
        hub.stop()


def test_killed_amid_approvals_no_number_is_lost(tmp_path):
    hub = make_hub(tmp_path, issue=["lease_s = 1"])
    with hub:
        kiosk, officer = Kiosk(hub), Officer(hub, *hub.login)
        dossiers = [kiosk.bring() for _ in range(9)]
        for dossier in dossiers:
            officer.look(dossier)
        for third in range(3):
            def approve():
                for dossier in dossiers[3 * third:3 * third + 3]:
                    try:
                        officer.post(f"/officer/dossiers/{dossier}/documents/1/approve",
                                     csrf=officer.csrf)
                    except (OSError, http.client.HTTPException):
                        return  # it was killed
            thread = threading.Thread(target=approve)
            thread.start()
            time.sleep(0.02 + 0.03 * third)
            hub.kill()
            thread.join(20)
            found = numbers(hub)
            assert found == list(range(1, len(found) + 1))
            hub.start()
        for dossier in dossiers:
            if kiosk.state(dossier).json["documents"][0]["state"] in ("queued", "opened"):
                assert officer.decide(dossier).status == 303
        for dossier in dossiers:
            kiosk.until(dossier, "issued")
        assert numbers(hub) == list(range(1, 10))
        copies = hub.rows("SELECT COUNT(*), COUNT(DISTINCT copy_id), MAX(log_index) "
                          "FROM revisions")
        assert copies == [(9, 9, 8)]
        hub.stop()
    assert run([HUB, "log", hub.dir]).endswith("9 entries, all proven\n")
    checked = hub.rows("PRAGMA integrity_check")
    assert checked == [("ok",)]


def test_another_process_at_the_database_loses_nothing(tmp_path):
    """`saoy-hub officer` beside a serving hub: closing it must not take the hub's WAL away."""
    hub = make_hub(tmp_path)
    with hub:
        kiosk = Kiosk(hub)
        first = kiosk.bring()
        hub.officer("hai", "mat-khau-3", "Đỗ Hải", "Chuyên viên")
        second = kiosk.bring()
        hub.kill()
        hub.start()
        assert kiosk.state(first).status == kiosk.state(second).status == 200
        assert Officer(hub, "hai", "mat-khau-3").waiting() == [first, second]
        hub.stop()


def test_what_is_never_submitted_is_deleted(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        kiosk = Kiosk(hub)
        stays = kiosk.bring()
        goes = kiosk.bring(submit=False, title="Chưa gửi", pages=2)
        pictures = [s for s, in hub.rows("SELECT sha256 FROM pages WHERE dossier = ?", goes)]
        assert len(pictures) == 2
        hub.stop()
        sweep_each_second(hub)
        hub.start()
        wait_for(lambda: kiosk.state(goes).status == 404)
        assert hub.rows("SELECT COUNT(*) FROM pages WHERE dossier = ?", goes) == [(0,)]
        kept = {s for s, in hub.rows("SELECT sha256 FROM pages WHERE dossier = ?", stays)}
        for name in pictures:  # a picture that stands in another dossier too stays
            path = hub.dir / "blobs" / name[:2] / name[2:4] / name
            assert path.exists() == (name in kept)
        assert kiosk.state(stays).status == 200
        hub.stop()


class Mailbox(threading.Thread):
    """As much SMTP as one submission needs."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.mails = []

    def run(self):
        while True:
            peer, _ = self.socket.accept()
            with peer, peer.makefile("rb") as lines:
                peer.sendall(b"220 test\r\n")
                for line in lines:
                    word = line.strip().upper()
                    if word == b"DATA":
                        peer.sendall(b"354 go\r\n")
                        self.mails.append(b"".join(iter(lines.readline, b".\r\n")))
                    elif word == b"QUIT":
                        peer.sendall(b"221 bye\r\n")
                        break
                    peer.sendall(b"250 ok\r\n")


def test_the_copy_is_mailed_once_from_the_archive(tmp_path):
    box = Mailbox()
    box.start()
    hub = make_hub(tmp_path, mail=[f"url = smtp://127.0.0.1:{box.port}", "tls = false",
                               "from = saoy@example.vn"])
    with hub:
        kiosk, officer = Kiosk(hub), Officer(hub, *hub.login)
        dossier = kiosk.bring(email="binh@example.com")
        officer.decide(dossier)
        kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
        record = kiosk.until(dossier, "issued")["approval"]
        done = "SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND done_at IS NOT NULL"
        wait_for(lambda: hub.rows(done) == [(1,)])
        time.sleep(1)
        assert len(box.mails) == 1
        mail = email.message_from_bytes(box.mails[0])
        pdf = [p for p in mail.walk() if p.get_content_type() == "application/pdf"]
        (sha256,), = hub.rows("SELECT sha256 FROM revisions")
        assert hashlib.sha256(pdf[0].get_payload(decode=True)).hexdigest() == sha256
        text = [p for p in mail.walk() if p.get_content_type() == "text/plain"][0]
        assert record["link"] in text.get_payload(decode=True).decode()
        assert "binh@example.com" not in (hub.dir / "stderr").read_text()
        hub.stop()


def test_who_left_hears_of_a_refusal_once(tmp_path):
    """And who waits at the kiosk has read it there."""
    box = Mailbox()
    box.start()
    hub = make_hub(tmp_path, mail=[f"url = smtp://127.0.0.1:{box.port}", "tls = false",
                               "from = saoy@example.vn"])
    with hub:
        kiosk, officer = Kiosk(hub), Officer(hub, *hub.login)
        waits = kiosk.bring(email="binh@example.com")
        officer.decide(waits, reason="Bản chính rách nát")
        crashed = kiosk.bring(email="chi@example.com")
        officer.decide(crashed, reason="Bản chính rách nát")
        for _ in range(2):  # it comes back and finds the visit in its journal
            kiosk.ask("POST", f"/api/v1/dossiers/{crashed}/release", {})
        dossier = kiosk.bring(documents=2, email="binh@example.com")
        kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
        officer.decide(dossier, 1)
        kiosk.until(dossier, "issued")
        officer.decide(dossier, 2, "Trang 1 bị mờ\r\nBcc: a@example.com")
        done = "SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND done_at IS NOT NULL"
        wait_for(lambda: hub.rows(done) == [(3,)])
        time.sleep(1)
        mails = [email.message_from_bytes(m) for m in box.mails]
        assert sorted(m["To"] for m in mails) == ["<binh@example.com>"] * 2 + \
            ["<chi@example.com>"]
        mail, = [m for m in mails if m["To"] == "<binh@example.com>" and not any(
            p.get_content_type() == "application/pdf" for p in m.walk())]
        assert mail["Bcc"] is None
        text = [p for p in mail.walk() if p.get_content_type() == "text/plain"][0]
        text = text.get_payload(decode=True).decode()
        assert "trung học phổ thông 2»: Trang 1 bị mờ Bcc: a@example.com" in text
        assert "trung học phổ thông 1" not in text
        hub.stop()


def test_without_a_mail_server_the_mail_waits(tmp_path):
    hub = make_hub(tmp_path)
    with hub:
        kiosk, officer = Kiosk(hub), Officer(hub, *hub.login)
        dossier = kiosk.bring(email="binh@example.com")
        officer.decide(dossier)
        kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
        kiosk.until(dossier, "issued")
        time.sleep(1)
        assert hub.rows("SELECT COUNT(*) FROM outbox WHERE kind = 'mail' AND done_at IS NULL") \
            == [(1,)]
        assert hub.get("/healthz").status == 200
        hub.stop()


def test_what_can_finally_not_be_signed_keeps_its_number(tmp_path):
    """The officer's key is gone after the approval: «không phát hành», the fee goes back."""
    hub = make_hub(tmp_path, issue=["lease_s = 1"])
    with hub:
        kiosk, officer = Kiosk(hub), Officer(hub, *hub.login)
        dossier = kiosk.bring()
        officer.look(dossier)
        (hub.dir / "pki/officer-an.key").write_text("not a key")
        assert officer.decide(dossier).status == 303
        end = time.monotonic() + 180
        while time.monotonic() < end:
            found = kiosk.state(dossier).json["documents"][0]
            if found["state"] == "not_issued":
                break
            hub.change("UPDATE documents SET retry_at = 0")  # do not wait out the pauses
            time.sleep(0.3)
        assert found["state"] == "not_issued"
        assert found["reason"].startswith("không phát hành: ")
        (number, note), = hub.rows("SELECT number, note FROM register")
        assert number == 1 and note == found["reason"]
        kinds = [k for k, in hub.rows("SELECT kind FROM outbox ORDER BY kind")]
        assert kinds == ["give_back", "settle"]
        assert hub.process.poll() is None
        hub.stop()


def test_setting_up_again_changes_nothing(tmp_path):
    hub = make_hub(tmp_path)

    def everything():
        return {p: p.read_bytes() for p in sorted(hub.dir.rglob("*")) if p.is_file()
                and not p.name.startswith("hub.db")}

    before = everything()
    run([HUB, "init", hub.dir, "--port", "1234", "--public-port", "4321"])
    assert everything() == before


@pytest.mark.parametrize("command, code", [
    (["serve"], 2), (["serve", "/nonexistent"], 2), (["nothing"], 2), (["init"], 2),
    (["init", "/proc/none"], 4), (["officer", "/nonexistent", "add", "an"], 2),
    (["init", "x", "--port", "99999"], 2), (["log", "/nonexistent"], 2),
])
def test_wrong_use_is_said_in_one_line(tmp_path, command, code):
    done = subprocess.run([str(HUB), *command], capture_output=True, text=True, cwd=tmp_path,
                          stdin=subprocess.DEVNULL, timeout=60)
    assert done.returncode == code, done.stderr
    if command != ["nothing"]:
        assert len(done.stderr.strip().splitlines()) == 1


def test_keys_in_files_must_be_called_insecure(tmp_path):
    hub = Hub(tmp_path / "dir")
    conf = hub.dir / "hub.conf"
    conf.write_text(conf.read_text().replace("files = insecure", "files = none"))
    done = subprocess.run([str(HUB), "serve", str(hub.dir)], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 4 and "insecure" in done.stderr

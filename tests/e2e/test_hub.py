"""The hub as kiosks, officers and the public meet it: one process, real TLS, test PKI."""
import base64
import concurrent.futures
import hashlib
import http.client
import json
import re
import time
import urllib.parse

import pytest

from hubkit import Hub, Kiosk, Officer, grey_jpeg, make_dossier, make_words


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    hub = Hub(tmp_path_factory.mktemp("hub") / "dir")
    hub.login = hub.officer()
    with hub:
        yield hub
        hub.stop()


@pytest.fixture(scope="module")
def kiosk(hub):
    return Kiosk(hub)


@pytest.fixture(scope="module")
def officer(hub):
    return Officer(hub, *hub.login)


def copy_paths(record):
    """Path and query of the public page, and of the same copy for machines."""
    parts = urllib.parse.urlsplit(record["link"])
    page = f"{parts.path}?{parts.query}"
    return page, page.replace("/v/", "/api/v1/copies/")


# ---- who may come in


def test_without_a_client_certificate_nothing_is_done(hub):
    nobody = Kiosk(hub, cert=None, login=False)
    answer = nobody.ask("POST", "/csc/v2/oauth2/token", b"grant_type=client_credentials")
    assert answer.status == 403
    assert nobody.open(make_dossier()[0]).status == 403


def test_a_certificate_for_something_else_opens_nothing(hub):
    for cert in ("officer", "seal", "tls", "issuing"):
        other = Kiosk(hub, cert=cert, login=False)
        try:
            answer = other.ask("POST", "/csc/v2/oauth2/token",
                               b"grant_type=client_credentials")
        except (OSError, http.client.HTTPException):
            continue  # refused in the handshake already
        assert answer.status == 403, cert


def test_a_token_is_needed_and_must_be_this_hubs(hub, kiosk):
    stranger = Kiosk(hub, login=False)
    assert stranger.open(make_dossier()[0]).status == 401
    stranger.token = "0" * 64
    assert stranger.open(make_dossier()[0]).status == 401


def test_kiosk_calls_are_not_offered_to_browsers(hub):
    for path in ("/csc/v2/info", "/api/v1/dossiers"):
        assert hub.ask("POST", path, b"{}").status == 404
    assert hub.ask("GET", "/api/v1/verify").status == 405


def test_officers_pages_need_a_session(hub):
    for path in ("/officer/", "/officer/dossiers/H26.132-251110-0001",
                 "/officer/dossiers/H26.132-251110-0001/faces/chip"):
        answer = hub.get(path)
        assert (answer.status, answer.headers["Location"]) == (303, "/officer/login")


def test_a_decision_needs_the_sessions_own_form(hub, kiosk, officer):
    dossier = kiosk.bring()
    officer.look(dossier)
    place = f"/officer/dossiers/{dossier}/documents/1/approve"
    assert officer.post(place).status == 403
    assert officer.post(place, csrf="0" * 32).status == 403
    assert kiosk.state(dossier).json["documents"][0]["state"] == "opened"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(hub):
    login, password = hub.login
    answer = Officer(hub, login, password).entered
    assert answer.status == 303
    for word in ("HttpOnly", "SameSite=Strict", "Path=/officer"):
        assert word in answer.headers["Set-Cookie"]


def test_another_sites_form_logs_nobody_in(hub):
    login, password = hub.login
    answer = hub.ask("POST", "/officer/login", f"login={login}&password={password}",
                     {"Content-Type": "application/x-www-form-urlencoded",
                      "Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403 and "Set-Cookie" not in answer.headers


def test_guessing_a_password_locks_the_login(hub):
    login, password = hub.officer("khoa", "mat-khau-2", "Lê Khóa", "Chuyên viên")
    for _ in range(5):
        assert Officer(hub, login, "wrong-password").entered.status == 403
    assert Officer(hub, login, password).entered.status == 429
    assert Officer(hub, *hub.login).entered.status == 303  # nobody else is shut out


# ---- dossiers


def test_the_same_visit_opens_one_dossier(hub, kiosk):
    body = make_dossier()[0]
    first, again = kiosk.open(body, "visit-1"), kiosk.open(body, "visit-1")
    assert (first.status, again.status) == (201, 201)
    assert first.json["id"] == again.json["id"]
    body["holder"]["name"] = "Người Khác"
    assert kiosk.open(body, "visit-1").status == 409


def test_what_the_hub_says_of_a_new_dossier(kiosk):
    answer = kiosk.open(make_dossier(documents=2, pages=3, copies=2)[0]).json
    assert re.fullmatch(r"H26\.132-\d{6}-\d{4,}", answer["id"])
    assert answer["state"] == "open"
    assert [d["fee"] for d in answer["documents"]] == [10000, 10000]  # 2 x (2000+2000+1000)
    assert answer["fee"] == 20000


@pytest.mark.parametrize("spoil", [
    lambda b: b.pop("holder"),
    lambda b: b["holder"].update(number="abc"),
    lambda b: b.update(documents=[]),
    lambda b: b.update(documents=b["documents"] * 21),
    lambda b: b["documents"][0].update(copies=0),
    lambda b: b["documents"][0].update(pages=[]),
    lambda b: b["documents"][0]["pages"][0].update(sha256="zz"),
    lambda b: b["documents"][0]["pages"][0].update(free_box=[1, 2, -3, 4]),
    lambda b: b["documents"][0]["pages"][0].update(width=10**9),
])
def test_a_dossier_that_is_not_whole_is_refused(kiosk, spoil):
    body = make_dossier()[0]
    spoil(body)
    answer = kiosk.open(body)
    assert answer.status == 400
    assert answer.json["error"] == "invalid_request"


def test_bodies_have_limits(kiosk):
    assert kiosk.open(b"{" * 1000).status == 400
    assert kiosk.open(b"\xff\xfe").status == 400
    assert kiosk.ask("POST", "/api/v1/dossiers", b" " * (257 << 10)).status == 413


def test_only_announced_pages_are_taken(kiosk):
    body, pictures = make_dossier()
    dossier = kiosk.open(body).json["id"]
    place = f"/api/v1/dossiers/{dossier}/documents/1/pages/"
    assert kiosk.ask("PUT", place + "1", grey_jpeg(1240, 1754, 7)).status == 400
    assert kiosk.ask("PUT", place + "2", pictures[1, 1]).status == 404
    assert kiosk.ask("PUT", place + "1/text", {"words": [{"t": 1}]}).status == 400
    answer = kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/submit", {})
    assert answer.status == 409  # nothing of it is here yet
    assert kiosk.ask("PUT", place + "1", pictures[1, 1]).status == 204
    assert kiosk.ask("PUT", place + "1", pictures[1, 1]).status == 204


def test_a_page_that_is_no_picture_is_refused(kiosk):
    body = make_dossier()[0]
    junk = b"\xff\xd8\xff\xe0 not a picture"
    body["documents"][0]["pages"][0]["sha256"] = hashlib.sha256(junk).hexdigest()
    dossier = kiosk.open(body).json["id"]
    assert kiosk.ask("PUT", f"/api/v1/dossiers/{dossier}/documents/1/pages/1",
                     junk).status == 400


def test_after_submitting_nothing_more_is_brought(kiosk):
    dossier = kiosk.bring()
    base = f"/api/v1/dossiers/{dossier}"
    assert kiosk.ask("PUT", base + "/documents/1/pages/1/text", make_words()).status == 409
    assert kiosk.ask("PUT", base + "/faces/chip", grey_jpeg(80, 80)).status == 409
    assert kiosk.ask("POST", base + "/submit", {"payment_reference": "R-1"}).status == 200


def test_unknown_dossiers_and_what_is_not_offered_yet(kiosk):
    assert kiosk.state("H26.132-251110-9999").status == 404
    assert kiosk.ask("GET", "/api/v1/holders/copies").status == 501
    assert kiosk.ask("GET", "/nowhere").status == 404


# ---- waiting for the officer


def test_a_long_poll_answers_when_something_changes(hub, kiosk, officer):
    dossier = kiosk.bring()
    rev = kiosk.state(dossier).json["rev"]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(kiosk.state, dossier, 30, rev)
        time.sleep(0.3)
        assert not waiting.done()
        officer.look(dossier)
        answer = waiting.result(20)
    assert answer.status == 200
    assert answer.json["rev"] > rev
    assert answer.json["documents"][0]["state"] == "opened"


def test_a_long_poll_ends_without_news(kiosk):
    dossier = kiosk.bring()
    answer = kiosk.state(dossier, wait=1, after=kiosk.state(dossier).json["rev"])
    assert (answer.status, answer.body) == (204, b"")


def test_the_officer_sees_what_was_read_and_what_is_doubtful(hub, kiosk, officer):
    dossier = kiosk.bring(name="Phạm <b>Thị</b> \"Kẻ\"", faces=True)
    assert dossier in officer.waiting()
    text = officer.get(f"/officer/dossiers/{dossier}").body.decode()
    assert "<b>Thị</b>" not in text and "&lt;b&gt;Thị" in text
    assert "Họ tên trên giấy khác họ tên trong chip." in text
    assert "có thể là bản sao chép chip" in text
    assert "Hai nơi trong chip ghi ngày sinh khác nhau" in text
    assert "cán bộ cần so sánh hai ảnh" in text
    for path in ("documents/1/pages/1", "faces/chip", "faces/live"):
        answer = officer.get(f"/officer/dossiers/{dossier}/{path}")
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert "script-src" not in text and "<script" not in text
    csp = officer.get("/officer/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in csp


def test_faces_are_gone_when_all_is_decided(hub, kiosk, officer):
    dossier = kiosk.bring(documents=2, faces=True)
    count = "SELECT COUNT(*) FROM faces WHERE dossier = ?"
    assert officer.decide(dossier, 1).status == 303
    assert hub.rows(count, dossier) == [(2,)]
    assert officer.decide(dossier, 2, "Trang 1 bị mờ").status == 303
    assert hub.rows(count, dossier) == [(0,)]
    assert officer.get(f"/officer/dossiers/{dossier}/faces/chip").status == 404


def test_a_refusal_needs_its_reason(kiosk, officer):
    dossier = kiosk.bring()
    assert officer.decide(dossier, reason="  ").status == 400
    assert kiosk.state(dossier).json["documents"][0]["state"] == "opened"
    assert officer.decide(dossier, reason="Bản chính bị tẩy xóa").status == 303
    found = kiosk.state(dossier).json["documents"][0]
    assert (found["state"], found["reason"]) == ("refused", "Bản chính bị tẩy xóa")
    assert "approval" not in found


def test_a_decision_is_made_once(kiosk, officer):
    dossier = kiosk.bring()
    assert officer.decide(dossier).status == 303
    before = kiosk.state(dossier).json["documents"][0]["approval"]
    assert officer.decide(dossier).status == 409 if "approve" in officer.look(dossier) else True
    place = f"/officer/dossiers/{dossier}/documents/1/"
    assert officer.post(place + "approve", csrf=officer.csrf).status == 409
    assert officer.post(place + "refuse", csrf=officer.csrf, reason="zu spät").status == 409
    assert kiosk.state(dossier).json["documents"][0]["approval"] == before


def test_what_was_never_opened_cannot_be_approved(kiosk, officer):
    other = kiosk.bring()
    officer.look(other)  # a form of this session
    unseen = kiosk.bring()
    answer = officer.post(f"/officer/dossiers/{unseen}/documents/1/approve",
                          csrf=officer.csrf)
    assert answer.status == 409
    assert kiosk.state(unseen).json["documents"][0]["state"] == "queued"


def test_withdrawing_takes_out_what_is_undecided(hub, kiosk, officer):
    dossier = kiosk.bring(documents=3)
    officer.decide(dossier, 1)
    officer.decide(dossier, 2, "Bản chính rách nát")
    answer = kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/withdraw", {})
    states = [d["state"] for d in answer.json["documents"]]
    assert states == ["approved", "refused", "withdrawn"]
    assert answer.json["released"] is True  # approved is past withdrawing: the hub finishes
    money = hub.rows("SELECT kind, key FROM outbox WHERE key LIKE ? ORDER BY key",
                     f"% {dossier}.%")
    assert money == [("give_back", f"give_back {dossier}.02"),
                     ("give_back", f"give_back {dossier}.03"),
                     ("settle", f"settle {dossier}.01")]
    kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/withdraw", {})
    assert hub.rows("SELECT COUNT(*) FROM outbox WHERE key LIKE ?", f"% {dossier}.%") == [(3,)]
    kiosk.until(dossier, "issued")


def test_an_unsubmitted_dossier_is_withdrawn_without_money(hub, kiosk):
    dossier = kiosk.bring(submit=False)
    answer = kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/withdraw", {})
    assert answer.json["documents"][0]["state"] == "withdrawn"
    assert hub.rows("SELECT COUNT(*) FROM outbox WHERE key LIKE ?", f"% {dossier}.%") == [(0,)]


# ---- finishing


def base_of(hub, dossier, document=1):
    (name,), = hub.rows("SELECT base FROM documents WHERE dossier = ? AND n = ?", dossier,
                        document)
    return (hub.dir / "blobs" / name[:2] / name[2:4] / name).read_bytes()


def test_a_released_dossier_is_finished_by_the_hub(hub, kiosk, officer):
    dossier = kiosk.bring(pages=2)
    officer.decide(dossier)
    kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
    record = kiosk.until(dossier, "issued")["approval"]
    page, api = copy_paths(record)
    answer = hub.get(api, Accept="application/pdf")
    assert answer.status == 200 and answer.body.startswith(b"%PDF-1.7")
    told = hub.get(api).json
    assert told["status"] == "genuine"
    assert told["files"][0]["sha256"] == hashlib.sha256(answer.body).hexdigest()
    assert told["files"][0]["length"] == len(answer.body)
    verdict = hub.ask("POST", "/api/v1/verify", answer.body).json
    assert verdict["conclusion"] == "TOTAL-PASSED"
    assert verdict["register"]["state" if "state" in verdict["register"] else "status"] \
        == "genuine" if isinstance(verdict["register"], dict) \
        else verdict["register"] == "genuine"
    changed = answer.body.replace(b"%PDF-1.7", b"%PDF-1.6", 1)
    assert hub.ask("POST", "/api/v1/verify", changed).json["conclusion"] == "TOTAL-FAILED"
    assert hub.ask("POST", "/api/v1/verify", b"not a pdf").status == 400


def test_who_holds_the_lease_may_finish_and_nobody_else(hub, kiosk, officer):
    dossier = kiosk.bring()
    assert kiosk.lease(dossier, "take").status == 409  # not approved yet
    officer.decide(dossier)
    first = kiosk.lease(dossier, "take")
    assert first.status == 200 and first.json["until"].endswith("+07:00")
    fence = first.json["fence"]
    assert kiosk.lease(dossier, "renew", fence).json["fence"] == fence
    second = kiosk.lease(dossier, "take").json["fence"]  # the kiosk again, after a crash
    assert second > fence
    for answer in (kiosk.lease(dossier, "renew", fence),
                   kiosk.prepared(dossier, 1, b"%PDF", fence),
                   kiosk.prepared(dossier, 1, b"%PDF", 0),
                   kiosk.lease(dossier, "release", fence)):
        assert (answer.status, answer.json["error"]) == (409, "fence")
    assert kiosk.lease(dossier, "release", second).status == 204
    answer = kiosk.prepared(dossier, 1, b"%PDF", second)
    assert (answer.status, answer.json["error"]) == (409, "fence")


def test_a_prepared_file_must_be_the_hubs_own(hub, kiosk, officer):
    dossier = kiosk.bring()
    officer.decide(dossier)
    fence = kiosk.lease(dossier, "take").json["fence"]
    answer = kiosk.prepared(dossier, 1, b"%PDF-1.7 another", fence)
    assert (answer.status, answer.json["error"]) == (409, "differs")
    base = base_of(hub, dossier)
    changed = base[:-10] + bytes([base[-10] ^ 1]) + base[-9:]
    assert kiosk.prepared(dossier, 1, changed, fence).json["error"] == "differs"
    assert kiosk.prepared(dossier, 1, base, fence).status == 204
    assert kiosk.prepared(dossier, 1, base, fence).status == 204
    answer = kiosk.prepared(dossier, 2, base, fence)  # no signature in it
    assert (answer.status, answer.json["error"]) == (409, "differs")
    kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
    answer = kiosk.prepared(dossier, 1, base, fence)
    assert (answer.status, answer.json["error"]) == (409, "fence")
    kiosk.until(dossier, "issued")


def sign(kiosk, credential, tag, digest, mode="A", fence=0):
    body = {"credentialID": credential, "hashes": [base64.b64encode(digest).decode()],
            "hashAlgorithmOID": "2.16.840.1.101.3.4.2.1", "clientData": tag,
            "numSignatures": 1, "signAlgo": "1.2.840.10045.4.3.2", "operationMode": mode}
    headers = {"X-Saoy-Fence": str(fence)} if fence else {}
    answer = kiosk.ask("POST", "/csc/v2/credentials/authorize", body, headers)
    if answer.status != 200:
        return answer
    body["SAD"] = answer.json["SAD"]
    return kiosk.ask("POST", "/csc/v2/signatures/signHash", body, headers)


def ready_to_sign(hub, kiosk, officer):
    """A dossier, its approval, the fence of its lease, the hash the officer's key may sign."""
    dossier = kiosk.bring()
    officer.decide(dossier)
    record = kiosk.state(dossier).json["documents"][0]["approval"]
    fence = kiosk.lease(dossier, "take").json["fence"]
    kiosk.prepared(dossier, 1, b"x", fence)  # makes the hub compose
    assert kiosk.prepared(dossier, 1, base_of(hub, dossier), fence).status == 204
    (digest,), = hub.rows("SELECT hash_1 FROM documents WHERE dossier = ?", dossier)
    return dossier, record, fence, bytes.fromhex(digest)


def test_only_the_hash_of_a_prepared_approved_document_is_signed(hub, kiosk, officer):
    dossier, record, fence, digest = ready_to_sign(hub, kiosk, officer)
    officer_key, agency_key = (c["id"] for c in record["credentials"])
    tag = record["copy_id"] + "/1"
    answer = sign(kiosk, officer_key, tag, b"\0" * 32, fence=fence)
    assert (answer.status, answer.json["error"]) == (403, "invalid_hash")
    assert sign(kiosk, agency_key, tag, digest, fence=fence).status == 403
    assert sign(kiosk, "seal", tag, digest, fence=fence).status == 403
    assert sign(kiosk, officer_key, record["copy_id"] + "/2", digest,
                fence=fence).status == 403
    assert sign(kiosk, officer_key, "anything", digest, fence=fence).status == 400
    first, again = (sign(kiosk, officer_key, tag, digest, fence=fence) for _ in range(2))
    assert first.json["responseID"] == again.json["responseID"]
    handle = {"requestID": first.json["responseID"]}
    polled = kiosk.ask("POST", "/csc/v2/signatures/signPolling", handle,
                       X_Saoy_Fence=fence).json
    assert polled["signatures"] == \
        sign(kiosk, officer_key, tag, digest, "S", fence).json["signatures"]
    assert kiosk.ask("POST", "/csc/v2/signatures/signPolling",
                     {"requestID": "unknown"}).status == 400
    kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
    kiosk.until(dossier, "issued")  # with the very signature that was given away


def test_an_old_fence_gets_no_signature(hub, kiosk, officer):
    dossier, record, fence, digest = ready_to_sign(hub, kiosk, officer)
    key, tag = record["credentials"][0]["id"], record["copy_id"] + "/1"
    handle = {"requestID": sign(kiosk, key, tag, digest, fence=fence).json["responseID"]}
    again = kiosk.lease(dossier, "take").json["fence"]  # the kiosk after a crash
    for old in (0, fence, again + 1):
        answer = sign(kiosk, key, tag, digest, fence=old)
        assert (answer.status, answer.json["error"]) == (409, "fence")
        answer = kiosk.ask("POST", "/csc/v2/signatures/signPolling", handle, X_Saoy_Fence=old)
        assert (answer.status, answer.json["error"]) == (409, "fence")
    assert sign(kiosk, key, tag, digest, fence=again).json["responseID"] == handle["requestID"]
    kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
    kiosk.until(dossier, "issued")


def test_a_sad_opens_one_hash_only(hub, kiosk, officer):
    body = {"credentialID": "agency", "clientData": "x", "SAD": "made-up",
            "hashes": [base64.b64encode(b"\0" * 32).decode()]}
    answer = kiosk.ask("POST", "/csc/v2/signatures/signHash", body)
    assert (answer.status, answer.json["error"]) == (400, "invalid_request")
    for hashes in ([], ["AAAA"], ["!"], [body["hashes"][0]] * 2, "x", None):
        answer = kiosk.ask("POST", "/csc/v2/credentials/authorize", {**body, "hashes": hashes})
        assert answer.status == 400


def test_csc_tells_what_it_can_do(kiosk, officer):
    info = kiosk.ask("POST", "/csc/v2/info", {}).json
    assert "signatures/signHash" in info["methods"]
    assert info["asynchronousOperationMode"] is True
    answer = kiosk.ask("POST", "/csc/v2/credentials/info",
                       {"credentialID": "agency", "certificates": "chain"}).json
    assert len(answer["cert"]["certificates"]) == 2
    assert answer["SCAL"] == "2"
    for unknown in ("../root", "seal", "root", "tls", ""):
        assert kiosk.ask("POST", "/csc/v2/credentials/info",
                         {"credentialID": unknown}).status == 400


# ---- the public


def test_the_public_page_answers_differently(hub, kiosk, officer):
    dossier = kiosk.bring(title="Giấy khai sinh & <mẫu>")
    officer.decide(dossier)
    record = kiosk.state(dossier).json["documents"][0]["approval"]
    page, api = copy_paths(record)
    waiting = hub.get(page)
    assert waiting.status == 200 and "chưa ký xong" in waiting.body.decode()
    assert hub.get(api).json["status"] == "not_yet_signed"
    kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
    kiosk.until(dossier, "issued")
    genuine = hub.get(page).body.decode()
    assert "Bản sao có trong sổ đăng ký" in genuine
    assert "MẪU – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ" in genuine
    assert "Giấy khai sinh &amp; &lt;mẫu&gt;" in genuine
    assert "001090000001" not in genuine  # never more than the seal's claims
    assert "<script" not in genuine
    for wrong in (page[:-1] + ("0" if page[-1] != "0" else "1"), page.split("?")[0],
                  "/v/H26.132-251110-0007.01-24?t=0000000000000000", "/v/%3Cscript%3E?t=x"):
        answer = hub.get(wrong)
        assert answer.status == 404, wrong
        assert "Không tìm thấy bản sao này" in answer.body.decode()
        assert record["title"] not in answer.body.decode()


def test_a_cancelled_copy_says_so(hub, kiosk, officer):
    import sqlite3
    dossier = kiosk.bring()
    officer.decide(dossier)
    kiosk.ask("POST", f"/api/v1/dossiers/{dossier}/release", {})
    record = kiosk.until(dossier, "issued")["approval"]
    page, api = copy_paths(record)
    pdf = hub.get(api + "&format=pdf").body
    with sqlite3.connect(hub.dir / "hub.db", timeout=20) as db:
        db.execute("UPDATE register SET cancelled_at = 1 WHERE copy_id = ?",
                   (record["copy_id"],))
    assert "Đã hủy giá trị" in hub.get(page).body.decode()
    assert hub.get(api).json["status"] == "cancelled"
    assert hub.get(api + "&format=pdf").status == 409
    assert "cancelled" in json.dumps(hub.ask("POST", "/api/v1/verify", pdf).json["register"])


def test_operators_see_counts_and_no_names(hub, kiosk):
    assert hub.get("/healthz").body == b"ok\n"
    text = hub.get("/metrics").body.decode()
    assert "saoy_copies_archived" in text and "Nguyễn" not in text
    assert kiosk.ask("GET", "/metrics").status == 200


def test_the_register_is_whole(hub, kiosk, officer):
    """Eight columns; numbers from 1, none missing, whatever was refused in between."""
    rows = hub.rows("SELECT number, book, day, requester, title, signer, copies, fee, note "
                    "FROM register ORDER BY number")
    assert [r[0] for r in rows] == list(range(1, len(rows) + 1))
    assert len(rows) >= 8
    assert all(re.fullmatch(r"01/20\d\d-SCTĐT/BS", r[1]) for r in rows)
    assert all(re.fullmatch(r"\d\d/\d\d/20\d\d", r[2]) for r in rows)
    assert all(r[5].startswith("Trần Văn An, KT. CHỦ TỊCH") for r in rows)


def test_nothing_personal_stands_in_the_log_or_plainly_in_dossiers(hub):
    log = (hub.dir / "stderr").read_text()
    for secret in ("Nguyễn Văn Bình", "001090000001", "mat-khau"):
        assert secret not in log
    bodies = hub.rows("SELECT body_sealed FROM dossiers WHERE length(body_sealed) > 0")
    assert bodies and all(b"001090000001" not in bytes(b) for (b,) in bodies)
    (tokens,) = zip(*hub.rows("SELECT approval FROM register"))
    assert all(json.loads(t)["token"] not in log for t in tokens)


def test_how_a_page_was_cleaned_is_kept_sealed_and_survives_a_restart(hub, kiosk, officer):
    dossier = kiosk.bring()
    hub.stop()
    stored = b"".join(path.read_bytes() for path in hub.dir.glob("hub.db*"))
    assert b"ab" * 32 not in stored and b"samples_sha256" not in stored
    hub.start()
    text = Officer(hub, *hub.login).look(dossier)
    assert "300 dpi · A4 210 × 297 mm · xoay thẳng -1.23° · quay 180°" in text
    assert "SHA-256 của bản quét" in text and "ab" * 32 in text and "cd" * 32 in text
    assert "JPEG 75 · người yêu cầu quay 90°" in text

"""Strangers' files at POST /api/v1/verify: one that takes long is given up, and who sends many
of them keeps nobody else out."""
import concurrent.futures

import pytest

from hubkit import Hub


def slow_pdf(items=200000, revisions=300):
    """Each revision says nothing, and makes its judge walk over a long list again."""
    dictionary = (b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached"
                  b"/ByteRange[0 %-10d %-10d %-10d]/Contents<3000>>>")
    objects = [b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>/X 6 0 R>>",
               b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
               b"<</Type/Annot/Subtype/Widget/FT/Sig/T(a)/F 132/Rect[0 0 0 0]/P 3 0 R/V 5 0 R>>",
               dictionary % (0, 0, 0), b"[" + b"1 0 R " * items + b"]"]
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 7\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    begin = out.index(b"/Contents<3000>") + 9
    out = out.replace(dictionary % (0, 0, 0),
                      dictionary % (begin, begin + 6, len(out) - begin - 6))
    for _ in range(revisions):
        trailer = (b"xref\n0 0\ntrailer\n<</Size 7/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
                   % (start, len(out)))
        start = len(out)
        out += trailer
    return out


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    with Hub(tmp_path_factory.mktemp("hub") / "dir") as hub:
        yield hub


def post(hub, body, address):
    return hub.ask("POST", "/api/v1/verify", body,
                   {"Content-Type": "application/pdf", "X-Forwarded-For": address})


def test_what_takes_long_is_given_up(hub):
    answer = post(hub, slow_pdf(), "198.51.100.1")
    assert answer.status == 200
    assert answer.json["conclusion"] != "TOTAL-PASSED"
    assert "TOO_COMPLEX" in {row["code"] for row in answer.json["findings"]}


def test_one_address_keeps_nobody_out(hub):
    slow, small = slow_pdf(), slow_pdf(10, 0)
    with concurrent.futures.ThreadPoolExecutor(25) as pool:
        flood = [pool.submit(post, hub, slow, "198.51.100.1") for _ in range(24)]
        other = [post(hub, small, f"203.0.113.{i}").status for i in range(3)]
        answers = [one.result() for one in flood]
    assert other == [200, 200, 200]
    assert {answer.status for answer in answers} == {200, 503}
    for answer in answers:
        assert answer.status == 200 or answer.headers["Retry-After"]

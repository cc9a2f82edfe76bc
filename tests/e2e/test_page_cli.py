"""saoy page, read and face as a person types them: answers, exit codes, bad input."""
import hashlib
import json
import os
import pathlib
import random
import struct
import subprocess
import zlib

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont

SOURCE = pathlib.Path(os.environ.get("SAOY_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("SAOY_BUILD_DIR", SOURCE / "build"))
PERSONAS = SOURCE / "tests/data/personas"


def saoy(*words):
    return subprocess.run([BUILD / "saoy", *map(str, words)], capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module", name="page")
def fixture_page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    subprocess.run([SOURCE / "tests/specimen/make", folder, "--kind", "decision", "--degraded", "--seed", "5"], check=True)
    return folder / "001.jpg"


def bomb():
    """A PNG of 200 megapixels, as its header says."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 20000, 10000, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b""))


def test_clean_writes_the_page_and_says_what_it_did(page, tmp_path):
    truth = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    done = saoy("page", "clean", page, tmp_path / "out.jpg", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert abs(answer["skew_deg"] - truth["angle"]) < 0.2
    assert {"crop", "rotation", "quality", "bytes", "ms"} <= answer.keys()
    assert answer["bytes"] == (tmp_path / "out.jpg").stat().st_size


def test_every_parameter_is_told(page, tmp_path):
    done = saoy("page", "clean", page, tmp_path / "out.jpg", "--json")
    answer = json.loads(done.stdout)
    assert answer["scan_sha256"] == hashlib.sha256(page.read_bytes()).hexdigest()
    assert len(answer["samples_sha256"]) == 64
    assert answer["scan_dpi"] == 300 and answer["size"] == "A4" and answer["cards"] == 0
    assert 1 <= answer["light"] < 1.6 and answer["quality"]["faults"] == []
    assert answer["quality"]["jpeg"] >= 60


def test_a_wrong_ending_is_no_matter(page, tmp_path):
    other = tmp_path / "page.png"
    other.write_bytes(page.read_bytes())
    assert saoy("page", "clean", other, tmp_path / "out.jpg").returncode == 0


def test_two_gigabytes_are_refused_unread(tmp_path):
    huge = tmp_path / "huge.jpg"
    with open(huge, "wb") as file:
        file.write(b"\xff\xd8\xff\xe0")
        file.truncate(2 << 30)  # sparse
    done = saoy("page", "clean", huge, tmp_path / "out.jpg")
    assert done.returncode == 4 and len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out.jpg").exists()


def test_read_finds_kind_and_fields(page):
    truth = json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))
    done = saoy("read", page, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["pages"][0]["kind"] == "decision"
    assert {"file", "kind", "text", "words", "skew_deg", "bytes", "ms"} <= answer["pages"][0].keys()
    found = {field["name"]: field["value"] for field in answer["fields"]}
    assert found["number"] == truth["fields"]["number"]
    assert found["issue_date"] == truth["fields"]["issue_date"]
    assert isinstance(answer["flags"], list)


def test_faces_are_compared():
    same = saoy("face", "compare", PERSONAS / "an/portrait.jpg", PERSONAS / "an/live/000.jpg", "--json")
    answer = json.loads(same.stdout)
    assert same.returncode == 0 and answer["decision"] == "accept" and len(answer["quality"]) == 2
    other = saoy("face", "compare", PERSONAS / "an/portrait.jpg", PERSONAS / "binh/live/000.jpg", "--json")
    assert other.returncode != 0 and json.loads(other.stdout)["decision"] != "accept"
    assert saoy("face", "check", PERSONAS / "an/live/000.jpg").returncode == 0


@pytest.mark.parametrize("name,content,code", [
    ("absent.jpg", None, 2), ("empty.jpg", b"", 4), ("text.jpg", b"this is text\n" * 20, 4),
    ("bomb.png", bomb(), 4), ("cut.png", bomb()[:60], 4)],
    ids=["absent", "empty", "text", "bomb", "cut"])
def test_bad_input_is_one_clear_line(tmp_path, name, content, code):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    for words in (["page", "clean", path, tmp_path / "out.jpg"], ["read", path], ["face", "check", path]):
        done = saoy(*words)
        assert done.returncode == code, done.stderr
        assert done.stdout == ""
        assert len(done.stderr.splitlines()) == 1 and name in done.stderr
    assert not (tmp_path / "out.jpg").exists()


def test_wrong_use(tmp_path):
    assert saoy("page", "polish", "a", "b").returncode == 2
    assert saoy("page", "clean", "a").returncode == 2
    assert saoy("face", "compare", "a").returncode == 2
    assert saoy("read").returncode == 2


SMALL_PRINT = """Người yêu cầu chứng thực phải xuất trình bản chính giấy tờ, văn bản làm cơ sở để
chứng thực bản sao và bản sao cần chứng thực. Trong trường hợp bản chính giấy tờ, văn bản do cơ
quan, tổ chức có thẩm quyền của nước ngoài cấp, công chứng hoặc chứng nhận thì phải được hợp pháp
hóa lãnh sự theo quy định của pháp luật trước khi yêu cầu chứng thực bản sao, trừ trường hợp được
miễn hợp pháp hóa lãnh sự theo điều ước quốc tế mà Việt Nam là thành viên hoặc theo nguyên tắc có
đi có lại. Người thực hiện chứng thực kiểm tra bản chính, đối chiếu với bản sao, nếu nội dung bản
sao đúng với bản chính, bản chính không thuộc các trường hợp không được dùng làm cơ sở thì ghi đầy
đủ lời chứng theo mẫu; ký, ghi rõ họ tên, đóng dấu và ghi vào sổ chứng thực số 2475/2025."""


def eight_points(path, spread):
    """An A4 scan at 300 dpi: text of 8 points over grain and a frame that costs bytes."""
    page = Image.new("RGB", (2480, 3508), (247, 245, 238))
    draw = ImageDraw.Draw(page)
    for i in range(0, 3300, 14):
        draw.line((60, 100 + i, 2420, 100 + (i * 7) % 3300), fill=(226, 238, 232), width=2)
    draw.rectangle((280, 380, 2200, 1000), fill=(247, 245, 238))
    font = ImageFont.truetype("/usr/share/fonts/truetype/croscore/Tinos-Regular.ttf", round(8 * 300 / 72))
    for row, line in enumerate(SMALL_PRINT.split("\n")):
        draw.text((320, 420 + 48 * row), line, font=font, fill=(30, 30, 32))
    draw.ellipse((1700, 2600, 2100, 3000), outline=(200, 48, 56), width=8)
    rng = random.Random(8)
    planes = []
    for plane in page.split():
        a, b = (Image.frombytes("L", page.size, rng.randbytes(2480 * 3508)) for _ in range(2))
        grain = ImageChops.blend(a, b, 0.5).point([round(128 + (v - 127.5) * spread / 52) for v in range(256)])
        planes.append(ImageChops.add(plane, grain, 1, -128))
    Image.merge("RGB", planes).save(path, dpi=(300, 300), compress_level=1)


def errors_in(picture):
    """Characters wrong, of those printed: the letters' distance of what was read."""
    done = saoy("read", picture, "--json")
    assert done.returncode == 0, done.stderr
    read = " ".join(json.loads(done.stdout)["pages"][0]["text"].split())
    true = " ".join(SMALL_PRINT.split())
    row = list(range(len(read) + 1))
    for i, a in enumerate(true, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(read, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def test_text_of_eight_points_is_read_from_the_jpeg_as_from_the_scan(tmp_path):
    eight_points(tmp_path / "scan.png", 4)
    done = saoy("page", "clean", tmp_path / "scan.png", tmp_path / "page.jpg", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["quality"]["jpeg"] == 60  # the coarsest there is
    raw, coded = errors_in(tmp_path / "scan.png"), errors_in(tmp_path / "page.jpg")
    print(f"wrong of {len(SMALL_PRINT)}: {raw} from the scan, {coded} from the JPEG")
    # one accent in a page is the reader's mood: it flips with every grain and every quality
    assert coded <= raw + 2 and raw < len(SMALL_PRINT) / 50

#!/usr/bin/env python3
"""Makes the pages and symbols that the tests of src/document compose from: invented text set in
Tinos, so that words and boxes are known exactly. Needs Pillow, libqrencode and fonts-croscore."""
import ctypes
import json
import pathlib

from PIL import Image, ImageDraw, ImageFont

HERE = pathlib.Path(__file__).resolve().parent
FONTS = "/usr/share/fonts/truetype/croscore/Tinos-%s.ttf"
DPI, WIDTH, HEIGHT = 150, 1240, 1754
LINK = "https://tracuu.example.vn/v/H26.132-251110-0007.01-24?t=7G4K2M9QX3TN5WBR"
SEAL = LINK + "#" + "0KEogSYBBEj8ZLigGdyNoFi-qwFiVk4GGmkVPsA6AAEAAKYBcXhI" * 7 + "_-AbCdEf"

PAGES = [
    [("Bold", 26, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), ("Bold", 22, "Độc lập - Tự do - Hạnh phúc"),
     ("Regular", 20, ""), ("Bold", 40, "BẰNG TỐT NGHIỆP"), ("Bold", 30, "TRUNG HỌC PHỔ THÔNG"),
     ("Regular", 20, "")] +
    [("Regular", 24, text) for text in (
        "Cấp cho: Nguyễn Thị Hoàng Ngọc Ánh", "Ngày sinh: 17 tháng 3 năm 1998",
        "Nơi sinh: huyện Mỹ Đức, thành phố Hà Nội", "Giới tính: Nữ. Dân tộc: Kinh.",
        "Học sinh trường: THPT Mẫu Số Một", "Khóa thi ngày 22 tháng 6 năm 2016",
        "Hội đồng thi: Sở Giáo dục và Đào tạo Hà Nội", "Xếp loại tốt nghiệp: Khá",
        "Người được cấp bằng đã hoàn thành chương trình giáo dục phổ thông,",
        "đủ điều kiện dự thi và đã đỗ kỳ thi trung học phổ thông quốc gia.",
        "Quyền lợi và nghĩa vụ của người có bằng theo quy định của pháp luật.",
        "Mọi sửa chữa, tẩy xóa đều làm cho văn bằng này không còn giá trị.",
        "Văn bằng được ghi vào sổ gốc và được lưu giữ theo quy chế hiện hành.",
        "Số hiệu: A 0123456789", "Số vào sổ gốc cấp bằng: 4711/2016",
        "Hà Nội, ngày 15 tháng 8 năm 2016", "GIÁM ĐỐC (đã ký, đóng dấu)")],
    [("Bold", 30, "PHỤ LỤC VĂN BẰNG"), ("Regular", 20, "")] +
    [("Regular", 24, text) for text in (
        "Toán: 8,25   Ngữ văn: 7,50   Ngoại ngữ: 9,00", "Vật lí: 7,75   Hóa học: 8,00   Sinh học: 6,50",
        "Điểm trung bình: 7,83. Hạnh kiểm: Tốt.")],
]


def draw_page(lines):
    image = Image.new("RGB", (WIDTH, HEIGHT), (253, 251, 244))
    draw = ImageDraw.Draw(image)
    words, y = [], 110
    for number, (face, size, text) in enumerate(lines):
        font = ImageFont.truetype(FONTS % face, round(size * DPI / 110))
        x = 150
        for word in text.split():
            draw.text((x, y), word, font=font, fill=(20, 20, 30))
            left, top, right, bottom = draw.textbbox((x, y), word, font=font)
            words.append({"t": word, "b": [left, top, right - left, bottom - top], "c": 96, "l": number})
            x = right + round(size * DPI / 400)
        y += round(size * DPI / 62)
    draw.ellipse((820, 1330, 1040, 1550), outline=(205, 30, 40), width=7) if len(lines) > 15 else None
    return image, words


def matrix(text, least_level):
    class Code(ctypes.Structure):
        _fields_ = [("version", ctypes.c_int), ("width", ctypes.c_int),
                    ("data", ctypes.POINTER(ctypes.c_ubyte))]
    lib = ctypes.CDLL("libqrencode.so.4")
    lib.QRcode_encodeData.restype = ctypes.POINTER(Code)
    data = text.encode()
    code = lib.QRcode_encodeData(len(data), data, 0, least_level).contents
    n = code.width
    rows = ["".join("#" if code.data[y * n + x] & 1 else "." for x in range(n)) for y in range(n)]
    return text + "\n" + "\n".join(rows) + "\n"


for i, page in enumerate(PAGES, 1):
    picture, found = draw_page(page)
    picture.save(HERE / f"page-{i}.jpg", quality=60, subsampling=0, dpi=(DPI, DPI))
    (HERE / f"words-{i}.json").write_text(json.dumps({"words": found}, ensure_ascii=False) + "\n")
(HERE / "link.qr").write_text(matrix(LINK, 1))
(HERE / "seal.qr").write_text(matrix(SEAL, 1))

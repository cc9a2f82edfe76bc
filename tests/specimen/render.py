"""Vietnamese originals of our own drawing and wording, each stamped «MẪU»: what a citizen
brings. Every kind returns a Sheet and the fields a reader must find on it."""
import math
import unicodedata

from people import Person, date_words, dmy, iso, official, rng_of
from sheet import BLACK, RED, Sheet


def border(s, margin, colour, width=0.9):
    """A frame of two lines with a running wave between them."""
    w, h = s.width - 2 * margin, s.height - 2 * margin
    s.box(margin, margin, w, h, width, colour)
    s.box(margin + 4, margin + 4, w - 8, h - 8, 0.3, colour)
    s.c.set_line_width(0.25)
    for side in range(2):
        for x0, y0, length, turn in ((margin + 4, margin + 2, w - 8, 0), (margin + 4, s.height - margin - 2, w - 8, 0),
                                     (margin + 2, margin + 4, h - 8, 90), (s.width - margin - 2, margin + 4, h - 8, 90)):
            s.c.save()
            s.c.translate(x0, y0)
            s.c.rotate(math.radians(turn))
            for i in range(int(length * 2) + 1):
                y = 1.3 * math.sin(i / 3 + side * math.pi)
                (s.c.move_to if i == 0 else s.c.line_to)(i / 2, y)
            s.c.stroke()
            s.c.restore()


def place_date(date, place="Hà Nội"):
    return f"{place}, ngày {date[2]:02} tháng {date[1]:02} năm {date[0]}"


def signed(s, x, y, rng, title, who, ring, middle, note=None):
    """Title, signature with the seal over its left third, name: the block of who signs."""
    s.text(x, y, title, 13, 0.5, bold=True)
    if note:
        s.text(x, y + 5.5, note, 11, 0.5, italic=True)
    s.signature(x - 19, y + 21, rng.random())
    s.seal(x - 17, y + 18, ring, middle)
    s.text(x, y + 41, who, 13, 0.5, bold=True)


def diploma(seed, holder):
    rng = rng_of(seed, "diploma")
    s = Sheet(297, 210, paper=(1.0, 0.985, 0.94))
    subject = rng.choice(["Luật học", "Kinh tế", "Ngôn ngữ Anh", "Công nghệ thông tin", "Giáo dục tiểu học"])
    grade = rng.choice(["Giỏi", "Khá", "Xuất sắc", "Trung bình khá"])
    year = max(holder.born[0] + 22, 2008)
    date = (year, rng.randint(6, 9), rng.randint(2, 27))
    number, register = f"{rng.randint(100000, 999999)}", f"{rng.randint(100, 999)}/{year}"
    border(s, 9, RED)
    s.motto(148.5, 29, 13)
    s.text(148.5, 47, "HIỆU TRƯỞNG TRƯỜNG ĐẠI HỌC THĂNG LONG MỚI", 14, 0.5, bold=True)
    s.text(148.5, 56, "cấp", 13, 0.5, italic=True)
    s.text(148.5, 70, "BẰNG CỬ NHÂN", 34, 0.5, bold=True, colour=RED)
    s.text(148.5, 80, f"Ngành: {subject}", 15, 0.5, bold=True)
    s.pair(70, 94, "Cho:", ("Ông " if holder.sex == "Nam" else "Bà ") + holder.name.upper(), 15)
    s.pair(70, 104, "Ngày sinh:", dmy(holder.born), 14)
    s.pair(70, 114, "Xếp loại tốt nghiệp:", grade, 14)
    s.pair(70, 124, "Hình thức đào tạo:", "Chính quy", 14)
    s.text(212, 138, place_date(date), 13, 0.5, italic=True)
    who = official(rng)
    signed(s, 212, 145, rng, "HIỆU TRƯỞNG", "PGS. TS. " + who,
           "BỘ GIÁO DỤC VÀ ĐÀO TẠO · TRƯỜNG ĐẠI HỌC", ["THĂNG LONG", "MỚI"])
    s.pair(30, 172, "Số hiệu:", number, 12)
    s.pair(30, 180, "Số vào sổ gốc cấp bằng:", register, 12)
    s.specimen(44, 40)
    return s, {"title": "BẰNG CỬ NHÂN", "holder": holder.name.upper(), "birth_date": iso(holder.born),
               "grade": grade, "number": number, "register_number": register, "issue_date": iso(date)}


def birth_certificate(seed, holder):
    rng = rng_of(seed, "birth")
    s = Sheet(paper=(0.985, 1.0, 0.985))
    mother = Person(rng, "Nữ", (holder.born[0] - rng.randint(22, 34), 3, 8))
    father = Person(rng, "Nam", (holder.born[0] - rng.randint(24, 38), 9, 2))
    ward = rng.choice(["Hoàn Kiếm", "Ba Đình", "Cửa Nam", "Tây Hồ"])
    date = (holder.born[0], holder.born[1], min(holder.born[2] + 2, 28))
    number = f"{rng.randint(10, 299)}/{date[0]}"
    border(s, 10, (0.25, 0.45, 0.35), 0.6)
    s.motto(105, 28)
    s.text(105, 52, "GIẤY KHAI SINH", 24, 0.5, bold=True, colour=RED)
    s.text(105, 60, f"Số: {number}", 13, 0.5)
    y, x = 73, 24

    def line(*pairs, at=0):
        nonlocal y
        for label, value, left in pairs:
            s.pair(x + left, y, label, value, 12.5, bold=label.startswith("Họ"))
        y += 8.2
    line(("Họ, chữ đệm, tên:", holder.name.upper(), 0))
    line(("Ngày, tháng, năm sinh:", dmy(holder.born), 0))
    line(("Ghi bằng chữ:", date_words(holder.born), 0))
    line(("Giới tính:", holder.sex, 0), ("Dân tộc:", "Kinh", 50), ("Quốc tịch:", "Việt Nam", 100))
    line(("Nơi sinh:", "Bệnh viện Phụ sản Hà Nội", 0))
    line(("Quê quán:", holder.origin, 0))
    line(("Số định danh cá nhân:", holder.number, 0))
    for who, person in (("mẹ", mother), ("cha", father)):
        line((f"Họ, chữ đệm, tên người {who}:", person.name.upper(), 0))
        line(("Năm sinh:", str(person.born[0]), 0), ("Dân tộc:", "Kinh", 50), ("Quốc tịch:", "Việt Nam", 100))
        line(("Nơi cư trú:", father.home, 0))
    line(("Họ, chữ đệm, tên người đi khai sinh:", father.name.upper(), 0))
    line(("Giấy tờ tùy thân:", f"Căn cước công dân số {father.number}", 0))
    line(("Nơi đăng ký khai sinh:", f"Ủy ban nhân dân phường {ward}, thành phố Hà Nội", 0))
    line(("Ngày, tháng, năm đăng ký:", dmy(date), 0))
    signed(s, 152, y + 5, rng, "NGƯỜI KÝ GIẤY KHAI SINH", official(rng),
           f"ỦY BAN NHÂN DÂN PHƯỜNG {ward.upper()}", ["THÀNH PHỐ", "HÀ NỘI"], "CHỦ TỊCH")
    s.specimen(40, 48)
    return s, {"title": "GIẤY KHAI SINH", "number": number, "holder": holder.name.upper(),
               "birth_date": iso(holder.born), "sex": holder.sex, "personal_number": holder.number,
               "birth_place": "Bệnh viện Phụ sản Hà Nội", "issue_date": iso(date)}


def marriage_certificate(seed, holder):
    rng = rng_of(seed, "marriage")
    s = Sheet(paper=(1.0, 0.985, 0.985))
    other = Person(rng, "Nữ" if holder.sex == "Nam" else "Nam", (holder.born[0] + 1, 6, 15))
    wife, husband = (holder, other) if holder.sex == "Nữ" else (other, holder)
    date = (min(holder.born[0] + 25, 2024), 11, rng.randint(1, 28))
    number = f"{rng.randint(10, 299)}/{date[0]}"
    border(s, 10, (0.6, 0.3, 0.35), 0.6)
    s.motto(105, 28)
    s.text(105, 54, "GIẤY CHỨNG NHẬN KẾT HÔN", 22, 0.5, bold=True, colour=RED)
    s.text(105, 62, f"Số: {number}", 13, 0.5)
    y = 78
    for role, person in (("vợ", wife), ("chồng", husband)):
        for label, value in ((f"Họ, chữ đệm, tên {role}:", person.name.upper()), ("Ngày, tháng, năm sinh:", dmy(person.born)),
                             ("Dân tộc:", "Kinh"), ("Quốc tịch:", "Việt Nam"), ("Nơi cư trú:", person.home),
                             ("Giấy tờ tùy thân:", f"Căn cước công dân số {person.number}")):
            s.pair(26, y, label, value, 12.5, bold=label.startswith("Họ"))
            y += 8.4
        y += 3
    s.pair(26, y, "Nơi đăng ký kết hôn:", "Ủy ban nhân dân phường Ba Đình, thành phố Hà Nội", 12.5, bold=False)
    s.pair(26, y + 8.4, "Ngày, tháng, năm đăng ký:", dmy(date), 12.5, bold=False)
    signed(s, 150, y + 22, rng, "NGƯỜI KÝ GIẤY CHỨNG NHẬN", official(rng),
           "ỦY BAN NHÂN DÂN PHƯỜNG BA ĐÌNH", ["THÀNH PHỐ", "HÀ NỘI"], "CHỦ TỊCH")
    s.specimen(38, 40)
    return s, {"title": "GIẤY CHỨNG NHẬN KẾT HÔN", "number": number, "wife": wife.name.upper(),
               "husband": husband.name.upper(), "issue_date": iso(date)}


def certificate(seed, holder):
    rng = rng_of(seed, "certificate")
    s = Sheet(paper=(0.99, 0.99, 1.0))
    year = max(holder.born[0] + 20, 2012)
    date = (year, rng.randint(1, 12), rng.randint(1, 28))
    number, register = f"A{rng.randint(100000, 999999)}", f"{rng.randint(10, 999)}/{year}"
    grade = rng.choice(["Giỏi", "Khá", "Trung bình"])
    border(s, 12, (0.2, 0.3, 0.6), 0.6)
    s.text(62, 30, "SỞ GIÁO DỤC VÀ ĐÀO TẠO", 11.5, 0.5)
    s.text(62, 36, "TRUNG TÂM TIN HỌC SAO MAI", 11.5, 0.5, bold=True)
    s.motto(146, 30, 10.5)
    s.text(105, 58, "CHỨNG CHỈ", 30, 0.5, bold=True, colour=RED)
    s.text(105, 68, "ỨNG DỤNG CÔNG NGHỆ THÔNG TIN CƠ BẢN", 15, 0.5, bold=True)
    s.pair(40, 82, "Cấp cho:", holder.name.upper(), 15)
    s.pair(40, 91, "Sinh ngày:", dmy(holder.born), 14)
    s.pair(40, 100, "Nơi sinh:", holder.origin, 14, bold=False)
    s.pair(40, 109, "Xếp loại:", grade, 14)
    s.paragraph(40, 118, 132, "Đã hoàn thành kỳ thi do Trung tâm tổ chức theo quy định của Bộ Giáo dục và Đào tạo.", 13, 0)
    s.text(148, 134, place_date(date), 13, 0.5, italic=True)
    signed(s, 148, 141, rng, "GIÁM ĐỐC", official(rng), "SỞ GIÁO DỤC VÀ ĐÀO TẠO · TRUNG TÂM", ["TIN HỌC", "SAO MAI"])
    s.pair(28, 152, "Số hiệu:", number, 12)
    s.pair(28, 160, "Số vào sổ gốc cấp chứng chỉ:", register, 12)
    s.specimen(46, 139)
    return s, {"title": "CHỨNG CHỈ", "holder": holder.name.upper(), "birth_date": iso(holder.born), "grade": grade,
               "number": number, "register_number": register, "issue_date": iso(date)}


def land_use(seed, holder):
    rng = rng_of(seed, "land")
    s = Sheet(paper=(1.0, 0.975, 0.965))
    date = (rng.randint(2010, 2024), rng.randint(1, 12), rng.randint(1, 28))
    serial, register = f"CT {rng.randint(100000, 999999)}", f"CS{rng.randint(10000, 99999)}"
    parcel, sheet, area = str(rng.randint(11, 980)), str(rng.randint(2, 60)), f"{rng.randint(45, 320)},{rng.randint(0, 9)}"
    border(s, 10, RED, 0.6)
    s.motto(105, 28)
    s.text(105, 50, "GIẤY CHỨNG NHẬN", 22, 0.5, bold=True, colour=RED)
    s.text(105, 60, "QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU", 15, 0.5, bold=True, colour=RED)
    s.text(105, 68, "TÀI SẢN GẮN LIỀN VỚI ĐẤT", 15, 0.5, bold=True, colour=RED)
    y = 84
    s.text(24, y, "I. Người sử dụng đất, chủ sở hữu tài sản gắn liền với đất", 13, bold=True)
    s.pair(30, y + 9, "Ông:" if holder.sex == "Nam" else "Bà:", holder.name.upper(), 13)
    s.pair(30, y + 18, "Năm sinh:", str(holder.born[0]), 13, bold=False)
    s.pair(80, y + 18, "CCCD số:", holder.number, 13, bold=False)
    s.pair(30, y + 27, "Địa chỉ thường trú:", holder.home, 12, bold=False)
    s.text(24, y + 40, "II. Thửa đất", 13, bold=True)
    for i, (label, value) in enumerate((("Thửa đất số:", parcel), ("Tờ bản đồ số:", sheet),
                                        ("Địa chỉ thửa đất:", f"tổ dân phố 4, {holder.origin}"), ("Diện tích:", area + " m²"),
                                        ("Mục đích sử dụng đất:", "Đất ở tại đô thị"), ("Thời hạn sử dụng đất:", "Lâu dài"),
                                        ("Nguồn gốc sử dụng:", "Nhà nước giao đất có thu tiền sử dụng đất"))):
        s.pair(30, y + 49 + 8.4 * i, label, value, 12.5, bold=False)
    s.text(150, y + 116, place_date(date), 12.5, 0.5, italic=True)
    signed(s, 150, y + 124, rng, "GIÁM ĐỐC", official(rng), "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG · THÀNH PHỐ", ["HÀ NỘI"])
    s.pair(24, y + 184, "Số phát hành:", serial, 13)
    s.pair(90, y + 184, "Số vào sổ cấp GCN:", register, 13)
    s.specimen(42, 44)
    return s, {"title": "GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU", "holder": holder.name.upper(),
               "personal_number": holder.number, "parcel": parcel, "map_sheet": sheet,
               "number": serial.replace(" ", ""), "register_number": register, "issue_date": iso(date)}


def transcript(seed, holder):
    rng = rng_of(seed, "transcript")
    s = Sheet()
    date = (max(holder.born[0] + 22, 2010), 7, rng.randint(1, 28))
    student = f"{rng.randint(10000000, 99999999)}"
    s.text(58, 24, "TRƯỜNG ĐẠI HỌC THĂNG LONG MỚI", 11, 0.5, bold=True)
    s.motto(150, 24, 10.5)
    s.text(105, 48, "BẢNG ĐIỂM TOÀN KHÓA", 20, 0.5, bold=True)
    s.pair(22, 62, "Họ và tên:", holder.name.upper(), 12.5)
    s.pair(22, 70, "Ngày sinh:", dmy(holder.born), 12.5, bold=False)
    s.pair(110, 70, "Mã sinh viên:", student, 12.5, bold=False)
    courses = ["Triết học Mác - Lênin", "Pháp luật đại cương", "Tiếng Anh 1", "Toán cao cấp", "Xác suất thống kê",
               "Kinh tế vi mô", "Luật hành chính", "Luật dân sự", "Tin học văn phòng", "Kỹ năng soạn thảo văn bản",
               "Thực tập tốt nghiệp", "Khóa luận tốt nghiệp"]
    columns = [22, 34, 128, 152, 188]
    for i, head in enumerate(["TT", "Học phần", "Tín chỉ", "Điểm"]):
        s.text((columns[i] + columns[i + 1]) / 2, 83, head, 12, 0.5, bold=True)
    for i, course in enumerate(courses):
        y = 91.5 + 8 * i
        s.text(28, y, str(i + 1), 12, 0.5)
        s.text(36, y, course, 12)
        s.text(140, y, str(rng.randint(2, 4)), 12, 0.5)
        s.text(170, y, f"{rng.randint(5, 9)},{rng.randint(0, 9)}", 12, 0.5)
    for i in range(len(courses) + 2):
        s.rule(22, 78 + 8 * i, 188, 78 + 8 * i, 0.2)
    for x in columns:
        s.rule(x, 78, x, 78 + 8 * (len(courses) + 1), 0.2)
    s.text(148, 196, place_date(date), 12.5, 0.5, italic=True)
    signed(s, 148, 203, rng, "TRƯỞNG PHÒNG ĐÀO TẠO", official(rng), "TRƯỜNG ĐẠI HỌC THĂNG LONG MỚI", ["PHÒNG", "ĐÀO TẠO"])
    s.specimen(40, 38)
    return s, {"title": "BẢNG ĐIỂM TOÀN KHÓA", "holder": holder.name.upper(), "birth_date": iso(holder.born),
               "student_number": student, "issue_date": iso(date)}


def decision(seed, holder):
    rng = rng_of(seed, "decision")
    s = Sheet()
    date = (rng.randint(2019, 2025), rng.randint(1, 9), rng.randint(1, 28))
    number = f"{rng.randint(10, 980)}/QĐ-UBND"
    s.text(58, 22, "ỦY BAN NHÂN DÂN", 12.5, 0.5)
    s.text(58, 28, "PHƯỜNG CỬA NAM", 12.5, 0.5, bold=True)
    s.rule(48, 30, 68, 30)
    s.motto(145, 22, 12)
    s.text(58, 40, f"Số: {number}", 13, 0.5)
    s.text(145, 40, place_date(date), 13, 0.5, italic=True)
    s.text(105, 54, "QUYẾT ĐỊNH", 15, 0.5, bold=True)
    s.text(105, 60.5, "Về việc khen thưởng người có thành tích trong chuyển đổi số", 13, 0.5, bold=True)
    s.text(105, 70, "CHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG CỬA NAM", 13, 0.5, bold=True)
    y = 78
    for text in (
            "Căn cứ quy chế làm việc của Ủy ban nhân dân phường nhiệm kỳ này;",
            "Căn cứ kết quả phong trào thi đua «Công dân số» của phường năm nay;",
            "Xét đề nghị của Trưởng phòng Văn hóa - Xã hội phường,"):
        y, _ = s.paragraph(25, y, 165, text, 13, 10, 1.3, italic=True)
    s.text(105, y + 2, "QUYẾT ĐỊNH:", 13, 0.5, bold=True)
    y += 9
    for text in (
            f"Điều 1. Tặng giấy khen cho {'ông' if holder.sex == 'Nam' else 'bà'} {holder.name}, sinh ngày {dmy(holder.born)}, "
            f"thường trú tại {holder.home}, đã giúp đỡ người cao tuổi làm thủ tục trực tuyến trong nhiều tháng liền.",
            "Điều 2. Mức thưởng kèm theo giấy khen thực hiện theo quy định hiện hành, trích từ quỹ thi đua của phường.",
            "Điều 3. Quyết định này có hiệu lực kể từ ngày ký. Văn phòng, bộ phận tài chính của phường và người có tên tại "
            "Điều 1 chịu trách nhiệm thi hành Quyết định này."):
        y, _ = s.paragraph(25, y, 165, text, 13, 10, 1.3)
        y += 1
    s.text(25, y + 5, "Nơi nhận:", 12, italic=True, bold=True)
    for i, text in enumerate(["- Như Điều 3;", "- Lưu: VT, VHXH."]):
        s.text(25, y + 10 + 5 * i, text, 11)
    signed(s, 150, y + 6, rng, "CHỦ TỊCH", official(rng), "ỦY BAN NHÂN DÂN PHƯỜNG CỬA NAM", ["THÀNH PHỐ", "HÀ NỘI"])
    s.specimen(31, 54, -6)
    return s, {"title": "QUYẾT ĐỊNH", "number": number, "issue_date": iso(date)}


KINDS = {"diploma": diploma, "birth-certificate": birth_certificate, "marriage-certificate": marriage_certificate,
         "certificate": certificate, "land-use": land_use, "transcript": transcript, "decision": decision}


def text_pages(text, most):
    """Any text as pages of a plain law print: 13 pt, headings centred, numbered at the head."""
    lines = (line.strip() for line in unicodedata.normalize("NFC", text).splitlines())
    pages, rest = [], [line for line in lines if line.strip("-_ ")]
    while rest and len(pages) < most:
        s = Sheet()
        s.text(105, 16, str(len(pages) + 1), 11, 0.5)
        y, left = 28.0, ""
        while rest and y <= 272 and not left:
            if rest[0].isupper() and len(rest[0]) < 60 or rest[0].startswith("Độc lập - Tự do"):
                s.text(105, y, rest[0], 13, 0.5, bold=True)
                y += 6.6
            else:
                y, left = s.paragraph(28, y, 160, rest[0], 13, 10, 1.4, bottom=272, bold=rest[0].startswith("Điều "))
            y += 1.5
            rest[:1] = [left] if left else []
        s.text(190, 288, "MẪU", 11, 1, bold=True, colour=BLACK)
        pages.append((s, {}))
    return pages

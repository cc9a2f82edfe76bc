"""People and places that do not exist, by seed; and Vietnamese words for numbers."""
import random

FAMILY = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương"]
MALE = ["Văn An", "Quốc Bình", "Đức Cường", "Minh Dũng", "Hữu Đạt", "Gia Huy", "Tuấn Kiệt", "Thế Lực"]
FEMALE = ["Thị Ánh", "Ngọc Bích", "Thùy Chi", "Mỹ Duyên", "Thu Hằng", "Kiều Oanh", "Như Quỳnh", "Tường Vi"]
WARDS = ["Hoàn Kiếm", "Ba Đình", "Cửa Nam", "Ngọc Hà", "Tây Hồ", "Bồ Đề", "Nghĩa Đô", "Thanh Xuân"]
VILLAGES = ["xã Ứng Hòa, thành phố Hà Nội", "xã Quỳnh Phụ, tỉnh Hưng Yên", "xã Hưng Nguyên, tỉnh Nghệ An",
            "phường Thuận Hóa, thành phố Huế", "xã Đức Thọ, tỉnh Hà Tĩnh", "phường Hội An, thành phố Đà Nẵng"]
STREETS = ["phố Hàng Bông", "phố Nguyễn Thái Học", "đường Láng", "phố Bà Triệu", "đường Thụy Khuê", "phố Huế"]
DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def tens(n):
    """0..99 in words."""
    if n < 10:
        return DIGITS[n]
    ten, one = divmod(n, 10)
    head = "mười" if ten == 1 else DIGITS[ten] + " mươi"
    if one == 0:
        return head
    if one == 5:
        return head + " lăm"
    if one == 1 and ten > 1:
        return head + " mốt"
    return f"{head} {DIGITS[one]}"


def year_words(year):
    thousand, rest = divmod(year, 1000)
    hundred, rest = divmod(rest, 100)
    words = f"{DIGITS[thousand]} nghìn {DIGITS[hundred]} trăm"
    if rest == 0:
        return words
    return f"{words} {'linh ' if rest < 10 else ''}{tens(rest)}"


def date_words(date):
    year, month, day = date
    return f"Ngày {tens(day)} tháng {'tư' if month == 4 else tens(month)} năm {year_words(year)}"


def dmy(date):
    return f"{date[2]:02}/{date[1]:02}/{date[0]}"


def iso(date):
    return f"{date[0]}-{date[1]:02}-{date[2]:02}"


class Person:
    def __init__(self, rng, sex=None, born=None, name=None, number=None):
        self.sex = sex or rng.choice(["Nam", "Nữ"])
        given = rng.choice(MALE if self.sex == "Nam" else FEMALE)
        self.name = name or f"{rng.choice(FAMILY)} {given}"
        self.born = born or (rng.randint(1975, 2004), rng.randint(1, 12), rng.randint(1, 28))
        century = (0 if self.born[0] < 2000 else 2) + (self.sex == "Nữ")
        self.number = number or f"001{century}{self.born[0] % 100:02}{rng.randint(1, 999999):06}"
        self.home = f"số {rng.randint(2, 180)} {rng.choice(STREETS)}, phường {rng.choice(WARDS)}, thành phố Hà Nội"
        self.origin = rng.choice(VILLAGES)


def official(rng):
    return f"{rng.choice(FAMILY)} {rng.choice(MALE + FEMALE)}"


def rng_of(seed, kind):
    return random.Random(f"{seed}/{kind}")

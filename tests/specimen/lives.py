"""Who and where, for pages by the hundred: names and places that are usual in Việt Nam, put
together by seed. A page of the held-out set takes every second of each list, any other page
the rest: no rule mended on the one has seen a name of the other."""
from people import Person

FAMILY = """Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Đoàn Mai Lương Vương Trương Cao
Tạ Quách Thái Châu Tô Hà Chu Kiều Lưu Đào Phùng Nông Quàng Triệu Ông Nghiêm""".split()
MALE = """Văn An|Quốc Bình|Đức Cường|Minh Dũng|Hữu Đạt|Gia Huy|Tuấn Kiệt|Thế Lực|Công Lý|Xuân Nghĩa|Hoàng Phúc|Đình Quý|Ngọc Sơn
Trọng Tấn|Anh Tú|Bá Vương|Khắc Việt|Hải Đăng|Nhật Khánh|Duy Mạnh|Thành Long|Quang Thắng|Tiến Đạt|Phước Thịnh|Việt Hùng|Chí Hiếu
Vĩnh Thụy|Phú Quới|Khôi Nguyên|Trường Giang|Y Thuyên|Đăng Khoa|Bảo Lộc|Trung Kiên|Sỹ Luân|Viết Hưởng""".replace("\n", "|").split("|")
FEMALE = """Thị Ánh|Ngọc Bích|Thùy Chi|Mỹ Duyên|Thu Hằng|Kiều Oanh|Như Quỳnh|Tường Vi|Thị Hường|Bảo Trâm|Phương Thảo|Khánh Huyền
Thanh Thủy|Hồng Nhung|Diễm Quyên|Thị Tuyết|Yến Nhi|Quỳnh Như|Cẩm Tú|Lan Hương|Minh Nguyệt|Thị Ngoan|Ái Vân|Mộng Tuyền|Hoài Thương
Thị Bưởi|Uyên Phương|Bích Ngọc|Hải Yến|Mai Khôi|Xuân Quỳnh|Thị Lượm|Ánh Dương|Thục Đoan|Nguyệt Ánh|Kim Cương""".replace("\n", "|").split("|")
PROVINCES = """thành phố Hà Nội|thành phố Huế|thành phố Đà Nẵng|thành phố Hải Phòng|thành phố Cần Thơ|Thành phố Hồ Chí Minh|tỉnh Nghệ An
tỉnh Quảng Ninh|tỉnh Thanh Hóa|tỉnh Đắk Lắk|tỉnh Lâm Đồng|tỉnh Vĩnh Long|tỉnh Cà Mau|tỉnh Phú Thọ|tỉnh Thái Nguyên|tỉnh Lạng Sơn
tỉnh Điện Biên|tỉnh Quảng Ngãi|tỉnh Khánh Hòa|tỉnh Đồng Tháp""".replace("\n", "|").split("|")
WARDS = """Hoàn Kiếm|Cửa Nam|Ngọc Hà|Bồ Đề|Nghĩa Đô|Thanh Xuân|Phú Xuân|Vĩ Dạ|Thuận Hóa|Hải Châu|An Khê|Ngũ Hành Sơn|Hồng Bàng
Kiến An|Ninh Kiều|Cái Răng|Bến Thành|Thủ Đức|Tân Sơn Nhì|Trường Vinh|Hạc Thành|Buôn Ma Thuột|Xuân Hương|Long Châu""".replace("\n", "|").split("|")
COMMUNES = """Ứng Hòa|Quỳnh Phụ|Hưng Nguyên|Đức Thọ|Đại Lộc|Vĩnh Bảo|Thới Lai|Củ Chi|Diễn Châu|Hải Hà|Hậu Lộc|Krông Pắc|Đức Trọng
Mỏ Cày|Năm Căn|Thanh Thủy|Đại Từ|Cao Lộc|Mường Ảng|Mộ Đức|Diên Khánh|Cao Lãnh|Phong Điền|Thuận Thành""".replace("\n", "|").split("|")
STREETS = """phố Hàng Bông|phố Nguyễn Thái Học|đường Láng|phố Bà Triệu|đường Thụy Khuê|phố Huế|đường Lê Lợi|đường Trần Hưng Đạo
đường Nguyễn Huệ|đường Hùng Vương|đường Quang Trung|đường Lý Thường Kiệt|đường Phan Bội Châu|đường Võ Thị Sáu|đường 30 Tháng 4
đường Điện Biên Phủ""".replace("\n", "|").split("|")
SCHOOLS = """Chu Văn An|Nguyễn Du|Lê Hồng Phong|Trần Phú|Phan Đình Phùng|Quốc Học|Nguyễn Thị Minh Khai|Lương Thế Vinh|Thái Phiên|Lê Quý Đôn
Huỳnh Thúc Kháng|Hoàng Hoa Thám""".replace("\n", "|").split("|")
UNIVERSITIES = """Thăng Long Mới|Sông Hồng|Duyên Hải|Cao Nguyên|Hương Giang|Cửu Long Mới|Đông Đô Mới|Trường Sơn""".split("|")
SUBJECTS = """Luật học|Kinh tế|Ngôn ngữ Anh|Công nghệ thông tin|Giáo dục tiểu học|Kế toán|Quản trị kinh doanh|Kỹ thuật xây dựng|Công tác xã hội
Nuôi trồng thủy sản|Điều dưỡng|Quản lý đất đai""".replace("\n", "|").split("|")
COMPANIES = """SAO MAI|PHÚ THỊNH|HỒNG HÀ|THÀNH ĐẠT|AN KHANG|BIỂN XANH|TRƯỜNG PHÁT|ĐẠI DƯƠNG|HƯNG LONG|MINH QUÂN""".split("|")
TRADES = """THƯƠNG MẠI|XÂY DỰNG|DỊCH VỤ VẬN TẢI|MAY MẶC|CHẾ BIẾN THỦY SẢN|CƠ KHÍ""".split("|")
HOSPITALS = """Bệnh viện Phụ sản Hà Nội|Bệnh viện Trung ương Huế|Bệnh viện Đa khoa huyện Diễn Châu|Bệnh viện Từ Dũ|Trạm y tế xã Mộ Đức
Bệnh viện Phụ sản - Nhi Đà Nẵng|Bệnh viện Đa khoa tỉnh Lâm Đồng|Bệnh viện Hùng Vương""".replace("\n", "|").split("|")
CODES = {"thành phố Hà Nội": "001", "thành phố Huế": "046", "thành phố Đà Nẵng": "048", "thành phố Hải Phòng": "031"}


class World:
    """Draws from its half of each list."""

    def __init__(self, rng, held_out):
        self.rng, self.half = rng, 1 if held_out else 0
        self.kept = {}

    def pick(self, values):
        return self.rng.choice(values[self.half::2])

    def once(self, key, make):
        """The same answer all over one page."""
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def name(self, sex):
        return f"{self.pick(FAMILY)} {self.pick(MALE if sex == 'Nam' else FEMALE)}"

    def person(self, sex=None, born=None):
        sex = sex or self.rng.choice(["Nam", "Nữ"])
        born = born or (self.rng.randint(1962, 2005), self.rng.randint(1, 12), self.rng.randint(1, 28))
        one = Person(self.rng, sex, born, self.name(sex))
        one.home_province = self.pick(PROVINCES)
        one.number = CODES.get(one.home_province, f"{self.rng.randint(2, 96):03}") + one.number[3:]
        one.home = self.address(one.home_province)
        one.origin = f"xã {self.pick(COMMUNES)}, {self.pick(PROVINCES)}"
        return one

    def address(self, province):
        if self.rng.random() < 0.3:
            return f"thôn {self.rng.randint(1, 9)}, xã {self.pick(COMMUNES)}, {province}"
        return f"số {self.rng.randint(2, 480)} {self.pick(STREETS)}, phường {self.pick(WARDS)}, {province}"

    def day(self, first, last):
        first, last = min(first, last), max(first, last)
        return self.rng.randint(first, last), self.rng.randint(1, 12), self.rng.randint(1, 28)

#pragma once
/* Forms of every kind of domain.md §5, two or more layouts each, own wording after the
 * printed ones. {field} is filled in by what its name says: a name, a date ("dd/mm/yyyy";
 * with "~" "ngày dd tháng mm năm yyyy", with "+" in words), twelve digits; {field=pattern}
 * has a digit for each "#"; {field|a|b} is one of those. "\t" is a wide gap. */
typedef struct {
    const char *kind, *text;
} Form;

#define MOTTO "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"

/* clang-format off */
static const Form forms[] = {
    { "birth-certificate", MOTTO "GIẤY KHAI SINH\nSố: {number=##/2019}\nHọ, chữ đệm, tên: {holder}\nNgày, tháng, năm sinh: {birth_date}\nGhi bằng chữ: {birth_words+}\nGiới tính: {sex|Nam|Nữ}\tDân tộc: Kinh\tQuốc tịch: Việt Nam\nNơi sinh: Bệnh viện Phụ sản Hà Nội\nSố định danh cá nhân: {personal_number}\nHọ, chữ đệm, tên người mẹ: {mother}\nHọ, chữ đệm, tên người cha: {father}\nNgày, tháng, năm đăng ký: {issue_date}" },
    { "birth-certificate", "ỦY BAN NHÂN DÂN\tCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nPhường Cửa Nam\tĐộc lập - Tự do - Hạnh phúc\nGIẤY KHAI SINH\nHọ và tên: {holder}\tGiới tính: {sex|Nam|Nữ}\nNgày sinh: {birth_date}\nBằng chữ: {birth_words+}\nQuê quán: xã Ứng Hòa, Hà Nội\nHọ và tên mẹ: {mother}\nHọ và tên cha: {father}\nĐăng ký ngày: {issue_date}" },
    { "civil-extract", MOTTO "TRÍCH LỤC KHAI SINH\nSố: {number=###/2021/TLKS}\nHọ, chữ đệm, tên: {holder}\nNgày, tháng, năm sinh: {birth_date}\nGhi bằng chữ: {birth_words+}\nSố định danh cá nhân: {personal_number}\nHà Nội, {issue_date~}" },
    { "civil-extract", MOTTO "TRÍCH LỤC KHAI TỬ\nSố: {number=##/2022}\nHọ, chữ đệm, tên: {holder}\nNgày sinh: {birth_date}\nĐã chết vào lúc: 10 giờ 15 phút, {death_date~}\nNguyên nhân chết: Tuổi cao\nHuế, {issue_date~}" },
    { "marriage-certificate", MOTTO "GIẤY CHỨNG NHẬN KẾT HÔN\nSố: {number=##/2018}\nHọ, chữ đệm, tên vợ: {wife}\nNgày, tháng, năm sinh: 05/03/1990\nHọ, chữ đệm, tên chồng: {husband}\nNgày, tháng, năm sinh: 06/04/1988\nNơi đăng ký kết hôn: Ủy ban nhân dân phường Ba Đình\nNgày, tháng, năm đăng ký: {issue_date}" },
    { "marriage-certificate", MOTTO "GIẤY CHỨNG NHẬN\nKẾT HÔN\nHọ, chữ đệm, tên chồng: {husband}\nHọ, chữ đệm, tên vợ: {wife}\nNơi cư trú: phường Tây Hồ\nĐăng ký ngày: {issue_date}" },
    { "marital-status", MOTTO "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN\nSố: {number=###/UBND-XNTTHN}\nHọ, chữ đệm, tên: {holder}\nNgày, tháng, năm sinh: {birth_date}\nTình trạng hôn nhân: Chưa đăng ký kết hôn với ai\nGiấy này được cấp để: làm thủ tục mua nhà\nHà Nội, {issue_date~}" },
    { "marital-status", MOTTO "GIẤY XÁC NHẬN\nTÌNH TRẠNG HÔN NHÂN\nXác nhận Ông: {holder}\nNgày sinh: {birth_date}\nSố định danh cá nhân: {personal_number}\nĐà Nẵng, {issue_date~}" },
    { "citizen-card", MOTTO "CĂN CƯỚC CÔNG DÂN\nCitizen Identity Card\nSố / No.: {personal_number}\nHọ và tên / Full name:\n{holder}\nNgày sinh / Date of birth: {birth_date}\nGiới tính / Sex: {sex|Nam|Nữ}\tQuốc tịch / Nationality: Việt Nam\nQuê quán / Place of origin:\nỨng Hòa, Hà Nội\nCó giá trị đến: {expiry_date}" },
    { "citizen-card", MOTTO "CĂN CƯỚC\nIDENTITY CARD\nSố định danh cá nhân / Personal identification number:\n{personal_number}\nHọ, chữ đệm và tên khai sinh / Full name:\n{holder}\nNgày, tháng, năm sinh / Date of birth:\n{birth_date}\nGiới tính / Sex:\n{sex|Nam|Nữ}" },
    { "identity-card-old", MOTTO "GIẤY CHỨNG MINH NHÂN DÂN\nSố: {number=#########}\nHọ tên: {holder}\nSinh ngày: {birth_date}\nNguyên quán: Quỳnh Phụ, Thái Bình\nNơi ĐKHK thường trú: phố Huế, Hà Nội" },
    { "identity-card-old", MOTTO "CHỨNG MINH NHÂN DÂN\nSố {number=############}\nHọ và tên: {holder}\nNgày sinh: {birth_date}\nQuê quán: Hưng Nguyên, Nghệ An" },
    { "passport", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nHỘ CHIẾU / PASSPORT\nSố hộ chiếu / Passport No:\n{number=C#######}\nHọ và tên / Full name:\n{holder}\nNgày sinh / Date of birth: {birth_date}\nGiới tính / Sex: {sex|Nam|Nữ}\nNgày cấp / Date of issue: {issue_date}\nCó giá trị đến / Date of expiry: {expiry_date}" },
    { "passport", "HỘ CHIẾU\nPASSPORT\nSố hộ chiếu: {number=K########}\nHọ và tên: {holder}\nNgày sinh: {birth_date}\nSố định danh cá nhân: {personal_number}\nNgày cấp: {issue_date}\nCó giá trị đến: {expiry_date}" },
    { "driving-licence", MOTTO "GIẤY PHÉP LÁI XE / DRIVER'S LICENSE\nSố/No: {number=############}\nHọ tên / Full name: {holder}\nNgày sinh / Date of Birth: {birth_date}\nNơi cư trú / Address: phố Hàng Bông\nHạng / Class: {class|A1|B2|C|D}\nCó giá trị đến / Expires: {expiry_date}" },
    { "driving-licence", "BỘ GTVT\nMOT\n" MOTTO "GIẤY PHÉP LÁI XE\nDRIVER'S LICENSE\nSố/No: {number=############}\nHọ tên: {holder}\nNgày sinh: {birth_date}\nHà Nội, {issue_date~}\nHạng: {class|A1|B1|E}\tCó giá trị đến: {expiry_date}" },
    { "vehicle-registration", MOTTO "CHỨNG NHẬN ĐĂNG KÝ XE Ô TÔ\nSố: {number=######}\nTên chủ xe: {holder}\nĐịa chỉ: phố Huế, Hà Nội\nNhãn hiệu: TOYOTA\nSố máy: {engine=1NZ#######}\nSố khung: {chassis=RL4BT9F3####}\nBiển số đăng ký: {plate=29A-###.##}\nHà Nội, {issue_date~}" },
    { "vehicle-registration", "BỘ CÔNG AN\nCHỨNG NHẬN ĐĂNG KÝ XE MÔ TÔ, XE MÁY\nChủ xe: {holder}\nNhãn hiệu: HONDA\tSố loại: WAVE\nSố khung: {chassis=RLHJA391####}\nSố máy: {engine=JA39E#######}\nBiển số: {plate=29B1-###.##}\nĐà Nẵng, {issue_date~}" },
    { "school-diploma", MOTTO "GIÁM ĐỐC SỞ GIÁO DỤC VÀ ĐÀO TẠO\ncấp\nBẰNG TỐT NGHIỆP TRUNG HỌC PHỔ THÔNG\nCho: {holder}\nNgày sinh: {birth_date}\nNơi sinh: Hà Nội\nGiới tính: {sex|Nam|Nữ}\tDân tộc: Kinh\nHọc sinh trường: Chu Văn An\nXếp loại tốt nghiệp: {grade|Giỏi|Khá|Trung bình}\nHà Nội, {issue_date~}\nSố hiệu: {number=A#######}\nSố vào sổ gốc cấp bằng: {register_number=###/2016}" },
    { "school-diploma", MOTTO "BẰNG TỐT NGHIỆP\nTRUNG HỌC CƠ SỞ\nHọ và tên: {holder}\nSinh ngày: {birth_date}\nXếp loại: {grade|Giỏi|Khá}\nHải Phòng, {issue_date~}\nSố hiệu: {number=########}\tSố vào sổ cấp bằng: {register_number=##/THCS}" },
    { "diploma", MOTTO "HIỆU TRƯỞNG TRƯỜNG ĐẠI HỌC THĂNG LONG MỚI\ncấp\nBẰNG CỬ NHÂN\nNgành: {major|Luật học|Kinh tế}\nCho: Ông {holder}\nNgày sinh: {birth_date}\nXếp loại tốt nghiệp: {grade|Giỏi|Khá}\nHình thức đào tạo: Chính quy\nHà Nội, {issue_date~}\nSố hiệu: {number=######}\nSố vào sổ gốc cấp bằng: {register_number=###/2014}" },
    { "diploma", MOTTO "BẰNG KỸ SƯ\nHọ và tên: {holder}\nSinh ngày: {birth_date}\nNgành đào tạo: {major|Xây dựng|Cơ khí}\nXếp loại: {grade|Xuất sắc|Khá}\nThành phố Hồ Chí Minh, {issue_date~}\nSố hiệu: {number=B######}\tSố vào sổ cấp bằng: {register_number=KS####}" },
    { "transcript", MOTTO "BẢNG ĐIỂM TOÀN KHÓA\nHọ và tên: {holder}\nNgày sinh: {birth_date}\tMã sinh viên: {student_number=########}\nTT\tHọc phần\tTín chỉ\tĐiểm\n1\tToán cao cấp\t3\t7,5\n2\tTiếng Anh 1\t2\t8,0\nHà Nội, {issue_date~}" },
    { "transcript", "PHỤ LỤC VĂN BẰNG\nHọ tên sinh viên: {holder}\nSinh ngày: {birth_date}\nMã số sinh viên: {student_number=K##L####}\nSố tín chỉ: 130\nHuế, {issue_date~}" },
    { "school-report", MOTTO "HỌC BẠ TRUNG HỌC PHỔ THÔNG\nHọ và tên học sinh: {holder}\nGiới tính: {sex|Nam|Nữ}\nNgày, tháng, năm sinh: {birth_date}\nSố đăng bộ: {student_number=####}\nQuá trình học tập\nHà Nội, {issue_date~}" },
    { "school-report", "SỞ GIÁO DỤC VÀ ĐÀO TẠO\nHỌC BẠ\nHọ và tên: {holder}\nSinh ngày: {birth_date}\nNơi sinh: Nghệ An\nMã học sinh: {student_number=01########}\nHạnh kiểm: Tốt" },
    { "certificate", "TRUNG TÂM TIN HỌC SAO MAI\nCHỨNG CHỈ\nỨNG DỤNG CÔNG NGHỆ THÔNG TIN CƠ BẢN\nCấp cho: {holder}\nSinh ngày: {birth_date}\nXếp loại: {grade|Giỏi|Khá}\nHà Nội, {issue_date~}\nSố hiệu: {number=A######}\nSố vào sổ gốc cấp chứng chỉ: {register_number=###/2020}" },
    { "certificate", MOTTO "GIẤY CHỨNG NHẬN\nHOÀN THÀNH KHÓA HỌC\nHọ và tên: {holder}\nNgày sinh: {birth_date}\nCó giá trị đến: {expiry_date}\nCần Thơ, {issue_date~}\nSố chứng chỉ: {number=CC-#####}" },
    { "land-use", MOTTO "GIẤY CHỨNG NHẬN\nQUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU\nTÀI SẢN GẮN LIỀN VỚI ĐẤT\nÔng: {holder}\nNăm sinh: 1970\tCCCD số: {personal_number}\nThửa đất số: {parcel=###}\nTờ bản đồ số: {map_sheet=##}\nDiện tích: 120,5 m²\nHà Nội, {issue_date~}\nSố phát hành: {number=CT ######}\tSố vào sổ cấp GCN: {register_number=CS#####}" },
    { "land-use", "GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT\nNgười sử dụng đất: {holder}\nThửa đất số: {parcel=##}\tTờ bản đồ số: {map_sheet=#}\nMục đích sử dụng: Đất ở\nSố seri: {number=AA ########}\nĐà Nẵng, {issue_date~}" },
    { "business-registration", MOTTO "GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP\nCÔNG TY TRÁCH NHIỆM HỮU HẠN\nMã số doanh nghiệp: {number=01########}\nĐăng ký lần đầu, {issue_date~}\nTên công ty viết bằng tiếng Việt: CÔNG TY SAO MAI\nVốn điều lệ: 1.000.000.000 đồng" },
    { "business-registration", MOTTO "GIẤY CHỨNG NHẬN\nĐĂNG KÝ HỘ KINH DOANH\nMã số hộ kinh doanh: {number=8#########-001}\nĐăng ký lần đầu: {issue_date~}\nTên hộ kinh doanh: PHỞ SAO MAI" },
    { "household-book", MOTTO "SỔ HỘ KHẨU\nSố: {number=#########}\nHọ và tên chủ hộ: {holder}\nNơi thường trú: phố Huế, Hà Nội\nHà Nội, {issue_date~}" },
    { "household-book", "BỘ CÔNG AN\nSỔ HỘ KHẨU GIA ĐÌNH\nChủ hộ: {holder}\nHồ sơ hộ khẩu số: 12\nHuế, {issue_date~}" },
    { "criminal-record", MOTTO "PHIẾU LÝ LỊCH TƯ PHÁP SỐ 1\nSố: {number=####/STP-LLTP}\nHọ và tên: {holder}\nGiới tính: {sex|Nam|Nữ}\nNgày, tháng, năm sinh: {birth_date}\nSố định danh cá nhân: {personal_number}\nTình trạng án tích: {record|Không có án tích}\nHà Nội, {issue_date~}" },
    { "criminal-record", MOTTO "PHIẾU LÝ LỊCH TƯ PHÁP\nHọ và tên: {holder}\nNgày sinh: {birth_date}\nTình trạng án tích: {record|Không có án tích}\nĐà Nẵng, {issue_date~}" },
    { "social-insurance", "BẢO HIỂM XÃ HỘI VIỆT NAM\nSỔ BẢO HIỂM XÃ HỘI\nHọ và tên: {holder}\nNgày, tháng, năm sinh: {birth_date}\nMã số BHXH: {number=##########}\nCấp lần đầu\nHà Nội, {issue_date~}" },
    { "social-insurance", "SỔ BẢO HIỂM XÃ HỘI\nSố sổ: {number=##########}\nHọ, chữ đệm và tên: {holder}\nSinh ngày: {birth_date}\nSố CCCD: {personal_number}" },
    { "health-insurance", "BẢO HIỂM XÃ HỘI VIỆT NAM\nTHẺ BẢO HIỂM Y TẾ\nMã số: {number=##########}\nHọ và tên: {holder}\nNgày sinh: {birth_date}\tGiới tính: {sex|Nam|Nữ}\nNơi đăng ký KCB ban đầu: Bệnh viện Bạch Mai" },
    { "health-insurance", "THẺ BẢO HIỂM Y TẾ\nMã số: {number=GD4############}\nHọ tên: {holder}\nNgày sinh: {birth_date}\nGiá trị sử dụng: từ ngày 01/01/2020 đến ngày {expiry_date}" },
    { "decision", "ỦY BAN NHÂN DÂN\t" MOTTO "Số: {number=###/QĐ-UBND}\tHà Nội, {issue_date~}\nQUYẾT ĐỊNH\nVề việc khen thưởng\nĐiều 1. Tặng giấy khen cho người có tên\nNơi nhận:" },
    { "decision", MOTTO "Số: {number=##/2024/NĐ-CP}\tHà Nội, {issue_date~}\nNGHỊ ĐỊNH\nQuy định chi tiết một số điều\nĐiều 1. Phạm vi\nĐiều 2. Đối tượng" },
    { "contract", MOTTO "HỢP ĐỒNG CHUYỂN NHƯỢNG QUYỀN SỬ DỤNG ĐẤT\nBên A: Ông Trần Văn Nam\nBên B: Bà Lê Thị Hoa\nLỜI CHỨNG CỦA CÔNG CHỨNG VIÊN\nHôm nay, {issue_date~}\nSố công chứng: {number=####/2023}" },
    { "contract", MOTTO "HỢP ĐỒNG ỦY QUYỀN\nHôm nay, {issue_date~}, tại Văn phòng công chứng\nHai bên thỏa thuận\nSố công chứng: {number=###/2022}" },
};
/* clang-format on */

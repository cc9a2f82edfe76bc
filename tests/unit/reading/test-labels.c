/* Where a label may stand, and where its value. */
#include "asked.h"

#include <glib.h>

static void
test_a_day_behind_a_place(void)
{
    static const char text[] = "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN\n"
                               "Căn cước công dân số: 001090000001 cấp ngày 10/05/2021\n"
                               "Từ ngày 12/03/2005 đến ngày 20/11/2009 cư trú tại đây\n"
                               "%s\nCHỦ TỊCH";
    static const char *const ways[] = {
        "Hà Nội, ngày 05 tháng 3 năm 2024", "Hà Nội ngày 05 tháng 3 năm 2024",
        "Quận 3, ngày 5 tháng 3 năm 2024",  "Hà Nội , ngày 05 tháng 03 năm 2024",
        "Ngày 05 tháng 3 năm 2024",         "¦TP. Hồ Chí Minh, ngày 05/03/2024",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_auto(GStrv) parts = g_strsplit(text, "%s", 2);
        g_autofree char *paper = g_strjoinv(ways[i], parts);

        assert_field("marital-status", paper, "issue_date", "2024-03-05");
    }
    /* a day in running text is no day of issue */
    assert_field("marital-status", "GIẤY XÁC NHẬN\nđã cư trú từ ngày 12/03/2005 tại đây",
                 "issue_date", NULL);
}

static void
test_one_word_opens_a_phrase(void)
{
    assert_field("decision",
                 "QUYẾT ĐỊNH\ncăn cước công dân số 001090000001\nSố: 12/QĐ-UBND", "number",
                 "12/QĐ-UBND");
    /* a family name is no school */
    assert_field("school-report", "HỌC BẠ\nHọ và tên: TRƯƠNG PHƯƠNG THẢO\nTrường: THPT A",
                 "school", "THPT A");
}

static void
test_a_value_without_a_label(void)
{
    assert_field("land-use", "GIẤY CHỨNG NHẬN\nQUYỀN SỬ DỤNG ĐẤT\nCN 123456", "number",
                 "CN123456");
    assert_field("land-use", "QUYỀN SỬ DỤNG ĐẤT\nxem CN 123456 ở trên", "number", NULL);
}

static void
test_labels_between_slashes(void)
{
    assert_field("criminal-record",
                 "PHIẾU LÝ LỊCH TƯ PHÁP SỐ 2\nHộ chiếu/Số định danh cá nhân: 001090000001",
                 "personal_number", "001090000001");
    assert_field("driving-licence", "GIẤY PHÉP LÁI XE\nHọ và tên/Full name\nLÊ KIỀU OANH",
                 "holder", "LÊ KIỀU OANH");
    assert_field("vehicle-registration",
                 "CHỨNG NHẬN ĐĂNG KÝ XE\nBiển số đăng ký (N° Plate): 29X5-123.45", "plate",
                 "29X5-123.45");
}

static void
test_names_hold_no_labels(void)
{
    assert_field("birth-certificate",
                 "GIẤY KHAI SINH\nHọ, chữ đệm, tên người mẹ: NGUYỄN QUÂN\nQuê quán: Huế",
                 "mother", "NGUYỄN QUÂN");
    assert_field("land-use", "QUYỀN SỬ DỤNG ĐẤT\nÔng Ông Tuấn Kiệt, CCCD số: 1", "holder",
                 "Ông Tuấn Kiệt");
    assert_field("land-use", "QUYỀN SỬ DỤNG ĐẤT\nHộ ông Lê An và vợ là bà Hồ Ba", "holder",
                 "Lê An");
}

static void
test_a_name_on_two_lines(void)
{
    assert_field("citizen-card",
                 "CĂN CƯỚC\nHọ và tên: NGUYỄN\nTHỊ MINH KHAI\nGiới tính: Nữ", "holder",
                 "NGUYỄN THỊ MINH KHAI");
    assert_field("diploma",
                 "BẰNG CỬ NHÂN\nCông nhận đã hoàn thành chương trình đào tạo chính quy\n"
                 "Cho: NGUYỄN THỊ AN\nTRƯỜNG LUẬT",
                 "holder", "NGUYỄN THỊ AN");
}

static void
test_values_begin_where_their_column_does(void)
{
    assert_field("business-registration",
                 "GIẤY CHỨNG NHẬN ĐĂNG KÝ DOANH NGHIỆP\n2. Địa chỉ trụ sở chính\n"
                 "Số 12 phố Duy Tân, Hà Nội\n3. Vốn điều lệ",
                 "address", "Số 12 phố Duy Tân, Hà Nội");
    assert_field("marriage-certificate",
                 "GIẤY CHỨNG NHẬN KẾT HÔN\nHọ, chữ đệm, tên vợ:¦Họ, chữ đệm, tên chồng:\n"
                 "LÊ THỊ HOA¦TRẦN VĂN NAM",
                 "husband", "TRẦN VĂN NAM");
}

static void
test_titles_in_columns(void)
{
    static const char text[] = "SOCIALIST REPUBLIC OF VIET NAM¦CỘNG HÒA XÃ HỘI CHỦ NGHĨA\n"
                               "THE DEGREE OF BACHELOR¦BẰNG CỬ NHÂN\nLAW¦LUẬT";

    assert_field("diploma", text, "title", "BẰNG CỬ NHÂN");
    /* dust between its lines */
    assert_field("land-use", "GIẤY CHỨNG NHẬN\nc\nQUYỀN SỬ DỤNG ĐẤT\nSố", "title",
                 "GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT");
    /* a word that was read well is the one that is printed */
    assert_field("contract", "HỢP ĐỒNG THẾ CHẤP TÀI SẢN\nBên A", "title",
                 "HỢP ĐỒNG THẾ CHẤP TÀI SẢN");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/labels/place", test_a_day_behind_a_place);
    g_test_add_func("/labels/phrase", test_one_word_opens_a_phrase);
    g_test_add_func("/labels/alone", test_a_value_without_a_label);
    g_test_add_func("/labels/slash", test_labels_between_slashes);
    g_test_add_func("/labels/names", test_names_hold_no_labels);
    g_test_add_func("/labels/two-lines", test_a_name_on_two_lines);
    g_test_add_func("/labels/columns", test_values_begin_where_their_column_does);
    g_test_add_func("/labels/titles", test_titles_in_columns);
    return g_test_run();
}

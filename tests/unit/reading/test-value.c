/* Values as they stand on paper, made comparable. */
#include "asked.h"

#include <glib.h>

static void
test_strokes_in_codes(void)
{
    assert_field("marital-status", "GIẤY XÁC NHẬN\nSố: 2122/BT", "number", "2122/BT");
    assert_field("marital-status", "GIẤY XÁC NHẬN\nSố: 35IXNHN", "number", "35/XNHN");
    assert_field("marital-status", "GIẤY XÁC NHẬN\nSố: 12I2024", "number", "12/2024");
    assert_field("marital-status", "GIẤY XÁC NHẬN\nSố: 767/2O23/XN", "number",
                 "767/2023/XN");
    assert_field("marital-status", "GIẤY XÁC NHẬN\nSố: 12/ XN", "number", "12/XN");
    assert_field("land-use", "QUYỀN SỬ DỤNG ĐẤT\nSố phát hành: CN 12345B", "number",
                 "CN123458");
    assert_field("vehicle-registration", "ĐĂNG KÝ XE\nSố khung: RL4B29F3123456789",
                 "chassis", "RL4B29F3123456789");
}

static void
test_figures_in_text(void)
{
    assert_field("business-registration", "ĐĂNG KÝ KINH DOANH\nVốn điều lệ: 5.000.O00 đồng",
                 "capital", "5.000.000 đồng");
    assert_field("household-book", "SỔ HỘ KHẨU\nNơi thường trú: số l5 phố Huế", "address",
                 "số 15 phố Huế");
    assert_field("diploma", "BẰNG KỸ SƯ\nNgành: Điện tử - Viễn thông", "major",
                 "Điện tử - Viễn thông");
    assert_field("diploma", "BẰNG KỸ SƯ\nNgành: Kinh tế (Hệ mới)", "major",
                 "Kinh tế (Hệ mới)");
}

static void
test_areas(void)
{
    static const char *const ways[] = { "312,5 m²", "312,5 m2", "312,5 m?", "312,5 m",
                                        "312,5 m², (bằng chữ: ba trăm)" };

    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *text =
            g_strconcat("QUYỀN SỬ DỤNG ĐẤT\nDiện tích: ", ways[i], NULL);

        assert_field("land-use", text, "area", "312,5 m²");
    }
}

static void
test_sexes(void)
{
    assert_field("passport", "HỘ CHIẾU\nGiới tính / Sex: Nữ/E", "sex", "Nữ / F");
    assert_field("passport", "HỘ CHIẾU\nGiới tính / Sex: NAM / M", "sex", "NAM / M");
    assert_field("school-report", "HỌC BẠ\nNam, nữ: Nư\nDân tộc: Kinh", "sex", "Nữ");
    assert_field("school-report", "HỌC BẠ\nGiới tính: ......", "sex", NULL);
}

static void
test_days_in_two_languages(void)
{
    assert_field("driving-licence",
                 "GIẤY PHÉP LÁI XE\nHà Nội, ngày/date 10 tháng/month 05 năm/year 2019",
                 "issue_date", "2019-05-10");
    assert_field("certificate", "CERTIFICATE\nDate of birth: 12 May 1990", "birth_date",
                 "1990-05-12");
    assert_field("certificate", "CERTIFICATE\nDate of birth: September 3, 1990",
                 "birth_date", "1990-09-03");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/value/codes", test_strokes_in_codes);
    g_test_add_func("/value/figures", test_figures_in_text);
    g_test_add_func("/value/areas", test_areas);
    g_test_add_func("/value/sexes", test_sexes);
    g_test_add_func("/value/days", test_days_in_two_languages);
    return g_test_run();
}

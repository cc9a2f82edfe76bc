/* Kinds, fields and flags from words as an engine would give them; no engine needed. */
#include "asked.h"
#include "core/clock.h"
#include "line.h"

#include <glib.h>
#include <string.h>

static const char *
kind_of(const char *text)
{
    g_auto(SaoyWords) words = page_of(text);

    return saoy_kind_of(&words, 3508)->id;
}

static void
test_every_kind_has_both_titles(void)
{
    size_t n = 0;
    const SaoyKind *kinds = saoy_kind_list(&n);

    g_assert_cmpuint(n, ==, 23);
    for (size_t i = 0; i < n; i++) {
        g_assert_true(g_utf8_validate(kinds[i].title, -1, NULL));
        g_assert_cmpuint(strlen(kinds[i].title_en), >, 3);
        g_assert_cmpstr(saoy_kind_find(kinds[i].id)->id, ==, kinds[i].id);
    }
    g_assert_cmpstr(kinds[n - 1].id, ==, "unknown");
    g_assert_cmpstr(saoy_kind_find("no such kind")->id, ==, "unknown");
    g_assert_cmpstr(saoy_kind_find(NULL)->id, ==, "unknown");
}

static void
test_the_title_line_tells_the_kind(void)
{
    g_assert_cmpstr(kind_of("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nGIẤY KHAI SINH\nSố: 5"),
                    ==, "birth-certificate");
    /* marks lost, a letter wrong */
    g_assert_cmpstr(kind_of("GIAY KHAl SINH\nSố: 5"), ==, "birth-certificate");
    g_assert_cmpstr(kind_of("BẰNG CỬ NHÂN LUẬT\nCho: Nguyễn Văn An"), ==, "diploma");
    g_assert_cmpstr(kind_of("GIẤY CHỨNG NHẬN\nKẾT HÔN\nSố: 5"), ==, "marriage-certificate");
    g_assert_cmpstr(kind_of("GIẤY CHỨNG NHẬN\nQUYỀN SỬ DỤNG ĐẤT\nSố"), ==, "land-use");
    g_assert_cmpstr(kind_of("GIẤY CHỨNG NHẬN\nĐã hoàn thành"), ==, "certificate");
    g_assert_cmpstr(kind_of("CĂN CƯỚC CÔNG DÂN\nSố / No.: 001090000001"), ==,
                    "citizen-card");
    g_assert_cmpstr(kind_of("GIẤY PHÉP LÁI XE / DRIVER'S LICENSE\nSố/No: 1"), ==,
                    "driving-licence");
}

static void
test_a_word_in_the_text_is_no_title(void)
{
    g_assert_cmpstr(kind_of("Danh sách\nNgười nộp giấy khai sinh và quyết định"), ==,
                    "unknown");
    g_assert_cmpstr(kind_of("Giấy khai sinh"), ==, "unknown"); /* not in capitals */
    g_assert_cmpstr(kind_of(""), ==, "unknown");
    g_assert_cmpstr(kind_of("???? 1234 ..."), ==, "unknown");
}

static void
test_anchors_tell_an_untitled_page(void)
{
    g_assert_cmpstr(kind_of("Thửa đất số: 5\nTờ bản đồ số: 9\nMục đích sử dụng: ở"), ==,
                    "land-use");
}

static void
test_dates_are_normalised(void)
{
    static const char *const ways[] = { "Ngày sinh: 05/03/1990", "Ngày sinh: 5-3-1990",
                                        "Ngày sinh ngày 05 tháng 3 năm 1990",
                                        "Ngày sinh: 05.03.1990 tại Huế",
                                        "Ngày sinh:\n05/03/1990" };

    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
        assert_field("diploma", ways[i], "birth_date", "1990-03-05");
    assert_field("diploma", "Ngày sinh: 31/02/1990", "birth_date", NULL);
    assert_field("diploma", "Ngày sinh: ........", "birth_date", NULL);
}

static void
test_dates_in_words_are_dates(void)
{
    static const struct {
        const char *text, *date;
    } said[] = {
        { "Ngày ba mươi tháng tư năm một nghìn chín trăm bảy mươi lăm", "1975-04-30" },
        { "ngày năm tháng năm năm hai nghìn không trăm linh năm", "2005-05-05" },
        { "Ngày mười lăm, tháng mười một, năm một ngàn chín trăm chín mươi mốt.",
          "1991-11-15" },
        { "mùng hai tháng chín năm hai nghìn", "2000-09-02" },
        { "Ngày ba mươi mốt tháng hai năm hai nghìn", NULL },
        { "Ngày tháng năm", NULL },
        { "một nghìn chín trăm", NULL },
        { "ngày mười mười tháng ba năm hai nghìn", NULL },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
        g_autofree char *text = g_strconcat("Ghi bằng chữ: ", said[i].text, NULL);

        assert_field("birth-certificate", text, "birth_words", said[i].date);
    }
}

static void
test_figures_read_as_letters_are_figures(void)
{
    assert_field("birth-certificate", "Số định danh cá nhân: O01O9000000l",
                 "personal_number", "001090000001");
    assert_field("citizen-card", "Số / No.: 001 090 000 001", "personal_number",
                 "001090000001");
    assert_field("diploma", "Ngày sinh: O5/03/199O", "birth_date", "1990-03-05");
    assert_field("diploma", "Ngày sinh: OS/SO/BOSS", "birth_date", NULL);
}

static void
test_a_value_has_the_grammar_of_its_field(void)
{
    assert_field("birth-certificate", "Số định danh cá nhân: 00109000000",
                 "personal_number", NULL);
    assert_field("vehicle-registration", "Biển số: 29A-123.45 Nền trắng", "plate",
                 "29A-123.45");
    assert_field("driving-licence", "Hạng / Class: B2 Có giá trị", "class", "B2");
    assert_field("driving-licence", "Hạng / Class: C", "class", "C");
    assert_field("driving-licence", "Hạng / Class: ---", "class", NULL);
    assert_field("birth-certificate", "Giới tính: Nữ |", "sex", "Nữ");
    assert_field("passport", "Số hộ chiếu / Passport No\nC1234567\nHọ và tên", "number",
                 "C1234567");
}

static void
test_names_lose_what_is_not_theirs(void)
{
    assert_field("diploma", "Cho: Ông NGUYỄN VĂN AN", "holder", "NGUYỄN VĂN AN");
    assert_field("diploma", "Cấp cho: Nguyễn Thị Ánh, sinh 1990", "holder",
                 "Nguyễn Thị Ánh");
    assert_field("diploma", "Họ và tên: ... LÊ A", "holder", "LÊ A");
    assert_field("diploma", "Cho: 12345", "holder", NULL);
    assert_field("diploma", "Cho: LÊ VĂN AN Quê ở Huế", "holder", "LÊ VĂN AN");
}

static void
test_codes_keep_their_signs(void)
{
    assert_field("decision", "Số: 613/QĐ-UBND\tHà Nội, ngày 09 tháng 04 năm 2023", "number",
                 "613/QĐ-UBND");
    assert_field("decision", "Số: 613/QĐ-UBND\tHà Nội, ngày 09 tháng 04 năm 2023",
                 "issue_date", "2023-04-09");
    assert_field("land-use", "Số phát hành: CT 911070\tSố vào sổ cấp GCN: CS25800",
                 "number", "CT911070");
    assert_field("land-use", "Số phát hành: CT 911070\tSố vào sổ cấp GCN: CS25800",
                 "register_number", "CS25800");
}

static void
test_a_line_may_hold_two_fields(void)
{
    assert_field("birth-certificate", "Giới tính: Nữ\tDân tộc: Kinh", "sex", "Nữ");
    assert_field("birth-certificate",
                 "Họ, chữ đệm, tên: TRẦN AN\nHọ, chữ đệm, tên người mẹ: LÊ BÌNH", "holder",
                 "TRẦN AN");
    /* a label differs in one short word: another person */
    assert_field("marriage-certificate",
                 "Họ, chữ đệm, tên vợ: LÊ THỊ HOA\nHọ, chữ đệm, tên chồng: TRẦN VĂN NAM",
                 "husband", "TRẦN VĂN NAM");
}

static void
test_a_known_title_gets_its_marks_back(void)
{
    assert_field("diploma", "BANG CƯ NHAN", "title", "BẰNG CỬ NHÂN");
    assert_field("certificate", "[MẪU Ì CHỨNG CHỈ", "title", "CHỨNG CHỈ");
    g_assert_cmpstr(kind_of("[MẪU Ì CHỨNG CHỈ\nCấp cho: LÊ AN"), ==, "certificate");
}

static int64_t
today(void)
{
    return 1762758333000000; /* 2025-11-10 */
}

/* The rules that speak about these pages, in order, one space after each. */
static char *
flags_of(const char *kind, const char *const *texts, size_t n, const char *name,
         const char *number, const char *birth_date)
{
    static const SaoyClock clock = { today, today };
    SaoyWords pages[4] = { 0 };
    g_autoptr(GString) rules = g_string_new(NULL);

    for (size_t i = 0; i < n; i++)
        pages[i] = page_of(texts[i]);
    saoy_clock_set(&clock);
    g_autoptr(GArray) fields = saoy_fields_of(saoy_kind_find(kind), pages, NULL, n);
    g_autoptr(GArray) flags = saoy_collate(saoy_kind_find(kind), pages, NULL, n, fields,
                                           name, number, birth_date);
    for (guint i = 0; i < flags->len; i++)
        g_string_append_printf(rules, "%s ", g_array_index(flags, SaoyFlag, i).rule);
    for (size_t i = 0; i < n; i++)
        saoy_words_clear(&pages[i]);
    saoy_clock_set(NULL);
    return g_string_free(g_steal_pointer(&rules), FALSE);
}

static void
assert_flags(const char *kind, const char *text, const char *expected)
{
    g_autofree char *rules =
        flags_of(kind, &text, 1, "Nguyễn Văn An", "001090000001", "1990-05-10");

    g_assert_cmpstr(rules, ==, expected);
}

static void
test_a_good_paper_has_no_flags(void)
{
    assert_flags("birth-certificate",
                 "GIẤY KHAI SINH\nHọ, chữ đệm, tên: NGUYỄN VĂN AN\n"
                 "Ngày, tháng, năm sinh: 10/05/1990\nSố định danh cá nhân: 001090000001",
                 "");
    assert_flags("decision", "Điều 1. Người yêu cầu bản sao được chứng thực bản sao", "");
    assert_flags("decision", "Nếp sinh hoạt ở phường\nMọi mật độ cao và bí mật nhà nước",
                 "");
}

static void
test_the_chip_and_the_paper_must_agree(void)
{
    assert_flags("birth-certificate", "GIẤY KHAI SINH\nHọ, chữ đệm, tên: TRẦN VĂN AN",
                 "holder-differs ");
    assert_flags("birth-certificate",
                 "GIẤY KHAI SINH\nHọ, chữ đệm, tên: NGUYEN VAN AN\nNgày sinh: 11/05/1990",
                 "birth-date-differs ");
    assert_flags("birth-certificate", "GIẤY KHAI SINH\nSố định danh cá nhân: 001090000002",
                 "number-differs ");
}

static void
test_copies_and_secrets_are_told(void)
{
    assert_flags("birth-certificate", "TRÍCH LỤC KHAI SINH (BẢN SAO)\nSố: 5/2020",
                 "copy-not-original ");
    assert_flags("decision", "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH\nngày ba mươi",
                 "copy-not-original ");
    assert_flags("decision", "TUYỆT MẬT\nBáo cáo về an ninh", "secret ");
    assert_flags("decision", "Tài liệu này KHÔNG SAO CHỤP", "no-copy ");
}

static void
test_dates_that_cannot_be(void)
{
    assert_flags("certificate", "CHỨNG CHỈ cơ bản\nCó giá trị đến: 09/11/2025", "expired ");
    assert_flags("certificate", "CHỨNG CHỈ cơ bản\nCó giá trị đến: 10/11/2025", "");
    assert_flags("diploma", "BẰNG CỬ NHÂN khoa\nHà Nội, ngày 11 tháng 11 năm 2025",
                 "date-impossible ");
    assert_flags(
        "diploma",
        "BẰNG CỬ NHÂN khoa\nNgày sinh: 10/05/1990\nHà Nội, ngày 1 tháng 2 năm 1980",
        "date-impossible ");
}

static void
test_pages_are_counted(void)
{
    static const char *const both[] = { "một hai ba\nTrang 1/3", "bốn năm sáu\nTrang 2/3" };
    static const char *const twice[] = { "một hai ba\nTrang 1/2", "một hai ba\nTrang 1/2" };
    static const char *const empty[] = { "một hai ba", "" };
    g_autofree char *a = flags_of("decision", both, 2, NULL, NULL, NULL);
    g_autofree char *b = flags_of("decision", twice, 2, NULL, NULL, NULL);
    g_autofree char *c = flags_of("decision", empty, 2, NULL, NULL, NULL);

    g_assert_cmpstr(a, ==, "missing-page missing-page ");
    g_assert_cmpstr(b, ==, "page-order ");
    g_assert_cmpstr(c, ==, "blank-page ");
}

static void
test_foreign_papers_are_told(void)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < 12; i++)
        g_string_append(text, "this is to certify that\nthe above named person\n");
    assert_flags("unknown", text->str, "foreign-paper ");
}

static void
test_likeness_of_lines(void)
{
    g_assert_cmpfloat(saoy_line_alike("ABC", "ABC"), ==, 1);
    g_assert_cmpfloat(saoy_line_alike("ABCD", "ABXD"), ==, 0.75);
    g_assert_cmpfloat(saoy_line_alike("", ""), ==, 0);
    g_assert_cmpfloat(saoy_line_capitals("GIẤY khai"), >, 0.4);
    g_autofree char *folded = saoy_line_fold("  Số: 12/QĐ-UBND… ");
    g_assert_cmpstr(folded, ==, "SO 12 QD UBND");
}

/* What papers have that no rule of ours says. */
static void
test_labels_may_say_more(void)
{
    assert_field("passport", "HỘ CHIẾU\nSố hộ chiếu / Passport N°: C1234567", "number",
                 "C1234567");
    assert_field("birth-certificate", "GIẤY KHAI SINH\nHọ và tên khai sinh: LÊ VĂN AN",
                 "holder", "LÊ VĂN AN");
    assert_field("driving-licence", "GIẤY PHÉP LÁI XE\nNgày sinh/Date of Birth: 17/01/1966",
                 "birth_date", "1966-01-17");
    /* the parcel's address, not its owner's */
    assert_field("land-use",
                 "QUYỀN SỬ DỤNG ĐẤT\nĐịa chỉ thường trú: phố Huế\nb) Địa chỉ: xã Ứng Hòa",
                 "address", "xã Ứng Hòa");
    /* "VÕ" is no "vợ" */
    assert_field("civil-extract", "TRÍCH LỤC KHAI TỬ\nHọ, chữ đệm, tên: VÕ ÁI VÂN",
                 "holder", "VÕ ÁI VÂN");
    /* a birthday is no day of issue */
    assert_field("identity-card-old", "CHỨNG MINH NHÂN DÂN\nSinh ngày: 14/09/1977",
                 "issue_date", NULL);
}

static void
test_values_stand_under_their_labels(void)
{
    static const char text[] = "HỘ CHIẾU - PASSPORT\n"
                               "Ngày sinh / Date of birth\tNơi sinh / Place of birth\n"
                               "22/03/1964\tKhánh Hòa\n"
                               "Ngày cấp / Date of issue\tCó giá trị đến / Date of expiry\n"
                               "06/01/2011\t21/08/2021";

    assert_field("passport", text, "birth_date", "1964-03-22");
    assert_field("passport", text, "issue_date", "2011-01-06");
    /* the line below is a label's, so there is no value */
    assert_field("certificate", "CHỨNG CHỈ\nHọ và tên:\nNgày sinh: 01/02/1990", "holder",
                 NULL);
}

static void
test_values_go_on_in_the_next_line(void)
{
    assert_field("driving-licence",
                 "GIẤY PHÉP LÁI XE\nNơi cư trú: số 4 phố Huế, phường Ba Đình,\n"
                 "thành phố Hà Nội\nHạng: B1",
                 "address", "số 4 phố Huế, phường Ba Đình, thành phố Hà Nội");
    assert_field("birth-certificate",
                 "GIẤY KHAI SINH\nGhi bằng chữ: Ngày hai mươi lăm tháng sáu năm hai nghìn "
                 "không trăm hai mươi\nba",
                 "birth_words", "2023-06-25");
    assert_field("driving-licence",
                 "GIẤY PHÉP LÁI XE\nNơi cư trú: phường Ba Đình, Hà Nội\nHạng: B1",
                 "address", "phường Ba Đình, Hà Nội");
}

static void
test_a_family_may_be_called_sir(void)
{
    assert_field("diploma", "BẰNG CỬ NHÂN\nCho: ÔNG THU HẰNG", "holder", "ÔNG THU HẰNG");
    assert_field("diploma", "BẰNG CỬ NHÂN\nCho: ÔNG NGUYỄN VĂN AN", "holder",
                 "NGUYỄN VĂN AN");
    assert_field("diploma", "BẰNG CỬ NHÂN\nCho: NGUYÊN VĂN AN", "holder", "NGUYỄN VĂN AN");
    assert_field("diploma", "BẰNG CỬ NHÂN\nCho: Bà LÊ THU HẰNG", "holder", "LÊ THU HẰNG");
}

static void
test_titles_are_as_printed(void)
{
    assert_field("passport", "HỘ CHIẾU - PASSPORT\nSố: C1234567", "title",
                 "HỘ CHIẾU - PASSPORT");
    /* what the ground left behind it */
    assert_field("citizen-card", "CĂN CƯỚC CÔNG DÂN „.v\nSố", "title", "CĂN CƯỚC CÔNG DÂN");
    assert_field("diploma", "BẰNG CỬ NHÂN LUẬT\nCho", "title", "BẰNG CỬ NHÂN LUẬT");
    /* a slash read as a letter, and one not read at all */
    assert_field("passport", "HỘ CHIẾU l PASSPORT\nSố: C1234567", "title",
                 "HỘ CHIẾU / PASSPORT");
    assert_field("passport", "HỘ CHIẾU PASSPORT\nSố: C1234567", "title",
                 "HỘ CHIẾU / PASSPORT");
    assert_field("driving-licence", "GIẤY PHÉP LÁI XE\nDRIVER'S LICENSE\nSố", "title",
                 "GIẤY PHÉP LÁI XE");
    assert_field("citizen-card", "CĂN CƯỚC\nIDENTITY CARD\nSố", "title", "CĂN CƯỚC");
    assert_field("criminal-record", "PHIẾU LÝ LICH TƯ PHÁP SỐ 2\nHọ", "title",
                 "PHIẾU LÝ LỊCH TƯ PHÁP SỐ 2");
    assert_field("contract", "HỢP ĐỒNG ỦY QUYỀN\nĐiều 1\nLỜI CHỨNG CỦA CÔNG CHỨNG VIÊN",
                 "title", "HỢP ĐỒNG ỦY QUYỀN");
}

static void
test_odd_figures(void)
{
    assert_field("diploma", "BẰNG KỸ SƯ\nNgày sinh: 23I0711984", "birth_date",
                 "1984-07-23");
    assert_field("land-use", "QUYỀN SỬ DỤNG ĐẤT\nDiện tích: 312,0 m2", "area", "312,0 m²");
    assert_field("contract", "HỢP ĐỒNG THUÊ\nQuyển số: 16/2017 TP/CC-SCC/HĐGD",
                 "register_number", "16/2017TP/CC-SCC/HĐGD");
    assert_field("health-insurance", "THẺ BẢO HIỂM Y TẾ\nMã số: GD 4 60 4357687852",
                 "number", "GD4604357687852");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/reading/kinds-whole", test_every_kind_has_both_titles);
    g_test_add_func("/reading/title-line", test_the_title_line_tells_the_kind);
    g_test_add_func("/reading/no-title", test_a_word_in_the_text_is_no_title);
    g_test_add_func("/reading/anchors", test_anchors_tell_an_untitled_page);
    g_test_add_func("/reading/dates", test_dates_are_normalised);
    g_test_add_func("/reading/dates-in-words", test_dates_in_words_are_dates);
    g_test_add_func("/reading/look-alikes", test_figures_read_as_letters_are_figures);
    g_test_add_func("/reading/grammar", test_a_value_has_the_grammar_of_its_field);
    g_test_add_func("/reading/names", test_names_lose_what_is_not_theirs);
    g_test_add_func("/reading/codes", test_codes_keep_their_signs);
    g_test_add_func("/reading/two-fields", test_a_line_may_hold_two_fields);
    g_test_add_func("/reading/title-marks", test_a_known_title_gets_its_marks_back);
    g_test_add_func("/reading/no-flags", test_a_good_paper_has_no_flags);
    g_test_add_func("/reading/chip-agrees", test_the_chip_and_the_paper_must_agree);
    g_test_add_func("/reading/copies-secrets", test_copies_and_secrets_are_told);
    g_test_add_func("/reading/impossible-dates", test_dates_that_cannot_be);
    g_test_add_func("/reading/pages-counted", test_pages_are_counted);
    g_test_add_func("/reading/foreign", test_foreign_papers_are_told);
    g_test_add_func("/reading/longer-labels", test_labels_may_say_more);
    g_test_add_func("/reading/under-labels", test_values_stand_under_their_labels);
    g_test_add_func("/reading/next-line", test_values_go_on_in_the_next_line);
    g_test_add_func("/reading/family-ong", test_a_family_may_be_called_sir);
    g_test_add_func("/reading/titles-printed", test_titles_are_as_printed);
    g_test_add_func("/reading/odd-figures", test_odd_figures);
    g_test_add_func("/reading/likeness", test_likeness_of_lines);
    return g_test_run();
}

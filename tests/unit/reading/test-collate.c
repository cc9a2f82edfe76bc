/* Flags: what each looks at, which ground of Điều 22 it leads to; bar codes and zones
 * against the print; pages among themselves. */
#include "collate.h"
#include "core/clock.h"
#include "machine.h"
#include "paper.h"

#include <string.h>

static int64_t
today(void)
{
    return 1762758333000000; /* 2025-11-10 */
}

typedef struct {
    const char *text;
    SaoyPageFacts facts;
} Page;

/* A page that nothing is wrong with: seal and signature in colour. */
#define GOOD_INK                                                                      \
    {                                                                                 \
        .colour = true, .red = 0.01, .blue = 0.004, .seal = { 1500, 2500, 420, 420 }, \
        .hand = {                                                                     \
            1700,                                                                     \
            2600,                                                                     \
            400,                                                                      \
            200                                                                       \
        }                                                                             \
    }

static GArray *
collate(const char *kind, const Page *pages, size_t n, bool sight)
{
    static const SaoyClock clock = { today, today };
    SaoyWords words[4] = { 0 };
    SaoyPageFacts facts[4] = { 0 };

    saoy_clock_set(&clock);
    for (size_t i = 0; i < n; i++) {
        words[i] = page_of(pages[i].text);
        facts[i] = pages[i].facts;
    }
    const SaoyPageFacts *seen = sight ? facts : NULL;
    g_autoptr(GArray) fields = saoy_fields_of(saoy_kind_find(kind), words, seen, n);
    GArray *flags = saoy_collate(saoy_kind_find(kind), words, seen, n, fields,
                                 "Nguyễn Văn An", "001090000001", "1990-05-10");
    for (size_t i = 0; i < n; i++)
        saoy_words_clear(&words[i]);
    saoy_clock_set(NULL);
    return flags;
}

static void
assert_rules(const GArray *flags, const char *expected)
{
    g_autoptr(GString) rules = g_string_new(NULL);

    for (guint i = 0; i < flags->len; i++)
        g_string_append_printf(rules, "%s ", g_array_index(flags, SaoyFlag, i).rule);
    g_assert_cmpstr(rules->str, ==, expected);
}

static void
assert_flags(const char *kind, const char *text, SaoyPageFacts facts, const char *expected)
{
    const Page page = { text, facts };
    g_autoptr(GArray) flags = collate(kind, &page, 1, true);

    assert_rules(flags, expected);
}

static void
assert_said(const char *kind, const char *text, const char *expected)
{
    const Page page = { text, { 0 } };
    g_autoptr(GArray) flags = collate(kind, &page, 1, false);

    assert_rules(flags, expected);
}

/* ---- the table */

/* Every ground has a paper that leads to it, and no flag is without a row. */
static void
test_every_ground_has_a_flag(void)
{
    static const char foreign[] =
        "this is to certify that the person\nnamed above has passed the final\n"
        "examination of this school with honour\nand is awarded the degree of the\n"
        "university under its seal on this day\nof the year in the presence of the\n"
        "rector and the board and is entitled";
    const struct {
        SaoyGround ground;
        const char *kind, *text;
        SaoyPageFacts facts;
    } cases[] = {
        { SAOY_GROUND_ALTERED,
          "birth-certificate",
          "GIẤY KHAI SINH\nNgày, tháng, năm sinh: 10/05/1990\nGhi bằng chữ: Ngày mười "
          "tháng sáu năm một nghìn chín trăm chín mươi",
          { .ink = GOOD_INK } },
        { SAOY_GROUND_DAMAGED,
          "decision",
          "QUYẾT ĐỊNH\nĐiều 1. Tặng giấy khen",
          { .ink = GOOD_INK, .report = { .cut_corner = true } } },
        { SAOY_GROUND_SECRET,
          "decision",
          "TỐI MẬT\nBáo cáo về kho bãi",
          { .ink = GOOD_INK } },
        { SAOY_GROUND_UNLAWFUL,
          "unknown",
          "Việt Nam Cộng Hòa miền Nam\nCộng hòa miền Nam "
          "Việt Nam\nGiấy căn cước",
          { .ink = GOOD_INK } },
        { SAOY_GROUND_FOREIGN, "unknown", foreign, { .ink = GOOD_INK } },
        { SAOY_GROUND_UNCONFIRMED,
          "unknown",
          "ĐƠN XIN VIỆC LÀM\nKính gửi công ty",
          { .ink = { .colour = true } } },
        { SAOY_GROUND_NO_ORIGINAL,
          "civil-extract",
          "TRÍCH LỤC KHAI SINH (BẢN SAO)\nSố: 5",
          { .ink = GOOD_INK } },
    };
    unsigned seen = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Page page = { cases[i].text, cases[i].facts };
        g_autoptr(GArray) flags = collate(cases[i].kind, &page, 1, true);
        bool found = false;

        for (guint f = 0; f < flags->len; f++)
            found = found || saoy_ground_of(g_array_index(flags, SaoyFlag, f).rule) ==
                                 cases[i].ground;
        if (!found)
            g_test_fail_printf("no flag leads to ground %d", cases[i].ground);
        g_assert_nonnull(saoy_ground_clause(cases[i].ground));
        seen |= 1u << cases[i].ground;
    }
    for (int g = SAOY_GROUND_ALTERED; g < SAOY_GROUND_N; g++)
        g_assert_true(seen & 1u << g);
    g_assert_null(saoy_ground_clause(SAOY_GROUND_NONE));
}

/* What the source can say stands in the table, else the officer's page could not cite it.
 */
static void
test_no_flag_is_without_a_row(void)
{
    static const char *const files[] = { "collate.c", "phrases.c", "pages.c", "sight.c" };
    g_autoptr(GRegex) said = g_regex_new("\"([a-z]+(?:-[a-z]+)+)\"", 0, 0, NULL);
    unsigned seen = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path =
            g_build_filename(SAOY_SOURCE_DIR, "src", "reading", files[i], NULL);
        g_autofree char *text = NULL;
        g_autoptr(GMatchInfo) match = NULL;

        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        for (g_regex_match(said, text, 0, &match); g_match_info_matches(match);
             g_match_info_next(match, NULL), seen++) {
            g_autofree char *rule = g_match_info_fetch(match, 1);

            if (!g_strv_contains(saoy_rules(), rule))
                g_test_fail_printf("%s: %s has no row in ground.c", files[i], rule);
        }
    }
    g_assert_cmpuint(seen, >, 25);
}

static void
test_flags_cite_their_clause(void)
{
    const Page page = { "TỐI MẬT\nBáo cáo về kho bãi", { 0 } };
    g_autoptr(GArray) flags = collate("decision", &page, 1, false);
    g_autoptr(SaoyJson) list = saoy_flags_to_json(flags, false);
    const SaoyJson *flag = saoy_json_at(list, 0);

    g_assert_cmpint(saoy_json_int_or(flag, "ground", 0), ==, 3);
    g_assert_nonnull(strstr(saoy_json_string_or(flag, "clause", ""), "khoản 3 Điều 22"));
    g_assert_cmpint(saoy_json_number(saoy_json_at(saoy_json_member(flag, "box"), 0)), >, 0);
}

/* ---- words */

static void
test_attestations_are_known(void)
{
    assert_said("decision", "QUYẾT ĐỊNH chung\nChứng thực bản sao đúng với bản chính",
                "copy-not-original ");
    assert_said("decision", "QUYẾT ĐỊNH chung\nSố chứng thực 153 Quyển số 01/2025-SCT/BS",
                "copy-not-original ");
    assert_said("decision",
                "Điều 1. Người yêu cầu chứng thực bản sao\nđược ghi một số chứng thực", "");
}

static void
test_kinds_that_are_void(void)
{
    assert_said("household-book", "SỔ HỘ KHẨU\nSố: 123456", "kind-void ");
    assert_said("identity-card-old", "GIẤY CHỨNG MINH NHÂN DÂN\nSố: 012345678",
                "missing-side kind-void ");
    assert_said("marital-status",
                "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN\nHà Nội, ngày 09 tháng 5 năm 2025",
                "expired ");
    assert_said("marital-status",
                "GIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN\nHà Nội, ngày 10 tháng 5 năm 2025", "");
}

static void
test_one_of_a_couple_is_enough(void)
{
    assert_said("marriage-certificate",
                "GIẤY CHỨNG NHẬN KẾT HÔN\nHọ, chữ đệm, tên vợ: LÊ THỊ HOA\n"
                "Họ, chữ đệm, tên chồng: NGUYỄN VĂN AN",
                "");
    assert_said("marriage-certificate",
                "GIẤY CHỨNG NHẬN KẾT HÔN\nHọ, chữ đệm, tên vợ: LÊ THỊ HOA\n"
                "Họ, chữ đệm, tên chồng: TRẦN VĂN BA",
                "holder-differs ");
}

static void
test_dates_that_contradict(void)
{
    assert_said("birth-certificate",
                "GIẤY KHAI SINH\nNgày sinh: 10/05/1990\nGhi bằng chữ: ngày mười tháng năm "
                "năm một nghìn chín trăm chín mươi",
                "");
    assert_said("passport",
                "HỘ CHIẾU của dân\nNgày cấp: 01/02/2030\nCó giá trị đến: "
                "01/02/2029",
                "date-impossible ");
}

/* ---- what vision saw */

static void
test_ink_and_damage(void)
{
    static const char text[] = "BẰNG CỬ NHÂN LUẬT\nCho: NGUYỄN VĂN AN\nSố hiệu: 123456";

    assert_flags("diploma", text, (SaoyPageFacts){ .ink = GOOD_INK }, "");
    assert_flags("diploma", text, (SaoyPageFacts){ .ink = { .colour = true } },
                 "no-colour-ink seal-missing signature-missing ");
    assert_flags("diploma", text,
                 (SaoyPageFacts){
                     .ink = { .colour = true, .red = 0.01, .seal = { 1, 1, 400, 400 } } },
                 "signature-missing ");
    assert_flags(
        "diploma", text,
        (SaoyPageFacts){ .ink = { .colour = true, .red = 0.01, .seal = { 1, 1, 400, 400 } },
                         .hand = { 1, 1, 400, 200 } },
        "");                                                 /* a hand in black */
    assert_flags("diploma", text, (SaoyPageFacts){ 0 }, ""); /* a grey scan knows nothing */
    assert_flags("citizen-card", "CĂN CƯỚC CÔNG DÂN của\nSố: 001090000001",
                 (SaoyPageFacts){ .ink = { .colour = true }, .report = { .cards = 2 } },
                 ""); /* a card bears no seal, and both sides lay there */
    assert_flags("diploma", text,
                 (SaoyPageFacts){ .ink = GOOD_INK,
                                  .report = { .cut_corner = true,
                                              .glare = true,
                                              .double_feed = true,
                                              .blurred = true } },
                 "cut-page under-glare hard-to-read double-feed ");
}

/* ---- bar codes and zones */

static void
assert_field(const GArray *fields, const char *name, const char *value)
{
    const SaoyField *field = saoy_field_find(fields, name);

    g_assert_cmpstr(field != NULL ? field->value : NULL, ==, value);
}

static void
test_codes_are_read_by_shape(void)
{
    g_autoptr(GArray) card = g_array_new(FALSE, FALSE, sizeof(SaoyField));
    g_autoptr(GArray) health = g_array_new(FALSE, FALSE, sizeof(SaoyField));
    g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(SaoyField));

    for (GArray **list = (GArray *[]){ card, health, none, NULL }; *list != NULL; list++)
        g_array_set_clear_func(*list, (GDestroyNotify)saoy_field_clear);
    saoy_code_fields("001090000001|012345678|Nguyễn Văn An|01011990|Nam|Số 1 Phố Mẫu, "
                     "Phường Mẫu, Hà Nội|10052021",
                     0, card);
    assert_field(card, "personal_number", "001090000001");
    assert_field(card, "holder", "Nguyễn Văn An");
    assert_field(card, "birth_date", "1990-01-01");
    assert_field(card, "sex", "Nam");
    assert_field(card, "issue_date", "2021-05-10");
    saoy_code_fields("0123456789|4ec3aa20c3816e68|01/01/1990|2|4ec3aa|x", 0, health);
    assert_field(health, "number", "0123456789");
    assert_field(health, "holder", "Nê Ánh");
    assert_field(health, "sex", "Nữ");
    saoy_code_fields("https://example.vn/v/1|2|3|4|5|6|7", 0, none);
    saoy_code_fields("001090000001|||||", 0, none);
    saoy_code_fields("", 0, none);
    saoy_code_fields("||||||||||||||||||||||||||||||||||||||", 0, none);
    saoy_code_fields("000000000000|ff|99999999|9|00|", 0, none);
    g_assert_null(saoy_field_find(none, "holder"));
    g_assert_null(saoy_field_find(none, "birth_date"));
}

/* The worked example of domain.md §4.3, as a camera gives it: two texts of two lines. */
static char zone_head[] = "IDVNM0900000018001090000001<<9\n9001011M3001019VNM<<<<<<<<<<<6";
static char zone_tail[] = "9001011M3001019VNM<<<<<<<<<<<6\nNGUYEN<<VAN<AN<<<<<<<<<<<<<<<<";

static void
test_the_zone_and_the_print_agree(void)
{
    static char code[] =
        "001090000001|012345678|Nguyễn Văn An|02011990|Nam|Hà Nội|10052021";
    char *zones[] = { zone_head, zone_tail, NULL }, *codes[] = { code, NULL };
    static const char front[] =
        "CĂN CƯỚC CÔNG DÂN\nSố: 001090000001\nHọ và tên / Full name: NGUYỄN VĂN AN\nNgày "
        "sinh / Date of birth: 01/01/1990\nGiới tính / Sex: Nam";
    const Page same[] = { { front, { 0 } },
                          { "Đặc điểm nhận dạng: sẹo nhỏ", { .zones = zones } } };
    const Page other[] = { { front, { .codes = codes } },
                           { "Đặc điểm nhận dạng: sẹo nhỏ", { .zones = zones } } };
    g_autoptr(GArray) good = collate("citizen-card", same, 2, true);
    g_autoptr(GArray) bad = collate("citizen-card", other, 2, true);

    assert_rules(good, "birth-date-differs "); /* of the chip, which says another day */
    assert_rules(bad, "birth-date-differs code-differs ");
}

/* A passport's way to print it; what counts is man or woman. */
static void
test_sex_in_two_languages(void)
{
    char *zones[] = { zone_head, zone_tail, NULL };
    const Page man[] = { { "CĂN CƯỚC CÔNG DÂN\nSố: 001090000001\nGiới tính / Sex: Nam / M",
                           { .zones = zones } } };
    const Page woman[] = { { "CĂN CƯỚC CÔNG DÂN\nSố: 001090000001\nGiới tính / Sex: Nữ / F",
                             { .zones = zones } } };
    g_autoptr(GArray) same = collate("citizen-card", man, 1, true);
    g_autoptr(GArray) other = collate("citizen-card", woman, 1, true);

    assert_rules(same, "missing-side birth-date-differs ");
    assert_rules(other, "missing-side birth-date-differs code-differs ");
}

static void
test_zones_fill_what_the_print_lacks(void)
{
    char *zones[] = { zone_head, zone_tail, NULL };
    const SaoyPageFacts facts = { .zones = zones };
    g_auto(SaoyWords) words = page_of("Đặc điểm nhận dạng: sẹo");
    g_autoptr(GArray) fields =
        saoy_fields_of(saoy_kind_find("citizen-card"), &words, &facts, 1);

    assert_field(fields, "personal_number", "001090000001");
    assert_field(fields, "holder", "NGUYEN VAN AN");
    assert_field(fields, "birth_date", "1990-01-01");
    assert_field(fields, "expiry_date", "2030-01-01");
}

static void
test_hostile_zones_say_nothing(void)
{
    char *zones[] = { (char *)"", (char *)"\n", (char *)"<<<<<<<<<<<<\n<<<<<<<<",
                      (char *)"????????????????????????\n????", NULL };
    const SaoyPageFacts facts = { .zones = zones };
    g_autoptr(GArray) fields = saoy_machine_fields(&facts, 1);

    g_assert_cmpuint(fields->len, ==, 0);
}

/* ---- pages */

static void
test_originals_are_told_apart(void)
{
    static const struct {
        const char *texts[4];
        unsigned originals[4];
    } cases[] = {
        { { "GIẤY KHAI SINH\nSố: 5", "Phần ghi chú", "BẰNG CỬ NHÂN\nCho: LÊ AN", NULL },
          { 0, 0, 1 } },
        { { "BẢNG ĐIỂM TOÀN KHÓA\nToán", "BẢNG ĐIỂM TOÀN KHÓA\nTiếng Anh", NULL },
          { 0, 0 } },
        { { "QUYẾT ĐỊNH\nTrang 1/2", "Điều 5\nTrang 2/2", "QUYẾT ĐỊNH\nTrang 1/1", NULL },
          { 0, 0, 1 } },
        { { "Điều 4. Quy định chung", "GIẤY KHAI SINH\nSố: 5", NULL }, { 0, 1 } },
        /* two of one kind, unnumbered: another number; a digit misread is none */
        { { "GIẤY KHAI SINH\nSố: 105/2014", "GIẤY KHAI SINH\nSố: 268/2017", NULL },
          { 0, 1 } },
        { { "GIẤY KHAI SINH\nSố: 105/2014", "GIẤY KHAI SINH\nSố: 165/2014", NULL },
          { 0, 0 } },
        { { "BẢNG ĐIỂM TOÀN KHÓA\nHọ và tên: LÊ VĂN AN",
            "BẢNG ĐIỂM TOÀN KHÓA\nHọ và tên: TRẦN THỊ BÌNH", NULL },
          { 0, 1 } },
    };

    for (size_t c = 0; c < G_N_ELEMENTS(cases); c++) {
        SaoyWords words[4] = { 0 };
        unsigned originals[4] = { 9, 9, 9, 9 };
        size_t n = 0;

        for (; cases[c].texts[n] != NULL; n++)
            words[n] = page_of(cases[c].texts[n]);
        saoy_pages_group(words, NULL, n, originals);
        for (size_t i = 0; i < n; i++) {
            g_assert_cmpuint(originals[i], ==, cases[c].originals[i]);
            saoy_words_clear(&words[i]);
        }
    }
}

static void
assert_pages(const char *kind, const Page *pages, size_t n, const char *expected)
{
    g_autoptr(GArray) flags = collate(kind, pages, n, false);

    assert_rules(flags, expected);
}

static void
test_numbers_and_doubles(void)
{
    static const char page[] =
        "một hai ba bốn năm sáu\nbảy tám chín mười mười một\nTrang 1";
    const Page twice[] = { { page, { 0 } }, { page, { 0 } } };
    const Page dashed[] = { { "đầu trang chữ\n- 1 -", { 0 } },
                            { "cuối trang chữ\n- 3 -", { 0 } } };
    const Page whole[] = { { "đầu trang chữ\nTrang: 1 trên 2", { 0 } },
                           { "cuối trang chữ\nTrang: 2 trên 2", { 0 } } };
    const Page side = { "CĂN CƯỚC CÔNG DÂN\nSố: 001090000001", { 0 } };
    const Page two[] = { { "GIẤY KHAI SINH\nSố đăng ký: 5", { 0 } },
                         { "BẰNG CỬ NHÂN\nCho: NGUYỄN VĂN AN", { 0 } } };

    assert_pages("decision", twice, 2, "page-order page-twice ");
    assert_pages("decision", dashed, 2, "page-order ");
    assert_pages("decision", whole, 2, "");
    assert_pages("citizen-card", &side, 1, "missing-side ");
    assert_pages("birth-certificate", two, 2, "several-originals ");
}

static void
test_altered_paper_is_shown(void)
{
    Page page = { "QUYẾT ĐỊNH\nSố: 12/QĐ-UBND", { .ink = GOOD_INK } };

    page.facts.tampers = (SaoyTampers){ 4,
                                        { { SAOY_TAMPER_PASTED, { 300, 400, 500, 90 }, 3 },
                                          { SAOY_TAMPER_PASTED, { 9, 9, 9, 9 }, 3 },
                                          { SAOY_TAMPER_ERASED, { 1, 2, 3, 4 }, 4 },
                                          { SAOY_TAMPER_STROKES, { 5, 6, 7, 8 }, 2 } } };
    g_autoptr(GArray) flags = collate("decision", &page, 1, true);
    unsigned shown = 0;

    for (guint i = 0; i < flags->len; i++) {
        const SaoyFlag *flag = &g_array_index(flags, SaoyFlag, i);

        if (g_str_equal(flag->rule, "pasted-over")) {
            g_assert_cmpint(flag->box.x, ==, shown == 0 ? 300 : 9); /* each place */
            g_assert_cmpint(flag->box.h, ==, shown == 0 ? 90 : 9);
            g_assert_cmpint(saoy_ground_of(flag->rule), ==, SAOY_GROUND_ALTERED);
            shown++;
        }
        shown += g_str_equal(flag->rule, "erased") || g_str_equal(flag->rule, "other-ink");
    }
    g_assert_cmpuint(shown, ==, 4);
}

/* More than a hub takes would stop the visit. */
static void
test_flags_are_bounded(void)
{
    g_autoptr(GArray) flags = collate("decision", NULL, 0, false);

    for (unsigned i = 0; i < 2 * SAOY_FLAGS_MAX; i++)
        saoy_flag_add_place(flags, "erased", i, (SaoyBox){ 0 }, "");
    g_assert_cmpuint(flags->len, ==, SAOY_FLAGS_MAX);
}

/* Faint, and nothing is written there: folds are so. Under a word it is shown. */
static void
test_faint_places_need_a_word(void)
{
    static const char text[] = "QUYẾT ĐỊNH\nSố: 12/QĐ-UBND";
    g_auto(SaoyWords) words = page_of(text);
    Page bare = { text, { .ink = GOOD_INK } }, under = bare;

    bare.facts.tampers = (SaoyTampers){ 1, { { SAOY_TAMPER_ERASED, { 1, 2, 3, 4 }, 2 } } };
    under.facts.tampers =
        (SaoyTampers){ 1, { { SAOY_TAMPER_ERASED, words.items[0].box, 2 } } };
    g_autoptr(GArray) none = collate("decision", &bare, 1, true);
    g_autoptr(GArray) one = collate("decision", &under, 1, true);

    g_assert_cmpuint(one->len, ==, none->len + 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/collate/grounds", test_every_ground_has_a_flag);
    g_test_add_func("/collate/rows", test_no_flag_is_without_a_row);
    g_test_add_func("/collate/clauses", test_flags_cite_their_clause);
    g_test_add_func("/collate/attestations", test_attestations_are_known);
    g_test_add_func("/collate/void", test_kinds_that_are_void);
    g_test_add_func("/collate/couple", test_one_of_a_couple_is_enough);
    g_test_add_func("/collate/altered", test_altered_paper_is_shown);
    g_test_add_func("/collate/bounded", test_flags_are_bounded);
    g_test_add_func("/collate/faint", test_faint_places_need_a_word);
    g_test_add_func("/collate/dates", test_dates_that_contradict);
    g_test_add_func("/collate/sight", test_ink_and_damage);
    g_test_add_func("/collate/codes", test_codes_are_read_by_shape);
    g_test_add_func("/collate/zones", test_the_zone_and_the_print_agree);
    g_test_add_func("/collate/sexes", test_sex_in_two_languages);
    g_test_add_func("/collate/zone-fills", test_zones_fill_what_the_print_lacks);
    g_test_add_func("/collate/hostile-zones", test_hostile_zones_say_nothing);
    g_test_add_func("/collate/originals", test_originals_are_told_apart);
    g_test_add_func("/collate/numbers", test_numbers_and_doubles);
    return g_test_run();
}

/* Post-correction: what it puts right, what it leaves alone, and that it never does harm.
 */
#include "mend.h"

#include "core/file.h"
#include "reading/reading.h"
#include "syllable.h"

#include <string.h>

/* One line of words of this confidence. */
static SaoyWords
line_of(const char *text, int confidence)
{
    SaoyWords words = { 0 };
    g_auto(GStrv) list = g_strsplit(text, " ", -1);

    for (int i = 0; list[i] != NULL; i++)
        if (list[i][0] != '\0')
            saoy_words_append(&words, list[i], (SaoyBox){ 10 + 100 * i, 10, 90, 40 },
                              confidence, 0);
    return words;
}

static void
assert_mended(const char *read, int confidence, const char *right)
{
    g_auto(SaoyWords) words = line_of(read, confidence);

    saoy_words_drop_rubbish(&words);
    saoy_words_mend(&words);
    g_autofree char *text = saoy_words_text(&words);
    g_assert_cmpstr(text, ==, right);
}

static void
test_marks_and_strays(void)
{
    assert_mended("ngừơi dân", 90, "người dân");
    assert_mended("ngày 25I08l2026.", 90, "ngày 25/08/2026.");
    assert_mended("số 25I08I20267 và 2510812026", 90, "số 25I08I20267 và 2510812026");
    assert_mended("Hòan thành", 90, "Hoàn thành");
    assert_mended("hoà bình và hòa giải", 90, "hoà bình và hòa giải");
    assert_mended("CÖNG DÂN", 90, "CÕNG DÂN");
    assert_mended("(cuả)", 90, "(của)");
    assert_mended("Ï", 30, "I"); /* what stands alone counts a chapter */
    /* known from titles and labels of our kinds */
    assert_mended("SỐ HIỆỤ", 50, "SỐ HIỆU");
    assert_mended("Nơi thường trủ", 50, "Nơi thường trủ"); /* a word of its own */
}

/* The page itself says how it is spelt. */
static void
test_the_page_teaches(void)
{
    g_auto(SaoyWords) words = line_of("quyết định này quyết", 95);

    saoy_words_append(&words, "quyet", (SaoyBox){ 600, 10, 90, 40 }, 60, 0);
    saoy_words_append(&words, "quyet", (SaoyBox){ 700, 10, 90, 40 }, 95, 0);
    saoy_words_mend(&words);
    g_autofree char *text = saoy_words_text(&words);
    /* sure of plain letters: a name, or what stands for something */
    g_assert_cmpstr(text, ==, "quyết định này quyết quyết quyet");
}

static void
test_numbers_and_codes_are_left_alone(void)
{
    static const char *const texts[] = {
        "613/QĐ-UBND", "00109OOOO0001", "AB123456", "ngừơi1",       "a.b@c.vn",
        "05/03/1990",  "IDVNM0900<<<",  "H26.132",  "https://x.vn", "m²",
        "Mác-Lênin",   "Đắk",           "Krông",    "TTPVHCC",      "B2",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        assert_mended(texts[i], 50, texts[i]);
}

static void
test_rubbish_goes(void)
{
    assert_mended("X xX X XX Xx", 60, "");
    assert_mended("| 1 | Toán | 7,5 |", 90, "1 Toán 7,5");
    assert_mended("X xX X", 95, "X xX X"); /* sure of it */
    assert_mended("A B C", 80, "A B C");
    assert_mended("Điều 1.", 20, "Điều 1.");
    assert_mended("XD S00 XD) SANG X9 NO", 27, ""); /* a border of waves */
    assert_mended("n/))", 32, "");                  /* a signature */
    assert_mended("2)/⁄⁄", 39, "");
    assert_mended("—”", 56, "");
    assert_mended("Ï", 30, "I");
    assert_mended("7,5", 30, "7,5");
}

static void
test_nothing_is_moved(void)
{
    g_auto(SaoyWords) words = line_of("| ngừơi | dân", 88);

    saoy_words_drop_rubbish(&words);
    saoy_words_mend(&words);
    g_assert_cmpuint(words.n, ==, 2);
    g_assert_cmpint(words.items[0].box.x, ==, 110);
    g_assert_cmpint(words.items[1].box.x, ==, 310);
    g_assert_cmpint(words.items[0].confidence, ==, 88);
    saoy_words_append(&words, "sau", (SaoyBox){ 1, 1, 1, 1 }, 1, 1);
    g_assert_cmpstr(words.items[2].text, ==, "sau");
}

/* ---- measured on law texts: as printed, and with an engine's mistakes */

static unsigned
edits_between(const char *a, const char *b)
{
    glong n = 0, m = 0;
    g_autofree gunichar *x = g_utf8_to_ucs4_fast(a, -1, &n);
    g_autofree gunichar *y = g_utf8_to_ucs4_fast(b, -1, &m);
    g_autofree unsigned *row = g_new(unsigned, (size_t)m + 1);

    for (glong j = 0; j <= m; j++)
        row[j] = (unsigned)j;
    for (glong i = 1; i <= n; i++) {
        unsigned corner = row[0];

        row[0] = (unsigned)i;
        for (glong j = 1; j <= m; j++) {
            unsigned changed = corner + (x[i - 1] != y[j - 1]);

            corner = row[j];
            row[j] = MIN(changed, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return row[m];
}

/* What `vie` does to a letter: circumflex or horn lost or won, tone lost, won or changed, a
 * letter outside the alphabet. */
static gunichar
misread(gunichar c, GRand *rand)
{
    static const char *const families[] = { "aăâä", "eêë", "oôơö", "uưü", "iï" };
    SaoyTone tone = SAOY_TONE_LEVEL;
    gunichar plain = g_unichar_tolower(saoy_letter_plain(c, &tone));

    for (size_t f = 0; f < G_N_ELEMENTS(families); f++) {
        const char *family = families[f];

        if (g_utf8_strchr(family, -1, plain) == NULL)
            continue;
        if (g_rand_boolean(rand))
            return saoy_letter_toned(g_unichar_tolower(saoy_letter_plain(c, &tone)),
                                     (SaoyTone)g_rand_int_range(rand, 0, SAOY_TONE_N));
        long n = g_utf8_strlen(family, -1);
        return saoy_letter_toned(g_utf8_get_char(g_utf8_offset_to_pointer(
                                     family, g_rand_int_range(rand, 0, (gint32)n))),
                                 tone);
    }
    return c;
}

static char *
misread_word(const char *word, GRand *rand)
{
    glong n = 0;
    g_autofree gunichar *letters = g_utf8_to_ucs4_fast(word, -1, &n);
    glong at = g_rand_int_range(rand, 0, (gint32)n);

    letters[at] = misread(letters[at], rand);
    return g_ucs4_to_utf8(letters, n, NULL, NULL, NULL);
}

typedef struct {
    unsigned letters, before, after, words, touched;
} Rate;

/* Pages of 300 words; of every `each`th one letter is misread (0: none). */
static Rate
measure(const char *text, unsigned each, unsigned seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_auto(GStrv) list = g_strsplit_set(text, " \n\t\r", -1);
    size_t n = g_strv_length(list);
    Rate rate = { 0 };

    for (size_t from = 0; from < n; from += 300) {
        g_auto(SaoyWords) words = { 0 };
        g_autoptr(GPtrArray) truth = g_ptr_array_new();

        for (size_t i = from; i < MIN(n, from + 300); i++) {
            bool wrong = each > 0 && g_rand_int_range(rand, 0, (gint32)each) == 0;

            if (list[i][0] == '\0')
                continue;
            g_autofree char *read = wrong ? misread_word(list[i], rand) : g_strdup(list[i]);
            g_autofree char *normal = g_utf8_normalize(read, -1, G_NORMALIZE_NFC);
            saoy_words_append(&words, normal, (SaoyBox){ 1, 1, 9, 9 },
                              wrong ? g_rand_int_range(rand, 40, 95) : 96, (int)i / 12);
            g_ptr_array_add(truth, list[i]);
            rate.letters += (unsigned)g_utf8_strlen(list[i], -1);
            rate.before += edits_between(list[i], normal);
        }
        saoy_words_drop_rubbish(&words);
        saoy_words_mend(&words);
        g_assert_cmpuint(words.n, ==, truth->len);
        for (size_t i = 0; i < words.n; i++) {
            unsigned edits = edits_between(truth->pdata[i], words.items[i].text);

            rate.after += edits;
            rate.touched += each == 0 && edits > 0;
            if (each == 0 && edits > 0)
                g_test_message("%s became %s", (char *)truth->pdata[i],
                               words.items[i].text);
        }
        rate.words += (unsigned)words.n;
    }
    return rate;
}

/* Written for this test: no law needs to be there for it. */
static const char own_text[] =
    "Cộng hòa xã hội chủ nghĩa Việt Nam Độc lập - Tự do - Hạnh phúc\n"
    "Ủy ban nhân dân phường Cửa Nam chứng nhận ông Nguyễn Quốc Toàn, sinh ngày 05 tháng 3 "
    "năm 1990, thường trú tại số 12 phố Hàng Bông, đã hoàn thành khóa đào tạo về chuyển "
    "đổi "
    "số do trường tổ chức từ tháng 9 đến tháng 12. Người được cấp giấy này có quyền và "
    "nghĩa vụ theo quy định của pháp luật; trường hợp thay đổi thông tin cá nhân thì phải "
    "báo cho cơ quan cấp giấy trong thời hạn mười lăm ngày làm việc kể từ ngày thay đổi.\n"
    "Căn cứ quyết định số 613/QĐ-UBND của chủ tịch ủy ban nhân dân, trường giao phòng đào "
    "tạo lưu hồ sơ, ghi vào sổ gốc và trả bản chính cho người học. Bản chính chỉ cấp một "
    "lần; người học có trách nhiệm giữ gìn, khi mất thì được cấp bản sao từ sổ gốc.\n";

static char *
law(const char *name)
{
    const char *shared = g_getenv("SAOY_SHARED_DIR");
    g_autofree char *path =
        g_build_filename(shared != NULL ? shared : "/nowhere", "data", "text", name, NULL);
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    if (text == NULL)
        return NULL;
    g_autofree char *raw = text;
    return g_utf8_normalize(raw, -1, G_NORMALIZE_NFC);
}

static void
test_clean_text_is_not_touched(void)
{
    static const char *const laws[] = { "luat-cu-tru.txt", "hien-phap.txt" };
    Rate own = measure(own_text, 0, 1);

    g_assert_cmpuint(own.after, ==, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(laws); i++) {
        g_autofree char *text = law(laws[i]);
        Rate rate = measure(text != NULL ? text : "", 0, 1);

        if (text == NULL)
            g_test_message("no SAOY_SHARED_DIR with %s: left out", laws[i]);
        g_test_message("%s: %u words, %u touched", laws[i], rate.words, rate.touched);
        /* misprints of the text itself are put right, no more */
        g_assert_cmpuint(rate.touched * 2000, <=, rate.words);
    }
}

static void
test_misread_text_gets_better(void)
{
    g_autofree char *text = law("luat-cong-chung.txt");
    Rate own = measure(own_text, 5, 7);
    Rate rate = measure(text != NULL ? text : own_text, 12, 7);

    g_test_message("own: CER %.4f to %.4f; law: CER %.4f to %.4f",
                   (double)own.before / own.letters, (double)own.after / own.letters,
                   (double)rate.before / rate.letters, (double)rate.after / rate.letters);
    g_assert_cmpuint(own.after, <, own.before);
    g_assert_cmpuint(rate.after * 10, <=, rate.before * 8);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mend/marks-and-strays", test_marks_and_strays);
    g_test_add_func("/mend/page-teaches", test_the_page_teaches);
    g_test_add_func("/mend/codes", test_numbers_and_codes_are_left_alone);
    g_test_add_func("/mend/rubbish", test_rubbish_goes);
    g_test_add_func("/mend/places", test_nothing_is_moved);
    g_test_add_func("/mend/clean", test_clean_text_is_not_touched);
    g_test_add_func("/mend/misread", test_misread_text_gets_better);
    return g_test_run();
}

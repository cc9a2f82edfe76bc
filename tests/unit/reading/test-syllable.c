/* Vietnamese spelling: which words can be, and where their tone mark stands. */
#include "syllable.h"

#include <string.h>

static void
test_words_that_are(void)
{
    static const char *const words[] = {
        "nghiêng", "nguyễn", "khuỷu", "khuya", "giếng",  "gì",    "giá",   "giữa", "gìn",
        "quốc",    "quyển",  "quỳnh", "quý",   "quả",    "ngoèo", "xoong", "thuở", "rượu",
        "ý",       "yếu",    "y",     "ủy",    "uỷ",     "hòa",   "hoà",   "khoẻ", "khỏe",
        "hoàn",    "toàn",   "của",   "mía",   "chuyện", "đường", "được",  "nước", "trung",
        "lý",      "kỷ",     "ghế",   "nghỉ",  "ngã",    "ông",   "ở",     "thuế", "huệ",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (!saoy_syllable_is_lawful(words[i]))
            g_test_fail_printf("%s is a word", words[i]);
}

static void
test_words_that_cannot_be(void)
{
    static const char *const words[] = {
        "quyet", "thàch",  "ngừơi",    "hoá́",  "ưung", "điòa", "kan", "cê", "nge",
        "gha",   "ngiêng", "học̀",      "gía",  "củả",  "toán̉", "xyz", "",   "ăn3",
        "wx",    "trugn",  "nghiêngg", "tòan", "qúy",  "cuả",  "óa̗",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (saoy_syllable_is_lawful(words[i]))
            g_test_fail_printf("%s is no word", words[i]);
}

static void
assert_placed(const char *word, const char *placed)
{
    g_autofree char *text = saoy_syllable_placed(word);

    g_assert_cmpstr(text, ==, placed);
}

/* One rule: the mark stands where the rime bears it; open oa, oe and uy stay as written. */
static void
test_marks_are_put_in_place(void)
{
    assert_placed("ngừơi", "người");
    assert_placed("tòan", "toàn");
    assert_placed("cuả", "của");
    assert_placed("gía", "giá");
    assert_placed("qúy", "quý");
    assert_placed("NGỪƠI", "NGƯỜI");
    assert_placed("Hòan", "Hoàn");
    assert_placed("hòa", "hòa");
    assert_placed("hoà", "hoà");
    assert_placed("THUÝ", "THUÝ");
    assert_placed("THÚY", "THÚY");
    assert_placed("khoẻ", "khoẻ");
    assert_placed("Agribank", NULL);
    assert_placed("quyet", NULL);
}

typedef struct {
    unsigned plain, all;
} Count;

static void
check_one(const char *plain, bool stopped, void *user)
{
    Count *count = user;
    g_autoptr(GString) first = g_string_new(NULL);

    count->plain++;
    count->all += stopped ? 2 : 6;
    g_assert_cmpint(saoy_syllable_is_lawful(plain), ==, !stopped);
    for (const char *p = plain; *p != '\0'; p = g_utf8_next_char(p))
        g_assert_true(saoy_letter_is_ours(g_utf8_get_char(p)));
}

/* About seven thousand are in use; spelling allows some more, and far fewer than letters
 * could make. */
static void
test_the_automaton_is_whole(void)
{
    Count count = { 0 };

    saoy_syllable_each(check_one, &count);
    g_test_message("%u syllables without tone, %u with", count.plain, count.all);
    g_assert_cmpuint(count.plain, >, 3000);
    g_assert_cmpuint(count.all, >, 7000);
    g_assert_cmpuint(count.all, <, 24000);
}

static void
test_letters_bear_marks(void)
{
    SaoyTone tone = SAOY_TONE_LEVEL;

    g_assert_cmpuint(saoy_letter_plain(0x1ebf, &tone), ==, 0xea); /* ế */
    g_assert_cmpint(tone, ==, SAOY_TONE_ACUTE);
    g_assert_cmpuint(saoy_letter_plain(0x1ef0, &tone), ==, 0x1af); /* Ự */
    g_assert_cmpint(tone, ==, SAOY_TONE_DOT);
    g_assert_cmpuint(saoy_letter_toned(0xca, SAOY_TONE_TILDE), ==, 0x1ec4); /* Ê, Ễ */
    g_assert_cmpuint(saoy_letter_toned('k', SAOY_TONE_TILDE), ==, 'k');
    g_assert_true(saoy_letter_is_ours(0x110));
    g_assert_true(saoy_letter_is_ours('w'));
    g_assert_false(saoy_letter_is_ours(0xf6)); /* ö */
    g_assert_false(saoy_letter_is_ours('1'));
    g_assert_false(saoy_letter_is_ours(0x300));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/syllable/words", test_words_that_are);
    g_test_add_func("/syllable/no-words", test_words_that_cannot_be);
    g_test_add_func("/syllable/placement", test_marks_are_put_in_place);
    g_test_add_func("/syllable/automaton", test_the_automaton_is_whole);
    g_test_add_func("/syllable/letters", test_letters_bear_marks);
    return g_test_run();
}

#include "keyboard.h"

#include <glib.h>

enum { HUYEN = 0x0300, SAC = 0x0301, HOI = 0x0309, NGA = 0x0303, NANG = 0x0323 };

static void
test_the_tone_goes_to_the_vowel_before_the_cursor(void)
{
    static const struct {
        const char *typed;
        gunichar mark;
        const char *wanted;
    } words[] = {
        { "Nguyê", NGA, "Nguyễ" }, { "Nguyên", NGA, "Nguyễn" },
        { "Trâ", HUYEN, "Trầ" },   { "Lan Ph", SAC, "Lan Ph" },
        { "a", SAC, "á" },         { "Đư", SAC, "Đứ" },
        { "nươc", SAC, "nước" },   { "VIỆ", NANG, "VIÊ" },
        { "hỏ", NGA, "hõ" },       { "", SAC, "" },
        { "Ư", HOI, "Ử" },         { "y", HUYEN, "ỳ" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autofree char *got = saoy_keyboard_tone(words[i].typed, words[i].mark);

        g_assert_cmpstr(got, ==, words[i].wanted);
    }
}

static void
test_the_result_is_one_letter(void)
{
    g_autofree char *got = saoy_keyboard_tone("ê", NGA);

    g_assert_cmpint(g_utf8_strlen(got, -1), ==, 1);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/keyboard/tone", test_the_tone_goes_to_the_vowel_before_the_cursor);
    g_test_add_func("/keyboard/nfc", test_the_result_is_one_letter);
    return g_test_run();
}

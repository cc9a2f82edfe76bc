/* Numbers drawn in code, as print: a pen's stroke in one figure, figures added by another
 * machine, one value in another ink are shown where they are; a form whose values are all
 * of another ink, worn print, signs behind a value are not. */
#include "drawn.h"
#include "vision/tamper.h"

#define DPI 300
#define WIDE 20 /* a figure, pixels */
#define HIGH 34
#define STROKE 6
#define PITCH 28
#define PRINT 0x20201f

enum { LINES = 7, COLUMNS = 4, FIGURES = 8 };

/* Which of seven strokes each figure has: top, middle, foot, left and right halves. */
static const char *const strokes[10] = { "tflLrR", "rR",     "tmfrL", "tmfrR",   "mlrR",
                                         "tmflR",  "tmflLR", "trR",   "tmflLrR", "tmflrR" };

typedef struct {
    SaoyImage *page;
    SaoyWords words;
} Print;

static void
print_clear(Print *print)
{
    saoy_image_free(print->page);
    saoy_words_clear(&print->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Print, print_clear)

static void
put_figure(SaoyImage *page, int x, int y, char figure, uint32_t rgb)
{
    const struct {
        char stroke;
        int x, y, w, h;
    } places[] = { { 't', 0, 0, WIDE, STROKE },
                   { 'm', 0, (HIGH - STROKE) / 2, WIDE, STROKE },
                   { 'f', 0, HIGH - STROKE, WIDE, STROKE },
                   { 'l', 0, 0, STROKE, HIGH / 2 },
                   { 'L', 0, HIGH / 2, STROKE, HIGH / 2 },
                   { 'r', WIDE - STROKE, 0, STROKE, HIGH / 2 },
                   { 'R', WIDE - STROKE, HIGH / 2, STROKE, HIGH / 2 } };

    for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
        if (strchr(strokes[figure - '0'], places[i].stroke) != NULL)
            drawn_fill(page, x + places[i].x, y + places[i].y, places[i].w, places[i].h,
                       rgb);
}

static SaoyBox
place_of(int line, int column)
{
    return (SaoyBox){ 100 + column * 270, 100 + line * 120, FIGURES * PITCH, HIGH };
}

/* The figures from `from` on of one number. */
static void
put_number(const Print *print, int line, int column, int from, int down, uint32_t rgb)
{
    SaoyBox box = place_of(line, column);
    const char *text = print->words.items[line * COLUMNS + column].text;

    drawn_fill(print->page, box.x + from * PITCH, box.y - 8, (FIGURES - from) * PITCH,
               HIGH + 16, 0xf4f2ec);
    for (int i = from; i < FIGURES; i++)
        put_figure(print->page, box.x + i * PITCH, box.y + down, text[i], rgb);
}

static Print
printed(void)
{
    Print print = { saoy_image_new(1600, 1000, 3, DPI, NULL), { 0 } };
    uint32_t state = 11;

    drawn_fill(print.page, 0, 0, 1600, 1000, 0xf4f2ec);
    for (int line = 0; line < LINES; line++)
        for (int column = 0; column < COLUMNS; column++) {
            char text[FIGURES + 1] = { 0 };

            for (int i = 0; i < FIGURES; i++) {
                state = state * 1664525u + 1013904223u;
                text[i] = (char)('0' + (state >> 24) % 10);
            }
            saoy_words_append(&print.words, text, place_of(line, column), 95, line);
            put_number(&print, line, column, 0, 0, PRINT);
        }
    return print;
}

static SaoyTampers
seen_on(const Print *print)
{
    g_autoptr(GError) error = NULL;
    SaoyTampers tampers = { 0 };

    drawn_noise(print->page, 5);
    g_assert_true(saoy_page_strokes(print->page, &print->words, &tampers, &error));
    g_assert_no_error(error);
    return tampers;
}

/* One place, of that kind, no larger than the truth by two millimetres. */
static void
assert_seen(const Print *print, SaoyBox there)
{
    SaoyTampers tampers = seen_on(print);
    SaoyBox box = tampers.items[0].box;
    const int near = 24;

    g_assert_cmpuint(tampers.n, ==, 1);
    g_assert_cmpint(tampers.items[0].kind, ==, SAOY_TAMPER_STROKES);
    g_assert_cmpfloat(tampers.items[0].strength, >=, 1);
    g_assert_cmpint(box.x, >=, there.x - near);
    g_assert_cmpint(box.y, >=, there.y - near);
    g_assert_cmpint(box.x + box.w, <=, there.x + there.w + near);
    g_assert_cmpint(box.y + box.h, <=, there.y + there.h + near);
}

static void
test_honest_print(void)
{
    g_auto(Print) print = printed();

    g_assert_cmpuint(seen_on(&print).n, ==, 0);
}

static void
test_stroke_of_a_pen(void)
{
    g_auto(Print) print = printed();
    SaoyBox box = place_of(3, 1);

    box = (SaoyBox){ box.x + 2 * PITCH, box.y - 3, 18, 5 };
    drawn_fill(print.page, box.x, box.y, box.w, box.h, 0x3c3c58);
    drawn_fill(print.page, box.x + 7, box.y, 5, 20, 0x3c3c58);
    assert_seen(&print, (SaoyBox){ box.x, box.y, WIDE, HIGH });
}

static void
test_figures_added(void)
{
    g_auto(Print) print = printed();
    SaoyBox box = place_of(2, 2);

    put_number(&print, 2, 2, 6, 3, 0x34302a);
    assert_seen(&print, (SaoyBox){ box.x + 6 * PITCH, box.y, 2 * PITCH, HIGH });
}

static void
test_value_in_another_ink(void)
{
    g_auto(Print) print = printed();

    put_number(&print, 4, 1, 0, 0, 0x404048);
    assert_seen(&print, place_of(4, 1));
}

/* What a form is filled in with is found at more than one of its values. */
static void
test_filled_in_form(void)
{
    g_auto(Print) print = printed();

    for (int line = 0; line < LINES; line++)
        put_number(&print, line, 1, 0, 0, 0x404048);
    g_assert_cmpuint(seen_on(&print).n, ==, 0);
}

/* A worn drum: all lines are paler there. */
static void
test_worn_print(void)
{
    g_auto(Print) print = printed();
    SaoyBox box = place_of(0, 1);

    for (int y = 0; y < print.page->height; y++)
        for (int x = box.x + 2 * PITCH; x < box.x + 4 * PITCH; x++)
            for (int c = 0; c < 3; c++) {
                uint8_t *sample = drawn_at(print.page, x, y) + c;

                *sample = (uint8_t)(*sample + (0xf0 - *sample) / 6);
            }
    g_assert_cmpuint(seen_on(&print).n, ==, 0);
}

/* Descenders of the line above run into the first two figures. */
static void
test_lines_that_touch(void)
{
    g_auto(Print) print = printed();
    SaoyBox *box = &print.words.items[2 * COLUMNS + 1].box;
    const int down = 26;

    for (int i = 0; i < 2; i++)
        drawn_fill(print.page, box->x + i * PITCH, box->y - down, STROKE, down + 2, PRINT);
    box->y -= down;
    box->h += down;
    g_assert_cmpuint(seen_on(&print).n, ==, 0);
}

static void
test_machine_readable_zone(void)
{
    g_auto(Print) print = printed();
    char *text = print.words.items[4 * COLUMNS + 1].text;

    put_number(&print, 4, 1, 0, 0, 0x404048);
    text[FIGURES - 1] = '<';
    g_assert_cmpuint(seen_on(&print).n, ==, 0);
}

static void
test_what_cannot_be_told(void)
{
    g_auto(Print) print = printed();
    SaoyTampers tampers = { 0 };
    SaoyWords few = { print.words.items, 3 };
    SaoyBox huge = { -500, -500, 90000, 90000 };

    put_number(&print, 4, 1, 0, 0, 0x404048);
    g_assert_true(saoy_page_strokes(print.page, &few, &tampers, NULL));
    print.page->dpi = 72;
    g_assert_true(saoy_page_strokes(print.page, &print.words, &tampers, NULL));
    g_assert_cmpuint(tampers.n, ==, 0);
    print.page->dpi = DPI;
    for (size_t i = 0; i < print.words.n; i++)
        print.words.items[i].box = huge;
    g_assert_true(saoy_page_strokes(print.page, &print.words, &tampers, NULL));
    g_assert_cmpuint(tampers.n, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/strokes/honest", test_honest_print);
    g_test_add_func("/strokes/pen", test_stroke_of_a_pen);
    g_test_add_func("/strokes/added", test_figures_added);
    g_test_add_func("/strokes/value", test_value_in_another_ink);
    g_test_add_func("/strokes/filled-in", test_filled_in_form);
    g_test_add_func("/strokes/worn", test_worn_print);
    g_test_add_func("/strokes/close-lines", test_lines_that_touch);
    g_test_add_func("/strokes/zone", test_machine_readable_zone);
    g_test_add_func("/strokes/odd", test_what_cannot_be_told);
    return g_test_run();
}

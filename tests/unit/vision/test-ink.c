/* Seals and signatures told by their colour, drawn here so that their places are known. */
#include "vision/ink.h"

#include <math.h>
#include <string.h>

static SaoyImage *
white(int channels)
{
    SaoyImage *page = saoy_image_new(1240, 1754, channels, 150, NULL);

    memset(page->pixels, 246, (size_t)page->stride * (size_t)page->height);
    return page;
}

static void
dot(SaoyImage *page, int x, int y, int size, uint8_t r, uint8_t g, uint8_t b)
{
    for (int j = y; j < y + size; j++)
        for (int i = x; i < x + size; i++) {
            uint8_t *p = page->pixels + (size_t)j * (size_t)page->stride + 3 * i;

            p[0] = r;
            p[1] = g;
            p[2] = b;
        }
}

/* 36 mm across: a ring, and another within. */
static void
stamp(SaoyImage *page, int cx, int cy)
{
    for (int a = 0; a < 2000; a++) {
        double t = a * G_PI / 1000;

        dot(page, cx + (int)(106 * cos(t)), cy + (int)(106 * sin(t)), 6, 205, 40, 50);
        dot(page, cx + (int)(66 * cos(t)), cy + (int)(66 * sin(t)), 4, 205, 40, 50);
    }
}

static void
sign(SaoyImage *page, int x, int y)
{
    for (int i = 0; i < 200; i++)
        dot(page, x + i, y + (int)(40 * sin(i / 12.0)), 4, 35, 50, 160);
}

static void
test_a_seal_and_a_hand(void)
{
    g_autoptr(SaoyImage) page = white(3);
    SaoyInkReport ink = { 0 };

    stamp(page, 700, 1200);
    sign(page, 850, 1300);
    g_assert_true(saoy_ink_see(page, &ink, NULL));
    g_assert_true(ink.colour);
    g_assert_cmpint(abs(ink.seal.x + ink.seal.w / 2 - 700), <, 12);
    g_assert_cmpint(abs(ink.seal.y + ink.seal.h / 2 - 1200), <, 12);
    g_assert_cmpint(abs(ink.seal.w - 218), <, 16);
    g_assert_cmpint(abs(ink.hand.x - 850), <, 12);
    g_assert_cmpint(abs(ink.hand.w - 204), <, 16);
    g_assert_cmpfloat(ink.red, >, 0.001);
}

static void
test_red_writing_is_no_seal(void)
{
    g_autoptr(SaoyImage) page = white(3);
    SaoyInkReport ink = { 0 };

    for (int i = 0; i < 500; i += 14) /* a red title */
        dot(page, 300 + i, 300, 12, 200, 20, 30);
    for (int i = 0; i < 1100; i++) { /* a red frame */
        dot(page, 60 + i, 60, 4, 200, 20, 30);
        dot(page, 60 + i, 1600, 4, 200, 20, 30);
    }
    dot(page, 600, 800, 180, 200, 20, 30); /* a red square */
    g_assert_true(saoy_ink_see(page, &ink, NULL));
    g_assert_cmpint(ink.seal.w, ==, 0);
    g_assert_cmpint(ink.hand.w, ==, 0);
    g_assert_cmpfloat(ink.red, >, 0);
}

static void
test_without_colour_nothing_is_known(void)
{
    g_autoptr(SaoyImage) grey = white(1);
    g_autoptr(SaoyImage) plain = white(3);
    g_autoptr(SaoyImage) small = saoy_image_new(1, 1, 3, 300, NULL);
    SaoyInkReport ink = { .colour = true };

    g_assert_true(saoy_ink_see(grey, &ink, NULL));
    g_assert_false(ink.colour);
    g_assert_true(saoy_ink_see(plain, &ink, NULL));
    g_assert_true(ink.colour);
    g_assert_cmpint(ink.seal.w + ink.hand.w, ==, 0);
    g_assert_cmpfloat(ink.red + ink.blue, ==, 0);
    g_assert_true(saoy_ink_see(small, &ink, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ink/seal-and-hand", test_a_seal_and_a_hand);
    g_test_add_func("/ink/red-writing", test_red_writing_is_no_seal);
    g_test_add_func("/ink/colourless", test_without_colour_nothing_is_known);
    return g_test_run();
}

/* Paper that is not the page's, drawn in code: each kind is seen where it is; honest paper
 * with the same writing, a stain, a fold, tinted boxes is not. */
#include "drawn.h"
#include "vision/tamper.h"

/* Lines of writing 12 mm apart, on paper with grain. */
static SaoyImage *
written(uint32_t paper)
{
    SaoyImage *page = drawn_sheet(210, 297, paper);

    for (int line = 0; line < 12; line++)
        drawn_write(page, 40, 40 + 14 * line, 1, 50, 0x202024);
    return page;
}

/* The place of the fifth line's middle, as large as a field. */
static SaoyBox
field(void)
{
    return (SaoyBox){ drawn_px(80), drawn_px(93.5), drawn_px(46), drawn_px(8.5) };
}

/* Adds to every light sample of the place: other paper under the same writing. */
static void
tint(SaoyImage *page, SaoyBox box, int red, int green, int blue)
{
    const int by[3] = { red, green, blue };

    for (int y = box.y; y < box.y + box.h; y++)
        for (int x = box.x; x < box.x + box.w; x++)
            for (int c = 0; c < 3; c++) {
                uint8_t *sample = drawn_at(page, x, y) + c;

                if (*sample > 120)
                    *sample = (uint8_t)CLAMP(*sample + by[c], 0, 255);
            }
}

/* Fibres that stand up: noise of a lump's size, not a sample's. */
static void
roughen(SaoyImage *page, SaoyBox box, int spread)
{
    uint32_t state = 3;

    for (int y = box.y; y + 3 < box.y + box.h; y += 3)
        for (int x = box.x; x + 3 < box.x + box.w; x += 3) {
            state = state * 1664525u + 1013904223u;
            int by = (int)((state >> 16) % (unsigned)(2 * spread + 1)) - spread;

            tint(page, (SaoyBox){ x, y, 3, 3 }, by, by, by);
        }
}

static SaoyTampers
seen_on(const SaoyImage *page)
{
    g_autoptr(GError) error = NULL;
    SaoyTampers tampers = { 0 };

    g_assert_true(saoy_page_tampers(page, &tampers, &error));
    g_assert_no_error(error);
    return tampers;
}

static void
assert_seen(const SaoyImage *page, SaoyTamperKind kind)
{
    SaoyTampers tampers = seen_on(page);
    SaoyBox there = field(), box = tampers.items[0].box;

    g_assert_cmpuint(tampers.n, ==, 1);
    g_assert_cmpint(tampers.items[0].kind, ==, kind);
    g_assert_cmpfloat(tampers.items[0].strength, >=, 1);
    /* within 3 mm of the truth on all sides */
    g_assert_cmpint(abs(box.x - there.x), <, drawn_px(3));
    g_assert_cmpint(abs(box.y - there.y), <, drawn_px(3));
    g_assert_cmpint(abs(box.x + box.w - there.x - there.w), <, drawn_px(3));
    g_assert_cmpint(abs(box.y + box.h - there.y - there.h), <, drawn_px(3));
}

static void
test_honest_paper(void)
{
    g_autoptr(SaoyImage) page = written(0xf0eee6);

    drawn_noise(page, 6);
    g_assert_cmpuint(seen_on(page).n, ==, 0);
}

static void
test_other_paper(void)
{
    g_autoptr(SaoyImage) page = written(0xf0eee6);

    tint(page, field(), -5, -5, -8);
    drawn_noise(page, 6);
    assert_seen(page, SAOY_TAMPER_PASTED);
}

static void
test_white_paint(void)
{
    g_autoptr(SaoyImage) page = written(0xf0eee0);

    tint(page, field(), 4, 6, 14);
    drawn_noise(page, 6);
    assert_seen(page, SAOY_TAMPER_COVERED);
}

static void
test_rough_paper(void)
{
    g_autoptr(SaoyImage) page = written(0xf0eee6);

    roughen(page, field(), 9);
    drawn_noise(page, 6);
    assert_seen(page, SAOY_TAMPER_ERASED);
}

static void
test_missing_ground(void)
{
    g_autoptr(SaoyImage) page = written(0xf0eee6);
    const SaoyBox all = { 0, 0, page->width, page->height };

    roughen(page, all, 9);
    tint(page, field(), 200, 200, 200);
    tint(page, field(), 240 - 255, 238 - 255, 230 - 255);
    drawn_noise(page, 4);
    assert_seen(page, SAOY_TAMPER_EDITED);
}

/* Along the upper edge of a slip, one sample high. */
static SaoyBox
upper_edge(void)
{
    SaoyBox box = field();

    box.h = 1;
    return box;
}

static void
test_shadow_of_a_slip(void)
{
    g_autoptr(SaoyImage) page = written(0xf0eee6);
    SaoyBox there = field(), box;
    SaoyTampers tampers;

    tint(page, upper_edge(), -30, -30, -30);
    drawn_noise(page, 6);
    tampers = seen_on(page);
    g_assert_cmpuint(tampers.n, ==, 1);
    g_assert_cmpint(tampers.items[0].kind, ==, SAOY_TAMPER_PASTED);
    box = tampers.items[0].box;
    g_assert_cmpint(abs(box.x - there.x), <, drawn_px(4));
    g_assert_cmpint(abs(box.x + box.w - there.x - there.w), <, drawn_px(4));
    /* on the one side of the shadow or the other: within a line's height */
    g_assert_cmpint(abs(box.y + box.h / 2 - there.y), <, drawn_px(8));
}

/* As high as a line of writing. */
static void
test_shadow_of_a_short_end(void)
{
    g_autoptr(SaoyImage) page = written(0xf0eee6);
    SaoyBox end = field();
    SaoyTampers tampers;

    end.x += end.w;
    end.w = 2;
    tint(page, end, -18, -18, -18);
    drawn_noise(page, 6);
    tampers = seen_on(page);
    g_assert_cmpuint(tampers.n, ==, 1);
    g_assert_cmpint(tampers.items[0].kind, ==, SAOY_TAMPER_PASTED);
}

static void
test_lines_that_are_no_shadow(void)
{
    g_autoptr(SaoyImage) folded = written(0xf0eee6);
    g_autoptr(SaoyImage) coloured = written(0xf0eee6);
    SaoyBox across = upper_edge();

    across.x = 0;
    across.w = folded->width;
    tint(folded, across, -30, -30, -30);
    drawn_noise(folded, 6);
    g_assert_cmpuint(seen_on(folded).n, ==, 0);
    tint(coloured, upper_edge(), 0, -60, -30);
    drawn_noise(coloured, 6);
    g_assert_cmpuint(seen_on(coloured).n, ==, 0);
}

static void
test_tinted_boxes_are_print(void)
{
    g_autoptr(SaoyImage) page = written(0xf0eee6);

    for (int line = 2; line < 6; line++)
        tint(page,
             (SaoyBox){ drawn_px(80), drawn_px(37.5 + 14 * line), drawn_px(46),
                        drawn_px(8.5) },
             -7, -7, -7);
    drawn_noise(page, 6);
    g_assert_cmpuint(seen_on(page).n, ==, 0);
}

static void
test_marker_and_stain(void)
{
    g_autoptr(SaoyImage) page = written(0xf0eee6);

    tint(page, field(), 0, -4, -90);
    tint(page, (SaoyBox){ drawn_px(60), drawn_px(120), drawn_px(40), drawn_px(40) }, -5, -8,
         -16);
    drawn_fill(page, 0, drawn_px(148), page->width, 2, 0xd8d6ce); /* a fold */
    drawn_noise(page, 6);
    g_assert_cmpuint(seen_on(page).n, ==, 0);
}

static void
test_what_cannot_be_told(void)
{
    g_autoptr(SaoyImage) grey = saoy_image_new(600, 800, 1, 200, NULL);
    g_autoptr(SaoyImage) dot = saoy_image_new(1, 1, 3, 300, NULL);
    g_autoptr(SaoyImage) coarse = drawn_sheet(210, 297, 0xffffff);

    coarse->dpi = 72;
    g_assert_cmpuint(seen_on(grey).n, ==, 0);
    g_assert_cmpuint(seen_on(dot).n, ==, 0);
    g_assert_cmpuint(seen_on(coarse).n, ==, 0);
}

static void
test_places_turn_with_the_page(void)
{
    SaoyTampers tampers = { 1, { { SAOY_TAMPER_ERASED, { 10, 20, 30, 5 }, 2 } } };
    SaoyBox *box = &tampers.items[0].box;
    int width = 100, height = 200;

    saoy_tampers_turn(&tampers, height);
    g_assert_cmpint(box->x, ==, 200 - 20 - 5);
    g_assert_cmpint(box->y, ==, 10);
    g_assert_cmpint(box->w, ==, 5);
    g_assert_cmpint(box->h, ==, 30);
    saoy_tampers_turn(&tampers, width);
    saoy_tampers_turn(&tampers, height);
    saoy_tampers_turn(&tampers, width);
    g_assert_cmpint(box->x, ==, 10);
    g_assert_cmpint(box->y, ==, 20);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tamper/honest", test_honest_paper);
    g_test_add_func("/tamper/other-paper", test_other_paper);
    g_test_add_func("/tamper/white-paint", test_white_paint);
    g_test_add_func("/tamper/rough", test_rough_paper);
    g_test_add_func("/tamper/ground", test_missing_ground);
    g_test_add_func("/tamper/short-end", test_shadow_of_a_short_end);
    g_test_add_func("/tamper/shadow", test_shadow_of_a_slip);
    g_test_add_func("/tamper/no-shadow", test_lines_that_are_no_shadow);
    g_test_add_func("/tamper/boxes", test_tinted_boxes_are_print);
    g_test_add_func("/tamper/marker", test_marker_and_stain);
    g_test_add_func("/tamper/odd", test_what_cannot_be_told);
    g_test_add_func("/tamper/turn", test_places_turn_with_the_page);
    return g_test_run();
}

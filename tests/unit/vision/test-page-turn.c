/* Turning by shears: as much ink comes out as went in, in each colour, at every angle, on
 * either kind of picture, but for what a filter rings beyond white; white stays white and
 * black black. */
#include "drawn.h"

static const double angles[] = { -14.8, -5, -1.3, 0.2, 3.1, 14.8 };

/* Black and red writing on white: the hardest for a filter that rings. */
static SaoyImage *
glass_at(double degrees)
{
    g_autoptr(SaoyImage) sheet = drawn_sheet(148, 210, 0xffffff);
    SaoyImage *glass = drawn_sheet(216, 297, 0xffffff);

    drawn_write(sheet, 20, 25, 12, 46, 0x000000);
    drawn_write(sheet, 20, 110, 10, 46, 0xe00000);
    drawn_lay_turned(glass, sheet, 34, 43, degrees);
    return glass;
}

/* How much darker than white the samples of one channel are, all together. */
static double
ink_of(const SaoyImage *image, int channel)
{
    double sum = 0;

    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++)
            sum += 255 - image->pixels[(size_t)y * (size_t)image->stride +
                                       (size_t)(x * image->channels + channel)];
    return sum;
}

static void
assert_ink_is_kept(const SaoyImage *glass, double degrees)
{
    SaoyPageReport report = { 0 };
    g_autoptr(SaoyImage) page = drawn_clean(glass, &report);

    g_assert_cmpfloat(fabs(report.skew_deg - degrees), <, 0.1);
    g_assert_cmpint(page->channels, ==, glass->channels);
    for (int c = 0; c < page->channels; c++) {
        double before = ink_of(glass, c), after = ink_of(page, c);

        g_test_message("%5.1f degrees, channel %d: %.4f of the ink", degrees, c,
                       after / before);
        g_assert_cmpfloat(fabs(after / before - 1), <, 0.05);
    }
}

static void
test_ink_is_kept(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(angles); i++) {
        g_autoptr(SaoyImage) glass = glass_at(angles[i]);

        assert_ink_is_kept(glass, angles[i]);
    }
}

static void
test_ink_is_kept_in_grey(void)
{
    g_autoptr(SaoyImage) glass = glass_at(angles[2]);
    g_autoptr(SaoyImage) grey = saoy_image_new(glass->width, glass->height, 1, 200, NULL);

    for (int y = 0; y < glass->height; y++)
        for (int x = 0; x < glass->width; x++)
            grey->pixels[(size_t)y * (size_t)grey->stride + (size_t)x] =
                drawn_at(glass, x, y)[1];
    assert_ink_is_kept(grey, angles[2]);
}

/* A wrapped sample would be black on white, or white in black. */
static void
test_no_sample_turns_over(void)
{
    g_autoptr(SaoyImage) sheet = drawn_sheet(148, 210, 0xffffff);
    g_autoptr(SaoyImage) glass = drawn_sheet(216, 297, 0xffffff);
    SaoyPageReport report = { 0 };
    int bar = drawn_px(8), inner = 0;

    drawn_write(sheet, 20, 25, 20, 46, 0x000000);
    drawn_fill(sheet, drawn_px(20), drawn_px(180), drawn_px(100), bar, 0x000000);
    drawn_lay_turned(glass, sheet, 34, 43, angles[4]);
    g_autoptr(SaoyImage) page = drawn_clean(glass, &report);
    for (int y = 1; y + 1 < page->height; y++)
        for (int x = 1; x + 1 < page->width; x++) {
            int here = drawn_at(page, x, y)[0];
            int beside = drawn_at(page, x - 1, y)[0] + drawn_at(page, x + 1, y)[0] +
                         drawn_at(page, x, y - 1)[0] + drawn_at(page, x, y + 1)[0];

            inner += beside == 0;
            g_assert_false(beside == 0 && here > 40);
            g_assert_false(beside == 4 * 255 && here < 215);
        }
    g_assert_cmpint(inner, >, bar * bar);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/turn/ink", test_ink_is_kept);
    g_test_add_func("/turn/grey", test_ink_is_kept_in_grey);
    g_test_add_func("/turn/wrap", test_no_sample_turns_over);
    return g_test_run();
}

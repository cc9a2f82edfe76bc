/* What a page costs in bytes, and that the price is never paid in ink. */
#include "drawn.h"

#define GRAIN_N 1000003 /* a prime: no row meets the same grain as the row above */

/* Nearly normal, the same on every run, drawn once: 26 million times would take seconds. */
static const double *
grain_table(void)
{
    static double table[GRAIN_N];
    g_autoptr(GRand) rand = g_rand_new_with_seed(11);

    for (int i = 0; i < GRAIN_N && table[GRAIN_N - 1] == 0; i++)
        for (int k = 0; k < 4; k++)
            table[i] += (g_rand_double(rand) - 0.5) * 1.73;
    return table;
}

static void
grain(SaoyImage *image, double spread)
{
    const double *table = grain_table();

    for (int i = 0; i < image->stride * image->height; i++)
        image->pixels[i] =
            (uint8_t)CLAMP(lround(image->pixels[i] + table[i % GRAIN_N] * spread), 0, 255);
}

/* A4 at 300 dpi: text, a seal, a signature, a guilloche, faint pencil. */
static SaoyImage *
page_of(double spread)
{
    SaoyImage *page = saoy_image_new(2480, 3508, 3, 300, NULL);

    drawn_fill(page, 0, 0, page->width, page->height, 0xf4f3ee);
    drawn_write(page, 40, 40, 40, 60, 0x202020); /* in drawn.h's millimetres */
    for (int i = 0; i < 3000; i++) {
        double a = i * 0.0021;

        drawn_fill(page, 1900 + (int)(220 * cos(a)), 2900 + (int)(220 * sin(a)), 5, 5,
                   0xc83038);
        drawn_fill(page, 1400 + i / 6, 3000 + (int)(60 * sin(i * 0.011)), 4, 4, 0x2840a8);
    }
    /* hairlines, a pixel wide and 12 levels deep: pencil */
    for (int line = 0; line < 20; line++)
        drawn_fill(page, 300, 2650 + 12 * line, 700, 1, 0xe8e7e2);
    grain(page, spread);
    return page;
}

typedef struct {
    GBytes *file;
    int quality;
} Coded;

static Coded
coded(const SaoyImage *page)
{
    Coded out = { 0 };
    g_autoptr(GError) error = NULL;

    out.file = saoy_page_encode(page, &out.quality, &error);
    g_assert_no_error(error);
    return out;
}

/* Horizontal sampling factor of luma out of the frame header: 1 is 4:4:4. */
static int
luma_sampling(GBytes *jpeg)
{
    gsize size = 0;
    const uint8_t *p = g_bytes_get_data(jpeg, &size);

    for (gsize i = 2; i + 12 < size; i += 2 + (gsize)(p[i + 2] << 8 | p[i + 3]))
        if (p[i + 1] == 0xc0 || p[i + 1] == 0xc2)
            return p[i + 11] >> 4;
    return 0;
}

static void
test_a_noisy_page_is_small_at_full_quality(void)
{
    static const double spreads[] = { 1, 3 };

    for (unsigned i = 0; i < G_N_ELEMENTS(spreads); i++) {
        g_autoptr(SaoyImage) page = page_of(spreads[i]);
        Coded out = coded(page);
        g_autoptr(GBytes) file = out.file;

        g_test_message("noise %.0f: %zu KB at %d", spreads[i],
                       g_bytes_get_size(file) / 1024, out.quality);
        g_assert_cmpuint(g_bytes_get_size(file), <=, 400 * 1024);
        g_assert_cmpint(out.quality, >=, 60);
        g_assert_cmpint(luma_sampling(file), ==, 1);
    }
}

static double
light_of(const SaoyImage *image, int x, int y, int w, int h)
{
    double sum = 0;

    for (int v = y; v < y + h; v++)
        for (int u = x; u < x + w; u++)
            for (int c = 0; c < 3; c++)
                sum += drawn_at(image, u, v)[c];
    return sum / (3.0 * w * h);
}

/* Contrast of a hairline with the paper beside it, over its whole length. */
static double
hairline(const SaoyImage *image, int line)
{
    int y = 2650 + 12 * line;

    return light_of(image, 310, y + 4, 680, 4) - light_of(image, 310, y, 680, 1);
}

static void
assert_pencil_stays(const SaoyImage *page, const SaoyImage *copy)
{
    double before = 0, after = 0;

    for (int line = 0; line < 20; line++) {
        before += hairline(page, line) / 20;
        after += hairline(copy, line) / 20;
    }
    g_test_message("hairlines: %.1f levels before, %.1f after", before, after);
    g_assert_cmpfloat(after, >, 0.7 * before);
}

static void
assert_ink_stays(const SaoyImage *page, const SaoyImage *copy)
{
    g_autoptr(SaoyImage) clean = page_of(0);
    unsigned ink = 0, lost = 0;

    for (int y = 0; y < page->height; y++)
        for (int x = 0; x < page->width; x++) {
            if (drawn_at(clean, x, y)[1] > 150)
                continue;
            ink++;
            lost += drawn_at(copy, x, y)[1] > 180;
        }
    g_test_message("%u of %u ink pixels lost", lost, ink);
    g_assert_cmpuint(ink, >, 100000);
    g_assert_cmpuint(lost, <, ink / 1000);
}

/* Pencil is fainter than the grain; ink is all that is darker. */
static void
test_no_ink_is_lost(void)
{
    g_autoptr(SaoyImage) page = page_of(4);
    Coded out = coded(page);
    g_autoptr(GBytes) file = out.file;
    g_autoptr(SaoyImage) copy = saoy_image_decode(file, NULL);

    assert_pencil_stays(page, copy);
    assert_ink_stays(page, copy);
}

static void
test_a_clean_page_keeps_every_sample_to_the_encoder(void)
{
    g_autoptr(SaoyImage) page = drawn_sheet(210, 297, 0xf6f5f2);

    drawn_write(page, 25, 25, 20, 20, 0x202020);
    drawn_fill(page, page->width / 2, page->height / 2, 150, 150, 0xc83038);
    grain(page, 0.4);
    Coded out = coded(page);
    g_autoptr(GBytes) file = out.file;
    g_autoptr(GBytes) plain = saoy_image_encode_jpeg(page, 75, true, NULL);
    g_autoptr(SaoyImage) copy = saoy_image_decode(file, NULL);
    g_autoptr(SaoyImage) plain_copy = saoy_image_decode(plain, NULL);

    g_assert_cmpint(out.quality, ==, 75);
    g_assert_cmpuint(g_bytes_get_size(file), <, g_bytes_get_size(plain));
    g_assert_cmpmem(copy->pixels, copy->stride * copy->height, plain_copy->pixels,
                    plain_copy->stride * plain_copy->height);
}

static void
test_text_alone_needs_no_colour(void)
{
    g_autoptr(SaoyImage) page = drawn_sheet(210, 297, 0xf6f5f2);

    drawn_write(page, 25, 25, 35, 70, 0x202020);
    Coded out = coded(page);
    g_autoptr(GBytes) file = out.file;
    g_assert_cmpint(luma_sampling(file), ==, 2);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/encode/noisy", test_a_noisy_page_is_small_at_full_quality);
    g_test_add_func("/encode/ink", test_no_ink_is_lost);
    g_test_add_func("/encode/clean", test_a_clean_page_keeps_every_sample_to_the_encoder);
    g_test_add_func("/encode/grey", test_text_alone_needs_no_colour);
    return g_test_run();
}

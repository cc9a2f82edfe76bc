/* Codes as a kiosk prints them and a cheap scanner sees them. */
#include "core/error.h"
#include "vision/symbol.h"

#include <glib.h>
#include <string.h>

#define LONG_TEXT                                                                          \
    "https://saoy.example.vn/v/"                                                           \
    "H26.132-251110-0007.01-24?t=0123456789ABCDEF#0oRDoQEmoQRIAAAA"                        \
    "AAAAAABYe6cBeBlIMjYuMTMyLTI1MTExMC0wMDA3LjAxLTI0AnJC4bqxbmcgdOG7kXQgbmdoaeG7h3ADbk5H" \
    "VVnhu4JOIFbEgk4gQU4E"

/* The matrix as grey pixels, module pixels wide, with its quiet zone of four modules. */
static SaoyImage *
draw(const SaoyQr *qr, double module)
{
    int side = (int)((qr->size + 8) * module);
    SaoyImage *image = saoy_image_new(side, side, 3, 200, NULL);

    memset(image->pixels, 250, (size_t)image->stride * (size_t)side);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            int mx = (int)(x / module) - 4, my = (int)(y / module) - 4;

            if (mx >= 0 && my >= 0 && mx < qr->size && my < qr->size &&
                qr->modules[my * qr->size + mx] != 0)
                memset(image->pixels + y * image->stride + x * 3, 30, 3);
        }
    return image;
}

/* What a scanner does: a 3 x 3 blur and noise of about 12 levels. */
static SaoyImage *
scan(const SaoyImage *image)
{
    SaoyImage *out = saoy_image_copy(image);
    uint32_t state = 11;

    for (int y = 1; y < image->height - 1; y++)
        for (int x = 3; x < image->stride - 3; x++) {
            const uint8_t *p = image->pixels + y * image->stride + x;
            int s = image->stride;
            int sum = p[-s - 3] + p[-s] + p[-s + 3] + p[-3] + p[0] + p[3] + p[s - 3] +
                      p[s] + p[s + 3];

            state = state * 1664525u + 1013904223u;
            out->pixels[y * s + x] =
                (uint8_t)CLAMP(sum / 9 + (int)(state >> 26) - 32 + 10, 0, 255);
        }
    return out;
}

static void
assert_reads(const SaoyImage *image, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) texts = saoy_symbol_read(image, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(g_strv_length(texts), ==, 1);
    g_assert_cmpstr(texts[0], ==, text);
}

static void
test_round_trip(void)
{
    static const char *const texts[] = { "a", "Trung tâm Phục vụ hành chính công",
                                         LONG_TEXT };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(SaoyQr) qr = saoy_qr_make(texts[i], NULL);
        g_autoptr(SaoyImage) image = draw(qr, 4);

        assert_reads(image, texts[i]);
    }
}

static void
test_a_200_dpi_scan_is_read(void)
{
    /* 0.38 mm a module, the least allowed, is 2.99 pixels at 200 dpi */
    g_autoptr(SaoyQr) qr = saoy_qr_make(LONG_TEXT, NULL);
    g_autoptr(SaoyImage) image = draw(qr, 0.38 * 200 / 25.4);
    g_autoptr(SaoyImage) scanned = scan(image);

    assert_reads(scanned, LONG_TEXT);
}

static void
test_two_codes_come_top_to_bottom(void)
{
    g_autoptr(SaoyQr) one = saoy_qr_make("first", NULL);
    g_autoptr(SaoyQr) two = saoy_qr_make("second", NULL);
    g_autoptr(SaoyImage) a = draw(one, 4);
    g_autoptr(SaoyImage) b = draw(two, 4);
    g_autoptr(SaoyImage) page = saoy_image_new(600, 800, 3, 200, NULL);

    memset(page->pixels, 255, (size_t)page->stride * 800);
    for (int y = 0; y < a->height; y++)
        memcpy(page->pixels + (40 + y) * page->stride + 900, a->pixels + y * a->stride,
               (size_t)a->stride);
    for (int y = 0; y < b->height; y++)
        memcpy(page->pixels + (500 + y) * page->stride + 90, b->pixels + y * b->stride,
               (size_t)b->stride);
    g_auto(GStrv) texts = saoy_symbol_read(page, NULL);
    g_assert_cmpuint(g_strv_length(texts), ==, 2);
    g_assert_cmpstr(texts[0], ==, "first");
    g_assert_cmpstr(texts[1], ==, "second");
}

static void
test_nothing_there_is_an_empty_list(void)
{
    g_autoptr(SaoyImage) dot = saoy_image_new(1, 1, 1, 0, NULL);
    g_auto(GStrv) texts = saoy_symbol_read(dot, NULL);

    g_assert_cmpuint(g_strv_length(texts), ==, 0);
}

static void
test_too_long_a_text_is_refused(void)
{
    g_autofree char *text = g_strnfill(4000, 'x');
    g_autoptr(GError) error = NULL;

    g_assert_null(saoy_qr_make(text, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

static void
test_the_matrix_has_its_finders(void)
{
    g_autoptr(SaoyQr) qr = saoy_qr_make("x", NULL);

    g_assert_cmpint(qr->size, ==, 21);
    for (int i = 0; i < 7; i++) {
        g_assert_cmpint(qr->modules[i], ==, 1);
        g_assert_cmpint(qr->modules[i * qr->size], ==, 1);
        g_assert_cmpint(qr->modules[14 + i], ==, 1);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/symbol/round-trip", test_round_trip);
    g_test_add_func("/symbol/200-dpi", test_a_200_dpi_scan_is_read);
    g_test_add_func("/symbol/two-codes", test_two_codes_come_top_to_bottom);
    g_test_add_func("/symbol/nothing", test_nothing_there_is_an_empty_list);
    g_test_add_func("/symbol/too-long", test_too_long_a_text_is_refused);
    g_test_add_func("/symbol/finders", test_the_matrix_has_its_finders);
    return g_test_run();
}

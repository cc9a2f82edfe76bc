#include "page-jpeg.h"

#include "core/error.h"
#include "core/file.h"
#include "vision/image.h"

#include <string.h>

/* A page as a kiosk makes it. */
static GByteArray *
make_page(int channels)
{
    g_autoptr(SaoyImage) image = saoy_image_new(64, 80, channels, 150, NULL);

    memset(image->pixels, 200, (size_t)image->stride * (size_t)image->height);
    for (int i = 0; i < 500; i++)
        image->pixels[i * 7] = (uint8_t)(i * 13);
    return g_bytes_unref_to_array(saoy_image_encode_jpeg(image, 80, true, NULL));
}

static bool
is_plain(const GByteArray *page)
{
    g_autoptr(GBytes) bytes = g_bytes_new(page->data, page->len);
    g_autoptr(GError) error = NULL;
    bool plain = saoy_page_jpeg_check(bytes, &error);

    if (!plain)
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    return plain;
}

/* The page with a segment of these bytes behind its JFIF segment. */
static GByteArray *
with_segment(uint8_t marker, const char *body, size_t size)
{
    GByteArray *page = make_page(3);
    size_t at = 20;
    const uint8_t head[4] = { 0xFF, marker, (uint8_t)((size + 2) >> 8),
                              (uint8_t)(size + 2) };
    g_autoptr(GByteArray) out = g_byte_array_new();

    g_byte_array_append(out, page->data, (guint)at);
    g_byte_array_append(out, head, 4);
    g_byte_array_append(out, (const guint8 *)body, (guint)size);
    g_byte_array_append(out, page->data + at, page->len - (guint)at);
    g_byte_array_unref(page);
    return g_steal_pointer(&out);
}

static void
test_what_a_kiosk_makes_is_taken(void)
{
    g_autoptr(GByteArray) colour = make_page(3);
    g_autoptr(GByteArray) grey = make_page(1);

    g_assert_true(is_plain(colour));
    g_assert_true(is_plain(grey));
}

static void
test_what_decoders_read_differently_is_not(void)
{
    static const struct {
        uint8_t marker;
        const char *body;
        size_t size;
    } bad[] = {
        { 0xE2, "ICC_PROFILE\0\1\1 profile", 22 }, /* a browser obeys it, a PDF does not */
        { 0xE1, "Exif\0\0MM\0*\0\0\0\b", 14 },     /* orientation, likewise */
        { 0xEE, "Adobe\0d\0\0\0\0\0", 12 },        /* another colour transform */
        { 0xE0, "JFIF\0\1\1\1\0\1\0\1\0\0", 14 },  /* twice */
        { 0xE0, "JFXX\0\20", 6 },                  /* a thumbnail */
        { 0xFE, "a comment", 9 },
        { 0xDC, "\0\20", 2 }, /* DNL: another height */
        { 0xC0, "\10\0\20\0\20\1\1\21\0", 9 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GByteArray) page = with_segment(bad[i].marker, bad[i].body, bad[i].size);

        g_assert_false(is_plain(page));
    }
}

static void
test_nothing_stands_behind_the_end(void)
{
    g_autoptr(GByteArray) page = make_page(3);
    g_autoptr(GByteArray) twice = make_page(3);

    g_byte_array_append(page, (const guint8 *)"", 1);
    g_assert_false(is_plain(page));
    g_autoptr(GByteArray) other = make_page(1);
    g_byte_array_append(twice, other->data, other->len);
    g_assert_false(is_plain(twice));
}

static void
test_every_cut_is_refused(void)
{
    g_autoptr(GByteArray) page = make_page(3);

    for (guint n = page->len; n-- > 0;) {
        g_byte_array_set_size(page, n);
        g_assert_false(is_plain(page));
    }
}

/* Without JFIF the three components may be red, green and blue. */
static void
test_the_colours_must_be_said(void)
{
    g_autoptr(GByteArray) page = make_page(3);

    g_byte_array_remove_range(page, 2, 18);
    g_assert_false(is_plain(page));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/page-jpeg/ours", test_what_a_kiosk_makes_is_taken);
    g_test_add_func("/page-jpeg/ambiguous", test_what_decoders_read_differently_is_not);
    g_test_add_func("/page-jpeg/behind", test_nothing_stands_behind_the_end);
    g_test_add_func("/page-jpeg/cut", test_every_cut_is_refused);
    g_test_add_func("/page-jpeg/colours", test_the_colours_must_be_said);
    return g_test_run();
}

/* Raw samples as SANE describes them -> PNM. */
#include "core/error.h"
#include "scanner-frame.h"

#include <string.h>

/* A pass as it comes: in reads of step bytes, which end anywhere in a line. */
static bool
add(SaoySheet *sheet, const SaoyFrameFormat *format, const void *raw, size_t size,
    size_t step, GError **error)
{
    if (!saoy_sheet_begin(sheet, format, -1, error))
        return false;
    for (size_t at = 0; at < size; at += step) {
        SaoyView part = { (const uint8_t *)raw + at, MIN(step, size - at) };

        if (!saoy_sheet_feed(sheet, part, error))
            return false;
    }
    return saoy_sheet_end(sheet, error);
}

static char *
pnm_of(SaoySheet *sheet, size_t *out_samples)
{
    g_autoptr(GError) error = NULL;
    gsize size = 0;

    *out_samples = (size_t)sheet->width * (size_t)sheet->height * (size_t)sheet->channels;
    g_autoptr(GBytes) file = saoy_sheet_take(sheet, &error);
    g_assert_no_error(error);
    const char *data = g_bytes_get_data(file, &size);
    g_assert_cmpuint(size, >, *out_samples);
    return g_memdup2(data, size);
}

static void
check(const SaoyFrameFormat *format, const void *raw, size_t size, const char *header,
      const void *samples)
{
    for (size_t step = 1; step <= size + 1; step++) {
        g_auto(SaoySheet) sheet = { 0 };
        g_autoptr(GError) error = NULL;
        size_t n = 0;

        g_assert_true(add(&sheet, format, raw, size, step, &error));
        g_assert_no_error(error);
        g_autofree char *pnm = pnm_of(&sheet, &n);
        g_assert_cmpint(strncmp(pnm, header, strlen(header)), ==, 0);
        g_assert_cmpint(memcmp(pnm + strlen(header), samples, n), ==, 0);
    }
}

static void
test_grey_with_gaps_between_lines(void)
{
    check(&(SaoyFrameFormat){ SAOY_BAND_GRAY, 3, 8, 5 }, "abc--def--", 10, "P5\n3 2\n255\n",
          "abcdef");
}

static void
test_one_bit_grey_is_black_where_set(void)
{
    check(&(SaoyFrameFormat){ SAOY_BAND_GRAY, 9, 1, 2 }, "\xa5\x80", 2, "P5\n9 1\n255\n",
          "\x00\xff\x00\xff\xff\x00\xff\x00\x00");
}

static void
test_one_bit_colour_is_bright_where_set(void)
{
    /* a byte of eight reds, of greens, of blues */
    check(&(SaoyFrameFormat){ SAOY_BAND_RGB, 2, 1, 3 }, "\x80\x40\xc0", 3, "P6\n2 1\n255\n",
          "\xff\x00\xff\x00\xff\xff");
}

static void
test_sixteen_bits_keep_the_upper_eight(void)
{
    const uint16_t wide[] = { 0x12ff, 0xfe01, 0x00ff };

    check(&(SaoyFrameFormat){ SAOY_BAND_RGB, 1, 16, 6 }, wide, 6, "P6\n1 1\n255\n",
          "\x12\xfe\x00");
}

static void
test_three_passes_in_any_order(void)
{
    g_auto(SaoySheet) sheet = { 0 };
    g_autoptr(GError) error = NULL;
    const SaoyFrameFormat blue = { SAOY_BAND_BLUE, 2, 8, 2 },
                          red = { SAOY_BAND_RED, 2, 8, 2 },
                          green = { SAOY_BAND_GREEN, 2, 8, 2 };
    size_t n = 0;

    g_assert_true(add(&sheet, &blue, "bB", 2, 100, NULL));
    g_assert_true(add(&sheet, &red, "rR", 2, 100, NULL));
    g_assert_null(saoy_sheet_take(&sheet, &error)); /* one is missing */
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_assert_true(add(&sheet, &green, "gG", 2, 100, NULL));
    g_autofree char *pnm = pnm_of(&sheet, &n);
    g_assert_cmpint(memcmp(pnm + 11, "rgbRGB", 6), ==, 0);
}

static bool
is_malformed(const SaoyFrameFormat *format, size_t size)
{
    g_auto(SaoySheet) sheet = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree uint8_t *raw = g_malloc0(size + 1);

    return !add(&sheet, format, raw, size, 4096, &error) &&
           g_error_matches(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

static void
test_what_a_device_may_not_say(void)
{
    g_assert_true(is_malformed(&(SaoyFrameFormat){ SAOY_BAND_GRAY, 0, 8, 1 }, 10));
    g_assert_true(is_malformed(&(SaoyFrameFormat){ SAOY_BAND_GRAY, -3, 8, 1 }, 10));
    g_assert_true(is_malformed(&(SaoyFrameFormat){ SAOY_BAND_GRAY, 30000, 8, 30000 }, 10));
    g_assert_true(is_malformed(&(SaoyFrameFormat){ SAOY_BAND_GRAY, 4, 12, 8 }, 10));
    g_assert_true(is_malformed(&(SaoyFrameFormat){ SAOY_BAND_GRAY, 4, 8, 3 }, 10));
    g_assert_true(is_malformed(&(SaoyFrameFormat){ SAOY_BAND_RGB, 4, 8, 11 }, 44));
    g_assert_true(is_malformed(&(SaoyFrameFormat){ SAOY_BAND_GRAY, 4, 8, 1u << 30 }, 10));
    g_assert_true(is_malformed(&(SaoyFrameFormat){ SAOY_BAND_GRAY, 4, 8, 4 }, 3));
    g_assert_true(is_malformed(&(SaoyFrameFormat){ SAOY_BAND_GRAY, 1, 8, 1 }, 20001));
}

static void
test_passes_that_do_not_belong_together(void)
{
    g_auto(SaoySheet) sheet = { 0 };
    const SaoyFrameFormat red = { SAOY_BAND_RED, 2, 8, 2 },
                          wide = { SAOY_BAND_BLUE, 3, 8, 3 },
                          rgb = { SAOY_BAND_RGB, 2, 8, 6 };

    g_assert_true(add(&sheet, &red, "rrrr", 4, 100, NULL));
    g_assert_false(add(&sheet, &wide, "bbbbbb", 6, 100, NULL));
    g_assert_false(add(&sheet, &rgb, "rgbrgb", 6, 100, NULL));
}

static void
test_a_shorter_pass_shortens_the_sheet(void)
{
    g_auto(SaoySheet) sheet = { 0 };
    size_t n = 0;

    for (int band = SAOY_BAND_RED; band <= SAOY_BAND_BLUE; band++) {
        const SaoyFrameFormat format = { (SaoyBand)band, 1, 8, 1 };
        size_t lines = band == SAOY_BAND_GREEN ? 2 : 3;

        g_assert_true(add(&sheet, &format, "123", lines, 100, NULL));
    }
    g_autofree char *pnm = pnm_of(&sheet, &n);
    g_assert_cmpint(strncmp(pnm, "P6\n1 2\n255\n111222", 17), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/frame/gaps", test_grey_with_gaps_between_lines);
    g_test_add_func("/frame/1-bit-grey", test_one_bit_grey_is_black_where_set);
    g_test_add_func("/frame/1-bit-colour", test_one_bit_colour_is_bright_where_set);
    g_test_add_func("/frame/16-bit", test_sixteen_bits_keep_the_upper_eight);
    g_test_add_func("/frame/three-passes", test_three_passes_in_any_order);
    g_test_add_func("/frame/hostile", test_what_a_device_may_not_say);
    g_test_add_func("/frame/strangers", test_passes_that_do_not_belong_together);
    g_test_add_func("/frame/shorter", test_a_shorter_pass_shortens_the_sheet);
    return g_test_run();
}

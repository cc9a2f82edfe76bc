/* Machine readable zones before a camera: what is there is read, what is not is not made
 * up. Whether what was read holds is another module's (flow/test-key-see.c). */
#include "vision/mrz.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "zones.h"

static void
test_a_card_and_a_passport(void)
{
    unsigned verbatim = 0;

    for (unsigned seed = 0; seed < 6; seed++) {
        g_auto(Zone) zone = zone_of(seed);
        g_auto(GStrv) texts = saoy_mrz_see(zone.picture, NULL);

        g_assert_cmpuint(g_strv_length(texts), >=, 1);
        for (char **text = texts; *text != NULL; text++) {
            size_t line = strcspn(*text, "\n");

            g_assert_true(line == 30 || line == 36 || line == 44);
            g_assert_cmpuint(strlen(*text), ==, 2 * line + 1);
        }
        verbatim += strstr(zone.text, texts[0]) != NULL;
    }
    g_assert_cmpuint(verbatim, >=, 4); /* O and 0 are hard to tell */
}

static SaoyImage *
grey(int width, int height, uint8_t value)
{
    SaoyImage *image = saoy_image_new(width, height, 1, 0, NULL);

    memset(image->pixels, value, (size_t)image->stride * (size_t)height);
    return image;
}

static void
assert_nothing(const SaoyImage *image)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) texts = saoy_mrz_see(image, &error);

    g_assert_no_error(error);
    g_assert_nonnull(texts);
    g_assert_cmpuint(g_strv_length(texts), ==, 0);
}

static void
test_no_zone(void)
{
    static const int sizes[][2] = { { 640, 480 }, { 1, 1 }, { 3, 2000 }, { 2000, 3 } };

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(SaoyImage) wall = grey(sizes[i][0], sizes[i][1], 128);

        assert_nothing(wall);
    }
    g_autoptr(SaoyImage) noise = grey(800, 600, 0);
    uint32_t state = 7;
    for (int i = 0; i < 800 * 600; i++) {
        state = state * 1664525u + 1013904223u;
        noise->pixels[i] = (uint8_t)(state >> 24);
    }
    assert_nothing(noise);
}

static void
test_upside_down_or_half_is_not_made_up(void)
{
    g_auto(Zone) zone = zone_of(0);
    g_autoptr(SaoyImage) turned = saoy_image_rotate(zone.picture, 2, NULL);
    g_autoptr(SaoyImage) left = saoy_image_copy(zone.picture);
    g_auto(GStrv) texts = saoy_mrz_see(turned, NULL);

    for (char **text = texts; *text != NULL; text++)
        g_assert_null(strstr(zone.text, *text));
    left->width /= 2;
    assert_nothing(left);
}

static void
test_colour_is_as_good(void)
{
    g_auto(Zone) zone = zone_of(0);
    g_autoptr(SaoyImage) rgb =
        saoy_image_new(zone.picture->width, zone.picture->height, 3, 0, NULL);
    g_auto(GStrv) plain = saoy_mrz_see(zone.picture, NULL);

    for (int y = 0; y < rgb->height; y++)
        for (int x = 0; x < rgb->stride; x++)
            rgb->pixels[y * rgb->stride + x] =
                zone.picture->pixels[y * zone.picture->stride + x / 3];
    g_auto(GStrv) texts = saoy_mrz_see(rgb, NULL);
    g_assert_cmpstr(texts[0], ==, plain[0]);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mrz-see/read", test_a_card_and_a_passport);
    g_test_add_func("/mrz-see/none", test_no_zone);
    g_test_add_func("/mrz-see/turned", test_upside_down_or_half_is_not_made_up);
    g_test_add_func("/mrz-see/colour", test_colour_is_as_good);
    return g_test_run();
}

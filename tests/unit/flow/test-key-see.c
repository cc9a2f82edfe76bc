/* The key that a picture shows: thirty cards and passports, tilted, soft and noisy. */
#include "../vision/zones.h"
#include "flow/key.h"
#include "vision/symbol.h"

#include <glib.h>

/* A wrong key must never come out; one picture in ten may be too poor. */
static void
test_thirty_pictures(void)
{
    unsigned read = 0;

    for (unsigned seed = 0; seed < ZONES; seed++) {
        g_auto(Zone) zone = zone_of(seed);
        g_auto(SaoyAccessKey) truth = { 0 };
        g_auto(SaoyAccessKey) seen = { 0 };

        g_assert_true(saoy_access_key_parse(zone.text, &truth, NULL));
        if (saoy_key_see(zone.picture, &seen) == SAOY_KEY_NONE)
            continue;
        g_assert_cmpstr(seen.mrz_key, ==, truth.mrz_key);
        read++;
    }
    g_test_message("%u of %u keys read, none wrong", read, ZONES);
    g_assert_cmpuint(read, >=, ZONES - ZONES / 10);
}

static SaoyImage *
code_of(const char *text)
{
    const int module = 6, margin = 40;
    g_autoptr(SaoyQr) qr = saoy_qr_make(text, NULL);
    int side = qr->size * module + 2 * margin;
    SaoyImage *image = saoy_image_new(side, side, 1, 0, NULL);

    memset(image->pixels, 240, (size_t)image->stride * (size_t)side);
    for (int y = 0; y < qr->size * module; y++)
        for (int x = 0; x < qr->size * module; x++)
            if (qr->modules[y / module * qr->size + x / module] != 0)
                image->pixels[(y + margin) * image->stride + x + margin] = 20;
    return image;
}

static void
test_codes(void)
{
    g_autoptr(SaoyImage) card = code_of(
        "001090000001||Nguyễn Văn An|01011990|Nam|Số 1 Tràng Tiền, Hà Nội|01012022");
    g_autoptr(SaoyImage) other = code_of("https://example.vn/khuyen-mai");
    g_autoptr(SaoyImage) none = saoy_image_new(64, 64, 1, 0, NULL);
    g_auto(SaoyAccessKey) key = { 0 };

    g_assert_cmpint(saoy_key_see(other, &key), ==, SAOY_KEY_OTHER_CODE);
    g_assert_cmpint(saoy_key_see(none, &key), ==, SAOY_KEY_NONE);
    g_assert_cmpstr(key.can, ==, "");
    g_assert_cmpint(saoy_key_see(card, &key), ==, SAOY_KEY_CODE);
    g_assert_cmpstr(key.can, ==, "000001");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/key-see/thirty", test_thirty_pictures);
    g_test_add_func("/key-see/codes", test_codes);
    return g_test_run();
}

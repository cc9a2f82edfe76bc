#include "ocr.h"
#include "vision/ink.h"

#include <string.h>

#define PAPER 250
#define LEAST_COLOUR 20 /* over the other channels, also where the ink is thin */
#define LEAST_LIGHT 120 /* darker is writing under the seal */
#define HAND_MM 7       /* a signature is higher than a line of writing */

/* Of any colour and not dark: a seal's, or a hand's under it. */
static bool
is_coloured(const uint8_t *p)
{
    int most = MAX(p[0], MAX(p[1], p[2])), least = MIN(p[0], MIN(p[1], p[2]));

    return most >= LEAST_LIGHT && most >= least + 2 * LEAST_COLOUR;
}

static bool
is_blue(const uint8_t *p)
{
    return p[2] >= MAX(p[0], p[1]) + LEAST_COLOUR;
}

/* Such ink in the box, or in the ellipse in it, becomes paper. */
static void
drop_ink(const SaoyImage *page, SaoyBox box, bool round, bool (*is_such)(const uint8_t *),
         SaoyGrey *grey)
{
    double rx = box.w / 2.0 + 4, ry = box.h / 2.0 + 4;

    for (int y = box.y; y < box.y + box.h; y++) {
        const uint8_t *in = page->pixels + (size_t)y * (size_t)page->stride;
        uint8_t *out = grey->pixels + (size_t)y * (size_t)grey->width;

        for (int x = box.x; x < box.x + box.w; x++) {
            double dx = (x - box.x - box.w / 2.0) / rx, dy = (y - box.y - box.h / 2.0) / ry;

            if ((!round || dx * dx + dy * dy <= 1) && is_such(in + 3 * x))
                out[x] = PAPER;
        }
    }
}

SaoyGrey
saoy_grey_of(const SaoyImage *page)
{
    SaoyGrey grey = { g_malloc((size_t)page->width * (size_t)page->height), page->width,
                      page->height, page->dpi > 0 ? page->dpi : 300 };
    uint8_t *out = grey.pixels;
    SaoyInkReport ink = { 0 };

    for (int y = 0; y < page->height; y++) {
        const uint8_t *in = page->pixels + (size_t)y * (size_t)page->stride;

        for (int x = 0; x < page->width; x++, in += page->channels)
            *out++ = page->channels == 1
                         ? in[0]
                         : (uint8_t)((in[0] * 77 + in[1] * 150 + in[2] * 29) >> 8);
    }
    if (saoy_ink_see(page, &ink, NULL) && ink.seal.w > 0)
        drop_ink(page, ink.seal, true, is_coloured, &grey);
    if (ink.hand.h > HAND_MM * grey.dpi / 25.4)
        drop_ink(page, ink.hand, false, is_blue, &grey);
    return grey;
}

void
saoy_grey_clear(SaoyGrey *grey)
{
    if (grey->pixels != NULL)
        explicit_bzero(grey->pixels, (size_t)grey->width * (size_t)grey->height);
    g_clear_pointer(&grey->pixels, g_free);
}

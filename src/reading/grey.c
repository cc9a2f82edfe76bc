#include "ocr.h"
#include "vision/ink.h"

#include <string.h>

#define PAPER 250
#define LEAST_COLOUR 20 /* over the other channels, also where the ink is thin */
#define LEAST_LIGHT 120 /* darker is writing under the seal */
#define HAND_MM 7       /* a signature is higher than a line of writing */
#define READ_DPI 200
enum {
    DARK = 150, /* ink, when letters are measured */
    COLUMN_STEP = 8,
    LEAST_LETTER = 9, /* pixels: shorter strokes lie, or are grain */
    MOST_LETTER = 60,
    SMALL = 16, /* capitals of 6 points at 300 dpi */
    FEW_STROKES = 900,
};

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

static SaoyGrey
full_grey(const SaoyImage *page)
{
    SaoyGrey grey = { g_malloc((size_t)page->width * (size_t)page->height),
                      page->width,
                      page->height,
                      page->dpi > 0 ? page->dpi : 300,
                      page->width,
                      page->height };
    uint8_t *out = grey.pixels;

    for (int y = 0; y < page->height; y++) {
        const uint8_t *in = page->pixels + (size_t)y * (size_t)page->stride;

        for (int x = 0; x < page->width; x++, in += page->channels)
            *out++ = page->channels == 1
                         ? in[0]
                         : (uint8_t)((in[0] * 77 + in[1] * 150 + in[2] * 29) >> 8);
    }
    return grey;
}

/* Where a pixel goes when fewer are made of many: to `at`, `here` 256ths of it; on the edge
 * of two the rest to the next. */
typedef struct {
    int at;
    uint16_t here;
} Share;

static Share *
shares_of(int from, int to)
{
    Share *shares = g_new(Share, from);

    for (int i = 0; i < from; i++) {
        int at = (int)((int64_t)i * to / from);
        int64_t over = (int64_t)(i + 1) * to - ((int64_t)at + 1) * from;

        shares[i] = (Share){ at, over <= 0 ? 256 : (uint16_t)(256 - over * 256 / to) };
    }
    return shares;
}

/* A row made shorter, in 256ths. */
static void
shorten(const uint8_t *row, const Share *shares, int from, uint32_t *out)
{
    for (int x = 0; x < from; x++) {
        unsigned value = row[x] * 256u, here = row[x] * shares[x].here;

        out[shares[x].at] += here;
        out[shares[x].at + 1] += value - here;
    }
}

/* Its part of two rows of the smaller picture. */
static void
share_row(const uint32_t *row, int width, unsigned here, uint32_t *now, uint32_t *next)
{
    for (int x = 0; x < width; x++) {
        uint32_t part = row[x] * here >> 8;

        now[x] += part;
        next[x] += row[x] - part;
    }
}

/* Each pixel the mean of those it covers. */
static SaoyGrey
shrunk(SaoyGrey *grey)
{
    int width = (int)((int64_t)grey->width * READ_DPI / grey->dpi);
    int height = (int)((int64_t)grey->height * READ_DPI / grey->dpi);
    SaoyGrey out = { g_malloc((size_t)width * (size_t)height),
                     width,
                     height,
                     READ_DPI,
                     grey->page_width,
                     grey->page_height };
    g_autofree Share *across = shares_of(grey->width, width);
    g_autofree Share *down = shares_of(grey->height, height);
    size_t row_bytes = ((size_t)width + 1) * sizeof(uint32_t);
    g_autofree uint32_t *sums = g_malloc0(3 * row_bytes);
    uint32_t *now = sums, *next = sums + width + 1, *row_sums = next + width + 1;
    uint64_t area =
        (uint64_t)grey->width * (uint64_t)grey->height * 256 / ((uint64_t)width * height);

    for (int y = 0, row = 0; y < grey->height && row < height; y++) {
        const uint8_t *in = grey->pixels + (size_t)y * (size_t)grey->width;

        memset(row_sums, 0, row_bytes);
        shorten(in, across, grey->width, row_sums);
        share_row(row_sums, width, down[y].here, now, next);
        if ((int64_t)(y + 1) * height < (int64_t)(row + 1) * grey->height)
            continue;
        for (int x = 0; x < width; x++)
            out.pixels[(size_t)row * (size_t)width + (size_t)x] =
                (uint8_t)MIN(now[x] / area, 255);
        memset(now, 0, row_bytes);
        uint32_t *filled = next;
        next = now;
        now = filled;
        row++;
    }
    explicit_bzero(sums, 3 * row_bytes);
    saoy_grey_clear(grey);
    return out;
}

/* A card, by its upright strokes: they are few, and the middle one is low. Small print is
 * read better from every pixel there is, and there is little of it. */
static bool
is_small_print(const SaoyGrey *grey)
{
    unsigned counts[MOST_LETTER + 1] = { 0 }, n = 0, low = 0;
    g_autofree int *runs = g_new0(int, grey->width / COLUMN_STEP + 1); /* of each column */

    for (int y = 0; y < grey->height; y++) {
        const uint8_t *row = grey->pixels + (size_t)y * (size_t)grey->width;

        for (int x = 0, k = 0; x < grey->width; x += COLUMN_STEP, k++) {
            if (row[x] < DARK) {
                runs[k]++;
                continue;
            }
            if (runs[k] >= LEAST_LETTER && runs[k] <= MOST_LETTER) {
                counts[runs[k]]++;
                n++;
            }
            runs[k] = 0;
        }
    }
    for (int h = LEAST_LETTER; h <= SMALL; h++)
        low += counts[h];
    return n < FEW_STROKES && low * 2 > n;
}

SaoyGrey
saoy_grey_of(const SaoyImage *page)
{
    SaoyGrey grey = full_grey(page);
    SaoyInkReport ink = { 0 };

    if (saoy_ink_see(page, &ink, NULL) && ink.seal.w > 0)
        drop_ink(page, ink.seal, true, is_coloured, &grey);
    if (ink.hand.h > HAND_MM * grey.dpi / 25.4)
        drop_ink(page, ink.hand, false, is_blue, &grey);
    return grey.dpi > READ_DPI && !is_small_print(&grey) ? shrunk(&grey) : grey;
}

SaoyBox
saoy_grey_unscale(const SaoyGrey *grey, SaoyBox box)
{
    int x0 = (int)((int64_t)box.x * grey->page_width / grey->width);
    int y0 = (int)((int64_t)box.y * grey->page_height / grey->height);
    int x1 = (int)((int64_t)(box.x + box.w) * grey->page_width / grey->width);
    int y1 = (int)((int64_t)(box.y + box.h) * grey->page_height / grey->height);

    return (SaoyBox){ x0, y0, x1 - x0, y1 - y0 };
}

void
saoy_grey_clear(SaoyGrey *grey)
{
    if (grey->pixels != NULL)
        explicit_bzero(grey->pixels, (size_t)grey->width * (size_t)grey->height);
    g_clear_pointer(&grey->pixels, g_free);
}

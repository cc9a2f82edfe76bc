#include "ocr.h"
#include "vision/ink.h"

#include <string.h>

#define PAPER 250
#define LEAST_COLOUR 20 /* over the other channels, also where the ink is thin */
#define LEAST_LIGHT 120 /* darker is writing under the seal */
#define HAND_MM 7       /* a signature is higher than a line of writing */
#define TITLE_PART 0.4  /* of the page, from its top */
#define READ_DPI 200
enum {
    DARK = 150, /* ink, when letters are measured */
    COLUMN_STEP = 8,
    LEAST_LETTER = 9, /* pixels: shorter strokes lie, or are grain */
    MOST_LETTER = 60,
    SMALL = 16, /* capitals of 6 points at 300 dpi */
    FEW_STROKES = 900,
    WHITE = 255, /* of a sheet that was made, not scanned */
    LEAST_PAPER = 170,
    LEAST_SHARE = 200, /* one of so many pixels has a card's very light */
    LOOK_STEP = 7,
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

/* Ink that becomes paper: in the box, or in the ellipse in it. */
typedef struct {
    SaoyBox box; /* h 0: none */
    bool round;
    bool (*is_such)(const uint8_t *);
} Drop;

static void
drop_in_row(const uint8_t *in, const Drop *drop, int y, uint8_t *out)
{
    const SaoyBox box = drop->box;
    double rx = box.w / 2.0 + 4, dy = (y - box.y - box.h / 2.0) / (box.h / 2.0 + 4);

    for (int x = box.x; x < box.x + box.w; x++) {
        double dx = (x - box.x - box.w / 2.0) / rx;

        if ((!drop->round || dx * dx + dy * dy <= 1) && drop->is_such(in + 3 * x))
            out[x] = PAPER;
    }
}

/* The page as light alone, row by row. */
typedef struct {
    const SaoyImage *page;
    Drop drops[2];
} Light;

static void
light_row(const Light *light, int y, uint8_t *out)
{
    const SaoyImage *page = light->page;
    const uint8_t *in = page->pixels + (size_t)y * (size_t)page->stride;

    if (page->channels == 1) {
        memcpy(out, in, (size_t)page->width);
        return;
    }
    for (int x = 0; x < page->width; x++)
        out[x] =
            (uint8_t)((in[3 * x] * 77 + in[3 * x + 1] * 150 + in[3 * x + 2] * 29) >> 8);
    for (size_t i = 0; i < G_N_ELEMENTS(light->drops); i++)
        if (y >= light->drops[i].box.y && y < light->drops[i].box.y + light->drops[i].box.h)
            drop_in_row(in, &light->drops[i], y, out);
}

static SaoyGrey
grey_new(const SaoyImage *page, int width, int height, int dpi)
{
    return (SaoyGrey){ g_malloc((size_t)width * (size_t)height),
                       width,
                       height,
                       dpi,
                       page->width,
                       page->height };
}

static SaoyGrey
full_grey(const Light *light, int dpi)
{
    SaoyGrey grey = grey_new(light->page, light->page->width, light->page->height, dpi);

    for (int y = 0; y < grey.height; y++)
        light_row(light, y, grey.pixels + (size_t)y * (size_t)grey.width);
    return grey;
}

/* A card, by its upright strokes: they are few, and the middle one is low. Small print is
 * read better from every pixel there is, and there is little of it. */
typedef struct {
    unsigned n, low;
    int *runs; /* of each column looked at */
} Strokes;

static void
see_strokes(Strokes *strokes, const uint8_t *row, int width)
{
    for (int x = 0, k = 0; x < width; x += COLUMN_STEP, k++) {
        int run = strokes->runs[k];

        if (row[x] < DARK) {
            strokes->runs[k]++;
            continue;
        }
        strokes->n += run >= LEAST_LETTER && run <= MOST_LETTER;
        strokes->low += run >= LEAST_LETTER && run <= SMALL;
        strokes->runs[k] = 0;
    }
}

/* Where a pixel goes when fewer are made of many: to `at`, `here` parts of it; on the edge
 * of two the rest to the next. */
typedef struct {
    int at;
    uint16_t here;
} Share;

/* `one`: the parts of a pixel. */
static Share *
shares_of(int from, int to, int one)
{
    Share *shares = g_new(Share, from);

    for (int i = 0; i < from; i++) {
        int at = (int)((int64_t)i * to / from);
        int64_t over = (int64_t)(i + 1) * to - ((int64_t)at + 1) * from;

        shares[i] =
            (Share){ at, over <= 0 ? (uint16_t)one : (uint16_t)(one - over * one / to) };
    }
    return shares;
}

enum {
    LANE = 16,   /* pixels the compiler takes at once */
    PARTS = 256, /* of a pixel, across */
};

/* So many parts of a row of pixels to the sums; all are as long as whole lanes. */
static void
add_row(const uint8_t *restrict row, int width, uint16_t parts, uint16_t *restrict sums)
{
    for (int x = 0; x < width; x += LANE)
        for (int i = 0; i < LANE; i++)
            sums[x + i] = (uint16_t)(sums[x + i] + row[x + i] * parts);
}

/* A row of sums made shorter, then pixels of it. */
static void
shorten(const uint16_t *sums, const Share *shares, int from, uint32_t *out)
{
    for (int x = 0; x < from; x++) {
        uint32_t here = (uint32_t)sums[x] * shares[x].here;

        out[shares[x].at] += here;
        out[shares[x].at + 1] += (uint32_t)sums[x] * PARTS - here;
    }
}

static void
write_row(uint32_t *sums, int width, uint64_t per, uint8_t *out)
{
    for (int x = 0; x < width; x++) {
        out[x] = (uint8_t)MIN(sums[x] * per >> 32, 255);
        sums[x] = 0;
    }
    sums[width] = 0;
}

/* Each pixel the mean of those it covers. */
static SaoyGrey
shrunk(const Light *light, int dpi, Strokes *strokes)
{
    const int from_w = light->page->width, from_h = light->page->height;
    SaoyGrey out = grey_new(light->page, MAX(1, (int)((int64_t)from_w * READ_DPI / dpi)),
                            MAX(1, (int)((int64_t)from_h * READ_DPI / dpi)), READ_DPI);
    const int one = MAX(1, 256 / ((dpi - 1) / READ_DPI + 1)); /* sums within 16 bits */
    size_t lanes = ((size_t)from_w + LANE - 1) / LANE * LANE;
    g_autofree Share *across = shares_of(from_w, out.width, PARTS);
    g_autofree Share *down = shares_of(from_h, out.height, one);
    g_autofree uint8_t *row = g_malloc0(lanes);
    g_autofree uint16_t *sums = g_new0(uint16_t, 2 * lanes);
    g_autofree uint32_t *made = g_new0(uint32_t, out.width + 1);
    uint16_t *now = sums, *next = sums + lanes;
    double area = (double)from_w * from_h / out.width / out.height * one * PARTS;
    uint64_t per = (uint64_t)(4294967296.0 / area + 1);

    for (int y = 0, made_y = 0; y < from_h && made_y < out.height; y++) {
        light_row(light, y, row);
        see_strokes(strokes, row, from_w);
        add_row(row, (int)lanes, down[y].here, now);
        if (down[y].here < one)
            add_row(row, (int)lanes, (uint16_t)(one - down[y].here), next);
        if ((int64_t)(y + 1) * out.height < (int64_t)(made_y + 1) * from_h)
            continue;
        shorten(now, across, from_w, made);
        write_row(made, out.width, per, out.pixels + (size_t)made_y * (size_t)out.width);
        memset(now, 0, lanes * sizeof *now);
        uint16_t *filled = next;
        next = now;
        now = filled;
        made_y++;
    }
    explicit_bzero(row, lanes);
    explicit_bzero(sums, 2 * lanes * sizeof *sums);
    explicit_bzero(made, ((size_t)out.width + 1) * sizeof *made);
    return out;
}

/* Cards joined onto a white sheet: what lies between white and ink is a paper too, but to
 * the engine, which parts light from dark once for a page, it would be ink. */
static void
level_papers(SaoyGrey *grey)
{
    const size_t n = (size_t)grey->width * (size_t)grey->height;
    size_t counts[256] = { 0 }, looks = 0;
    int paper = LEAST_PAPER;

    for (size_t i = 0; i < n; i += LOOK_STEP, looks++)
        counts[grey->pixels[i]]++;
    for (int v = LEAST_PAPER; v < WHITE; v++)
        if (counts[v] > counts[paper])
            paper = v;
    if (counts[WHITE] * 2 < looks || counts[paper] * LEAST_SHARE < looks)
        return;
    for (size_t i = 0; i < n; i++)
        grey->pixels[i] = (uint8_t)MIN(grey->pixels[i], paper);
}

SaoyGrey
saoy_grey_of(const SaoyImage *page)
{
    Light light = { .page = page };
    SaoyInkReport ink = { 0 };
    int dpi = page->dpi > 0 ? page->dpi : 300;

    if (saoy_ink_see(page, &ink, NULL) && ink.seal.w > 0)
        light.drops[0] = (Drop){ ink.seal, true, is_coloured };
    /* a title in blue is of a hand's size too */
    if (ink.hand.h > HAND_MM * dpi / 25.4 && ink.hand.y > TITLE_PART * page->height)
        light.drops[1] = (Drop){ ink.hand, false, is_blue };
    if (dpi <= READ_DPI)
        return full_grey(&light, dpi);
    g_autofree int *runs = g_new0(int, page->width / COLUMN_STEP + 1);
    Strokes strokes = { .runs = runs };
    SaoyGrey grey = shrunk(&light, dpi, &strokes);
    if (strokes.n < FEW_STROKES && strokes.low * 2 > strokes.n) {
        saoy_grey_clear(&grey);
        grey = full_grey(&light, dpi);
    }
    level_papers(&grey);
    return grey;
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

#include "rules.h"

#include <stdlib.h>

enum {
    CONTRAST = 55, /* darker than paper by this is ink */
    GAP = 2,       /* pixels that a rule may be broken for */
    STEP = 6,      /* between two looks at a run's thickness */
    MOST_RULES = 400,
    LEAST_DOTS = 8,
    RIM = 2,   /* pixels of paper around a dot */
    LOOK = 16, /* pixels looked at together */
};
#define LEAST_MM 10.0
#define THICK_MM 1.2
#define DOT_MM 0.6
#define APART_MM 2.2 /* dots of one row */
#define SPLIT_MM 3.0 /* runs of one rule as far apart as this */

/* Looked at in rows: a page, or a page turned on its side, whose rows are columns. */
typedef struct {
    uint8_t *pixels;
    ptrdiff_t along, down; /* to the next pixel of a row, and of a column */
    int width, height, least, thick, split, dot, apart;
    uint8_t ink, paper; /* darker is ink */
} Field;

/* Most pixels of a page are paper. */
static uint8_t
ink_level(const SaoyGrey *grey)
{
    size_t counts[256] = { 0 }, n = (size_t)grey->width * (size_t)grey->height;
    int paper = 128;

    for (size_t i = 0; i < n; i += 7)
        counts[grey->pixels[i]]++;
    for (int v = 129; v < 256; v++)
        if (counts[v] > counts[paper])
            paper = v;
    return (uint8_t)(paper - CONTRAST);
}

static uint8_t *
at(const Field *f, int x, int y)
{
    return f->pixels + y * f->down + x * f->along;
}

/* Ink through x, y from edge to edge; *out_top its upper end. Stops looking at two rules'
 * thickness. */
static int
depth_at(const Field *f, int x, int y, int *out_top)
{
    int top = y, bottom = y;

    while (top > 0 && y - top <= 2 * f->thick && *at(f, x, top - 1) < f->ink)
        top--;
    while (bottom + 1 < f->height && bottom - y <= 2 * f->thick &&
           *at(f, x, bottom + 1) < f->ink)
        bottom++;
    *out_top = top;
    return bottom - top + 1;
}

/* Three of four looks see no more than a rule. */
static bool
is_thin(const Field *f, int x0, int x1, int y)
{
    int thin = 0, looks = 0, top = 0;

    for (int x = x0; x < x1; x += STEP) {
        if (*at(f, x, y) >= f->ink)
            continue;
        looks++;
        thin += depth_at(f, x, y, &top) <= f->thick;
    }
    return looks > 0 && thin * 4 >= looks * 3;
}

/* A run of a rule already begun, by its last rows. */
static void
add_run(const Field *f, int x0, int x1, int y, GArray *rules)
{
    for (guint i = rules->len; i-- > 0;) {
        SaoyRule *rule = &g_array_index(rules, SaoyRule, i);

        if (y > rule->y1 + GAP || x0 > rule->x1 + f->split || x1 + f->split < rule->x0)
            continue;
        rule->x0 = MIN(rule->x0, x0);
        rule->x1 = MAX(rule->x1, x1);
        rule->y1 = y + 1;
        return;
    }
    SaoyRule rule = { x0, y, x1, y + 1 };
    if (rules->len < MOST_RULES)
        g_array_append_val(rules, rule);
}

static bool
is_ink(const Field *f, int x, int y)
{
    return *at(f, x, y) < f->ink;
}

/* The end of a run from x on, broken for no more than GAP: behind its last ink. */
static int
run_end(const Field *f, int x, int y, int step)
{
    int last = x;

    for (x += step; x >= 0 && x < f->width && abs(x - last) <= GAP + 1; x += step)
        if (is_ink(f, x, y))
            last = x;
    return last;
}

/* A run as long as a rule has ink in GAP + 1 pixels wherever it is looked at: twice in the
 * least length. */
static void
see_row(const Field *f, int y, GArray *rules)
{
    const int step = MAX(f->least / 2, 1);

    for (int x = 0; x < f->width; x += step) {
        int ink = x;

        while (ink < f->width && ink <= x + GAP && !is_ink(f, ink, y))
            ink++;
        if (ink == f->width || ink > x + GAP)
            continue;
        int from = run_end(f, ink, y, -1), to = run_end(f, ink, y, 1) + 1;
        if (to - from >= f->least && is_thin(f, from, to, y))
            add_run(f, from, to, y, rules);
        x = MAX(x, to - to % step);
    }
}

/* The ink between two edges becomes what is beside it. */
static void
erase_at(const Field *f, int x, const SaoyRule *rule)
{
    for (int y = MAX(rule->y0 - 1, 0); y < MIN(rule->y1 + 1, f->height); y++) {
        int top = 0, depth = 0;

        if (*at(f, x, y) >= f->ink)
            continue;
        depth = depth_at(f, x, y, &top);
        if (depth > f->thick) {
            y = top + depth;
            continue; /* a letter stands on it */
        }
        int above = MAX(top - 2, 0), below = MIN(top + depth + 1, f->height - 1);
        uint8_t paper = MAX(*at(f, x, above), *at(f, x, below));
        for (int k = above + 1; k < below; k++)
            *at(f, x, k) = paper;
        y = below;
    }
}

/* No ink on the rim of the box. */
static bool
is_alone(const Field *f, int x0, int y0, int x1, int y1)
{
    if (x0 < 0 || y0 < 0 || x1 >= f->width || y1 >= f->height)
        return false;
    for (int x = x0; x <= x1; x++)
        if (*at(f, x, y0) < f->ink || *at(f, x, y1) < f->ink)
            return false;
    for (int y = y0; y <= y1; y++)
        if (*at(f, x0, y) < f->ink || *at(f, x1, y) < f->ink)
            return false;
    return true;
}

/* The blob at x, y in its row, if it is no more than a dot; *out_next is behind it. */
static bool
is_dot(const Field *f, int x, int y, int *out_next)
{
    int end = x, top = 0;

    while (end < f->width && *at(f, end, y) < f->ink)
        end++;
    *out_next = end;
    if (end - x > f->dot)
        return false;
    int depth = depth_at(f, (x + end) / 2, y, &top);
    return depth <= f->dot &&
           is_alone(f, x - RIM, top - RIM, end - 1 + RIM, top + depth - 1 + RIM);
}

static void
erase_dots(const Field *f, int from, int to, int y)
{
    for (int k = MAX(0, y - f->dot); k < MIN(f->height, y + f->dot + 1); k++) {
        uint8_t *row = at(f, 0, k);

        for (int x = from; x < to; x++)
            row[x] = MAX(row[x], f->paper);
    }
}

static bool
is_paper(const uint8_t *row, uint8_t ink)
{
    uint8_t darkest = 255;

    for (int i = 0; i < LOOK; i++)
        darkest = MIN(darkest, row[i]);
    return darkest >= ink;
}

/* Rows of dots to write on: eight and more with nothing else between them. The engine takes
 * them, and what is written on them, for a picture. */
static void
take_dots(const Field *f)
{
    for (int y = 0; y < f->height; y++) {
        const uint8_t *row = at(f, 0, y);
        int first = 0, last = 0, n = 0;

        for (int x = 0; x < f->width;) {
            int next = x + 1;

            if (n == 0 && x + LOOK < f->width && is_paper(row + x, f->ink)) {
                x += LOOK;
                continue;
            }
            bool ink = row[x] < f->ink, dot = ink && is_dot(f, x, y, &next);

            if (n > 0 && ((ink && !dot) || x - last > f->apart || next >= f->width)) {
                if (n >= LEAST_DOTS)
                    erase_dots(f, first, last, y);
                n = 0;
            }
            if (dot) {
                first = n == 0 ? x : first;
                last = next;
                n++;
            }
            x = next;
        }
    }
}

static GArray *
take_across(const Field *f)
{
    GArray *rules = g_array_new(FALSE, FALSE, sizeof(SaoyRule));

    for (int y = 0; y < f->height; y++)
        see_row(f, y, rules);
    for (guint i = 0; i < rules->len; i++) {
        const SaoyRule *rule = &g_array_index(rules, SaoyRule, i);

        for (int x = rule->x0; x < rule->x1; x++)
            erase_at(f, x, rule);
    }
    return rules;
}

/* The same page, looked at from its side. */
static Field
on_side(Field f)
{
    Field side = f;

    side.along = f.down;
    side.down = f.along;
    side.width = f.height;
    side.height = f.width;
    return side;
}

void
saoy_rules_take(SaoyGrey *grey, GArray **out_across, GArray **out_down)
{
    double mm = grey->dpi / 25.4;
    uint8_t ink = ink_level(grey);
    Field field = { .pixels = grey->pixels,
                    .along = 1,
                    .down = grey->width,
                    .width = grey->width,
                    .height = grey->height,
                    .least = (int)(LEAST_MM * mm),
                    .thick = (int)(THICK_MM * mm),
                    .split = (int)(SPLIT_MM * mm),
                    .dot = (int)(DOT_MM * mm),
                    .apart = (int)(APART_MM * mm),
                    .ink = ink,
                    .paper = (uint8_t)(ink + CONTRAST) };
    Field side = on_side(field);

    take_dots(&field);
    *out_across = take_across(&field);
    *out_down = take_across(&side);
    for (guint i = 0; i < (*out_down)->len; i++) {
        SaoyRule *rule = &g_array_index(*out_down, SaoyRule, i);

        *rule = (SaoyRule){ rule->y0, rule->x0, rule->y1, rule->x1 };
    }
}

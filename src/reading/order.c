#include "order.h"

#include "line.h"

#include <stdlib.h>
#include <string.h>

enum {
    PROSE_WORDS = 6, /* a line of running text has as many, */
    PROSE_ROWS = 5,  /* and two columns of it so many rows side by side */
};
#define SAME_ROW 0.5 /* of the lower line's height is common */
#define TORN_GAP 1.5 /* heights: nearer parts were one line */

typedef struct {
    const SaoyWord *words;
    size_t n;
    SaoyBox box;
    size_t place; /* as the engine read it */
    size_t row;
} Part;

/* Of two words of very different height the marks count, so the common part does. */
static bool
same_row(const Part *a, const Part *b)
{
    int top = MAX(a->box.y, b->box.y);
    int bottom = MIN(a->box.y + a->box.h, b->box.y + b->box.h);

    return bottom - top > SAME_ROW * MIN(a->box.h, b->box.h);
}

/* Beside each other, or one in a gap between words of the other. */
static bool
side_by_side(const Part *a, const Part *b)
{
    if (a->box.x + a->box.w <= b->box.x || b->box.x + b->box.w <= a->box.x)
        return true;
    for (size_t i = 0; i < a->n; i++)
        for (size_t k = 0; k < b->n; k++) {
            SaoyBox x = a->words[i].box, y = b->words[k].box;

            if (MIN(x.x + x.w, y.x + y.w) > MAX(x.x, y.x))
                return false;
        }
    return true;
}

static int
by_left(const void *a, const void *b)
{
    return ((const SaoyWord *)a)->box.x - ((const SaoyWord *)b)->box.x;
}

static int
by_middle(const void *a, const void *b)
{
    const Part *x = a, *y = b;
    int m = 2 * x->box.y + x->box.h, n = 2 * y->box.y + y->box.h;

    return m != n ? (m < n ? -1 : 1) : x->place < y->place ? -1 : 1;
}

static int
by_row(const void *a, const void *b)
{
    const Part *x = a, *y = b;

    return x->row != y->row ? (x->row < y->row ? -1 : 1) : x->box.x - y->box.x;
}

static bool
joins_row(const Part *parts, size_t from, size_t to, const Part *next)
{
    for (size_t i = from; i < to; i++)
        if (!side_by_side(&parts[i], next) || !same_row(&parts[i], next))
            return false;
    return true;
}

static void
number_rows(Part *parts, size_t n)
{
    qsort(parts, n, sizeof *parts, by_middle);
    for (size_t from = 0, to = 0, row = 0; from < n; from = to, row++)
        for (to = from; to < n && joins_row(parts, from, to, &parts[to]); to++)
            parts[to].row = row;
}

/* Two columns of running text, as a law in two languages has them. */
static bool
has_columns(const Part *parts, size_t n)
{
    unsigned rows = 0;

    for (size_t i = 0; i < n; i++)
        rows += i + 1 < n && parts[i].row == parts[i + 1].row &&
                parts[i].n >= PROSE_WORDS && parts[i + 1].n >= PROSE_WORDS &&
                !(i > 0 && parts[i - 1].row == parts[i].row);
    return rows >= PROSE_ROWS;
}

static size_t
parts_of(const SaoyWords *words, Part *parts)
{
    size_t n = 0;

    for (size_t from = 0, to = 0; from < words->n; from = to) {
        while (to < words->n && words->items[to].line == words->items[from].line)
            to++;
        parts[n] = (Part){ words->items + from, to - from,
                           saoy_words_box(words->items + from, to - from), n, 0 };
        n++;
    }
    return n;
}

/* Writing that runs up or down the page: a sheet that lies on its side. */
static bool
lies_on_its_side(const SaoyWords *words)
{
    size_t high = 0, long_words = 0;

    for (size_t i = 0; i < words->n; i++) {
        bool is_long = g_utf8_strlen(words->items[i].text, -1) >= 3;

        long_words += is_long;
        high += is_long && words->items[i].box.h > words->items[i].box.w;
    }
    return high * 2 > long_words;
}

static bool
is_torn(const Part *left, const Part *right)
{
    int gap = right->box.x - left->box.x - left->box.w;

    return left->row == right->row && gap < TORN_GAP * MAX(left->box.h, right->box.h);
}

void
saoy_words_order(SaoyWords *words)
{
    g_autofree Part *parts = g_new(Part, words->n + 1);
    g_autofree SaoyWord *items = g_new(SaoyWord, words->n + 1);
    size_t n = parts_of(words, parts), kept = 0;
    int line = -1;

    number_rows(parts, n);
    qsort(parts, n, sizeof *parts, by_row);
    if (words->n == 0 || lies_on_its_side(words) || has_columns(parts, n))
        return;
    for (size_t i = 0, from = 0; i < n; i++) {
        bool torn = i > 0 && is_torn(&parts[i - 1], &parts[i]);

        line += !torn;
        from = torn ? from : kept;
        for (size_t k = 0; k < parts[i].n; k++) {
            items[kept] = parts[i].words[k];
            items[kept++].line = line;
        }
        if (torn)
            qsort(items + from, kept - from, sizeof *items, by_left);
    }
    memcpy(words->items, items, kept * sizeof *items);
}

#include "verify-parts.h"

#include "core/ids.h"

#include <math.h>
#include <string.h>

/* A symbol drawn on a page of a file without a seal: does it open a copy of ours? All of a
 * page's dark boxes are painted as they lie and read as a camera would read them. */

enum {
    FEWEST = 100, /* boxes; the smallest symbol has more */
    SCALE = 2,    /* pixels a point: three and more a module of a link */
    WIDE = 900 * SCALE,
    HIGH = 1300 * SCALE
};

/* No rule of a table: as high and wide as modules and their runs are. */
static bool
may_be_modules(const SaoyPdfBox *box)
{
    return box->w >= 0.5 && box->h >= 0.5 && box->w <= 60 && box->h <= 60;
}

static guint
count_modules(const GArray *boxes)
{
    guint n = 0;

    for (guint i = 0; i < boxes->len; i++)
        n += may_be_modules(&g_array_index(boxes, SaoyPdfBox, i));
    return n;
}

static int
pixel(double at, double from, int end)
{
    double scaled = round((at - from) * SCALE);

    return isfinite(scaled) ? (int)CLAMP(scaled, 0, end) : 0;
}

/* WIDE x HIGH, 0 where it is dark; what lies beyond is cut off. */
static uint8_t *
paint(const GArray *boxes)
{
    uint8_t *picture = g_malloc((size_t)WIDE * HIGH);
    double left = INFINITY, top = -INFINITY;

    memset(picture, 255, (size_t)WIDE * HIGH);
    for (guint i = 0; i < boxes->len; i++) {
        const SaoyPdfBox *box = &g_array_index(boxes, SaoyPdfBox, i);

        if (may_be_modules(box)) {
            left = MIN(left, box->x - 10);
            top = MAX(top, box->y + box->h + 10);
        }
    }
    for (guint i = 0; i < boxes->len; i++) {
        const SaoyPdfBox *box = &g_array_index(boxes, SaoyPdfBox, i);
        int from = pixel(box->x, left, WIDE), to = pixel(box->x + box->w, left, WIDE);
        int row = pixel(top, box->y + box->h, HIGH), end = pixel(top, box->y, HIGH);

        for (; may_be_modules(box) && row < end; row++)
            memset(picture + (size_t)row * WIDE + from, 0, (size_t)MAX(to - from, 0));
    }
    return picture;
}

/* "…/v/<copy id>…" */
static bool
opens_a_copy(const char *text)
{
    for (const char *at = text; (at = strstr(at, "/v/")) != NULL; at++) {
        g_autofree char *id = g_strndup(at + 3, strcspn(at + 3, "?#/"));

        if (saoy_copy_id_check(id))
            return true;
    }
    return false;
}

static bool
has_our_symbol(SaoyCheck *check, const SaoyPdfValue *page)
{
    g_autoptr(GArray) boxes = saoy_pdf_dark_boxes(check->pdf, page, NULL);
    g_autofree uint8_t *picture = NULL;
    g_auto(GStrv) texts = NULL;

    if (boxes == NULL || count_modules(boxes) < FEWEST)
        return false;
    picture = paint(boxes);
    texts = check->options->symbols(picture, WIDE, HIGH);
    for (char **text = texts; text != NULL && *text != NULL; text++)
        if (opens_a_copy(*text))
            return true;
    return false;
}

/* Our copies have a link on each page: the first and the last are looked at. */
bool
saoy_symbols_are_ours(SaoyCheck *check)
{
    g_autoptr(GPtrArray) pages =
        check->options->symbols != NULL ? saoy_pdf_page_list(check->pdf, NULL) : NULL;

    return pages != NULL && pages->len > 0 &&
           (has_our_symbol(check, pages->pdata[0]) ||
            (pages->len > 1 && has_our_symbol(check, pages->pdata[pages->len - 1])));
}

#include "verify-parts.h"

#include <math.h>
#include <string.h>

/* The symbols drawn on the pages, read from the content's rectangles: each must be the seal
 * of the file, or the link in front of it, module by module (product.md §5). */

typedef struct {
    int size;
    uint8_t *modules;
} Matrix;

enum { SEAL, LINK, N_KINDS, FEWEST = 100 }; /* the smallest symbol has more boxes */

/* Of one file. */
typedef struct {
    size_t n[N_KINDS + 1]; /* symbols of each kind, and of neither */
    size_t strays;         /* boxes of the page that belong to no symbol */
} Count;

static void
matrix_clear(Matrix *matrix)
{
    g_clear_pointer(&matrix->modules, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Matrix, matrix_clear)

/* Box in whole modules of that grid; false when it does not lie on it. */
static bool
on_grid(double from, double length, double module, int size, int *out_from, int *out_n)
{
    double a = from / module, n = length / module;

    if (fabs(a - round(a)) > 0.1 || fabs(n - round(n)) > 0.1)
        return false;
    *out_from = (int)lround(a);
    *out_n = (int)lround(n);
    return *out_from >= 0 && *out_n > 0 && *out_from + *out_n <= size;
}

static bool
is_drawn(const SaoyPdfBox *boxes, size_t n, const SaoyPdfBox *around, const Matrix *matrix)
{
    size_t area = (size_t)matrix->size * (size_t)matrix->size;
    g_autofree uint8_t *drawn = g_malloc0(area);
    double module = around->w / matrix->size;
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        int column = 0, row = 0, wide = 0, high = 0;

        if (!on_grid(boxes[i].x - around->x, boxes[i].w, module, matrix->size, &column,
                     &wide) ||
            !on_grid(around->y + around->h - boxes[i].y - boxes[i].h, boxes[i].h, module,
                     matrix->size, &row, &high))
            return false;
        if ((size_t)wide * (size_t)high > area - used) /* they would cover one another */
            return false;
        used += (size_t)wide * (size_t)high;
        for (int r = row; r < row + high; r++)
            memset(drawn + r * matrix->size + column, 1, (size_t)wide);
    }
    return memcmp(drawn, matrix->modules, area) == 0;
}

static SaoyPdfBox
bounds(const SaoyPdfBox *boxes, size_t n)
{
    double left = boxes[0].x, bottom = boxes[0].y, right = left, top = bottom;

    for (size_t i = 0; i < n; i++) {
        left = MIN(left, boxes[i].x);
        bottom = MIN(bottom, boxes[i].y);
        right = MAX(right, boxes[i].x + boxes[i].w);
        top = MAX(top, boxes[i].y + boxes[i].h);
    }
    return (SaoyPdfBox){ left, bottom, right - left, top - bottom, 0 };
}

/* Which of the two the group is; N_KINDS: a symbol of neither; -1: no symbol. */
static int
kind_of(const SaoyPdfBox *boxes, size_t n, const Matrix matrix[N_KINDS])
{
    SaoyPdfBox around = bounds(boxes, n);

    if (n < FEWEST || !(around.w > 0) || fabs(around.w - around.h) > 0.01 * around.w)
        return -1;
    for (int kind = 0; kind < N_KINDS; kind++)
        if (is_drawn(boxes, n, &around, &matrix[kind]))
            return kind;
    return N_KINDS;
}

/* Counts the page's symbols of each kind. */
static void
count_symbols(const GArray *all, const Matrix matrix[N_KINDS], Count *count)
{
    const SaoyPdfBox *boxes = (const SaoyPdfBox *)(const void *)all->data;

    count->strays = 0;
    for (guint from = 0, to = 0; from < all->len; from = to) {
        int kind = 0;

        for (to = from; to < all->len && boxes[to].group == boxes[from].group;)
            to++;
        kind = kind_of(boxes + from, to - from, matrix);
        if (kind >= 0)
            count->n[kind]++;
        else
            count->strays += to - from;
    }
}

/* What a page draws beside its content: pictures, which the seal counts, and nothing else.
 */
static bool
has_only_pictures(SaoyCheck *check, const SaoyPdfValue *page)
{
    SaoyPdf *pdf = check->pdf;
    size_t newest = saoy_pdf_revisions(pdf) - 1;
    const SaoyPdfValue *objects =
        saoy_pdf_get(pdf, newest, saoy_pdf_page_key(pdf, page, "Resources"), "XObject");
    bool only = objects == NULL || objects->type == SAOY_PDF_DICT;

    for (size_t i = 0; only && objects != NULL && i < objects->n; i++) {
        if (!saoy_check_spend(check, 2 * SAOY_LOOK_UP))
            return false;
        const SaoyPdfValue *object =
            saoy_pdf_resolve(pdf, newest, &objects->items[2 * i + 1]);

        only = saoy_pdf_is_name(saoy_pdf_get(pdf, newest, object, "Subtype"), "Image");
    }
    return only;
}

bool
saoy_seal_is_drawn(SaoyCheck *check, const char *text)
{
    g_autoptr(GPtrArray) pages = saoy_pdf_page_list(check->pdf, NULL);
    g_autofree char *link = g_strndup(text, strcspn(text, "#"));
    g_auto(Matrix) seal = { 0 }, short_one = { 0 };
    Count count = { 0 };

    seal.modules = check->options->matrix(text, &seal.size);
    short_one.modules = check->options->matrix(link, &short_one.size);
    if (pages == NULL || seal.modules == NULL || short_one.modules == NULL)
        return false;
    const Matrix both[N_KINDS] = { seal, short_one };
    for (guint i = 0; i < pages->len; i++) {
        g_autoptr(GArray) boxes = saoy_pdf_dark_boxes(check->pdf, pages->pdata[i], NULL);

        if (boxes == NULL ||
            !saoy_check_spend(check, SAOY_LOOK_UP * (1 + (size_t)boxes->len)) ||
            !has_only_pictures(check, pages->pdata[i]))
            return false;
        count_symbols(boxes, both, &count);
        if (count.strays >= FEWEST) /* a symbol, box by box */
            return false;
    }
    return count.n[SEAL] == 1 && count.n[LINK] == pages->len && count.n[N_KINDS] == 0;
}

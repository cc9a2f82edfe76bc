#include "ocr.h"
#include "table.h"

#include <string.h>

enum {
    MOST_CELLS = 60, /* read on their own: what reading costs */
    CONTRAST = 60,
    SURE = 40,
    DOUBTFUL = 65,
    FIGURES_DOUBTFUL = 85,
    FIGURES_SURE = 60,
    LEAST_FIGURES = 3, /* cells that make a column one of figures, */
    FIGURES_SHARE = 2, /* and so many times as many as others */
};

/* What is darker than paper by so much within the cell, away from its rules; w 0: nothing
 * of a letter's size. */
static SaoyBox
ink_in(const SaoyGrey *grey, SaoyBox cell)
{
    int rim = grey->dpi / 25, least = grey->dpi / 25;
    int x0 = cell.x + cell.w, x1 = 0, y0 = cell.y + cell.h, y1 = 0;
    uint8_t light = 0;

    for (int y = cell.y + rim; y < cell.y + cell.h - rim; y++)
        for (int x = cell.x + rim; x < cell.x + cell.w - rim; x++)
            light = MAX(light, grey->pixels[(size_t)y * (size_t)grey->width + (size_t)x]);
    for (int y = cell.y + rim; y < cell.y + cell.h - rim; y++)
        for (int x = cell.x + rim; x < cell.x + cell.w - rim; x++) {
            const uint8_t *p = grey->pixels + (size_t)y * (size_t)grey->width + x;

            /* two beside each other: no grain */
            if (p[0] + CONTRAST > light || p[1] + CONTRAST > light)
                continue;
            x0 = MIN(x0, x);
            x1 = MAX(x1, x + 2);
            y0 = MIN(y0, y);
            y1 = MAX(y1, y + 1);
        }
    bool letter = y1 - y0 >= least && x1 > x0;
    return letter ? (SaoyBox){ x0, y0, x1 - x0, y1 - y0 } : (SaoyBox){ 0 };
}

/* ---- columns of figures */

static bool
is_figures(const char *text)
{
    return strpbrk(text, "0123456789") != NULL &&
           text[strspn(text, "0123456789,./%-")] == '\0';
}

/* The only word of each cell; NULL: none, or several. */
static SaoyWord **
lone_words(const GArray *cells, SaoyWords *words)
{
    SaoyWord **lone = g_new0(SaoyWord *, cells->len + 1);
    g_autofree unsigned *n = g_new0(unsigned, cells->len + 1);

    for (size_t i = 0; i < words->n; i++) {
        int cell = saoy_cell_at(cells, words->items[i].box);

        if (cell >= 0)
            lone[cell] = n[cell]++ == 0 ? &words->items[i] : NULL;
    }
    return lone;
}

static bool
has_separator(const char *text)
{
    return strpbrk(text, ",.") != NULL;
}

/* Whether a cell's column is of figures; *out_separated: of figures like 7,5. */
static bool
is_column_of_figures(const GArray *cells, SaoyWord **lone, guint cell, bool *out_separated)
{
    const SaoyCell *own = &g_array_index(cells, SaoyCell, cell);
    unsigned figures = 0, separated = 0, others = 0;

    for (guint i = 0; i < cells->len; i++) {
        const SaoyCell *other = &g_array_index(cells, SaoyCell, i);

        if (lone[i] == NULL || other->table != own->table || other->column != own->column)
            continue;
        figures += is_figures(lone[i]->text);
        others += !is_figures(lone[i]->text);
        separated += is_figures(lone[i]->text) && has_separator(lone[i]->text);
    }
    *out_separated = separated * FIGURES_SHARE > figures;
    return figures >= LEAST_FIGURES && figures >= FIGURES_SHARE * others;
}

/* Not a figure, not surely read, or without the comma that the others have. */
static bool
is_doubtful(const GArray *cells, SaoyWord **lone, guint cell)
{
    const SaoyWord *word = lone[cell];
    bool separated = false;

    return word != NULL && g_array_index(cells, SaoyCell, cell).row > 0 &&
           is_column_of_figures(cells, lone, cell, &separated) &&
           (!is_figures(word->text) || word->confidence < FIGURES_DOUBTFUL ||
            (separated && !has_separator(word->text)));
}

static bool
is_better(const SaoyWord *word, const char *text, int confidence)
{
    if (!is_figures(text) || confidence < FIGURES_SURE)
        return false;
    return !is_figures(word->text) || confidence > word->confidence ||
           (has_separator(text) && !has_separator(word->text));
}

/* What stands among figures is one: read again with nothing else to choose from. */
static void
check_figures(SaoyReader *reader, const SaoyGrey *grey, const GArray *cells,
              SaoyWords *words, GCancellable *cancel)
{
    g_autofree SaoyWord **lone = lone_words(cells, words);
    unsigned n = 0;

    TessBaseAPISetVariable(reader->engine, "tessedit_char_whitelist", "0123456789,.");
    for (guint i = 0; i < cells->len && n < MOST_CELLS; i++) {
        int confidence = 0;

        if (!is_doubtful(cells, lone, i) || g_cancellable_is_cancelled(cancel))
            continue;
        n++;
        SaoyBox ink = ink_in(grey, g_array_index(cells, SaoyCell, i).box);
        g_autofree char *text = saoy_reader_read_box(
            reader, grey, ink.w > 0 ? ink : lone[i]->box, 0, &confidence);
        if (text != NULL && is_better(lone[i], text, confidence))
            saoy_word_replace(lone[i], text, confidence);
    }
    TessBaseAPISetVariable(reader->engine, "tessedit_char_whitelist", "");
}

/* The least sure word of each cell; -1: none was read in it. */
static int *
confidences(const GArray *cells, const SaoyWords *words)
{
    int *least = g_new(int, cells->len + 1);

    for (guint i = 0; i < cells->len; i++)
        least[i] = -1;
    for (size_t i = 0; i < words->n; i++) {
        int cell = saoy_cell_at(cells, words->items[i].box);

        if (cell >= 0 && (least[cell] < 0 || words->items[i].confidence < least[cell]))
            least[cell] = words->items[i].confidence;
    }
    return least;
}

static void
drop_words(SaoyWords *words, const GArray *cells, guint cell)
{
    size_t kept = 0;

    for (size_t i = 0; i < words->n; i++)
        if (saoy_cell_at(cells, words->items[i].box) == (int)cell)
            saoy_word_clear(&words->items[i]);
        else
            words->items[kept++] = words->items[i];
    words->n = kept;
}

void
saoy_reader_read_cells(SaoyReader *reader, const SaoyGrey *grey, const GArray *cells,
                       SaoyWords *words, GCancellable *cancel)
{
    g_autofree int *least = confidences(cells, words);
    unsigned n = 0;

    for (guint i = 0; i < cells->len && n < MOST_CELLS; i++) {
        SaoyBox box = least[i] >= DOUBTFUL
                          ? (SaoyBox){ 0 }
                          : ink_in(grey, g_array_index(cells, SaoyCell, i).box);
        int confidence = 0;

        if (box.w == 0 || box.h > grey->dpi / 3 || g_cancellable_is_cancelled(cancel))
            continue;
        n++;
        g_autofree char *text = saoy_reader_read_box(reader, grey, box, 0, &confidence);
        if (text == NULL || confidence < SURE || confidence <= least[i])
            continue;
        drop_words(words, cells, i);
        saoy_words_append_line(words, text, box, confidence, G_MAXINT);
    }
    check_figures(reader, grey, cells, words, cancel);
}

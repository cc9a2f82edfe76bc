/* Words of tables in their order. */
#include "table.h"

#include <stdlib.h>

typedef struct {
    SaoyWord word;
    const SaoyCell *cell; /* NULL: beside the tables */
    size_t place;         /* as the engine read it */
    int middle;
} Placed;

static int
by_row(gconstpointer a, gconstpointer b)
{
    const Placed *x = a, *y = b;

    if (x->cell->table != y->cell->table)
        return x->cell->table < y->cell->table ? -1 : 1;
    if (x->cell->row != y->cell->row)
        return x->cell->row < y->cell->row ? -1 : 1;
    return x->middle - y->middle;
}

static int
by_column(gconstpointer a, gconstpointer b)
{
    return ((const Placed *)a)->word.box.x - ((const Placed *)b)->word.box.x;
}

/* The words of one row of cells that stand on one height are one line. */
static size_t
line_end(const Placed *placed, size_t from, size_t n)
{
    size_t to = from + 1;

    while (to < n && placed[to].cell->table == placed[from].cell->table &&
           placed[to].cell->row == placed[from].cell->row &&
           placed[to].middle - placed[from].middle <=
               MAX(placed[from].word.box.h, placed[to].word.box.h) * 6 / 10)
        to++;
    return to;
}

static void
put(SaoyWords *words, Placed *placed, int line)
{
    placed->word.line = line;
    words->items[words->n++] = placed->word;
}

static void
put_table(SaoyWords *words, Placed *placed, size_t n, int *line)
{
    for (size_t from = 0, to = 0; from < n; from = to) {
        to = line_end(placed, from, n);
        qsort(placed + from, to - from, sizeof *placed, by_column);
        for (size_t i = from; i < to; i++)
            put(words, &placed[i], *line);
        ++*line;
    }
}

/* Whether the word stands under the table's head: the table is read before it. */
static bool
is_below(const Placed *word, const Placed *inside, size_t n)
{
    int left = G_MAXINT, right = 0, top = G_MAXINT;

    for (size_t i = 0; i < n; i++) {
        SaoyBox box = inside[i].word.box;

        left = MIN(left, box.x);
        right = MAX(right, box.x + box.w);
        top = MIN(top, box.y);
    }
    return word->middle > top && word->word.box.x < right &&
           word->word.box.x + word->word.box.w > left;
}

static size_t
table_end(const Placed *inside, size_t from, size_t n)
{
    size_t to = from;

    while (to < n && inside[to].cell->table == inside[from].cell->table)
        to++;
    return to;
}

/* The outer words line by line; a table goes before the first line under its head. */
static void
weave(SaoyWords *words, Placed *outer, size_t n_outer, Placed *inside, size_t n_inside)
{
    size_t table = 0, end = table_end(inside, 0, n_inside);
    int line = 0;

    for (size_t i = 0; i < n_outer; i++) {
        bool begins = i == 0 || outer[i].place != outer[i - 1].place;

        line += begins && i > 0;
        while (begins && table < end && is_below(&outer[i], inside + table, end - table)) {
            put_table(words, inside + table, end - table, &line);
            table = end;
            end = table_end(inside, table, n_inside);
        }
        put(words, &outer[i], line);
    }
    line += n_outer > 0;
    for (; table < end; table = end, end = table_end(inside, table, n_inside))
        put_table(words, inside + table, end - table, &line);
}

void
saoy_words_arrange(SaoyWords *words, const GArray *cells)
{
    size_t n = words->n, n_outer = 0, n_inside = 0;

    if (cells->len == 0 || n == 0)
        return;
    g_autofree Placed *outer = g_new0(Placed, n);
    g_autofree Placed *inside = g_new0(Placed, n);
    for (size_t i = 0; i < n; i++) {
        const SaoyWord *word = &words->items[i];
        int cell = saoy_cell_at(cells, word->box);
        Placed placed = { *word,
                          cell < 0 ? NULL : &g_array_index(cells, SaoyCell, (guint)cell),
                          (size_t)word->line, word->box.y + word->box.h / 2 };

        if (cell < 0)
            outer[n_outer++] = placed;
        else
            inside[n_inside++] = placed;
    }
    qsort(inside, n_inside, sizeof *inside, by_row);
    words->n = 0;
    weave(words, outer, n_outer, inside, n_inside);
}

#include "table.h"

#include <stdlib.h>

enum {
    MOST_LINES = 100, /* of a table, each way */
};
#define TOUCH_MM 2.0 /* rules that end so near each other meet */
#define SAME_MM 1.5  /* rules so near are one line */

typedef struct {
    const GArray *across, *down;
    guint *tables; /* of each rule, those across first */
    int touch, same, most;
} Grid;

static const SaoyRule *
rule_at(const GArray *rules, guint i)
{
    return &g_array_index(rules, SaoyRule, i);
}

static bool
meet(const Grid *g, const SaoyRule *across, const SaoyRule *down)
{
    return down->x0 + g->touch >= across->x0 && down->x1 <= across->x1 + g->touch &&
           across->y0 + g->touch >= down->y0 && across->y1 <= down->y1 + g->touch;
}

/* Rules that meet are of one table: the lowest number spreads until nothing changes. */
static void
number_tables(Grid *g)
{
    guint na = g->across->len, n = na + g->down->len;
    bool changed = true;

    for (guint i = 0; i < n; i++)
        g->tables[i] = i;
    while (changed) {
        changed = false;
        for (guint a = 0; a < na; a++)
            for (guint d = na; d < n; d++) {
                guint least = MIN(g->tables[a], g->tables[d]);

                if (g->tables[a] == g->tables[d] ||
                    !meet(g, rule_at(g->across, a), rule_at(g->down, d - na)))
                    continue;
                g->tables[a] = g->tables[d] = least;
                changed = true;
            }
    }
}

static int
by_number(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Where the table's rules run, near ones once. */
static size_t
places_of(const Grid *g, const GArray *rules, guint first, guint table, bool across,
          int *places)
{
    size_t n = 0, kept = 0;

    for (guint i = 0; i < rules->len && n < MOST_LINES; i++) {
        const SaoyRule *rule = rule_at(rules, i);

        if (g->tables[first + i] == table)
            places[n++] = across ? (rule->y0 + rule->y1) / 2 : (rule->x0 + rule->x1) / 2;
    }
    qsort(places, n, sizeof *places, by_number);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || places[i] - places[kept - 1] > g->same)
            places[kept++] = places[i];
    return kept;
}

/* Whether a rule across runs at y over x, or one down at y over x when they are swapped. */
static bool
runs(const Grid *g, const GArray *rules, bool across, int place, int over)
{
    for (guint i = 0; i < rules->len; i++) {
        const SaoyRule *rule = rule_at(rules, i);
        int from = across ? rule->x0 : rule->y0, to = across ? rule->x1 : rule->y1;
        int middle = across ? (rule->y0 + rule->y1) / 2 : (rule->x0 + rule->x1) / 2;

        if (ABS(middle - place) <= g->same && from <= over && over < to)
            return true;
    }
    return false;
}

/* Cells joined where the rule between them is missing. */
static void
add_cells(const Grid *g, unsigned table, const int *xs, size_t nx, const int *ys, size_t ny,
          GArray *cells)
{
    bool used[MOST_LINES][MOST_LINES] = { 0 };

    for (size_t r = 0; r + 1 < ny; r++)
        for (size_t c = 0; c + 1 < nx; c++) {
            size_t right = c + 1, below = r + 1;
            int y = (ys[r] + ys[r + 1]) / 2, x = (xs[c] + xs[c + 1]) / 2;

            if (used[r][c])
                continue;
            while (right + 1 < nx && !used[r][right] &&
                   !runs(g, g->down, false, xs[right], y))
                right++;
            while (below + 1 < ny && !runs(g, g->across, true, ys[below], x))
                below++;
            for (size_t i = r; i < below; i++)
                for (size_t k = c; k < right; k++)
                    used[i][k] = true;
            SaoyCell cell = { { xs[c], ys[r], xs[right] - xs[c], ys[below] - ys[r] },
                              table,
                              (unsigned)r,
                              (unsigned)c,
                              (unsigned)(below - r),
                              (unsigned)(right - c) };
            if (cell.box.w * (cell.box.h / 16) < g->most / 16)
                g_array_append_val(cells, cell);
        }
}

GArray *
saoy_cells_of(const GArray *across, const GArray *down, int width, int height, int dpi)
{
    double mm = dpi / 25.4;
    GArray *cells = g_array_new(FALSE, FALSE, sizeof(SaoyCell));
    g_autofree guint *tables = g_new0(guint, across->len + down->len + 1);
    Grid g = { across,
               down,
               tables,
               (int)(TOUCH_MM * mm),
               (int)(SAME_MM * mm),
               width * (height / 2) };
    unsigned n = 0;

    number_tables(&g);
    for (guint t = 0; t < across->len; t++) {
        int xs[MOST_LINES], ys[MOST_LINES];
        size_t ny = places_of(&g, across, 0, t, true, ys);
        size_t nx = places_of(&g, down, across->len, t, false, xs);

        /* a frame around the page, or around a word, is no table */
        if (nx < 2 || ny < 2 || nx + ny < 5)
            continue;
        guint before = cells->len;
        add_cells(&g, n, xs, nx, ys, ny, cells);
        n += cells->len > before;
    }
    return cells;
}

int
saoy_cell_at(const GArray *cells, SaoyBox box)
{
    int x = box.x + box.w / 2, y = box.y + box.h / 2;

    for (guint i = 0; i < cells->len; i++) {
        SaoyBox b = g_array_index(cells, SaoyCell, i).box;

        if (x >= b.x && x < b.x + b.w && y >= b.y && y < b.y + b.h)
            return (int)i;
    }
    return -1;
}

/* ---- words in their order */

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

/* ---- for others */

GArray *
saoy_page_cells(const SaoyImage *page)
{
    g_auto(SaoyGrey) grey = saoy_grey_of(page);
    g_autoptr(GArray) across = NULL;
    g_autoptr(GArray) down = NULL;

    saoy_rules_take(&grey, &across, &down);
    GArray *cells = saoy_cells_of(across, down, grey.width, grey.height, grey.dpi);
    for (guint i = 0; i < cells->len; i++) {
        SaoyBox *box = &g_array_index(cells, SaoyCell, i).box;

        *box = saoy_grey_unscale(&grey, *box);
    }
    return cells;
}

static char *
cell_text(const SaoyWords *words, const GArray *cells, guint cell)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < words->n; i++)
        if (saoy_cell_at(cells, words->items[i].box) == (int)cell)
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "",
                                   words->items[i].text);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

SaoyJson *
saoy_cells_to_json(const GArray *cells, const SaoyWords *words)
{
    SaoyJson *list = saoy_json_array();

    for (guint i = 0; i < cells->len; i++) {
        const SaoyCell *cell = &g_array_index(cells, SaoyCell, i);
        g_autofree char *text = cell_text(words, cells, i);
        SaoyJson *item = saoy_json_object();

        saoy_json_set_int(item, "table", cell->table + 1);
        saoy_json_set_int(item, "row", cell->row + 1);
        saoy_json_set_int(item, "column", cell->column + 1);
        saoy_json_set_int(item, "rows", cell->rows);
        saoy_json_set_int(item, "columns", cell->columns);
        saoy_json_set(item, "box", saoy_box_to_json(cell->box));
        saoy_json_set_string(item, "text", text);
        saoy_json_append(list, item);
    }
    return list;
}

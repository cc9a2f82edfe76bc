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

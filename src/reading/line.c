#include "line.h"
#include "core/text.h"

#include <string.h>

#define MOST_COMPARED 200
#define GAP_HEIGHTS 2.5 /* a wider gap in a line is the next column */

char *
saoy_line_fold(const char *text)
{
    g_autofree char *folded = saoy_text_fold(text);
    g_autoptr(GString) out = g_string_new(NULL);

    for (const char *p = folded; *p != '\0'; p++)
        if (g_ascii_isalnum(*p))
            g_string_append_c(out, *p);
        else if (out->len > 0 && out->str[out->len - 1] != ' ')
            g_string_append_c(out, ' ');
    return g_strchomp(g_string_free(g_steal_pointer(&out), FALSE));
}

double
saoy_line_alike(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    unsigned row[MOST_COMPARED + 1];

    if (MAX(n, m) == 0 || MAX(n, m) > MOST_COMPARED)
        return 0;
    for (size_t j = 0; j <= m; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned corner = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned changed = corner + (a[i - 1] != b[j - 1]);

            corner = row[j];
            row[j] = MIN(changed, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return 1.0 - (double)row[m] / (double)MAX(n, m);
}

double
saoy_line_capitals(const char *text)
{
    unsigned capitals = 0, letters = 0;

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        letters += g_unichar_isalpha(c) != 0;
        capitals += g_unichar_isupper(c) != 0;
    }
    return letters == 0 ? 0 : (double)capitals / letters;
}

SaoyBox
saoy_words_box(const SaoyWord *words, size_t n)
{
    SaoyBox box = n > 0 ? words[0].box : (SaoyBox){ 0 };

    for (size_t i = 1; i < n; i++) {
        SaoyBox b = words[i].box;
        int right = MAX(box.x + box.w, b.x + b.w), bottom = MAX(box.y + box.h, b.y + b.h);

        box.x = MIN(box.x, b.x);
        box.y = MIN(box.y, b.y);
        box.w = right - box.x;
        box.h = bottom - box.y;
    }
    return box;
}

static void
line_clear(SaoyLine *line)
{
    g_free(line->text);
    g_free(line->folded);
    g_strfreev(line->folds);
}

static SaoyLine
line_of(const SaoyWord *words, size_t n, guint row)
{
    g_autoptr(GString) text = g_string_new(words[0].text);

    for (size_t i = 1; i < n; i++)
        g_string_append_printf(text, " %s", words[i].text);
    SaoyBox box = saoy_words_box(words, n);
    char **folds = g_new0(char *, n + 1);
    for (size_t i = 0; i < n; i++)
        folds[i] = saoy_line_fold(words[i].text);
    return (SaoyLine){ words, n,     g_strdup(text->str), saoy_line_fold(text->str),
                       folds, box.y, box.y + box.h,       row,
                       false };
}

static GArray *
new_lines(void)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(SaoyLine));

    g_array_set_clear_func(lines, (GDestroyNotify)line_clear);
    return lines;
}

GArray *
saoy_lines_of(const SaoyWords *page)
{
    GArray *lines = new_lines();

    for (size_t from = 0, to = 0; from < page->n; from = to) {
        while (to < page->n && page->items[to].line == page->items[from].line)
            to++;
        SaoyLine line = line_of(page->items + from, to - from, lines->len);
        g_array_append_val(lines, line);
    }
    return lines;
}

bool
saoy_line_gap(const SaoyLine *line, size_t i)
{
    const SaoyBox *box = &line->words[i].box, *last = &line->words[i - 1].box;

    return box->x - last->x - last->w > GAP_HEIGHTS * (line->bottom - line->top);
}

size_t
saoy_line_column(const SaoyLine *line, size_t i)
{
    while (i > 0 && !saoy_line_gap(line, i))
        i--;
    return i;
}

size_t
saoy_line_column_end(const SaoyLine *line, size_t i)
{
    for (i++; i < line->n && !saoy_line_gap(line, i);)
        i++;
    return MIN(i, line->n);
}

GArray *
saoy_columns_of(const GArray *lines)
{
    GArray *out = new_lines();

    for (guint l = 0; l < lines->len; l++) {
        const SaoyLine *line = &g_array_index(lines, SaoyLine, l);
        SaoyLine whole = line_of(line->words, line->n, l);

        g_array_append_val(out, whole);
        for (size_t from = 0, to = 0; from < line->n; from = to) {
            to = saoy_line_column_end(line, from);
            if (to - from == line->n)
                break;
            SaoyLine column = line_of(line->words + from, to - from, l);
            column.part = true;
            g_array_append_val(out, column);
        }
    }
    return out;
}

#include "kinds.h"

#include <stdlib.h>
#include <string.h>

#define TITLE_ALIKE 0.8
#define TITLE_CAPITALS 0.7
#define TITLE_PART 0.45 /* of the page, from its top */
#define LEAST_ANCHORS 3u
#define ENGLISH 0.5
#define FIRST 0.2
#define SAME_HEIGHT 0.5 /* of letters, marks and all */
#define MOST_MEASURED 16u
#define LEAST_LETTERS 3

static const SaoyKind unknown = { "unknown", "Giấy tờ khác", "Other paper", NULL };

static void *
list_all(void *unused)
{
    const GPtrArray *rules = saoy_kind_rules();
    GArray *kinds = g_array_new(FALSE, FALSE, sizeof(SaoyKind));

    for (guint i = 0; i < rules->len; i++)
        g_array_append_val(kinds, ((SaoyKindRule *)rules->pdata[i])->kind);
    g_array_append_val(kinds, unknown);
    return kinds;
}

const SaoyKind *
saoy_kind_list(size_t *n)
{
    static GOnce once = G_ONCE_INIT;
    const GArray *kinds = g_once(&once, list_all, NULL);

    *n = kinds->len;
    return (const SaoyKind *)(const void *)kinds->data;
}

const SaoyKindRule *
saoy_kind_rule(const SaoyKind *kind)
{
    const GPtrArray *rules = saoy_kind_rules();

    for (guint i = 0; kind != NULL && i < rules->len; i++) {
        const SaoyKindRule *rule = rules->pdata[i];

        if (g_str_equal(rule->kind.id, kind->id))
            return rule;
    }
    return NULL;
}

const SaoyKind *
saoy_kind_find(const char *id)
{
    SaoyKind asked = { .id = id };
    const SaoyKindRule *rule = id != NULL ? saoy_kind_rule(&asked) : NULL;

    return rule != NULL ? &rule->kind : &unknown;
}

/* The pattern as whole words at either end, with little else: "BẰNG CỬ NHÂN LUẬT", or a
 * stamp that was read into the line before it. */
static bool
stands_at_an_end(const char *folded, const char *pattern)
{
    size_t want = strlen(pattern), have = strlen(folded);

    if (have <= want)
        return false;
    if (folded[want] == ' ' && strncmp(folded, pattern, want) == 0)
        return true;
    return have <= 2 * want && folded[have - want - 1] == ' ' &&
           g_str_has_suffix(folded, pattern);
}

/* The same in English says less. */
static double
weight_of(const SaoyKindRule *rule, size_t title)
{
    return (double)strlen(rule->titles[title]) *
           (g_str_is_ascii(rule->title_texts[title]) ? ENGLISH : 1);
}

/* One in two languages with a slash between them stands on one line. */
static void
try_title(const char *folded, const SaoyKindRule *rule, bool one_line, double *best)
{
    for (size_t i = 0; rule->titles[i] != NULL; i++) {
        if (!one_line && strchr(rule->title_texts[i], '/') != NULL)
            continue;
        double alike = saoy_line_alike(folded, rule->titles[i]);

        if (stands_at_an_end(folded, rule->titles[i]))
            alike = MAX(alike, 0.9);
        /* of two that fit the longer says more */
        if (alike >= TITLE_ALIKE)
            *best = MAX(*best, alike * weight_of(rule, i));
    }
}

/* Whether the line is set as a title is: in capitals. */
static bool
is_title_line(const SaoyLine *line)
{
    return saoy_line_capitals(line->text) >= TITLE_CAPITALS;
}

static bool
is_under(const SaoyLine *line, const SaoyLine *next)
{
    SaoyBox a = saoy_words_box(line->words, line->n);
    SaoyBox b = saoy_words_box(next->words, next->n);

    return a.x < b.x + b.w && b.x < a.x + a.w;
}

/* Dust, or a bit of a seal: nothing a title stops at. */
static bool
is_crumb(const SaoyLine *line)
{
    return strlen(line->folded) < LEAST_LETTERS;
}

/* What goes on with a title: the next line, or the next column under it. NULL: none. */
static const SaoyLine *
next_of(const GArray *columns, guint at)
{
    const SaoyLine *line = &g_array_index(columns, SaoyLine, at);

    for (guint i = at + 1; i < columns->len; i++) {
        const SaoyLine *next = &g_array_index(columns, SaoyLine, i);

        if (next->row > line->row && !is_crumb(next) &&
            (line->part ? is_under(line, next) && is_title_line(next) : !next->part))
            return next;
    }
    return NULL;
}

static int
by_size(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Of a line's words the middle height: marks make some of them higher. */
static int
letter_height(const SaoyLine *line)
{
    int heights[MOST_MEASURED];
    size_t n = MIN(line->n, MOST_MEASURED);

    for (size_t i = 0; i < n; i++)
        heights[i] = line->words[i].box.h;
    qsort(heights, n, sizeof *heights, by_size);
    return heights[n / 2];
}

/* What is set smaller under a whole title says what it is about. */
static bool
is_set_alike(const SaoyLine *a, const SaoyLine *b)
{
    int h = letter_height(a), k = letter_height(b);

    return MIN(h, k) >= SAME_HEIGHT * MAX(h, k);
}

/* The best of one line and of up to four joined. */
static SaoyTitle
title_at(const SaoyKindRule *rule, const GArray *columns, guint at)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    const SaoyLine *first = &g_array_index(columns, SaoyLine, at), *line = first;
    SaoyTitle title = { 0 };

    for (size_t n = 0; line != NULL && n < SAOY_TITLE_LINES && is_title_line(line); n++) {
        double score = 0;

        if (title.n > 0 && !is_set_alike(first, line))
            break;
        g_string_append_printf(joined, "%s%s", n > 0 ? " " : "", line->folded);
        title.lines[n] = line;
        try_title(joined->str, rule, n == 0, &score);
        if (score > title.score) {
            title.score = score;
            title.n = n + 1;
        }
        line = next_of(columns, (guint)(line - (const SaoyLine *)(void *)columns->data));
    }
    return title;
}

bool
saoy_kind_title(const SaoyKindRule *rule, const GArray *columns, int page_height,
                SaoyTitle *out)
{
    SaoyTitle best = { 0 };
    double most = 0;

    for (guint i = 0; i < columns->len; i++) {
        const SaoyLine *line = &g_array_index(columns, SaoyLine, i);

        if (page_height > 0 && line->top > TITLE_PART * page_height)
            continue;
        SaoyTitle title = title_at(rule, columns, i);
        /* of the titles on a page the upper one is its own; of a line and its columns what
         * fits better */
        bool same = best.n > 0 && best.lines[0]->row == line->row;
        if (title.score > (same ? best.score : most / FIRST) ||
            (best.n == 0 && title.n > 0))
            best = title;
        most = MAX(most, title.score);
    }
    best.score = most;
    *out = best;
    return most > 0;
}

static unsigned
count_anchors(const SaoyKindRule *rule, const char *page)
{
    unsigned n = 0;

    for (size_t i = 0; rule->anchors[i] != NULL; i++)
        n += strstr(page, rule->anchors[i]) != NULL;
    return n;
}

static const SaoyKind *
kind_by_title(const GArray *columns, int page_height)
{
    const GPtrArray *rules = saoy_kind_rules();
    const SaoyKind *found = NULL;
    double most = 0;

    for (guint i = 0; i < rules->len; i++) {
        const SaoyKindRule *rule = rules->pdata[i];
        SaoyTitle title = { 0 };

        if (saoy_kind_title(rule, columns, page_height, &title) && title.score > most) {
            most = title.score;
            found = &rule->kind;
        }
    }
    return found;
}

static const SaoyKind *
kind_by_anchors(const SaoyWords *words)
{
    const GPtrArray *rules = saoy_kind_rules();
    const SaoyKind *found = &unknown;
    g_autofree char *text = saoy_words_text(words);
    g_autofree char *folded = saoy_line_fold(text);
    unsigned most = LEAST_ANCHORS - 1;

    for (guint i = 0; i < rules->len; i++) {
        const SaoyKindRule *rule = rules->pdata[i];
        unsigned n = count_anchors(rule, folded);

        if (n > most) {
            most = n;
            found = &rule->kind;
        }
    }
    return found;
}

const SaoyKind *
saoy_kind_titled(const SaoyWords *words, int page_height)
{
    g_autoptr(GArray) lines = saoy_lines_of(words);
    g_autoptr(GArray) columns = saoy_columns_of(lines);

    return kind_by_title(columns, page_height);
}

const SaoyKind *
saoy_kind_of(const SaoyWords *words, int page_height)
{
    const SaoyKind *kind = saoy_kind_titled(words, page_height);

    return kind != NULL ? kind : kind_by_anchors(words);
}

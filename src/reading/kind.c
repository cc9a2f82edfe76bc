#include "kinds.h"

#include <string.h>

#define TITLE_ALIKE 0.8
#define TITLE_CAPITALS 0.7
#define TITLE_PART 0.45 /* of the page, from its top */
#define LEAST_ANCHORS 3u
#define ENGLISH 0.5
#define TITLE_LINES 4
#define FIRST 0.25

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

/* The best of one line and of up to four joined. */
static double
title_at(const SaoyKindRule *rule, const GArray *lines, guint at, size_t *out_n)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    double most = 0;

    for (guint i = at; i < lines->len && i < at + TITLE_LINES; i++) {
        const SaoyLine *line = &g_array_index(lines, SaoyLine, i);
        double score = 0;

        if (!is_title_line(line))
            break;
        g_string_append_printf(joined, "%s%s", joined->len > 0 ? " " : "", line->folded);
        try_title(joined->str, rule, i == at, &score);
        if (score <= most)
            continue;
        most = score;
        *out_n = i - at + 1;
    }
    return most;
}

bool
saoy_kind_title(const SaoyKindRule *rule, const GArray *lines, int page_height,
                size_t *out_line, size_t *out_n, double *out_score)
{
    double most = 0;

    for (guint i = 0; i < lines->len; i++) {
        const SaoyLine *line = &g_array_index(lines, SaoyLine, i);
        size_t n = 0;

        if (page_height > 0 && line->top > TITLE_PART * page_height)
            continue;
        double score = title_at(rule, lines, i, &n);
        if (score <= most)
            continue;
        /* of the titles on a page the upper one is its own */
        if (most < FIRST * score) {
            *out_line = i;
            *out_n = n;
        }
        most = score;
    }
    *out_score = most;
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
kind_by_title(const GArray *lines, int page_height)
{
    const GPtrArray *rules = saoy_kind_rules();
    const SaoyKind *found = NULL;
    double most = 0;

    for (guint i = 0; i < rules->len; i++) {
        const SaoyKindRule *rule = rules->pdata[i];
        size_t line = 0, n = 0;
        double score = 0;

        if (saoy_kind_title(rule, lines, page_height, &line, &n, &score) && score > most) {
            most = score;
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

    return kind_by_title(lines, page_height);
}

const SaoyKind *
saoy_kind_of(const SaoyWords *words, int page_height)
{
    const SaoyKind *kind = saoy_kind_titled(words, page_height);

    return kind != NULL ? kind : kind_by_anchors(words);
}

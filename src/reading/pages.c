/* Pages among themselves: their numbers, pages twice, the sides of a card, several
 * originals in one. */
#include "collate.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST_NUMBERED 99
#define ALIKE 0.92 /* share of words in common: the same page scanned twice */
#define LEAST_WORDS 12u

static bool
is_number(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text) &&
           strlen(text) <= 3;
}

/* "3/5", "Trang 3/5", "Trang 3 / 5", "Trang: 3 trên 5" alone on one of the outer lines;
 * "Trang 3" and "- 3 -" say no number of pages (0). */
static bool
number_in(const SaoyLine *line, unsigned *out_i, unsigned *out_n)
{
    g_auto(GStrv) parts = g_strsplit(line->folded, " ", 6);
    char **at = parts;
    bool named = *at != NULL && (g_str_equal(*at, "TRANG") || g_str_equal(*at, "PAGE"));
    bool dashed = line->text[0] == '-' && g_str_has_suffix(line->text, "-");

    at += named;
    if (at[0] == NULL || !is_number(at[0]))
        return false;
    const char *total = at[1];
    if (total != NULL && (g_str_equal(total, "TREN") || g_str_equal(total, "OF")))
        total = at[2];
    if (total != NULL && (!is_number(total) || at[total == at[1] ? 2 : 3] != NULL))
        return false;
    if (total == NULL ? !named && !dashed : !named && strchr(line->text, '/') == NULL)
        return false;
    *out_i = (unsigned)g_ascii_strtoull(at[0], NULL, 10);
    *out_n = total != NULL ? (unsigned)g_ascii_strtoull(total, NULL, 10) : 0;
    return *out_i >= 1 && *out_i <= MOST_NUMBERED && *out_n <= MOST_NUMBERED &&
           (*out_n == 0 || *out_i <= *out_n);
}

static bool
page_number(const SaoyWords *page, unsigned *out_i, unsigned *out_n)
{
    g_autoptr(GArray) lines = saoy_lines_of(page);

    for (guint l = 0; l < lines->len; l++)
        if ((l < 2 || l + 2 >= lines->len) &&
            number_in(&g_array_index(lines, SaoyLine, l), out_i, out_n))
            return true;
    return false;
}

/* Of a numbered paper every number is there once. */
static void
check_numbering(const SaoyCase *c, GArray *flags)
{
    unsigned before = 0;

    for (size_t p = 0; p < c->n; p++) {
        unsigned i = 0, n = 0;

        if (!page_number(&c->pages[p], &i, &n))
            continue;
        if (n > c->n)
            saoy_flag_add(flags, "missing-page", (unsigned)p, (SaoyBox){ 0 },
                          N_("The page numbers say that pages are missing."));
        else if (n > 0 ? i != p + 1 : before > 0 && i != before + 1)
            saoy_flag_add(flags, "page-order", (unsigned)p, (SaoyBox){ 0 },
                          N_("The page numbers say that pages are twice here or out of "
                             "order."));
        before = i;
    }
}

static GHashTable *
counts_of(const SaoyWords *page)
{
    GHashTable *counts = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < page->n; i++) {
        const char *word = page->items[i].text;
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, word));

        g_hash_table_insert(counts, (void *)word, GUINT_TO_POINTER(n + 1));
    }
    return counts;
}

/* Share of the words that both have, over the longer. */
static double
alike(const SaoyWords *a, const SaoyWords *b)
{
    g_autoptr(GHashTable) counts = counts_of(a);
    size_t both = 0;

    for (size_t i = 0; i < b->n; i++) {
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, b->items[i].text));

        if (n > 0)
            g_hash_table_insert(counts, b->items[i].text, GUINT_TO_POINTER(n - 1));
        both += n > 0;
    }
    return (double)both / (double)MAX(MAX(a->n, b->n), 1);
}

static void
check_twice(const SaoyCase *c, GArray *flags)
{
    for (size_t p = 1; p < c->n; p++)
        for (size_t q = 0; q < p; q++)
            if (MIN(c->pages[p].n, c->pages[q].n) >= LEAST_WORDS &&
                alike(&c->pages[p], &c->pages[q]) >= ALIKE)
                saoy_flag_add(flags, "page-twice", (unsigned)p, (SaoyBox){ 0 },
                              N_("This page seems to have been scanned before."));
}

/* Both pages say it, and not the same: two signs more than a misread one. */
static bool
differ_in(const GArray *a, const GArray *b, const char *name)
{
    const SaoyField *x = saoy_field_find(a, name), *y = saoy_field_find(b, name);

    if (x == NULL || y == NULL)
        return false;
    g_autofree char *one = saoy_line_fold(x->value);
    g_autofree char *two = saoy_line_fold(y->value);
    double most = (double)MAX(strlen(one), strlen(two));
    return saoy_line_alike(one, two) < 1 - 1.5 / MAX(most, 1);
}

/* Two papers of one kind, each under its title: another number, or another person's. */
static bool
are_two(const SaoyKind *kind, const SaoyWords *a, const SaoyWords *b)
{
    g_autoptr(GArray) one = saoy_fields_of(kind, a, NULL, 1);
    g_autoptr(GArray) two = saoy_fields_of(kind, b, NULL, 1);

    return differ_in(one, two, "number") || differ_in(one, two, "holder");
}

void
saoy_pages_group(const SaoyWords *pages, const SaoyPageFacts *facts, size_t n_pages,
                 unsigned *out_originals)
{
    const SaoyKind *last = NULL;
    unsigned now = 0;

    for (size_t p = 0; p < n_pages; p++) {
        unsigned i = 0, n = 0;
        bool numbered = page_number(&pages[p], &i, &n);
        const SaoyKind *own =
            saoy_kind_titled(&pages[p], facts != NULL ? facts[p].height : 0);

        /* a table goes on under its own title, the other side of a card bears it too */
        bool begins =
            own != NULL && p > 0 &&
            (numbered ? i == 1 : own != last || are_two(own, &pages[p - 1], &pages[p]));
        now += begins;
        out_originals[p] = now;
        last = own;
    }
}

static void
check_originals(const SaoyCase *c, GArray *flags)
{
    g_autofree unsigned *originals = g_new0(unsigned, c->n + 1);

    saoy_pages_group(c->pages, c->facts, c->n, originals);
    for (size_t p = 1; p < c->n; p++)
        if (originals[p] != originals[p - 1])
            saoy_flag_add(flags, "several-originals", (unsigned)p, (SaoyBox){ 0 },
                          N_("Another original seems to begin on this page: each gets a "
                             "copy of its own."));
}

/* Two cards that lay on the glass together are two sides. */
static void
check_sides(const SaoyCase *c, GArray *flags)
{
    size_t sides = 0;

    for (size_t p = 0; p < c->n; p++)
        sides +=
            c->facts != NULL && c->facts[p].report.cards > 1 ? c->facts[p].report.cards : 1;
    if (c->rule != NULL && c->n > 0 && sides < c->rule->sides)
        saoy_flag_add(flags, "missing-side", (unsigned)c->n - 1, (SaoyBox){ 0 },
                      N_("Both sides of the card belong to the copy: one is missing."));
}

void
saoy_check_pages(const SaoyCase *c, GArray *flags)
{
    check_numbering(c, flags);
    check_twice(c, flags);
    check_originals(c, flags);
    check_sides(c, flags);
}

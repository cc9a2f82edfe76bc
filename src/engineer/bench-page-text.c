/* Character and word error rates: what is compared, and by how many edits it differs. */
#include "bench-page.h"

#include <string.h>

#define UNITS_MAX 20000u

/* A dash is a dash and a quote a quote, whichever the font has. */
static gunichar
plain_sign(gunichar c)
{
    switch (c) {
    case 0x2010: /* hyphen */
    case 0x2013: /* en dash */
    case 0x2014: /* em dash */
        return '-';
    case 0x2018:
    case 0x2019:
        return '\'';
    case 0x201C:
    case 0x201D:
        return '"';
    default:
        return c;
    }
}

static void
append_letters(GString *out, const char *word, bool marks)
{
    g_autofree char *text =
        g_utf8_normalize(word, -1, marks ? G_NORMALIZE_NFC : G_NORMALIZE_NFD);

    for (const char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = plain_sign(g_utf8_get_char(p));

        if (!marks && g_unichar_ismark(c))
            continue;
        if (!marks && (c == 0x0111 || c == 0x0110)) /* đ and Đ are no composed letters */
            c = c == 0x0111 ? 'd' : 'D';
        g_string_append_unichar(out, c);
    }
}

static bool
is_dots(const char *word)
{
    g_auto(GStrv) parts = g_strsplit(word, "…", -1);
    g_autofree char *rest = g_strjoinv("..", parts);

    return strlen(rest) > 1 && rest[strspn(rest, "._")] == '\0';
}

char *
saoy_bench_normal(const char *text, bool marks)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_auto(GStrv) words = g_strsplit_set(valid, " \t\r\n\f", -1);
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; words[i] != NULL; i++) {
        if (words[i][0] == '\0' || is_dots(words[i]))
            continue;
        if (out->len > 0)
            g_string_append_c(out, ' ');
        append_letters(out, words[i], marks);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Levenshtein's distance in one row. */
static SaoyEdits
distance(const gunichar *truth, size_t n, const gunichar *read, size_t m)
{
    size_t more = m > UNITS_MAX ? m - UNITS_MAX : 0;
    g_autofree unsigned *row = NULL;

    n = MIN(n, UNITS_MAX);
    m = MIN(m, UNITS_MAX);
    row = g_new(unsigned, m + 1);
    for (size_t j = 0; j <= m; j++)
        row[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned corner = row[0];

        row[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned changed = corner + (truth[i - 1] != read[j - 1]);

            corner = row[j];
            row[j] = MIN(changed, MIN(row[j], row[j - 1]) + 1);
        }
    }
    return (SaoyEdits){ row[m] + (unsigned)more, (unsigned)n };
}

SaoyEdits
saoy_bench_letters(const char *truth, const char *read)
{
    glong n = 0, m = 0;
    g_autofree gunichar *a = g_utf8_to_ucs4_fast(truth, -1, &n);
    g_autofree gunichar *b = g_utf8_to_ucs4_fast(read, -1, &m);

    return distance(a, (size_t)n, b, (size_t)m);
}

/* Each word as a number: the same number, the same word. */
static gunichar *
numbers_of(char **words, GHashTable *known)
{
    size_t n = g_strv_length(words);
    gunichar *out = g_new(gunichar, n + 1);

    for (size_t i = 0; i < n; i++) {
        gpointer number = g_hash_table_lookup(known, words[i]);

        if (number == NULL) {
            number = GUINT_TO_POINTER(g_hash_table_size(known) + 1);
            g_hash_table_insert(known, words[i], number);
        }
        out[i] = GPOINTER_TO_UINT(number);
    }
    return out;
}

SaoyEdits
saoy_bench_words(const char *truth, const char *read)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(GStrv) a = g_strsplit(truth, " ", -1);
    g_auto(GStrv) b = g_strsplit(read, " ", -1);
    g_autofree gunichar *true_words = numbers_of(a, known);
    g_autofree gunichar *read_words = numbers_of(b, known);

    return distance(true_words, g_strv_length(a), read_words, g_strv_length(b));
}

static char *
joined(SaoyJson *lines)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < saoy_json_length(lines); i++) {
        const char *line = saoy_json_text(saoy_json_at(lines, i));

        g_string_append_printf(text, "%s\n", line != NULL ? line : "");
    }
    return g_string_free(text, FALSE);
}

void
saoy_bench_compare(const SaoyBenchPage *page, const char *read, SaoyBenchText *out)
{
    static const char *const orders[] = { "text", "columns" };
    g_autofree char *normal = saoy_bench_normal(read, true);
    g_autofree char *plain = saoy_bench_normal(read, false);

    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        g_autofree char *lines = joined(saoy_json_member(page->json, orders[i]));
        g_autofree char *truth = saoy_bench_normal(lines, true);
        g_autofree char *plain_truth = saoy_bench_normal(lines, false);
        SaoyEdits letters = saoy_bench_letters(truth, normal);

        if (i > 0 && letters.edits >= out->letters.edits)
            continue;
        out->letters = letters;
        out->words = saoy_bench_words(truth, normal);
        out->plain_letters = saoy_bench_letters(plain_truth, plain);
        out->plain_words = saoy_bench_words(plain_truth, plain);
    }
}

/* Figures of all pages: clean ones, scanned ones, and of the scanned those that lay
 * upright, for a peer that does not turn pages can read no others. */
#include "bench-page.h"

#include <math.h>
#include <string.h>

typedef bool Chooser(const SaoyBenchRow *row);

static bool
is_clean(const SaoyBenchRow *row)
{
    return !row->page->degraded;
}

static bool
is_degraded(const SaoyBenchRow *row)
{
    return row->page->degraded;
}

static bool
is_upright(const SaoyBenchRow *row)
{
    return row->page->degraded && row->page->quarter == 0;
}

/* On a form of the held-out ones, on which no rule was mended. */
static bool
is_held_out(const SaoyBenchRow *row)
{
    return row->page->held_out;
}

static const struct {
    const char *name;
    Chooser *has;
} groups[] = { { "clean", is_clean },
               { "degraded", is_degraded },
               { "degraded_upright", is_upright },
               { "held_out_forms", is_held_out } };

static double
share(unsigned part, unsigned of)
{
    return of > 0 ? (double)part / of : 0;
}

static void
add_edits(SaoyEdits *sum, SaoyEdits one)
{
    sum->edits += one.edits;
    sum->length += one.length;
}

static void
set_rates(SaoyJson *out, const SaoyBenchText *sum)
{
    saoy_json_set_int(out, "letters", sum->letters.length);
    saoy_json_set_int(out, "words", sum->words.length);
    saoy_json_set_real(out, "cer", share(sum->letters.edits, sum->letters.length));
    saoy_json_set_real(out, "wer", share(sum->words.edits, sum->words.length));
    saoy_json_set_real(out, "cer_without_marks",
                       share(sum->plain_letters.edits, sum->plain_letters.length));
    saoy_json_set_real(out, "wer_without_marks",
                       share(sum->plain_words.edits, sum->plain_words.length));
}

static void
add_text(SaoyBenchText *sum, const SaoyBenchText *one)
{
    add_edits(&sum->letters, one->letters);
    add_edits(&sum->words, one->words);
    add_edits(&sum->plain_letters, one->plain_letters);
    add_edits(&sum->plain_words, one->plain_words);
}

/* Ours on the pages a peer read too, and the peer there; peer < 0: ours on all. */
static SaoyJson *
rates(const SaoyBenchRow *rows, size_t n, Chooser *has, int peer)
{
    SaoyJson *out = saoy_json_object();
    SaoyBenchText ours = { 0 }, theirs = { 0 };
    int pages = 0;

    for (size_t i = 0; i < n; i++) {
        const SaoyBenchRow *row = &rows[i];

        if (!row->page->has_text || !has(row) || (peer >= 0 && !row->peers[peer].ran))
            continue;
        pages++;
        add_text(&ours, &row->ours);
        if (peer >= 0)
            add_text(&theirs, &row->peers[peer]);
    }
    saoy_json_set_int(out, "pages", pages);
    if (pages > 0)
        set_rates(out, peer < 0 ? &ours : &theirs);
    if (pages > 0 && peer >= 0) {
        SaoyJson *same = saoy_json_object();

        set_rates(same, &ours);
        saoy_json_set(out, "ours_on_these", same);
    }
    return out;
}

static SaoyJson *
text_json(const SaoyBenchRow *rows, size_t n)
{
    SaoyJson *out = saoy_json_object();

    for (size_t g = 0; g < G_N_ELEMENTS(groups); g++) {
        SaoyJson *group = saoy_json_object();

        saoy_json_set(group, "ours", rates(rows, n, groups[g].has, -1));
        saoy_json_set(group, "tesseract",
                      rates(rows, n, groups[g].has, SAOY_PEER_TESSERACT));
        saoy_json_set(group, "ocrmypdf", rates(rows, n, groups[g].has, SAOY_PEER_OCRMYPDF));
        saoy_json_set(out, groups[g].name, group);
    }
    return out;
}

static SaoyJson *
part(unsigned right, unsigned of)
{
    SaoyJson *out = saoy_json_object();

    saoy_json_set_int(out, "right", right);
    saoy_json_set_int(out, "of", of);
    saoy_json_set_real(out, "share", share(right, of));
    return out;
}

static void
set_kinds_and_fields(const SaoyBenchRow *rows, size_t n, SaoyJson *out)
{
    SaoyJson *kinds = saoy_json_object(), *fields = saoy_json_object();

    for (size_t g = 0; g < G_N_ELEMENTS(groups); g++) {
        unsigned pages = 0, right = 0, given = 0, of = 0;

        for (size_t i = 0; i < n; i++) {
            if (!groups[g].has(&rows[i]))
                continue;
            pages += rows[i].page->kind != NULL;
            right += rows[i].page->kind != NULL && rows[i].kind_right;
            given += rows[i].fields_right;
            of += rows[i].fields;
        }
        saoy_json_set(kinds, groups[g].name, part(right, pages));
        saoy_json_set(fields, groups[g].name, part(given, of));
    }
    saoy_json_set(out, "kinds", kinds);
    saoy_json_set(out, "fields", fields);
}

static void
count(GHashTable *counts, const char *key)
{
    unsigned had = GPOINTER_TO_UINT(g_hash_table_lookup(counts, key));

    g_hash_table_insert(counts, (char *)key, GUINT_TO_POINTER(had + 1));
}

/* How often each flag of ground 1 and any other stands on pages nobody has altered, and of
 * each way of altering how many were found. */
static SaoyJson *
flags_json(const SaoyBenchRow *rows, size_t n)
{
    g_autoptr(GHashTable) rules = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) ways = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) found = g_hash_table_new(g_str_hash, g_str_equal);
    SaoyJson *out = saoy_json_object(), *tampers = saoy_json_object(),
             *alarms = saoy_json_object();
    unsigned honest = 0, false_alarms = 0;
    GHashTableIter iter;
    void *key = NULL, *value = NULL;

    for (size_t i = 0; i < n; i++) {
        const SaoyBenchRow *row = &rows[i];

        if (row->page->tamper != NULL) {
            count(ways, row->page->tamper);
            if (row->altered)
                count(found, row->page->tamper);
            continue;
        }
        honest++;
        false_alarms += row->altered;
        for (guint k = 0; k < row->rules->len; k++)
            count(rules, g_ptr_array_index(row->rules, k));
    }
    g_hash_table_iter_init(&iter, ways);
    while (g_hash_table_iter_next(&iter, &key, &value))
        saoy_json_set(tampers, key,
                      part(GPOINTER_TO_UINT(g_hash_table_lookup(found, key)),
                           GPOINTER_TO_UINT(value)));
    g_hash_table_iter_init(&iter, rules);
    while (g_hash_table_iter_next(&iter, &key, &value))
        saoy_json_set_int(alarms, key, GPOINTER_TO_UINT(value));
    saoy_json_set(out, "found", tampers);
    saoy_json_set(out, "false_alarms", part(false_alarms, honest));
    saoy_json_set(out, "on_honest_pages", alarms);
    return out;
}

/* Quarter turns that bring a page upright, and what is left of its angle; of a card only
 * what writing tells is reported, for its sides have set it straight before. */
static SaoyJson *
skew_json(const SaoyBenchRow *rows, size_t n)
{
    g_autofree double *residual = g_new0(double, n);
    SaoyJson *out = saoy_json_object();
    unsigned upright = 0, pages = 0;

    for (size_t i = 0; i < n; i++) {
        const SaoyBenchRow *row = &rows[i];

        if (row->failed)
            continue;
        if (row->report.cards == 0)
            residual[pages++] = fabs(row->report.skew_deg - row->page->angle);
        upright += saoy_bench_is_upright(row);
    }
    saoy_json_set(out, "upright", part(upright, (unsigned)n));
    saoy_json_set_int(out, "sheets", pages);
    saoy_json_set_real(out, "median_deg", saoy_bench_median(residual, pages));
    saoy_json_set_real(out, "p95_deg", pages > 0 ? residual[pages * 95 / 100] : 0);
    saoy_json_set_real(out, "max_deg", pages > 0 ? residual[pages - 1] : 0);
    return out;
}

static SaoyJson *
jpeg_json(const SaoyBenchRow *rows, size_t n)
{
    g_autofree double *bytes = g_new0(double, n);
    SaoyJson *out = saoy_json_object();
    int quality = 100;
    size_t pages = 0;

    for (size_t i = 0; i < n; i++)
        if (!rows[i].failed) {
            bytes[pages++] = (double)rows[i].bytes;
            quality = MIN(quality, rows[i].quality);
        }
    saoy_json_set_int(out, "median_bytes", (int64_t)saoy_bench_median(bytes, pages));
    saoy_json_set_int(out, "max_bytes", pages > 0 ? (int64_t)bytes[pages - 1] : 0);
    saoy_json_set_int(out, "least_quality", quality);
    return out;
}

void
saoy_bench_report(const SaoyBenchRow *rows, size_t n, SaoyJson *out)
{
    unsigned failed = 0, more = 0;

    for (size_t i = 0; i < n; i++) {
        failed += rows[i].failed;
        more += rows[i].fields_more;
    }
    saoy_json_set_int(out, "failed", failed);
    saoy_json_set(out, "text", text_json(rows, n));
    set_kinds_and_fields(rows, n, out);
    saoy_json_set_int(out, "fields_not_printed", more);
    saoy_json_set(out, "flags", flags_json(rows, n));
    saoy_json_set(out, "skew", skew_json(rows, n));
    saoy_json_set(out, "jpeg", jpeg_json(rows, n));
    saoy_json_set(out, "wrong", saoy_bench_wrong(rows, n));
    saoy_json_set(out, "each", saoy_bench_each(rows, n));
}

/* Page by page: what it cost, and what was wrong, for whoever mends it. */
#include "bench-page.h"

#include <math.h>

#define LISTED_MAX 1000
#define CER_LISTED 0.05
#define SKEW_LISTED 0.1

bool
saoy_bench_is_upright(const SaoyBenchRow *row)
{
    return (row->report.rotation + row->page->quarter) % 4 == 0;
}

static double
cer_of(const SaoyBenchText *text)
{
    return text->letters.length > 0 ? (double)text->letters.edits / text->letters.length
                                    : 0;
}

static void
list_wrong(const SaoyBenchRow *row, SaoyJson *list)
{
    g_autofree char *name = g_path_get_basename(row->page->file);
    const SaoyBenchText *peer = &row->peers[SAOY_PEER_TESSERACT];
    g_autofree char *rate = g_strdup_printf("%s: cer %.3f, tesseract %.3f", name,
                                            cer_of(&row->ours), cer_of(peer));

    if (cer_of(&row->ours) > CER_LISTED)
        saoy_json_append_string(list, rate);
    double off = row->report.cards > 0 ? 0 : row->report.skew_deg - row->page->angle;
    if (fabs(off) > SKEW_LISTED || !saoy_bench_is_upright(row)) {
        g_autofree char *text =
            g_strdup_printf("%s: %.2f degrees off%s", name, off,
                            saoy_bench_is_upright(row) ? "" : ", not upright");
        saoy_json_append_string(list, text);
    }
    if (row->page->kind != NULL && !row->kind_right) {
        g_autofree char *text = g_strdup_printf("%s: kind %s", name,
                                                row->kind != NULL ? row->kind : "not seen");
        saoy_json_append_string(list, text);
    }
    for (guint k = 0; k < row->wrong->len; k++) {
        g_autofree char *text =
            g_strdup_printf("%s: %s", name, (const char *)row->wrong->pdata[k]);
        saoy_json_append_string(list, text);
    }
}

SaoyJson *
saoy_bench_wrong(const SaoyBenchRow *rows, size_t n)
{
    SaoyJson *list = saoy_json_array();

    for (size_t i = 0; i < n && saoy_json_length(list) < LISTED_MAX; i++)
        list_wrong(&rows[i], list);
    return list;
}

static void
set_run(SaoyJson *out, const char *name, const SaoyBenchText *run, double cpu_s)
{
    SaoyJson *json = saoy_json_object();

    saoy_json_set_real(json, "cpu_ms", cpu_s * 1e3);
    saoy_json_set_int(json, "edits", run->letters.edits);
    saoy_json_set(out, name, json);
}

SaoyJson *
saoy_bench_each(const SaoyBenchRow *rows, size_t n)
{
    static const char *const peers[SAOY_PEER_N] = { "tesseract", "ocrmypdf" };
    SaoyJson *list = saoy_json_array();

    for (size_t i = 0; i < n; i++) {
        const SaoyBenchRow *row = &rows[i];
        SaoyJson *json = saoy_json_object();
        g_autofree char *name = g_path_get_basename(row->page->file);

        saoy_json_set_string(json, "page", name);
        saoy_json_set_int(json, "letters", row->ours.letters.length);
        saoy_json_set_int(json, "bytes", (int64_t)row->bytes);
        saoy_json_set_real(json, "angle_off", row->report.skew_deg - row->page->angle);
        set_run(json, "ours", &row->ours, row->clean_s + row->read_s + row->encode_s);
        for (int p = 0; p < SAOY_PEER_N; p++)
            if (row->peers[p].ran)
                set_run(json, peers[p], &row->peers[p], row->peers[p].cpu_s);
        saoy_json_append(list, json);
    }
    return list;
}

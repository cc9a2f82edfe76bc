/* Pages as in the visit: clean, read, encode, fields, flags; beside plain tesseract, and
 * ocrmypdf where it is installed. A folder of tests/specimen/pages brings its truth with
 * it, and error rates are told; of a picture alone only time and size. CPU seconds are
 * medians: run it with OMP_THREAD_LIMIT=1, as the peers are run. */
#include "bench-page.h"
#include "picture.h"

#include "core/error.h"

#include <glib/gi18n.h>

#define OCRMYPDF_PAGES 60

static void
row_clear(SaoyBenchRow *row)
{
    g_ptr_array_unref(row->wrong);
    g_ptr_array_unref(row->rules);
}

static SaoyBenchRow
row_of(const SaoyBenchPage *page)
{
    return (SaoyBenchRow){ .page = page,
                           .wrong = g_ptr_array_new_with_free_func(g_free),
                           .rules = g_ptr_array_new() };
}

/* What the page is, and what an officer would be shown of it. */
static bool
understand(const SaoyImage *page, const SaoyWords *words, SaoyBenchRow *row, GError **error)
{
    g_auto(SaoyPageFacts) facts = { 0 };
    double start = saoy_bench_cpu_s(false);

    if (!saoy_page_facts_of(page, &row->report, words, &facts, error))
        return false;
    const SaoyKind *kind = saoy_kind_of(words, page->height);
    g_autoptr(GArray) fields = saoy_fields_of(kind, words, &facts, 1);
    g_autoptr(GArray) flags =
        saoy_collate(kind, words, &facts, 1, fields, NULL, NULL, NULL);
    row->facts_s = saoy_bench_cpu_s(false) - start;
    if (row->page->json != NULL)
        saoy_bench_judge(row, kind, fields, flags);
    return true;
}

/* The picture is in memory, decoded from the scanner's samples. */
static bool
read_page(SaoyReader *reader, const SaoyImage *scan, SaoyBenchRow *row, GError **error)
{
    g_auto(SaoyWords) words = { 0 };
    double start = saoy_bench_cpu_s(false);
    g_autoptr(SaoyImage) page = saoy_page_clean(scan, &row->report, error);
    double cleaned = saoy_bench_cpu_s(false);

    if (page == NULL ||
        !saoy_reader_read_upright(reader, &page, &row->report, &words, NULL, error))
        return false;
    double read = saoy_bench_cpu_s(false);
    g_autoptr(GBytes) jpeg = saoy_page_encode(page, &row->quality, error);
    if (jpeg == NULL)
        return false;
    row->clean_s = cleaned - start;
    row->read_s = read - cleaned;
    row->encode_s = saoy_bench_cpu_s(false) - read;
    row->bytes = g_bytes_get_size(jpeg);
    g_autofree char *text = saoy_words_text(&words);
    if (row->page->has_text)
        saoy_bench_compare(row->page, text, &row->ours);
    return understand(page, &words, row, error);
}

/* A page of the bench we make nothing of is read as nothing: that counts. */
static bool
run_ours(SaoyReader *reader, SaoyBenchRow *row, GError **error)
{
    g_autoptr(SaoyImage) scan = saoy_engineer_picture(row->page->file, NULL, error);
    g_autoptr(GError) why = NULL;

    if (scan == NULL)
        return false;
    if (scan->dpi <= 0)
        scan->dpi = 300;
    if (read_page(reader, scan, row, &why))
        return true;
    if (row->page->json == NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    row->failed = true;
    row->fields = (unsigned)saoy_json_length(saoy_json_member(row->page->json, "names"));
    if (row->page->has_text)
        saoy_bench_compare(row->page, "", &row->ours);
    return true;
}

/* A clean page and the scanned one behind it go together, evenly spread over the set. */
static bool
is_chosen(size_t i, size_t n, size_t want)
{
    size_t pairs = (n + 1) / 2, of_pairs = MIN((want + 1) / 2, pairs);

    return (i / 2 + 1) * of_pairs / pairs > i / 2 * of_pairs / pairs;
}

static bool
run_peer(int peer, SaoyBenchRow *row, GError **error)
{
    SaoyBenchText *out = &row->peers[peer];
    g_autofree char *text = saoy_bench_peer_text(peer, row->page, &out->cpu_s, error);

    if (text == NULL)
        return false;
    out->ran = true;
    if (row->page->has_text)
        saoy_bench_compare(row->page, text, out);
    return true;
}

typedef struct {
    GArray *pages, *rows;
    size_t tesseract, ocrmypdf; /* pages of each peer */
} Run;

static void
run_clear(Run *run)
{
    g_clear_pointer(&run->rows, g_array_unref);
    g_clear_pointer(&run->pages, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Run, run_clear)

static bool
run_pages(Run *run, SaoyReader *reader, GError **error)
{
    size_t n = run->pages->len;

    for (size_t i = 0; i < n; i++) {
        SaoyBenchRow new = row_of(&g_array_index(run->pages, SaoyBenchPage, i));

        g_array_append_val(run->rows, new);
        SaoyBenchRow *row = &g_array_index(run->rows, SaoyBenchRow, i);
        if (!run_ours(reader, row, error) ||
            (is_chosen(i, n, run->tesseract) &&
             !run_peer(SAOY_PEER_TESSERACT, row, error)) ||
            (is_chosen(i, n, run->ocrmypdf) && !run_peer(SAOY_PEER_OCRMYPDF, row, error)))
            return false;
    }
    return true;
}

/* Medians in milliseconds; peer < 0: over all pages, else over those the peer had. */
static double
median_ms(const Run *run, int peer, double (*of)(const SaoyBenchRow *, int))
{
    g_autofree double *values = g_new0(double, run->rows->len);
    size_t n = 0;

    for (guint i = 0; i < run->rows->len; i++) {
        const SaoyBenchRow *row = &g_array_index(run->rows, SaoyBenchRow, i);

        if (!row->failed && (peer < 0 || row->peers[peer].ran))
            values[n++] = of(row, peer);
    }
    return saoy_bench_median(values, n) * 1e3;
}

static double
clean_of(const SaoyBenchRow *row, int peer)
{
    return row->clean_s;
}

static double
read_of(const SaoyBenchRow *row, int peer)
{
    return row->read_s;
}

static double
encode_of(const SaoyBenchRow *row, int peer)
{
    return row->encode_s;
}

static double
facts_of(const SaoyBenchRow *row, int peer)
{
    return row->facts_s;
}

static double
ours_of(const SaoyBenchRow *row, int peer)
{
    return row->clean_s + row->read_s + row->encode_s;
}

static double
peer_of(const SaoyBenchRow *row, int peer)
{
    return row->peers[peer].cpu_s;
}

static void
report_time(const Run *run, SaoyJson *out)
{
    static const char *const peers[] = { "tesseract", "ocrmypdf" };

    saoy_json_set_real(out, "cpu_ms", median_ms(run, -1, ours_of));
    saoy_json_set_real(out, "clean_cpu_ms", median_ms(run, -1, clean_of));
    saoy_json_set_real(out, "ocr_cpu_ms", median_ms(run, -1, read_of));
    saoy_json_set_real(out, "encode_cpu_ms", median_ms(run, -1, encode_of));
    saoy_json_set_real(out, "facts_cpu_ms", median_ms(run, -1, facts_of));
    for (int p = 0; p < SAOY_PEER_N; p++) {
        double theirs = median_ms(run, p, peer_of);
        g_autofree char *cpu = g_strdup_printf("%s_cpu_ms", peers[p]);
        g_autofree char *of = g_strdup_printf("of_%s", peers[p]);

        if (theirs <= 0) {
            saoy_json_set_string(out, cpu, NULL); /* not installed, or not asked for */
            continue;
        }
        saoy_json_set_real(out, cpu, theirs);
        saoy_json_set_real(out, of, median_ms(run, p, ours_of) / theirs);
    }
}

/* DIR or FILE, then on how many pages tesseract and ocrmypdf are to run. */
static bool
page(int argc, char **argv, SaoyJson *out, GError **error)
{
    g_auto(Run) run = { 0 };

    if (argc < 2 || argc > 4)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA,
                         "name the pages: saoy bench page DIR [TESSERACT [OCRMYPDF]]");
    run.pages = saoy_bench_pages(argv[1], error);
    if (run.pages == NULL)
        return false;
    g_autofree char *ocrmypdf = g_find_program_in_path("ocrmypdf");
    g_autoptr(SaoyReader) reader = saoy_reader_open(error);
    if (reader == NULL)
        return false;
    run.rows = g_array_new(FALSE, TRUE, sizeof(SaoyBenchRow));
    g_array_set_clear_func(run.rows, (GDestroyNotify)row_clear);
    run.tesseract = argc > 2 ? (size_t)g_ascii_strtoull(argv[2], NULL, 10) : run.pages->len;
    run.ocrmypdf = argc > 3 ? (size_t)g_ascii_strtoull(argv[3], NULL, 10) : OCRMYPDF_PAGES;
    if (ocrmypdf == NULL)
        run.ocrmypdf = 0;
    if (!run_pages(&run, reader, error))
        return false;
    saoy_json_set_int(out, "pages", run.rows->len);
    report_time(&run, out);
    saoy_bench_report((const SaoyBenchRow *)(void *)run.rows->data, run.rows->len, out);
    return true;
}

const SaoyBenchmark saoy_bench_page = {
    .name = "page",
    .run = page,
    .help = N_("clean, read and encode pages, beside tesseract and ocrmypdf"),
};

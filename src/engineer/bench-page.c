/* One page: clean, OCR with its text layer, encode; beside plain tesseract, and ocrmypdf
 * where it is installed. CPU seconds, one thread each, medians over the pages given. */
#include "bench.h"
#include "picture.h"

#include "core/error.h"
#include "reading/reading.h"
#include "vision/page.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define PAGES_MAX 200

typedef struct {
    size_t n;
    double *ours, *clean, *ocr, *encode, *tesseract, *ocrmypdf;
    int64_t bytes;
} Runs;

static double *
column(size_t n)
{
    return g_new0(double, n);
}

static void
runs_clear(Runs *runs)
{
    g_free(runs->ours);
    g_free(runs->clean);
    g_free(runs->ocr);
    g_free(runs->encode);
    g_free(runs->tesseract);
    g_free(runs->ocrmypdf);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Runs, runs_clear)

static Runs
runs_new(size_t n)
{
    return (Runs){ n, column(n), column(n), column(n), column(n), column(n), column(n), 0 };
}

/* As in the visit: the picture is already in memory, decoded from the scanner's samples. */
static bool
run_ours(SaoyReader *reader, const char *file, size_t i, Runs *runs, GError **error)
{
    g_autoptr(SaoyImage) scan = saoy_engineer_picture(file, NULL, error);
    SaoyPageReport report = { 0 };
    g_auto(SaoyWords) words = { 0 };
    int quality = 0;

    if (scan == NULL)
        return false;
    if (scan->dpi <= 0)
        scan->dpi = 300;
    double start = saoy_bench_cpu_s(false);
    g_autoptr(SaoyImage) page = saoy_page_clean(scan, &report, error);
    double cleaned = saoy_bench_cpu_s(false);
    if (page == NULL || !saoy_reader_read(reader, page, &words, NULL, error))
        return false;
    double read = saoy_bench_cpu_s(false);
    g_autoptr(GBytes) jpeg = saoy_page_encode(page, &quality, error);
    if (jpeg == NULL)
        return false;
    runs->clean[i] = cleaned - start;
    runs->ocr[i] = read - cleaned;
    runs->encode[i] = saoy_bench_cpu_s(false) - read;
    runs->ours[i] = saoy_bench_cpu_s(false) - start;
    runs->bytes += (int64_t)g_bytes_get_size(jpeg);
    return true;
}

static bool
run_ocrmypdf(const char *program, const char *file, double *out, GError **error)
{
    g_autofree char *pdf = NULL;
    int fd = g_file_open_tmp("saoy-bench-XXXXXX.pdf", &pdf, error);
    const char *const command[] = { program,   "--jobs", "1",   "--deskew",
                                    "--clean", "-l",     "vie", "--image-dpi",
                                    "300",     file,     pdf,   NULL };

    if (fd < 0)
        return false;
    g_close(fd, NULL);
    bool done = saoy_bench_peer(command, out, error);
    g_unlink(pdf);
    return done;
}

static bool
run_peers(const char *ocrmypdf, const char *file, size_t i, Runs *runs, GError **error)
{
    const char *const command[] = { "tesseract", file, "stdout", "-l", "vie", NULL };

    if (!saoy_bench_peer(command, &runs->tesseract[i], error))
        return false;
    return ocrmypdf == NULL || run_ocrmypdf(ocrmypdf, file, &runs->ocrmypdf[i], error);
}

static void
put(SaoyJson *out, const char *key, double *values, size_t n)
{
    saoy_json_set_real(out, key, saoy_bench_median(values, n) * 1e3);
}

static void
report(Runs *runs, bool has_ocrmypdf, SaoyJson *out)
{
    double ours = saoy_bench_median(runs->ours, runs->n);
    double tesseract = saoy_bench_median(runs->tesseract, runs->n);

    saoy_json_set_int(out, "pages", (int64_t)runs->n);
    put(out, "cpu_ms", runs->ours, runs->n);
    put(out, "clean_cpu_ms", runs->clean, runs->n);
    put(out, "ocr_cpu_ms", runs->ocr, runs->n);
    put(out, "encode_cpu_ms", runs->encode, runs->n);
    put(out, "tesseract_cpu_ms", runs->tesseract, runs->n);
    saoy_json_set_real(out, "of_tesseract", tesseract > 0 ? ours / tesseract : 0);
    if (has_ocrmypdf) {
        put(out, "ocrmypdf_cpu_ms", runs->ocrmypdf, runs->n);
        saoy_json_set_real(out, "of_ocrmypdf",
                           ours / saoy_bench_median(runs->ocrmypdf, runs->n));
    } else {
        saoy_json_set_string(out, "ocrmypdf_cpu_ms", NULL); /* not installed */
    }
    saoy_json_set_int(out, "bytes_a_page", runs->bytes / (int64_t)runs->n);
}

static bool
page(int argc, char **argv, SaoyJson *out, GError **error)
{
    size_t n = (size_t)MIN(argc - 1, PAGES_MAX);
    g_auto(Runs) runs = runs_new(n);
    g_autofree char *ocrmypdf = g_find_program_in_path("ocrmypdf");
    g_autoptr(SaoyReader) reader = NULL;

    if (n == 0)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA,
                         "name the pages: saoy bench page FILE…");
    reader = saoy_reader_open(error);
    if (reader == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!run_ours(reader, argv[i + 1], i, &runs, error) ||
            !run_peers(ocrmypdf, argv[i + 1], i, &runs, error))
            return false;
    report(&runs, ocrmypdf != NULL, out);
    return true;
}

const SaoyBenchmark saoy_bench_page = {
    .name = "page",
    .run = page,
    .help = N_("clean, read and encode pages, beside tesseract and ocrmypdf"),
};

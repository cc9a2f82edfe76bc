/* Checking signed files, beside pdfsig on the same ones: CPU of our own library alone, of
 * our program from start to end, and of pdfsig from start to end; and the most memory the
 * library took besides the file, which is mapped. */
#include "bench.h"

#include "cli/mapped.h"
#include "core/clock.h"
#include "core/error.h"
#include "issue/verify.h"

#include <glib/gi18n.h>

#include <string.h>

#define MAX_PDF (512u << 20)

enum { RUNS = 7 };

/* Exit codes are answers here, not failures. */
static bool
run_program(const char *const *command, double *out_cpu_s, GError **error)
{
    g_autoptr(GSubprocess) program = NULL;
    double before = saoy_bench_cpu_s(true);

    program = g_subprocess_newv(
        command, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
        error);
    if (program == NULL || !g_subprocess_wait(program, NULL, error))
        return false;
    *out_cpu_s = saoy_bench_cpu_s(true) - before;
    return true;
}

static bool
median_of_program(const char *const *command, const char *key, SaoyJson *out,
                  GError **error)
{
    double cpu_s[RUNS] = { 0 };

    for (size_t i = 0; i < RUNS; i++)
        if (!run_program(command, &cpu_s[i], error))
            return false;
    saoy_json_set_real(out, key, saoy_bench_median(cpu_s, RUNS) * 1e3);
    return true;
}

static int64_t
private_kb(void)
{
    static const char key[] = "RssAnon:";
    g_autofree char *status = NULL;
    const char *line = NULL;

    if (g_file_get_contents("/proc/self/status", &status, NULL, NULL))
        line = strstr(status, key);
    return line != NULL ? g_ascii_strtoll(line + strlen(key), NULL, 10) : 0;
}

/* The kernel keeps no peak of private memory alone: somebody has to look. */
typedef struct {
    int64_t peak_kb;
    int done;
} Watch;

static void *
watch(void *p)
{
    Watch *self = p;

    while (!g_atomic_int_get(&self->done)) {
        self->peak_kb = MAX(self->peak_kb, private_kb());
        g_usleep(200);
    }
    return NULL;
}

static bool
verify_once(const char *file, SaoyJson *out, double *out_cpu_s, GError **error)
{
    const SaoyVerifyOptions options = { .now_us = saoy_clock_wall_us() };
    g_auto(SaoyVerdict) verdict = { 0 };
    g_auto(SaoyMapped) pdf = { 0 };
    double before = saoy_bench_cpu_s(false);

    if (!saoy_mapped_open(&pdf, file, MAX_PDF, error) ||
        !saoy_copy_verify(pdf.bytes, &options, &verdict, error))
        return false;
    *out_cpu_s = saoy_bench_cpu_s(false) - before;
    saoy_json_set_int(out, "bytes", (int64_t)g_bytes_get_size(pdf.bytes));
    saoy_json_set_string(out, "conclusion", saoy_conclusion_name(verdict.conclusion));
    return true;
}

/* Once with somebody looking, whose own time would count, then the timed runs. */
static bool
measure_library(const char *file, SaoyJson *out, GError **error)
{
    Watch self = { .peak_kb = private_kb() };
    int64_t start_kb = self.peak_kb;
    GThread *watcher = g_thread_new("watch", watch, &self);
    double cpu_s[RUNS] = { 0 };
    bool good = verify_once(file, out, &cpu_s[0], error);

    g_atomic_int_set(&self.done, 1);
    g_thread_join(watcher);
    for (size_t i = 0; good && i < RUNS; i++)
        good = verify_once(file, out, &cpu_s[i], error);
    saoy_json_set_int(out, "private_kb", self.peak_kb - start_kb);
    saoy_json_set_real(out, "cpu_ms", saoy_bench_median(cpu_s, RUNS) * 1e3);
    return good;
}

static bool
measure_file(const char *file, SaoyJson *out, GError **error)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", error);
    g_autofree char *folder = self != NULL ? g_path_get_dirname(self) : NULL;
    g_autofree char *program = g_build_filename(folder, "saoy", NULL);
    const char *const ours[] = { program, "verify", "--json", file, NULL };
    const char *const peer[] = { "pdfsig", "-nocert", file, NULL };

    saoy_json_set_string(out, "file", file);
    return self != NULL && measure_library(file, out, error) &&
           median_of_program(ours, "program_cpu_ms", out, error) &&
           median_of_program(peer, "pdfsig_cpu_ms", out, error);
}

static bool
verify(int argc, char **argv, SaoyJson *out, GError **error)
{
    SaoyJson *files = saoy_json_array();

    saoy_json_set(out, "files", files);
    if (argc < 2)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA,
                         "name signed PDFs: saoy bench verify FILE…");
    for (int i = 1; i < argc; i++) {
        SaoyJson *row = saoy_json_object();

        saoy_json_append(files, row);
        if (!measure_file(argv[i], row, error))
            return false;
    }
    return true;
}

const SaoyBenchmark saoy_bench_verify = {
    .name = "verify",
    .run = verify,
    .help = N_("check signed PDFs, beside pdfsig"),
};

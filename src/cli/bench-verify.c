/* Checking signed files, beside pdfsig on the same ones: CPU of our own library alone, of
 * our program from start to end, and of pdfsig from start to end. */
#include "bench.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "issue/verify.h"

#include <glib/gi18n.h>
#include <sys/resource.h>

enum { RUNS = 7, MAX_PDF = 512 << 20 };

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

static bool
measure_library(const char *file, SaoyJson *out, GError **error)
{
    double cpu_s[RUNS] = { 0 };
    struct rusage use = { 0 };

    for (size_t i = 0; i < RUNS; i++) {
        const SaoyVerifyOptions options = { .now_us = saoy_clock_wall_us() };
        g_auto(SaoyVerdict) verdict = { 0 };
        double before = saoy_bench_cpu_s(false);
        g_autoptr(GBytes) pdf = saoy_file_read(file, MAX_PDF, error);

        if (pdf == NULL || !saoy_copy_verify(pdf, &options, &verdict, error))
            return false;
        cpu_s[i] = saoy_bench_cpu_s(false) - before;
        if (i == 0) {
            saoy_json_set_int(out, "bytes", (int64_t)g_bytes_get_size(pdf));
            saoy_json_set_string(out, "conclusion",
                                 saoy_conclusion_name(verdict.conclusion));
        }
    }
    getrusage(RUSAGE_SELF, &use);
    saoy_json_set_real(out, "cpu_ms", saoy_bench_median(cpu_s, RUNS) * 1e3);
    saoy_json_set_int(out, "peak_kb", use.ru_maxrss);
    return true;
}

static bool
measure_file(const char *file, SaoyJson *out, GError **error)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", error);
    const char *const ours[] = { self, "verify", "--json", file, NULL };
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

/* SHA-256 of 64 MiB: what the content digest, the register and the blobs stand on. The peer
 * is sha256sum on the same bytes. */
#include "bench.h"

#include "core/file.h"
#include "core/ossl.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define SIZE (64u << 20)

static bool
run_peer(SaoyView bytes, SaoyJson *out, GError **error)
{
    g_autofree char *dir = g_dir_make_tmp("saoy-bench-XXXXXX", error);
    g_autofree char *path = dir != NULL ? g_build_filename(dir, "bytes", NULL) : NULL;
    const char *const command[] = { "sha256sum", path, NULL };
    double cpu_s = 0;

    if (dir == NULL)
        return false;
    bool done = saoy_file_write(path, bytes, error) &&
                saoy_bench_peer(command, &cpu_s, NULL, error);
    saoy_dir_remove(dir, NULL);
    if (done)
        saoy_json_set_real(out, "sha256sum_cpu_ms", cpu_s * 1e3);
    return done;
}

static bool
digest(int argc, char **argv, SaoyJson *out, GError **error)
{
    g_autofree uint8_t *data = g_malloc0(SIZE);
    SaoyView bytes = { data, SIZE };
    uint8_t sum[SAOY_SHA256_SIZE];
    double runs[5] = { 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(runs); i++) {
        double before = saoy_bench_cpu_s(false);

        saoy_sha256(bytes, sum);
        runs[i] = (saoy_bench_cpu_s(false) - before) * 1e3;
    }
    saoy_json_set_int(out, "bytes", SIZE);
    saoy_json_set_real(out, "cpu_ms", saoy_bench_median(runs, G_N_ELEMENTS(runs)));
    return run_peer(bytes, out, error);
}

const SaoyBenchmark saoy_bench_digest = {
    .name = "digest",
    .run = digest,
    .help = N_("SHA-256 of 64 MiB, beside sha256sum"),
};

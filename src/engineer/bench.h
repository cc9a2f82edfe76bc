#pragma once
#include "core/json.h"

/* One measurement: fills *out with its figures. argv[0] is its name, then its files.
 * Benches may start peers as child processes; nothing else of the product does. */
typedef struct {
    const char *name;
    bool (*run)(int argc, char **argv, SaoyJson *out, GError **error);
    const char *help; /* msgid */
} SaoyBenchmark;

extern const SaoyBenchmark saoy_bench_page;
extern const SaoyBenchmark saoy_bench_card;
extern const SaoyBenchmark saoy_bench_face;
extern const SaoyBenchmark saoy_bench_digest;
extern const SaoyBenchmark saoy_bench_verify;
extern const SaoyBenchmark saoy_bench_sign;
extern const SaoyBenchmark saoy_bench_seal;
extern const SaoyBenchmark saoy_bench_visit;

/* CPU seconds, user and system, of this process or of its ended children. */
double saoy_bench_cpu_s(bool children);

/* Sorts in place. */
double saoy_bench_median(double *values, size_t n);

/* Runs a peer with one thread and the CPU seconds it took; out_text (g_free; may be NULL)
 * gets its first MiB of output. */
bool saoy_bench_peer(const char *const *command, double *out_cpu_s, char **out_text,
                     GError **error);

/* saoy bench NAME: the measures of product.md §9 as JSON, never a timed test. A peer, where
 * there is one, runs in the same run. */
#include "bench.h"
#include "engineer.h"

#include <glib/gi18n.h>
#include <sys/resource.h>

#define TEXT_MAX ((size_t)1 << 20)

static const SaoyBenchmark *const benchmarks[] = {
    &saoy_bench_page,   &saoy_bench_card, &saoy_bench_face, &saoy_bench_digest,
    &saoy_bench_verify, &saoy_bench_sign, &saoy_bench_seal, &saoy_bench_visit,
};

static double
seconds(const struct timeval *t)
{
    return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

double
saoy_bench_cpu_s(bool children)
{
    struct rusage use = { 0 };

    getrusage(children ? RUSAGE_CHILDREN : RUSAGE_SELF, &use);
    return seconds(&use.ru_utime) + seconds(&use.ru_stime);
}

static int
compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

double
saoy_bench_median(double *values, size_t n)
{
    if (n == 0)
        return 0;
    qsort(values, n, sizeof values[0], compare_doubles);
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

bool
saoy_bench_peer(const char *const *command, double *out_cpu_s, char **out_text,
                GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
        G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
    g_autoptr(GSubprocess) peer = NULL;
    g_autoptr(GBytes) out = NULL;
    double before = saoy_bench_cpu_s(true);

    g_subprocess_launcher_setenv(launcher, "OMP_THREAD_LIMIT", "1", TRUE);
    peer = g_subprocess_launcher_spawnv(launcher, command, error);
    if (peer == NULL || !g_subprocess_communicate(peer, NULL, NULL, &out, NULL, error) ||
        !g_subprocess_wait_check(peer, NULL, error))
        return false;
    *out_cpu_s = saoy_bench_cpu_s(true) - before;
    const char *text = g_bytes_get_data(out, NULL); /* NULL: it said nothing */
    if (out_text != NULL)
        *out_text =
            g_strndup(text != NULL ? text : "", MIN(g_bytes_get_size(out), TEXT_MAX));
    return true;
}

/* What each measures, and the names in its answer. */
static char *
list_names(const char *title)
{
    GString *text = g_string_new(title);

    for (size_t i = 0; i < G_N_ELEMENTS(benchmarks); i++)
        g_string_append_printf(text, "%-10s %s\n", benchmarks[i]->name,
                               _(benchmarks[i]->help));
    return g_string_free(text, FALSE);
}

static int
run(const SaoyBenchmark *benchmark, int argc, char **argv)
{
    g_autoptr(SaoyJson) out = saoy_json_object();
    g_autoptr(GError) error = NULL;

    saoy_json_set_string(out, "bench", benchmark->name);
    if (!benchmark->run(argc, argv, out, &error))
        return saoy_cli_fail(argc > 1 ? argv[1] : NULL, error);
    saoy_cli_json(out);
    return SAOY_EXIT_OK;
}

int
saoy_cmd_bench(int argc, char **argv)
{
    gboolean json = FALSE; /* the answer is JSON anyway */
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("one JSON object on stdout"), NULL },
        { NULL },
    };
    g_autofree char *names = list_names("");
    g_autofree char *title =
        g_strdup_printf("%s\n\n", _("Measures, beside a peer where there is one."));
    g_autofree char *summary = list_names(title);
    int ended = 0;

    if (!saoy_cli_options(&argc, &argv, entries, N_("[NAME [FILE…]]"), summary, 0, -1,
                          &ended))
        return ended;
    if (argc == 1) {
        g_print("%s", names);
        return SAOY_EXIT_OK;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(benchmarks); i++)
        if (g_str_equal(benchmarks[i]->name, argv[1]))
            return run(benchmarks[i], argc - 1, argv + 1);
    return saoy_cli_usage(_("no bench named %s"), argv[1]);
}

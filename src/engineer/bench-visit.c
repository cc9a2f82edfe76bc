/* A whole visit: `saoy issue` as a process of its own before a hub of the bench's own, with
 * as many pages as asked for. What its memory comes to at most, and how long the machine
 * takes where nobody is waited for. */
#include "bench-hub.h"
#include "bench.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#define PAGES 30
#define PAGES_MAX 60
#define LOOK_MS 50
#define APPROVE_LOOKS 4
#define LIMIT_MB 600

typedef struct {
    SaoyBenchHub *hub;
    GSubprocess *person;
    GMainLoop *loop;
    GDataInputStream *lines;
    char *dossier; /* … till it is approved */
    unsigned looks, peak_kb;
    char *busiest, *state; /* where the peak was; where the visit is */
    SaoyJson *steps;
} Watch;

static void
watch_clear(Watch *watch)
{
    g_clear_object(&watch->lines);
    g_clear_object(&watch->person);
    g_clear_pointer(&watch->loop, g_main_loop_unref);
    g_free(watch->dossier);
    g_clear_pointer(&watch->steps, saoy_json_unref);
    g_free(watch->busiest);
    g_free(watch->state);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Watch, watch_clear)

/* Proportional set size: what would be free if the process were not. 0: it has gone. */
static unsigned
pss_kb(const char *pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%s/smaps_rollup", pid);
    g_autofree char *text = NULL;
    const char *at = NULL;
    unsigned kb = 0;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    at = strstr(text, "\nPss:");
    return at != NULL && sscanf(at, "\nPss: %u", &kb) == 1 ? kb : 0;
}

static gboolean
on_look(void *user)
{
    Watch *watch = user;
    const char *pid = g_subprocess_get_identifier(watch->person);
    unsigned kb = pid != NULL ? pss_kb(pid) : 0;

    if (kb > watch->peak_kb) {
        watch->peak_kb = kb;
        g_free(watch->busiest);
        watch->busiest = g_strdup(watch->state);
    }
    /* its number is known a moment before it lies in the queue */
    if (watch->dossier != NULL && ++watch->looks % APPROVE_LOOKS == 0 &&
        saoy_bench_hub_approve(watch->hub, watch->dossier, NULL))
        g_clear_pointer(&watch->dossier, g_free);
    return G_SOURCE_CONTINUE;
}

/* "state SCAN 1234": that state is over, and took so long. */
static void
take_line(Watch *watch, const char *line)
{
    char word[32] = "", name[64] = "";
    double ms = 0;

    if (sscanf(line, "%31s %63s %lf", word, name, &ms) < 2)
        return;
    if (g_str_equal(word, "dossier"))
        watch->dossier = g_strdup(name);
    if (g_str_equal(word, "state")) {
        saoy_json_set_real(watch->steps, name, ms);
        g_free(watch->state);
        watch->state = g_strconcat("after ", name, NULL);
    }
}

static void
on_line(GObject *source, GAsyncResult *result, void *user)
{
    Watch *watch = user;
    g_autofree char *line =
        g_data_input_stream_read_line_finish_utf8(watch->lines, result, NULL, NULL);

    if (line == NULL) {
        g_main_loop_quit(watch->loop);
        return;
    }
    take_line(watch, line);
    g_data_input_stream_read_line_async(watch->lines, G_PRIORITY_DEFAULT, NULL, on_line,
                                        watch);
}

/* The papers given, again and again, as one original. */
static bool
lay_pages(const char *folder, int n_files, char **files, unsigned n, GError **error)
{
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s: %s", folder, g_strerror(errno));
    for (unsigned i = 0; i < n; i++) {
        const char *file = files[(int)i % n_files];
        g_autoptr(GBytes) bytes = saoy_file_read(file, 256u << 20, error);
        g_autofree char *base = g_path_get_basename(file);
        g_autofree char *to = g_strdup_printf("%s/%03u-%s", folder, i, base);

        if (bytes == NULL || !saoy_file_write(to, saoy_view_of(bytes), error))
            return false;
    }
    return true;
}

static bool
watch_visit(Watch *watch, const char *const *command, GError **error)
{
    watch->person = g_subprocess_newv(
        command, G_SUBPROCESS_FLAGS_STDERR_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, error);
    if (watch->person == NULL)
        return false;
    watch->loop = g_main_loop_new(NULL, FALSE);
    watch->steps = saoy_json_object();
    watch->lines = g_data_input_stream_new(g_subprocess_get_stderr_pipe(watch->person));
    guint look = g_timeout_add(LOOK_MS, on_look, watch);
    g_data_input_stream_read_line_async(watch->lines, G_PRIORITY_DEFAULT, NULL, on_line,
                                        watch);
    g_main_loop_run(watch->loop);
    g_source_remove(look);
    return g_subprocess_wait_check(watch->person, NULL, error);
}

/* From the last sheet to the archived copy: the person waits, nobody else is waited for. */
static double
machine_ms(const SaoyJson *steps)
{
    static const char *const states[] = { "CHECK", "DELIVERY", "SIGN" };
    double sum = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        double ms = 0;

        if (saoy_json_real(steps, states[i], &ms, NULL))
            sum += ms;
    }
    return sum;
}

static bool
visit(int argc, char **argv, SaoyJson *out, GError **error)
{
    guint64 n = PAGES;
    bool counted =
        argc > 2 && g_ascii_string_to_unsigned(argv[2], 10, 1, PAGES_MAX, &n, NULL);
    int first = counted ? 3 : 2;
    g_auto(SaoyBenchHub) hub = { 0 };
    g_auto(Watch) watch = { .hub = &hub };

    if (argc <= first)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA,
                         "saoy bench visit PERSONA.json [PAGES] FILE…");
    if (!saoy_bench_hub_start(&hub, error))
        return false;
    g_autofree char *own = g_file_read_link("/proc/self/exe", error);
    g_autofree char *pages = g_build_filename(hub.folder, "pages", NULL);
    g_autofree char *copies = g_build_filename(hub.folder, "copies", NULL);
    const char *const command[] = { own,     "issue", "--persona", argv[1],  "--pages",
                                    pages,   "--hub", hub.api_url, "--pki",  hub.pki,
                                    "--out", copies,  "--no-face", "--json", NULL };
    if (own == NULL || !lay_pages(pages, argc - first, argv + first, (unsigned)n, error) ||
        !watch_visit(&watch, command, error))
        return false;
    saoy_json_set_int(out, "pages", (int64_t)n);
    saoy_json_set_int(out, "peak_pss_mb", watch.peak_kb / 1024);
    saoy_json_set_int(out, "limit_mb", LIMIT_MB);
    saoy_json_set_string(out, "peak", watch.busiest);
    saoy_json_set_real(out, "machine_ms", machine_ms(watch.steps));
    saoy_json_set(out, "states_ms", g_steal_pointer(&watch.steps));
    return true;
}

const SaoyBenchmark saoy_bench_visit = {
    "visit", visit, N_("a visit of many pages: its memory, and the machine's time")
};

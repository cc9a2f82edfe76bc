/* One approved document from its pages to the archive: composed, signed twice, stamped,
 * proven for long, archived by a hub on this machine over mutual TLS. The hub is a process
 * of its own in a folder of its own; opening, uploading and approving are not measured. */
#include "bench.h"

#include "cli/cli.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"
#include "flow/finish.h"
#include "vision/image.h"

#include <glib/gi18n.h>

#include <string.h>
#include <unistd.h>

#define RUNS 10
#define PAGES 2
#define PAGE_MAX (8u << 20)
#define LOGIN "bench"
#define PASSWORD "bench-password"
#define PATIENCE_S 30

typedef struct {
    char *folder, *program, *public_url;
    GSubprocess *process;
    SaoyHub *hub;
    SaoyHttp *officer; /* a browser */
    GBytes *pages[PAGES];
    int width, height, dpi;
    GHashTable *step_ms; /* name -> GArray of double */
    char *step;          /* under way */
    int64_t since_us;
    double cpu_s, hub_cpu_s; /* over all measured runs */
} Bench;

static void
bench_clear(Bench *bench)
{
    if (bench->process != NULL) {
        g_subprocess_send_signal(bench->process, SIGTERM);
        g_subprocess_wait(bench->process, NULL, NULL);
        g_object_unref(bench->process);
    }
    g_clear_pointer(&bench->hub, saoy_hub_close);
    g_clear_pointer(&bench->officer, saoy_http_free);
    for (int i = 0; i < PAGES; i++)
        g_clear_pointer(&bench->pages[i], g_bytes_unref);
    if (bench->folder != NULL)
        saoy_dir_remove(bench->folder, NULL);
    g_clear_pointer(&bench->step_ms, g_hash_table_unref);
    g_free(bench->folder);
    g_free(bench->program);
    g_free(bench->public_url);
    g_free(bench->step);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bench, bench_clear)

/* ---- the hub ---- */

static bool
run_hub(const Bench *bench, const char *const *words, const char *input, GError **error)
{
    g_autoptr(GSubprocess) child = g_subprocess_newv(
        words, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, error);

    return child != NULL &&
           g_subprocess_communicate_utf8(child, input, NULL, NULL, NULL, error) &&
           (g_subprocess_get_successful(child) ||
            saoy_fail(error, SAOY_ERROR_FAILED, "%s %s failed", bench->program, words[1]));
}

/* Its first line says that it listens; the file beside it where. */
static bool
start_hub(Bench *bench, int *out_api, int *out_public, GError **error)
{
    g_autofree char *path = g_build_filename(bench->folder, "ports", NULL);
    g_autofree char *ports = NULL;
    const char *const serve[] = { bench->program, "serve", bench->folder, NULL };

    bench->process = g_subprocess_newv(serve, G_SUBPROCESS_FLAGS_STDOUT_PIPE, error);
    if (bench->process == NULL)
        return false;
    g_autoptr(GDataInputStream) lines =
        g_data_input_stream_new(g_subprocess_get_stdout_pipe(bench->process));
    g_autofree char *line = g_data_input_stream_read_line(lines, NULL, NULL, NULL);
    if (line == NULL || !g_file_get_contents(path, &ports, NULL, NULL) ||
        sscanf(ports, "api %d public %d", out_api, out_public) != 2)
        return saoy_fail(error, SAOY_ERROR_FAILED, "the hub does not start");
    return true;
}

static bool
make_hub(Bench *bench, GError **error)
{
    g_autofree char *own = g_file_read_link("/proc/self/exe", error);
    g_autofree char *beside = own != NULL ? g_path_get_dirname(own) : NULL;
    int api = 0, public = 0;

    if (beside == NULL)
        return false;
    bench->program = g_build_filename(beside, "saoy-hub", NULL);
    bench->folder = g_dir_make_tmp("saoy-bench-XXXXXX", error);
    if (bench->folder == NULL)
        return false;
    const char *const init[] = { bench->program,  "init", bench->folder, "--port", "0",
                                 "--public-port", "0",    NULL };
    const char *const add[] = { bench->program, "officer", bench->folder, "add",   LOGIN,
                                "--name",       "Bench",   "--title",     "Bench", NULL };
    if (!run_hub(bench, init, NULL, error) || !run_hub(bench, add, PASSWORD "\n", error) ||
        !start_hub(bench, &api, &public, error))
        return false;
    g_autofree char *api_url = g_strdup_printf("https://localhost:%d", api);
    g_autofree char *ca = g_build_filename(bench->folder, "pki/root.crt", NULL);
    g_autofree char *cert = g_build_filename(bench->folder, "pki/kiosk.crt", NULL);
    g_autofree char *key = g_build_filename(bench->folder, "pki/kiosk.key", NULL);
    const SaoyHttpTls browser = { .cookies = true };
    bench->public_url = g_strdup_printf("http://localhost:%d", public);
    bench->officer = saoy_http_new(bench->public_url, &browser, error);
    bench->hub =
        bench->officer != NULL ? saoy_hub_open(api_url, ca, cert, key, error) : NULL;
    return bench->hub != NULL;
}

/* ---- an approved document ---- */

static bool
browse(Bench *bench, const char *path, const char *form, SaoyHttpAnswer *out,
       GError **error)
{
    const SaoyHttpCall call = {
        .method = form != NULL ? "POST" : "GET",
        .path = path,
        .type = form != NULL ? "application/x-www-form-urlencoded" : NULL,
        .body = form != NULL ? (SaoyView){ (const uint8_t *)form, strlen(form) }
                             : (SaoyView){ 0 },
    };

    if (!saoy_http_call(bench->officer, &call, out, NULL, error))
        return false;
    return out->status == 200 || out->status == 303 ||
           saoy_fail(error, SAOY_ERROR_FAILED, "officer's page %s: %d", path, out->status);
}

static bool
approve(Bench *bench, const char *dossier, GError **error)
{
    static const char mark[] = "name=\"csrf\" value=\"";
    g_autofree char *path = g_strdup_printf("/officer/dossiers/%s", dossier);
    g_autofree char *deed = g_strdup_printf("%s/documents/1/approve", path);
    g_auto(SaoyHttpAnswer) page = { 0 }, done = { 0 };

    if (!browse(bench, path, NULL, &page, error))
        return false;
    SaoyView all = saoy_view_of(page.body);
    g_autofree char *text = g_strndup((const char *)all.data, all.size);
    const char *at = strstr(text, mark);
    if (at == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "officer's page without a form");
    at += strlen(mark);
    g_autofree char *form = g_strdup_printf("csrf=%.*s", (int)strcspn(at, "\""), at);
    return browse(bench, deed, form, &done, error);
}

static SaoyJson *
dossier_json(const Bench *bench)
{
    g_autoptr(GString) pages = g_string_new(NULL);

    for (int i = 0; i < PAGES; i++) {
        g_autofree char *digest = saoy_sha256_hex(saoy_view_of(bench->pages[i]));

        g_string_append_printf(pages,
                               "%s{\"sha256\":\"%s\",\"width\":%d,\"height\":%d,\"dpi\":%d,"
                               "\"free_box\":[100,%d,%d,%d]}",
                               i > 0 ? "," : "", digest, bench->width, bench->height,
                               bench->dpi, bench->height * 2 / 3, bench->width - 200,
                               bench->height / 4);
    }
    g_autofree char *text = g_strdup_printf(
        "{\"kiosk\":\"K01\",\"holder\":{\"number\":\"001090000001\",\"name\":\"Bench\","
        "\"birth_date\":\"1990-01-01\",\"sex\":\"M\",\"expiry\":\"2030-01-01\"},"
        "\"identity\":{\"access\":\"PACE-CAN\",\"passive\":\"done\",\"chip_auth\":\"done\","
        "\"downgrade\":false},\"face\":{\"outcome\":\"accept\",\"score_band\":\"high\"},"
        "\"delivery\":{\"email\":null},\"documents\":[{\"kind\":\"bang-tot-nghiep\","
        "\"title\":\"Bằng tốt nghiệp\",\"copies\":1,\"fields\":[],\"flags\":[],"
        "\"pages\":[%s]}]}",
        pages->str);
    return saoy_json_parse((SaoyView){ (const uint8_t *)text, strlen(text) }, 64 << 10,
                           NULL);
}

static char *
open_document(Bench *bench, GError **error)
{
    g_autoptr(SaoyJson) json = dossier_json(bench);
    g_autofree char *visit = g_uuid_string_random();
    g_autofree char *dossier = saoy_hub_open_dossier(bench->hub, json, visit, NULL, error);

    g_autoptr(SaoyJson) text = saoy_json_object();

    saoy_json_set(text, "words", saoy_json_array());
    for (unsigned i = 0; dossier != NULL && i < PAGES; i++)
        if (!saoy_hub_put_page(bench->hub, dossier, 1, i + 1, bench->pages[i], text, NULL,
                               error))
            return NULL;
    if (dossier == NULL || !saoy_hub_submit(bench->hub, dossier, "", NULL, error) ||
        !approve(bench, dossier, error))
        return NULL;
    return g_steal_pointer(&dossier);
}

static SaoyApproval *
take_approval(Bench *bench, const char *dossier, GError **error)
{
    g_autoptr(SaoyJson) state = saoy_hub_wait(bench->hub, dossier, 0, 0, NULL, error);
    const SaoyJson *first = saoy_json_at(saoy_json_member(state, "documents"), 0);
    const SaoyJson *record = first != NULL ? saoy_json_member(first, "approval") : NULL;

    if (record == NULL)
        return saoy_null(error, SAOY_ERROR_FAILED, "the document is not approved");
    return saoy_approval_from_json(record, error);
}

/* ---- measuring ---- */

static void
end_step(Bench *bench)
{
    double ms = (double)(saoy_clock_mono_us() - bench->since_us) / 1e3;
    GArray *all =
        bench->step != NULL ? g_hash_table_lookup(bench->step_ms, bench->step) : NULL;

    if (bench->step != NULL && all == NULL) {
        all = g_array_new(FALSE, FALSE, sizeof(double));
        g_hash_table_insert(bench->step_ms, g_strdup(bench->step), all);
    }
    if (all != NULL)
        g_array_append_val(all, ms);
    bench->since_us = saoy_clock_mono_us();
    g_clear_pointer(&bench->step, g_free);
}

static bool
on_step(void *user, const char *name, GError **error)
{
    Bench *bench = user;

    end_step(bench);
    bench->step = g_strdup(name);
    return true;
}

static GBytes *
finish(Bench *bench, SaoyCsc *csc, const char *dossier, const SaoyApproval *approval,
       GError **error)
{
    const SaoyBox boxes[PAGES] = {
        [PAGES - 1] = { 100, bench->height * 2 / 3, bench->width - 200, bench->height / 4 },
    };
    const int dpi[PAGES] = { bench->dpi, bench->dpi };
    SaoyFinish finish = { .hub = bench->hub,
                          .csc = csc,
                          .dossier = dossier,
                          .approval = approval,
                          .public_url = bench->public_url,
                          .patience_s = PATIENCE_S,
                          .step = on_step,
                          .user = bench };

    on_step(bench, "lease", NULL);
    if (!saoy_hub_lease(bench->hub, dossier, 1, "take", &finish.fence, NULL, error))
        return NULL;
    on_step(bench, "compose", NULL);
    g_autoptr(GBytes) base =
        saoy_copy_prepare(bench->pages, NULL, boxes, dpi, PAGES, approval, error);
    return base != NULL ? saoy_finish_issue(&finish, base, NULL, error) : NULL;
}

/* CPU seconds of the hub so far (proc(5), stat: utime and stime behind the name). */
static double
hub_cpu_s(const Bench *bench)
{
    g_autofree char *path =
        g_strdup_printf("/proc/%s/stat", g_subprocess_get_identifier(bench->process));
    g_autofree char *text = NULL;
    unsigned long user = 0, system = 0;
    const char *rest = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL) ||
        (rest = strrchr(text, ')')) == NULL ||
        sscanf(rest, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system) != 2)
        return 0;
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static bool
run_once(Bench *bench, SaoyCsc *csc, double *out_ms, size_t *out_bytes, GError **error)
{
    g_autofree char *dossier = open_document(bench, error);
    g_autoptr(SaoyApproval) approval =
        dossier != NULL ? take_approval(bench, dossier, error) : NULL;
    g_autoptr(GBytes) pdf = NULL;
    int64_t start = saoy_clock_mono_us();

    if (approval == NULL)
        return false;
    double cpu_s = saoy_bench_cpu_s(false), hub_s = hub_cpu_s(bench);
    bench->since_us = start;
    pdf = finish(bench, csc, dossier, approval, error);
    end_step(bench);
    bench->cpu_s += saoy_bench_cpu_s(false) - cpu_s;
    bench->hub_cpu_s += hub_cpu_s(bench) - hub_s;
    if (pdf == NULL)
        return false;
    *out_ms = (double)(saoy_clock_mono_us() - start) / 1e3;
    *out_bytes = g_bytes_get_size(pdf);
    return true;
}

static void
add_steps(Bench *bench, SaoyJson *out)
{
    g_autoptr(GList) names = g_list_sort(g_hash_table_get_keys(bench->step_ms),
                                         (GCompareFunc)(void (*)(void))strcmp);
    SaoyJson *steps = saoy_json_object();

    for (GList *name = names; name != NULL; name = name->next) {
        GArray *all = g_hash_table_lookup(bench->step_ms, name->data);

        saoy_json_set_real(steps, name->data,
                           saoy_bench_median((double *)(void *)all->data, all->len));
    }
    saoy_json_set(out, "steps_ms", steps);
}

/* ---- pages ---- */

/* Grey lines on paper that is nowhere quite white, so that a page weighs what a scan does.
 */
static GBytes *
draw_page(int shade)
{
    g_autoptr(SaoyImage) image = saoy_image_new(2480, 3508, 3, 300, NULL);
    uint32_t noise = (uint32_t)shade * 2654435761u;

    if (image == NULL)
        return NULL;
    for (int y = 0; y < image->height; y++) {
        uint8_t *row = image->pixels + (size_t)y * (size_t)image->stride;

        for (int x = 0; x < image->width * 3; x++) {
            bool ink = y > 300 && y < 2200 && y % 60 < 24 && x > 600 && x < 6800 &&
                       (x / 40 + y / 60) % 3 > 0;

            noise = noise * 1664525u + 1013904223u;
            row[x] = (uint8_t)((ink ? shade : 244) + (int)(noise >> 29));
        }
    }
    return saoy_image_encode_jpeg(image, 75, true, NULL);
}

static bool
take_pages(Bench *bench, int argc, char **argv, GError **error)
{
    int channels = 0;

    for (int i = 0; i < PAGES; i++) {
        bench->pages[i] = argc > i + 1 ? saoy_file_read(argv[i + 1], PAGE_MAX, error)
                                       : draw_page(40 + 30 * i);
        if (bench->pages[i] == NULL ||
            !saoy_jpeg_info(bench->pages[i], &bench->width, &bench->height, &channels,
                            &bench->dpi, error))
            return false;
    }
    bench->dpi = bench->dpi > 0 ? bench->dpi : 300;
    return true;
}

static bool
run(int argc, char **argv, SaoyJson *out, GError **error)
{
    g_auto(Bench) bench = { 0 };
    g_autoptr(SaoyCsc) csc = NULL;
    g_auto(SaoyHttpAnswer) entered = { 0 };
    double ms[RUNS], first = 0;
    size_t bytes = 0;

    bench.step_ms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify)g_array_unref);
    if (!take_pages(&bench, argc, argv, error) || !make_hub(&bench, error) ||
        !browse(&bench, "/officer/login", "login=" LOGIN "&password=" PASSWORD, &entered,
                error))
        return false;
    csc = saoy_csc_new(saoy_hub_http(bench.hub));
    if (!run_once(&bench, csc, &first, &bytes, error)) /* connections, templates */
        return false;
    g_hash_table_remove_all(bench.step_ms);
    bench.cpu_s = bench.hub_cpu_s = 0;
    for (int i = 0; i < RUNS; i++)
        if (!run_once(&bench, csc, &ms[i], &bytes, error))
            return false;
    saoy_json_set_int(out, "pages", PAGES);
    saoy_json_set_int(out, "page_bytes", (int64_t)g_bytes_get_size(bench.pages[0]));
    saoy_json_set_int(out, "pdf_bytes", (int64_t)bytes);
    saoy_json_set_int(out, "runs", RUNS);
    saoy_json_set_real(out, "first_ms", first);
    saoy_json_set_real(out, "median_ms", saoy_bench_median(ms, RUNS));
    saoy_json_set_real(out, "max_ms", ms[RUNS - 1]);
    saoy_json_set_int(out, "limit_ms", 300);
    saoy_json_set_real(out, "kiosk_cpu_ms", bench.cpu_s * 1e3 / RUNS);
    saoy_json_set_real(out, "hub_cpu_ms", bench.hub_cpu_s * 1e3 / RUNS);
    add_steps(&bench, out);
    return true;
}

const SaoyBenchmark saoy_bench_sign = {
    "sign", run, N_("compose, two signatures, time stamps and archive of two pages")
};

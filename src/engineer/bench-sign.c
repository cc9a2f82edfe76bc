/* One approved document from its pages to the archive: composed, signed twice, stamped,
 * proven for long, archived by a hub on this machine over mutual TLS. The hub is a process
 * of its own in a folder of its own; opening, uploading and approving are not measured. */
#include "bench-hub.h"
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
#define PATIENCE_S 30

typedef struct {
    SaoyBenchHub own;
    SaoyHub *hub;
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
    g_clear_pointer(&bench->hub, saoy_hub_close);
    saoy_bench_hub_stop(&bench->own);
    for (int i = 0; i < PAGES; i++)
        g_clear_pointer(&bench->pages[i], g_bytes_unref);
    g_clear_pointer(&bench->step_ms, g_hash_table_unref);
    g_free(bench->step);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bench, bench_clear)

/* ---- an approved document ---- */

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
        !saoy_bench_hub_approve(&bench->own, dossier, error))
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
                          .public_url = bench->own.public_url,
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
        g_strdup_printf("/proc/%s/stat", g_subprocess_get_identifier(bench->own.process));
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
open_hub(Bench *bench, GError **error)
{
    g_autofree char *ca = g_build_filename(bench->own.pki, "root.crt", NULL);
    g_autofree char *cert = g_build_filename(bench->own.pki, "kiosk.crt", NULL);
    g_autofree char *key = g_build_filename(bench->own.pki, "kiosk.key", NULL);

    bench->hub = saoy_hub_open(bench->own.api_url, ca, cert, key, error);
    return bench->hub != NULL;
}

static bool
run(int argc, char **argv, SaoyJson *out, GError **error)
{
    g_auto(Bench) bench = { 0 };
    g_autoptr(SaoyCsc) csc = NULL;
    double ms[RUNS], first = 0;
    size_t bytes = 0;

    bench.step_ms = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify)g_array_unref);
    if (!take_pages(&bench, argc, argv, error) ||
        !saoy_bench_hub_start(&bench.own, error) || !open_hub(&bench, error))
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

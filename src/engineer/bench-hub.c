/* A hub of the bench's own, on this machine, in a folder that goes with it; and its
 * officer. */
#include "bench-hub.h"

#include "core/error.h"
#include "core/file.h"

#include <stdio.h>
#include <string.h>

#define LOGIN "bench"
#define PASSWORD "bench-password"

static bool
run_hub(const SaoyBenchHub *hub, const char *const *words, const char *input,
        GError **error)
{
    g_autoptr(GSubprocess) child = g_subprocess_newv(
        words, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, error);

    return child != NULL &&
           g_subprocess_communicate_utf8(child, input, NULL, NULL, NULL, error) &&
           (g_subprocess_get_successful(child) ||
            saoy_fail(error, SAOY_ERROR_FAILED, "%s %s failed", hub->program, words[1]));
}

/* Its first line says that it listens; the file beside it where. */
static bool
start_hub(SaoyBenchHub *hub, int *out_api, int *out_public, GError **error)
{
    g_autofree char *path = g_build_filename(hub->folder, "ports", NULL);
    g_autofree char *ports = NULL;
    const char *const serve[] = { hub->program, "serve", hub->folder, NULL };

    hub->process = g_subprocess_newv(serve, G_SUBPROCESS_FLAGS_STDOUT_PIPE, error);
    if (hub->process == NULL)
        return false;
    g_autoptr(GDataInputStream) lines =
        g_data_input_stream_new(g_subprocess_get_stdout_pipe(hub->process));
    g_autofree char *line = g_data_input_stream_read_line(lines, NULL, NULL, NULL);
    if (line == NULL || !g_file_get_contents(path, &ports, NULL, NULL) ||
        sscanf(ports, "api %d public %d", out_api, out_public) != 2)
        return saoy_fail(error, SAOY_ERROR_FAILED, "the hub does not start");
    return true;
}

static bool
browse(SaoyBenchHub *hub, const char *path, const char *form, SaoyHttpAnswer *out,
       GError **error)
{
    const SaoyHttpCall call = {
        .method = form != NULL ? "POST" : "GET",
        .path = path,
        .type = form != NULL ? "application/x-www-form-urlencoded" : NULL,
        .body = form != NULL ? (SaoyView){ (const uint8_t *)form, strlen(form) }
                             : (SaoyView){ 0 },
    };

    if (!saoy_http_call(hub->officer, &call, out, NULL, error))
        return false;
    return out->status == 200 || out->status == 303 ||
           saoy_fail(error, SAOY_ERROR_FAILED, "officer's page %s: %d", path, out->status);
}

bool
saoy_bench_hub_start(SaoyBenchHub *hub, GError **error)
{
    g_autofree char *own = g_file_read_link("/proc/self/exe", error);
    g_autofree char *beside = own != NULL ? g_path_get_dirname(own) : NULL;
    int api = 0, public = 0;

    if (beside == NULL)
        return false;
    hub->program = g_build_filename(beside, "saoy-hub", NULL);
    hub->folder = g_dir_make_tmp("saoy-bench-XXXXXX", error);
    if (hub->folder == NULL)
        return false;
    const char *const init[] = { hub->program, "init",          hub->folder, "--port",
                                 "0",          "--public-port", "0",         NULL };
    const char *const add[] = { hub->program, "officer", hub->folder, "add",   LOGIN,
                                "--name",     "Bench",   "--title",   "Bench", NULL };
    if (!run_hub(hub, init, NULL, error) || !run_hub(hub, add, PASSWORD "\n", error) ||
        !start_hub(hub, &api, &public, error))
        return false;
    const SaoyHttpTls browser = { .cookies = true };
    g_auto(SaoyHttpAnswer) entered = { 0 };
    hub->pki = g_build_filename(hub->folder, "pki", NULL);
    hub->api_url = g_strdup_printf("https://localhost:%d", api);
    hub->public_url = g_strdup_printf("http://localhost:%d", public);
    hub->officer = saoy_http_new(hub->public_url, &browser, error);
    return hub->officer != NULL &&
           browse(hub, "/officer/login", "login=" LOGIN "&password=" PASSWORD, &entered,
                  error);
}

bool
saoy_bench_hub_approve(SaoyBenchHub *hub, const char *dossier, GError **error)
{
    static const char mark[] = "name=\"csrf\" value=\"";
    g_autofree char *path = g_strdup_printf("/officer/dossiers/%s", dossier);
    g_autofree char *deed = g_strdup_printf("%s/documents/1/approve", path);
    g_auto(SaoyHttpAnswer) page = { 0 }, done = { 0 };

    if (!browse(hub, path, NULL, &page, error))
        return false;
    SaoyView all = saoy_view_of(page.body);
    g_autofree char *text = g_strndup((const char *)all.data, all.size);
    const char *at = strstr(text, mark);
    if (at == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "officer's page without a form");
    at += strlen(mark);
    g_autofree char *form = g_strdup_printf("csrf=%.*s", (int)strcspn(at, "\""), at);
    return browse(hub, deed, form, &done, error);
}

void
saoy_bench_hub_stop(SaoyBenchHub *hub)
{
    if (hub->process != NULL) {
        g_subprocess_send_signal(hub->process, SIGTERM);
        g_subprocess_wait(hub->process, NULL, NULL);
        g_object_unref(hub->process);
    }
    g_clear_pointer(&hub->officer, saoy_http_free);
    if (hub->folder != NULL)
        saoy_dir_remove(hub->folder, NULL);
    g_free(hub->folder);
    g_free(hub->program);
    g_free(hub->pki);
    g_free(hub->api_url);
    g_free(hub->public_url);
}

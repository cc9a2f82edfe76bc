/* The peers on one page: one thread each, their text, the CPU seconds of all they started.
 */
#include "bench-page.h"

#include "core/file.h"

#include <string.h>

#define TEXT_MAX ((size_t)1 << 20)

static char *
tesseract(const char *file, double *out_cpu_s, GError **error)
{
    const char *const command[] = { "tesseract", file, "stdout", "-l", "vie", NULL };
    char *text = NULL;

    return saoy_bench_peer(command, out_cpu_s, &text, error) ? text : NULL;
}

static char *
ocrmypdf(const char *file, double *out_cpu_s, GError **error)
{
    g_autofree char *folder = g_dir_make_tmp("saoy-bench-XXXXXX", error);
    g_autofree char *pdf =
        folder != NULL ? g_build_filename(folder, "out.pdf", NULL) : NULL;
    g_autofree char *text =
        folder != NULL ? g_build_filename(folder, "out.txt", NULL) : NULL;
    const char *const command[] = { "ocrmypdf", "--jobs",      "1",   "--deskew",
                                    "--clean",  "-l",          "vie", "--sidecar",
                                    text,       "--image-dpi", "300", file,
                                    pdf,        NULL };
    g_autoptr(GBytes) out = NULL;
    gsize size = 0;

    if (folder == NULL)
        return NULL;
    if (saoy_bench_peer(command, out_cpu_s, NULL, error))
        out = saoy_file_read(text, TEXT_MAX, error);
    saoy_dir_remove(folder, NULL);
    if (out == NULL)
        return NULL;
    const char *read = g_bytes_get_data(out, &size);
    return g_strndup(read != NULL ? read : "", size);
}

/* What the peer said the last time, or NULL. */
static char *
kept_text(const char *path, double *out_cpu_s)
{
    g_autoptr(GBytes) bytes = saoy_file_read(path, TEXT_MAX, NULL);
    g_autoptr(SaoyJson) json =
        bytes != NULL ? saoy_json_parse(saoy_view_of(bytes), TEXT_MAX, NULL) : NULL;
    const char *text = json != NULL ? saoy_json_string_or(json, "text", NULL) : NULL;

    return text != NULL && saoy_json_real(json, "cpu_s", out_cpu_s, NULL) ? g_strdup(text)
                                                                          : NULL;
}

static bool
keep_text(const char *path, const char *text, double cpu_s, GError **error)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(SaoyJson) json = saoy_json_object();

    saoy_json_set_real(json, "cpu_s", cpu_s);
    saoy_json_set_string(json, "text", valid);
    g_autofree char *file = saoy_json_print(json);
    return saoy_file_write(path, (SaoyView){ (const uint8_t *)file, strlen(file) }, error);
}

char *
saoy_bench_peer_text(int peer, const SaoyBenchPage *page, double *out_cpu_s, GError **error)
{
    static const struct {
        const char *name;
        char *(*read)(const char *, double *, GError **);
    } peers[SAOY_PEER_N] = { { "tesseract", tesseract }, { "ocrmypdf", ocrmypdf } };
    g_autofree char *path = g_strdup_printf("%s.%s.json", page->file, peers[peer].name);
    char *kept = page->json != NULL ? kept_text(path, out_cpu_s) : NULL;

    if (kept != NULL)
        return kept;
    g_autofree char *text = peers[peer].read(page->file, out_cpu_s, error);
    if (text == NULL || (page->json != NULL && !keep_text(path, text, *out_cpu_s, error)))
        return NULL;
    return g_steal_pointer(&text);
}

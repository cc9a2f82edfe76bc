/* The peers on one page: one thread each, their text, the CPU seconds of all they started.
 */
#include "bench-page.h"

#include "core/file.h"

#define TEXT_MAX ((size_t)1 << 20)

char *
saoy_bench_tesseract(const char *file, double *out_cpu_s, GError **error)
{
    const char *const command[] = { "tesseract", file, "stdout", "-l", "vie", NULL };
    char *text = NULL;

    return saoy_bench_peer(command, out_cpu_s, &text, error) ? text : NULL;
}

char *
saoy_bench_ocrmypdf(const char *file, double *out_cpu_s, GError **error)
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

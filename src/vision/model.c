#include "vision/model.h"
#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <string.h>

#define MAX_MODEL ((size_t)128 << 20)

typedef struct {
    char *file, *sha256;
} Line;

static void
line_clear(Line *line)
{
    g_free(line->file);
    g_free(line->sha256);
}

/* Lines "file sha256 licence origin", # comments. The manifest is ours: a mistake is a
 * fault. */
static GArray *
read_manifest(GError **error)
{
    g_autofree char *path = saoy_data_path("models/manifest.txt");
    g_autoptr(GBytes) bytes = saoy_file_read(path, 1 << 20, error);

    if (bytes == NULL)
        return NULL;
    SaoyView view = saoy_view_of(bytes);
    g_autofree char *text = g_strndup((const char *)view.data, view.size);
    g_auto(GStrv) rows = g_strsplit(text, "\n", -1);
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(Line));

    g_array_set_clear_func(lines, (GDestroyNotify)line_clear);
    for (size_t i = 0; rows[i] != NULL; i++) {
        g_auto(GStrv) words = g_strsplit_set(g_strstrip(rows[i]), " \t", 4);

        if (words[0] == NULL || words[0][0] == '#')
            continue;
        if (g_strv_length(words) < 4 || strlen(words[1]) != 64 ||
            strchr(words[0], '/') != NULL)
            return saoy_null(error, SAOY_ERROR_MALFORMED, "models manifest, line %zu",
                             i + 1);
        Line line = { g_strdup(words[0]), g_strdup(words[1]) };
        g_array_append_val(lines, line);
    }
    return g_steal_pointer(&lines);
}

/* The first place that has a file of this name; its hash decides, not its place. */
static GBytes *
read_file(const char *file, GError **error)
{
    const char *dir = g_getenv("SAOY_MODELS_DIR");
    g_autofree char *relative = g_build_filename("models", file, NULL);
    g_autofree char *shipped = saoy_data_path(relative);

    if (dir != NULL && dir[0] != '\0') {
        g_autofree char *path = g_build_filename(dir, file, NULL);
        g_autoptr(GError) why = NULL;
        GBytes *bytes = saoy_file_read(path, MAX_MODEL, &why);

        if (bytes != NULL)
            return bytes;
        if (!g_error_matches(why, SAOY_ERROR, SAOY_ERROR_NO_MEDIA)) {
            g_propagate_error(error, g_steal_pointer(&why));
            return NULL;
        }
    }
    return saoy_file_read(shipped, MAX_MODEL, error);
}

static GBytes *
load(const Line *line, GError **error)
{
    g_autoptr(GBytes) bytes = read_file(line->file, error);

    if (bytes == NULL)
        return NULL;
    g_autofree char *found = saoy_sha256_hex(saoy_view_of(bytes));
    if (!g_str_equal(found, line->sha256))
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "model %s: wrong hash", line->file);
    return g_steal_pointer(&bytes);
}

GBytes *
saoy_model_load(const char *file, GError **error)
{
    g_autoptr(GArray) lines = read_manifest(error);

    for (guint i = 0; lines != NULL && i < lines->len; i++) {
        const Line *line = &g_array_index(lines, Line, i);

        if (g_str_equal(line->file, file))
            return load(line, error);
    }
    if (lines == NULL)
        return NULL;
    return saoy_null(error, SAOY_ERROR_NO_MEDIA, "model %s: not in the manifest", file);
}

bool
saoy_model_each(SaoyModelFunc *each, void *user, GError **error)
{
    g_autoptr(GArray) lines = read_manifest(error);

    if (lines == NULL)
        return false;
    for (guint i = 0; i < lines->len; i++) {
        const Line *line = &g_array_index(lines, Line, i);
        g_autoptr(GError) why = NULL;
        g_autoptr(GBytes) bytes = load(line, &why);
        bool wrong = g_error_matches(why, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);

        each(line->file, bytes != NULL ? "ok" : wrong ? "wrong hash" : "missing", user);
    }
    return true;
}

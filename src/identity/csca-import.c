/* A master list is checked, then laid into the store. */
#include "csca-store.h"

#include "core/file.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define MAX_PINNED 65536

/* Everybody may read what everybody publishes. */
static bool
write_public(const char *dir, const char *name, SaoyView bytes, GError **error)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);

    if (!saoy_file_write(path, bytes, error))
        return false;
    return g_chmod(path, 0644) == 0 ||
           saoy_fail(error, SAOY_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
}

static bool
add_pin(const char *dir, const SaoyCscaFile *file, GHashTable *pins, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "pinned", NULL);
    g_autoptr(GBytes) old = saoy_file_read(path, MAX_PINNED, NULL);
    g_autoptr(GString) text = g_string_new(NULL);

    if (g_hash_table_contains(pins, file->sha256))
        return true;
    if (old != NULL)
        g_string_append_len(text, (const char *)saoy_view_of(old).data,
                            (gssize)saoy_view_of(old).size);
    if (text->len > 0 && text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
    g_string_append_printf(text, "%s  %s\n", file->sha256, file->name);
    return write_public(dir, "pinned", (SaoyView){ (const uint8_t *)text->str, text->len },
                        error);
}

static char *
name_of(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);

    return g_str_has_suffix(name, ".ml") ? g_steal_pointer(&name)
                                         : g_strconcat(name, ".ml", NULL);
}

static bool
check_pin(SaoyView bytes, const char *pin, GHashTable *pins, GError **error)
{
    g_autofree char *hash = saoy_sha256_hex(bytes);

    if (g_ascii_strcasecmp(hash, pin) != 0)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "SHA-256 is %s", hash);
    g_hash_table_add(pins, g_steal_pointer(&hash));
    return true;
}

SaoyCscaReport *
saoy_csca_import(const char *path, const char *dir, const char *pin, GError **error)
{
    g_autoptr(GBytes) bytes = saoy_file_read(path, SAOY_CSCA_MAX_LIST, error);
    g_autofree char *name = name_of(path);
    g_autoptr(SaoyCscaFile) file = saoy_csca_file_new(name, SAOY_CSCA_MASTER_LIST);
    g_autoptr(GPtrArray) shown = g_ptr_array_new();
    g_autoptr(SaoyCsca) csca = NULL;
    g_autoptr(GHashTable) known = NULL, pins = NULL;

    if (bytes == NULL)
        return NULL;
    if (!g_file_test(dir, G_FILE_TEST_IS_DIR))
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "%s is no folder", dir);
    csca = saoy_csca_open(dir);
    known = saoy_csca_pins(dir);
    pins = saoy_csca_pins(dir);
    if ((pin != NULL && !check_pin(saoy_view_of(bytes), pin, pins, error)) ||
        !saoy_master_list_read(file, saoy_view_of(bytes), csca->anchors, pins, error) ||
        !write_public(dir, name, saoy_view_of(bytes), error) ||
        (pin != NULL && !add_pin(dir, file, known, error)))
        return NULL;
    g_ptr_array_add(shown, file);
    return saoy_csca_report_on(shown, csca->files);
}

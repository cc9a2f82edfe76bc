#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* Reads a whole regular file of at most max bytes. NO_MEDIA when it is not there, MALFORMED
 * when it is larger, FAILED otherwise. */
GBytes *saoy_file_read(const char *path, size_t max, GError **error);

/* Writes aside, fsyncs, renames: the file is there whole, or as it was before. Mode 0600.
 */
bool saoy_file_write(const char *path, SaoyView bytes, GError **error);

/* The same with those permission bits. */
bool saoy_file_write_as(const char *path, SaoyView bytes, unsigned mode, GError **error);

/* Where a file of ours is: $SAOY_DATA_DIR/relative, else the installed share folder, else
 * the source tree this build came from. Free with g_free. Does not say that it exists. */
char *saoy_data_path(const char *relative);

/* Names in a folder in strcmp order, "." and ".." left out; with endings (NULL-terminated;
 * NULL: all) only those that end in one of them. NULL-terminated, g_strfreev. FAILED with
 * the path when the folder cannot be read. Any thread. */
char **saoy_dir_list(const char *path, const char *const *endings, GError **error);

/* A file made, renamed or removed in this folder is on the disk only after this. FAILED. */
bool saoy_dir_sync(const char *path, GError **error);

/* Removes a folder and all below it; does not follow links. Absent is fine. */
bool saoy_dir_remove(const char *path, GError **error);

static inline SaoyView
saoy_view_of(GBytes *bytes)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);

    return (SaoyView){ data, size };
}

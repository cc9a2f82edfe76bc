#include "hub/blobs.h"

#include "core/error.h"
#include "core/file.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <unistd.h>

#define BLOB_MAX (256u << 20)

typedef struct {
    char *root;
} Dir;

static char *
folder_of(const Dir *dir, const char *sha256)
{
    char a[3] = { sha256[0], sha256[1], '\0' };
    char b[3] = { sha256[2], sha256[3], '\0' };

    return g_build_filename(dir->root, a, b, NULL);
}

static void *
dir_open(const char *address, GError **error)
{
    if (g_mkdir_with_parents(address, 0700) != 0)
        return saoy_null(error, SAOY_ERROR_FAILED, "%s: %s", address, g_strerror(errno));

    Dir *dir = g_new0(Dir, 1);
    dir->root = g_strdup(address);
    return dir;
}

static void
dir_close(void *self)
{
    Dir *dir = self;

    g_free(dir->root);
    g_free(dir);
}

/* A new folder is durable only when its parent is synced too. */
static bool
make_folder(const Dir *dir, const char *folder, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(folder);

    if (g_file_test(folder, G_FILE_TEST_IS_DIR))
        return true;
    if (g_mkdir_with_parents(folder, 0700) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s: %s", folder, g_strerror(errno));
    return saoy_dir_sync(parent, error) && saoy_dir_sync(dir->root, error);
}

static bool
dir_put(void *self, const char *sha256, SaoyView bytes, GError **error)
{
    const Dir *dir = self;
    g_autofree char *folder = folder_of(dir, sha256);
    g_autofree char *path = g_build_filename(folder, sha256, NULL);

    if (bytes.size > BLOB_MAX)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "blob larger than %u bytes",
                         BLOB_MAX);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        return true; /* the name is the content */
    return make_folder(dir, folder, error) && saoy_file_write(path, bytes, error);
}

static GBytes *
dir_get(void *self, const char *sha256, GError **error)
{
    g_autofree char *folder = folder_of(self, sha256);
    g_autofree char *path = g_build_filename(folder, sha256, NULL);

    return saoy_file_read(path, BLOB_MAX, error);
}

static bool
dir_remove(void *self, const char *sha256, GError **error)
{
    g_autofree char *folder = folder_of(self, sha256);
    g_autofree char *path = g_build_filename(folder, sha256, NULL);

    if (g_unlink(path) == 0 || errno == ENOENT)
        return true;
    return saoy_fail(error, SAOY_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
}

const SaoyBlobsDriver saoy_blobs_dir = {
    .name = "dir",
    .open = dir_open,
    .close = dir_close,
    .put = dir_put,
    .get = dir_get,
    .remove = dir_remove,
};

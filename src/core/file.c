#include "core/file.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
fail_errno(GError **error, SaoyErrorCode code, const char *what)
{
    return saoy_fail(error, code, "%s: %s", what, g_strerror(errno));
}

static bool
read_all(int fd, uint8_t *data, size_t size, GError **error)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = read(fd, data + done, size - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(error, SAOY_ERROR_FAILED, "read");
        if (n == 0)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "it became shorter while read");
        done += (size_t)n;
    }
    return true;
}

static GBytes *
read_open(int fd, size_t max, GError **error)
{
    struct stat st = { 0 };

    if (fstat(fd, &st) != 0)
        return fail_errno(error, SAOY_ERROR_FAILED, "stat"), NULL;
    if (!S_ISREG(st.st_mode))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "it is not a regular file");
    if ((uint64_t)st.st_size > max)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "it is larger than %zu bytes", max);

    size_t size = (size_t)st.st_size;
    g_autofree uint8_t *data = g_malloc(size + 1);
    if (!read_all(fd, data, size, error))
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&data), size);
}

GBytes *
saoy_file_read(const char *path, size_t max, GError **error)
{
    /* O_NONBLOCK: a FIFO in the place of a file must not hang the reader */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such file");
    if (fd < 0)
        return fail_errno(error, SAOY_ERROR_FAILED, "open"), NULL;

    GBytes *bytes = read_open(fd, max, error);
    close(fd);
    return bytes;
}

static bool
write_all(int fd, SaoyView bytes, GError **error)
{
    for (size_t done = 0; done < bytes.size;) {
        ssize_t n = write(fd, bytes.data + done, bytes.size - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(error, SAOY_ERROR_FAILED, "write");
        done += (size_t)n;
    }
    return fsync(fd) == 0 || fail_errno(error, SAOY_ERROR_FAILED, "fsync");
}

bool
saoy_dir_sync(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return fail_errno(error, SAOY_ERROR_FAILED, path);
    bool synced = fsync(fd) == 0 || fail_errno(error, SAOY_ERROR_FAILED, path);
    close(fd);
    return synced;
}

/* A rename is on the disk only when its folder is. */
static bool
sync_folder_of(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);

    return saoy_dir_sync(folder, error);
}

bool
saoy_file_write_as(const char *path, SaoyView bytes, unsigned mode, GError **error)
{
    g_autofree char *aside = g_strconcat(path, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(aside, O_WRONLY | O_CLOEXEC, 0600);

    if (fd < 0)
        return fail_errno(error, SAOY_ERROR_FAILED, "cannot write beside it");
    bool written = write_all(fd, bytes, error);
    if (written && mode != 0600 && fchmod(fd, mode) != 0)
        written = fail_errno(error, SAOY_ERROR_FAILED, "chmod");
    close(fd);
    if (written && rename(aside, path) != 0)
        written = fail_errno(error, SAOY_ERROR_FAILED, "rename");
    if (!written)
        unlink(aside);
    return written && sync_folder_of(path, error);
}

bool
saoy_file_write(const char *path, SaoyView bytes, GError **error)
{
    return saoy_file_write_as(path, bytes, 0600, error);
}

char *
saoy_data_path(const char *relative)
{
    static const char *const roots[] = { SAOY_SHARE_DIR, SAOY_SOURCE_DIR };
    const char *own = g_getenv("SAOY_DATA_DIR");

    if (own != NULL && *own != '\0')
        return g_build_filename(own, relative, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++) {
        g_autofree char *path = g_build_filename(roots[i], relative, NULL);

        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return g_steal_pointer(&path);
    }
    return g_build_filename(SAOY_SHARE_DIR, relative, NULL);
}

static bool
ends_in(const char *name, const char *const *endings)
{
    for (; endings != NULL && *endings != NULL; endings++)
        if (g_str_has_suffix(name, *endings))
            return true;
    return false;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **
saoy_dir_list(const char *path, const char *const *endings, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GDir) dir = g_dir_open(path, 0, &why);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    const char *name = NULL;

    if (dir == NULL)
        return saoy_null(error, SAOY_ERROR_FAILED, "%s", why->message);
    while ((name = g_dir_read_name(dir)) != NULL)
        if (endings == NULL || ends_in(name, endings))
            g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, by_name);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    return remove(path);
}

bool
saoy_dir_remove(const char *path, GError **error)
{
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return true;
    return fail_errno(error, SAOY_ERROR_FAILED, "remove");
}

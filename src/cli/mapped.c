#include "cli/mapped.h"

#include "cli/cli.h"
#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static char lost[1024]; /* the line that on_bus says */

/* Nothing but what signal-safety(7) lists. */
static void
on_bus(int signal)
{
    if (write(STDERR_FILENO, lost, strlen(lost)) < 0)
        _exit(SAOY_EXIT_FAULT);
    _exit(SAOY_EXIT_FAULT);
}

static void
expect_loss(const char *path)
{
    const struct sigaction action = { .sa_handler = on_bus };
    g_autoptr(GError) why = NULL;
    g_autofree char *line = NULL;

    saoy_set_error(&why, SAOY_ERROR_MALFORMED, "it became shorter while read");
    line = saoy_cli_line(path, why);
    g_strlcpy(lost, line, sizeof lost);
    sigaction(SIGBUS, &action, NULL);
}

static bool
map(SaoyMapped *mapped, size_t max, GError **error)
{
    g_autoptr(GMappedFile) file = NULL;
    g_autoptr(GError) why = NULL;

    if (fstat(mapped->fd, &mapped->was) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "stat: %s", g_strerror(errno));
    if (!S_ISREG(mapped->was.st_mode))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "it is not a regular file");
    if ((uint64_t)mapped->was.st_size > max)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "it is larger than %zu bytes", max);
    file = g_mapped_file_new_from_fd(mapped->fd, FALSE, &why);
    if (file == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s", why->message);
    mapped->bytes = g_mapped_file_get_bytes(file);
    return true;
}

bool
saoy_mapped_open(SaoyMapped *mapped, const char *path, size_t max, GError **error)
{
    /* O_NONBLOCK: a FIFO in the place of a file must not hang the reader */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    *mapped = (SaoyMapped){ .fd = fd };
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "no such file");
    if (fd < 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "open: %s", g_strerror(errno));
    expect_loss(path);
    return map(mapped, max, error);
}

static bool
same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool
saoy_mapped_is_unchanged(const SaoyMapped *mapped, GError **error)
{
    struct stat is = { 0 };

    return (fstat(mapped->fd, &is) == 0 && is.st_size == mapped->was.st_size &&
            same_time(is.st_mtim, mapped->was.st_mtim) &&
            same_time(is.st_ctim, mapped->was.st_ctim)) ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "it was changed while read");
}

void
saoy_mapped_close(SaoyMapped *mapped)
{
    g_clear_pointer(&mapped->bytes, g_bytes_unref);
    if (mapped->fd > 0)
        close(mapped->fd);
    *mapped = (SaoyMapped){ 0 };
}

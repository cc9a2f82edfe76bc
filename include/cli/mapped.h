#pragma once
#include "core/bytes.h"

#include <gio/gio.h>
#include <sys/stat.h>

/* A file mapped for reading: it takes no memory of its own, however large it is. Only for a
 * program of one run: whoever shortens the file meanwhile ends it, with one line on stderr
 * and exit 4 (docs/decisions/0007). */
typedef struct {
    int fd;
    struct stat was;
    GBytes *bytes;
} SaoyMapped;

/* A regular file of at most max bytes. NO_MEDIA when it is not there, MALFORMED when it is
 * something else or larger. */
bool saoy_mapped_open(SaoyMapped *mapped, const char *path, size_t max, GError **error);
/* MALFORMED when somebody has written to it since. */
bool saoy_mapped_is_unchanged(const SaoyMapped *mapped, GError **error);
void saoy_mapped_close(SaoyMapped *mapped);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyMapped, saoy_mapped_close)

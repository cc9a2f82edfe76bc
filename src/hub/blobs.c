#include "hub/blobs.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <string.h>

struct SaoyBlobs {
    const SaoyBlobsDriver *driver;
    void *self;
};

static const SaoyBlobsDriver *const drivers[] = { &saoy_blobs_dir };

static bool
is_name(const char *sha256)
{
    return strlen(sha256) == 64 && strspn(sha256, "0123456789abcdef") == 64;
}

SaoyBlobs *
saoy_blobs_open(const char *driver, const char *address, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
        if (!g_str_equal(drivers[i]->name, driver))
            continue;

        void *self = drivers[i]->open(address, error);
        if (self == NULL) {
            g_prefix_error(error, "blobs %s: ", driver);
            return NULL;
        }
        SaoyBlobs *blobs = g_new0(SaoyBlobs, 1);
        *blobs = (SaoyBlobs){ drivers[i], self };
        return blobs;
    }
    return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no blobs driver is called %s", driver);
}

void
saoy_blobs_close(SaoyBlobs *blobs)
{
    if (blobs == NULL)
        return;
    blobs->driver->close(blobs->self);
    g_free(blobs);
}

char *
saoy_blobs_put(SaoyBlobs *blobs, GBytes *bytes, GError **error)
{
    g_autofree char *name = saoy_sha256_hex(saoy_view_of(bytes));

    if (!blobs->driver->put(blobs->self, name, saoy_view_of(bytes), error))
        return NULL;
    return g_steal_pointer(&name);
}

GBytes *
saoy_blobs_get(SaoyBlobs *blobs, const char *sha256, GError **error)
{
    if (!is_name(sha256))
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "no such blob");

    g_autoptr(GBytes) bytes = blobs->driver->get(blobs->self, sha256, error);
    if (bytes == NULL)
        return NULL;
    g_autofree char *found = saoy_sha256_hex(saoy_view_of(bytes));
    if (!g_str_equal(found, sha256))
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "blob %.8s… was changed", sha256);
    return g_steal_pointer(&bytes);
}

bool
saoy_blobs_remove(SaoyBlobs *blobs, const char *sha256, GError **error)
{
    return !is_name(sha256) || blobs->driver->remove(blobs->self, sha256, error);
}

#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* Where page pictures and archived files are kept, by their SHA-256 (64 lower-case hex
 * digits). Any thread. */
typedef struct {
    const char *name;
    void *(*open)(const char *address, GError **error);
    void (*close)(void *self);
    /* Kept whole and durable before it returns; again is harmless. */
    bool (*put)(void *self, const char *sha256, SaoyView bytes, GError **error);
    /* NO_MEDIA when it is not there, UNTRUSTED when it is not what it was. */
    GBytes *(*get)(void *self, const char *sha256, GError **error);
    bool (*remove)(void *self, const char *sha256, GError **error); /* absent is fine */
} SaoyBlobsDriver;

extern const SaoyBlobsDriver saoy_blobs_dir; /* address: a folder; files aa/bb/<sha256> */

typedef struct SaoyBlobs SaoyBlobs;
SaoyBlobs *saoy_blobs_open(const char *driver, const char *address, GError **error);
void saoy_blobs_close(SaoyBlobs *blobs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyBlobs, saoy_blobs_close)

/* Puts the bytes under their own SHA-256 and returns it; free with g_free. */
char *saoy_blobs_put(SaoyBlobs *blobs, GBytes *bytes, GError **error);
GBytes *saoy_blobs_get(SaoyBlobs *blobs, const char *sha256, GError **error);
bool saoy_blobs_remove(SaoyBlobs *blobs, const char *sha256, GError **error);

#pragma once
#include "vision/image.h"

G_BEGIN_DECLS

/* Bar codes. Texts are UTF-8, found top to bottom; NULL-terminated, g_strfreev; none is an
 * empty list. Any thread. */
char **saoy_symbol_read(const SaoyImage *image, GError **error);

/* A QR matrix, level M, smallest version: size x size bytes of 0 or 1, row by row.
 * MALFORMED when the text does not fit. */
typedef struct {
    int size;
    uint8_t *modules;
} SaoyQr;
SaoyQr *saoy_qr_make(const char *text, GError **error);
void saoy_qr_free(SaoyQr *qr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyQr, saoy_qr_free)

G_END_DECLS

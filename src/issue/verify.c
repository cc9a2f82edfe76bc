#include "issue/verify.h"

#include "vision/symbol.h"

#include <string.h>

static uint8_t *
matrix(const char *text, int *out_size)
{
    g_autoptr(SaoyQr) qr = saoy_qr_make(text, NULL);

    if (qr == NULL)
        return NULL;
    *out_size = qr->size;
    return g_steal_pointer(&qr->modules);
}

static char **
symbols(const uint8_t *picture, int width, int height)
{
    g_autoptr(SaoyImage) image = saoy_image_new(width, height, 1, 0, NULL);

    for (int y = 0; image != NULL && y < height; y++)
        memcpy(image->pixels + (size_t)y * (size_t)image->stride,
               picture + (size_t)y * (size_t)width, (size_t)width);
    return image != NULL ? saoy_symbol_read(image, NULL) : NULL;
}

bool
saoy_copy_verify(GBytes *pdf, const SaoyVerifyOptions *options, SaoyVerdict *out,
                 GError **error)
{
    SaoyVerifyOptions with = *options;

    with.matrix = matrix;
    with.symbols = symbols;
    return saoy_verify(pdf, &with, out, error);
}

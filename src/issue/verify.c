#include "issue/verify.h"

#include "vision/symbol.h"

static uint8_t *
matrix(const char *text, int *out_size)
{
    g_autoptr(SaoyQr) qr = saoy_qr_make(text, NULL);

    if (qr == NULL)
        return NULL;
    *out_size = qr->size;
    return g_steal_pointer(&qr->modules);
}

bool
saoy_copy_verify(GBytes *pdf, const SaoyVerifyOptions *options, SaoyVerdict *out,
                 GError **error)
{
    SaoyVerifyOptions with = *options;

    with.matrix = matrix;
    return saoy_verify(pdf, &with, out, error);
}

/* Making QR codes; apart from reading them, as whoever checks a seal reads none. */
#include "vision/symbol.h"

#include "core/error.h"

#include <qrencode.h>

SaoyQr *
saoy_qr_make(const char *text, GError **error)
{
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);

    if (code == NULL)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "text does not fit into a QR code");
    SaoyQr *qr = g_new0(SaoyQr, 1);
    size_t n = (size_t)code->width * (size_t)code->width;

    qr->size = code->width;
    qr->modules = g_malloc(n);
    for (size_t i = 0; i < n; i++)
        qr->modules[i] = code->data[i] & 1;
    QRcode_free(code);
    return qr;
}

void
saoy_qr_free(SaoyQr *qr)
{
    if (qr == NULL)
        return;
    g_free(qr->modules);
    g_free(qr);
}

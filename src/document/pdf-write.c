#include "document/pdf-write.h"

#include "document/pdf.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"

#include <string.h>

static bool
find_signature(SaoyPdf *pdf, const char *field, const SaoyPdfValue **out, GError **error)
{
    g_autoptr(GArray) all = saoy_pdf_signatures(pdf, error);

    for (guint i = 0; all != NULL && i < all->len; i++) {
        const SaoyPdfSignature *one = &g_array_index(all, SaoyPdfSignature, i);

        if (g_str_equal(one->field, field)) {
            *out = one->dict; /* the file's own, outlives the array */
            return true;
        }
    }
    if (all == NULL)
        return false;
    return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "no signature in the field %s", field);
}

static bool
take_range(const SaoyPdfValue *range, size_t size, size_t out[4])
{
    if (range == NULL || range->type != SAOY_PDF_ARRAY || range->n != 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        const SaoyPdfValue *number = &range->items[i];

        if (number->type != SAOY_PDF_INT || number->number < 0 ||
            (uint64_t)number->number > size)
            return false;
        out[i] = (size_t)number->number;
    }
    return out[1] <= size - out[0] && out[3] <= size - out[2] && out[0] + out[1] <= out[2];
}

bool
saoy_pdf_signature_space(GBytes *pdf, const char *field, SaoySignatureSpace *out,
                         GError **error)
{
    g_autoptr(SaoyPdf) reader = saoy_pdf_open(pdf, error);
    SaoySignatureSpace space = { 0 };
    const SaoyPdfValue *dict = NULL, *contents = NULL;

    if (reader == NULL || !find_signature(reader, field, &dict, error))
        return false;
    contents = saoy_pdf_get_raw(dict, "Contents");
    if (contents == NULL || contents->type != SAOY_PDF_STRING || !contents->is_hex ||
        contents->at == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "%s: no /Contents in hex", field);
    if (!take_range(saoy_pdf_get_raw(dict, "ByteRange"), g_bytes_get_size(pdf),
                    space.range))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "%s: bad /ByteRange", field);
    space.contents_at = contents->at;
    space.contents_size = (contents->end - contents->at - 2) / 2;
    *out = space;
    return true;
}

bool
saoy_pdf_range_digest(GBytes *pdf, const SaoySignatureSpace *space, uint8_t out[32],
                      GError **error)
{
    SaoyView all = saoy_view_of(pdf);
    g_autoptr(EVP_MD_CTX) hash = EVP_MD_CTX_new();
    const size_t *range = space->range;

    if (range[0] > all.size || range[1] > all.size - range[0] || range[2] > all.size ||
        range[3] > all.size - range[2])
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "/ByteRange leaves the file");
    if (hash == NULL || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1 ||
        EVP_DigestUpdate(hash, all.data + range[0], range[1]) != 1 ||
        EVP_DigestUpdate(hash, all.data + range[2], range[3]) != 1 ||
        EVP_DigestFinal_ex(hash, out, NULL) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "SHA-256");
    return true;
}

GBytes *
saoy_pdf_fill(GBytes *pdf, const char *field, SaoyView cms, GError **error)
{
    SaoySignatureSpace space = { 0 };
    g_autofree char *hex = saoy_hex(cms);
    uint8_t *out = NULL;
    gsize size = 0;

    if (!saoy_pdf_signature_space(pdf, field, &space, error))
        return NULL;
    if (cms.size > space.contents_size)
        return saoy_null(error, SAOY_ERROR_MALFORMED,
                         "%s: a signature of %zu bytes, room for %zu", field, cms.size,
                         space.contents_size);
    g_bytes_get_data(pdf, &size);
    out = g_memdup2(g_bytes_get_data(pdf, NULL), size);
    memset(out + space.contents_at + 1, '0', space.contents_size * 2);
    memcpy(out + space.contents_at + 1, hex, cms.size * 2);
    return g_bytes_new_take(out, size);
}

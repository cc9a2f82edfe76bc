/* The digest a seal speaks of; apart from composing, as whoever checks composes nothing. */
#include "document/compose.h"

#include "core/file.h"
#include "core/ossl.h"

void
saoy_content_digest(GBytes *const *jpegs, size_t n, uint8_t out[32])
{
    g_autoptr(GByteArray) digests = g_byte_array_new();

    for (size_t i = 0; i < n; i++) {
        uint8_t one[SAOY_SHA256_SIZE] = { 0 };

        saoy_sha256(saoy_view_of(jpegs[i]), one);
        g_byte_array_append(digests, one, sizeof one);
    }
    saoy_sha256((SaoyView){ digests->data, digests->len }, out);
}

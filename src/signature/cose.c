#include "cose.h"

#include "cbor.h"

#include "core/error.h"
#include "core/ossl.h"

#include <string.h>

static const uint8_t header_start[] = { 0xa2, 0x01, 0x26, 0x04, 0x48 };
#define HEADER_SIZE (sizeof(header_start) + 8)
#define SIGNATURE_SIZE 64

void
saoy_cose_header(const uint8_t key_id[8], uint8_t out[13])
{
    memcpy(out, header_start, sizeof(header_start));
    memcpy(out + sizeof(header_start), key_id, 8);
}

/* There is one protected header; it is compared, not parsed. */
static bool
check_header(SaoyView header, GError **error)
{
    if (header.size != HEADER_SIZE ||
        memcmp(header.data, header_start, sizeof(header_start)) != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "COSE: protected header is not ES256 with a key id of 8 bytes");
    return true;
}

static bool
expect(SaoyView *in, SaoyCborMajor major, uint64_t argument, const char *what,
       GError **error)
{
    uint64_t found = 0;

    if (!saoy_cbor_take(in, major, &found, error)) {
        g_prefix_error(error, "COSE %s: ", what);
        return false;
    }
    if (found != argument)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "COSE %s: wrong", what);
    return true;
}

bool
saoy_cose_read(SaoyView cose, SaoyCose *out, GError **error)
{
    SaoyCose parts = { 0 };

    if (!expect(&cose, SAOY_CBOR_TAG, 18, "tag", error) ||
        !expect(&cose, SAOY_CBOR_ARRAY, 4, "array", error) ||
        !saoy_cbor_take_bytes(&cose, &parts.header, error) ||
        !check_header(parts.header, error) ||
        !expect(&cose, SAOY_CBOR_MAP, 0, "unprotected header", error) ||
        !saoy_cbor_take_bytes(&cose, &parts.payload, error) ||
        !saoy_cbor_take_bytes(&cose, &parts.signature, error))
        return false;
    if (parts.signature.size != SIGNATURE_SIZE)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "COSE: signature of %zu bytes",
                         parts.signature.size);
    if (cose.size > 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "COSE: %zu bytes too many",
                         cose.size);
    memcpy(parts.key_id, parts.header.data + sizeof(header_start), sizeof(parts.key_id));
    *out = parts;
    return true;
}

void
saoy_cose_hash(const SaoyCose *cose, uint8_t out[32])
{
    g_autoptr(GByteArray) structure = g_byte_array_new();

    saoy_cbor_head(structure, SAOY_CBOR_ARRAY, 4);
    saoy_cbor_text(structure, "Signature1");
    saoy_cbor_bytes(structure, cose->header);
    saoy_cbor_bytes(structure, (SaoyView){ (const uint8_t *)"", 0 });
    saoy_cbor_bytes(structure, cose->payload);
    saoy_sha256((SaoyView){ structure->data, structure->len }, out);
}

GBytes *
saoy_cose_write(const SaoyCose *cose)
{
    g_autoptr(GByteArray) out = g_byte_array_new();

    saoy_cbor_head(out, SAOY_CBOR_TAG, 18);
    saoy_cbor_head(out, SAOY_CBOR_ARRAY, 4);
    saoy_cbor_bytes(out, cose->header);
    saoy_cbor_head(out, SAOY_CBOR_MAP, 0);
    saoy_cbor_bytes(out, cose->payload);
    saoy_cbor_bytes(out, cose->signature);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

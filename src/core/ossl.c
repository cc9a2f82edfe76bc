#include "core/ossl.h"

#include <openssl/rand.h>

#include <string.h>

bool
saoy_ossl_fail(GError **error, SaoyErrorCode code, const char *what)
{
    unsigned long reason = ERR_peek_last_error();
    const char *text = reason != 0 ? ERR_reason_error_string(reason) : NULL;

    ERR_clear_error();
    saoy_set_error(error, code, "%s: %s", what, text != NULL ? text : "failed");
    return false;
}

void
saoy_sha256(SaoyView bytes, uint8_t out[SAOY_SHA256_SIZE])
{
    static const uint8_t nothing[1];

    /* EVP_Digest fails only without memory or without SHA-256: neither can be lived with */
    if (EVP_Digest(bytes.data != NULL ? bytes.data : nothing, bytes.size, out, NULL,
                   EVP_sha256(), NULL) != 1)
        g_assert_not_reached();
}

char *
saoy_hex(SaoyView bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *text = g_malloc(2 * bytes.size + 1);

    for (size_t i = 0; i < bytes.size; i++) {
        text[2 * i] = digits[bytes.data[i] >> 4];
        text[2 * i + 1] = digits[bytes.data[i] & 15];
    }
    text[2 * bytes.size] = '\0';
    return text;
}

char *
saoy_sha256_hex(SaoyView bytes)
{
    uint8_t digest[SAOY_SHA256_SIZE];

    saoy_sha256(bytes, digest);
    return saoy_hex((SaoyView){ digest, sizeof digest });
}

GBytes *
saoy_unhex(const char *text, GError **error)
{
    size_t n = strlen(text);
    g_autofree uint8_t *out = g_malloc(n / 2 + 1);

    if (n % 2 != 0)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "hex of odd length");
    for (size_t i = 0; i < n; i += 2) {
        int high = g_ascii_xdigit_value(text[i]), low = g_ascii_xdigit_value(text[i + 1]);

        if (high < 0 || low < 0)
            return saoy_null(error, SAOY_ERROR_MALFORMED, "not hex at %zu", i);
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    return g_bytes_new_take(g_steal_pointer(&out), n / 2);
}

bool
saoy_random(uint8_t *out, size_t size, GError **error)
{
    g_return_val_if_fail(size <= 4096, false);

    return RAND_bytes(out, (int)size) == 1 ||
           saoy_ossl_fail(error, SAOY_ERROR_FAILED, "random");
}

X509 *
saoy_x509_parse(SaoyView der, GError **error)
{
    const uint8_t *at = der.data;

    if (der.size > (1u << 20))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "certificate larger than 1 MiB");

    g_autoptr(X509) certificate = d2i_X509(NULL, &at, (long)der.size);
    if (certificate == NULL) {
        saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, "certificate");
        return NULL;
    }
    if (at != der.data + der.size)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "bytes behind the certificate");
    return g_steal_pointer(&certificate);
}

GBytes *
saoy_x509_der(X509 *certificate)
{
    uint8_t *der = NULL;
    int n = i2d_X509(certificate, &der);

    g_return_val_if_fail(n > 0, NULL);
    GBytes *bytes = g_bytes_new(der, (size_t)n);
    OPENSSL_free(der);
    return bytes;
}

#include "core/ossl.h"

#include <openssl/pem.h>
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

/* Certificates this thread has parsed last. Decoding a public key takes OpenSSL 3 longer
 * than checking a signature with it, and one validation meets the same few certificates
 * dozens of times. Only who issues and signs is found here, never a holder of a card. */
typedef struct {
    struct {
        GBytes *der;
        X509 *certificate;
    } slots[64];
    size_t next;
} Kept;

static void
kept_free(void *p)
{
    Kept *kept = p;

    for (size_t i = 0; i < G_N_ELEMENTS(kept->slots); i++) {
        g_clear_pointer(&kept->slots[i].der, g_bytes_unref);
        X509_free(kept->slots[i].certificate);
    }
    g_free(kept);
}

static Kept *
kept_of_thread(void)
{
    static GPrivate key = G_PRIVATE_INIT(kept_free);
    Kept *kept = g_private_get(&key);

    if (kept == NULL) {
        kept = g_new0(Kept, 1);
        g_private_set(&key, kept);
    }
    return kept;
}

static X509 *
kept_find(const Kept *kept, SaoyView der)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kept->slots); i++) {
        SaoyView one = { 0 };

        if (kept->slots[i].der == NULL)
            break;
        one.data = g_bytes_get_data(kept->slots[i].der, &one.size);
        if (one.size == der.size && memcmp(one.data, der.data, der.size) == 0)
            return kept->slots[i].certificate;
    }
    return NULL;
}

static void
keep(Kept *kept, SaoyView der, X509 *certificate)
{
    size_t i = kept->next++ % G_N_ELEMENTS(kept->slots);

    g_clear_pointer(&kept->slots[i].der, g_bytes_unref);
    X509_free(kept->slots[i].certificate);
    kept->slots[i].der = g_bytes_new(der.data, der.size);
    kept->slots[i].certificate = certificate;
    X509_up_ref(certificate);
}

X509 *
saoy_x509_parse(SaoyView der, GError **error)
{
    const uint8_t *at = der.data;
    Kept *kept = kept_of_thread();
    X509 *known = NULL;

    if (der.size > (1u << 20))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "certificate larger than 1 MiB");
    known = der.size > 0 ? kept_find(kept, der) : NULL;
    if (known != NULL) {
        X509_up_ref(known);
        return known;
    }

    g_autoptr(X509) certificate = d2i_X509(NULL, &at, (long)der.size);
    if (certificate == NULL) {
        saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, "certificate");
        return NULL;
    }
    if (at != der.data + der.size)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "bytes behind the certificate");
    keep(kept, der, certificate);
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

static void
take_pem(SaoyView text, GPtrArray *out)
{
    g_autoptr(BIO) bio = BIO_new_mem_buf(text.data, (int)text.size);
    X509 *certificate = NULL;

    do {
        unsigned char *der = NULL;
        long size = 0;
        bool more =
            PEM_bytes_read_bio(&der, &size, NULL, PEM_STRING_X509, bio, NULL, NULL) == 1;

        certificate = more ? saoy_x509_parse((SaoyView){ der, (size_t)size }, NULL) : NULL;
        if (certificate != NULL)
            g_ptr_array_add(out, certificate);
        OPENSSL_free(der);
    } while (certificate != NULL);
    ERR_clear_error(); /* the end of the file is one, too */
}

GPtrArray *
saoy_x509_list(SaoyView file)
{
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)X509_free);
    X509 *one = saoy_x509_parse(file, NULL);

    if (one != NULL)
        g_ptr_array_add(out, one);
    else if (file.size <= INT_MAX)
        take_pem(file, out);
    return out;
}

bool
saoy_x509_extend(X509 *certificate, X509 *issuer, int nid, const char *value,
                 GError **error)
{
    X509V3_CTX context = { 0 };
    X509_EXTENSION *extension = NULL;
    bool added = false;

    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added || saoy_ossl_fail(error, SAOY_ERROR_FAILED, value);
}

#pragma once
#include "fuzz.h"

#include <openssl/cms.h>
#include <openssl/ess.h>
#include <openssl/ocsp.h>

#include <dlfcn.h>

/* No fuzzer forges a signature. What stands behind one is reached by believing it: these
 * take the place of OpenSSL's in what is linked here, while fuzz_believes. Its own calls
 * stay what they are, so the signatures of certificates are checked in earnest. */
static bool fuzz_believes = true;

int
CMS_SignerInfo_verify(CMS_SignerInfo *info)
{
    int (*earnest)(CMS_SignerInfo *) = dlsym(RTLD_NEXT, "CMS_SignerInfo_verify");

    return fuzz_believes ? 1 : earnest(info);
}

int
EVP_PKEY_verify(EVP_PKEY_CTX *ctx, const unsigned char *signature, size_t size,
                const unsigned char *hash, size_t hash_size)
{
    int (*earnest)(EVP_PKEY_CTX *, const unsigned char *, size_t, const unsigned char *,
                   size_t) = dlsym(RTLD_NEXT, "EVP_PKEY_verify");

    return fuzz_believes ? 1 : earnest(ctx, signature, size, hash, hash_size);
}

int
X509_CRL_verify(X509_CRL *list, EVP_PKEY *key)
{
    int (*earnest)(X509_CRL *, EVP_PKEY *) = dlsym(RTLD_NEXT, "X509_CRL_verify");

    return fuzz_believes ? 1 : earnest(list, key);
}

int
OCSP_basic_verify(OCSP_BASICRESP *response, STACK_OF(X509) * certificates,
                  X509_STORE *store, unsigned long flags)
{
    int (*earnest)(OCSP_BASICRESP *, STACK_OF(X509) *, X509_STORE *, unsigned long) =
        dlsym(RTLD_NEXT, "OCSP_basic_verify");

    return fuzz_believes ? 1 : earnest(response, certificates, store, flags);
}

/* The ESS attribute holds a hash of the certificate. */
int
OSSL_ESS_check_signing_certs(const ESS_SIGNING_CERT *one, const ESS_SIGNING_CERT_V2 *two,
                             const STACK_OF(X509) * chain, int required)
{
    int (*earnest)(const ESS_SIGNING_CERT *, const ESS_SIGNING_CERT_V2 *,
                   const STACK_OF(X509) *, int) =
        dlsym(RTLD_NEXT, "OSSL_ESS_check_signing_certs");

    return fuzz_believes && (one != NULL || two != NULL)
               ? 1
               : earnest(one, two, chain, required);
}

/* The certificates the targets know, parsed once. */
static inline GHashTable *
fuzz_known(void)
{
    static const char *const names[] = { "roots/root.der",    "pki/leaf.der",
                                         "pki/rsa.der",       "pki/tsa.der",
                                         "pki/responder.der", "seals/seal.der" };
    X509 *(*parse)(X509 **, const unsigned char **, long) = dlsym(RTLD_NEXT, "d2i_X509");
    GHashTable *known = g_hash_table_new(g_bytes_hash, g_bytes_equal);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        GBytes *der = fuzz_file(names[i]);
        const unsigned char *at = saoy_view_of(der).data;

        g_hash_table_insert(known, der, parse(NULL, &at, (long)g_bytes_get_size(der)));
    }
    return known;
}

/* OpenSSL 3.0 takes long to parse a certificate, mostly for its key, and it is the same few
 * again and again. */
X509 *
d2i_X509(X509 **out, const unsigned char **in, long size)
{
    static GHashTable *known;
    X509 *(*earnest)(X509 **, const unsigned char **, long) = dlsym(RTLD_NEXT, "d2i_X509");
    g_autoptr(GBytes) der = g_bytes_new_static(*in, (size_t)MAX(size, 0));

    if (known == NULL)
        known = fuzz_known();
    X509 *certificate = g_hash_table_lookup(known, der);
    if (certificate == NULL || out != NULL)
        return earnest(out, in, size);
    *in += size;
    X509_up_ref(certificate);
    return certificate;
}

/* Like any signature to whoever believes. */
static inline GBytes *
fuzz_on_sign(void *user, const uint8_t hash[32], GError **error)
{
    static const uint8_t one[] = { 0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01 };

    return g_bytes_new_static(one, sizeof one);
}

static inline GPtrArray *
fuzz_chain(GBytes *first, GBytes *second)
{
    GPtrArray *chain = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    g_ptr_array_add(chain, g_bytes_ref(first));
    if (second != NULL)
        g_ptr_array_add(chain, g_bytes_ref(second));
    return chain;
}

#define FUZZ_ROOTS SAOY_SOURCE_DIR "/tests/fuzz/corpus/roots" /* whom they all trust */

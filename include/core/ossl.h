#pragma once
#include "core/bytes.h"
#include "core/error.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* OpenSSL's types owned by scope, its error queue as GError, and the digest everybody
 * needs. */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_OBJECT, ASN1_OBJECT_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_TIME, ASN1_TIME_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIGNUM, BN_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BN_CTX, BN_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CMS_ContentInfo, CMS_ContentInfo_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EC_GROUP, EC_GROUP_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EC_POINT, EC_POINT_clear_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY_CTX, EVP_PKEY_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_CRL, X509_CRL_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE_CTX, X509_STORE_CTX_free)

/* Sets error to "what: OpenSSL's newest reason", empties the queue, returns false. */
bool saoy_ossl_fail(GError **error, SaoyErrorCode code, const char *what);

#define SAOY_SHA256_SIZE 32
void saoy_sha256(SaoyView bytes, uint8_t out[SAOY_SHA256_SIZE]);
char *saoy_sha256_hex(SaoyView bytes); /* 64 lower-case digits; free with g_free */

char *saoy_hex(SaoyView bytes);                       /* lower case; free with g_free */
GBytes *saoy_unhex(const char *text, GError **error); /* MALFORMED */
bool saoy_random(uint8_t *out, size_t size, GError **error); /* at most 4,096 bytes */

/* Certificates. saoy_x509_parse: exactly one, DER, up to 1 MiB; X509_free. MALFORMED. The
 * same bytes may give the same object again: it is to be read, never changed. */
X509 *saoy_x509_parse(SaoyView der, GError **error);
GBytes *saoy_x509_der(X509 *certificate); /* g_bytes_unref */

/* What a certificate file holds: one as DER, or any number as PEM, in order; array of X509,
 * owned by it. Empty when it holds none. */
GPtrArray *saoy_x509_list(SaoyView file);

/* Adds an extension in the words of openssl x509v3_config. FAILED. */
bool saoy_x509_extend(X509 *certificate, X509 *issuer, int nid, const char *value,
                      GError **error);

#pragma once
/* A small PKI made afresh in every run, for tests only. */
#include "core/file.h"
#include "core/ossl.h"

#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
    EVP_PKEY *key;
    X509 *certificate;
    GBytes *der;
} PkiEntity;

static inline X509_EXTENSION *
pki_extension(int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

    g_assert_nonnull(extension);
    return extension;
}

static inline void
pki_extend(X509 *certificate, int nid, const char *value)
{
    X509_EXTENSION *extension = pki_extension(nid, value);

    g_assert_cmpint(X509_add_ext(certificate, extension, -1), ==, 1);
    X509_EXTENSION_free(extension);
}

/* More extensions in the words of openssl.cnf, value NULL ends. */
typedef struct {
    int nid;
    const char *value;
} PkiExtra;

/* issuer NULL: self-signed. usage as in openssl.cnf; from_s, to_s relative to now. */
static inline PkiEntity
pki_entity_full(EVP_PKEY *key, const char *name, const PkiEntity *issuer, bool ca,
                const char *usage, long from_s, long to_s, const PkiExtra *extra)
{
    static long serial = 1000;
    PkiEntity out = { .key = key, .certificate = X509_new() };
    X509 *c = out.certificate;
    X509_NAME *subject = X509_get_subject_name(c);

    X509_set_version(c, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(c), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(c), from_s);
    X509_gmtime_adj(X509_getm_notAfter(c), to_s);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name,
                               -1, -1, 0);
    X509_set_issuer_name(c, issuer == NULL ? subject
                                           : X509_get_subject_name(issuer->certificate));
    X509_set_pubkey(c, key);
    pki_extend(c, NID_basic_constraints, ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    pki_extend(c, NID_key_usage, usage);
    for (; extra != NULL && extra->value != NULL; extra++)
        pki_extend(c, extra->nid, extra->value);
    g_assert_cmpint(X509_sign(c, issuer == NULL ? key : issuer->key, EVP_sha256()), >, 0);
    out.der = saoy_x509_der(c);
    return out;
}

static inline PkiEntity
pki_entity_with(EVP_PKEY *key, const char *name, const PkiEntity *issuer, bool ca,
                const char *usage, long from_s, long to_s)
{
    return pki_entity_full(key, name, issuer, ca, usage, from_s, to_s, NULL);
}

static inline PkiEntity
pki_entity(const char *name, const PkiEntity *issuer, bool ca)
{
    return pki_entity_with(EVP_EC_gen("P-256"), name, issuer, ca,
                           ca ? "critical,keyCertSign,cRLSign" : "critical,nonRepudiation",
                           -86400, 86400 * 365);
}

static inline void
pki_entity_clear(PkiEntity *entity)
{
    EVP_PKEY_free(entity->key);
    X509_free(entity->certificate);
    g_clear_pointer(&entity->der, g_bytes_unref);
}

static inline GPtrArray *
pki_chain(const PkiEntity *leaf, const PkiEntity *issuer)
{
    GPtrArray *chain = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    g_ptr_array_add(chain, g_bytes_ref(leaf->der));
    if (issuer != NULL)
        g_ptr_array_add(chain, g_bytes_ref(issuer->der));
    return chain;
}

/* As the algorithm's DER; the hash is signed as it is. */
static inline GBytes *
pki_sign(const PkiEntity *entity, const uint8_t hash[32])
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new(entity->key, NULL);
    uint8_t out[1024];
    size_t size = sizeof(out);

    g_assert_cmpint(EVP_PKEY_sign_init(ctx), ==, 1);
    g_assert_cmpint(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()), ==, 1);
    g_assert_cmpint(EVP_PKEY_sign(ctx, out, &size, hash, 32), ==, 1);
    return g_bytes_new(out, size);
}

/* r‖s of an ECDSA signature. */
static inline void
pki_pair(GBytes *der, uint8_t out[64])
{
    SaoyView view = saoy_view_of(der);
    const unsigned char *at = view.data;
    ECDSA_SIG *both = d2i_ECDSA_SIG(NULL, &at, (long)view.size);

    g_assert_nonnull(both);
    BN_bn2binpad(ECDSA_SIG_get0_r(both), out, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(both), out + 32, 32);
    ECDSA_SIG_free(both);
}

static inline char *
pki_folder(void)
{
    char *folder = g_dir_make_tmp("saoy-test-XXXXXX", NULL);

    g_assert_nonnull(folder);
    return folder;
}

static inline void
pki_write(const char *folder, const char *name, GBytes *bytes)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, g_bytes_get_data(bytes, NULL),
                                      (gssize)g_bytes_get_size(bytes), NULL));
}

/* Authorities of a test: time stamps, OCSP. */
static inline PkiEntity
pki_service(const char *name, const PkiEntity *issuer, const char *extended_usage)
{
    const PkiExtra extra[] = { { NID_ext_key_usage, extended_usage },
                               { NID_id_pkix_OCSP_noCheck, "NULL" },
                               { 0, NULL } };
    const PkiExtra stamps[] = { extra[0], { 0, NULL } };
    bool ocsp = strstr(extended_usage, "OCSP") != NULL;

    return pki_entity_full(EVP_EC_gen("P-256"), name, issuer, false,
                           "critical,digitalSignature", -86400, 86400 * 365,
                           ocsp ? extra : stamps);
}

/* A SaoySignFunc; user: the PkiEntity. */
static inline GBytes *
pki_on_sign(void *user, const uint8_t hash[32], GError **error)
{
    return pki_sign(user, hash);
}

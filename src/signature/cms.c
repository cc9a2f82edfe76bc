#include "signature/cms.h"

#include "cms-parts.h"
#include "der.h"

#include "core/file.h"
#include "signature/stamp.h"

#include <openssl/ecdsa.h>
#include <openssl/objects.h>

#include <string.h>

/* Attribute ::= SEQUENCE { type OID, SET { value } } around the value written since `from`.
 */
static void
wrap_attribute(GByteArray *out, size_t from, int nid)
{
    g_autoptr(GByteArray) type = g_byte_array_new();

    saoy_der_wrap(out, from, SAOY_DER_SET);
    saoy_der_oid(type, nid);
    g_byte_array_set_size(out, out->len + type->len);
    memmove(out->data + from + type->len, out->data + from, out->len - type->len - from);
    memcpy(out->data + from, type->data, type->len);
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
}

/* RFC 5652, 11.1 and 11.2; RFC 5035, 3: certHash under the default SHA-256, no issuerSerial
 * (ETSI EN 319 122-1, 5.2.2.3). The three come out in the order DER wants of a SET OF:
 * their lengths are fixed and grow. */
static void
add_attributes(GByteArray *out, int content_type, const uint8_t digest[32],
               SaoyView certificate)
{
    uint8_t hash[SAOY_SHA256_SIZE];
    size_t from = out->len;

    saoy_der_oid(out, content_type);
    wrap_attribute(out, from, NID_pkcs9_contentType);

    from = out->len;
    saoy_der_bytes(out, SAOY_DER_OCTETS, (SaoyView){ digest, 32 });
    wrap_attribute(out, from, NID_pkcs9_messageDigest);

    from = out->len;
    saoy_sha256(certificate, hash);
    saoy_der_bytes(out, SAOY_DER_OCTETS, (SaoyView){ hash, sizeof(hash) });
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE); /* ESSCertIDv2 */
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE); /* certs */
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE); /* SigningCertificateV2 */
    wrap_attribute(out, from, NID_id_smime_aa_signingCertificateV2);
}

GBytes *
saoy_cms_attributes(int content_type, const uint8_t digest[32], SaoyView certificate,
                    uint8_t out_hash[32])
{
    g_autoptr(GByteArray) out = g_byte_array_new();

    add_attributes(out, content_type, digest, certificate);
    saoy_der_wrap(out, 0, SAOY_DER_SET);
    saoy_sha256((SaoyView){ out->data, out->len }, out_hash);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

GBytes *
saoy_cms_signed_attributes(const uint8_t content_digest[32], SaoyView certificate,
                           uint8_t out_hash[32], GError **error)
{
    g_autoptr(X509) parsed = saoy_x509_parse(certificate, error);

    return parsed == NULL
               ? NULL
               : saoy_cms_attributes(NID_pkcs7_data, content_digest, certificate, out_hash);
}

static bool
verify_hash(EVP_PKEY *key, const uint8_t hash[32], SaoyView signature)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new(key, NULL);
    bool good = ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
                EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1 &&
                EVP_PKEY_verify(ctx, signature.data, signature.size, hash, 32) == 1;

    ERR_clear_error();
    return good;
}

/* Providers answer ECDSA as DER or as r‖s: RFC 3279's SEQUENCE of the latter. */
static GBytes *
ecdsa_from_pair(SaoyView pair)
{
    size_t half = pair.size / 2;
    g_autoptr(BIGNUM) r = BN_bin2bn(pair.data, (int)half, NULL);
    g_autoptr(BIGNUM) s = BN_bin2bn(pair.data + half, (int)half, NULL);
    ECDSA_SIG *both = ECDSA_SIG_new();
    unsigned char *der = NULL;
    int size = 0;

    if (both != NULL && r != NULL && s != NULL) {
        ECDSA_SIG_set0(both, g_steal_pointer(&r), g_steal_pointer(&s));
        size = i2d_ECDSA_SIG(both, &der);
    }
    GBytes *out = size > 0 ? g_bytes_new(der, (size_t)size) : NULL;
    ECDSA_SIG_free(both);
    OPENSSL_free(der);
    return out;
}

/* The signature as CMS carries it, if it is one of hash under that certificate. */
static GBytes *
accept_signature(X509 *certificate, const uint8_t hash[32], SaoyView signature,
                 GError **error)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    g_autoptr(GBytes) der = NULL;

    if (key == NULL || signature.size == 0 || signature.size > 1024)
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "no usable signature");
    if (verify_hash(key, hash, signature))
        return g_bytes_new(signature.data, signature.size);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && signature.size % 2 == 0) {
        der = ecdsa_from_pair(signature);
        if (der != NULL && verify_hash(key, hash, saoy_view_of(der)))
            return g_steal_pointer(&der);
    }
    return saoy_null(error, SAOY_ERROR_UNTRUSTED,
                     "signature does not hold under the certificate");
}

static int
compare_der(const void *a, const void *b)
{
    return g_bytes_compare(*(GBytes *const *)a, *(GBytes *const *)b);
}

/* CertificateSet [0]: a SET OF, so DER sorts it. */
static void
add_certificates(GByteArray *out, GPtrArray *chain)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    size_t from = out->len;

    for (size_t i = 0; i < chain->len; i++)
        g_ptr_array_add(sorted, chain->pdata[i]);
    g_ptr_array_sort(sorted, compare_der);
    for (size_t i = 0; i < sorted->len; i++) {
        SaoyView der = saoy_view_of(sorted->pdata[i]);

        g_byte_array_append(out, der.data, (guint)der.size);
    }
    saoy_der_wrap(out, from, SAOY_DER_CONTEXT_0);
}

static void
add_issuer_and_serial(GByteArray *out, const X509 *certificate)
{
    size_t from = out->len;
    unsigned char *name = NULL, *serial = NULL;
    int name_size = i2d_X509_NAME(X509_get_issuer_name(certificate), &name);
    int serial_size = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &serial);

    if (name_size > 0)
        g_byte_array_append(out, name, (guint)name_size);
    if (serial_size > 0)
        g_byte_array_append(out, serial, (guint)serial_size);
    OPENSSL_free(name);
    OPENSSL_free(serial);
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
}

/* No parameters for ECDSA, NULL for RSA. */
void
saoy_der_signature_algorithm(GByteArray *out, const X509 *certificate)
{
    bool rsa = EVP_PKEY_get_base_id(X509_get0_pubkey(certificate)) == EVP_PKEY_RSA;

    saoy_der_algorithm(out, rsa ? NID_sha256WithRSAEncryption : NID_ecdsa_with_SHA256, rsa);
}

/* RFC 5652, 5.3 */
static void
add_signer_info(GByteArray *out, int content_type, X509 *certificate,
                const uint8_t digest[32], SaoyView signature)
{
    g_autoptr(GBytes) der = saoy_x509_der(certificate);
    size_t from = out->len;

    saoy_der_small(out, 1);
    add_issuer_and_serial(out, certificate);
    saoy_der_algorithm(out, NID_sha256, false);
    size_t attributes = out->len;
    add_attributes(out, content_type, digest, saoy_view_of(der));
    saoy_der_wrap(out, attributes, SAOY_DER_CONTEXT_0);
    saoy_der_signature_algorithm(out, certificate);
    saoy_der_bytes(out, SAOY_DER_OCTETS, signature);
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
    saoy_der_wrap(out, from, SAOY_DER_SET); /* signerInfos */
}

/* EncapsulatedContentInfo */
static void
add_content(GByteArray *out, int content_type, SaoyView content)
{
    size_t from = out->len, inner = 0;

    saoy_der_oid(out, content_type);
    inner = out->len;
    if (content.data != NULL) {
        saoy_der_bytes(out, SAOY_DER_OCTETS, content);
        saoy_der_wrap(out, inner, SAOY_DER_CONTEXT_0);
    }
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
}

/* RFC 5652, 5.1: version 1 when eContentType is id-data and the signer is named by issuer,
 * 3 for other content. */
GBytes *
saoy_cms_write(int content_type, SaoyView content, const uint8_t digest[32], X509 *signer,
               GPtrArray *certificates, SaoyView signature)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    size_t from = 0;

    saoy_der_oid(out, NID_pkcs7_signed);
    size_t body = out->len;
    saoy_der_small(out, content_type == NID_pkcs7_data ? 1 : 3);
    from = out->len;
    saoy_der_algorithm(out, NID_sha256, false);
    saoy_der_wrap(out, from, SAOY_DER_SET);
    add_content(out, content_type, content);
    if (certificates != NULL)
        add_certificates(out, certificates);
    add_signer_info(out, content_type, signer, digest, signature);
    saoy_der_wrap(out, body, SAOY_DER_SEQUENCE);
    saoy_der_wrap(out, body, SAOY_DER_CONTEXT_0);
    saoy_der_wrap(out, 0, SAOY_DER_SEQUENCE);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

GBytes *
saoy_cms_accept(SaoyView certificate, const uint8_t hash[32], SaoyView signature,
                GError **error)
{
    g_autoptr(X509) parsed = saoy_x509_parse(certificate, error);

    return parsed == NULL ? NULL : accept_signature(parsed, hash, signature, error);
}

GBytes *
saoy_cms_build(const uint8_t content_digest[32], GPtrArray *chain, SaoyView signature,
               GError **error)
{
    g_autoptr(GBytes) attributes = NULL, accepted = NULL;
    g_autoptr(X509) signer = NULL;
    uint8_t hash[32];

    if (chain == NULL || chain->len == 0 || chain->len > 8)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "chain of %u certificates",
                         chain == NULL ? 0 : chain->len);
    for (size_t i = 1; i < chain->len; i++) {
        g_autoptr(X509) issuer = saoy_x509_parse(saoy_view_of(chain->pdata[i]), error);

        if (issuer == NULL)
            return NULL;
    }
    SaoyView first = saoy_view_of(chain->pdata[0]);
    signer = saoy_x509_parse(first, error);
    attributes = signer == NULL
                     ? NULL
                     : saoy_cms_signed_attributes(content_digest, first, hash, error);
    if (attributes == NULL)
        return NULL;
    accepted = accept_signature(signer, hash, signature, error);
    return accepted == NULL
               ? NULL
               : saoy_cms_write(NID_pkcs7_data, (SaoyView){ 0 }, content_digest, signer,
                                chain, saoy_view_of(accepted));
}

GBytes *
saoy_cms_add_stamp(SaoyView cms, SaoyView token, GError **error)
{
    g_auto(SaoyCmsParts) parts = { 0 };
    g_auto(SaoyStamp) stamp = { 0 };
    unsigned char *der = NULL;

    if (!saoy_cms_open(cms, &parts, error))
        return NULL;
    const ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(parts.signer_info);
    const SaoyView data[2] = {
        { ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value) },
        { (const uint8_t *)"", 0 },
    };
    if (!saoy_stamp_check(token, data, &stamp, error))
        return NULL;
    if (CMS_unsigned_get_attr_count(parts.signer_info) > 0)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "the signature is stamped already");
    if (CMS_unsigned_add1_attr_by_NID(parts.signer_info, NID_id_smime_aa_timeStampToken,
                                      V_ASN1_SEQUENCE, token.data, (int)token.size) != 1) {
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, "time stamp attribute");
        return NULL;
    }
    int size = i2d_CMS_ContentInfo(parts.info, &der);
    GBytes *out = size > 0 ? g_bytes_new(der, (size_t)size) : NULL;
    OPENSSL_free(der);
    return out;
}

size_t
saoy_cms_size(GPtrArray *chain, GError **error)
{
    g_autoptr(X509) signer = NULL;
    g_autofree uint8_t *longest = NULL;
    const uint8_t digest[32] = { 0 };

    if (chain == NULL || chain->len == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "no certificate to sign with");
    signer = saoy_x509_parse(saoy_view_of(chain->pdata[0]), error);
    if (signer == NULL)
        return 0;
    const EVP_PKEY *key = X509_get0_pubkey(signer);
    if (key == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, "certificate's key");
    size_t room = (size_t)EVP_PKEY_get_size(key);
    longest = g_malloc0(room);
    g_autoptr(GBytes) cms = saoy_cms_write(NID_pkcs7_data, (SaoyView){ 0 }, digest, signer,
                                           chain, (SaoyView){ longest, room });
    return g_bytes_get_size(cms);
}

#pragma once
#include "core/clock.h"
#include "core/file.h"
#include "core/ossl.h"
#include "passive.h"
#include "tlv.h"

#include <glib/gstdio.h>
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

/* A public key infrastructure out of a hat: issuers, document signers, revocation lists,
 * and what they sign, right or wrong in any one way. */

/* RSA out of primes that everybody knows: as good as any for a test, and there at once.
 * 2,048 or 4,096 bits. */
static inline EVP_PKEY *
rsa_key(int bits)
{
    g_autoptr(BN_CTX) ctx = BN_CTX_new();
    g_autoptr(EVP_PKEY) group = NULL;
    g_autoptr(EVP_PKEY_CTX) from = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    g_autoptr(BIGNUM) p =
        bits == 2048 ? BN_get_rfc2409_prime_1024(NULL) : BN_get_rfc3526_prime_2048(NULL);
    g_autoptr(BIGNUM) q = NULL;
    g_autoptr(BIGNUM) n = BN_new(), e = BN_new(), d = BN_new(), phi = BN_new();
    g_autoptr(BIGNUM) dp = BN_new(), dq = BN_new(), inverse = BN_new(), p1 = BN_new();
    g_autoptr(BIGNUM) q1 = BN_new();
    char *name = bits == 2048 ? "dh_1024_160" : "ffdhe2048";
    OSSL_PARAM choose[] = { OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0),
                            OSSL_PARAM_END };
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;

    g_assert_cmpint(EVP_PKEY_fromdata_init(from), ==, 1);
    g_assert_cmpint(EVP_PKEY_fromdata(from, &group, EVP_PKEY_KEY_PARAMETERS, choose), ==,
                    1);
    g_assert_cmpint(EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_P, &q), ==, 1);
    BN_set_word(e, RSA_F4);
    BN_mul(n, p, q, ctx);
    BN_sub(p1, p, BN_value_one());
    BN_sub(q1, q, BN_value_one());
    BN_mul(phi, p1, q1, ctx);
    g_assert_nonnull(BN_mod_inverse(d, e, phi, ctx));
    BN_mod(dp, d, p1, ctx);
    BN_mod(dq, d, q1, ctx);
    BN_mod_inverse(inverse, q, p, ctx);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_D, d);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_FACTOR1, p);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_FACTOR2, q);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_EXPONENT1, dp);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_EXPONENT2, dq);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, inverse);
    params = OSSL_PARAM_BLD_to_param(build);
    g_autoptr(EVP_PKEY_CTX) make = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    g_assert_cmpint(EVP_PKEY_fromdata_init(make), ==, 1);
    g_assert_cmpint(EVP_PKEY_fromdata(make, &key, EVP_PKEY_KEYPAIR, params), ==, 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    return key;
}

/* Its curve spelt out instead of named. */
static inline EVP_PKEY *
spelt_out_key(const char *curve)
{
    EVP_PKEY *key = EVP_EC_gen(curve);

    g_assert_nonnull(key);
    g_assert_cmpint(EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING,
                                                   OSSL_PKEY_EC_ENCODING_EXPLICIT),
                    ==, 1);
    return key;
}

/* A key on a curve that nobody knows: that of a named one about another base point, the
 * public key itself; its secret is then 1, whoever owns the key (CVE-2020-0601). */
static inline EVP_PKEY *
curveball_key(EVP_PKEY *like)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    uint8_t point[200];
    size_t size = 0;
    EVP_PKEY *key = NULL;
    static const char *const numbers[] = { OSSL_PKEY_PARAM_EC_P, OSSL_PKEY_PARAM_EC_A,
                                           OSSL_PKEY_PARAM_EC_B, OSSL_PKEY_PARAM_EC_ORDER,
                                           OSSL_PKEY_PARAM_EC_COFACTOR };
    BIGNUM *values[G_N_ELEMENTS(numbers)] = { NULL };

    g_assert_cmpint(EVP_PKEY_get_octet_string_param(like, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                    sizeof point, &size),
                    ==, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_assert_cmpint(EVP_PKEY_get_bn_param(like, numbers[i], &values[i]), ==, 1);
        OSSL_PARAM_BLD_push_BN(build, numbers[i], values[i]);
    }
    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_EC_FIELD_TYPE, "prime-field", 0);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_EC_GENERATOR, point, size);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, size);
    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, BN_value_one());
    params = OSSL_PARAM_BLD_to_param(build);
    g_assert_cmpint(EVP_PKEY_fromdata_init(ctx), ==, 1);
    g_assert_cmpint(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params), ==, 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        BN_free(values[i]);
    return key;
}

typedef struct {
    X509 *certificate;
    EVP_PKEY *key;
} Party;

static inline void
party_clear(Party *party)
{
    X509_free(party->certificate);
    EVP_PKEY_free(party->key);
    *party = (Party){ 0 };
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Party, party_clear)

/* How a certificate is made. Zeros: an issuer of Utopia, signed by itself over SHA-256,
 * from yesterday for a year. */
typedef struct {
    const char *country, *name;
    EVP_PKEY *key;        /* borrowed; NULL: a fresh one on P-256 */
    const Party *issuer;  /* NULL: itself */
    const EVP_MD *digest; /* of the certificate's signature */
    bool pss;
    int from_day, to_day;
    const char *constraints, *usage, *extended; /* "": leave out */
    const char *period;                         /* private key usage, DER in hexadecimal */
    bool no_key_ids;
} Plan;

static inline void
extend(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    g_autoptr(GError) error = NULL;

    if (value != NULL && *value != '\0')
        saoy_x509_extend(certificate, issuer, nid, value, &error);
    g_assert_no_error(error);
}

static inline void
name_party(X509_NAME *name, const char *country, const char *common)
{
    X509_NAME_add_entry_by_txt(name, "C", MBSTRING_ASC,
                               (const uint8_t *)(country != NULL ? country : "UT"), -1, -1,
                               0);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)common, -1, -1,
                               0);
}

static inline void
sign_certificate(X509 *certificate, EVP_PKEY *key, const EVP_MD *digest, bool pss)
{
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pkey = NULL;

    g_assert_cmpint(
        EVP_DigestSignInit(ctx, &pkey, digest != NULL ? digest : EVP_sha256(), NULL, key),
        ==, 1);
    if (pss) {
        EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(pkey, RSA_PSS_SALTLEN_DIGEST);
    }
    g_assert_cmpint(X509_sign_ctx(certificate, ctx), >, 0);
}

static inline Party
make_party(Plan plan)
{
    static int64_t serial = 1000;
    Party made = { X509_new(), plan.key };
    X509 *x = made.certificate, *issuer = plan.issuer ? plan.issuer->certificate : x;
    time_t now = (time_t)(saoy_clock_wall_us() / G_USEC_PER_SEC);

    if (plan.key != NULL)
        EVP_PKEY_up_ref(plan.key);
    else
        made.key = EVP_EC_gen("P-256");
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set_int64(X509_get_serialNumber(x), ++serial);
    name_party(X509_get_subject_name(x), plan.country,
               plan.name != NULL ? plan.name : "CSCA of Utopia");
    X509_set_issuer_name(x, X509_get_subject_name(issuer));
    ASN1_TIME_adj(X509_getm_notBefore(x), now, plan.from_day != 0 ? plan.from_day : -1, 0);
    ASN1_TIME_adj(X509_getm_notAfter(x), now, plan.to_day != 0 ? plan.to_day : 365, 0);
    g_assert_cmpint(X509_set_pubkey(x, made.key), ==, 1);
    extend(x, issuer, NID_basic_constraints,
           plan.constraints != NULL ? plan.constraints : "critical,CA:TRUE,pathlen:0");
    extend(x, issuer, NID_key_usage,
           plan.usage != NULL ? plan.usage : "critical,keyCertSign,cRLSign");
    extend(x, issuer, NID_ext_key_usage, plan.extended);
    extend(x, issuer, NID_private_key_usage_period, plan.period);
    extend(x, issuer, NID_subject_key_identifier, plan.no_key_ids ? NULL : "hash");
    extend(x, issuer, NID_authority_key_identifier,
           plan.no_key_ids ? NULL : "keyid:always");
    sign_certificate(x, plan.issuer != NULL ? plan.issuer->key : made.key, plan.digest,
                     plan.pss);
    return made;
}

/* A document signer. */
static inline Party
make_signer(Plan plan)
{
    plan.name = plan.name != NULL ? plan.name : "Document signer";
    plan.constraints = "";
    plan.usage = plan.usage != NULL ? plan.usage : "critical,digitalSignature";
    return make_party(plan);
}

/* How something is signed. Zeros: one signer, its certificate inside, SHA-256. */
typedef struct {
    const char *type;
    const EVP_MD *digest;
    const Party *second; /* signs, too */
    bool pss, by_key_id, no_certificate, no_attributes;
    const EVP_MD *mask; /* PSS: of MGF1 */
    int salt;           /* PSS: 0: as long as the digest, -1: none */
} How;

static inline void
pad(CMS_SignerInfo *info, How how)
{
    EVP_PKEY_CTX *ctx = CMS_SignerInfo_get0_pkey_ctx(info);

    if (!how.pss)
        return;
    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, how.salt == 0  ? RSA_PSS_SALTLEN_DIGEST
                                          : how.salt < 0 ? 0
                                                         : how.salt);
    if (how.mask != NULL)
        EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, how.mask);
}

static inline CMS_ContentInfo *
sign_cms(SaoyView content, const Party *signer, How how)
{
    const unsigned flags = CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP | CMS_KEY_PARAM |
                           (how.by_key_id ? CMS_USE_KEYID : 0) |
                           (how.no_certificate ? CMS_NOCERTS : 0) |
                           (how.no_attributes ? CMS_NOATTR : 0);
    const EVP_MD *digest = how.digest != NULL ? how.digest : EVP_sha256();
    g_autoptr(BIO) bio = BIO_new_mem_buf(content.data, (int)content.size);
    g_autoptr(ASN1_OBJECT) type =
        OBJ_txt2obj(how.type != NULL ? how.type : "2.23.136.1.1.1", 1);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
    CMS_SignerInfo *info = NULL;

    CMS_set1_eContentType(cms, type);
    if (signer == NULL) { /* nobody signs */
        ASN1_OCTET_STRING **empty = CMS_get0_content(cms);

        if (*empty == NULL)
            *empty = ASN1_OCTET_STRING_new();
        ASN1_OCTET_STRING_set(*empty, content.data, (int)content.size);
        return cms;
    }
    info = CMS_add1_signer(cms, signer->certificate, signer->key, digest, flags);
    g_assert_nonnull(info);
    pad(info, how);
    if (how.second != NULL)
        g_assert_nonnull(
            CMS_add1_signer(cms, how.second->certificate, how.second->key, digest, flags));
    g_assert_cmpint(CMS_final(cms, bio, NULL, flags), ==, 1);
    return cms;
}

static inline GBytes *
cms_bytes(CMS_ContentInfo *cms)
{
    uint8_t *der = NULL;
    int size = i2d_CMS_ContentInfo(cms, &der);
    GBytes *bytes = g_bytes_new(der, (size_t)size);

    g_assert_cmpint(size, >, 0);
    OPENSSL_free(der);
    return bytes;
}

static inline void
put(const char *dir, const char *name, SaoyView bytes)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autoptr(GError) error = NULL;

    saoy_file_write(path, bytes, &error);
    g_assert_no_error(error);
}

static inline void
put_certificate(const char *dir, const char *name, X509 *certificate)
{
    g_autoptr(GBytes) der = saoy_x509_der(certificate);

    put(dir, name, saoy_view_of(der));
}

/* A revocation list: from_day to to_day from now, naming one certificate or none. */
static inline void
put_crl(const char *dir, const char *name, const Party *issuer, X509 *revoked, int from_day,
        int to_day)
{
    g_autoptr(X509_CRL) crl = X509_CRL_new();
    time_t now = (time_t)(saoy_clock_wall_us() / G_USEC_PER_SEC);
    g_autoptr(ASN1_TIME) from = ASN1_TIME_adj(NULL, now, from_day, 0);
    g_autoptr(ASN1_TIME) to = ASN1_TIME_adj(NULL, now, to_day, 0);
    X509_REVOKED *entry = NULL;
    uint8_t *der = NULL;
    int size;

    X509_CRL_set_version(crl, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer->certificate));
    X509_CRL_set1_lastUpdate(crl, from);
    X509_CRL_set1_nextUpdate(crl, to);
    if (revoked != NULL) {
        entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked));
        X509_REVOKED_set_revocationDate(entry, from);
        X509_CRL_add0_revoked(crl, entry);
    }
    g_assert_cmpint(X509_CRL_sign(crl, issuer->key, EVP_sha256()), >, 0);
    size = i2d_X509_CRL(crl, &der);
    put(dir, name, (SaoyView){ der, (size_t)size });
    OPENSSL_free(der);
}

/* CscaMasterList of these certificates, repeated times over. */
static inline GBytes *
list_of(X509 *const *certificates, size_t n, unsigned times)
{
    g_autoptr(SaoyArray) set = saoy_array_new(4096), body = saoy_array_new(4096);
    GByteArray *out = g_byte_array_new();
    static const uint8_t version = 0;

    for (unsigned t = 0; t < times; t++)
        for (size_t i = 0; i < n; i++) {
            g_autoptr(GBytes) der = saoy_x509_der(certificates[i]);

            g_byte_array_append(set, saoy_view_of(der).data,
                                (unsigned)saoy_view_of(der).size);
        }
    saoy_tlv_put(body, 0x02, (SaoyView){ &version, 1 });
    saoy_tlv_put(body, 0x31, saoy_view_array(set));
    saoy_tlv_put(out, 0x30, saoy_view_array(body));
    return g_byte_array_free_to_bytes(out);
}

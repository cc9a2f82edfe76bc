#include "csca.h"

#include "core/clock.h"
#include "core/file.h"
#include "ec.h"
#include "tlv.h"

#include <glib/gi18n.h>

#include <string.h>

#define MAX_CERTIFICATE (64 * 1024)
#define MAX_CERTIFICATES 2048

typedef STACK_OF(X509) Certificates;

static void
certificates_free(Certificates *certificates)
{
    sk_X509_pop_free(certificates, X509_free);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Certificates, certificates_free)

/* Content of the CMS: version, digest algorithm, hashes by data group. */
typedef struct {
    const EVP_MD *digest;
    SaoyView hash[SAOY_GROUP_MAX + 1];
} SecurityObject;

static bool
parse_hashes(SaoyView list, SecurityObject *out, GError **error)
{
    while (list.size > 0) {
        SaoyView entry = { 0 }, number = { 0 }, hash = { 0 };
        int64_t group = 0;

        if (!saoy_tlv_take(&list, 0x30, &entry, error) ||
            !saoy_der_number(entry, &group, error) ||
            !saoy_tlv_take(&entry, 0x02, &number, error) ||
            !saoy_tlv_take(&entry, 0x04, &hash, error))
            return false;
        if (group < 1 || group > SAOY_GROUP_MAX || out->hash[group].size > 0)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "SOD: data group number");
        out->hash[group] = hash;
    }
    return true;
}

static const EVP_MD *
parse_digest(SaoyView algorithm, GError **error)
{
    static const struct {
        uint8_t last; /* of 2.16.840.1.101.3.4.2.x */
        const EVP_MD *(*md)(void);
    } digests[] = {
        { 1, EVP_sha256 }, { 2, EVP_sha384 }, { 3, EVP_sha512 }, { 4, EVP_sha224 }
    };
    static const uint8_t arc[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02 };
    SaoyView oid = { 0 };

    if (!saoy_tlv_take(&algorithm, 0x06, &oid, error))
        return NULL;
    for (size_t i = 0; oid.size == sizeof arc + 1 && i < G_N_ELEMENTS(digests); i++)
        if (memcmp(oid.data, arc, sizeof arc) == 0 && oid.data[8] == digests[i].last)
            return digests[i].md();
    return saoy_null(error, SAOY_ERROR_MALFORMED, "SOD: digest algorithm");
}

static bool
parse_security_object(SaoyView der, SecurityObject *out, GError **error)
{
    SaoyView body = { 0 }, version = { 0 }, algorithm = { 0 }, list = { 0 };

    if (!saoy_tlv_take(&der, 0x30, &body, error) ||
        !saoy_tlv_take(&body, 0x02, &version, error) ||
        !saoy_tlv_take(&body, 0x30, &algorithm, error) ||
        !saoy_tlv_take(&body, 0x30, &list, error))
        return false;
    out->digest = parse_digest(algorithm, error);
    return out->digest != NULL && parse_hashes(list, out, error);
}

static bool
hash_matches(const SecurityObject *object, unsigned group, GBytes *file)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    SaoyView bytes = saoy_view_of(file);

    return EVP_Digest(bytes.data, bytes.size, digest, &size, object->digest, NULL) == 1 &&
           saoy_view_same((SaoyView){ digest, size }, object->hash[group]);
}

/* What the chip may not hide once its issuer has signed it: who leaves out DG14 or DG15
 * leaves out the proof that the chip is no copy. */
static const char *
check_hashes(const SecurityObject *object, const SaoyLdsFiles *files)
{
    static const unsigned expected[] = { 1, 2, 13, 14, 15 };

    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++)
        if (files->groups[n] != NULL && !hash_matches(object, n, files->groups[n]))
            return N_("a data group is not the one that was signed");
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++)
        if (object->hash[expected[i]].size > 0 && files->groups[expected[i]] == NULL)
            return N_("a signed data group was not readable");
    return NULL;
}

static CMS_ContentInfo *
parse_cms(SaoyView der, GError **error)
{
    const uint8_t *at = der.data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.size);

    if (cms == NULL)
        saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, "security object");
    return cms;
}

static bool
has_content(CMS_ContentInfo *cms, SaoyView oid)
{
    const ASN1_OBJECT *type = CMS_get0_eContentType(cms);

    return type != NULL &&
           saoy_view_same((SaoyView){ OBJ_get0_data(type), OBJ_length(type) }, oid);
}

static SaoyView
content_of(CMS_ContentInfo *cms)
{
    ASN1_OCTET_STRING **content = CMS_get0_content(cms);

    return content == NULL || *content == NULL
               ? (SaoyView){ 0 }
               : (SaoyView){ ASN1_STRING_get0_data(*content),
                             (size_t)ASN1_STRING_length(*content) };
}

static void
add_certificates(Certificates *certificates, SaoyView file)
{
    g_autoptr(GPtrArray) held = saoy_x509_list(file);

    while (held->len > 0 && sk_X509_num(certificates) < MAX_CERTIFICATES)
        sk_X509_push(certificates, g_ptr_array_steal_index(held, 0));
}

/* Every readable certificate of the directory; what is none is passed over, since csca.key
 * and notes lie there too. */
static Certificates *
load_directory(const char *trust)
{
    static const char *const endings[] = { ".der", ".cer", ".crt", ".pem", NULL };
    g_auto(GStrv) names =
        trust == NULL || *trust == '\0' ? NULL : saoy_dir_list(trust, endings, NULL);
    Certificates *certificates = sk_X509_new_null();

    for (char **name = names; name != NULL && *name != NULL; name++) {
        g_autofree char *path = g_build_filename(trust, *name, NULL);
        g_autoptr(GBytes) bytes = saoy_file_read(path, MAX_CERTIFICATE, NULL);

        if (bytes != NULL)
            add_certificates(certificates, saoy_view_of(bytes));
    }
    return certificates;
}

/* 160 of 164 EC issuers spell their parameters out: those must be a named curve's. */
static bool
has_usable_key(X509 *certificate)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    g_autoptr(EC_GROUP) group = NULL;

    if (key == NULL)
        return false;
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
        return true;
    group = saoy_ec_group_of(key, NULL);
    return group != NULL;
}

static SaoyProof
proof_of(int code, const char **out_reason)
{
    switch (code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_UNTRUSTED:
        *out_reason = N_("the issuer of the document signer is not known");
        return SAOY_PROOF_UNDECIDED;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        *out_reason = N_("the document signer or its issuer has expired");
        return SAOY_PROOF_FAILED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        *out_reason = N_("the document signer or its issuer is not valid yet");
        return SAOY_PROOF_FAILED;
    default:
        *out_reason = N_("the document signer's certificate does not hold");
        return SAOY_PROOF_FAILED;
    }
}

static SaoyProof
check_chain(X509 *signer, Certificates *trusted, const char **out_reason)
{
    g_autoptr(X509_STORE) store = X509_STORE_new();
    g_autoptr(X509_STORE_CTX) ctx = X509_STORE_CTX_new();
    X509_VERIFY_PARAM *param;
    int code;

    for (int i = 0; i < sk_X509_num(trusted); i++)
        if (has_usable_key(sk_X509_value(trusted, i)))
            X509_STORE_add_cert(store, sk_X509_value(trusted, i));
    if (X509_STORE_CTX_init(ctx, store, signer, NULL) != 1) {
        ERR_clear_error();
        *out_reason = N_("the document signer's certificate does not hold");
        return SAOY_PROOF_FAILED;
    }
    param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(param, (time_t)(saoy_clock_wall_us() / G_USEC_PER_SEC));
    X509_VERIFY_PARAM_set_auth_level(param, 2); /* 112 bits: no SHA-1, no RSA below 2048 */
    if (X509_verify_cert(ctx) == 1)
        return SAOY_PROOF_DONE;
    code = X509_STORE_CTX_get_error(ctx);
    ERR_clear_error();
    return proof_of(code, out_reason);
}

/* The one signature of the SOD by a certificate that travels in it; borrowed from cms. */
static X509 *
verify_signature(CMS_ContentInfo *cms, GError **error)
{
    g_autoptr(BIO) content = BIO_new(BIO_s_mem());
    STACK_OF(X509) *signers = NULL;
    X509 *signer = NULL;

    if (CMS_verify(cms, NULL, NULL, NULL, content,
                   CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) != 1) {
        saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "SOD signature");
        return NULL;
    }
    signers = CMS_get0_signers(cms);
    if (sk_X509_num(signers) == 1)
        signer = sk_X509_value(signers, 0);
    sk_X509_free(signers);
    return signer != NULL
               ? signer
               : saoy_null(error, SAOY_ERROR_UNTRUSTED, "SOD without one signer");
}

/* SHA-1 signs nothing any more, whoever is named as signer. */
static bool
is_weakly_signed(CMS_ContentInfo *cms)
{
    STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);

    for (int i = 0; i < sk_CMS_SignerInfo_num(infos); i++) {
        X509_ALGOR *digest = NULL;
        int nid;

        CMS_SignerInfo_get0_algs(sk_CMS_SignerInfo_value(infos, i), NULL, NULL, &digest,
                                 NULL);
        nid = digest == NULL ? NID_undef : OBJ_obj2nid(digest->algorithm);
        if (nid != NID_sha224 && nid != NID_sha256 && nid != NID_sha384 &&
            nid != NID_sha512)
            return true;
    }
    return false;
}

static SaoyProof
failed(const char *reason, const char **out_reason)
{
    *out_reason = reason;
    return SAOY_PROOF_FAILED;
}

static bool
carries_certificate(CMS_ContentInfo *cms)
{
    g_autoptr(Certificates) own = CMS_get1_certs(cms);

    return own != NULL && sk_X509_num(own) > 0;
}

/* id-icao-mrtd-security-ldsSecurityObject, 2.23.136.1.1.1; object borrows the content */
static CMS_ContentInfo *
read_sod(SaoyView file, SecurityObject *object, GError **error)
{
    static const uint8_t oid[] = { 0x67, 0x81, 0x08, 0x01, 0x01, 0x01 };
    g_autoptr(CMS_ContentInfo) cms = NULL;
    SaoyView body = { 0 };

    if (!saoy_tlv_take(&file, 0x77, &body, error))
        return NULL;
    cms = parse_cms(body, error);
    if (cms == NULL || !has_content(cms, (SaoyView){ oid, sizeof oid }) ||
        !parse_security_object(content_of(cms), object, error))
        return NULL;
    return g_steal_pointer(&cms);
}

static SaoyProof
check_trust(X509 *signer, const char *trust, const char **out_reason)
{
    g_autoptr(Certificates) trusted = load_directory(trust);

    if (sk_X509_num(trusted) > 0)
        return check_chain(signer, trusted, out_reason);
    *out_reason = N_("no issuer certificates to check against");
    return SAOY_PROOF_UNDECIDED;
}

/* NULL and the reason: the signature does not hold. Borrowed from cms. */
static X509 *
check_signature(CMS_ContentInfo *cms, const char **out_reason)
{
    g_autoptr(GError) error = NULL;
    X509 *signer = verify_signature(cms, &error);

    if (signer == NULL || !has_usable_key(signer)) {
        *out_reason = N_("the signature of the security object is wrong");
        return NULL;
    }
    if (is_weakly_signed(cms)) {
        *out_reason = N_("the security object is signed with a weak digest");
        return NULL;
    }
    return signer;
}

SaoyProof
saoy_passive_check(const SaoyLdsFiles *files, const SaoyReadPolicy *policy,
                   const char **out_reason, SaoyGroups *out_vouched)
{
    g_autoptr(GError) error = NULL;
    SecurityObject object = { 0 };
    g_autoptr(CMS_ContentInfo) cms = read_sod(saoy_view_of(files->sod), &object, &error);
    const char *mismatch;
    X509 *signer;

    *out_reason = "";
    *out_vouched = 0;
    if (cms == NULL)
        return failed(N_("the security object is not readable"), out_reason);
    if (!carries_certificate(cms)) {
        *out_reason = N_("the security object carries no document signer");
        return SAOY_PROOF_UNDECIDED;
    }
    signer = check_signature(cms, out_reason);
    if (signer == NULL)
        return SAOY_PROOF_FAILED;
    mismatch = check_hashes(&object, files);
    if (mismatch != NULL)
        return failed(mismatch, out_reason);
    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++)
        *out_vouched |= files->groups[n] != NULL ? SAOY_GROUP(n) : 0;
    return check_trust(signer, policy->trust, out_reason);
}

/* id-SecurityObject, 0.4.0.127.0.7.3.2.1 */
SaoyProof
saoy_card_security_check(SaoyView file, const SaoyReadPolicy *policy, GBytes **out_infos)
{
    static const uint8_t oid[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x03, 0x02, 0x01 };
    g_autoptr(GError) error = NULL;
    g_autoptr(CMS_ContentInfo) cms = parse_cms(file, &error);
    const char *reason = "";
    SaoyView content = { 0 };
    X509 *signer = NULL;
    SaoyProof proof;

    *out_infos = NULL;
    if (cms == NULL || !has_content(cms, (SaoyView){ oid, sizeof oid }) ||
        (signer = check_signature(cms, &reason)) == NULL)
        return SAOY_PROOF_FAILED;
    proof = check_trust(signer, policy->trust, &reason);
    if (proof == SAOY_PROOF_FAILED)
        return proof;
    content = content_of(cms);
    *out_infos = g_bytes_new(content.data, content.size);
    return proof;
}

#include "cms-parts.h"
#include "der.h"

#include "core/file.h"

#include <openssl/ess.h>
#include <openssl/objects.h>

#include <string.h>

/* ESS types have no autoptr of their own. */
typedef ESS_SIGNING_CERT_V2 SigningCertificateV2;
typedef ESS_SIGNING_CERT SigningCertificate;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SigningCertificateV2, ESS_SIGNING_CERT_V2_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SigningCertificate, ESS_SIGNING_CERT_free)

void
saoy_cms_parts_clear(SaoyCmsParts *parts)
{
    sk_X509_pop_free(parts->certificates, X509_free);
    CMS_ContentInfo_free(parts->info);
    *parts = (SaoyCmsParts){ 0 };
}

/* The one value of the one attribute of that kind; two of them are none. */
static const ASN1_STRING *
only_value(const CMS_SignerInfo *info, int nid, int type)
{
    const ASN1_STRING *value =
        CMS_signed_get0_data_by_OBJ((CMS_SignerInfo *)info, OBJ_nid2obj(nid), -3, type);

    ERR_clear_error();
    return value;
}

/* RFC 5035, 5.4: the attribute names the certificate the signature is checked with. */
static bool
names_signer(const CMS_SignerInfo *info, X509 *signer)
{
    const ASN1_STRING *v2 =
        only_value(info, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE);
    const ASN1_STRING *v1 =
        only_value(info, NID_id_smime_aa_signingCertificate, V_ASN1_SEQUENCE);
    g_autoptr(SigningCertificateV2) ess2 = NULL;
    g_autoptr(SigningCertificate) ess1 = NULL;
    STACK_OF(X509) *chain = sk_X509_new_null();

    if (v2 != NULL) {
        const unsigned char *at = ASN1_STRING_get0_data(v2);
        ess2 = d2i_ESS_SIGNING_CERT_V2(NULL, &at, ASN1_STRING_length(v2));
    } else if (v1 != NULL) {
        const unsigned char *at = ASN1_STRING_get0_data(v1);
        ess1 = d2i_ESS_SIGNING_CERT(NULL, &at, ASN1_STRING_length(v1));
    }
    bool good = (ess1 != NULL || ess2 != NULL) && chain != NULL &&
                sk_X509_push(chain, signer) > 0 &&
                OSSL_ESS_check_signing_certs(ess1, ess2, chain, 1) > 0;
    sk_X509_free(chain);
    ERR_clear_error();
    return good;
}

static bool
are_only_ours(const CMS_SignerInfo *info)
{
    static const int ours[] = { NID_pkcs9_contentType, NID_pkcs9_messageDigest,
                                NID_id_smime_aa_signingCertificateV2 };

    for (size_t i = 0; i < G_N_ELEMENTS(ours); i++)
        if (CMS_signed_get_attr_by_NID(info, ours[i], -1) < 0)
            return false;
    return CMS_signed_get_attr_count(info) == (int)G_N_ELEMENTS(ours);
}

static X509 *
find_signer(const SaoyCmsParts *parts)
{
    for (int i = 0; i < sk_X509_num(parts->certificates); i++) {
        X509 *certificate = sk_X509_value(parts->certificates, i);

        if (CMS_SignerInfo_cert_cmp(parts->signer_info, certificate) == 0)
            return certificate;
    }
    return NULL;
}

static bool
read_signer(SaoyCmsParts *parts, GError **error)
{
    STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(parts->info);
    X509_ALGOR *digest = NULL;

    if (sk_CMS_SignerInfo_num(infos) != 1)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CMS has %d signers, not one",
                         sk_CMS_SignerInfo_num(infos));
    parts->signer_info = sk_CMS_SignerInfo_value(infos, 0);
    parts->certificates = CMS_get1_certs(parts->info);
    parts->signer = find_signer(parts);
    if (parts->signer == NULL)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CMS lacks its signer's certificate");
    CMS_SignerInfo_set1_signer_cert(parts->signer_info, parts->signer);
    CMS_SignerInfo_get0_algs(parts->signer_info, NULL, NULL, &digest, NULL);
    parts->digest = OBJ_obj2nid(digest->algorithm);
    return true;
}

static void
read_attributes(SaoyCmsParts *parts)
{
    const CMS_SignerInfo *info = parts->signer_info;
    const ASN1_STRING *digest =
        only_value(info, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);

    if (digest != NULL)
        parts->message_digest =
            (SaoyView){ ASN1_STRING_get0_data(digest), (size_t)ASN1_STRING_length(digest) };
    parts->cades = names_signer(info, parts->signer);
    parts->only_ours = parts->cades && digest != NULL && are_only_ours(info);
}

static bool
is_zero(SaoyView rest)
{
    for (size_t i = 0; i < rest.size; i++)
        if (rest.data[i] != 0)
            return false;
    return true;
}

static bool
read_content(SaoyCmsParts *parts, GError **error)
{
    ASN1_OCTET_STRING **content = CMS_get0_content(parts->info);

    if (OBJ_obj2nid(CMS_get0_type(parts->info)) != NID_pkcs7_signed)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CMS is no SignedData");
    parts->content_type = OBJ_obj2nid(CMS_get0_eContentType(parts->info));
    if (content != NULL && *content != NULL)
        parts->content = (SaoyView){ ASN1_STRING_get0_data(*content),
                                     (size_t)ASN1_STRING_length(*content) };
    return true;
}

/* The value of the SignedData (RFC 5652, 5.1) from its certificates on. */
static bool
find_certificates(SaoyView bytes, SaoyView *out)
{
    SaoyView in = { 0 }, part = { 0 };

    if (!saoy_tlv_take(&bytes, SAOY_DER_SEQUENCE, &in, NULL) ||
        !saoy_tlv_take(&in, SAOY_DER_OID, &part, NULL) ||
        !saoy_tlv_take(&in, SAOY_DER_CONTEXT_0, &part, NULL) ||
        !saoy_tlv_take(&part, SAOY_DER_SEQUENCE, out, NULL))
        return false;
    return saoy_tlv_take(out, SAOY_DER_INTEGER, &part, NULL) &&
           saoy_tlv_take(out, SAOY_DER_SET, &part, NULL) &&
           saoy_tlv_take(out, SAOY_DER_SEQUENCE, &part, NULL);
}

size_t
saoy_cms_cost(SaoyView bytes)
{
    enum { ANYTHING = 4000, LISTS = 1000, CERTIFICATES = 300 }; /* bytes of one's work */
    SaoyView in = { 0 }, held = { 0 }, part = { 0 };
    size_t cost = bytes.size / ANYTHING;

    if (!find_certificates(bytes, &in)) /* BER, or nothing */
        return cost + bytes.size / CERTIFICATES;
    saoy_tlv_take(&in, SAOY_DER_CONTEXT_0, &held, NULL);
    for (; saoy_tlv_take(&held, SAOY_DER_SEQUENCE, &part, NULL); cost++)
        continue;
    cost += held.size / CERTIFICATES;
    return saoy_tlv_take(&in, SAOY_DER_CONTEXT_1, &held, NULL) ? cost + held.size / LISTS
                                                               : cost;
}

/* ContentInfo as it is but for its certificates, which go to *certificates. False: BER. */
static bool
set_apart(SaoyView bytes, GByteArray *out, SaoyView *certificates)
{
    SaoyView in = { 0 }, type = { 0 }, content = { 0 }, body = { 0 }, rest = { 0 };

    if (!saoy_tlv_take(&bytes, SAOY_DER_SEQUENCE, &in, NULL) ||
        !saoy_der_take(&in, SAOY_DER_OID, &type) ||
        !saoy_tlv_take(&in, SAOY_DER_CONTEXT_0, &content, NULL) ||
        !saoy_tlv_take(&content, SAOY_DER_SEQUENCE, &body, NULL) || in.size > 0 ||
        content.size > 0)
        return false;
    rest = body;
    if (!saoy_tlv_take(&rest, SAOY_DER_INTEGER, &content, NULL) ||
        !saoy_tlv_take(&rest, SAOY_DER_SET, &content, NULL) ||
        !saoy_tlv_take(&rest, SAOY_DER_SEQUENCE, &content, NULL))
        return false;
    size_t before = (size_t)(rest.data - body.data);
    if (!saoy_tlv_take(&rest, SAOY_DER_CONTEXT_0, certificates, NULL))
        return false;
    saoy_der_raw(out, type);
    saoy_der_raw(out, (SaoyView){ body.data, before });
    saoy_der_raw(out, rest);
    saoy_der_wrap(out, type.size, SAOY_DER_SEQUENCE);
    saoy_der_wrap(out, type.size, SAOY_DER_CONTEXT_0);
    saoy_der_wrap(out, 0, SAOY_DER_SEQUENCE);
    return true;
}

static bool
add_known(CMS_ContentInfo *info, SaoyView certificates)
{
    enum { MOST = 16 };
    SaoyView der = { 0 };

    for (int i = 0; certificates.size > 0; i++) {
        g_autoptr(X509) one =
            i < MOST && saoy_der_take(&certificates, SAOY_DER_SEQUENCE, &der)
                ? saoy_x509_parse(der, NULL)
                : NULL;

        if (one == NULL || CMS_add1_cert(info, one) != 1)
            return false;
    }
    return true;
}

/* Its certificates are most of what takes time, and the same few stand in every signature
 * and time stamp of a file: those of DER are parsed on their own, and once. */
static CMS_ContentInfo *
parse(SaoyView bytes, size_t *out_size)
{
    g_autoptr(GByteArray) apart = g_byte_array_new();
    SaoyView certificates = { 0 }, whole = { 0 }, rest = bytes;
    g_autoptr(CMS_ContentInfo) info = NULL;
    const unsigned char *at = NULL;

    if (set_apart(bytes, apart, &certificates)) {
        at = apart->data;
        info = d2i_CMS_ContentInfo(NULL, &at, (long)apart->len);
    }
    if (info != NULL && add_known(info, certificates) &&
        saoy_der_take(&rest, SAOY_DER_SEQUENCE, &whole)) {
        *out_size = whole.size;
        return g_steal_pointer(&info);
    }
    ERR_clear_error();
    at = bytes.data;
    CMS_ContentInfo *plain = d2i_CMS_ContentInfo(NULL, &at, (long)bytes.size);
    *out_size = (size_t)(at - bytes.data);
    return plain;
}

bool
saoy_cms_open(SaoyView bytes, SaoyCmsParts *out, GError **error)
{
    g_auto(SaoyCmsParts) parts = { 0 };

    if (bytes.size == 0 || bytes.size > (16u << 20))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CMS of %zu bytes", bytes.size);
    parts.info = parse(bytes, &parts.size);
    if (parts.info == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, "CMS");
    if (!is_zero((SaoyView){ bytes.data + parts.size, bytes.size - parts.size }))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "bytes behind the CMS");
    if (!read_content(&parts, error) || !read_signer(&parts, error))
        return false;
    read_attributes(&parts);
    ERR_clear_error();
    *out = parts;
    parts = (SaoyCmsParts){ 0 };
    return true;
}

bool
saoy_cms_signature_holds(const SaoyCmsParts *parts, GError **error)
{
    if (CMS_SignerInfo_verify(parts->signer_info) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "signature is wrong");
    return true;
}

GBytes *
saoy_cms_time_stamp(const SaoyCmsParts *parts)
{
    const ASN1_STRING *token = CMS_unsigned_get0_data_by_OBJ(
        parts->signer_info, OBJ_nid2obj(NID_id_smime_aa_timeStampToken), -3,
        V_ASN1_SEQUENCE);

    ERR_clear_error();
    return token == NULL ? NULL
                         : g_bytes_new(ASN1_STRING_get0_data(token),
                                       (size_t)ASN1_STRING_length(token));
}

/* DER has one way to say a thing: what OpenSSL writes again must be what came in. */
static bool
is_der(const SaoyCmsParts *parts, SaoyView bytes)
{
    unsigned char *der = NULL;
    int size = i2d_CMS_ContentInfo(parts->info, &der);
    bool same = size > 0 && (size_t)size == parts->size &&
                memcmp(der, bytes.data, parts->size) == 0;

    OPENSSL_free(der);
    ERR_clear_error();
    return same;
}

static bool
has_strict_shape(const SaoyCmsParts *parts, SaoyView bytes, GError **error)
{
    const ASN1_OBJECT *type = CMS_signed_get0_data_by_OBJ(
        parts->signer_info, OBJ_nid2obj(NID_pkcs9_contentType), -3, V_ASN1_OBJECT);
    const char *wrong = NULL;

    ERR_clear_error();
    if (parts->content.data != NULL || parts->content_type != NID_pkcs7_data)
        wrong = "CMS holds content, or another type than data";
    else if (parts->digest != NID_sha256)
        wrong = "CMS digest algorithm is not SHA-256";
    else if (type == NULL || OBJ_obj2nid(type) != NID_pkcs7_data)
        wrong = "CMS attribute contentType is not data";
    else if (parts->message_digest.size != 32)
        wrong = "CMS attribute messageDigest is absent";
    else if (!is_der(parts, bytes))
        wrong = "CMS is not DER";
    return wrong == NULL || saoy_fail(error, SAOY_ERROR_MALFORMED, "%s", wrong);
}

static GPtrArray *
certificates_of(const SaoyCmsParts *parts)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    for (int i = 0; i < sk_X509_num(parts->certificates); i++)
        g_ptr_array_add(all, saoy_x509_der(sk_X509_value(parts->certificates, i)));
    return all;
}

GPtrArray *
saoy_cms_chain(const SaoyCmsParts *parts)
{
    GPtrArray *chain = certificates_of(parts);

    g_ptr_array_insert(chain, 0, saoy_x509_der(parts->signer));
    return chain;
}

void
saoy_cms_clear(SaoyCms *cms)
{
    g_clear_pointer(&cms->certificates, g_ptr_array_unref);
    g_clear_pointer(&cms->signer, g_bytes_unref);
    g_clear_pointer(&cms->signature, g_bytes_unref);
    g_clear_pointer(&cms->time_stamp, g_bytes_unref);
    *cms = (SaoyCms){ 0 };
}

static void
hand_over(const SaoyCmsParts *parts, SaoyCms *out)
{
    const ASN1_OCTET_STRING *signature = CMS_SignerInfo_get0_signature(parts->signer_info);

    *out = (SaoyCms){ .certificates = certificates_of(parts),
                      .signer = saoy_x509_der(parts->signer),
                      .signature = g_bytes_new(ASN1_STRING_get0_data(signature),
                                               (size_t)ASN1_STRING_length(signature)),
                      .time_stamp = saoy_cms_time_stamp(parts),
                      .cades = parts->cades,
                      .only_ours = parts->only_ours };
    memcpy(out->message_digest, parts->message_digest.data, sizeof(out->message_digest));
}

bool
saoy_cms_check(SaoyView der, const uint8_t content_digest[32], SaoyCms *out, GError **error)
{
    g_auto(SaoyCmsParts) parts = { 0 };

    if (!saoy_cms_open(der, &parts, error) || !has_strict_shape(&parts, der, error))
        return false;
    if (memcmp(parts.message_digest.data, content_digest, 32) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "messageDigest is not the content's");
    if (!parts.cades)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                         "signing-certificate-v2 does not name the signer");
    if (!saoy_cms_signature_holds(&parts, error))
        return false;
    hand_over(&parts, out);
    return true;
}

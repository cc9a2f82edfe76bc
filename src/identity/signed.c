#include "signed.h"

#include "algorithm.h"

#include <string.h>
#include <time.h>

#define MAX_CERTIFICATES 16

void
saoy_certificates_free(SaoyCertificates *certificates)
{
    sk_X509_pop_free(certificates, X509_free);
}

void
saoy_signed_clear(SaoySigned *signed_)
{
    CMS_ContentInfo_free(signed_->cms);
    *signed_ = (SaoySigned){ 0 };
}

static bool
has_type(CMS_ContentInfo *cms, const char *const *types)
{
    const ASN1_OBJECT *type = CMS_get0_eContentType(cms);

    for (; type != NULL && *types != NULL; types++) {
        g_autoptr(ASN1_OBJECT) wanted = OBJ_txt2obj(*types, 1);

        if (OBJ_cmp(type, wanted) == 0)
            return true;
    }
    return false;
}

static bool
take_content(SaoySigned *out)
{
    ASN1_OCTET_STRING **content = CMS_get0_content(out->cms);

    if (content == NULL || *content == NULL)
        return false;
    out->content =
        (SaoyView){ ASN1_STRING_get0_data(*content), (size_t)ASN1_STRING_length(*content) };
    return out->content.size > 0;
}

static bool
take_signer(SaoySigned *out)
{
    STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(out->cms);

    if (sk_CMS_SignerInfo_num(infos) != 1)
        return false;
    out->info = sk_CMS_SignerInfo_value(infos, 0);
    return true;
}

static bool
agree_on_digest(SaoySigned *out)
{
    X509_ALGOR *digest = NULL, *signature = NULL;

    CMS_SignerInfo_get0_algs(out->info, NULL, NULL, &digest, &signature);
    out->digest = saoy_digest_of(digest->algorithm);
    return out->digest != NULL &&
           saoy_signature_digest(signature, out->digest) == out->digest;
}

/* A signed attribute that must be there once with one value; -3: so it is sought. */
static void *
attribute(CMS_SignerInfo *info, int nid, int type)
{
    g_autoptr(ASN1_OBJECT) oid = OBJ_dup(OBJ_nid2obj(nid));

    return CMS_signed_get0_data_by_OBJ(info, oid, -3, type);
}

static void
take_time(SaoySigned *out)
{
    X509_ATTRIBUTE *attr = NULL;
    const ASN1_TYPE *value = NULL;
    struct tm tm = { 0 };
    int at = CMS_signed_get_attr_by_NID(out->info, NID_pkcs9_signingTime, -1);

    if (at >= 0)
        attr = CMS_signed_get_attr(out->info, at);
    if (attr != NULL)
        value = X509_ATTRIBUTE_get0_type(attr, 0);
    if (value != NULL &&
        (value->type == V_ASN1_UTCTIME || value->type == V_ASN1_GENERALIZEDTIME) &&
        ASN1_TIME_to_tm(value->value.asn1_string, &tm) == 1)
        out->signed_at_s = timegm(&tm);
}

/* Without signed attributes a signature over attributes could be passed off as one over
 * content that looks like them (RFC 5652, 5.3 demands them here). */
static bool
covers_content(const SaoySigned *out)
{
    const ASN1_OBJECT *type = attribute(out->info, NID_pkcs9_contentType, V_ASN1_OBJECT);

    return type != NULL && OBJ_cmp(type, CMS_get0_eContentType(out->cms)) == 0 &&
           attribute(out->info, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING) != NULL;
}

static bool
is_unchanged(const SaoySigned *out)
{
    const ASN1_OCTET_STRING *said =
        attribute(out->info, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    return EVP_Digest(out->content.data, out->content.size, digest, &size, out->digest,
                      NULL) == 1 &&
           ASN1_STRING_length(said) == (int)size &&
           memcmp(ASN1_STRING_get0_data(said), digest, size) == 0;
}

static SaoyFlaw
parse(SaoyView der, const char *const *types, SaoySigned *out)
{
    const uint8_t *at = der.data;

    if (der.size > LONG_MAX)
        return SAOY_FLAW_UNREADABLE;
    out->cms = d2i_CMS_ContentInfo(NULL, &at, (long)der.size);
    if (out->cms == NULL || at != der.data + der.size)
        return SAOY_FLAW_UNREADABLE;
    if (!has_type(out->cms, types))
        return SAOY_FLAW_CONTENT;
    if (!take_content(out))
        return SAOY_FLAW_UNREADABLE;
    if (!take_signer(out))
        return SAOY_FLAW_SIGNERS;
    if (!agree_on_digest(out))
        return SAOY_FLAW_ALGORITHM;
    if (!covers_content(out))
        return SAOY_FLAW_ATTRIBUTES;
    take_time(out);
    return is_unchanged(out) ? SAOY_FLAW_NONE : SAOY_FLAW_CHANGED;
}

static bool
carries_certificate(CMS_ContentInfo *cms, bool *out_too_many)
{
    g_autoptr(SaoyCertificates) own = CMS_get1_certs(cms);

    *out_too_many = own != NULL && sk_X509_num(own) > MAX_CERTIFICATES;
    return own != NULL && sk_X509_num(own) > 0;
}

SaoyFlaw
saoy_signed_parse(SaoyView der, const char *const *types, SaoySigned *out)
{
    SaoyFlaw flaw = parse(der, types, out);
    bool too_many = false;

    if (flaw == SAOY_FLAW_NONE)
        out->bare = !carries_certificate(out->cms, &too_many);
    ERR_clear_error();
    return too_many ? SAOY_FLAW_UNREADABLE : flaw;
}

SaoyFlaw
saoy_signed_check(SaoySigned *signed_, SaoyCertificates *others)
{
    bool holds;

    if (CMS_set1_signers_certs(signed_->cms, others, 0) != 1) {
        ERR_clear_error();
        return SAOY_FLAW_UNNAMED;
    }
    CMS_SignerInfo_get0_algs(signed_->info, NULL, &signed_->signer, NULL, NULL);
    if (!saoy_key_is_usable(signed_->signer))
        return SAOY_FLAW_KEY;
    holds = CMS_SignerInfo_verify(signed_->info) == 1;
    ERR_clear_error();
    return holds ? SAOY_FLAW_NONE : SAOY_FLAW_SIGNATURE;
}

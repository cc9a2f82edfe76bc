#include "signature/revocation.h"

#include "cms-parts.h"
#include "der.h"

#include "core/file.h"
#include "core/ossl.h"

#include <openssl/ocsp.h>

#include <string.h>

/* What stands in certificates about revocation. What proofs say of them: answers.c. */
enum { MAX_URL = 1000, MAX_NAME = 16 << 10 };

typedef STACK_OF(ACCESS_DESCRIPTION) AccessList;
typedef STACK_OF(DIST_POINT) PointList;

static void
access_free(AccessList *list)
{
    sk_ACCESS_DESCRIPTION_pop_free(list, ACCESS_DESCRIPTION_free);
}

static void
points_free(PointList *list)
{
    sk_DIST_POINT_pop_free(list, DIST_POINT_free);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AccessList, access_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PointList, points_free)

const char *
saoy_revocation_name(SaoyRevocation revocation)
{
    static const char *const names[SAOY_REVOCATION_N] = {
        [SAOY_REVOCATION_GOOD] = "good",
        [SAOY_REVOCATION_REVOKED] = "revoked",
        [SAOY_REVOCATION_UNKNOWN] = "unknown",
    };

    return names[revocation];
}

/* ---- certificates ---- */

static char *
url_of(const GENERAL_NAME *name)
{
    const ASN1_STRING *text = NULL;

    if (name->type != GEN_URI)
        return NULL;
    text = name->d.uniformResourceIdentifier;
    g_autofree char *url = g_strndup((const char *)ASN1_STRING_get0_data(text),
                                     (size_t)ASN1_STRING_length(text));
    bool web = g_str_has_prefix(url, "http://") || g_str_has_prefix(url, "https://");
    return web && strlen(url) < MAX_URL && g_str_is_ascii(url) ? g_steal_pointer(&url)
                                                               : NULL;
}

static char *
access_url(SaoyView der, int method)
{
    g_autoptr(X509) certificate = saoy_x509_parse(der, NULL);
    g_autoptr(AccessList) list =
        certificate != NULL ? X509_get_ext_d2i(certificate, NID_info_access, NULL, NULL)
                            : NULL;
    char *url = NULL;

    for (int i = 0; url == NULL && i < sk_ACCESS_DESCRIPTION_num(list); i++) {
        const ACCESS_DESCRIPTION *one = sk_ACCESS_DESCRIPTION_value(list, i);

        if (OBJ_obj2nid(one->method) == method)
            url = url_of(one->location);
    }
    ERR_clear_error();
    return url;
}

char *
saoy_certificate_ocsp_url(SaoyView certificate)
{
    return access_url(certificate, NID_ad_OCSP);
}

char *
saoy_certificate_issuer_url(SaoyView certificate)
{
    return access_url(certificate, NID_ad_ca_issuers);
}

static char *
point_url(const DIST_POINT *point)
{
    const GENERAL_NAMES *names = NULL;
    char *url = NULL;

    if (point->distpoint == NULL || point->distpoint->type != 0)
        return NULL;
    names = point->distpoint->name.fullname;
    for (int i = 0; url == NULL && i < sk_GENERAL_NAME_num(names); i++)
        url = url_of(sk_GENERAL_NAME_value(names, i));
    return url;
}

char *
saoy_certificate_crl_url(SaoyView der)
{
    g_autoptr(X509) certificate = saoy_x509_parse(der, NULL);
    g_autoptr(PointList) list =
        certificate != NULL
            ? X509_get_ext_d2i(certificate, NID_crl_distribution_points, NULL, NULL)
            : NULL;
    char *url = NULL;

    for (int i = 0; url == NULL && i < sk_DIST_POINT_num(list); i++)
        url = point_url(sk_DIST_POINT_value(list, i));
    ERR_clear_error();
    return url;
}

/* Parsing a certificate decodes its key, which costs a hundred times as much as this. */
bool
saoy_certificate_names(SaoyView der, SaoyView *issuer, SaoyView *subject)
{
    SaoyView certificate = { 0 }, body = { 0 }, skipped = { 0 };

    if (!saoy_tlv_take(&der, SAOY_DER_SEQUENCE, &certificate, NULL) ||
        !saoy_tlv_take(&certificate, SAOY_DER_SEQUENCE, &body, NULL))
        return false;
    saoy_tlv_take(&body, SAOY_DER_CONTEXT_0, &skipped, NULL);
    return saoy_tlv_take(&body, SAOY_DER_INTEGER, &skipped, NULL) &&
           saoy_tlv_take(&body, SAOY_DER_SEQUENCE, &skipped, NULL) &&
           saoy_der_take(&body, SAOY_DER_SEQUENCE, issuer) &&
           saoy_tlv_take(&body, SAOY_DER_SEQUENCE, &skipped, NULL) &&
           saoy_der_take(&body, SAOY_DER_SEQUENCE, subject);
}

static X509_NAME *
parse_name(SaoyView der)
{
    const unsigned char *at = der.data;

    return der.size <= MAX_NAME ? d2i_X509_NAME(NULL, &at, (long)der.size) : NULL;
}

/* 7.1: equal bytes, or equal once both are brought into one form. */
bool
saoy_names_equal(SaoyView a, SaoyView b)
{
    bool same = a.size == b.size && memcmp(a.data, b.data, a.size) == 0;

    if (!same) {
        X509_NAME *one = parse_name(a), *two = one != NULL ? parse_name(b) : NULL;

        same = one != NULL && two != NULL && X509_NAME_cmp(one, two) == 0;
        X509_NAME_free(one);
        X509_NAME_free(two);
        ERR_clear_error();
    }
    return same;
}

unsigned long
saoy_name_hash(SaoyView der)
{
    X509_NAME *name = parse_name(der);
    unsigned long hash = name != NULL ? X509_NAME_hash_ex(name, NULL, NULL, NULL) : 0;

    X509_NAME_free(name);
    ERR_clear_error();
    return hash;
}

/* Does below name above's subject as its issuer? */
static bool
names(SaoyView below, SaoyView above)
{
    SaoyView issuer = { 0 }, subject = { 0 }, unused = { 0 };

    return saoy_certificate_names(below, &issuer, &unused) &&
           saoy_certificate_names(above, &unused, &subject) &&
           saoy_names_equal(issuer, subject);
}

bool
saoy_certificate_is_issued_by(SaoyView certificate, SaoyView issuer)
{
    if (!names(certificate, issuer))
        return false;

    g_autoptr(X509) below = saoy_x509_parse(certificate, NULL);
    g_autoptr(X509) above = saoy_x509_parse(issuer, NULL);
    bool issued = below != NULL && above != NULL &&
                  X509_check_issued(above, below) == X509_V_OK &&
                  X509_verify(below, X509_get0_pubkey(above)) == 1;

    ERR_clear_error();
    return issued;
}

bool
saoy_certificate_is_root(SaoyView der)
{
    if (!names(der, der))
        return false;

    g_autoptr(X509) certificate = saoy_x509_parse(der, NULL);
    bool root = certificate != NULL && X509_self_signed(certificate, 0) == 1;

    ERR_clear_error();
    return root;
}

/* ETSI EN 319 412-1, 5.2: of so short a life that it is never revoked. */
static bool
is_short_lived(SaoyView der)
{
    g_autoptr(X509) certificate = saoy_x509_parse(der, NULL);
    g_autoptr(ASN1_OBJECT) assured = OBJ_txt2obj("0.4.0.194121.2.1", 1);

    return certificate != NULL && assured != NULL &&
           X509_get_ext_by_OBJ(certificate, assured, -1) >= 0;
}

bool
saoy_certificate_can_be_asked(SaoyView certificate)
{
    g_autofree char *responder = saoy_certificate_ocsp_url(certificate);
    g_autofree char *list = saoy_certificate_crl_url(certificate);

    return (responder != NULL || list != NULL) && !is_short_lived(certificate);
}

int64_t
saoy_certificate_start_us(SaoyView der)
{
    g_autoptr(X509) certificate = saoy_x509_parse(der, NULL);

    return certificate != NULL ? saoy_asn1_us(X509_get0_notBefore(certificate)) : 0;
}

int64_t
saoy_certificate_end_us(SaoyView der)
{
    g_autoptr(X509) certificate = saoy_x509_parse(der, NULL);

    return certificate != NULL ? saoy_asn1_us(X509_get0_notAfter(certificate)) : 0;
}

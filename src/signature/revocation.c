#include "signature/revocation.h"

#include "cms-parts.h"

#include "core/file.h"
#include "core/ossl.h"

#include <openssl/ocsp.h>

#include <string.h>

/* What stands in certificates about revocation, and what many proofs say together. */
#define SLACK_US (24 * 3600 * (int64_t)G_USEC_PER_SEC)
#define MAX_URL 1000

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

/* ---- the heap ---- */

void
saoy_proofs_init(SaoyProofs *proofs)
{
    GPtrArray **const lists[] = { &proofs->certificates, &proofs->ocsps, &proofs->crls };

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        *lists[i] = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

void
saoy_proofs_clear(SaoyProofs *proofs)
{
    g_clear_pointer(&proofs->certificates, g_ptr_array_unref);
    g_clear_pointer(&proofs->ocsps, g_ptr_array_unref);
    g_clear_pointer(&proofs->crls, g_ptr_array_unref);
}

void
saoy_proofs_add(GPtrArray *list, GBytes *der)
{
    if (!g_ptr_array_find_with_equal_func(list, der, g_bytes_equal, NULL))
        g_ptr_array_add(list, g_bytes_ref(der));
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

/* Issuer and subject as they stand (RFC 5280, 4.1), tag and all: parsing a certificate
 * decodes its key, which costs a hundred times as much. */
static bool
take_names(SaoyView der, SaoyView *issuer, SaoyView *subject)
{
    SaoyView certificate = { 0 }, body = { 0 }, skipped = { 0 };
    const uint8_t *from = NULL;

    if (!saoy_tlv_take(&der, 0x30, &certificate, NULL) ||
        !saoy_tlv_take(&certificate, 0x30, &body, NULL))
        return false;
    saoy_tlv_take(&body, 0xa0, &skipped, NULL);
    if (!saoy_tlv_take(&body, 0x02, &skipped, NULL) ||
        !saoy_tlv_take(&body, 0x30, &skipped, NULL))
        return false;
    from = body.data;
    if (!saoy_tlv_take(&body, 0x30, &skipped, NULL))
        return false;
    *issuer = (SaoyView){ from, (size_t)(body.data - from) };
    if (!saoy_tlv_take(&body, 0x30, &skipped, NULL))
        return false;
    from = body.data;
    if (!saoy_tlv_take(&body, 0x30, &skipped, NULL))
        return false;
    *subject = (SaoyView){ from, (size_t)(body.data - from) };
    return true;
}

/* 7.1: equal bytes, or equal once both are brought into one form. */
static bool
same_name(SaoyView a, SaoyView b)
{
    const unsigned char *at = a.data, *bt = b.data;
    X509_NAME *one = NULL, *two = NULL;
    bool same = a.size == b.size && memcmp(a.data, b.data, a.size) == 0;

    if (!same) {
        one = d2i_X509_NAME(NULL, &at, (long)a.size);
        two = d2i_X509_NAME(NULL, &bt, (long)b.size);
        same = one != NULL && two != NULL && X509_NAME_cmp(one, two) == 0;
        X509_NAME_free(one);
        X509_NAME_free(two);
        ERR_clear_error();
    }
    return same;
}

/* Does below name above's subject as its issuer? */
static bool
names(SaoyView below, SaoyView above)
{
    SaoyView issuer = { 0 }, subject = { 0 }, unused = { 0 };

    return take_names(below, &issuer, &unused) && take_names(above, &unused, &subject) &&
           same_name(issuer, subject);
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

/* ---- many proofs ---- */

typedef bool CheckFunc(SaoyView proof, SaoyView certificate, SaoyView issuer,
                       SaoyRevocationProof *out, GError **error);

/* Whether it speaks of that time. Without a next update there is always newer news. */
static bool
counts(const SaoyRevocationProof *proof, int64_t at_us)
{
    int64_t until = proof->next_update_us != 0 ? proof->next_update_us
                                               : proof->this_update_us + SLACK_US;

    return proof->verdict != SAOY_REVOCATION_UNKNOWN && until >= at_us;
}

/* The worst word on that time. */
static SaoyRevocation
ask_all(GPtrArray *list, CheckFunc *check, SaoyView certificate, SaoyView issuer,
        int64_t at_us, SaoyRevocationProof *out)
{
    SaoyRevocation verdict = SAOY_REVOCATION_UNKNOWN;

    for (size_t i = 0; list != NULL && i < list->len; i++) {
        SaoyRevocationProof proof = { 0 };

        if (!check(saoy_view_of(list->pdata[i]), certificate, issuer, &proof, NULL))
            continue;
        bool revoked = proof.revoked_us != 0 && proof.revoked_us <= at_us;
        if (!revoked && (verdict == SAOY_REVOCATION_GOOD || !counts(&proof, at_us)))
            continue;
        *out = proof;
        out->proof = list->pdata[i];
        verdict = revoked ? SAOY_REVOCATION_REVOKED : SAOY_REVOCATION_GOOD;
        if (revoked)
            return verdict;
    }
    return verdict;
}

SaoyRevocation
saoy_revocation_at(SaoyView certificate, SaoyView issuer, const SaoyProofs *proofs,
                   int64_t at_us, SaoyRevocationProof *out)
{
    SaoyRevocationProof one = { .reason = -1 }, two = { .reason = -1 };
    SaoyRevocation ocsp =
        ask_all(proofs->ocsps, saoy_ocsp_check, certificate, issuer, at_us, &one);
    SaoyRevocation crl =
        ask_all(proofs->crls, saoy_crl_check, certificate, issuer, at_us, &two);
    bool first = ocsp == SAOY_REVOCATION_REVOKED ||
                 (ocsp == SAOY_REVOCATION_GOOD && crl != SAOY_REVOCATION_REVOKED);

    if (out != NULL)
        *out = first ? one : two;
    return first ? ocsp : crl;
}

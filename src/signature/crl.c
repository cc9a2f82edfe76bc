#include "crl.h"

#include "cms-parts.h"
#include "der.h"

#include "core/file.h"
#include "core/ossl.h"

#include <openssl/objects.h>
#include <openssl/pem.h>

#include <string.h>

/* Certificate revocation lists, RFC 5280, 5: the asking side. The issuer's: crl-make.c.
 * Lists of national authorities have megabytes, and anybody can put one into a file: read
 * where it lies, an entry at a time, and only once the issuer's key has signed it. */
enum { MAX_CRL = 16 << 20, REMOVED = 8 };

#define OID_EXPIRED_ON_LIST "2.5.29.60" /* expiredCertsOnCRL, X.509 (2016), 9.5.2.8 */

typedef struct {
    SaoyView body, algorithm, signature; /* with their headers, as the next */
    SaoyView issuer;
    int64_t this_update_us, next_update_us;
    SaoyView entries;    /* what revokedCertificates holds */
    SaoyView extensions; /* size 0: none */
} List;

typedef X509_EXTENSIONS Extensions;
typedef X509_REVOKED Entry;
typedef X509_ALGOR Algorithm;
static void
extensions_free(Extensions *all)
{
    sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Extensions, extensions_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Entry, X509_REVOKED_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Algorithm, X509_ALGOR_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_TYPE, ASN1_TYPE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ASN1_BIT_STRING, ASN1_BIT_STRING_free)

/* ---- reading ---- */

static bool
take_time(SaoyView *in, SaoyView *out)
{
    return saoy_der_take(in, SAOY_DER_UTC_TIME, out) ||
           saoy_der_take(in, SAOY_DER_TIME, out);
}

static int64_t
time_of(SaoyView der)
{
    const unsigned char *at = der.data;
    g_autoptr(ASN1_TIME) time =
        der.size > 0 ? d2i_ASN1_TIME(NULL, &at, (long)der.size) : NULL;

    return time != NULL ? saoy_asn1_us(time) : 0;
}

/* TBSCertList; the algorithm in it is the one outside (5.1.1.2). */
static bool
read_body(List *out)
{
    SaoyView whole = out->body, in = { 0 }, part = { 0 };

    if (!saoy_tlv_take(&whole, SAOY_DER_SEQUENCE, &in, NULL))
        return false;
    saoy_tlv_take(&in, SAOY_DER_INTEGER, &part, NULL);
    if (!saoy_der_take(&in, SAOY_DER_SEQUENCE, &part) || part.size != out->algorithm.size ||
        memcmp(part.data, out->algorithm.data, part.size) != 0 ||
        !saoy_der_take(&in, SAOY_DER_SEQUENCE, &out->issuer) || !take_time(&in, &part))
        return false;
    out->this_update_us = time_of(part);
    if (take_time(&in, &part))
        out->next_update_us = time_of(part);
    saoy_tlv_take(&in, SAOY_DER_SEQUENCE, &out->entries, NULL);
    saoy_tlv_take(&in, SAOY_DER_CONTEXT_0, &out->extensions, NULL);
    return in.size == 0;
}

static bool
read_list(SaoyView bytes, List *out, GError **error)
{
    SaoyView in = { 0 };
    bool good = bytes.size <= MAX_CRL &&
                saoy_tlv_take(&bytes, SAOY_DER_SEQUENCE, &in, NULL) && bytes.size == 0 &&
                saoy_der_take(&in, SAOY_DER_SEQUENCE, &out->body) &&
                saoy_der_take(&in, SAOY_DER_SEQUENCE, &out->algorithm) &&
                saoy_der_take(&in, SAOY_DER_BITS, &out->signature) && in.size == 0 &&
                read_body(out);

    ERR_clear_error();
    return good || saoy_fail(error, SAOY_ERROR_MALFORMED, "CRL is none");
}

bool
saoy_crl_is_by(SaoyView crl, SaoyView issuer)
{
    List list = { 0 };
    SaoyView unused = { 0 }, subject = { 0 };

    return read_list(crl, &list, NULL) &&
           saoy_certificate_names(issuer, &unused, &subject) &&
           saoy_names_equal(list.issuer, subject);
}

static bool
holds_lists(SaoyView bytes)
{
    List list = { 0 };

    return read_list(bytes, &list, NULL);
}

bool
saoy_proofs_take_crl(SaoyProofs *proofs, GBytes *file, GError **error)
{
    SaoyView all = saoy_view_of(file);
    g_autoptr(GBytes) plain = NULL;

    if (all.size == 0 || all.size > MAX_CRL)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CRL of %zu bytes", all.size);
    if (all.data[0] == SAOY_DER_SEQUENCE) {
        plain = g_bytes_ref(file);
    } else {
        g_autoptr(BIO) text = BIO_new_mem_buf(all.data, (int)all.size);
        unsigned char *der = NULL;
        long size = 0;

        if (PEM_bytes_read_bio(&der, &size, NULL, PEM_STRING_X509_CRL, text, NULL, NULL) ==
            1)
            plain = g_bytes_new(der, (size_t)size);
        OPENSSL_free(der);
        ERR_clear_error();
    }
    if (plain == NULL || !holds_lists(saoy_view_of(plain)))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CRL is none");
    saoy_proofs_add(proofs->crls, plain);
    return true;
}

/* ---- whose it is ---- */

static bool
is_signed(const List *list, X509 *issuer, GError **error)
{
    const unsigned char *body_at = list->body.data, *algorithm_at = list->algorithm.data,
                        *signature_at = list->signature.data;
    g_autoptr(ASN1_TYPE) body = d2i_ASN1_TYPE(NULL, &body_at, (long)list->body.size);
    g_autoptr(Algorithm) algorithm =
        d2i_X509_ALGOR(NULL, &algorithm_at, (long)list->algorithm.size);
    g_autoptr(ASN1_BIT_STRING) signature =
        d2i_ASN1_BIT_STRING(NULL, &signature_at, (long)list->signature.size);

    if (body == NULL || algorithm == NULL || signature == NULL)
        return saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, "CRL");
    return ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), algorithm, signature, body,
                            X509_get0_pubkey(issuer)) == 1 ||
           saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "CRL");
}

static bool
is_by(const List *list, SaoyView issuer, X509 *parsed, GError **error)
{
    SaoyView unused = { 0 }, subject = { 0 };

    if (!saoy_certificate_names(issuer, &unused, &subject) ||
        !saoy_names_equal(list->issuer, subject))
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "CRL of another authority");
    if ((X509_get_key_usage(parsed) & KU_CRL_SIGN) == 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "CRL: issuer may not sign it");
    return is_signed(list, parsed, error);
}

/* ---- extensions ---- */

static bool
has_unknown(const Extensions *all)
{
    for (int i = 0; i < sk_X509_EXTENSION_num(all); i++) {
        X509_EXTENSION *one = sk_X509_EXTENSION_value(all, i);
        int kind = OBJ_obj2nid(X509_EXTENSION_get_object(one));

        if (kind == NID_delta_crl || (X509_EXTENSION_get_critical(one) == 1 &&
                                      kind != NID_issuing_distribution_point))
            return true;
    }
    return false;
}

/* Since when the list keeps those that expired; 0: it need not. */
static int64_t
retained_since(const Extensions *all)
{
    g_autoptr(ASN1_OBJECT) kind = OBJ_txt2obj(OID_EXPIRED_ON_LIST, 1);
    int at = kind != NULL ? X509v3_get_ext_by_OBJ(all, kind, -1) : -1;

    if (at < 0)
        return 0;
    const ASN1_OCTET_STRING *value =
        X509_EXTENSION_get_data(sk_X509_EXTENSION_value(all, at));
    return time_of(
        (SaoyView){ ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value) });
}

static bool
take_extensions(const List *list, X509 *certificate, SaoyRevocationProof *out)
{
    const unsigned char *at = list->extensions.data;
    g_autoptr(Extensions) all = NULL;

    if (list->extensions.size == 0)
        return true;
    all = d2i_X509_EXTENSIONS(NULL, &at, (long)list->extensions.size);
    out->retained_us = all != NULL ? retained_since(all) : 0;
    return all != NULL && !has_unknown(all) && saoy_crl_covers(all, certificate);
}

/* ---- entries ---- */

/* Any critical extension of an entry is about more than one issuer's certificates, or not
 * known: then the list speaks of nobody (5.3). */
static bool
has_critical(SaoyView extensions)
{
    SaoyView one = { 0 }, part = { 0 };

    while (saoy_tlv_take(&extensions, SAOY_DER_SEQUENCE, &one, NULL))
        if (!saoy_tlv_take(&one, SAOY_DER_OID, &part, NULL) ||
            (saoy_tlv_take(&one, SAOY_DER_BOOLEAN, &part, NULL) && part.size == 1 &&
             part.data[0] != 0))
            return true;
    return extensions.size > 0;
}

static int
reason_of(const X509_REVOKED *entry)
{
    ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
    int value = reason != NULL ? (int)ASN1_ENUMERATED_get(reason) : -1;

    ASN1_ENUMERATED_free(reason);
    return value;
}

/* The earliest word on it counts. */
static void
take_entry(SaoyView der, SaoyRevocationProof *out)
{
    const unsigned char *at = der.data;
    g_autoptr(Entry) entry = d2i_X509_REVOKED(NULL, &at, (long)der.size);
    int reason = entry != NULL ? reason_of(entry) : -1;
    int64_t since_us =
        entry != NULL ? saoy_asn1_us(X509_REVOKED_get0_revocationDate(entry)) : 0;

    if (reason == REMOVED)
        return;
    if (out->verdict != SAOY_REVOCATION_REVOKED || since_us < out->revoked_us)
        out->reason = reason;
    out->revoked_us = out->verdict == SAOY_REVOCATION_REVOKED
                          ? MIN(out->revoked_us, MAX(since_us, 1))
                          : MAX(since_us, 1);
    out->verdict = SAOY_REVOCATION_REVOKED;
}

static bool
look_up(const List *list, X509 *certificate, SaoyRevocationProof *out)
{
    unsigned char *serial = NULL;
    int size = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &serial);
    SaoyView entries = list->entries, whole = { 0 }, part = { 0 }, in = { 0 };
    bool good = size > 0;

    while (good && saoy_der_take(&entries, SAOY_DER_SEQUENCE, &whole)) {
        SaoyView rest = whole;

        good = saoy_tlv_take(&rest, SAOY_DER_SEQUENCE, &in, NULL) &&
               saoy_der_take(&in, SAOY_DER_INTEGER, &part);
        bool same =
            good && part.size == (size_t)size && memcmp(part.data, serial, part.size) == 0;
        good = good && take_time(&in, &part);
        if (good && saoy_tlv_take(&in, SAOY_DER_SEQUENCE, &part, NULL))
            good = !has_critical(part);
        if (same)
            take_entry(whole, out);
    }
    OPENSSL_free(serial);
    ERR_clear_error();
    return good && entries.size == 0;
}

bool
saoy_crl_check(SaoyView bytes, SaoyView certificate, SaoyView issuer,
               SaoyRevocationProof *out, GError **error)
{
    g_autoptr(X509) below = saoy_x509_parse(certificate, error);
    g_autoptr(X509) above = below != NULL ? saoy_x509_parse(issuer, error) : NULL;
    SaoyRevocationProof proof = { .reason = -1 };
    List list = { 0 };

    if (above == NULL || !read_list(bytes, &list, error) ||
        !is_by(&list, issuer, above, error))
        return false;
    proof.this_update_us = proof.produced_us = list.this_update_us;
    proof.next_update_us = list.next_update_us;
    if (proof.this_update_us == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CRL without a time");
    if (!take_extensions(&list, below, &proof) || !look_up(&list, below, &proof))
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "CRL of a kind that is not supported");
    ERR_clear_error();
    *out = proof;
    return true;
}

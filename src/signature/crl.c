#include "cms-parts.h"
#include "der.h"
#include "signature/revocation.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/ossl.h"

#include <openssl/objects.h>
#include <openssl/pem.h>

#include <string.h>

/* Certificate revocation lists, RFC 5280, 5. */
enum { MAX_CRL = 16 << 20, LAST_UTC_YEAR = 2049 };

typedef ISSUING_DIST_POINT IssuingPoint;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IssuingPoint, ISSUING_DIST_POINT_free)

/* ---- reading ---- */

/* A list of some certificates only, of some reasons only, or the changes of another. */
static bool
is_whole(X509_CRL *crl, X509 *certificate)
{
    g_autoptr(IssuingPoint) point =
        X509_CRL_get_ext_d2i(crl, NID_issuing_distribution_point, NULL, NULL);
    bool ca = X509_check_ca(certificate) != 0;

    if (X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) >= 0)
        return false;
    if (point == NULL)
        return X509_CRL_get_ext_by_NID(crl, NID_issuing_distribution_point, -1) < 0;
    return point->onlysomereasons == NULL && point->indirectCRL == 0 &&
           point->onlyattr == 0 && !(ca && point->onlyuser > 0) &&
           !(!ca && point->onlyCA > 0);
}

static bool
has_unknown_extension(X509_CRL *crl)
{
    for (int i = 0; i < X509_CRL_get_ext_count(crl); i++) {
        X509_EXTENSION *one = X509_CRL_get_ext(crl, i);

        if (X509_EXTENSION_get_critical(one) == 1 &&
            OBJ_obj2nid(X509_EXTENSION_get_object(one)) != NID_issuing_distribution_point)
            return true;
    }
    return false;
}

static bool
is_by(X509_CRL *crl, X509 *issuer, GError **error)
{
    if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(issuer)) != 0)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "CRL of another authority");
    if ((X509_get_key_usage(issuer) & KU_CRL_SIGN) == 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "CRL: issuer may not sign it");
    return X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1 ||
           saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "CRL");
}

static int
reason_of(const X509_REVOKED *entry)
{
    ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
    int value = reason != NULL ? (int)ASN1_ENUMERATED_get(reason) : -1;

    ASN1_ENUMERATED_free(reason);
    return value;
}

static void
look_up(X509_CRL *crl, X509 *certificate, SaoyRevocationProof *out)
{
    X509_REVOKED *entry = NULL;

    out->this_update_us = out->produced_us = saoy_asn1_us(X509_CRL_get0_lastUpdate(crl));
    out->next_update_us = saoy_asn1_us(X509_CRL_get0_nextUpdate(crl));
    out->reason = -1;
    out->verdict = SAOY_REVOCATION_GOOD;
    if (X509_CRL_get0_by_cert(crl, &entry, certificate) != 1)
        return;
    out->verdict = SAOY_REVOCATION_REVOKED;
    out->revoked_us = MAX(saoy_asn1_us(X509_REVOKED_get0_revocationDate(entry)), 1);
    out->reason = reason_of(entry);
}

bool
saoy_proofs_take_crl(SaoyProofs *proofs, GBytes *file, GError **error)
{
    SaoyView all = saoy_view_of(file);
    const unsigned char *at = all.data;
    g_autoptr(X509_CRL) crl = NULL;
    unsigned char *der = NULL;
    int size = 0;

    if (all.size > 0 && all.size <= MAX_CRL) {
        g_autoptr(BIO) text = BIO_new_mem_buf(all.data, (int)all.size);

        crl = all.data[0] == 0x30 ? d2i_X509_CRL(NULL, &at, (long)all.size)
                                  : PEM_read_bio_X509_CRL(text, NULL, NULL, NULL);
    }
    if (crl == NULL || (all.data[0] == 0x30 && at != all.data + all.size))
        return saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, "CRL");
    size = i2d_X509_CRL(crl, &der);
    g_autoptr(GBytes) plain = size > 0 ? g_bytes_new(der, (size_t)size) : NULL;
    OPENSSL_free(der);
    ERR_clear_error();
    if (plain == NULL)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CRL");
    saoy_proofs_add(proofs->crls, plain);
    return true;
}

bool
saoy_crl_check(SaoyView bytes, SaoyView certificate, SaoyView issuer,
               SaoyRevocationProof *out, GError **error)
{
    const unsigned char *at = bytes.data;
    g_autoptr(X509) below = saoy_x509_parse(certificate, error);
    g_autoptr(X509) above = below != NULL ? saoy_x509_parse(issuer, error) : NULL;
    g_autoptr(X509_CRL) crl = NULL;
    SaoyRevocationProof proof = { 0 };

    if (above == NULL)
        return false;
    if (bytes.size > 0 && bytes.size <= MAX_CRL)
        crl = d2i_X509_CRL(NULL, &at, (long)bytes.size);
    if (crl == NULL || at != bytes.data + bytes.size)
        return saoy_ossl_fail(error, SAOY_ERROR_MALFORMED, "CRL");
    if (!is_by(crl, above, error))
        return false;
    if (has_unknown_extension(crl) || !is_whole(crl, below))
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "CRL of a kind that is not supported");
    look_up(crl, below, &proof);
    ERR_clear_error();
    if (proof.this_update_us == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CRL without a time");
    *out = proof;
    return true;
}

/* ---- writing ---- */

/* 5.1.2.4: UTCTime through 2049. */
static void
add_time(GByteArray *out, int64_t wall_us)
{
    int year = 0, month = 0, day = 0;

    saoy_time_day(wall_us, &year, &month, &day);
    saoy_der_time(out, year <= LAST_UTC_YEAR ? SAOY_DER_UTC_TIME : SAOY_DER_TIME, wall_us);
}

/* Extension around the value written since `from`, not critical. */
static void
wrap_extension(GByteArray *out, size_t from, int nid)
{
    g_autoptr(GByteArray) value = g_byte_array_new();

    g_byte_array_append(value, out->data + from, out->len - (guint)from);
    g_byte_array_set_size(out, (guint)from);
    saoy_der_oid(out, nid);
    saoy_der_bytes(out, SAOY_DER_OCTETS, (SaoyView){ value->data, value->len });
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
}

static void
add_entry(GByteArray *out, const SaoyCrlEntry *entry)
{
    size_t from = out->len, extensions = 0;

    saoy_der_positive(out, entry->serial);
    add_time(out, entry->revoked_us);
    extensions = out->len;
    if (entry->reason >= 0) {
        saoy_der_number(out, SAOY_DER_ENUMERATED, entry->reason);
        wrap_extension(out, extensions, NID_crl_reason);
        saoy_der_wrap(out, extensions, SAOY_DER_SEQUENCE);
    }
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
}

static void
add_extensions(GByteArray *out, X509 *issuer, int64_t number)
{
    const ASN1_OCTET_STRING *key = X509_get0_subject_key_id(issuer);
    size_t from = out->len, inner = from;

    if (key != NULL) {
        saoy_der_bytes(
            out, 0x80,
            (SaoyView){ ASN1_STRING_get0_data(key), (size_t)ASN1_STRING_length(key) });
        saoy_der_wrap(out, inner, SAOY_DER_SEQUENCE);
        wrap_extension(out, inner, NID_authority_key_identifier);
    }
    inner = out->len;
    saoy_der_number(out, SAOY_DER_INTEGER, number);
    wrap_extension(out, inner, NID_crl_number);
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
    saoy_der_wrap(out, from, SAOY_DER_CONTEXT_0);
}

static void
add_name(GByteArray *out, X509 *issuer)
{
    unsigned char *name = NULL;
    int size = i2d_X509_NAME(X509_get_subject_name(issuer), &name);

    if (size > 0)
        saoy_der_raw(out, (SaoyView){ name, (size_t)size });
    OPENSSL_free(name);
}

/* TBSCertList */
static GByteArray *
write_list(X509 *issuer, const SaoyCrlEntry *entries, size_t n, int64_t number,
           int64_t now_us, int64_t valid_s)
{
    GByteArray *out = g_byte_array_new();

    saoy_der_small(out, 1);
    saoy_der_signature_algorithm(out, issuer);
    add_name(out, issuer);
    add_time(out, now_us);
    add_time(out, now_us + valid_s * (int64_t)G_USEC_PER_SEC);
    size_t from = out->len;
    for (size_t i = 0; i < n; i++)
        add_entry(out, &entries[i]);
    if (n > 0)
        saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
    add_extensions(out, issuer, number);
    saoy_der_wrap(out, 0, SAOY_DER_SEQUENCE);
    return out;
}

GBytes *
saoy_crl_make(SaoyView issuer, const SaoyCrlEntry *entries, size_t n, int64_t number,
              int64_t now_us, int64_t valid_s, SaoySignFunc *sign, void *user,
              GError **error)
{
    static const uint8_t unused = 0;
    g_autoptr(X509) parsed = saoy_x509_parse(issuer, error);
    g_autoptr(GByteArray) out = NULL;
    uint8_t hash[32];

    if (parsed == NULL)
        return NULL;
    out = write_list(parsed, entries, n, number, now_us, valid_s);
    saoy_sha256((SaoyView){ out->data, out->len }, hash);
    g_autoptr(GBytes) given = sign(user, hash, error);
    g_autoptr(GBytes) signature =
        given != NULL ? saoy_cms_accept(issuer, hash, saoy_view_of(given), error) : NULL;
    if (signature == NULL)
        return NULL;
    saoy_der_signature_algorithm(out, parsed);
    size_t from = out->len;
    g_byte_array_append(out, &unused, 1);
    saoy_der_raw(out, saoy_view_of(signature));
    saoy_der_wrap(out, from, SAOY_DER_BITS);
    saoy_der_wrap(out, 0, SAOY_DER_SEQUENCE);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

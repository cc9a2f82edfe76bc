#include "cms-parts.h"
#include "der.h"
#include "signature/revocation.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/ossl.h"

#include <openssl/objects.h>

/* Certificate revocation lists, RFC 5280, 5: the issuer's side. The asking side: crl.c. */
enum { LAST_UTC_YEAR = 2049 };

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

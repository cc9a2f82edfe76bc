/* Revocation lists. One that is out of date still revokes what it names; that nothing newer
 * came is said, and is no reason to turn people away: a kiosk may be offline for days. */
#include "csca-store.h"

#include "algorithm.h"

/* SHA-1 is good enough to revoke. */
static bool
verifies(X509_CRL *crl, X509 *issuer)
{
    const X509_ALGOR *algorithm = NULL;

    X509_CRL_get0_signature(crl, NULL, &algorithm);
    return saoy_signature_digest(algorithm, NULL) != NULL && saoy_key_is_usable(issuer) &&
           (X509_get_key_usage(issuer) & KU_CRL_SIGN) != 0 &&
           X509_CRL_verify(crl, X509_get0_pubkey(issuer)) == 1;
}

bool
saoy_crl_holds(const GPtrArray *files, X509_CRL *crl)
{
    SaoyView name = { 0 };
    char country[3] = "";
    bool holds = false;

    if (X509_NAME_get0_der(X509_CRL_get_issuer(crl), &name.data, &name.size) == 1)
        saoy_csca_country(name, country);
    for (unsigned i = 0; i < files->len; i++) {
        const SaoyCscaFile *file = files->pdata[i];

        for (unsigned j = 0; file->trusted && file->kind != SAOY_CSCA_CRL && !holds &&
                             j < file->entries->len;
             j++) {
            SaoyCscaEntry *entry = file->entries->pdata[j];
            X509 *issuer = g_str_equal(entry->country, country)
                               ? saoy_csca_entry_certificate(entry)
                               : NULL;

            holds = issuer != NULL &&
                    X509_NAME_cmp(X509_get_subject_name(issuer),
                                  X509_CRL_get_issuer(crl)) == 0 &&
                    verifies(crl, issuer);
        }
    }
    ERR_clear_error();
    return holds;
}

/* A list of changes is none that stands alone; issuers do not make any (ICAO
 * 9303-12, 7.1.4). */
static bool
is_about(X509_CRL *crl, X509 *certificate)
{
    return crl != NULL &&
           X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_issuer_name(certificate)) ==
               0 &&
           X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) < 0;
}

static bool
is_newer(X509_CRL *crl, X509_CRL *than)
{
    return than == NULL || ASN1_TIME_compare(X509_CRL_get0_lastUpdate(crl),
                                             X509_CRL_get0_lastUpdate(than)) > 0;
}

/* Two issuers may bear one name: the newest by the key in question, and the newest by any
 * other, which may be its successor's. */
typedef struct {
    X509_CRL *own, *other;
} Newest;

static void
consider(Newest *newest, const GPtrArray *files, X509_CRL *crl, X509 *issuer)
{
    if (verifies(crl, issuer))
        newest->own = is_newer(crl, newest->own) ? crl : newest->own;
    else if (saoy_crl_holds(files, crl))
        newest->other = is_newer(crl, newest->other) ? crl : newest->other;
}

static Newest
find_newest(const GPtrArray *files, X509 *certificate, X509 *issuer, const char *country)
{
    Newest newest = { 0 };

    for (unsigned i = 0; i < files->len; i++) {
        const SaoyCscaFile *file = files->pdata[i];

        for (unsigned j = 0; file->kind == SAOY_CSCA_CRL && j < file->entries->len; j++) {
            SaoyCscaEntry *entry = file->entries->pdata[j];
            X509_CRL *crl =
                g_str_equal(entry->country, country) ? saoy_csca_entry_crl(entry) : NULL;

            if (is_about(crl, certificate))
                consider(&newest, files, crl, issuer);
        }
    }
    ERR_clear_error();
    return newest;
}

static SaoyRevocation
look_up(X509_CRL *crl, X509 *certificate, int64_t at_s)
{
    time_t at = (time_t)at_s;
    X509_REVOKED *entry = NULL;

    if (crl == NULL)
        return SAOY_REVOCATION_NONE;
    if (X509_CRL_get0_by_cert(crl, &entry, certificate) == 1)
        return SAOY_REVOCATION_REVOKED;
    return X509_CRL_get0_nextUpdate(crl) != NULL &&
                   X509_cmp_time(X509_CRL_get0_nextUpdate(crl), &at) < 0
               ? SAOY_REVOCATION_STALE
               : SAOY_REVOCATION_FINE;
}

SaoyRevocation
saoy_revocation_of(const GPtrArray *files, X509 *certificate, X509 *issuer, int64_t at_s)
{
    SaoyView name = { 0 };
    char country[3] = "";
    Newest newest;
    SaoyRevocation own, other;

    if (X509_NAME_get0_der(X509_get_issuer_name(certificate), &name.data, &name.size) == 1)
        saoy_csca_country(name, country);
    newest = find_newest(files, certificate, issuer, country);
    own = look_up(newest.own, certificate, at_s);
    other = look_up(newest.other, certificate, at_s);
    if (own == SAOY_REVOCATION_REVOKED || other == SAOY_REVOCATION_REVOKED)
        return SAOY_REVOCATION_REVOKED;
    if (own == SAOY_REVOCATION_FINE || other == SAOY_REVOCATION_FINE)
        return SAOY_REVOCATION_FINE;
    return own != SAOY_REVOCATION_NONE ? own : other;
}

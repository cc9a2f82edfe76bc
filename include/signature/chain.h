#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* What a key is wanted for. */
typedef enum { SAOY_PURPOSE_DOCUMENT, SAOY_PURPOSE_STAMP } SaoyPurpose;

/* Extended key usage of seals' certificates (ITU-T X.667, an arc by UUID): a seal's key
 * signs no documents. */
#define SAOY_USAGE_SEAL "2.25.318246711874363983407164545072908958258"

/* Trust directory: *.der, *.crt, *.cer, *.pem. */
typedef enum {
    SAOY_TRUST_TRUSTED,
    SAOY_TRUST_UNKNOWN,
    SAOY_TRUST_EXPIRED,
    SAOY_TRUST_REVOKED,
    SAOY_TRUST_N
} SaoyTrust;
const char *saoy_trust_name(SaoyTrust trust); /* "trusted" … */

/* Every certificate of the directory, GBytes DER, in name order; files that hold none are
 * left out. directory NULL or absent: an empty array. */
GPtrArray *saoy_trust_certificates(const char *directory);

/* Subject's common name (else organisation, else "?") of a certificate; free with g_free.
 */
char *saoy_certificate_name(SaoyView der);
/* Is that, but for case, blanks and the form of its letters, the subject's only common
 * name? «TEST – » in front, as a test authority (its name begins with TEST) writes it, is
 * stepped over. No other attribute counts: anybody may work for an office. */
bool saoy_certificate_is_of(SaoyView der, const char *name);
bool saoy_certificate_same_key(SaoyView a, SaoyView b);

/* The certificates from the first of chain (GBytes DER) to a root of the directory, both
 * included, at that time; NULL: there is no such path. helpers: more that may lie between,
 * or NULL. Of usage only that of the issuers is asked, for documents; lists are not. */
GPtrArray *saoy_chain_path(GPtrArray *chain, GPtrArray *helpers, const char *directory,
                           int64_t at_us);

/* May the key of chain's first certificate serve that? Key usage: digitalSignature or
 * nonRepudiation. Extended key usage, where there is one: for documents anything beside the
 * uses that are known to be others (servers, clients, OCSP, time stamps, seals), since each
 * country has its own for documents; for stamps timeStamping alone, critical (RFC 3161,
 * 2.3). */
bool saoy_chain_may(GPtrArray *chain, SaoyPurpose purpose);

/* Does the first certificate of chain (GBytes DER) end in a root of the directory, at that
 * time, and may it (saoy_chain_may; if not: UNKNOWN)? The extended key usage of an issuer
 * between them, where it has one, bounds what it issues. A root is self-signed; other
 * certificates of the directory only help to build. Revocation lists (*.crl, DER or PEM) of
 * the directory are obeyed for the first certificate; what is none is stepped over.
 * EXPIRED: right but for the time. directory NULL: UNKNOWN. */
SaoyTrust saoy_chain_check(GPtrArray *chain, const char *directory, int64_t at_us,
                           SaoyPurpose purpose);

#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

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

/* The certificates from the first of chain (GBytes DER) to a root of the directory, both
 * included, at that time; NULL: there is no such path. helpers: more that may lie between,
 * or NULL. Key usage and lists are not asked. */
GPtrArray *saoy_chain_path(GPtrArray *chain, GPtrArray *helpers, const char *directory,
                           int64_t at_us);

/* Does the first certificate of chain (GBytes DER) end in a root of the directory, at that
 * time, with that key usage (digitalSignature or nonRepudiation)? A root is self-signed;
 * other certificates of the directory only help to build. Revocation lists (*.crl) of the
 * directory are obeyed for the first certificate. EXPIRED: right but for the time.
 * directory NULL: UNKNOWN. */
SaoyTrust saoy_chain_check(GPtrArray *chain, const char *directory, int64_t at_us);

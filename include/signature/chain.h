#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* Trust directory: *.der, *.crt, *.cer, *.pem. */
typedef enum {
    SAOY_TRUST_TRUSTED, SAOY_TRUST_UNKNOWN, SAOY_TRUST_EXPIRED, SAOY_TRUST_REVOKED,
    SAOY_TRUST_N
} SaoyTrust;
const char *saoy_trust_name(SaoyTrust trust); /* "trusted" … */

/* Does the first certificate of chain (GBytes DER) end in a root of the directory, at that
 * time, with that key usage (digitalSignature or nonRepudiation)? */
SaoyTrust saoy_chain_check(GPtrArray *chain, const char *directory, int64_t at_us);

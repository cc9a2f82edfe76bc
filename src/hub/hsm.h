#pragma once
#include "config.h"
#include "core/bytes.h"
#include "signature/signer.h"

/* The hub's signing keys. A test PKI keeps them in files, which the configuration must call
 * "insecure"; officer, agency and seal may lie in a token, HSM or signing service instead
 * ([keys] officer, agency, seal: docs/signing.md). Certificates are files always. Const
 * after opening; any thread. */
typedef struct SaoyKeys SaoyKeys;

/* REFUSED when key files are not allowed by name and not all three lie elsewhere. Opens
 * each provider once to see that it is there: errors are saoy_signer_open's. */
SaoyKeys *saoy_keys_open(const SaoyHubConfig *config, GError **error);
void saoy_keys_close(SaoyKeys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyKeys, saoy_keys_close)

/* Credential ids: "agency", "officer", "officer-LOGIN" sign copies; "seal", "tsa", "ocsp",
 * "issuing", "root" are the hub's own services'. NO_MEDIA for an unknown one. Chain: array
 * of GBytes DER, signer first, without the root. */
GPtrArray *saoy_keys_chain(const SaoyKeys *keys, const char *credential, GError **error);

/* Is its certificate of that name? Else whatever it signs verifies as undecided: the
 * validator wants the names of the seal in the certificates. FAILED. */
bool saoy_keys_check_name(const SaoyKeys *keys, const char *credential, const char *name,
                          GError **error);

/* Does it sign copies: may a kiosk hear of it? */
bool saoy_keys_is_signer(const char *credential);

/* Who holds that key, opened for one thread's use; NULL without error: a file here does. */
SaoySigner *saoy_keys_provider(const SaoyKeys *keys, const char *credential,
                               GError **error);

/* Over a SHA-256 digest: ECDSA as DER, RSA PKCS#1 v1.5. REFUSED for a signer of copies
 * whose key lies elsewhere: that is journalled (signing.h). */
GBytes *saoy_keys_sign(const SaoyKeys *keys, const char *credential, const uint8_t hash[32],
                       GError **error);
/* The same as r‖s, 64 bytes. */
bool saoy_keys_sign_raw(const SaoyKeys *keys, const char *credential,
                        const uint8_t hash[32], uint8_t out[64], GError **error);

/* "officer-LOGIN" when that officer has a key, else "officer". Free with g_free. */
char *saoy_keys_officer(const SaoyKeys *keys, const char *login);

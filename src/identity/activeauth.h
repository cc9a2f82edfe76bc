#pragma once
#include "core/ossl.h"
#include "lds.h"
#include "link.h"

/* Active authentication (ICAO 9303-11, 6.1): the chip signs a fresh challenge with the key
 * of DG15. RSA: ISO 9796-2 scheme 1 with SHA-1 to SHA-512. ECDSA: r ‖ s as in BSI TR-03111,
 * digest by DG14. */
#define SAOY_CHALLENGE_SIZE 8

/* The terminal's side, one command. digest as in SaoyDg14. UNTRUSTED: the key is unusable
 * or the signature wrong. FAILED: the chip answers no. NO_MEDIA: a kind of key or digest
 * that we cannot check. */
bool saoy_active_auth_run(SaoyLink *link, SaoyView key, int digest, GError **error);

/* Whether this key's answer is longer than what chip and reader let through. */
bool saoy_active_auth_is_too_long(const SaoyLink *link, SaoyView key);

bool saoy_active_auth_check(EVP_PKEY *key, int digest,
                            const uint8_t challenge[SAOY_CHALLENGE_SIZE],
                            SaoyView signature, GError **error);

/* The chip's side: appends the signature. digest also chooses the trailer of RSA. */
bool saoy_active_auth_sign(EVP_PKEY *key, int digest,
                           const uint8_t challenge[SAOY_CHALLENGE_SIZE], GByteArray *out,
                           GError **error);

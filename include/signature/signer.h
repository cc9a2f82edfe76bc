#pragma once
#include "signature/csc.h"

/* Whoever holds a signing key for us: a CSC service, one of the older shape, a token. One
 * interface, whatever the provider: certificates, start, poll, cancel. Blocking; one thread
 * at a time. docs/signing.md */
typedef struct SaoySigner SaoySigner;

/* path: a provider's file, [signer] driver = csc2|csc1|pkcs11; in a folder of its own, for
 * its conf.d is read too. A token is opened and logged in at once, a service is asked with
 * the first call. NO_MEDIA a file that is not there; MALFORMED names every mistake; OFFLINE
 * no such token; REFUSED its PIN. */
SaoySigner *saoy_signer_open(const char *path, GError **error);

/* A CSC v2 service that gives the same signature for the same clientData for ever: our own
 * hub. csc is borrowed. */
SaoySigner *saoy_signer_of_csc(SaoyCsc *csc);

void saoy_signer_close(SaoySigner *signer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoySigner, saoy_signer_close)

/* The chain of that credential, signer first, array of GBytes DER. The certificate decides:
 * UNTRUSTED when no first one has certificate_sha256 (lower-case hex). The provider may
 * know the key by another id, which is remembered. NO_MEDIA the provider has no such key.
 */
GPtrArray *saoy_signer_chain(SaoySigner *signer, const char *credential_id,
                             const char *certificate_sha256, GCancellable *cancel,
                             GError **error);

/* One hash to sign. tag names the act ("<copy id>/1"): the same tag never signs two hashes,
 * and never one twice. Where that stands is journalled as text: recall answers the last one
 * ("" none; free with g_free); journal writes `after` in place of `before`, before the
 * request leaves, and fails when another stands there. Both NULL only for
 * saoy_signer_of_csc, whose service keeps its own. patience_s bounds the waiting; a
 * provider's own patience takes its place. headers: "Name: value", NULL-terminated, or
 * NULL: go with each call. */
typedef struct {
    const char *credential_id, *tag;
    const char *const *headers;
    const uint8_t *hash; /* SHA-256, 32 bytes */
    unsigned patience_s;
    char *(*recall)(void *user, GError **error);
    bool (*journal)(void *user, const char *before, const char *after, GError **error);
    void *user;
} SaoySigning;

/* The signature, verified under the certificate of saoy_signer_chain, which comes first;
 * ECDSA as DER. What was asked before is polled, not asked again. REFUSED the provider said
 * no; TIMEOUT patience is over and it may be called again; OFFLINE it was never reached;
 * UNTRUSTED a signature that is not of this hash and key; MALFORMED an answer outside the
 * protocol; FAILED else, also: asked before, no answer known, and the provider may not be
 * asked twice: for an operator. */
GBytes *saoy_signer_sign(SaoySigner *signer, const SaoySigning *signing,
                         GCancellable *cancel, GError **error);

/* Gives up what was not yet asked to sign. REFUSED when a signature may still come. */
bool saoy_signer_cancel(SaoySigner *signer, const SaoySigning *signing, GError **error);

/* The signature that stands in a journalled text, verified; NULL without error: none yet.
 * REFUSED another tag or hash; UNTRUSTED, MALFORMED. "" is none. */
GBytes *saoy_signing_result(const char *text, const char *tag, const uint8_t hash[32],
                            SaoyView certificate, GError **error);

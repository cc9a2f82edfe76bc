#pragma once
#include "net/http.h"

/* A session with a remote signing service, CSC API v2 (facts: docs/signing.md). Signing
 * itself goes through signature/signer.h. Blocking, one thread. */
typedef struct SaoyCsc SaoyCsc;

/* http's base is the server's root; borrowed. */
SaoyCsc *saoy_csc_new(SaoyHttp *http);
void saoy_csc_free(SaoyCsc *csc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyCsc, saoy_csc_free)

/* oauth2/token, client_credentials over mutual TLS; sets the bearer of http. Renews itself
 * when a call answers 401 once. REFUSED, OFFLINE, MALFORMED. */
bool saoy_csc_login(SaoyCsc *csc, GCancellable *cancel, GError **error);

/* signatures/timestamp: a token over a SHA-256, checked (saoy_stamp_accept_token). tag: our
 * own hub's clientData "<copy id>/<signer>", for which it gives the same token again, or
 * NULL. The nonce then follows from hash and tag, so that the same question may be asked
 * twice. headers ("Name: value", NULL-terminated, or NULL) go with the call. trust may be
 * NULL. REFUSED the service said no; TIMEOUT patience is over; OFFLINE it was never
 * reached; UNTRUSTED, MALFORMED the token. */
GBytes *saoy_csc_timestamp(SaoyCsc *csc, const uint8_t hash[32], const char *tag,
                           const char *const *headers, unsigned patience_s,
                           const char *trust, GCancellable *cancel, GError **error);

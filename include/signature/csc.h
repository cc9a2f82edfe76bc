#pragma once
#include "net/http.h"

/* Client of a remote signing service, CSC API v2 (facts-csc.md). Blocking, one thread. */
typedef struct SaoyCsc SaoyCsc;

/* http's base is the server's root; borrowed. */
SaoyCsc *saoy_csc_new(SaoyHttp *http);
void saoy_csc_free(SaoyCsc *csc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyCsc, saoy_csc_free)

/* oauth2/token, client_credentials over mutual TLS; sets the bearer of http. Renews itself
 * when a call answers 401 once. */
bool saoy_csc_login(SaoyCsc *csc, GCancellable *cancel, GError **error);

/* credentials/info: chain, signer first, array of GBytes DER. UNTRUSTED when the first
 * one's SHA-256 is not certificate_sha256. */
GPtrArray *saoy_csc_chain(SaoyCsc *csc, const char *credential_id,
                          const char *certificate_sha256, GCancellable *cancel,
                          GError **error);

/* authorize (+ authorizeCheck while 202), signHash with operationMode A, signPolling, until
 * patience_s is over. client_data is the idempotency tag: asked again it gives the same
 * signature. on_response (may be NULL) is told the responseID before polling, so that it
 * can be journalled; response_id (may be NULL) goes on polling an earlier one instead of
 * asking. After saoy_csc_chain of that credential the signature is checked under the pinned
 * certificate. REFUSED the service said no; TIMEOUT patience is over; OFFLINE it was never
 * reached; UNTRUSTED a wrong signature; MALFORMED an answer outside the protocol. headers
 * ("Name: value", NULL-terminated, or NULL) go with each of these calls: our own hub wants
 * the lease's fence in X-Saoy-Fence, other services pass it over. */
typedef struct {
    const char *credential_id, *client_data, *response_id;
    const char *const *headers;
    const uint8_t *hash; /* 32 bytes */
    unsigned patience_s;
    bool (*on_response)(void *user, const char *response_id, GError **error);
    void *user;
} SaoyCscRequest;
GBytes *saoy_csc_sign(SaoyCsc *csc, const SaoyCscRequest *request, GCancellable *cancel,
                      GError **error);

/* signatures/timestamp: a token over a SHA-256, checked (saoy_stamp_accept_token). tag: our
 * own hub's clientData "<copy id>/<signer>", for which it gives the same token again, or
 * NULL. The nonce then follows from hash and tag, so that the same question may be asked
 * twice. trust may be NULL. Errors as above. */
GBytes *saoy_csc_timestamp(SaoyCsc *csc, const uint8_t hash[32], const char *tag,
                           const char *const *headers, unsigned patience_s,
                           const char *trust, GCancellable *cancel, GError **error);

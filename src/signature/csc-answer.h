#pragma once
#include "core/json.h"

/* What a signing service answers, read from its bytes alone: no network, no state. Every
 * list and text is bounded; what is outside the protocol is MALFORMED. */
#define SAOY_CSC_ANSWER_MAX (256u << 10)
#define SAOY_CSC_CREDENTIALS_MAX 16

typedef struct {
    int status;     /* 2xx or 4xx */
    SaoyJson *json; /* never NULL after reading */
} SaoyCscAnswer;

void saoy_csc_answer_clear(SaoyCscAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyCscAnswer, saoy_csc_answer_clear)

/* FAILED for 1xx, 3xx and 5xx; MALFORMED when a 2xx is not JSON. 4xx is the caller's to
 * judge, JSON or not. */
bool saoy_csc_answer_read(int status, SaoyView body, SaoyCscAnswer *out, GError **error);

/* REFUSED, with status and `error`: decided by these, never by a text. Returns false. */
bool saoy_csc_answer_refuse(const SaoyCscAnswer *answer, GError **error);

/* Not done yet: 202, or 400 with accepted_request in either style. */
bool saoy_csc_answer_is_pending(const SaoyCscAnswer *answer);

/* oauth2/token, auth/login: the bearer token (RFC 6750). Secret; borrowed. */
const char *saoy_csc_answer_token(const SaoyCscAnswer *answer, GError **error);
/* credentials/list: ids, free with g_strfreev. */
GStrv saoy_csc_answer_credentials(const SaoyCscAnswer *answer, GError **error);
/* credentials/info: certificates, signer first, array of GBytes (bytes, not yet parsed). */
GPtrArray *saoy_csc_answer_chain(const SaoyCscAnswer *answer, GError **error);
/* credentials/authorize and authorizeCheck: by status, 200 {SAD} or 202 {handle}. Borrowed.
 */
const char *saoy_csc_answer_sad(const SaoyCscAnswer *answer, GError **error);
const char *saoy_csc_answer_handle(const SaoyCscAnswer *answer, GError **error);
/* signHash in mode A: the responseID (borrowed), or NULL without error: it has signed. */
const char *saoy_csc_answer_response(const SaoyCscAnswer *answer, GError **error);
/* signHash in mode S, signPolling: the one signature, not yet verified. */
GBytes *saoy_csc_answer_signature(const SaoyCscAnswer *answer, GError **error);
/* signatures/timestamp: the token's DER, not yet checked. */
GBytes *saoy_csc_answer_stamp(const SaoyCscAnswer *answer, GError **error);

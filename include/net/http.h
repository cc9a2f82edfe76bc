#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* One server. TLS >= 1.2; the peer's chain is checked against ca only. Blocking,
 * cancellable within 100 ms, one thread at a time (keeps its connection warm). */
typedef struct SaoyHttp SaoyHttp;

typedef struct {
    const char *ca;         /* PEM file; NULL: plain http is allowed to loopback only */
    const char *cert, *key; /* client's PEM files, or NULL */
    const char *pin;     /* base64 SHA-256 of the server's public key (RFC 7469), or NULL */
    bool cookies;        /* keeps them, as a browser does */
    bool signed_answers; /* plain http to anywhere: only for what proves itself (time
                          * stamps, OCSP, CRLs, certificates) */
    bool outside;        /* a stranger named the address: nothing that only this machine
                          * reaches (loopback, link-local, multicast) is asked */
} SaoyHttpTls;

SaoyHttp *saoy_http_new(const char *base_url, const SaoyHttpTls *tls, GError **error);
void saoy_http_free(SaoyHttp *http);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyHttp, saoy_http_free)

/* "Bearer …" for all later calls; NULL removes it. */
void saoy_http_set_bearer(SaoyHttp *http, const char *token);

typedef struct {
    const char *method, *path; /* path with query, behind base_url */
    const char *type;          /* Content-Type of body */
    SaoyView body;
    const char *const *headers; /* "Name: value", NULL-terminated, or NULL */
    unsigned timeout_s;         /* of the whole call; 0: 30 */
    size_t max_answer;          /* 0: 4 MiB */
    unsigned grace_s;           /* a cancel waits for the answer so long */
    bool
        once; /* on a new connection: what a warm one loses would be sent again by itself */
} SaoyHttpCall;

typedef struct {
    int status;
    GBytes *body; /* never NULL after success */
    char *type;   /* Content-Type, "" when absent */
    int retry_after_s;
} SaoyHttpAnswer;
void saoy_http_answer_clear(SaoyHttpAnswer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyHttpAnswer, saoy_http_answer_clear)

/* Any status is a success of this function; redirects are not followed. OFFLINE no
 * connection, TIMEOUT, UNTRUSTED the peer's certificate, MALFORMED an answer over
 * max_answer. */
bool saoy_http_call(SaoyHttp *http, const SaoyHttpCall *call, SaoyHttpAnswer *out,
                    GCancellable *cancel, GError **error);

/* Whether anything of the last call left this machine: a call that failed without may be
 * made again, whatever it does. */
bool saoy_http_was_sent(const SaoyHttp *http);

/* The part of url from `below` ("/pki/") on, when it is on the same host as own, whatever
 * the port, and its path begins so; NULL else. */
const char *saoy_url_own_path(const char *own, const char *below, const char *url);

/* One whole exchange with a server of signed answers (OCSP, CRLs, certificates), as above:
 * GET, or POST when there is a body; at most 16 MiB and 10 s. A SaoyFetchFunc. The address
 * comes from a certificate, so from anybody: this machine itself is never asked, unless
 * user, an address of our own (const char *, or NULL), is on it too. OFFLINE then, and for
 * any status but 200. */
GBytes *saoy_http_fetch(void *user, const char *url, const char *type, GBytes *body,
                        GCancellable *cancel, GError **error);

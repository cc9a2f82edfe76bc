#pragma once
#include "net/http.h"

/* Time stamps (RFC 3161): tokens as they stand in files, and the protocol that asks for
 * them and gives them. Any thread. */
typedef struct {
    int64_t time_us;     /* genTime */
    int64_t accuracy_us; /* 0: not said */
    GPtrArray *chain;    /* GBytes DER, the authority's first */
    char *policy;        /* dotted */
    uint8_t nonce[32];
    size_t nonce_size; /* 0: none */
    bool named;        /* an ESS attribute names the authority's certificate (RFC 5816) */
    bool for_stamps;   /* its extended key usage is timeStamping alone, and critical */
    bool strong;       /* imprint and signature use SHA-256 or better */
} SaoyStamp;
void saoy_stamp_clear(SaoyStamp *stamp);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyStamp, saoy_stamp_clear)

/* A token over two pieces of bytes one after the other (a file's /ByteRange; a signature
 * value and nothing). Checks TSTInfo, imprint, the signature and, where there is one, the
 * ESS attribute; the certificate must be for time stamps. Trust is the caller's to ask
 * (saoy_chain_check), and whether named, for_stamps, strong are wanted. Zeros behind the
 * token are /Contents' padding. MALFORMED no token; UNTRUSTED a wrong one. out is not
 * touched on failure. */
bool saoy_stamp_check(SaoyView token, const SaoyView data[2], SaoyStamp *out,
                      GError **error);

/* ---- asking ---- */

typedef struct {
    uint8_t imprint[32]; /* SHA-256 of what is stamped */
    uint8_t nonce[16];   /* sent when nonce_size > 0 */
    size_t nonce_size;
    const char *policy;   /* dotted OID to ask for and insist on, or NULL: any */
    const char *trust;    /* directory the authority's chain must end in, or NULL */
    int64_t now_us;       /* our clock */
    unsigned tolerance_s; /* how far genTime may be from it; 0: 300 */
} SaoyStampAsk;

/* That imprint, a fresh nonce, our clock; policy, trust and tolerance are the caller's. */
bool saoy_stamp_ask(const uint8_t imprint[32], SaoyStampAsk *out, GError **error);

/* TimeStampReq: version 1, SHA-256, certReq. */
GBytes *saoy_stamp_request(const SaoyStampAsk *ask);

/* The token of a TimeStampResp, checked fully: granted, imprint, nonce, policy, certificate
 * for time stamps alone (critical) and named by ESS, signature, genTime, trust. REFUSED not
 * granted; MALFORMED; UNTRUSTED. */
GBytes *saoy_stamp_accept(SaoyView response, const SaoyStampAsk *ask, GError **error);
/* The same of a bare token (CSC's signatures/timestamp). */
bool saoy_stamp_accept_token(SaoyView token, const SaoyStampAsk *ask, GError **error);

/* Both over HTTP (RFC 3161, 3.4); path behind http's base. At most 64 KiB of answer.
 * OFFLINE, TIMEOUT after timeout_s; REFUSED by status. */
GBytes *saoy_stamp_fetch(SaoyHttp *http, const char *path, const SaoyStampAsk *ask,
                         unsigned timeout_s, GCancellable *cancel, GError **error);

/* ---- giving ---- */

/* Signs a SHA-256 digest: ECDSA as DER, or RSA PKCS#1 v1.5. */
typedef GBytes *SaoySignFunc(void *user, const uint8_t hash[32], GError **error);

typedef struct {
    GPtrArray *chain; /* GBytes DER, the authority's first */
    SaoySignFunc *sign;
    void *user;
    const char *policy; /* dotted */
    int64_t now_us;
    int64_t serial; /* > 0, never twice */
} SaoyStampAuthority;

/* TimeStampResp for a request; a bad request gets a rejection with its PKIFailureInfo, not
 * an error. error: our own faults (the key). */
GBytes *saoy_stamp_answer(SaoyView request, const SaoyStampAuthority *authority,
                          GError **error);
/* A bare token. imprint: SHA-256. */
GBytes *saoy_stamp_token(const uint8_t imprint[32], SaoyView nonce,
                         const SaoyStampAuthority *authority, GError **error);

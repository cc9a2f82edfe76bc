#pragma once
#include "csc-answer.h"
#include "signature/csc.h"

/* One CSC method, through everything that may be repeated: 429, 503 and a broken network
 * are waited out until the deadline, 401 logs in again once. */
/* path behind /csc/v2. TIMEOUT at the deadline; FAILED for 5xx; MALFORMED when a 2xx is not
 * JSON. 4xx is the caller's to judge. */
bool saoy_csc_call(SaoyCsc *csc, const char *path, const SaoyJson *body,
                   int64_t deadline_us, SaoyCscAnswer *out, GCancellable *cancel,
                   GError **error);

/* The refusal a 4xx means, with the path. Returns false. */
bool saoy_csc_refuse(const SaoyCscAnswer *answer, const char *path, GError **error);

/* Sleeps; false when cancelled or when the deadline comes first (TIMEOUT). */
bool saoy_csc_wait(unsigned ms, int64_t deadline_us, GCancellable *cancel, GError **error);

struct SaoyCsc {
    SaoyHttp *http;
    GHashTable *credentials;    /* id -> GBytes: the signer's certificate as pinned */
    const char *const *headers; /* of the signing under way, or NULL; borrowed */
};

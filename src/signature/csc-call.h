#pragma once
#include "csc-answer.h"
#include "signature/csc.h"

/* How a service of the CSC family is spoken to. Standard names and paths differ between the
 * versions, and between what calls itself one: all of them are settings. */
typedef struct {
    bool v1; /* PIN and OTP as strings, hash and hashAlgo, no mode A: signHash waits */
    bool authorize;           /* credentials/authorize before signHash */
    bool repeats;             /* same clientData, same signature, for ever */
    const char *root, *login; /* paths; login "": the client certificate is enough */
    const char *credential_name, *hash_name, *algorithm_name, *count_name;
    const char *client_id; /* oauth2: in the form, "" none */
    const char *pin_id;    /* v2: id of the authData object that pin answers */
    /* secrets and what goes with every call, as they stand in files; NULL: none */
    GBytes *client_secret, *login_body, *members, *pin, *otp;
} SaoyCscProfile;

extern const SaoyCscProfile saoy_csc_v2; /* the standard's own words; our hub */

struct SaoyCsc {
    SaoyHttp *http;
    const SaoyCscProfile *profile;
    const char *const *headers; /* of the call under way, or NULL; borrowed */
    bool uncertain; /* the last call failed, and may have been done all the same */
};

/* An object with the profile's members that go with every call. Free with
 * saoy_json_unref. */
SaoyJson *saoy_csc_body(const SaoyCsc *csc, GError **error);

/* One method, through everything that may be repeated: 429, 503 and a broken network are
 * waited out until the deadline, 401 logs in again once. */
typedef struct {
    const char *path; /* behind the profile's root */
    const SaoyJson *body;
    int64_t deadline_us;
    bool patient; /* one answer may take until the deadline; else 30 s */
    bool once;    /* not sent again after it may have been done (see csc->uncertain); who
                   * cancels waits 5 s for its answer, for the pauses and a login not */
} SaoyCscCall;

/* TIMEOUT at the deadline; FAILED for 5xx; MALFORMED when a 2xx is not JSON or too large.
 * 4xx is the caller's to judge. */
bool saoy_csc_call(SaoyCsc *csc, const SaoyCscCall *call, SaoyCscAnswer *out,
                   GCancellable *cancel, GError **error);

/* The refusal a 4xx means, with the path. Returns false. */
bool saoy_csc_refuse(const SaoyCscAnswer *answer, const char *path, GError **error);

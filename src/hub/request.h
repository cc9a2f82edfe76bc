#pragma once
#include "core/json.h"
#include "node.h"
#include "officers.h"

/* One request as handlers see it: whole, copied, on a worker thread. */
typedef enum {
    SAOY_ON_API = 1,   /* TLS, client certificate */
    SAOY_ON_PUBLIC = 2 /* browsers */
} SaoyListener;

typedef enum {
    SAOY_ROLE_ANYBODY,
    SAOY_ROLE_CERTIFICATE, /* a kiosk's certificate: may log in */
    SAOY_ROLE_KIOSK,       /* and a token bound to it */
    SAOY_ROLE_OFFICER,     /* a session; on POST also its csrf field */
    SAOY_ROLE_OPERATOR     /* a kiosk's certificate, or loopback */
} SaoyRole;

typedef struct SaoyRequest SaoyRequest;
/* false with error: the error's code becomes the status. */
typedef bool SaoyHandler(SaoyNode *node, SaoyRequest *request, GError **error);

typedef struct {
    const char *method, *pattern; /* "/v/{id}": each {…} is one segment, {*} the rest */
    unsigned listeners;
    SaoyRole role;
    size_t body_max;
    bool replay; /* a repeated Idempotency-Key gets the stored answer */
    SaoyHandler *handle;
} SaoyRoute;

#define SAOY_ARGS_MAX 4

struct SaoyRequest {
    void *link; /* the listener's own */
    SaoyListener listener;
    bool loopback, cross_site; /* cross_site: a browser says that another site sent it */
    const SaoyRoute *route;
    char *method, *path, *args[SAOY_ARGS_MAX];
    GHashTable *query; /* decoded */
    char *key, *bearer, *cookie, *accept;
    char *address; /* whose share of the costly lane it takes, or NULL: nobody knows */
    int64_t fence; /* X-Saoy-Fence, 0 when absent */
    char *kiosk;   /* of the checked client certificate, or NULL */
    char certificate[65]; /* its SHA-256 */
    GByteArray *body;
    SaoyOfficer officer; /* role OFFICER */
    GHashTable *form;    /* of a posted form, or NULL */
    char *wait_for;      /* dossier of a long poll: park when the handler sets `parked` */
    bool parked;

    unsigned status; /* 0: not answered */
    GBytes *answer;
    const char *type;
    GPtrArray *headers; /* "Name", "value", … */
};

SaoyRequest *saoy_request_new(void);
void saoy_request_free(SaoyRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyRequest, saoy_request_free)

/* Finds the route and fills args. out_found: the path is known, if only by another method.
 */
bool saoy_request_match(SaoyRequest *request, const SaoyRoute *routes, size_t n,
                        bool *out_found);

/* Role, replay, handler, errors: afterwards the request is answered or parked. */
void saoy_request_serve(SaoyNode *node, SaoyRequest *request);

/* Argument i as a number 1..max; NO_MEDIA (404) else. */
bool saoy_request_number(const SaoyRequest *request, unsigned i, unsigned max,
                         unsigned *out, GError **error);
const char *saoy_request_query(const SaoyRequest *request, const char *name); /* or NULL */
const char *saoy_request_field(const SaoyRequest *request, const char *name); /* or "" */
SaoyJson *saoy_request_json(const SaoyRequest *request, GError **error);      /* the body */

/* Answers. They return true, so a handler may end in them. */
bool saoy_answer_json(SaoyRequest *request, unsigned status, const SaoyJson *json);
bool saoy_answer_fail(SaoyRequest *request, unsigned status, const char *error,
                      const char *description);
bool saoy_answer_bytes(SaoyRequest *request, unsigned status, const char *type,
                       GBytes *bytes);
bool saoy_answer_page(SaoyRequest *request, unsigned status, const char *page,
                      const SaoyJson *values);
bool saoy_answer_go(SaoyRequest *request, const char *where); /* 303 */
void saoy_answer_header(SaoyRequest *request, const char *name, const char *value);

/* Counted for /metrics; any thread. */
typedef struct {
    int requests[6]; /* by status / 100 */
    int polls;       /* long polls not yet answered */
} SaoyCounters;
extern SaoyCounters saoy_counters;

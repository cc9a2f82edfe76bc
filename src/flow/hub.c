#include "flow/hub.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ids.h"
#include "core/log.h"
#include "signature/csc.h"

#include <string.h>

enum { ANSWER_MAX = 1 << 20, DEED_S = 20, UNDO_S = 8, UPLOAD_S = 60, COPY_MAX = 64 << 20 };

struct SaoyHub {
    SaoyHttp *http;
    SaoyCsc *csc; /* logs in for us: one token for both */
    bool logged_in;
};

SaoyHub *
saoy_hub_open(const char *url, const char *ca, const char *cert, const char *key,
              GError **error)
{
    const SaoyHttpTls tls = { .ca = ca, .cert = cert, .key = key };
    SaoyHttp *http = saoy_http_new(url, &tls, error);
    SaoyHub *hub = NULL;

    if (http == NULL)
        return NULL;
    hub = g_new0(SaoyHub, 1);
    hub->http = http;
    hub->csc = saoy_csc_new(http);
    return hub;
}

void
saoy_hub_close(SaoyHub *hub)
{
    if (hub == NULL)
        return;
    saoy_csc_free(hub->csc);
    saoy_http_free(hub->http);
    g_free(hub);
}

SaoyHttp *
saoy_hub_http(SaoyHub *hub)
{
    return hub->http;
}

/* ---- one call */

typedef struct {
    const char *method, *path, *type;
    SaoyView body;
    const char *key; /* Idempotency-Key, or NULL */
    int64_t fence;   /* X-Saoy-Fence, 0 none */
    unsigned timeout_s;
    size_t max_answer;
} Call;

static bool
call_once(SaoyHub *hub, const Call *call, SaoyHttpAnswer *out, GCancellable *cancel,
          GError **error)
{
    g_autofree char *key = g_strdup_printf("Idempotency-Key: %s", call->key);
    g_autofree char *fence =
        g_strdup_printf("X-Saoy-Fence: %" G_GINT64_FORMAT, call->fence);
    const char *headers[3] = { NULL };
    size_t n = 0;

    if (call->key != NULL)
        headers[n++] = key;
    if (call->fence != 0)
        headers[n++] = fence;
    const SaoyHttpCall http = { .method = call->method,
                                .path = call->path,
                                .type = call->type,
                                .body = call->body,
                                .headers = headers,
                                .timeout_s = call->timeout_s,
                                .max_answer = call->max_answer };
    return saoy_http_call(hub->http, &http, out, cancel, error);
}

/* logs in when needed, and once more when the token has grown old */
static bool
call_hub(SaoyHub *hub, const Call *call, SaoyHttpAnswer *out, GCancellable *cancel,
         GError **error)
{
    for (int again = 0; again < 2; again++) {
        saoy_http_answer_clear(out);
        if (!hub->logged_in && !saoy_csc_login(hub->csc, cancel, error))
            return false;
        hub->logged_in = true;
        if (!call_once(hub, call, out, cancel, error))
            return false;
        if (out->status != 401)
            break;
        hub->logged_in = false;
    }
    saoy_log(SAOY_LOG_HUB_CALL, SAOY_N("code", out->status));
    return true;
}

static SaoyErrorCode
code_of(int status)
{
    if (status == 429 || status == 502 || status == 503 || status == 504)
        return SAOY_ERROR_OFFLINE;
    if (status == 409 || status == 403 || status == 404 || status == 410)
        return SAOY_ERROR_REFUSED;
    return SAOY_ERROR_FAILED;
}

/* the hub's own word for what is wrong, letters only: it goes into logs */
static char *
error_word(const SaoyHttpAnswer *answer)
{
    g_autoptr(SaoyJson) json = saoy_json_parse(saoy_view_of(answer->body), 65536, NULL);
    const char *word = json != NULL ? saoy_json_string_or(json, "error", "") : "";

    if (strlen(word) > 60 || strspn(word, "abcdefghijklmnopqrstuvwxyz_-") != strlen(word))
        word = "";
    return g_strdup(word);
}

static bool
expect(const Call *call, const SaoyHttpAnswer *answer, GError **error)
{
    g_autofree char *word = NULL;

    if (answer->status >= 200 && answer->status < 300)
        return true;
    word = error_word(answer);
    saoy_log(SAOY_LOG_HUB_FAILED, SAOY_N("code", answer->status));
    return saoy_fail(error, code_of(answer->status), "hub: status %d %s", answer->status,
                     word);
}

static SaoyJson *
call_json(SaoyHub *hub, const Call *call, GCancellable *cancel, GError **error)
{
    g_auto(SaoyHttpAnswer) answer = { 0 };

    if (!call_hub(hub, call, &answer, cancel, error) || !expect(call, &answer, error))
        return NULL;
    return saoy_json_parse(saoy_view_of(answer.body), ANSWER_MAX, error);
}

static bool
call_plain(SaoyHub *hub, const Call *call, GCancellable *cancel, GError **error)
{
    g_auto(SaoyHttpAnswer) answer = { 0 };

    return call_hub(hub, call, &answer, cancel, error) && expect(call, &answer, error);
}

static SaoyView
view_of(const char *text)
{
    return (SaoyView){ (const uint8_t *)text, strlen(text) };
}

static bool
check_dossier(const char *dossier, GError **error)
{
    return saoy_dossier_id_check(dossier) ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "no dossier number");
}

/* ---- dossiers */

char *
saoy_hub_open_dossier(SaoyHub *hub, const SaoyJson *dossier, const char *visit_key,
                      GCancellable *cancel, GError **error)
{
    g_autofree char *body = saoy_json_print(dossier);
    const Call call = { "POST",        "/api/v1/dossiers", "application/json",
                        view_of(body), visit_key,          0,
                        DEED_S,        ANSWER_MAX };
    g_autoptr(SaoyJson) answer = call_json(hub, &call, cancel, error);
    const char *id = answer != NULL ? saoy_json_string(answer, "id", 64, error) : NULL;

    explicit_bzero(body, strlen(body));
    if (id == NULL || !check_dossier(id, error))
        return NULL;
    return g_strdup(id);
}

static bool
put(SaoyHub *hub, const char *path, const char *type, SaoyView body, int64_t fence,
    GCancellable *cancel, GError **error)
{
    const Call call = { "PUT", path, type, body, path, fence, UPLOAD_S, ANSWER_MAX };

    return call_plain(hub, &call, cancel, error);
}

bool
saoy_hub_put_page(SaoyHub *hub, const char *dossier, unsigned document, unsigned page,
                  GBytes *jpeg, const SaoyJson *text, GCancellable *cancel, GError **error)
{
    g_autofree char *picture = g_strdup_printf("/api/v1/dossiers/%s/documents/%u/pages/%u",
                                               dossier, document, page);
    g_autofree char *words = g_strconcat(picture, "/text", NULL);
    g_autofree char *body = saoy_json_print(text);

    return check_dossier(dossier, error) &&
           put(hub, picture, "image/jpeg", saoy_view_of(jpeg), 0, cancel, error) &&
           put(hub, words, "application/json", view_of(body), 0, cancel, error);
}

bool
saoy_hub_put_face(SaoyHub *hub, const char *dossier, const char *which, GBytes *picture,
                  GCancellable *cancel, GError **error)
{
    g_autofree char *path = g_strdup_printf("/api/v1/dossiers/%s/faces/%s", dossier, which);

    return check_dossier(dossier, error) &&
           put(hub, path, "image/jpeg", saoy_view_of(picture), 0, cancel, error);
}

static SaoyJson *
verb(SaoyHub *hub, const char *dossier, const char *name, const char *body,
     unsigned timeout_s, GCancellable *cancel, GError **error)
{
    g_autofree char *path = g_strdup_printf("/api/v1/dossiers/%s/%s", dossier, name);
    const Call call = { "POST", path, "application/json", view_of(body),
                        path,   0,    timeout_s,          ANSWER_MAX };

    return check_dossier(dossier, error) ? call_json(hub, &call, cancel, error) : NULL;
}

bool
saoy_hub_submit(SaoyHub *hub, const char *dossier, const char *payment_reference,
                GCancellable *cancel, GError **error)
{
    g_autoptr(SaoyJson) request = saoy_json_object();
    g_autofree char *body = NULL;
    g_autoptr(SaoyJson) answer = NULL;

    saoy_json_set_string(request, "payment_reference", payment_reference);
    body = saoy_json_print(request);
    answer = verb(hub, dossier, "submit", body, DEED_S, cancel, error);
    return answer != NULL;
}

SaoyJson *
saoy_hub_withdraw(SaoyHub *hub, const char *dossier, GCancellable *cancel, GError **error)
{
    return verb(hub, dossier, "withdraw", "{}", UNDO_S, cancel, error);
}

SaoyJson *
saoy_hub_release(SaoyHub *hub, const char *dossier, GCancellable *cancel, GError **error)
{
    return verb(hub, dossier, "release", "{}", UNDO_S, cancel, error);
}

SaoyJson *
saoy_hub_wait(SaoyHub *hub, const char *dossier, int64_t after_rev, unsigned wait_s,
              GCancellable *cancel, GError **error)
{
    g_autofree char *path = g_strdup_printf(
        "/api/v1/dossiers/%s?wait=%u&after=%" G_GINT64_FORMAT, dossier, wait_s, after_rev);
    const Call call = {
        .method = "GET", .path = path, .timeout_s = wait_s + 10, .max_answer = ANSWER_MAX
    };
    g_auto(SaoyHttpAnswer) answer = { 0 };

    if (!check_dossier(dossier, error) || !call_hub(hub, &call, &answer, cancel, error) ||
        !expect(&call, &answer, error))
        return NULL;
    if (answer.status == 204)
        return NULL;
    return saoy_json_parse(saoy_view_of(answer.body), ANSWER_MAX, error);
}

/* ---- finishing a document */

static char *
lease_body(const char *what, int64_t fence)
{
    g_autoptr(SaoyJson) request = saoy_json_object();

    saoy_json_set_string(request, "verb", what);
    if (fence != 0)
        saoy_json_set_int(request, "fence", fence);
    return saoy_json_print(request);
}

bool
saoy_hub_lease(SaoyHub *hub, const char *dossier, unsigned document, const char *what,
               int64_t *inout_fence, GCancellable *cancel, GError **error)
{
    g_autofree char *path =
        g_strdup_printf("/api/v1/dossiers/%s/documents/%u/lease", dossier, document);
    g_autofree char *body = lease_body(what, *inout_fence);
    const Call call = { "POST", path,   "application/json", view_of(body), NULL,
                        0,      UNDO_S, ANSWER_MAX };
    g_auto(SaoyHttpAnswer) answer = { 0 };
    g_autoptr(SaoyJson) json = NULL;

    if (!check_dossier(dossier, error) || !call_hub(hub, &call, &answer, cancel, error) ||
        !expect(&call, &answer, error))
        return false;
    if (g_str_equal(what, "release"))
        return true;
    json = saoy_json_parse(saoy_view_of(answer.body), ANSWER_MAX, error);
    return json != NULL && saoy_json_int(json, "fence", 1, INT64_MAX, inout_fence, error);
}

bool
saoy_hub_prepared(SaoyHub *hub, const char *dossier, unsigned document, unsigned n,
                  int64_t fence, GBytes *pdf, GCancellable *cancel, GError **error)
{
    g_autofree char *path = g_strdup_printf("/api/v1/dossiers/%s/documents/%u/prepared/%u",
                                            dossier, document, n);

    return check_dossier(dossier, error) &&
           put(hub, path, "application/pdf", saoy_view_of(pdf), fence, cancel, error);
}

static char *
signing_path(const char *dossier, unsigned document, unsigned n)
{
    return g_strdup_printf("/api/v1/dossiers/%s/documents/%u/signing/%u", dossier, document,
                           n);
}

char *
saoy_hub_signing(SaoyHub *hub, const char *dossier, unsigned document, unsigned n,
                 int64_t fence, GCancellable *cancel, GError **error)
{
    g_autofree char *path = signing_path(dossier, document, n);
    const Call call = { .method = "GET",
                        .path = path,
                        .fence = fence,
                        .timeout_s = DEED_S,
                        .max_answer = ANSWER_MAX };
    g_autoptr(SaoyJson) answer =
        check_dossier(dossier, error) ? call_json(hub, &call, cancel, error) : NULL;
    const char *text =
        answer != NULL ? saoy_json_string(answer, "signing", ANSWER_MAX, error) : NULL;

    return g_strdup(text);
}

bool
saoy_hub_put_signing(SaoyHub *hub, const char *dossier, unsigned document, unsigned n,
                     int64_t fence, const char *before, const char *after,
                     GCancellable *cancel, GError **error)
{
    g_autofree char *path = signing_path(dossier, document, n);
    g_autoptr(SaoyJson) request = saoy_json_object();
    g_autofree char *body = NULL;

    saoy_json_set_string(request, "before", before);
    saoy_json_set_string(request, "signing", after);
    body = saoy_json_print(request);
    return check_dossier(dossier, error) &&
           put(hub, path, "application/json", view_of(body), fence, cancel, error);
}

bool
saoy_hub_archive(SaoyHub *hub, const char *copy_id, int64_t fence, GBytes *pdf,
                 GCancellable *cancel, GError **error)
{
    g_autofree char *path = g_strdup_printf("/api/v1/copies/%s", copy_id);

    if (!saoy_copy_id_check(copy_id))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "no copy id");
    return put(hub, path, "application/pdf", saoy_view_of(pdf), fence, cancel, error);
}

char *
saoy_hub_copy_status(SaoyHub *hub, const char *copy_id, const char *token,
                     GCancellable *cancel, GError **error)
{
    g_autofree char *path = g_strdup_printf("/api/v1/copies/%s?t=%s", copy_id, token);
    const char *headers[] = { "Accept: application/json", NULL };
    const SaoyHttpCall call = { .method = "GET",
                                .path = path,
                                .headers = headers,
                                .timeout_s = UNDO_S,
                                .max_answer = ANSWER_MAX };
    g_auto(SaoyHttpAnswer) answer = { 0 };
    g_autoptr(SaoyJson) json = NULL;

    if (!saoy_copy_id_check(copy_id) || !saoy_token_check(token))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "no copy id or no token");
    if (!saoy_http_call(hub->http, &call, &answer, cancel, error))
        return NULL;
    if (answer.status != 200 && answer.status != 404)
        return saoy_null(error, code_of(answer.status), "hub: status %d", answer.status);
    json = saoy_json_parse(saoy_view_of(answer.body), ANSWER_MAX, error);
    return json != NULL ? g_strdup(saoy_json_string(json, "status", 32, error)) : NULL;
}

/* ---- what proves itself */

GBytes *
saoy_hub_fetch(SaoyHub *hub, const char *public_url, const char *url, const char *type,
               GBytes *body, GCancellable *cancel, GError **error)
{
    const char *path = saoy_url_own_path(public_url, "/pki/", url);
    const Call call = { .method = body != NULL ? "POST" : "GET",
                        .path = path,
                        .type = type,
                        .body = body != NULL ? saoy_view_of(body) : (SaoyView){ 0 },
                        .timeout_s = UNDO_S };
    g_auto(SaoyHttpAnswer) answer = { 0 };

    if (path == NULL)
        return saoy_http_fetch((void *)(uintptr_t)public_url, url, type, body, cancel,
                               error);
    if (!call_hub(hub, &call, &answer, cancel, error))
        return NULL;
    if (answer.status != 200)
        return saoy_null(error, SAOY_ERROR_OFFLINE, "hub: status %d", answer.status);
    return g_bytes_ref(answer.body);
}

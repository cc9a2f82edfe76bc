#include "signature/csc.h"

#include "cms-parts.h"
#include "csc-call.h"

#include "core/clock.h"
#include "core/file.h"

#include <string.h>

#define SHA256_OID "2.16.840.1.101.3.4.2.1"
#define ECDSA_SHA256_OID "1.2.840.10045.4.3.2"
#define RSA_SHA256_OID "1.2.840.113549.1.1.11"
#define CALL_PATIENCE_S 30
#define LONGEST_POLL_MS 2000u

SaoyCsc *
saoy_csc_new(SaoyHttp *http)
{
    SaoyCsc *csc = g_new0(SaoyCsc, 1);

    csc->http = http;
    csc->credentials = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                             (GDestroyNotify)g_bytes_unref);
    return csc;
}

void
saoy_csc_free(SaoyCsc *csc)
{
    g_hash_table_unref(csc->credentials);
    g_free(csc);
}

static int64_t
deadline_in(unsigned seconds)
{
    return saoy_clock_mono_us() + (int64_t)seconds * G_USEC_PER_SEC;
}

/* RFC 6749, 4.4: who we are is said by the client certificate. */
bool
saoy_csc_login(SaoyCsc *csc, GCancellable *cancel, GError **error)
{
    static const char form[] = "grant_type=client_credentials&scope=service";
    const SaoyHttpCall call = { .method = "POST",
                                .path = "/csc/v2/oauth2/token",
                                .type = "application/x-www-form-urlencoded",
                                .body = { (const uint8_t *)form, sizeof(form) - 1 },
                                .max_answer = 65536 };
    g_auto(SaoyHttpAnswer) answer = { 0 };
    g_auto(SaoyCscAnswer) read = { 0 };

    saoy_http_set_bearer(csc->http, NULL);
    if (!saoy_http_call(csc->http, &call, &answer, cancel, error))
        return false;
    if (answer.status != 200)
        return saoy_fail(error,
                         answer.status == 429 || answer.status >= 500 ? SAOY_ERROR_OFFLINE
                                                                      : SAOY_ERROR_REFUSED,
                         "signing service login: status %d", answer.status);
    const char *token = NULL;
    if (saoy_csc_answer_read(answer.status, saoy_view_of(answer.body), &read, error))
        token = saoy_csc_answer_token(&read, error);
    if (token == NULL) {
        g_prefix_error_literal(error, "signing service login: ");
        return false;
    }
    saoy_http_set_bearer(csc->http, token);
    return true;
}

/* ---- credentials/info ---- */

static bool
is_pinned(GPtrArray *chain, const char *sha256, GError **error)
{
    g_autofree char *found = saoy_sha256_hex(saoy_view_of(chain->pdata[0]));

    return g_str_equal(found, sha256) ||
           saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                     "credential's certificate is not the one of the approval");
}

GPtrArray *
saoy_csc_chain(SaoyCsc *csc, const char *credential_id, const char *certificate_sha256,
               GCancellable *cancel, GError **error)
{
    static const char path[] = "/credentials/info";
    g_autoptr(SaoyJson) body = saoy_json_object();
    g_auto(SaoyCscAnswer) answer = { 0 };

    saoy_json_set_string(body, "credentialID", credential_id);
    saoy_json_set_string(body, "certificates", "chain");
    if (!saoy_csc_call(csc, path, body, deadline_in(CALL_PATIENCE_S), &answer, cancel,
                       error))
        return NULL;
    if (answer.status != 200) {
        saoy_csc_refuse(&answer, path, error);
        return NULL;
    }
    g_autoptr(GPtrArray) chain = saoy_csc_answer_chain(&answer, error);
    if (chain == NULL || !is_pinned(chain, certificate_sha256, error)) {
        g_prefix_error_literal(error, "signing service /credentials/info: ");
        return NULL;
    }
    g_hash_table_replace(csc->credentials, g_strdup(credential_id),
                         g_bytes_ref(chain->pdata[0]));
    return g_steal_pointer(&chain);
}

/* ---- authorize, signHash, signPolling ---- */

typedef struct {
    SaoyCsc *csc;
    const SaoyCscRequest *request;
    int64_t deadline_us;
    GCancellable *cancel;
} Signing;

static SaoyJson *
hash_body(const Signing *s)
{
    SaoyJson *body = saoy_json_object(), *hashes = saoy_json_array();
    g_autofree char *hash = g_base64_encode(s->request->hash, 32);

    saoy_json_append_string(hashes, hash);
    saoy_json_set_string(body, "credentialID", s->request->credential_id);
    saoy_json_set(body, "hashes", hashes);
    saoy_json_set_string(body, "hashAlgorithmOID", SHA256_OID);
    saoy_json_set_string(body, "clientData", s->request->client_data);
    return body;
}

static bool
call(const Signing *s, const char *path, const SaoyJson *body, SaoyCscAnswer *out,
     GError **error)
{
    return saoy_csc_call(s->csc, path, body, s->deadline_us, out, s->cancel, error);
}

static SaoyJson *
with_client_data(const Signing *s, const char *key, const char *value)
{
    SaoyJson *body = saoy_json_object();

    saoy_json_set_string(body, key, value);
    saoy_json_set_string(body, "clientData", s->request->client_data);
    return body;
}

/* 202 and a handle: a person must still confirm. Asked until 200. */
static bool
await_authorization(const Signing *s, SaoyCscAnswer *answer, GError **error)
{
    static const char path[] = "/credentials/authorizeCheck";
    unsigned pause_ms = 100;

    while (answer->status == 202) {
        const char *handle = saoy_csc_answer_handle(answer, error);
        g_autoptr(SaoyJson) body =
            handle == NULL ? NULL : with_client_data(s, "handle", handle);
        SaoyCscAnswer next = { 0 };

        if (body == NULL || !saoy_csc_wait(pause_ms, s->deadline_us, s->cancel, error) ||
            !call(s, path, body, &next, error))
            return false;
        if (next.status == 202 && saoy_json_member(next.json, "handle") == NULL)
            saoy_json_set_string(next.json, "handle", handle);
        saoy_csc_answer_clear(answer);
        *answer = next;
        pause_ms = MIN(pause_ms * 2, LONGEST_POLL_MS);
    }
    return answer->status == 200 || saoy_csc_refuse(answer, path, error);
}

static char *
authorize(const Signing *s, GError **error)
{
    static const char path[] = "/credentials/authorize";
    g_autoptr(SaoyJson) body = hash_body(s);
    g_auto(SaoyCscAnswer) answer = { 0 };

    saoy_json_set_int(body, "numSignatures", 1);
    if (!call(s, path, body, &answer, error))
        return NULL;
    if (answer.status != 200 && answer.status != 202) {
        saoy_csc_refuse(&answer, path, error);
        return NULL;
    }
    if (!await_authorization(s, &answer, error))
        return NULL;
    return g_strdup(saoy_csc_answer_sad(&answer, error));
}

static const char *
sign_algorithm(const Signing *s)
{
    GBytes *der = g_hash_table_lookup(s->csc->credentials, s->request->credential_id);
    g_autoptr(X509) certificate =
        der != NULL ? saoy_x509_parse(saoy_view_of(der), NULL) : NULL;
    EVP_PKEY *key = certificate != NULL ? X509_get0_pubkey(certificate) : NULL;

    return key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? RSA_SHA256_OID
                                                                    : ECDSA_SHA256_OID;
}

/* The signature of an answer; under the pinned certificate if that is known by now. */
static GBytes *
take_signature(const Signing *s, const SaoyCscAnswer *answer, GError **error)
{
    GBytes *der = g_hash_table_lookup(s->csc->credentials, s->request->credential_id);
    g_autoptr(GBytes) signature = saoy_csc_answer_signature(answer, error);

    if (signature == NULL || der == NULL)
        return g_steal_pointer(&signature);
    return saoy_cms_accept(saoy_view_of(der), s->request->hash, saoy_view_of(signature),
                           error);
}

static GBytes *
poll_signature(const Signing *s, const char *response_id, GError **error)
{
    static const char path[] = "/signatures/signPolling";
    g_autoptr(SaoyJson) body = with_client_data(s, "requestID", response_id);
    unsigned pause_ms = 50;

    for (;;) {
        g_auto(SaoyCscAnswer) answer = { 0 };

        if (!call(s, path, body, &answer, error))
            return NULL;
        if (answer.status == 200)
            return take_signature(s, &answer, error);
        if (!saoy_csc_answer_is_pending(&answer)) {
            saoy_csc_refuse(&answer, path, error);
            return NULL;
        }
        if (!saoy_csc_wait(pause_ms, s->deadline_us, s->cancel, error))
            return NULL;
        pause_ms = MIN(pause_ms * 2, LONGEST_POLL_MS);
    }
}

/* Mode A answers a responseID; a service that can only do S has signed already. */
static GBytes *
sign_hash(const Signing *s, const char *sad, GError **error)
{
    static const char path[] = "/signatures/signHash";
    g_autoptr(SaoyJson) body = hash_body(s);
    g_auto(SaoyCscAnswer) answer = { 0 };

    saoy_json_set_string(body, "SAD", sad);
    saoy_json_set_string(body, "signAlgo", sign_algorithm(s));
    saoy_json_set_string(body, "operationMode", "A");
    if (!call(s, path, body, &answer, error))
        return NULL;
    if (answer.status != 200 && answer.status != 202) {
        saoy_csc_refuse(&answer, path, error);
        return NULL;
    }
    if (saoy_json_member(answer.json, "signatures") != NULL)
        return take_signature(s, &answer, error);
    const char *id = saoy_csc_answer_response(&answer, error);
    if (id == NULL || (s->request->on_response != NULL &&
                       !s->request->on_response(s->request->user, id, error)))
        return NULL;
    return poll_signature(s, id, error);
}

static GBytes *
sign_now(const Signing *s, GError **error)
{
    g_autofree char *sad = authorize(s, error);

    return sad == NULL ? NULL : sign_hash(s, sad, error);
}

GBytes *
saoy_csc_sign(SaoyCsc *csc, const SaoyCscRequest *request, GCancellable *cancel,
              GError **error)
{
    const Signing s = { csc, request, deadline_in(request->patience_s), cancel };
    GBytes *signature = NULL;

    csc->headers = request->headers;
    signature = request->response_id != NULL
                    ? poll_signature(&s, request->response_id, error)
                    : sign_now(&s, error);
    csc->headers = NULL;
    return signature;
}

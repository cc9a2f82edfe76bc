#include "csc-signer.h"

#include "core/clock.h"
#include "core/error.h"

#define LOOK_S 30
#define SIGN_S 30 /* an answer not waited for is a signature that nobody knows of */

void
saoy_csc_signer_free(SaoyCscSigner *self)
{
    if (self->http != NULL) {
        saoy_csc_free(self->csc);
        saoy_http_free(self->http);
    }
    g_clear_pointer(&self->texts, g_ptr_array_unref);
    g_clear_pointer(&self->profile.client_secret, g_bytes_unref);
    g_clear_pointer(&self->profile.login_body, g_bytes_unref);
    g_clear_pointer(&self->profile.members, g_bytes_unref);
    g_clear_pointer(&self->profile.pin, g_bytes_unref);
    g_clear_pointer(&self->profile.otp, g_bytes_unref);
    g_free(self);
}

static void
close_signer(void *self)
{
    saoy_csc_signer_free(self);
}

/* ---- certificates ---- */

/* A look at what a credential is: nothing is asked for, so everything may be repeated. */
static bool
look(SaoyCsc *csc, const char *path, const SaoyJson *body, SaoyCscAnswer *out,
     GCancellable *cancel, GError **error)
{
    const SaoyCscCall call = { .path = path,
                               .body = body,
                               .deadline_us = saoy_clock_mono_us() +
                                              LOOK_S * (int64_t)G_USEC_PER_SEC };

    if (!saoy_csc_call(csc, &call, out, cancel, error))
        return false;
    return out->status == 200 || saoy_csc_refuse(out, path, error);
}

static GStrv
list_credentials(SaoyCsc *csc, GCancellable *cancel, GError **error)
{
    g_autoptr(SaoyJson) body = saoy_csc_body(csc, error);
    g_auto(SaoyCscAnswer) answer = { 0 };

    if (body == NULL || !look(csc, "/credentials/list", body, &answer, cancel, error))
        return NULL;
    return saoy_csc_answer_credentials(&answer, error);
}

static GPtrArray *
get_chain(SaoyCsc *csc, const char *id, GCancellable *cancel, GError **error)
{
    g_autoptr(SaoyJson) body = saoy_csc_body(csc, error);
    g_auto(SaoyCscAnswer) answer = { 0 };

    if (body == NULL)
        return NULL;
    saoy_json_set_string(body, csc->profile->credential_name, id);
    saoy_json_set_string(body, "certificates", "chain");
    if (!look(csc, "/credentials/info", body, &answer, cancel, error))
        return NULL;
    return saoy_csc_answer_chain(&answer, error);
}

static GPtrArray *
certificates(void *p, const char *credential, GCancellable *cancel, GError **error)
{
    SaoyCscSigner *self = p;
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(saoy_signer_key_free);
    g_auto(GStrv) ids = NULL;

    if (credential == NULL) {
        ids = list_credentials(self->csc, cancel, error);
    } else {
        ids = g_new0(char *, 2);
        ids[0] = g_strdup(credential);
    }
    for (char **id = ids; ids != NULL && *id != NULL; id++) {
        GPtrArray *chain = get_chain(self->csc, *id, cancel, error);

        if (chain == NULL)
            return NULL;
        g_ptr_array_add(keys, saoy_signer_key_new(g_strdup(*id), chain));
    }
    return ids != NULL ? g_steal_pointer(&keys) : NULL;
}

/* ---- signing ---- */

/* signs: the request that may be done once. Its answer is waited for even where whoever
 * asks is less patient; a while yet when they give up meanwhile. */
static bool
ask(SaoyCscSigner *self, const SaoySigningRun *run, const char *path, const SaoyJson *body,
    bool signs, SaoyCscAnswer *out, GCancellable *cancel, GError **error)
{
    int64_t least_us = saoy_clock_mono_us() + SIGN_S * (int64_t)G_USEC_PER_SEC;
    const SaoyCscCall call = { .path = path,
                               .body = body,
                               .deadline_us = signs ? MAX(run->deadline_us, least_us)
                                                    : run->deadline_us,
                               .patient = self->csc->profile->v1,
                               .once = signs && !self->csc->profile->repeats };
    bool answered = false;

    if (body == NULL)
        return false;
    self->csc->headers = run->asked->headers;
    answered = saoy_csc_call(self->csc, &call, out, cancel, error);
    self->csc->headers = NULL;
    return answered;
}

/* Mode A answers a responseID; a service that can only do S has signed already. */
static bool
take_signed(SaoySigningRun *run, const SaoyCscAnswer *answer, GError **error)
{
    g_autoptr(GError) why = NULL;
    const char *id = saoy_csc_answer_response(answer, &why);

    if (why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (id != NULL)
        return saoy_signing_note(run, SAOY_SIGNING_PENDING, id, error);
    run->signature = saoy_csc_answer_signature(answer, error);
    return run->signature != NULL;
}

/* The one request that signs. It stays ASKED unless the service surely did nothing: its
 * refusal, or a request that never left. */
static bool
sign_hash(SaoyCscSigner *self, SaoySigningRun *run, const char *sad, GCancellable *cancel,
          GError **error)
{
    static const char path[] = "/signatures/signHash";
    SaoyCsc *csc = self->csc;
    g_autoptr(SaoyJson) body = saoy_csc_sign_body(csc, run, sad, error);
    g_auto(SaoyCscAnswer) answer = { 0 };

    if (body == NULL || g_cancellable_set_error_if_cancelled(cancel, error) ||
        !saoy_signing_note(run, SAOY_SIGNING_ASKED, NULL, error))
        return false;
    if (!ask(self, run, path, body, true, &answer, cancel, error)) {
        if (!csc->uncertain)
            saoy_signing_note(run, SAOY_SIGNING_NEW, NULL, NULL);
        return false;
    }
    if (answer.status == 200 || answer.status == 202)
        return take_signed(run, &answer, error);
    saoy_signing_note(run, SAOY_SIGNING_NEW, NULL, NULL);
    return saoy_csc_refuse(&answer, path, error);
}

static bool
take_authorization(SaoyCscSigner *self, SaoySigningRun *run, const SaoyCscAnswer *answer,
                   const char *path, GCancellable *cancel, GError **error)
{
    const char *sad = NULL, *handle = NULL;

    if (answer->status == 202) {
        handle = saoy_csc_answer_handle(answer, error);
        if (handle != NULL && g_strcmp0(handle, run->handle) == 0)
            return true;
        return handle != NULL &&
               saoy_signing_note(run, SAOY_SIGNING_CONFIRM, handle, error);
    }
    if (answer->status != 200)
        return saoy_csc_refuse(answer, path, error);
    sad = saoy_csc_answer_sad(answer, error);
    return sad != NULL && sign_hash(self, run, sad, cancel, error);
}

static bool
start(void *p, SaoySigningRun *run, GCancellable *cancel, GError **error)
{
    static const char path[] = "/credentials/authorize";
    SaoyCscSigner *self = p;
    g_autoptr(SaoyJson) body = NULL;
    g_auto(SaoyCscAnswer) answer = { 0 };

    if (!self->csc->profile->authorize)
        return sign_hash(self, run, NULL, cancel, error);
    body = saoy_csc_authorize_body(self->csc, run, error);
    return ask(self, run, path, body, false, &answer, cancel, error) &&
           take_authorization(self, run, &answer, path, cancel, error);
}

/* 202 again, with or without its handle: still waiting for the person. */
static bool
poll_confirmation(SaoyCscSigner *self, SaoySigningRun *run, GCancellable *cancel,
                  GError **error)
{
    static const char path[] = "/credentials/authorizeCheck";
    g_autoptr(SaoyJson) body =
        saoy_csc_ask_body(self->csc, run, "handle", run->handle, error);
    g_auto(SaoyCscAnswer) answer = { 0 };

    if (!ask(self, run, path, body, false, &answer, cancel, error))
        return false;
    if (answer.status == 202 && saoy_json_member(answer.json, "handle") == NULL)
        return true;
    if (answer.status >= 400) /* refused or too late: a new start asks the person anew */
        saoy_signing_note(run, SAOY_SIGNING_NEW, NULL, NULL);
    return take_authorization(self, run, &answer, path, cancel, error);
}

static bool
poll_signature(SaoyCscSigner *self, SaoySigningRun *run, GCancellable *cancel,
               GError **error)
{
    static const char path[] = "/signatures/signPolling";
    g_autoptr(SaoyJson) body =
        saoy_csc_ask_body(self->csc, run, "requestID", run->handle, error);
    g_auto(SaoyCscAnswer) answer = { 0 };

    if (!ask(self, run, path, body, false, &answer, cancel, error))
        return false;
    if (saoy_csc_answer_is_pending(&answer))
        return true;
    if (answer.status != 200)
        return saoy_csc_refuse(&answer, path, error);
    run->signature = saoy_csc_answer_signature(&answer, error);
    return run->signature != NULL;
}

static bool
poll(void *self, SaoySigningRun *run, GCancellable *cancel, GError **error)
{
    return run->stage == SAOY_SIGNING_CONFIRM ? poll_confirmation(self, run, cancel, error)
                                              : poll_signature(self, run, cancel, error);
}

/* The standard has no method for it: a confirmation that nobody uses ends by itself. */
static bool
cancel_run(void *self, const SaoySigningRun *run, GError **error)
{
    return true;
}

const SaoySignerDriver saoy_signer_csc = {
    .name = "csc",
    .certificates = certificates,
    .start = start,
    .poll = poll,
    .cancel = cancel_run,
    .close = close_signer,
};

SaoySigner *
saoy_signer_of_csc(SaoyCsc *csc)
{
    SaoyCscSigner *self = g_new0(SaoyCscSigner, 1);
    SaoySigner *signer = saoy_signer_new(&saoy_signer_csc, self);

    self->csc = csc;
    signer->by_name = true;
    signer->repeats = csc->profile->repeats;
    return signer;
}

#include "csc-call.h"

#include "backoff.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"

#include <string.h>

#define CALL_S 30
/* an answer thrown away is a signature that nobody knows of; WIPE waits 10 s for it */
#define GRACE_S 5
#define FIRST_PAUSE_MS 100u
#define LONGEST_PAUSE_MS 5000u

/* What another try may mend. */
static bool
is_passing(int status)
{
    return status == 429 || status == 503;
}

static bool
is_network(const GError *error)
{
    return g_error_matches(error, SAOY_ERROR, SAOY_ERROR_OFFLINE) ||
           g_error_matches(error, SAOY_ERROR, SAOY_ERROR_TIMEOUT);
}

bool
saoy_csc_refuse(const SaoyCscAnswer *answer, const char *path, GError **error)
{
    saoy_csc_answer_refuse(answer, error);
    g_prefix_error(error, "signing service %s: ", path);
    return false;
}

SaoyJson *
saoy_csc_body(const SaoyCsc *csc, GError **error)
{
    return csc->profile->members == NULL
               ? saoy_json_object()
               : saoy_json_parse(saoy_view_of(csc->profile->members), SAOY_CSC_ANSWER_MAX,
                                 error);
}

static bool
send_once(SaoyCsc *csc, const SaoyCscCall *call, const char *text, SaoyHttpAnswer *out,
          GCancellable *cancel, GError **error)
{
    g_autofree char *full = g_strconcat(csc->profile->root, call->path, NULL);
    int64_t left_s = (call->deadline_us - saoy_clock_mono_us()) / G_USEC_PER_SEC + 1;
    const SaoyHttpCall http = { .method = "POST",
                                .path = full,
                                .type = "application/json",
                                .body = { (const uint8_t *)text, strlen(text) },
                                .headers = csc->headers,
                                .timeout_s = (unsigned)CLAMP(left_s, 1,
                                                             call->patient ? 3600 : CALL_S),
                                .max_answer = SAOY_CSC_ANSWER_MAX,
                                .grace_s = call->once ? GRACE_S : 0,
                                .once = call->once };

    return saoy_http_call(csc->http, &http, out, cancel, error);
}

/* An answer that says nothing of what was done: 5xx, no JSON, too large, cut off. */
static bool
read_answer(SaoyCsc *csc, const SaoyHttpAnswer *http, const char *path, SaoyCscAnswer *out,
            GError **error)
{
    bool read = saoy_csc_answer_read(http->status, saoy_view_of(http->body), out, error);

    csc->uncertain = !read;
    if (!read)
        g_prefix_error(error, "signing service %s: ", path);
    return read;
}

/* Waits for another try. A service that never answered is away, not slow. */
static bool
wait_again(SaoyBackoff *backoff, const SaoyHttpAnswer *answer, GError *why,
           const SaoyCscCall *call, GCancellable *cancel, GError **error)
{
    unsigned told_ms = answer->body != NULL ? (unsigned)answer->retry_after_s * 1000 : 0;
    g_autoptr(GError) over = NULL;

    if (saoy_backoff_wait(backoff, told_ms, call->deadline_us, cancel, &over))
        return true;
    if (why != NULL && g_error_matches(over, SAOY_ERROR, SAOY_ERROR_TIMEOUT))
        g_propagate_prefixed_error(error, g_error_copy(why),
                                   "signing service %s: ", call->path);
    else
        g_propagate_error(error, g_steal_pointer(&over));
    return false;
}

/* One try. false: *why is set, or NULL when the service was busy. */
static bool
try_once(SaoyCsc *csc, const SaoyCscCall *call, const char *text, SaoyHttpAnswer *out,
         GCancellable *cancel, GError **why)
{
    bool answered = send_once(csc, call, text, out, cancel, why);

    csc->uncertain = !answered && saoy_http_was_sent(csc->http);
    return answered && !is_passing(out->status);
}

static bool
is_repeatable(const SaoyCsc *csc, const SaoyCscCall *call, const GError *why)
{
    return why == NULL || (is_network(why) && !(call->once && csc->uncertain));
}

static bool
call_text(SaoyCsc *csc, const SaoyCscCall *call, const char *text, SaoyCscAnswer *out,
          GCancellable *cancel, GError **error)
{
    SaoyBackoff backoff = { FIRST_PAUSE_MS, LONGEST_PAUSE_MS };
    bool logged_in = false;

    for (;;) {
        g_auto(SaoyHttpAnswer) answer = { 0 };
        g_autoptr(GError) why = NULL;

        if (!try_once(csc, call, text, &answer, cancel, &why)) {
            if (!is_repeatable(csc, call, why)) {
                g_propagate_prefixed_error(error, g_steal_pointer(&why),
                                           "signing service %s: ", call->path);
                return false;
            }
            if (!wait_again(&backoff, &answer, why, call, cancel, error))
                return false;
            continue;
        }
        if (answer.status != 401 || logged_in)
            return read_answer(csc, &answer, call->path, out, error);
        logged_in = true;
        if (!saoy_csc_login(csc, cancel, error))
            return false;
    }
}

bool
saoy_csc_call(SaoyCsc *csc, const SaoyCscCall *call, SaoyCscAnswer *out,
              GCancellable *cancel, GError **error)
{
    char *text = saoy_json_print(call->body);
    bool called = call_text(csc, call, text, out, cancel, error);

    explicit_bzero(text, strlen(text)); /* PIN, SAD */
    g_free(text);
    return called;
}

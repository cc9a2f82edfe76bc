#include "csc-call.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"

#include <string.h>

#define ROOT "/csc/v2"
#define CALL_S 30
#define FIRST_PAUSE_MS 100u
#define LONGEST_PAUSE_MS 5000u

bool
saoy_csc_wait(unsigned ms, int64_t deadline_us, GCancellable *cancel, GError **error)
{
    int64_t left_us = deadline_us - saoy_clock_mono_us();
    GPollFD fd = { 0 };

    if (left_us < (int64_t)ms * 1000)
        return saoy_fail(error, SAOY_ERROR_TIMEOUT, "signing service: patience is over");
    if (cancel != NULL && g_cancellable_make_pollfd(cancel, &fd)) {
        g_poll(&fd, 1, (int)ms);
        g_cancellable_release_fd(cancel);
    } else {
        g_usleep((gulong)ms * 1000);
    }
    return !g_cancellable_set_error_if_cancelled(cancel, error);
}

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

static bool
send_once(SaoyCsc *csc, const char *path, const char *text, int64_t deadline_us,
          SaoyHttpAnswer *out, GCancellable *cancel, GError **error)
{
    g_autofree char *full = g_strconcat(ROOT, path, NULL);
    int64_t left_s = (deadline_us - saoy_clock_mono_us()) / G_USEC_PER_SEC + 1;
    const SaoyHttpCall call = { .method = "POST",
                                .path = full,
                                .type = "application/json",
                                .body = { (const uint8_t *)text, strlen(text) },
                                .headers = csc->headers,
                                .timeout_s = (unsigned)CLAMP(left_s, 1, CALL_S),
                                .max_answer = SAOY_CSC_ANSWER_MAX };

    return saoy_http_call(csc->http, &call, out, cancel, error);
}

static bool
read_answer(const SaoyHttpAnswer *http, const char *path, SaoyCscAnswer *out,
            GError **error)
{
    bool read = saoy_csc_answer_read(http->status, saoy_view_of(http->body), out, error);

    if (!read)
        g_prefix_error(error, "signing service %s: ", path);
    return read;
}

/* One try: true with out set, or *again, or an error. */
static bool
try_call(SaoyCsc *csc, const char *path, const char *text, int64_t deadline_us,
         SaoyHttpAnswer *out, unsigned *pause_ms, GCancellable *cancel, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (send_once(csc, path, text, deadline_us, out, cancel, &why)) {
        if (!is_passing(out->status))
            return true;
        *pause_ms =
            out->retry_after_s > 0 ? (unsigned)out->retry_after_s * 1000 : *pause_ms;
        saoy_http_answer_clear(out);
    } else if (!is_network(why)) {
        g_propagate_prefixed_error(error, g_steal_pointer(&why),
                                   "signing service %s: ", path);
        return false;
    }
    if (saoy_csc_wait(*pause_ms, deadline_us, cancel, error))
        return true;
    /* a service that never answered is away, not slow */
    if (why != NULL && g_error_matches(*error, SAOY_ERROR, SAOY_ERROR_TIMEOUT)) {
        g_clear_error(error);
        g_propagate_error(error, g_steal_pointer(&why));
    }
    return false;
}

bool
saoy_csc_call(SaoyCsc *csc, const char *path, const SaoyJson *body, int64_t deadline_us,
              SaoyCscAnswer *out, GCancellable *cancel, GError **error)
{
    g_autofree char *text = saoy_json_print(body);
    unsigned pause_ms = FIRST_PAUSE_MS;
    bool logged_in = false;

    for (;;) {
        g_auto(SaoyHttpAnswer) answer = { 0 };

        if (!try_call(csc, path, text, deadline_us, &answer, &pause_ms, cancel, error))
            return false;
        if (answer.body == NULL) {
            pause_ms = MIN(pause_ms * 2, LONGEST_PAUSE_MS);
            continue;
        }
        if (answer.status == 401 && !logged_in) {
            logged_in = true;
            if (!saoy_csc_login(csc, cancel, error))
                return false;
            continue;
        }
        return read_answer(&answer, path, out, error);
    }
}

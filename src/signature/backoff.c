#include "backoff.h"

#include "core/clock.h"
#include "core/error.h"

static void
sleep_really(unsigned ms, GCancellable *cancel)
{
    GPollFD fd = { 0 };

    if (cancel == NULL || !g_cancellable_make_pollfd(cancel, &fd)) {
        g_usleep((gulong)ms * 1000);
        return;
    }
    g_poll(&fd, 1, (int)ms);
    g_cancellable_release_fd(cancel);
}

static void (*sleep_for)(unsigned ms, GCancellable *cancel) = sleep_really;

void
saoy_backoff_set_sleep(void (*sleep)(unsigned ms, GCancellable *cancel))
{
    sleep_for = sleep != NULL ? sleep : sleep_really;
}

bool
saoy_backoff_wait(SaoyBackoff *backoff, unsigned at_least_ms, int64_t deadline_us,
                  GCancellable *cancel, GError **error)
{
    unsigned half = backoff->ms / 2;
    unsigned ms = backoff->ms - half + (unsigned)g_random_int_range(0, (gint32)half + 1);

    ms = MAX(ms, at_least_ms);
    backoff->ms = MIN(backoff->ms * 2, backoff->longest_ms);
    if (deadline_us - saoy_clock_mono_us() < (int64_t)ms * 1000)
        return saoy_fail(error, SAOY_ERROR_TIMEOUT, "signing service: patience is over");
    sleep_for(ms, cancel);
    return !g_cancellable_set_error_if_cancelled(cancel, error);
}

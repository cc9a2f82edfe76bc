#pragma once
#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* Waiting for a service that others wait for too: pauses double up to the longest, each
 * shortened by up to half at random, so that a crowd does not come back at once. */
typedef struct {
    unsigned ms;         /* of the next pause */
    unsigned longest_ms; /* and what it grows to */
} SaoyBackoff;

/* One pause; at_least_ms: what the service asked for (Retry-After), 0 nothing. TIMEOUT at
 * once when the deadline (saoy_clock_mono_us) comes first; CANCELLED. */
bool saoy_backoff_wait(SaoyBackoff *backoff, unsigned at_least_ms, int64_t deadline_us,
                       GCancellable *cancel, GError **error);

/* For tests, before threads are: sleeps instead of us; NULL: the real one. */
void saoy_backoff_set_sleep(void (*sleep)(unsigned ms, GCancellable *cancel));

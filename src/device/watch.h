#pragma once
#include "device/bench.h"

/* What every kind's .c does around a driver's verb: the duration and outcome into the log,
 * the counters for maintenance, "scanner emu: " before the message. Any thread. */
int64_t saoy_watch_start(void);
bool saoy_watch_end(SaoyDeviceKind kind, const char *driver, const char *verb,
                    int64_t start, bool done, GError **error);

/* Sleeps; false with CANCELLED as soon as cancel is cancelled. */
bool saoy_watch_sleep(unsigned ms, GCancellable *cancel, GError **error);

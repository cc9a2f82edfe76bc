#include "watch.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/log.h"

/* written by the devices' threads, read by maintenance: atomics are enough */
static struct {
    unsigned commands, faults, care;
    int last_fault; /* code + 1: zero is none */
    gsize last_fault_s;
} counters[SAOY_DEVICE_N];

static const char *const names[SAOY_DEVICE_N] = {
    [SAOY_DEVICE_SCANNER] = "scanner", [SAOY_DEVICE_CAMERA] = "camera",
    [SAOY_DEVICE_PRINTER] = "printer", [SAOY_DEVICE_CARD] = "card",
    [SAOY_DEVICE_PAYMENT] = "payment",
};

const char *
saoy_device_name(SaoyDeviceKind kind)
{
    return names[kind];
}

SaoyDeviceCounters
saoy_device_counters(SaoyDeviceKind kind)
{
    return (SaoyDeviceCounters){
        .commands = (unsigned)g_atomic_int_get(&counters[kind].commands),
        .faults = (unsigned)g_atomic_int_get(&counters[kind].faults),
        .last_fault = g_atomic_int_get(&counters[kind].last_fault) - 1,
        .last_fault_us =
            (int64_t)g_atomic_pointer_get(&counters[kind].last_fault_s) * 1000000,
        .care = (unsigned)g_atomic_int_get(&counters[kind].care),
    };
}

void
saoy_device_needs_care(SaoyDeviceKind kind, const char *what)
{
    g_atomic_int_inc(&counters[kind].care);
    saoy_log(SAOY_LOG_DEVICE_CARE, SAOY_W("device", names[kind]),
             (SaoyLogField){ "what", what, 0 });
}

int64_t
saoy_watch_start(void)
{
    return saoy_clock_mono_us();
}

static void
count_fault(SaoyDeviceKind kind, const char *verb, int code)
{
    g_atomic_int_inc(&counters[kind].faults);
    g_atomic_int_set(&counters[kind].last_fault, code + 1);
    g_atomic_pointer_set(&counters[kind].last_fault_s,
                         (gsize)(saoy_clock_wall_us() / 1000000));
    saoy_log(SAOY_LOG_DEVICE_FAULT, SAOY_W("device", names[kind]), SAOY_W("verb", verb),
             SAOY_N("code", code));
}

bool
saoy_watch_end(SaoyDeviceKind kind, const char *driver, const char *verb, int64_t start,
               bool done, GError **error)
{
    int64_t ms = (saoy_clock_mono_us() - start) / 1000;

    g_atomic_int_inc(&counters[kind].commands);
    saoy_log(SAOY_LOG_DEVICE_COMMAND, SAOY_W("device", names[kind]), SAOY_W("verb", verb),
             SAOY_N("ms", ms), SAOY_N("done", done));
    if (done)
        return true;
    if (error != NULL && *error != NULL && (*error)->domain == SAOY_ERROR)
        count_fault(kind, verb, (*error)->code);
    g_prefix_error(error, "%s %s: ", names[kind], driver);
    return false;
}

bool
saoy_watch_sleep(unsigned ms, GCancellable *cancel, GError **error)
{
    GPollFD poll = { 0 };

    if (g_cancellable_set_error_if_cancelled(cancel, error))
        return false;
    if (cancel != NULL && g_cancellable_make_pollfd(cancel, &poll)) {
        g_poll(&poll, 1, (int)ms);
        g_cancellable_release_fd(cancel);
    } else {
        g_usleep(ms * 1000ul);
    }
    return !g_cancellable_set_error_if_cancelled(cancel, error);
}

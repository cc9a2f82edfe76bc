#include "verify-parts.h"

#include "core/clock.h"

/* Anybody may send any file: what judging it costs is bounded whatever it holds. One look
 * is some thirty nanoseconds, so all of them are a few seconds of one processor. */

#define MAX_LOOKS ((size_t)64 << 20)
#define LOOKS_A_CLOCK ((size_t)1 << 16) /* between two looks at it */

/* By this thread's own time, so that a busy machine judges as an idle one does. */
static bool
is_late(SaoyCheck *check, size_t looks)
{
    int64_t limit_us = check->options->cpu_us;

    if (limit_us == 0 ||
        check->looks / LOOKS_A_CLOCK == (check->looks + looks) / LOOKS_A_CLOCK)
        return false;
    return saoy_clock_thread_us() - check->began_us > limit_us;
}

void
saoy_check_begin(SaoyCheck *check)
{
    check->began_us = saoy_clock_thread_us();
}

bool
saoy_check_is_spent(const SaoyCheck *check)
{
    return check->looks > MAX_LOOKS;
}

bool
saoy_check_spend(SaoyCheck *check, size_t looks)
{
    if (saoy_check_is_spent(check))
        return false;
    bool late = is_late(check, looks);
    check->looks = late || looks > MAX_LOOKS ? SIZE_MAX : check->looks + looks;
    if (!saoy_check_is_spent(check))
        return true;
    saoy_found(check, SAOY_FOUND_TOO_COMPLEX, 0, 0);
    return false;
}

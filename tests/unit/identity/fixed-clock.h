#pragma once
#include "core/clock.h"

/* A wall clock that stands where the test puts it, until saoy_clock_set(NULL). */
static int64_t fixed_us;

static inline int64_t
fixed_wall(void)
{
    return fixed_us;
}

static inline void
stop_clock(int64_t at_us)
{
    static const SaoyClock clock = { fixed_wall, g_get_monotonic_time };

    fixed_us = at_us;
    saoy_clock_set(&clock);
}

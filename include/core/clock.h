#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* All time comes from here, so that a test owns it. Wall time is microseconds since 1970
 * UTC; people and formats see it in Việt Nam's zone, +07:00 all year. Any thread. */
typedef struct {
    int64_t (*wall_us)(void);
    int64_t (*mono_us)(void);
} SaoyClock;

int64_t saoy_clock_wall_us(void);
int64_t saoy_clock_mono_us(void);
int64_t saoy_clock_thread_us(void); /* processor time of this thread; always the real one */
/* For tests, before threads are; borrowed. NULL: the real one. */
void saoy_clock_set(const SaoyClock *clock);

/* "2025-11-10T14:05:33+07:00" (RFC 3339), "10/11/2025 14:05:33 +07:00" for people,
 * "20251110070533Z" (GeneralizedTime, UTC). Free with g_free. */
char *saoy_time_rfc3339(int64_t wall_us);
char *saoy_time_people(int64_t wall_us);
char *saoy_time_asn1(int64_t wall_us);

/* Parses exactly the RFC 3339 form above (any offset); false if it is not that. */
bool saoy_time_parse(const char *rfc3339, int64_t *out_us);

/* The calendar day in Việt Nam. month 1..12. */
void saoy_time_day(int64_t wall_us, int *year, int *month, int *day);

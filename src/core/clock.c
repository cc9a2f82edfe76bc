#include "core/clock.h"

#include <string.h>
#include <time.h>

#define ZONE_S (7 * 3600) /* Việt Nam: +07:00, no summer time */

static int64_t
real_wall_us(void)
{
    return g_get_real_time();
}

static int64_t
real_mono_us(void)
{
    return g_get_monotonic_time();
}

static const SaoyClock real_clock = { real_wall_us, real_mono_us };
static const SaoyClock *current = &real_clock;

int64_t
saoy_clock_wall_us(void)
{
    return current->wall_us();
}

int64_t
saoy_clock_mono_us(void)
{
    return current->mono_us();
}

int64_t
saoy_clock_thread_us(void)
{
    struct timespec used = { 0 };

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return used.tv_sec * G_USEC_PER_SEC + used.tv_nsec / 1000;
}

void
saoy_clock_set(const SaoyClock *clock)
{
    current = clock != NULL ? clock : &real_clock;
}

static int64_t
seconds_of(int64_t us)
{
    return us >= 0 ? us / G_USEC_PER_SEC : (us - (G_USEC_PER_SEC - 1)) / G_USEC_PER_SEC;
}

/* Broken-down time of that many seconds since 1970, in a fixed zone. */
static char *
format(int64_t wall_us, int offset_s, const char *pattern)
{
    g_autoptr(GDateTime) utc =
        g_date_time_new_from_unix_utc(seconds_of(wall_us) + offset_s);

    return utc != NULL ? g_date_time_format(utc, pattern) : g_strdup("");
}

char *
saoy_time_rfc3339(int64_t wall_us)
{
    return format(wall_us, ZONE_S, "%Y-%m-%dT%H:%M:%S+07:00");
}

char *
saoy_time_people(int64_t wall_us)
{
    return format(wall_us, ZONE_S, "%d/%m/%Y %H:%M:%S +07:00");
}

char *
saoy_time_asn1(int64_t wall_us)
{
    return format(wall_us, 0, "%Y%m%d%H%M%SZ");
}

/* "YYYY-MM-DDTHH:MM:SS±HH:MM" or …Z: shape first, GLib judges the calendar. */
static bool
has_shape(const char *text)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    size_t n = strlen(shape);

    if (strnlen(text, 32) < n + 1)
        return false;
    for (size_t i = 0; i < n; i++)
        if (shape[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != shape[i])
            return false;

    const char *zone = text + n;
    if (g_str_equal(zone, "Z"))
        return true;
    return strlen(zone) == 6 && (zone[0] == '+' || zone[0] == '-') &&
           g_ascii_isdigit(zone[1]) && g_ascii_isdigit(zone[2]) && zone[3] == ':' &&
           g_ascii_isdigit(zone[4]) && g_ascii_isdigit(zone[5]);
}

bool
saoy_time_parse(const char *rfc3339, int64_t *out_us)
{
    if (!has_shape(rfc3339))
        return false;

    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(rfc3339, NULL);
    if (time == NULL)
        return false;
    *out_us = g_date_time_to_unix(time) * G_USEC_PER_SEC;
    return true;
}

void
saoy_time_day(int64_t wall_us, int *year, int *month, int *day)
{
    g_autoptr(GDateTime) local =
        g_date_time_new_from_unix_utc(seconds_of(wall_us) + ZONE_S);

    g_date_time_get_ymd(local, year, month, day);
}

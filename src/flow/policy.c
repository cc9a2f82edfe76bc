#include "policy.h"

#include "core/clock.h"
#include "core/text.h"

#include <stdio.h>

#define MINUTE_US (INT64_C(60) * G_USEC_PER_SEC)
#define DAY_US (24 * 60 * MINUTE_US)
#define ZONE_US (7 * 60 * MINUTE_US) /* Việt Nam: +07:00 all year */

enum { CUTOFF_MIN = 15 * 60 };

unsigned
saoy_policy_pages_of(const SaoySession *session, unsigned document)
{
    unsigned n = 0;

    for (unsigned i = 0; i < session->n_pages; i++)
        n += session->pages[i].document == document;
    return n;
}

int64_t
saoy_policy_fee(SaoySession *session)
{
    int64_t sum = 0;

    for (unsigned d = 0; d < session->n_documents; d++) {
        SaoyDocument *document = &session->documents[d];

        document->fee = saoy_fee_of(saoy_policy_pages_of(session, d), document->copies);
        sum += document->fee;
    }
    return sum;
}

bool
saoy_policy_fee_due(const SaoyKioskConfig *config, const SaoySession *session)
{
    return !config->fee_waived && session->fee > 0;
}

static bool
parse_hours(const char *hours, int *from_min, int *to_min)
{
    int a = 0, b = 0, c = 0, d = 0;

    if (sscanf(hours, "%2d:%2d-%2d:%2d", &a, &b, &c, &d) != 4)
        return false;
    *from_min = a * 60 + b;
    *to_min = c * 60 + d;
    return *from_min < *to_min;
}

static int64_t
local_day(int64_t now_us)
{
    return (now_us + ZONE_US) / DAY_US;
}

static int
local_minute(int64_t now_us)
{
    return (int)(((now_us + ZONE_US) % DAY_US) / MINUTE_US);
}

/* 1 January 1970 was a Thursday; 0 = Monday */
static bool
is_working_day(int64_t day)
{
    return (day + 3) % 7 < 5;
}

bool
saoy_policy_office_open(const char *hours, int64_t now_us)
{
    int from = 0, to = 0;
    int minute = local_minute(now_us);

    return parse_hours(hours, &from, &to) && is_working_day(local_day(now_us)) &&
           minute >= from && minute < to;
}

int64_t
saoy_policy_promised_us(const char *hours, int64_t now_us)
{
    int from = 0, to = 0;
    int minute = local_minute(now_us);
    int64_t day = local_day(now_us);

    if (!parse_hours(hours, &from, &to))
        return 0;
    if (is_working_day(day) && minute >= from && minute < MIN(CUTOFF_MIN, to))
        return 0;
    if (!is_working_day(day) || minute >= MIN(CUTOFF_MIN, to))
        day++;
    while (!is_working_day(day))
        day++;
    return day * DAY_US + to * MINUTE_US - ZONE_US;
}

/* The real printer, by libcups: a queue of cupsd or an IPP printer itself. */
#include "core/clock.h"
#include "core/error.h"
#include "device/printer.h"
#include "printer-cups-ipp.h"
#include "watch.h"

#define POLL_MS 250
#define PATIENCE_S 180
#define LOST_MAX 8 /* polls without an answer before the job counts as lost */

typedef struct {
    SaoyIpp ipp;
    GHashTable *spooled; /* names; the printer itself forgets finished jobs after a while */
} Cups;

static void
cups_close(void *self)
{
    Cups *cups = self;

    saoy_ipp_close(&cups->ipp);
    g_hash_table_unref(cups->spooled);
    g_free(cups);
}

static void *
cups_open(const char *address, GError **error)
{
    Cups *cups = g_new0(Cups, 1);
    bool found = false;

    cups->spooled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (saoy_ipp_connect(address, &cups->ipp, error) &&
        saoy_ipp_find_job(&cups->ipp, NULL, &found, error))
        return cups;
    cups_close(cups);
    return NULL;
}

static bool
cups_ready(void *self, GError **error)
{
    const Cups *cups = self;

    return saoy_ipp_check_printer(&cups->ipp, error);
}

static bool
cups_busy(void *self)
{
    const Cups *cups = self;
    bool found = false;

    return saoy_ipp_find_job(&cups->ipp, NULL, &found, NULL) && found;
}

static bool
is_new(const Cups *cups, const char *job, GError **error)
{
    bool found = g_hash_table_contains(cups->spooled, job);

    if (!found && !saoy_ipp_find_job(&cups->ipp, job, &found, error))
        return false;
    return !found || saoy_fail(error, SAOY_ERROR_REFUSED, "job %s was spooled before", job);
}

static bool
is_lost(const GError *why)
{
    return g_error_matches(why, SAOY_ERROR, SAOY_ERROR_OFFLINE) ||
           g_error_matches(why, SAOY_ERROR, SAOY_ERROR_TIMEOUT);
}

/* Until the last sheet is out. A printer that is away for a moment is asked again. */
static bool
await(const Cups *cups, int job, GCancellable *cancel, GError **error)
{
    int64_t until_us = saoy_clock_mono_us() + PATIENCE_S * (int64_t)1000000;
    unsigned lost = 0;

    while (saoy_clock_mono_us() < until_us) {
        g_autoptr(GError) why = NULL;
        bool done = false;

        if (!saoy_watch_sleep(POLL_MS, cancel, error))
            return false;
        if (saoy_ipp_check_job(&cups->ipp, job, &done, &why) && done)
            return true;
        lost = why != NULL ? lost + 1 : 0;
        if (why != NULL && (lost > LOST_MAX || !is_lost(why))) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
    }
    return saoy_fail(error, SAOY_ERROR_TIMEOUT, "not printed within %d s", PATIENCE_S);
}

static bool
cups_print(void *self, GBytes *pdf, const char *name, unsigned copies, GCancellable *cancel,
           GError **error)
{
    const Cups *cups = self;
    int job = 0;

    if (!is_new(cups, name, error) || !cups_ready(self, error))
        return false;
    /* before it is sent: an answer that is lost does not make it unsent */
    g_hash_table_add(cups->spooled, g_strdup(name));
    if (!saoy_ipp_send(&cups->ipp, pdf, name, copies, &job, error))
        return false;
    if (await(cups, job, cancel, error))
        return true;
    saoy_ipp_cancel(&cups->ipp, job);
    return false;
}

const SaoyPrinterDriver saoy_printer_cups = {
    .name = "cups",
    .open = cups_open,
    .print = cups_print,
    .ready = cups_ready,
    .busy = cups_busy,
    .close = cups_close,
};

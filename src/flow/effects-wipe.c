/* WIPE is a barrier on every worker: what a thread still holds of the person goes on that
 * thread. After 10 s without all answers the machine closes. */
#include "visit-private.h"

#include "core/file.h"
#include "core/log.h"
#include "core/memory.h"

enum { BARRIER_S = 10 };

typedef struct {
    SaoyDevices *devices;
    const SaoyKioskConfig *config;
    SaoyWorkerId id;
    unsigned turn;
} Barrier;

static void
forget(SaoyDevices *devices, SaoyWorkerId id)
{
    if (id == SAOY_ON_CPU && devices->reader != NULL)
        saoy_reader_forget(devices->reader);
    if (id == SAOY_ON_NET)
        saoy_under_way_clear(&devices->under_way);
    if (id == SAOY_ON_CARD && devices->card != NULL)
        saoy_card_disconnect(devices->card);
}

/* On each worker; a device that was missing is tried again while we are here, so that a
 * technician's "open" needs no restart. */
static bool
pass_barrier(void *p, GCancellable *cancel, GError **error)
{
    const Barrier *barrier = p;

    forget(barrier->devices, barrier->id);
    saoy_memory_forget();
    return saoy_device_ensure(barrier->devices, barrier->config, barrier->id, error);
}

static bool
empty_temp(const SaoyVisit *visit, GError **error)
{
    g_autofree char *temp = g_build_filename(visit->config->data_dir, "tmp", NULL);

    if (!saoy_dir_remove(temp, error))
        return false;
    if (g_mkdir_with_parents(temp, 0700) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s: cannot be made", temp);
    return true;
}

static void
finish(SaoyVisit *visit, bool all_answered)
{
    g_autoptr(GError) error = NULL;
    unsigned turn = visit->wipe_turn;
    bool clean = false;

    visit->wiping = 0;
    visit->wipe_turn = 0;
    visit->prints = 0;
    g_clear_handle_id(&visit->wipe_timer, g_source_remove);
    g_clear_handle_id(&visit->lease_tick, g_source_remove);
    g_clear_object(&visit->lease_lost);
    clean = saoy_session_wipe(visit);
    saoy_session_begin(visit);
    if (empty_temp(visit, &error) && clean && all_answered) {
        saoy_log(SAOY_LOG_WIPE, SAOY_N("count", 1));
    } else {
        saoy_log(SAOY_LOG_WIPE_FAILED, SAOY_W("state", saoy_state_name(visit->flow.state)));
        if (error == NULL)
            saoy_set_error(&error, SAOY_ERROR_FAILED, "a worker did not come back");
    }
    if (visit->device_missing && error == NULL)
        saoy_set_error(&error, SAOY_ERROR_FAILED, "a device is missing");
    saoy_visit_done(visit, turn, error);
}

static void
on_barrier(SaoyVisit *visit, void *data, const GError *error)
{
    const Barrier *barrier = data;

    if (barrier->turn != visit->wipe_turn)
        return;
    visit->device_missing |= error != NULL;
    if (--visit->wiping == 0)
        finish(visit, true);
}

static gboolean
on_too_late(void *user)
{
    SaoyVisit *visit = user;

    visit->wipe_timer = 0;
    finish(visit, false);
    return G_SOURCE_REMOVE;
}

void
saoy_do_wipe(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    if (visit->pages_cancel != NULL)
        g_cancellable_cancel(visit->pages_cancel);
    visit->analyse_turn = 0;
    visit->wipe_turn = turn;
    visit->device_missing = false;
    visit->wiping = SAOY_ON_N;
    visit->wipe_timer = g_timeout_add_seconds(BARRIER_S, on_too_late, visit);
    for (int i = 0; i < SAOY_ON_N; i++) {
        Barrier *barrier = g_new0(Barrier, 1);

        *barrier = (Barrier){ &visit->devices, visit->config, (SaoyWorkerId)i, turn };
        saoy_visit_run(visit, barrier->id, pass_barrier, barrier, g_free, NULL, on_barrier);
    }
}

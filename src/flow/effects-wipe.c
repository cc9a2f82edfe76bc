/* WIPE is a barrier on every worker: what a thread still holds of the person goes on that
 * thread. After 10 s without all answers the machine closes. */
#include "visit-private.h"

#include "core/file.h"
#include "core/log.h"

enum { BARRIER_S = 10 };

typedef struct {
    SaoyDevices *devices;
    unsigned turn;
} Barrier;

static bool
forget_nothing(void *p, GCancellable *cancel, GError **error)
{
    return true;
}

static bool
forget_page(void *p, GCancellable *cancel, GError **error)
{
    SaoyDevices *devices = ((Barrier *)p)->devices;

    if (devices->reader != NULL)
        saoy_reader_forget(devices->reader);
    return true;
}

static bool
forget_dossier(void *p, GCancellable *cancel, GError **error)
{
    saoy_under_way_clear(&((Barrier *)p)->devices->under_way);
    return true;
}

static bool
forget_card(void *p, GCancellable *cancel, GError **error)
{
    SaoyDevices *devices = ((Barrier *)p)->devices;

    if (devices->card != NULL)
        saoy_card_disconnect(devices->card);
    return true;
}

static SaoyJob *const jobs[SAOY_ON_N] = {
    [SAOY_ON_CARD] = forget_card,       [SAOY_ON_CAMERA] = forget_nothing,
    [SAOY_ON_SCANNER] = forget_nothing, [SAOY_ON_PRINTER] = forget_nothing,
    [SAOY_ON_PAYMENT] = forget_nothing, [SAOY_ON_NET] = forget_dossier,
    [SAOY_ON_LEASE] = forget_nothing,   [SAOY_ON_CPU] = forget_page,
};

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
    saoy_visit_done(visit, turn, error);
}

static void
on_barrier(SaoyVisit *visit, void *data, const GError *error)
{
    const Barrier *barrier = data;

    if (barrier->turn == visit->wipe_turn && --visit->wiping == 0)
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
    visit->wiping = SAOY_ON_N;
    visit->wipe_timer = g_timeout_add_seconds(BARRIER_S, on_too_late, visit);
    for (int i = 0; i < SAOY_ON_N; i++) {
        Barrier *barrier = g_new0(Barrier, 1);

        *barrier = (Barrier){ &visit->devices, turn };
        saoy_visit_run(visit, (SaoyWorkerId)i, jobs[i], barrier, g_free, NULL, on_barrier);
    }
}

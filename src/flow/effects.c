/* Effect -> job on which worker: the only async code of the program. Each job gets a struct
 * it owns until it answers; nothing is shared, nothing is locked. */
#include "visit-private.h"

#include "core/clock.h"

static SaoyEffectFunc *const effects[SAOY_DO_N] = {
    [SAOY_DO_READ_CARD] = saoy_do_read_card,
    [SAOY_DO_MATCH_FACE] = saoy_do_match_face,
    [SAOY_DO_SCAN] = saoy_do_scan,
    [SAOY_DO_ANALYSE] = saoy_do_analyse,
    [SAOY_DO_OPEN_DOSSIER] = saoy_do_open_dossier,
    [SAOY_DO_TAKE_FEE] = saoy_do_take_fee,
    [SAOY_DO_SUBMIT] = saoy_do_submit,
    [SAOY_DO_ISSUE] = saoy_do_issue,
    [SAOY_DO_DELIVER] = saoy_do_deliver,
    [SAOY_DO_LOOK_AT_GLASS] = saoy_do_look_at_glass,
    [SAOY_DO_WITHDRAW] = saoy_do_withdraw,
    [SAOY_DO_RELEASE] = saoy_do_release,
    [SAOY_DO_WIPE] = saoy_do_wipe,
    [SAOY_DO_LOOK_UP] = saoy_do_look_up,
    [SAOY_DO_VERIFY_SEAL] = saoy_do_verify_seal,
};

typedef struct {
    SaoyVisit **alive;
    unsigned generation;
    SaoyAnswerFunc *then;
    void *data;
    GDestroyNotify free_data; /* of a tell; a job's data is freed by its worker */
} Ask;

static Ask *
ask_new(SaoyVisit *visit, unsigned generation, SaoyAnswerFunc *then, void *data,
        GDestroyNotify free_data)
{
    Ask *ask = g_new0(Ask, 1);

    *ask =
        (Ask){ g_atomic_rc_box_acquire(visit->alive), generation, then, data, free_data };
    return ask;
}

static void
ask_free(void *p)
{
    Ask *ask = p;

    if (ask->free_data != NULL)
        ask->free_data(ask->data);
    g_atomic_rc_box_release(ask->alive);
    g_free(ask);
}

static void
answer(const Ask *ask, const GError *error)
{
    SaoyVisit *visit = *ask->alive;

    if (visit != NULL && visit->generation == ask->generation && ask->then != NULL)
        ask->then(visit, ask->data, error);
}

static void
on_job_done(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(GError) error = NULL;
    Ask *ask = user;

    if (!saoy_worker_finish(result, &error) &&
        !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_info("%s", error->message); /* written by our own code: no personal data */
    answer(ask, error);
    ask_free(ask);
}

void
saoy_visit_run(SaoyVisit *visit, SaoyWorkerId on, SaoyJob *job, void *data,
               GDestroyNotify free_data, GCancellable *cancel, SaoyAnswerFunc *then)
{
    Ask *ask = ask_new(visit, visit->generation, then, data, NULL);

    saoy_worker_run(visit->workers[on], job, data, free_data, cancel, on_job_done, ask);
}

static gboolean
on_told(void *user)
{
    answer(user, NULL);
    return G_SOURCE_REMOVE;
}

void
saoy_visit_tell(SaoyVisit **alive, unsigned generation, SaoyAnswerFunc *then, void *data,
                GDestroyNotify free_data)
{
    Ask *ask = g_new0(Ask, 1);

    *ask = (Ask){ g_atomic_rc_box_acquire(alive), generation, then, data, free_data };
    g_main_context_invoke_full(NULL, G_PRIORITY_DEFAULT, on_told, ask, ask_free);
}

void
saoy_visit_act(SaoyVisit *visit, SaoyEffect effect, unsigned turn, GCancellable *cancel)
{
    effects[effect](visit, turn, cancel);
}

void
saoy_pause_ms(unsigned ms, GCancellable *cancel)
{
    for (unsigned gone = 0; gone < ms && !g_cancellable_is_cancelled(cancel); gone += 50)
        g_usleep(50 * 1000);
}

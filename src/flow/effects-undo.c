/* WITHDRAW and RELEASE: never cancelled, bounded by short deadlines; what fails is made up
 * for at WELCOME. */
#include "effects-hub.h"

#include <glib/gi18n.h>

static void
go_on(SaoyVisit *visit, unsigned turn)
{
    if (!saoy_visit_current(visit, turn))
        return;
    if (visit->flow.state == SAOY_STATE_WIPE)
        saoy_do_wipe(visit, turn, NULL);
    else
        saoy_visit_done(visit, turn, NULL);
}

static void
note_undone(SaoyVisit *visit, const char *event, const GError *error)
{
    if (error != NULL)
        visit->unsettled = true;
    else
        saoy_visit_note(visit, event, saoy_dossier_about(visit), NULL);
}

/* What was approved meanwhile is past withdrawing: the hub finishes it. */
static bool
withdraw(void *p, GCancellable *cancel, GError **error)
{
    SaoyHubJob *job = p;
    SaoyUnderWay *now = &job->devices->under_way;
    g_autoptr(SaoyJson) answer = NULL;
    g_autoptr(SaoyJson) released = NULL;

    if (!saoy_dossier_learn(job, NULL, error))
        return false;
    answer = saoy_hub_withdraw(job->devices->hub, now->dossier, NULL, error);
    if (answer == NULL || !saoy_dossier_has_approved(answer))
        return answer != NULL;
    released = saoy_hub_release(job->devices->hub, now->dossier, NULL, error);
    return released != NULL;
}

static void
on_withdrawn(SaoyVisit *visit, void *data, const GError *error)
{
    const SaoyHubJob *job = data;

    note_undone(visit, "withdrawn", error);
    go_on(visit, job->turn);
}

typedef struct {
    SaoyDevices *devices;
    char *order;
    int64_t dong;
} GiveBack;

static void
give_back_free(void *p)
{
    GiveBack *job = p;

    g_free(job->order);
    g_free(job);
}

/* The kiosk gives back by itself only what was never submitted; keyed by the order, so that
 * a second give_back by the hub does nothing. */
static bool
give_back(void *p, GCancellable *cancel, GError **error)
{
    const GiveBack *job = p;

    if (job->devices->payment == NULL)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "no payment device");
    return saoy_payment_give_back(job->devices->payment, job->order, job->dong, NULL,
                                  error);
}

static void
on_given_back(SaoyVisit *visit, void *data, const GError *error)
{
    note_undone(visit, "given_back", error);
}

static void
start_give_back(SaoyVisit *visit)
{
    GiveBack *job = NULL;

    if (!visit->fee_asked || visit->submitted || visit->session->dossier == NULL)
        return;
    job = g_new0(GiveBack, 1);
    *job = (GiveBack){ &visit->devices, g_strdup(visit->session->dossier),
                       visit->session->fee };
    saoy_visit_run(visit, SAOY_ON_PAYMENT, give_back, job, give_back_free, NULL,
                   on_given_back);
}

void
saoy_do_withdraw(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    if (visit->opening_key[0] == '\0') {
        go_on(visit, turn);
        return;
    }
    saoy_visit_note(visit, "withdrawing", saoy_dossier_about(visit), NULL);
    start_give_back(visit);
    saoy_visit_run(visit, SAOY_ON_NET, withdraw, saoy_hub_job_new(visit, turn),
                   saoy_hub_job_free, NULL, on_withdrawn);
}

/* ---- RELEASE */

static bool
release(void *p, GCancellable *cancel, GError **error)
{
    SaoyHubJob *job = p;
    g_autoptr(SaoyJson) answer = NULL;

    if (!saoy_dossier_hand_in(job, NULL, error))
        return false;
    answer =
        saoy_hub_release(job->devices->hub, job->devices->under_way.dossier, NULL, error);
    return answer != NULL;
}

static void
on_released(SaoyVisit *visit, void *data, const GError *error)
{
    const SaoyHubJob *job = data;

    note_undone(visit, "released", error);
    go_on(visit, job->turn);
}

static void
mark_released(SaoySession *session)
{
    for (unsigned d = 0; d < session->n_documents; d++) {
        SaoyDocument *document = &session->documents[d];

        if (document->state != SAOY_DOC_REFUSED && document->state != SAOY_DOC_ISSUED)
            document->state = SAOY_DOC_RELEASED;
    }
    session->slip_note =
        session->email[0] != '\0'
            ? N_("You need not wait. The result will come to the e-mail address you gave.")
            : N_("You need not wait. Come back to any kiosk with your card: the result "
                 "waits "
                 "under «Look up and reprint».");
}

void
saoy_do_release(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    saoy_visit_note(visit, "releasing", saoy_dossier_about(visit), NULL);
    mark_released(visit->session);
    saoy_visit_run(visit, SAOY_ON_NET, release, saoy_hub_job_new(visit, turn),
                   saoy_hub_job_free, NULL, on_released);
    saoy_visit_refresh(visit);
}

#include "visit-private.h"

#include <glib/gi18n.h>

enum { ASK_EVERY_MS = 500 };

typedef struct {
    SaoyVisit **alive;
    unsigned generation, turn;
    SaoyDevices *devices;
    char *order;
    int64_t dong;
} PayJob;

static void
pay_job_free(void *p)
{
    PayJob *job = p;

    g_free(job->order);
    g_atomic_rc_box_release(job->alive);
    g_free(job);
}

static void
on_qr(SaoyVisit *visit, void *data, const GError *error)
{
    visit->session->payment_qr = saoy_session_keep(visit, data);
    saoy_visit_refresh(visit);
}

static bool
ask(PayJob *job, SaoyPayState *out, GCancellable *cancel, GError **error)
{
    return saoy_payment_state(job->devices->payment, job->order, out, cancel, error);
}

/* A retry first asks what is known of the order; a late cancel does not undo a payment. */
static bool
take_fee(void *p, GCancellable *cancel, GError **error)
{
    PayJob *job = p;
    SaoyPayState state = SAOY_PAY_UNKNOWN;
    char *qr = NULL;

    if (job->devices->payment == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "no payment device");
    if (ask(job, &state, cancel, NULL) && state == SAOY_PAY_PAID)
        return true;
    if (!saoy_payment_request(job->devices->payment, job->order, job->dong, &qr, cancel,
                              error))
        return false;
    saoy_visit_tell(job->alive, job->generation, on_qr, qr, g_free);
    while (ask(job, &state, cancel, error)) {
        if (state == SAOY_PAY_PAID || state == SAOY_PAY_SETTLED)
            return true;
        if (state == SAOY_PAY_DECLINED || state == SAOY_PAY_GIVEN_BACK)
            return saoy_fail(error, SAOY_ERROR_REFUSED, "the payment was declined");
        saoy_pause_ms(ASK_EVERY_MS, cancel);
        if (g_cancellable_set_error_if_cancelled(cancel, error))
            return false;
    }
    return false;
}

static void
on_taken(SaoyVisit *visit, void *data, const GError *error)
{
    const PayJob *job = data;

    if (error == NULL) {
        SaoyJson *entry = saoy_json_object();

        saoy_json_set_string(entry, "order", job->order);
        saoy_visit_note(visit, "paid", entry, NULL);
        visit->fee_taken = true;
    }
    if (!saoy_visit_current(visit, job->turn))
        return;
    visit->session->problem = error != NULL ? N_("The payment did not go through.") : NULL;
    saoy_visit_done(visit, job->turn, error);
}

void
saoy_do_take_fee(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    g_autoptr(GError) error = NULL;
    SaoyJson *entry = saoy_json_object();
    PayJob *job = NULL;

    saoy_json_set_string(entry, "order", visit->session->dossier);
    saoy_json_set_int(entry, "dong", visit->session->fee);
    if (!saoy_visit_note(visit, "paying", entry, &error)) {
        saoy_visit_done(visit, turn, error);
        return;
    }
    visit->fee_asked = true;
    job = g_new0(PayJob, 1);
    *job = (PayJob){
        g_atomic_rc_box_acquire(visit->alive), visit->generation,  turn, &visit->devices,
        g_strdup(visit->session->dossier),     visit->session->fee
    };
    saoy_visit_run(visit, SAOY_ON_PAYMENT, take_fee, job, pay_job_free, cancel, on_taken);
}

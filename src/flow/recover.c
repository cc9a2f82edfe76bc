#include "recover.h"

#include "visit-private.h"

#include "core/ids.h"
#include "core/log.h"

typedef struct {
    SaoyDevices *devices;
    SaoyUnfinished what;
    char *dossier;
    const char *done; /* event to write down */
} Recovery;

static void
recovery_free(void *p)
{
    Recovery *r = p;

    g_free(r->dossier);
    g_free(r);
}

/* Was it submitted? While any document is still open it was not. */
static bool
is_submitted(const SaoyJson *answer)
{
    SaoyJson *list = saoy_json_array_of(answer, "documents", SAOY_DOCUMENTS_MAX, NULL);

    for (size_t i = 0; list != NULL && i < saoy_json_length(list); i++)
        if (g_str_equal(saoy_json_string_or(saoy_json_at(list, i), "state", ""), "open"))
            return false;
    return list != NULL && saoy_json_length(list) > 0;
}

static bool
ask(Recovery *r, GError **error)
{
    g_autoptr(SaoyJson) answer =
        saoy_hub_wait(r->devices->hub, r->dossier, 0, 0, NULL, error);

    if (answer == NULL)
        return *error == NULL &&
               saoy_fail(error, SAOY_ERROR_OFFLINE, "the hub did not say");
    r->what.submitted = is_submitted(answer);
    r->what.submitting = r->what.submitted;
    r->what.approved = saoy_dossier_has_approved(answer);
    return true;
}

/* What the hub no longer knows, or will no longer change, needs no undoing. */
static bool
accept(SaoyJson *answer, GError **error, GError *fault)
{
    if (answer != NULL) {
        saoy_json_unref(answer);
        return true;
    }
    if (g_error_matches(fault, SAOY_ERROR, SAOY_ERROR_REFUSED)) {
        g_error_free(fault);
        return true;
    }
    g_propagate_error(error, fault);
    return false;
}

/* An approval may have come between the crash and now: what was approved is released. */
static bool
withdraw(const Recovery *r, GError **error)
{
    GError *fault = NULL;
    SaoyJson *answer = saoy_hub_withdraw(r->devices->hub, r->dossier, NULL, &fault);
    SaoyJson *released = NULL;

    if (answer == NULL || !saoy_dossier_has_approved(answer))
        return accept(answer, error, fault);
    saoy_json_unref(answer);
    released = saoy_hub_release(r->devices->hub, r->dossier, NULL, &fault);
    return accept(released, error, fault);
}

/* She was told that she need not wait: what was not submitted yet is submitted first. */
static bool
release(const Recovery *r, GError **error)
{
    GError *fault = NULL;

    if (!r->what.submitted &&
        !saoy_hub_submit(r->devices->hub, r->dossier, r->dossier, NULL, &fault))
        return accept(NULL, error, fault);

    SaoyJson *answer = saoy_hub_release(r->devices->hub, r->dossier, NULL, &fault);

    return accept(answer, error, fault);
}

/* on the net worker */
static bool
recover_one(void *p, GCancellable *cancel, GError **error)
{
    Recovery *r = p;
    g_autoptr(GError) fault = NULL;

    if (r->devices->hub == NULL)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "no hub");
    if (saoy_unfinished_undo(&r->what) == SAOY_UNDO_ASK && !ask(r, &fault)) {
        g_propagate_error(error, g_steal_pointer(&fault));
        return false;
    }
    if (saoy_unfinished_undo(&r->what) == SAOY_UNDO_RELEASE) {
        r->done = "released";
        return release(r, error);
    }
    r->done = "withdrawn";
    return withdraw(r, error);
}

static bool
give_back(void *p, GCancellable *cancel, GError **error)
{
    Recovery *r = p;

    r->done = "given_back";
    if (r->devices->payment == NULL)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "no payment device");
    return saoy_payment_give_back(r->devices->payment, r->dossier, r->what.dong, NULL,
                                  error);
}

static void
on_recovered(SaoyVisit *visit, void *data, const GError *error)
{
    const Recovery *r = data;
    SaoyJson *entry = NULL;

    if (error != NULL) {
        visit->unsettled = true;
        return;
    }
    entry = saoy_json_object();
    saoy_json_set_string(entry, "dossier", r->dossier);
    saoy_json_set_string(entry, "visit", r->what.visit);
    saoy_journal_append(visit->journal, r->done, entry, NULL);
}

static Recovery *
recovery_of(SaoyVisit *visit, const SaoyUnfinished *u)
{
    Recovery *r = g_new0(Recovery, 1);

    r->devices = &visit->devices;
    r->what = *u;
    r->dossier = g_strdup(u->dossier);
    r->what.dossier = r->dossier;
    return r;
}

static void
settle(SaoyVisit *visit, const SaoyUnfinished *u)
{
    if (saoy_unfinished_undo(u) != SAOY_UNDO_NOTHING) {
        saoy_log(SAOY_LOG_RECOVERY, SAOY_N("code", saoy_unfinished_undo(u)));
        saoy_visit_run(visit, SAOY_ON_NET, recover_one, recovery_of(visit, u),
                       recovery_free, NULL, on_recovered);
    }
    /* the fee is the hub's from submit on */
    if (u->fee && !u->given_back && !u->submitting && u->dossier != NULL)
        saoy_visit_run(visit, SAOY_ON_PAYMENT, give_back, recovery_of(visit, u),
                       recovery_free, NULL, on_recovered);
}

void
saoy_recover(SaoyVisit *visit)
{
    g_autofree char *path =
        g_build_filename(visit->config->data_dir, "journal.jsonl", NULL);
    g_autoptr(SaoyLedger) ledger = saoy_ledger_new();
    g_autoptr(GError) error = NULL;

    visit->unsettled = false;
    if (!saoy_journal_each(path, saoy_ledger_take, ledger, &error)) {
        g_warning("journal: %s", error->message);
        return;
    }
    for (guint i = 0; i < saoy_ledger_all(ledger)->len; i++)
        settle(visit, saoy_ledger_all(ledger)->pdata[i]);
}

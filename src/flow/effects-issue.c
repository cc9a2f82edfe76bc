/* ISSUE: lease, compose, sign, archive each approved document on the net worker; the lease
 * is renewed beside it on its own. What this machine cannot finish it releases: the citizen
 * sees a slip, never an error. */
#include "visit-private.h"

#include "core/log.h"
#include "flow/finish.h"
#include "issue/issue.h"
#include "signature/signer.h"

#include <glib/gi18n.h>

#include <string.h>

typedef struct {
    unsigned document; /* from 0 */
    SaoyApproval *approval;
    GBytes *jpegs[SAOY_PAGES_MAX];
    SaoyWords words[SAOY_PAGES_MAX];
    SaoyBox free_boxes[SAOY_PAGES_MAX];
    int dpi[SAOY_PAGES_MAX];
    size_t n_pages;
    int64_t fence;
} Item;

typedef struct {
    SaoyVisit **alive;
    unsigned generation, turn, patience_s;
    SaoyDevices *devices;
    const SaoyKioskConfig *config;
    Item *items;
    size_t n_items;
    const Item *now; /* being issued */
    SaoyCsc *csc;
    SaoySigner *signers[SAOY_SIGNER_N]; /* outside the hub, or NULL */
    GCancellable *lost; /* cancelled when the lease is lost or the state is left */
    unsigned released;
} IssueJob;

static void
item_clear(Item *item)
{
    g_clear_pointer(&item->approval, saoy_approval_free);
    for (size_t i = 0; i < item->n_pages; i++) {
        g_bytes_unref(item->jpegs[i]);
        saoy_words_clear(&item->words[i]);
    }
}

static void
issue_job_free(void *p)
{
    IssueJob *job = p;

    for (size_t i = 0; i < job->n_items; i++)
        item_clear(&job->items[i]);
    for (int i = 0; i < SAOY_SIGNER_N; i++)
        saoy_signer_close(job->signers[i]);
    g_free(job->items);
    g_clear_object(&job->lost);
    g_atomic_rc_box_release(job->alive);
    g_free(job);
}

/* ---- what the worker tells main */

typedef struct {
    unsigned document;
    const char *name; /* static */
    int64_t fence;
    GBytes *pdf;
} News;

static void
news_free(void *p)
{
    News *news = p;

    g_clear_pointer(&news->pdf, g_bytes_unref);
    g_free(news);
}

static void
tell(const IssueJob *job, SaoyAnswerFunc *then, const char *name, GBytes *pdf)
{
    News *news = g_new0(News, 1);

    *news = (News){ job->now->document, name, job->now->fence,
                    pdf != NULL ? g_bytes_ref(pdf) : NULL };
    saoy_visit_tell(job->alive, job->generation, then, news, news_free);
}

static SaoyJson *
about(const SaoyVisit *visit, const News *news)
{
    const SaoyApproval *approval = visit->approvals[news->document];
    SaoyJson *entry = saoy_json_object();

    saoy_json_set_string(entry, "dossier", visit->session->dossier);
    saoy_json_set_string(entry, "copy", approval != NULL ? approval->copy_id : "");
    if (news->name != NULL)
        saoy_json_set_string(entry, "step", news->name);
    return entry;
}

static void
on_step(SaoyVisit *visit, void *data, const GError *error)
{
    saoy_visit_note(visit, "step", about(visit, data), NULL);
    saoy_visit_refresh(visit);
}

static void
on_issued(SaoyVisit *visit, void *data, const GError *error)
{
    const News *news = data;
    SaoyDocument *document = &visit->session->documents[news->document];

    g_clear_handle_id(&visit->lease_tick, g_source_remove);
    saoy_visit_note(visit, "issued", about(visit, news), NULL);
    saoy_log(SAOY_LOG_ISSUED, SAOY_N("document", news->document + 1));
    g_clear_pointer(&document->pdf, g_bytes_unref);
    document->pdf = g_bytes_ref(news->pdf);
    document->state = SAOY_DOC_ISSUED;
    saoy_visit_refresh(visit);
}

static void
on_handed_over(SaoyVisit *visit, void *data, const GError *error)
{
    const News *news = data;

    g_clear_handle_id(&visit->lease_tick, g_source_remove);
    saoy_visit_note(visit, "handed_over", about(visit, news), NULL);
    visit->session->documents[news->document].state = SAOY_DOC_RELEASED;
    visit->session->slip_note = N_(
        "This copy is being finished for you. It reaches you without your waiting here.");
    saoy_visit_refresh(visit);
}

static void
on_leased(SaoyVisit *visit, void *data, const GError *error)
{
    const News *news = data;

    if (visit->flow.state == SAOY_STATE_SIGN)
        saoy_lease_keep(visit, news->document, news->fence);
}

/* ---- on the net worker */

static bool
hook_step(void *user, const char *name, GError **error)
{
    IssueJob *job = user;

    tell(job, on_step, g_intern_string(name), NULL);
    return !g_cancellable_set_error_if_cancelled(job->lost, error);
}

/* ---- the job */

static void
give_up_lease(IssueJob *job, Item *item)
{
    saoy_hub_lease(job->devices->hub, job->devices->under_way.dossier, item->document + 1,
                   "release", &item->fence, NULL, NULL);
}

static bool
open_signers(IssueJob *job, GError **error)
{
    const char *const files[SAOY_SIGNER_N] = {
        [SAOY_SIGNER_OFFICER] = job->config->officer_signer,
        [SAOY_SIGNER_AGENCY] = job->config->agency_signer,
    };

    for (int i = 0; i < SAOY_SIGNER_N; i++) {
        if (files[i][0] == '\0' || job->signers[i] != NULL)
            continue;
        job->signers[i] = saoy_signer_open(files[i], error);
        if (job->signers[i] == NULL)
            return false;
    }
    return true;
}

static GBytes *
compose_and_issue(IssueJob *job, const Item *item, GError **error)
{
    g_autoptr(GBytes) base =
        saoy_copy_prepare(item->jpegs, item->words, item->free_boxes, item->dpi,
                          item->n_pages, item->approval, error);

    if (base == NULL || !open_signers(job, error))
        return NULL;
    const SaoyFinish finish = { .hub = job->devices->hub,
                                .csc = job->csc,
                                .signers = { job->signers[0], job->signers[1] },
                                .dossier = job->devices->under_way.dossier,
                                .document = item->document,
                                .fence = item->fence,
                                .approval = item->approval,
                                .public_url = job->config->public_url,
                                .patience_s = job->patience_s,
                                .step = hook_step,
                                .user = job };
    return saoy_finish_issue(&finish, base, job->lost, error);
}

static bool
is_retry(const GError *error)
{
    return !g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
           saoy_error_class(error) == SAOY_CLASS_RETRY;
}

static void
hand_over(IssueJob *job, const GError *why)
{
    if (strstr(why->message, "differs") != NULL)
        saoy_log(SAOY_LOG_DIFFERS, SAOY_N("document", job->now->document + 1));
    g_info("handed over: %s", why->message);
    job->released++;
    tell(job, on_handed_over, NULL, NULL);
}

/* false: nobody answered, the table asks again; or the state was left */
static bool
issue_one(IssueJob *job, Item *item, GCancellable *cancel, GError **error)
{
    g_autoptr(GError) fault = NULL;
    g_autoptr(GBytes) pdf = NULL;
    const char *dossier = job->devices->under_way.dossier;

    job->now = item;
    if (!saoy_hub_lease(job->devices->hub, dossier, item->document + 1, "take",
                        &item->fence, cancel, &fault)) {
        if (!is_retry(fault) && !g_cancellable_is_cancelled(cancel)) {
            hand_over(job, fault);
            return true;
        }
        g_propagate_error(error, g_steal_pointer(&fault));
        return false;
    }
    tell(job, on_leased, NULL, NULL);
    pdf = compose_and_issue(job, item, &fault);
    if (pdf != NULL) {
        tell(job, on_issued, NULL, pdf);
        return true;
    }
    give_up_lease(job, item);
    if (is_retry(fault) || g_cancellable_is_cancelled(cancel)) {
        g_propagate_error(error, g_steal_pointer(&fault));
        return false;
    }
    hand_over(job, fault);
    return true;
}

static bool
issue(void *p, GCancellable *cancel, GError **error)
{
    IssueJob *job = p;
    g_autoptr(SaoyCsc) csc = saoy_csc_new(saoy_hub_http(job->devices->hub));
    g_autoptr(SaoyJson) released = NULL;

    job->csc = csc;
    for (size_t i = 0; i < job->n_items; i++)
        if (!issue_one(job, &job->items[i], cancel, error))
            return false;
    if (job->released > 0)
        released = saoy_hub_release(job->devices->hub, job->devices->under_way.dossier,
                                    NULL, NULL);
    return true;
}

static void
on_all_issued(SaoyVisit *visit, void *data, const GError *error)
{
    const IssueJob *job = data;

    g_clear_handle_id(&visit->lease_tick, g_source_remove);
    g_clear_object(&visit->lease_lost);
    if (!saoy_visit_current(visit, job->turn))
        return;
    if (error == NULL) {
        SaoyJson *entry = saoy_json_object();

        saoy_json_set_string(entry, "dossier", visit->session->dossier);
        saoy_visit_note(visit, job->released > 0 ? "released" : "finished", entry, NULL);
    }
    saoy_visit_done(visit, job->turn, error);
}

/* ---- main */

static SaoyApproval *
copy_approval(const SaoyApproval *approval)
{
    g_autoptr(SaoyJson) json = saoy_approval_to_json(approval);

    return saoy_approval_from_json(json, NULL);
}

static void
take_item(const SaoyVisit *visit, unsigned document, Item *item)
{
    const SaoySession *session = visit->session;

    item->document = document;
    item->approval = copy_approval(visit->approvals[document]);
    for (unsigned i = 0; i < session->n_pages; i++) {
        const SaoyScannedPage *page = &session->pages[i];

        if (page->document != document)
            continue;
        item->jpegs[item->n_pages] = g_bytes_ref(page->jpeg);
        saoy_words_copy(&item->words[item->n_pages], &page->words);
        item->free_boxes[item->n_pages] = page->report.free_box;
        item->dpi[item->n_pages] = page->dpi;
        item->n_pages++;
    }
}

/* An approval we cannot read is one for the hub to finish. */
static void
take_items(SaoyVisit *visit, IssueJob *job)
{
    for (unsigned d = 0; d < visit->session->n_documents; d++) {
        SaoyDocument *document = &visit->session->documents[d];

        if (document->state != SAOY_DOC_APPROVED)
            continue;
        if (visit->approvals[d] != NULL) {
            take_item(visit, d, &job->items[job->n_items++]);
        } else {
            document->state = SAOY_DOC_RELEASED;
            job->released++;
        }
    }
}

static void
on_left(GCancellable *cancel, void *user)
{
    g_cancellable_cancel(user);
}

static bool
note_issuing(SaoyVisit *visit, GError **error)
{
    SaoyJson *entry = saoy_json_object();
    SaoyJson *copies = saoy_json_array();

    for (unsigned d = 0; d < visit->session->n_documents; d++)
        if (visit->approvals[d] != NULL)
            saoy_json_append_string(copies, visit->approvals[d]->copy_id);
    saoy_json_set_string(entry, "dossier", visit->session->dossier);
    saoy_json_set(entry, "copies", copies);
    return saoy_visit_note(visit, "issuing", entry, error);
}

void
saoy_do_issue(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    g_autoptr(GError) error = NULL;
    IssueJob *job = NULL;

    if (!note_issuing(visit, &error)) {
        saoy_visit_done(visit, turn, error);
        return;
    }
    job = g_new0(IssueJob, 1);
    *job = (IssueJob){
        g_atomic_rc_box_acquire(visit->alive),   visit->generation, turn,
        (unsigned)visit->config->csc_patience_s, &visit->devices,   visit->config
    };
    job->items = g_new0(Item, SAOY_DOCUMENTS_MAX);
    job->lost = g_cancellable_new();
    g_clear_object(&visit->lease_lost);
    visit->lease_lost = g_object_ref(job->lost);
    g_cancellable_connect(cancel, G_CALLBACK(on_left), g_object_ref(job->lost),
                          g_object_unref);
    take_items(visit, job);
    saoy_visit_run(visit, SAOY_ON_NET, issue, job, issue_job_free, cancel, on_all_issued);
}

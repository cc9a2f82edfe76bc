/* OPEN_DOSSIER and SUBMIT: what the hub is asked. Every deed is in the journal before it is
 * done. */
#include "effects-hub.h"

#include "core/log.h"

#include <glib/gi18n.h>

#include <string.h>

enum { POLL_S = 25, OFFLINE_MS = 2000, AGAIN_MS = 1000, FACE_QUALITY = 90 };

void
saoy_under_way_clear(SaoyUnderWay *under_way)
{
    g_clear_pointer(&under_way->body, saoy_json_unref);
    g_clear_pointer(&under_way->dossier, g_free);
    memset(under_way, 0, sizeof *under_way);
}

void
saoy_hub_job_free(void *p)
{
    SaoyHubJob *job = p;

    for (size_t i = 0; i < job->n_uploads; i++) {
        g_bytes_unref(job->uploads[i].jpeg);
        saoy_json_unref(job->uploads[i].text);
    }
    g_clear_pointer(&job->body, saoy_json_unref);
    g_clear_pointer(&job->chip, g_bytes_unref);
    g_clear_pointer(&job->live, g_bytes_unref);
    g_atomic_rc_box_release(job->alive);
    g_free(job);
}

SaoyHubJob *
saoy_hub_job_new(SaoyVisit *visit, unsigned turn)
{
    SaoyHubJob *job = g_new0(SaoyHubJob, 1);

    job->alive = g_atomic_rc_box_acquire(visit->alive);
    job->generation = visit->generation;
    job->turn = turn;
    job->devices = &visit->devices;
    job->rev = visit->rev;
    return job;
}

SaoyJson *
saoy_dossier_about(const SaoyVisit *visit)
{
    const SaoySession *session = visit->session;
    SaoyJson *entry = saoy_json_object();

    saoy_json_set_string(entry, "dossier", session->dossier);
    saoy_json_set_bool(entry, "can_be_found",
                       session->facts.has_email || session->facts.chip_proven);
    saoy_json_set_bool(entry, "fee", visit->fee_asked);
    saoy_json_set_int(entry, "dong", visit->fee_asked ? session->fee : 0);
    return entry;
}

/* ---- OPEN_DOSSIER */

static void
on_opened(SaoyVisit *visit, void *data, const GError *error)
{
    if (visit->session->dossier != NULL)
        return;
    visit->session->dossier = saoy_session_keep(visit, data);
    saoy_visit_note(visit, "opened", saoy_dossier_about(visit), NULL);
}

/* Repeating is harmless: the key is the visit's. */
bool
saoy_dossier_learn(SaoyHubJob *job, GCancellable *cancel, GError **error)
{
    SaoyUnderWay *now = &job->devices->under_way;

    if (now->dossier != NULL)
        return true;
    if (now->body == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "nothing was opened");
    now->dossier =
        saoy_hub_open_dossier(job->devices->hub, now->body, now->key, cancel, error);
    if (now->dossier == NULL)
        return false;
    saoy_visit_tell(job->alive, job->generation, on_opened, g_strdup(now->dossier), g_free);
    return true;
}

/* the hub takes JPEG; a chip may hold JPEG 2000 */
static bool
put_face(SaoyHubJob *job, const char *which, GBytes *picture, GCancellable *cancel,
         GError **error)
{
    g_autoptr(SaoyImage) image = NULL;
    g_autoptr(GBytes) jpeg = NULL;

    if (picture == NULL)
        return true;
    image = saoy_image_decode(picture, error);
    if (image == NULL)
        return false;
    jpeg = saoy_image_encode_jpeg(image, FACE_QUALITY, true, error);
    return jpeg != NULL &&
           saoy_hub_put_face(job->devices->hub, job->devices->under_way.dossier, which,
                             jpeg, cancel, error);
}

static bool
send_all(SaoyHubJob *job, GCancellable *cancel, GError **error)
{
    const char *dossier = job->devices->under_way.dossier;

    for (size_t i = 0; i < job->n_uploads; i++) {
        const SaoyUpload *up = &job->uploads[i];

        if (!saoy_hub_put_page(job->devices->hub, dossier, up->document, up->page, up->jpeg,
                               up->text, cancel, error))
            return false;
    }
    return put_face(job, "chip", job->chip, cancel, error) &&
           put_face(job, "live", job->live, cancel, error);
}

/* on the net worker */
static bool
open_dossier(void *p, GCancellable *cancel, GError **error)
{
    SaoyHubJob *job = p;
    SaoyUnderWay *now = &job->devices->under_way;
    g_autoptr(GError) fault = NULL;

    if (now->body == NULL) {
        now->body = g_steal_pointer(&job->body);
        g_strlcpy(now->key, job->key, sizeof now->key);
    }
    if (saoy_dossier_learn(job, cancel, &fault) && send_all(job, cancel, &fault))
        return true;
    if (saoy_error_class(fault) == SAOY_CLASS_RETRY)
        saoy_pause_ms(AGAIN_MS, cancel); /* the table asks again at once */
    g_propagate_error(error, g_steal_pointer(&fault));
    return false;
}

static void
take_uploads(const SaoyVisit *visit, SaoyHubJob *job)
{
    const SaoySession *session = visit->session;
    unsigned number[SAOY_DOCUMENTS_MAX] = { 0 };

    for (unsigned i = 0; i < session->n_pages; i++) {
        const SaoyScannedPage *page = &session->pages[i];

        job->uploads[job->n_uploads++] =
            (SaoyUpload){ page->document + 1, ++number[page->document],
                          g_bytes_ref(page->jpeg), saoy_words_to_json(&page->words) };
    }
}

static void
on_hub_answer(SaoyVisit *visit, void *data, const GError *error)
{
    const SaoyHubJob *job = data;

    if (!saoy_visit_current(visit, job->turn))
        return;
    visit->session->problem =
        error != NULL ? N_("The office cannot be reached just now.") : NULL;
    saoy_visit_done(visit, job->turn, error);
}

void
saoy_do_open_dossier(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    g_autoptr(GError) error = NULL;
    SaoyJson *entry = saoy_json_object();
    SaoyHubJob *job = NULL;

    if (visit->opening_key[0] == '\0')
        g_strlcpy(visit->opening_key, visit->visit_id, sizeof visit->opening_key);
    saoy_json_set_string(entry, "key", visit->opening_key);
    if (!saoy_visit_note(visit, "opening", entry, &error)) {
        saoy_visit_done(visit, turn, error);
        return;
    }
    job = saoy_hub_job_new(visit, turn);
    job->body = saoy_dossier_json(visit);
    g_strlcpy(job->key, visit->opening_key, sizeof job->key);
    take_uploads(visit, job);
    if (visit->session->face == SAOY_FACE_OFFICER) {
        if (visit->session->identity.portrait != NULL)
            job->chip = g_bytes_ref(visit->session->identity.portrait);
        if (visit->live_frame != NULL)
            job->live = g_bytes_ref(visit->live_frame);
    }
    saoy_visit_run(visit, SAOY_ON_NET, open_dossier, job, saoy_hub_job_free, cancel,
                   on_hub_answer);
}

/* ---- SUBMIT, and follow */

static void
on_submitted(SaoyVisit *visit, void *data, const GError *error)
{
    if (visit->submitted)
        return;
    visit->submitted = true;
    saoy_visit_note(visit, "submitted", saoy_dossier_about(visit), NULL);
    saoy_visit_refresh(visit);
}

static void
on_progress(SaoyVisit *visit, void *data, const GError *error)
{
    saoy_dossier_take(visit, data);
    saoy_visit_refresh(visit);
}

bool
saoy_dossier_hand_in(SaoyHubJob *job, GCancellable *cancel, GError **error)
{
    SaoyUnderWay *now = &job->devices->under_way;

    if (now->submitted)
        return true;
    if (!saoy_dossier_learn(job, cancel, error) ||
        !saoy_hub_submit(job->devices->hub, now->dossier, now->dossier, cancel, error))
        return false;
    now->submitted = true;
    saoy_visit_tell(job->alive, job->generation, on_submitted, NULL, NULL);
    return true;
}

/* one look: *out_decided only when the hub said so */
static bool
look(SaoyHubJob *job, bool *out_decided, GCancellable *cancel, GError **error)
{
    g_autoptr(GError) fault = NULL;
    SaoyJson *answer = saoy_hub_wait(job->devices->hub, job->devices->under_way.dossier,
                                     job->rev, POLL_S, cancel, &fault);

    if (answer != NULL) {
        job->rev = saoy_json_int_or(answer, "rev", job->rev);
        *out_decided = saoy_dossier_is_decided(answer);
        saoy_visit_tell(job->alive, job->generation, on_progress, answer,
                        (GDestroyNotify)saoy_json_unref);
        return true;
    }
    if (fault == NULL)
        return !g_cancellable_set_error_if_cancelled(cancel, error);
    if (saoy_error_class(fault) == SAOY_CLASS_RETRY &&
        !g_error_matches(fault, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        saoy_pause_ms(OFFLINE_MS, cancel); /* patience ends it, not we */
        return true;
    }
    g_propagate_error(error, g_steal_pointer(&fault));
    return false;
}

static bool
submit_and_follow(void *p, GCancellable *cancel, GError **error)
{
    SaoyHubJob *job = p;
    bool decided = false;
    g_autoptr(GError) fault = NULL;

    if (!saoy_dossier_hand_in(job, cancel, &fault)) {
        if (saoy_error_class(fault) == SAOY_CLASS_RETRY)
            saoy_pause_ms(AGAIN_MS, cancel);
        g_propagate_error(error, g_steal_pointer(&fault));
        return false;
    }
    while (!decided)
        if (!look(job, &decided, cancel, error))
            return false;
    return true;
}

static void
on_decided(SaoyVisit *visit, void *data, const GError *error)
{
    const SaoyHubJob *job = data;

    if (!saoy_visit_current(visit, job->turn))
        return;
    if (error != NULL) {
        on_hub_answer(visit, data, error);
        return;
    }
    saoy_session_refresh_facts(visit, &visit->flow.facts);
    if (visit->flow.facts.approved == 0)
        saoy_visit_note(visit, "refused", saoy_dossier_about(visit),
                        NULL); /* nothing is left to undo */
    saoy_visit_post(visit, SAOY_EV_DECIDED);
}

void
saoy_do_submit(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    g_autoptr(GError) error = NULL;

    if (!visit->submitted &&
        !saoy_visit_note(visit, "submitting", saoy_dossier_about(visit), &error)) {
        saoy_visit_done(visit, turn, error);
        return;
    }
    visit->submitting = true;
    saoy_visit_run(visit, SAOY_ON_NET, submit_and_follow, saoy_hub_job_new(visit, turn),
                   saoy_hub_job_free, cancel, on_decided);
}

#include "visit-private.h"

#include <glib/gi18n.h>

enum { CARD_WAIT_S = 55, LIFTED_MAX = 6, LIFTED_MS = 300 };

typedef struct {
    SaoyVisit **alive;
    unsigned generation, turn;
    SaoyDevices *devices;
    const SaoyKioskConfig *config;
    SaoyAccessKey key;
    SaoyIdentity identity;
} CardJob;

static void
card_job_free(void *p)
{
    CardJob *job = p;

    saoy_access_key_wipe(&job->key);
    saoy_identity_clear(&job->identity);
    g_atomic_rc_box_release(job->alive);
    g_free(job);
}

typedef struct {
    unsigned done, total;
} Progress;

static void
on_told(SaoyVisit *visit, void *data, const GError *error)
{
    const Progress *progress = data;

    visit->session->card_done = progress->done;
    visit->session->card_total = progress->total;
    visit->session->problem = NULL; /* it lies there again */
    saoy_visit_refresh(visit);
}

/* on the card's worker */
static void
on_progress(const char *step, unsigned done, unsigned total, void *user)
{
    const CardJob *job = user;
    Progress *progress = g_new0(Progress, 1);

    *progress = (Progress){ done, total };
    saoy_visit_tell(job->alive, job->generation, on_told, progress, g_free);
}

/* Undecided passes when no CSCA certificates are installed: the officer is told. */
static bool
is_genuine(const SaoyIdentity *identity, GError **error)
{
    if (identity->passive == SAOY_PROOF_FAILED)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "passive authentication: %s",
                         identity->passive_reason);
    if (identity->chip_auth == SAOY_PROOF_FAILED ||
        identity->active_auth == SAOY_PROOF_FAILED)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "the chip could not prove its key");
    return true;
}

static void
on_lifted(SaoyVisit *visit, void *data, const GError *error)
{
    visit->session->problem = N_("Lay the card down again. What was read is kept.");
    saoy_visit_touch(visit);
    saoy_visit_refresh(visit);
}

/* *out_lifted: it lay there, and then it did not. */
static bool
read_while_it_lies(CardJob *job, SaoyReading *reading, bool *out_lifted,
                   GCancellable *cancel, GError **error)
{
    SaoyCard *card = job->devices->card;
    g_autoptr(GError) why = NULL;
    bool read;

    *out_lifted = false;
    if (!saoy_card_connect(card, CARD_WAIT_S, cancel, error))
        return false;
    read = saoy_reading_run(reading, saoy_card_channel(card), on_progress, job,
                            &job->identity, cancel, &why);
    saoy_card_disconnect(card);
    *out_lifted = !read && g_error_matches(why, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    if (!read)
        g_propagate_error(error, g_steal_pointer(&why));
    return read;
}

/* A card that is taken away too early goes on where it was, with the same digits: people
 * look at it, or hand it over, in the midst of it. */
static bool
read_card(void *p, GCancellable *cancel, GError **error)
{
    CardJob *job = p;
    const SaoyReadPolicy policy = { .trust = job->config->csca_trust,
                                    .allow_bac = job->config->allow_bac,
                                    .allow_sha1 = job->config->allow_sha1 };
    g_autoptr(SaoyReading) reading = saoy_reading_new(&job->key, &policy);
    bool lifted = false;

    for (unsigned times = 0; times < LIFTED_MAX; times++) {
        g_autoptr(GError) why = NULL;

        if (read_while_it_lies(job, reading, &lifted, cancel, &why))
            return is_genuine(&job->identity, error);
        if (!lifted || times + 1 == LIFTED_MAX) {
            g_propagate_error(error, g_steal_pointer(&why));
            return false;
        }
        saoy_visit_tell(job->alive, job->generation, on_lifted, NULL, NULL);
        saoy_pause_ms(LIFTED_MS, cancel);
    }
    return false;
}

static const char *
problem_of(const GError *error)
{
    if (g_error_matches(error, SAOY_ERROR, SAOY_ERROR_REFUSED))
        return N_("The digits do not open this card. Look at the last six digits of the "
                  "card's number and type them again.");
    if (g_error_matches(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA))
        return N_(
            "This card opens only with the lines of capitals on its back. Hold them to "
            "the camera.");
    if (saoy_error_class(error) == SAOY_CLASS_RETRY)
        return N_(
            "The card was taken away too early. Lay it down again and leave it there.");
    return N_("The card could not be read. Lay it down again.");
}

static void
on_read(SaoyVisit *visit, void *data, const GError *error)
{
    CardJob *job = data;
    SaoySession *session = visit->session;

    if (!saoy_visit_current(visit, job->turn))
        return;
    session->problem = error != NULL ? problem_of(error) : NULL;
    if (error == NULL) {
        saoy_identity_clear(&session->identity);
        session->identity = job->identity; /* the pictures go along with it */
        job->identity = (SaoyIdentity){ 0 };
        session->identified = true;
    }
    if (error == NULL || g_error_matches(error, SAOY_ERROR, SAOY_ERROR_REFUSED) ||
        g_error_matches(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA))
        saoy_access_key_wipe(&session->key);
    saoy_visit_done(visit, job->turn, error);
}

void
saoy_do_read_card(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    CardJob *job = g_new0(CardJob, 1);

    *job = (CardJob){ g_atomic_rc_box_acquire(visit->alive),
                      visit->generation,
                      turn,
                      &visit->devices,
                      visit->config,
                      visit->session->key };
    visit->session->card_done = 0;
    visit->session->problem = NULL;
    saoy_visit_run(visit, SAOY_ON_CARD, read_card, job, card_job_free, cancel, on_read);
}

/* VERIFY: a copy's QR held to the camera, its seal checked offline. LOOKUP is thin: it says
 * that looking up is done at the counter until the hub offers GET /api/v1/holders/copies.
 */
#include "visit-private.h"

#include "signature/seal.h"
#include "vision/symbol.h"

#include <glib/gi18n.h>

#include <string.h>

enum { LOOKS = 600, MIRROR_SIDE = 480 };

typedef struct {
    SaoyVisit **alive;
    unsigned generation, turn;
    SaoyDevices *devices;
    char *trust;
    SaoySeal seal;
    const char *verdict; /* msgid */
} SealJob;

static void
seal_job_free(void *p)
{
    SealJob *job = p;

    saoy_seal_clear(&job->seal);
    g_free(job->trust);
    g_atomic_rc_box_release(job->alive);
    g_free(job);
}

static void
on_mirror(SaoyVisit *visit, void *data, const GError *error)
{
    SaoyImage **image = data;

    if (visit->flow.state != SAOY_STATE_VERIFY)
        return;
    g_clear_pointer(&visit->session->mirror, saoy_image_free);
    visit->session->mirror = g_steal_pointer(image);
    saoy_visit_refresh(visit);
}

static void
mirror_free(void *p)
{
    SaoyImage **image = p;

    g_clear_pointer(image, saoy_image_free);
    g_free(image);
}

static void
tell_mirror(const SealJob *job, const SaoyImage *frame)
{
    SaoyImage **image = g_new0(SaoyImage *, 1);

    *image = saoy_image_thumbnail(frame, MIRROR_SIDE, NULL);
    saoy_visit_tell(job->alive, job->generation, on_mirror, image, mirror_free);
}

static const char *
verdict_of(GBytes *cose, const char *trust)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *signer = NULL;

    if (saoy_seal_check(cose, trust[0] != '\0' ? trust : NULL, &signer, &error))
        return N_("The seal is genuine. Compare what stands below with the paper.");
    if (g_error_matches(error, SAOY_ERROR, SAOY_ERROR_OFFLINE))
        return N_("The issuer of this seal is not known to this machine.");
    return N_("The seal is false.");
}

/* true: a seal was seen, whatever it is worth */
static bool
try_text(SealJob *job, const char *text)
{
    g_autoptr(GBytes) cose = NULL;

    if (!saoy_seal_read(text, &job->seal, &cose, NULL))
        return false;
    job->verdict = verdict_of(cose, job->trust);
    return true;
}

static bool
try_frame(SealJob *job, const SaoyImage *frame)
{
    g_auto(GStrv) texts = saoy_symbol_read(frame, NULL);

    for (char **text = texts; text != NULL && *text != NULL; text++)
        if (try_text(job, *text))
            return true;
    return false;
}

/* on the camera's worker */
static bool
verify_seal(void *p, GCancellable *cancel, GError **error)
{
    SealJob *job = p;

    if (job->devices->camera == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "no camera");
    for (int i = 0; i < LOOKS; i++) {
        g_autoptr(SaoyImage) frame = saoy_camera_frame(job->devices->camera, cancel, error);

        if (frame == NULL)
            return false;
        tell_mirror(job, frame);
        if (try_frame(job, frame))
            return true;
    }
    return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "no seal was seen");
}

static void
on_verified(SaoyVisit *visit, void *data, const GError *error)
{
    const SealJob *job = data;
    SaoySession *session = visit->session;

    if (!saoy_visit_current(visit, job->turn))
        return;
    session->problem = error != NULL ? N_("No seal was seen. Hold the larger QR code still "
                                          "before the camera.")
                                     : NULL;
    session->seal_verdict = job->verdict;
    if (error == NULL) {
        session->seal_title = saoy_session_keep(visit, job->seal.title);
        session->seal_copy_id = saoy_session_keep(visit, job->seal.copy_id);
        session->seal_office = saoy_session_keep(visit, job->seal.office);
    }
    saoy_visit_done(visit, job->turn, error);
}

void
saoy_do_verify_seal(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    SealJob *job = g_new0(SealJob, 1);

    job->alive = g_atomic_rc_box_acquire(visit->alive);
    job->generation = visit->generation;
    job->turn = turn;
    job->devices = &visit->devices;
    job->trust = g_strdup(visit->config->seal_trust);
    visit->session->seal_verdict = NULL;
    saoy_visit_run(visit, SAOY_ON_CAMERA, verify_seal, job, seal_job_free, cancel,
                   on_verified);
}

void
saoy_do_look_up(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    visit->session->problem = N_(
        "Looking up by card is not offered at this machine yet. Use the link on your slip "
        "or ask at the counter.");
    saoy_visit_done(visit, turn, NULL);
}

/* VERIFY: a copy's QR held to the camera, its seal checked offline, then its register
 * asked. LOOKUP is thin: it says that looking up is done at the counter until the hub
 * offers GET /api/v1/holders/copies. */
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
    char *token;         /* of the link before the seal, or NULL */
    const char *verdict; /* msgid */
    SaoySealStanding standing;
} SealJob;

static void
seal_job_free(void *p)
{
    SealJob *job = p;

    saoy_seal_clear(&job->seal);
    g_free(job->trust);
    g_free(job->token);
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

static SaoySealStanding
standing_of(GBytes *cose, const char *trust)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *signer = NULL;

    if (saoy_seal_check(cose, trust[0] != '\0' ? trust : NULL, &signer, &error))
        return SAOY_SEAL_GENUINE;
    return g_error_matches(error, SAOY_ERROR, SAOY_ERROR_OFFLINE) ? SAOY_SEAL_UNDECIDED
                                                                  : SAOY_SEAL_FALSE;
}

static const char *const verdicts[] = {
    [SAOY_SEAL_UNDECIDED] = N_("The issuer of this seal is not known to this machine."),
    [SAOY_SEAL_GENUINE] =
        N_("The seal is genuine. Compare what stands below with the paper."),
    [SAOY_SEAL_FALSE] = N_("The seal is false."),
};

/* true: a seal was seen, whatever it is worth */
static bool
try_text(SealJob *job, const char *text)
{
    g_autoptr(GBytes) cose = NULL;

    if (!saoy_seal_read(text, &job->seal, &cose, NULL))
        return false;
    /* only the token is taken from the link: whose register is asked, the configuration
     * says */
    job->standing = saoy_seal_link(text, &job->seal, NULL, &job->token)
                        ? standing_of(cose, job->trust)
                        : SAOY_SEAL_FALSE;
    job->verdict = verdicts[job->standing];
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

/* ---- then the register: was it cancelled since? */

typedef struct {
    unsigned turn;
    SaoyDevices *devices;
    char *copy_id, *token, *status;
} RegisterJob;

static void
register_job_free(void *p)
{
    RegisterJob *job = p;

    g_free(job->copy_id);
    g_free(job->token);
    g_free(job->status);
    g_free(job);
}

/* On the net's worker. By the kiosk's own line to the hub, which answers this question as
 * its public address does and is pinned already. */
static bool
ask_register(void *p, GCancellable *cancel, GError **error)
{
    RegisterJob *job = p;

    if (job->devices->hub == NULL)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "no hub");
    job->status =
        saoy_hub_copy_status(job->devices->hub, job->copy_id, job->token, cancel, error);
    return job->status != NULL;
}

/* A seal that holds and a register that does not know it contradict each other: undecided.
 */
static const struct {
    const char *status, *sentence;
    SaoySealStanding standing;
} answers[] = {
    { "genuine", N_("The register has this copy; it has not been cancelled."),
      SAOY_SEAL_GENUINE },
    { "cancelled", N_("The office has cancelled this copy. Do not use it."),
      SAOY_SEAL_VOID },
    { "not_issued", N_("This copy was numbered but never issued. Do not use it."),
      SAOY_SEAL_VOID },
    { "not_yet_signed", N_("This copy is approved and being signed. Ask again soon."),
      SAOY_SEAL_UNDECIDED },
    { "unknown", N_("The register does not know this copy. Ask at the counter."),
      SAOY_SEAL_UNDECIDED },
};

static void
on_register(SaoyVisit *visit, void *data, const GError *error)
{
    const RegisterJob *job = data;
    SaoySession *session = visit->session;

    if (!saoy_visit_current(visit, job->turn))
        return;
    session->seal_register = N_("The register does not answer now; the seal was checked "
                                "without it.");
    for (size_t i = 0; error == NULL && i < G_N_ELEMENTS(answers); i++) {
        if (!g_str_equal(job->status, answers[i].status))
            continue;
        session->seal_register = answers[i].sentence;
        if (answers[i].standing != SAOY_SEAL_GENUINE) /* that only a seal can be */
            session->seal_standing = answers[i].standing;
    }
    saoy_visit_done(visit, job->turn, NULL); /* the offline answer stands by itself */
}

static void
start_register(SaoyVisit *visit, const SealJob *seal)
{
    RegisterJob *job = g_new0(RegisterJob, 1);

    *job = (RegisterJob){ seal->turn, &visit->devices, g_strdup(seal->seal.copy_id),
                          g_strdup(seal->token), NULL };
    saoy_visit_refresh(visit); /* what is known already */
    saoy_visit_run(visit, SAOY_ON_NET, ask_register, job, register_job_free,
                   visit->flow.cancel, on_register);
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
    session->seal_standing = job->standing;
    if (error == NULL) {
        session->seal_title = saoy_session_keep(visit, job->seal.title);
        session->seal_copy_id = saoy_session_keep(visit, job->seal.copy_id);
        session->seal_office = saoy_session_keep(visit, job->seal.office);
    }
    /* a false seal's number may be some honest copy's: the register would mislead */
    if (error == NULL && job->token != NULL && job->standing != SAOY_SEAL_FALSE)
        start_register(visit, job);
    else
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
    visit->session->seal_register = NULL;
    visit->session->seal_standing = SAOY_SEAL_UNDECIDED;
    visit->session->seal_title = visit->session->seal_copy_id = NULL;
    visit->session->seal_office = NULL;
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

#include "visit-private.h"

#include "core/clock.h"

#include <glib/gi18n.h>

enum { TRY_S = 25, MIRROR_SIDE = 480, LIVE_QUALITY = 90 };

typedef struct {
    SaoyVisit **alive;
    unsigned generation, turn;
    SaoyDevices *devices;
    bool match;
    int side;
    GBytes *portrait;
    SaoyFaceTemplate from_chip;
    SaoyLiveness liveness;
    SaoyImage *best; /* a good frontal frame */
    SaoyFace best_face;
    SaoyFaceDecision decision;
    bool compared;
    GBytes *live; /* for the officer */
} FaceJob;

static void
face_job_free(void *p)
{
    FaceJob *job = p;

    explicit_bzero(&job->from_chip, sizeof job->from_chip);
    g_clear_pointer(&job->best, saoy_image_free);
    g_clear_pointer(&job->portrait, g_bytes_unref);
    g_clear_pointer(&job->live, g_bytes_unref);
    g_atomic_rc_box_release(job->alive);
    g_free(job);
}

typedef struct {
    SaoyImage *mirror;
    const char *hint;
    int side;
} Look;

static void
look_free(void *p)
{
    Look *look = p;

    g_clear_pointer(&look->mirror, saoy_image_free);
    g_free(look);
}

static void
on_look(SaoyVisit *visit, void *data, const GError *error)
{
    Look *look = data;

    if (visit->flow.state != SAOY_STATE_FACE)
        return;
    g_clear_pointer(&visit->session->mirror, saoy_image_free);
    visit->session->mirror = g_steal_pointer(&look->mirror);
    visit->session->face_hint = look->hint;
    visit->session->face_side = look->side;
    saoy_visit_refresh(visit);
}

static void
tell_look(const FaceJob *job, const SaoyImage *frame, const char *hint, int side)
{
    Look *look = g_new0(Look, 1);

    *look = (Look){ saoy_image_thumbnail(frame, MIRROR_SIDE, NULL), hint, side };
    saoy_visit_tell(job->alive, job->generation, on_look, look, look_free);
}

/* false: the chip's picture cannot be used; the officer compares */
static bool
learn_portrait(FaceJob *job)
{
    SaoyFaceMatcher *matcher = job->devices->matcher;
    SaoyImage *portrait = NULL;
    SaoyFace face = { 0 };
    bool learnt = false;

    if (matcher == NULL || job->portrait == NULL)
        return false;
    portrait = saoy_image_decode(job->portrait, NULL);
    learnt = portrait != NULL && saoy_face_detect(matcher, portrait, &face, NULL) &&
             saoy_face_embed(matcher, portrait, &face, &job->from_chip, NULL);
    g_clear_pointer(&portrait, saoy_image_free);
    return learnt;
}

static void
keep_best(FaceJob *job, SaoyImage **frame, const SaoyFace *face)
{
    if (job->best != NULL && face->sharpness <= job->best_face.sharpness)
        return;
    g_clear_pointer(&job->best, saoy_image_free);
    job->best = g_steal_pointer(frame);
    job->best_face = *face;
}

typedef enum { LOOK_MORE, LOOK_ENOUGH, LOOK_FALSE } LookResult;

/* One frame: the mirror, a hint, the challenge. Takes what it keeps of *frame. */
static LookResult
look_once(FaceJob *job, SaoyImage **frame)
{
    SaoyFace face = { 0 };
    bool seen = saoy_face_detect(job->devices->matcher, *frame, &face, NULL);
    const char *hint = seen ? saoy_face_hint(&face, *frame) : N_("Look into the camera");
    SaoyLiveState live = SAOY_LIVE_WAIT;

    /* a head that turns as asked is not told off for looking aside */
    tell_look(job, *frame, job->best != NULL && seen ? NULL : hint,
              job->best != NULL && job->match ? job->side : 0);
    if (!seen)
        return LOOK_MORE;
    if (hint == NULL)
        keep_best(job, frame, &face);
    if (job->best == NULL)
        return LOOK_MORE;
    if (!job->match)
        return LOOK_ENOUGH;
    live = saoy_liveness_feed(&job->liveness, &face);
    if (live == SAOY_LIVE_FAILED)
        return LOOK_FALSE;
    return live == SAOY_LIVE_PASSED ? LOOK_ENOUGH : LOOK_MORE;
}

static bool
look_until_good(FaceJob *job, GCancellable *cancel, GError **error)
{
    int64_t end = saoy_clock_mono_us() + (int64_t)TRY_S * G_USEC_PER_SEC;

    while (saoy_clock_mono_us() < end) {
        SaoyImage *frame = saoy_camera_frame(job->devices->camera, cancel, error);
        LookResult result = LOOK_MORE;

        if (frame == NULL)
            return false;
        result = look_once(job, &frame);
        g_clear_pointer(&frame, saoy_image_free);
        if (result == LOOK_FALSE)
            return saoy_fail(error, SAOY_ERROR_REFUSED,
                             "the head did not turn like a head");
        if (result == LOOK_ENOUGH)
            return true;
    }
    return saoy_fail(error, SAOY_ERROR_TIMEOUT, "no usable face within %d s", TRY_S);
}

static bool
compare(FaceJob *job, GError **error)
{
    SaoyFaceMatcher *matcher = job->devices->matcher;
    SaoyFaceTemplate live = { 0 };
    double score = 0;

    if (!saoy_face_embed(matcher, job->best, &job->best_face, &live, error))
        return false;
    score = saoy_face_compare(&job->from_chip, &live);
    explicit_bzero(&live, sizeof live);
    job->decision = saoy_face_decide(matcher, score);
    job->compared = true;
    if (job->decision == SAOY_FACE_REFUSE)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "another face");
    return true;
}

/* A frame for the officer, when nothing was compared or the score lay in between. */
static void
keep_live(FaceJob *job, GCancellable *cancel)
{
    g_autoptr(GError) fault = NULL; /* asked for so that it is counted */

    if (job->best == NULL && job->devices->camera != NULL)
        job->best = saoy_camera_frame(job->devices->camera, cancel, &fault);
    if (job->best != NULL)
        job->live = saoy_image_encode_jpeg(job->best, LIVE_QUALITY, true, NULL);
}

static bool
leave_to_officer(FaceJob *job, GCancellable *cancel, GError **error)
{
    if (g_cancellable_set_error_if_cancelled(cancel, error))
        return false;
    job->decision = SAOY_FACE_OFFICER;
    keep_live(job, cancel);
    return true;
}

/* on the camera's worker */
static bool
match_face(void *p, GCancellable *cancel, GError **error)
{
    FaceJob *job = p;
    g_autoptr(GError) fault = NULL;

    if (job->devices->camera == NULL || job->devices->matcher == NULL)
        return leave_to_officer(job, cancel, error);
    job->match = job->match && learn_portrait(job);
    saoy_liveness_start(&job->liveness, job->side);
    if (look_until_good(job, cancel, &fault)) {
        if (!job->match)
            return leave_to_officer(job, cancel, error);
        if (!compare(job, error))
            return false;
        return job->decision == SAOY_FACE_ACCEPT || leave_to_officer(job, cancel, error);
    }
    /* a camera that broke is no fault of the person */
    if (saoy_error_class(fault) == SAOY_CLASS_SERVICE ||
        g_error_matches(fault, SAOY_ERROR, SAOY_ERROR_OFFLINE))
        return leave_to_officer(job, cancel, error);
    g_propagate_error(error, g_steal_pointer(&fault));
    return false;
}

static void
note_face(SaoyVisit *visit, const FaceJob *job)
{
    SaoyJson *entry = saoy_json_object();

    saoy_json_set_string(entry, "outcome", saoy_face_decision_name(visit->session->face));
    saoy_json_set_bool(entry, "compared", job->compared);
    saoy_visit_note(visit, "face", entry, NULL);
}

static void
on_matched(SaoyVisit *visit, void *data, const GError *error)
{
    FaceJob *job = data;
    SaoySession *session = visit->session;

    if (!saoy_visit_current(visit, job->turn))
        return;
    g_clear_pointer(&session->mirror, saoy_image_free);
    session->face_hint = NULL;
    session->face_side = 0;
    session->face_tries++;
    visit->presence.met |= job->best_face.score > 0;
    session->face_compared = job->compared;
    session->face = error == NULL ? job->decision : SAOY_FACE_REFUSE;
    session->problem = error == NULL
                           ? NULL
                           : N_("That did not work. Look straight into the camera, "
                                "then turn your head as the arrow shows.");
    note_face(visit, job);
    g_clear_pointer(&visit->live_frame, g_bytes_unref);
    visit->live_frame = g_steal_pointer(&job->live);
    saoy_visit_done(visit, job->turn, error);
}

void
saoy_do_match_face(SaoyVisit *visit, unsigned turn, GCancellable *cancel)
{
    FaceJob *job = g_new0(FaceJob, 1);
    SaoySession *session = visit->session;

    job->alive = g_atomic_rc_box_acquire(visit->alive);
    job->generation = visit->generation;
    job->turn = turn;
    job->devices = &visit->devices;
    job->match = session->wants_face && visit->config->face_required;
    job->side = (session->face_tries + visit->visit_id[0]) % 2 == 0 ? -1 : 1;
    if (session->identity.portrait != NULL)
        job->portrait = g_bytes_ref(session->identity.portrait);
    session->face = SAOY_FACE_OFFICER; /* what SKIP leaves behind */
    session->face_compared = false;
    saoy_visit_run(visit, SAOY_ON_CAMERA, match_face, job, face_job_free, cancel,
                   on_matched);
}

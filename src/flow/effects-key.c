/* CARD: the QR code on the card or its machine readable zone, held to the camera, gives the
 * key that opens the chip, in the place of six typed digits. No row of the table: it looks
 * while the page waits for a key, and what it finds goes the way that typing goes. The
 * frames are searched for these two and for nothing else, which the consent to reading the
 * card covers. */
#include "visit-private.h"

#include "flow/key.h"

#include <glib/gi18n.h>

enum { MIRROR_SIDE = 320, PAUSE_MS = 150 };

typedef struct {
    SaoyVisit **alive;
    unsigned generation;
    SaoyDevices *devices;
    GCancellable *cancel;
    SaoyAccessKey key, once; /* of a zone seen in the frame before */
    bool other_code;         /* a QR code was there that is no card's */
} KeyJob;

static void
key_job_free(void *p)
{
    KeyJob *job = p;

    saoy_access_key_wipe(&job->key);
    saoy_access_key_wipe(&job->once);
    g_object_unref(job->cancel);
    g_atomic_rc_box_release(job->alive);
    g_free(job);
}

static void
forget_image(SaoyImage **image)
{
    if (*image != NULL)
        explicit_bzero((*image)->pixels,
                       (size_t)(*image)->stride * (size_t)(*image)->height);
    g_clear_pointer(image, saoy_image_free);
}

/* ---- what the page shows meanwhile */

typedef struct {
    SaoyImage *image;
    bool other_code;
    GCancellable *of; /* the look it belongs to */
} Mirror;

static void
mirror_free(void *p)
{
    Mirror *mirror = p;

    forget_image(&mirror->image);
    g_object_unref(mirror->of);
    g_free(mirror);
}

static void
on_mirror(SaoyVisit *visit, void *data, const GError *error)
{
    Mirror *mirror = data;

    if (visit->key_look != mirror->of)
        return;
    forget_image(&visit->session->mirror);
    visit->session->mirror = g_steal_pointer(&mirror->image);
    visit->session->key_camera = true;
    if (mirror->other_code && visit->session->problem == NULL)
        visit->session->problem =
            N_("That is the code of something else. Hold up the one on your card, or type "
               "the six digits.");
    saoy_visit_refresh(visit);
}

static void
tell_mirror(const KeyJob *job, const SaoyImage *frame)
{
    Mirror *mirror = g_new0(Mirror, 1);

    mirror->image = saoy_image_thumbnail(frame, MIRROR_SIDE, NULL);
    mirror->other_code = job->other_code;
    mirror->of = g_object_ref(job->cancel);
    saoy_visit_tell(job->alive, job->generation, on_mirror, mirror, mirror_free);
}

/* ---- on the camera's worker */

/* A zone counts when two frames agree on it. */
static bool
find_key(KeyJob *job, const SaoyImage *frame)
{
    g_auto(SaoyAccessKey) seen = { 0 };
    SaoyKeySight sight = saoy_key_see(frame, &seen);

    job->other_code = sight == SAOY_KEY_OTHER_CODE;
    if (sight == SAOY_KEY_CODE ||
        (sight == SAOY_KEY_ZONE && g_str_equal(seen.mrz_key, job->once.mrz_key))) {
        job->key = seen;
        return true;
    }
    if (sight == SAOY_KEY_ZONE)
        job->once = seen;
    return false;
}

static bool
look_for_key(void *p, GCancellable *cancel, GError **error)
{
    KeyJob *job = p;
    bool found = false;

    while (!found) {
        SaoyImage *frame = saoy_camera_frame(job->devices->camera, cancel, error);

        if (frame == NULL)
            return false;
        found = find_key(job, frame);
        tell_mirror(job, frame);
        forget_image(&frame);
        if (!found)
            saoy_pause_ms(PAUSE_MS, cancel);
    }
    return true;
}

/* A look that failed is left standing, so that a broken camera is not asked over and over.
 */
static void
on_looked(SaoyVisit *visit, void *data, const GError *error)
{
    const KeyJob *job = data;

    if (visit->key_look != job->cancel)
        return;
    if (error != NULL) {
        visit->session->key_camera = false;
        saoy_visit_refresh(visit);
        return;
    }
    visit->session->key = job->key;
    visit->session->problem = NULL;
    visit->key_seen = true;
    saoy_visit_touch(visit);
    saoy_visit_post(visit, SAOY_EV_NEXT);
}

/* ---- beginning and end */

/* Once: a card that its own code does not open would else use up every try by itself. */
static bool
is_waiting(const SaoyVisit *visit)
{
    const SaoySession *session = visit->session;

    return visit->flow.state == SAOY_STATE_CARD && session->consent && !session->busy &&
           !session->facts.has_key && !visit->key_seen && visit->devices.has_camera;
}

void
saoy_key_look_end(SaoyVisit *visit)
{
    if (visit->key_look == NULL)
        return;
    g_cancellable_cancel(visit->key_look);
    g_clear_object(&visit->key_look);
    visit->session->key_camera = false;
    forget_image(&visit->session->mirror);
}

static void
begin(SaoyVisit *visit)
{
    KeyJob *job = g_new0(KeyJob, 1);

    visit->key_look = g_cancellable_new();
    job->alive = g_atomic_rc_box_acquire(visit->alive);
    job->generation = visit->generation;
    job->devices = &visit->devices;
    job->cancel = g_object_ref(visit->key_look);
    saoy_visit_run(visit, SAOY_ON_CAMERA, look_for_key, job, key_job_free, job->cancel,
                   on_looked);
}

void
saoy_key_look(SaoyVisit *visit)
{
    if (!is_waiting(visit))
        saoy_key_look_end(visit);
    else if (visit->key_look == NULL)
        begin(visit);
}

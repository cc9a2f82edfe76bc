/* An empty place before the camera: looks now and then whether a face is there, and posts
 * AWAY when none was for [policy] away_s and nobody touched the screen.
 *
 * It looks only at people who let the machine process their face (CONSENT's second choice):
 * finding a face in a picture is that same processing, and being watched for something else
 * was never agreed to. For everybody else patience does the same, a little later. It also
 * stays out of the way of FACE, VERIFY and CARD, which use the camera themselves. No frame
 * outlives its look. */
#include "presence.h"

#include "visit-private.h"

#include "core/clock.h"

#include <string.h>

enum { LOOK_EVERY_S = 3, LOOKS_LEAST = 3 };

void
saoy_presence_sign(SaoyPresence *presence, int64_t now_us)
{
    presence->since_us = now_us;
    presence->empty = 0;
}

/* A camera that does not see is no witness: waiting starts anew. */
void
saoy_presence_take(SaoyPresence *presence, SaoySight sight, int64_t now_us)
{
    presence->met |= sight == SAOY_SIGHT_FACE;
    if (sight == SAOY_SIGHT_EMPTY)
        presence->empty++;
    else
        saoy_presence_sign(presence, now_us);
}

/* A place where no face was ever seen (a veil, a wheelchair below the picture) is not
 * called empty: only who was there can have gone. */
bool
saoy_presence_is_away(const SaoyPresence *presence, int64_t now_us, int away_s)
{
    return away_s > 0 && presence->met && presence->empty >= LOOKS_LEAST &&
           now_us - presence->since_us >= away_s * INT64_C(1000000);
}

/* often enough for a short away_s to be seen empty three times */
static int64_t
period_us(int away_s)
{
    return MIN(LOOK_EVERY_S * INT64_C(1000000),
               away_s * INT64_C(1000000) / (LOOKS_LEAST + 1));
}

/* ---- one look, on the camera's worker */

typedef struct {
    SaoyDevices *devices;
    SaoySight sight;
} Look;

static SaoySight
sight_of(SaoyFaceMatcher *matcher, const SaoyImage *frame)
{
    g_autoptr(GError) error = NULL;
    SaoyFace face = { 0 };
    bool seen = saoy_face_detect(matcher, frame, &face, &error);

    explicit_bzero(&face, sizeof face);
    if (seen)
        return SAOY_SIGHT_FACE;
    return g_error_matches(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA) ? SAOY_SIGHT_EMPTY
                                                                   : SAOY_SIGHT_BLIND;
}

static bool
look(void *p, GCancellable *cancel, GError **error)
{
    Look *look = p;
    SaoyImage *frame = NULL;

    if (look->devices->camera == NULL || look->devices->matcher == NULL)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "presence: no camera or no weights");
    frame = saoy_camera_frame(look->devices->camera, cancel, error);
    if (frame == NULL)
        return false;
    look->sight = sight_of(look->devices->matcher, frame);
    explicit_bzero(frame->pixels, (size_t)frame->stride * (size_t)frame->height);
    saoy_image_free(frame);
    return true;
}

static void
on_looked(SaoyVisit *visit, void *data, const GError *error)
{
    const Look *look = data;

    visit->presence.looking = false;
    saoy_presence_take(&visit->presence, error == NULL ? look->sight : SAOY_SIGHT_BLIND,
                       saoy_clock_mono_us());
}

static void
start_look(SaoyVisit *visit, int64_t now_us)
{
    Look *job = g_new0(Look, 1);

    job->devices = &visit->devices;
    visit->presence.looking = true;
    visit->presence.looked_us = now_us;
    saoy_visit_run(visit, SAOY_ON_CAMERA, look, job, g_free, NULL, on_looked);
}

/* ---- now and then */

static bool
is_watched(const SaoyVisit *visit)
{
    SaoyState state = visit->flow.state;

    return visit->config->away_s > 0 && visit->session != NULL &&
           visit->session->wants_face && visit->devices.has_camera &&
           visit->devices.has_matcher && state >= SAOY_STATE_CHOOSE &&
           state <= SAOY_STATE_DONE;
}

void
saoy_presence_tick(SaoyVisit *visit)
{
    SaoyPresence *presence = &visit->presence;
    int64_t now_us = saoy_clock_mono_us();
    int away_s = visit->config->away_s;

    if (!is_watched(visit)) {
        saoy_presence_sign(presence, now_us);
    } else if (saoy_presence_is_away(presence, now_us, away_s)) {
        saoy_presence_sign(presence, now_us); /* the next state has its own time */
        saoy_visit_post(visit, SAOY_EV_AWAY);
    } else if (!presence->looking && now_us - presence->looked_us >= period_us(away_s)) {
        start_look(visit, now_us);
    }
}

#include "vision/face.h"

#include <math.h>

/* In SaoyFace's yaw. A head turned by some 12 degrees reaches TURNED; a flat print turned
 * by 25 stays below half of it (tests/data/personas). */
#define TURNED 0.10
#define BACK 0.07
#define FIRST_FRAMES 4
#define MOST_FRAMES 150
#define MOST_FLAT_TURNS 3
#define NARROW 0.975 /* of the eyes' first distance */
#define WIDE 0.985

void
saoy_liveness_start(SaoyLiveness *live, int side)
{
    *live = (SaoyLiveness){ .side = side < 0 ? -1 : 1 };
}

/* Foreshortening without parallax, again and again, is a plane being turned. Once is a
 * person who leant back. */
static void
watch_for_plane(SaoyLiveness *live, double eye_px, double turn)
{
    live->eye_px = (2 * live->eye_px + eye_px) / 3;
    double width = live->eye_px / live->base_eye_px;

    if (width < NARROW && fabs(turn) < BACK) {
        live->narrow = true;
    } else if (fabs(turn) >= BACK) {
        live->narrow = false;
    } else if (width > WIDE && live->narrow) {
        live->narrow = false;
        live->flat_turns++;
    }
}

SaoyLiveState
saoy_liveness_feed(SaoyLiveness *live, const SaoyFace *face)
{
    live->frames++;
    if (live->frames <= FIRST_FRAMES) {
        live->base_yaw += face->yaw / FIRST_FRAMES;
        live->base_eye_px += face->eye_distance_px / FIRST_FRAMES;
        live->eye_px = live->base_eye_px;
        return SAOY_LIVE_WAIT;
    }

    /* the person's left is the picture's right: yaw grows */
    double turn = (face->yaw - live->base_yaw) * -live->side;
    live->parallax = MAX(live->parallax, turn);
    watch_for_plane(live, face->eye_distance_px, turn);
    if (live->turned < 2)
        live->turned = turn >= TURNED ? live->turned + 1 : 0;
    else
        live->returned = fabs(turn) < BACK ? live->returned + 1 : 0;
    if (live->returned >= 2)
        return SAOY_LIVE_PASSED;
    return live->flat_turns >= MOST_FLAT_TURNS || live->frames >= MOST_FRAMES
               ? SAOY_LIVE_FAILED
               : SAOY_LIVE_WAIT;
}

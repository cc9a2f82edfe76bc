#pragma once
#include "vision/image.h"

G_BEGIN_DECLS

/* Face matching with the networks of the models manifest. Without weights open fails with
 * OFFLINE: the officer compares then. One thread at a time. */
typedef struct SaoyFaceMatcher SaoyFaceMatcher;

typedef enum {
    SAOY_FACE_ACCEPT,
    SAOY_FACE_OFFICER, /* in between: a person decides */
    SAOY_FACE_REFUSE,
    SAOY_FACE_N
} SaoyFaceDecision;
const char *saoy_face_decision_name(SaoyFaceDecision d); /* "accept" "officer" "refuse" */

typedef struct {
    SaoyBox box;
    float
        points[10]; /* right eye, left eye, nose, right and left mouth corner: x,y pixels */
    double score;   /* detector's confidence 0..1 */
    double eye_distance_px, sharpness, brightness, yaw; /* yaw -1 (to its right) .. 1 */
    unsigned faces; /* how many were seen; the largest is described */
} SaoyFace;

#define SAOY_TEMPLATE_MAX 512
typedef struct {
    float values[SAOY_TEMPLATE_MAX];
    unsigned n;
} SaoyFaceTemplate; /* unit length; wipe with explicit_bzero */

SaoyFaceMatcher *saoy_face_open(GError **error);
void saoy_face_close(SaoyFaceMatcher *matcher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyFaceMatcher, saoy_face_close)
const char *saoy_face_model_name(const SaoyFaceMatcher *matcher);

/* NO_MEDIA when no face is there. */
bool saoy_face_detect(SaoyFaceMatcher *matcher, const SaoyImage *image, SaoyFace *out,
                      GError **error);
bool saoy_face_embed(SaoyFaceMatcher *matcher, const SaoyImage *image, const SaoyFace *face,
                     SaoyFaceTemplate *out, GError **error);

/* Cosine; -1..1. */
double saoy_face_compare(const SaoyFaceTemplate *a, const SaoyFaceTemplate *b);
SaoyFaceDecision saoy_face_decide(const SaoyFaceMatcher *matcher, double score);

/* One hint (a msgid) why this live face cannot be used yet, or NULL: come closer, look into
 * the camera, too dark, only one person … */
const char *saoy_face_hint(const SaoyFace *face, const SaoyImage *image);

/* Liveness, one challenge: the head turns to the asked side and back. Feed frames' faces in
 * order. A flat picture turned before the camera does not pass: its nose does not move
 * against its eyes. A stream that ends in WAIT has not passed. */
typedef struct {
    int side; /* -1 left, 1 right, as the person sees it */
    unsigned frames, turned, returned;
    double base_yaw, base_eye_px; /* of the first frames, looking straight */
    double eye_px; /* smoothed: eyes come closer when head or picture turns */
    bool narrow;
    unsigned flat_turns; /* eyes came closer and apart again, the nose stayed */
    double parallax;     /* most the nose moved against the eyes to the asked side */
} SaoyLiveness;
typedef enum {
    SAOY_LIVE_WAIT,
    SAOY_LIVE_PASSED,
    SAOY_LIVE_FAILED,
    SAOY_LIVE_N
} SaoyLiveState;
void saoy_liveness_start(SaoyLiveness *live, int side);
SaoyLiveState saoy_liveness_feed(SaoyLiveness *live, const SaoyFace *face);

G_END_DECLS

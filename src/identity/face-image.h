#pragma once
#include "lds.h"

/* The best of the faces seen so far. */
typedef struct {
    SaoyFaceImage image;
    bool found, frontal;
} SaoyFaceChoice;

/* Takes the picture when it can be used, and then if it is better than the last one. */
void saoy_face_offer(SaoyFaceChoice *choice, SaoyView picture, unsigned width,
                     unsigned height, bool frontal);

/* Offers every face of an ISO 39794-5 FaceImageDataBlock. MALFORMED. */
bool saoy_face_der(SaoyView block, SaoyFaceChoice *choice, GError **error);

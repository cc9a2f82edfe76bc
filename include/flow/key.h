#pragma once
#include "identity/reader.h"
#include "vision/image.h"

/* What a picture shows of the key that opens a chip. */
typedef enum {
    SAOY_KEY_NONE,
    SAOY_KEY_OTHER_CODE, /* a bar code, but no identity card's */
    SAOY_KEY_CODE,       /* the QR code of an identity card */
    SAOY_KEY_ZONE /* a machine readable zone whose check digits hold; one mistake in a
                     hundred passes them */
} SaoyKeySight;

/* Writes *out at SAOY_KEY_CODE and SAOY_KEY_ZONE. All other text is wiped. Any thread. */
SaoyKeySight saoy_key_see(const SaoyImage *picture, SaoyAccessKey *out);

#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* Raw samples of one side of a sheet as scanners give them -> one 8-bit PNM file. Pure. */
typedef enum {
    SAOY_BAND_GRAY,
    SAOY_BAND_RGB, /* interleaved */
    SAOY_BAND_RED, /* three passes, in any order */
    SAOY_BAND_GREEN,
    SAOY_BAND_BLUE
} SaoyBand;

typedef struct {
    SaoyBand band;
    int width, depth; /* depth 1, 8 or 16 bits a sample */
    size_t bytes_per_line;
} SaoyFrameFormat;

typedef struct {
    int width, height, channels; /* of the first pass; height of the shortest one */
    uint8_t *samples;            /* 8-bit, rows without gaps */
    unsigned passes;
} SaoySheet;

void saoy_sheet_clear(SaoySheet *sheet);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoySheet, saoy_sheet_clear)

/* What a device says of its frame, before a byte is read: MALFORMED when out of bounds. */
bool saoy_frame_check(const SaoyFrameFormat *format, GError **error);

/* Adds one pass. Lines are counted by the bytes that came: a height told before is not
 * trusted. MALFORMED when a pass does not fit the ones before, or holds no line. */
bool saoy_sheet_add(SaoySheet *sheet, const SaoyFrameFormat *format, SaoyView raw,
                    GError **error);

/* P5 or P6; NULL with MALFORMED when passes are missing. */
GBytes *saoy_sheet_pnm(const SaoySheet *sheet, GError **error);

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

/* One side of a sheet, written line by line into the file it will be: no sample is held
 * twice. */
typedef struct {
    int width, height, channels; /* height: of the shortest pass that ended */
    uint8_t *file;               /* room for the header, then 8-bit rows without gaps */
    int room;                    /* lines it holds */
    unsigned bands;              /* the passes that ended, a bit each */
    SaoyFrameFormat format;      /* of the pass under way, and its lines so far */
    int lines;
    GByteArray *part; /* of a line whose rest has not come yet */
} SaoySheet;

void saoy_sheet_clear(SaoySheet *sheet);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoySheet, saoy_sheet_clear)

/* What a device says of its frame, before a byte is read: MALFORMED when out of bounds. */
bool saoy_frame_check(const SaoyFrameFormat *format, GError **error);

/* A pass begins; expected lines only size the memory, less than 1 is unknown. Lines are
 * counted by the bytes that come. MALFORMED when it does not fit the passes before. */
bool saoy_sheet_begin(SaoySheet *sheet, const SaoyFrameFormat *format, int expected,
                      GError **error);
/* MALFORMED when there is no end of lines. */
bool saoy_sheet_feed(SaoySheet *sheet, SaoyView raw, GError **error);
/* MALFORMED when no line came. */
bool saoy_sheet_end(SaoySheet *sheet, GError **error);

/* The file, P5 or P6; the sheet is empty afterwards. NULL with MALFORMED when passes are
 * missing. */
GBytes *saoy_sheet_take(SaoySheet *sheet, GError **error);

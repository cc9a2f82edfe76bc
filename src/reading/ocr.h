#pragma once
#include "reading/reading.h"

#include <tesseract/capi.h>

struct SaoyReader {
    TessBaseAPI *engine;
};

/* A page as the engine takes it: one byte a pixel, rows close. */
typedef struct {
    uint8_t *pixels;
    int width, height, dpi;
} SaoyGrey;

/* Without the ink of a round red seal and of a blue signature, so that what is written
 * under them can be read; the picture itself is not touched. Free with saoy_grey_clear. */
SaoyGrey saoy_grey_of(const SaoyImage *page);
void saoy_grey_clear(SaoyGrey *grey);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyGrey, saoy_grey_clear)

/* Reads the doubtful words of a page again, each alone and enlarged; what is read with more
 * confidence stands in their place. Bounded: at most 24 words and the width of six lines.
 */
void saoy_reader_read_again(SaoyReader *reader, const SaoyGrey *grey, SaoyWords *words,
                            GCancellable *cancel);

/* NFC, nothing but what can stand in a word; NULL when nothing is left. */
char *saoy_word_text(const char *raw);

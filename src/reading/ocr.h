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
    int page_width, page_height; /* of the picture it was made of */
} SaoyGrey;

/* Without the ink of a round red seal and of a blue signature, so that what is written
 * under them can be read, and at 200 dpi: the network was taught on lines of 36 pixels, and
 * reads no better what is finer, in more time. The picture itself is not touched. Free with
 * saoy_grey_clear. */
SaoyGrey saoy_grey_of(const SaoyImage *page);
void saoy_grey_clear(SaoyGrey *grey);
/* A box of the grey page on the picture. */
SaoyBox saoy_grey_unscale(const SaoyGrey *grey, SaoyBox box);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyGrey, saoy_grey_clear)

/* The ink in a box alone, as one line; NULL: nothing. *out_confidence 0..100. What is read
 * with less than `least` at first is not tried again. */
char *saoy_reader_read_box(SaoyReader *reader, const SaoyGrey *grey, SaoyBox box, int least,
                           int *out_confidence);

/* Reads the doubtful words of a page again, each alone and enlarged; what is read with more
 * confidence stands in their place. Bounded: at most 24 words and the width of six lines.
 */
void saoy_reader_read_again(SaoyReader *reader, const SaoyGrey *grey, SaoyWords *words,
                            GCancellable *cancel);

/* Words that were read as one text: their boxes share its width by letters. */
void saoy_words_append_line(SaoyWords *words, const char *text, SaoyBox box, int confidence,
                            int line);

/* Reads ink of a word's size that no word covers, each piece a line of its own behind all
 * others; what is no text beyond doubt stays unread. At most ten pieces, the widest. */
void saoy_reader_read_lost(SaoyReader *reader, const SaoyGrey *grey, SaoyWords *words,
                           GCancellable *cancel);

/* Lines of a machine readable zone again, with nothing but its letters to choose from; then
 * as vision/mrz.h sees them on the page, which knows their type face. */
void saoy_reader_read_zones(SaoyReader *reader, const SaoyImage *page, const SaoyGrey *grey,
                            SaoyWords *words);
/* Of the zones seen the whole line that was read so; NULL: none is like it. */
char *saoy_zone_line(char **zones, const char *read);

/* Reads what stands in cells where the engine saw no word: a lone figure, as often as not;
 * and what it took for something else in a column of figures. cells: as saoy_cells_of gives
 * them. */
void saoy_reader_read_cells(SaoyReader *reader, const SaoyGrey *grey, const GArray *cells,
                            SaoyWords *words, GCancellable *cancel);

/* NFC, nothing but what can stand in a word; NULL when nothing is left. */
char *saoy_word_text(const char *raw);
/* Both wipe what the word was. */
void saoy_word_clear(SaoyWord *word);
void saoy_word_replace(SaoyWord *word, const char *text, int confidence);

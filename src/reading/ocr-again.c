#include "ocr.h"

#include <string.h>

enum {
    DOUBTFUL = 65, /* words below it are read again */
    BETTER = 8,    /* by so much surer, */
    SURE = 80,     /* and as sure as this, is believed */
    MOST_WORDS = 24,
    MOST_LINES = 6, /* of the page's width in all: what reading costs goes with width */
    MARGIN = 8,
    HEIGHT = 48, /* pixels of a word after enlarging: what the network was taught on */
    MOST_TIMES = 3,
};

/* The box with a rim of paper, enlarged by whole times, bilinear. */
static SaoyGrey
cut(const SaoyGrey *grey, SaoyBox box)
{
    int x0 = MAX(0, box.x - MARGIN), y0 = MAX(0, box.y - MARGIN);
    int x1 = MIN(grey->width, box.x + box.w + MARGIN),
        y1 = MIN(grey->height, box.y + box.h + MARGIN);
    int w = x1 - x0, h = y1 - y0, times = CLAMP(HEIGHT / MAX(box.h, 1), 1, MOST_TIMES);
    SaoyGrey out = { g_malloc((size_t)(w * times) * (size_t)(h * times)), w * times,
                     h * times, grey->dpi * times };

    for (int y = 0; y < out.height; y++)
        for (int x = 0; x < out.width; x++) {
            int sy = CLAMP((2 * y + 1 - times) * 128 / times, 0, (h - 1) * 256);
            int sx = CLAMP((2 * x + 1 - times) * 128 / times, 0, (w - 1) * 256);
            int fy = sy & 255, fx = sx & 255;
            const uint8_t *p = grey->pixels +
                               (size_t)(y0 + (sy >> 8)) * (size_t)grey->width + x0 +
                               (sx >> 8);
            const uint8_t *q = (sy >> 8) + 1 < h ? p + grey->width : p;
            int r = (sx >> 8) + 1 < w;

            out.pixels[(size_t)y * (size_t)out.width + (size_t)x] =
                (uint8_t)(((p[0] * (256 - fx) + p[r] * fx) * (256 - fy) +
                           (q[0] * (256 - fx) + q[r] * fx) * fy) >>
                          16);
        }
    return out;
}

/* One word alone: as a line, or as one sign when it is no wider than high. */
static char *
read_alone(SaoyReader *reader, const SaoyGrey *grey, SaoyBox box, int *out_confidence)
{
    g_auto(SaoyGrey) word = cut(grey, box);

    TessBaseAPISetPageSegMode(reader->engine,
                              box.w <= box.h ? PSM_SINGLE_CHAR : PSM_SINGLE_LINE);
    TessBaseAPISetImage(reader->engine, word.pixels, word.width, word.height, 1,
                        word.width);
    TessBaseAPISetSourceResolution(reader->engine, word.dpi);
    char *raw = TessBaseAPIGetUTF8Text(reader->engine);
    char *text =
        raw != NULL && strchr(g_strstrip(raw), ' ') == NULL ? saoy_word_text(raw) : NULL;
    *out_confidence = TessBaseAPIMeanTextConf(reader->engine);
    TessDeleteText(raw);
    TessBaseAPIClear(reader->engine);
    return text;
}

void
saoy_reader_read_again(SaoyReader *reader, const SaoyGrey *grey, SaoyWords *words,
                       GCancellable *cancel)
{
    int width = 0, n = 0;

    for (size_t i = 0; i < words->n && n < MOST_WORDS; i++) {
        SaoyWord *word = &words->items[i];
        int confidence = 0;

        if (word->confidence >= DOUBTFUL || width + word->box.w > MOST_LINES * grey->width)
            continue;
        if (g_cancellable_is_cancelled(cancel))
            break;
        n++;
        width += word->box.w;
        g_autofree char *text = read_alone(reader, grey, word->box, &confidence);
        if (text == NULL || confidence < MAX(SURE, word->confidence + BETTER))
            continue;
        explicit_bzero(word->text, strlen(word->text));
        g_free(word->text);
        word->text = g_steal_pointer(&text);
        word->confidence = MIN(confidence, 100);
    }
    TessBaseAPISetPageSegMode(reader->engine, PSM_AUTO);
}

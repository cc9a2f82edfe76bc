#include "line.h"
#include "mend.h"
#include "ocr.h"
#include "vision/mrz.h"

#include <string.h>

enum {
    DOUBTFUL = 65, /* words below it are read again */
    BETTER = 8,    /* by so much surer, */
    SURE = 80,     /* and as sure as this, is believed */
    MOST_WORDS = 24,
    MOST_LINES = 6, /* of the page's width in all: what reading costs goes with width */
    HEIGHT = 48,    /* pixels of a word after enlarging: what the network was taught on */
    MOST_TIMES = 3,
    CERTAIN = 90,
    MOST_ZONES = 6,  /* lines of two documents */
    LEAST_ZONE = 25, /* letters */
    LEAST_FIGURES = 5,
};

#define ZONE_ALIKE 0.7
#define ZONE_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"

/* The box with a rim of paper, enlarged by whole times, bilinear. */
static SaoyGrey
cut(const SaoyGrey *grey, SaoyBox box, int margin)
{
    int x0 = MAX(0, box.x - margin), y0 = MAX(0, box.y - margin);
    int x1 = MIN(grey->width, box.x + box.w + margin),
        y1 = MIN(grey->height, box.y + box.h + margin);
    int w = x1 - x0, h = y1 - y0, times = CLAMP(HEIGHT / MAX(box.h, 1), 1, MOST_TIMES);
    SaoyGrey out = { g_malloc((size_t)(w * times) * (size_t)(h * times)),
                     w * times,
                     h * times,
                     grey->dpi * times,
                     0,
                     0 };

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

/* The box with a rim of paper as one line; the same ink is read differently with another
 * rim, so that three are tried until one is sure. */
char *
saoy_reader_read_box(SaoyReader *reader, const SaoyGrey *grey, SaoyBox box, int least,
                     int *out_confidence)
{
    static const struct {
        int margin;
        TessPageSegMode mode;
    } tries[] = { { 6, PSM_RAW_LINE }, { 12, PSM_SINGLE_LINE }, { 3, PSM_SINGLE_LINE } };
    g_autofree char *best = NULL;
    int most = -1;

    for (size_t i = 0;
         i < G_N_ELEMENTS(tries) && most < CERTAIN && (i == 0 || most >= least); i++) {
        g_auto(SaoyGrey) part = cut(grey, box, tries[i].margin);

        TessBaseAPISetPageSegMode(reader->engine, tries[i].mode);
        TessBaseAPISetImage(reader->engine, part.pixels, part.width, part.height, 1,
                            part.width);
        TessBaseAPISetSourceResolution(reader->engine, part.dpi);
        char *raw = TessBaseAPIGetUTF8Text(reader->engine);
        int confidence = TessBaseAPIMeanTextConf(reader->engine);

        if (raw != NULL && confidence > most && g_strstrip(raw)[0] != '\0') {
            g_free(best);
            best = g_strdup(raw);
            most = confidence;
        }
        TessDeleteText(raw);
        TessBaseAPIClear(reader->engine);
    }
    TessBaseAPISetPageSegMode(reader->engine, PSM_AUTO);
    *out_confidence = MIN(most, 100);
    return g_steal_pointer(&best);
}

void
saoy_words_append_line(SaoyWords *words, const char *text, SaoyBox box, int confidence,
                       int line)
{
    g_auto(GStrv) list = g_strsplit(text, " ", -1);
    glong all = MAX(g_utf8_strlen(text, -1), 1), before = 0;

    for (size_t i = 0; list[i] != NULL; i++) {
        glong own = g_utf8_strlen(list[i], -1);
        SaoyBox part = { box.x + (int)(box.w * before / all), box.y,
                         MAX(1, (int)(box.w * own / all)), box.h };
        g_autofree char *word = saoy_word_text(list[i]);

        if (word != NULL)
            saoy_words_append(words, word, part, MIN(confidence, 100), line);
        before += own + 1;
    }
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
        g_autofree char *raw =
            saoy_reader_read_box(reader, grey, word->box, 0, &confidence);
        g_autofree char *text =
            raw != NULL && strchr(raw, ' ') == NULL ? saoy_word_text(raw) : NULL;
        if (text == NULL || confidence < MAX(SURE, word->confidence + BETTER))
            continue;
        saoy_word_replace(word, text, confidence);
    }
}

/* The words of one line are one text, in the box of all. */
static void
join_line(SaoyWords *words, size_t from, size_t to, const char *text, SaoyBox box,
          int confidence)
{
    saoy_word_replace(&words->items[from], text, confidence);
    words->items[from].box = box;
    for (size_t i = from + 1; i < to; i++)
        saoy_word_clear(&words->items[i]);
    memmove(&words->items[from + 1], &words->items[to],
            (words->n - to) * sizeof *words->items);
    words->n -= to - from - 1;
}

/* A letter that its neighbours say is a figure: of names alone the line has none. */
static char *
with_figures(const char *line)
{
    unsigned figures = 0;

    for (const char *p = line; *p != '\0'; p++)
        figures += g_ascii_isdigit(*p);
    char *out = g_strdup(line);
    return figures >= LEAST_FIGURES ? g_strdelimit(out, "O", '0') : out;
}

char *
saoy_zone_line(char **zones, const char *read)
{
    g_autofree char *said = with_figures(read);
    double most = ZONE_ALIKE;
    char *best = NULL;

    for (size_t z = 0; zones != NULL && zones[z] != NULL; z++) {
        g_auto(GStrv) lines = g_strsplit(zones[z], "\n", -1);

        for (size_t i = 0; lines[i] != NULL; i++) {
            size_t n = strlen(lines[i]);
            g_autofree char *line = with_figures(lines[i]);
            double alike = n == 30 || n == 36 || n == 44 ? saoy_line_alike(said, line) : 0;

            if (alike <= most)
                continue;
            most = alike;
            g_free(best);
            best = g_steal_pointer(&line);
        }
    }
    return best;
}

static char *
without_spaces(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, " ", -1);

    return g_strjoinv("", parts);
}

static char *
text_of(const SaoyWord *words, size_t n)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < n; i++)
        g_string_append(text, words[i].text);
    return g_string_free(text, FALSE);
}

static bool
has_zone(const SaoyWord *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (saoy_is_zone_text(words[i].text))
            return true;
    return false;
}

/* One line of a zone: as it was seen, if what was read is like that at once; else read
 * again. NULL: neither. */
static char *
zone_text(SaoyReader *reader, const SaoyGrey *grey, char **zones, const char *read,
          SaoyBox box, int *out_confidence)
{
    char *seen = saoy_zone_line(zones, read);

    *out_confidence = CERTAIN;
    if (seen != NULL)
        return seen;
    g_autofree char *raw = saoy_reader_read_box(reader, grey, box, 0, out_confidence);
    g_autofree char *text = without_spaces(raw != NULL ? raw : "");
    if (strlen(text) < LEAST_ZONE)
        return NULL;
    seen = saoy_zone_line(zones, text);
    return seen != NULL ? seen : g_steal_pointer(&text);
}

void
saoy_reader_read_zones(SaoyReader *reader, const SaoyImage *page, const SaoyGrey *grey,
                       SaoyWords *words)
{
    g_auto(GStrv) zones = NULL;
    unsigned n = 0;

    TessBaseAPISetVariable(reader->engine, "tessedit_char_whitelist", ZONE_LETTERS);
    for (size_t from = 0, to = 0; from < words->n && n < MOST_ZONES; from = to) {
        int confidence = 0;

        for (to = from; to < words->n && words->items[to].line == words->items[from].line;
             to++)
            ;
        if (!has_zone(words->items + from, to - from))
            continue;
        if (n++ == 0)
            zones = saoy_mrz_see(page, NULL);
        SaoyBox box = saoy_words_box(words->items + from, to - from);
        g_autofree char *read = text_of(words->items + from, to - from);
        g_autofree char *text = zone_text(reader, grey, zones, read, box, &confidence);
        if (text == NULL)
            continue;
        join_line(words, from, to, text, box, confidence);
        to = from + 1;
    }
    TessBaseAPISetVariable(reader->engine, "tessedit_char_whitelist", "");
}

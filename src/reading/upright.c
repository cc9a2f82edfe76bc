/* Which way up a page reads. Cleaning sets it upright by the shape of its lines; small
 * print and little of it may deceive it. Then the words tell: upside down few of them are
 * lawful syllables, and the engine is sure of none. */
#include "ocr.h"
#include "syllable.h"

#include <string.h>

enum {
    SURE = 80,          /* mean confidence: as much is upright in any language */
    LEAST_LETTERS = 24, /* fewer tell nothing */
    PROBES = 4,         /* lines read the other way up before the page is */
    MOST_HEIGHT_MM = 12,
    ONCE = 101, /* no second try at a line */
};

#define LEAST_LAWFUL 0.45 /* of the letters: half of a passport's are English */
#define CLEARER 1.5

/* How much of what was read is language. */
typedef struct {
    unsigned letters, lawful; /* of words; of lawful syllables among them */
    unsigned lying;           /* of words that run down the page */
    double sure;              /* sum of confidence by letters */
} Sense;

static void
weigh(const char *text, int confidence, bool lying, Sense *sense)
{
    g_autofree char *low = g_utf8_strdown(text, -1);
    char *from = low, *to = NULL;
    unsigned letters = 0;

    while (*from != '\0' && !g_unichar_isalpha(g_utf8_get_char(from)))
        from = g_utf8_next_char(from);
    for (to = from; g_unichar_isalpha(g_utf8_get_char(to)); to = g_utf8_next_char(to))
        letters++;
    *to = '\0';
    if (letters >= 2) {
        sense->letters += letters;
        sense->lawful += saoy_syllable_is_lawful(from) ? letters : 0;
        sense->lying += lying ? letters : 0;
        sense->sure += (double)letters * confidence;
    }
    explicit_bzero(low, strlen(low));
}

static Sense
sense_of(const SaoyWords *words)
{
    Sense sense = { 0 };

    for (size_t i = 0; i < words->n; i++) {
        const SaoyWord *word = &words->items[i];

        weigh(word->text, word->confidence, word->box.h > word->box.w, &sense);
    }
    return sense;
}

static double
mean_sure(const Sense *sense)
{
    return sense->sure / MAX(sense->letters, 1);
}

static bool
makes_sense(const Sense *sense)
{
    return sense->letters >= LEAST_LETTERS &&
           (mean_sure(sense) >= SURE || sense->lawful >= LEAST_LAWFUL * sense->letters);
}

static bool
is_lying(const Sense *sense)
{
    return sense->letters >= LEAST_LETTERS && 2 * sense->lying > sense->letters;
}

static bool
is_better(const Sense *new, const Sense *old)
{
    if (is_lying(old))
        return makes_sense(new) && !is_lying(new);
    return mean_sure(new) > mean_sure(old) && new->lawful > CLEARER * old->lawful;
}

/* ---- a few lines, the other way up */

static SaoyBox
both(SaoyBox a, SaoyBox b)
{
    int right = MAX(a.x + a.w, b.x + b.w), bottom = MAX(a.y + a.h, b.y + b.h);
    int x = MIN(a.x, b.x), y = MIN(a.y, b.y);

    return a.w == 0 ? b : (SaoyBox){ x, y, right - x, bottom - y };
}

static int
by_width(const void *a, const void *b)
{
    return ((const SaoyBox *)b)->w - ((const SaoyBox *)a)->w;
}

/* Boxes of the lines, the longest first. */
static GArray *
long_lines(const SaoyWords *words, int most_height)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(SaoyBox));
    SaoyBox line = { 0 };

    for (size_t i = 0; i < words->n; i++) {
        line = both(line, words->items[i].box);
        if (i + 1 < words->n && words->items[i + 1].line == words->items[i].line)
            continue;
        if (line.h <= most_height)
            g_array_append_val(lines, line);
        line = (SaoyBox){ 0 };
    }
    g_array_sort(lines, by_width);
    return lines;
}

/* Rows and columns from the other end. */
static void
turn_around(SaoyGrey *grey)
{
    size_t n = (size_t)grey->width * (size_t)grey->height;

    for (size_t i = 0; i < n / 2; i++) {
        uint8_t pixel = grey->pixels[i];

        grey->pixels[i] = grey->pixels[n - 1 - i];
        grey->pixels[n - 1 - i] = pixel;
    }
}

/* The longest lines once more, upside down: a tenth of a second. */
static bool
reads_better_turned(SaoyReader *reader, const SaoyImage *page, const SaoyWords *words)
{
    g_autoptr(GArray) lines = long_lines(words, (int)(MOST_HEIGHT_MM * page->dpi / 25.4));
    g_auto(SaoyGrey) grey = saoy_grey_of(page);
    Sense turned = { 0 };

    turn_around(&grey);
    for (guint i = 0; i < MIN(lines->len, PROBES); i++) {
        SaoyBox line = g_array_index(lines, SaoyBox, i);
        SaoyBox there = { (page->width - line.x - line.w) * grey.width / page->width,
                          (page->height - line.y - line.h) * grey.height / page->height,
                          line.w * grey.width / page->width,
                          line.h * grey.height / page->height };
        int confidence = 0;
        g_autofree char *text =
            saoy_reader_read_box(reader, &grey, there, ONCE, &confidence);
        g_auto(GStrv) parts = g_strsplit(text != NULL ? text : "", " ", -1);

        for (size_t k = 0; parts[k] != NULL; k++)
            weigh(parts[k], confidence, false, &turned);
    }
    Sense now = sense_of(words);
    return turned.lawful * now.letters > CLEARER * now.lawful * turned.letters &&
           mean_sure(&turned) > mean_sure(&now);
}

/* ---- the page */

typedef struct {
    SaoyImage *page; /* NULL: the one that was given */
    SaoyPageReport report;
    SaoyWords words;
    Sense sense;
} Look;

static void
look_clear(Look *look)
{
    g_clear_pointer(&look->page, saoy_image_free);
    saoy_words_clear(&look->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Look, look_clear)

/* Reads the page turned by so many quarters; kept when that reads better. */
static bool
look_turned(SaoyReader *reader, const SaoyImage *page, const SaoyPageReport *report,
            int quarters, Look *best, GCancellable *cancel, GError **error)
{
    g_auto(Look) look = { .report = *report };

    look.page = saoy_page_turn(page, quarters, &look.report, error);
    if (look.page == NULL ||
        !saoy_reader_read(reader, look.page, &look.words, cancel, error))
        return false;
    look.sense = sense_of(&look.words);
    if (is_better(&look.sense, &best->sense)) {
        Look last = *best;

        *best = look;
        look = last;
    }
    return true;
}

/* Which turns are worth reading: none for what reads well. */
static const int *
turns_of(SaoyReader *reader, const SaoyImage *page, const SaoyPageReport *report,
         const Look *look)
{
    static const int none[] = { 0 }, around[] = { 2, 0 }, quarters[] = { 1, 3, 0 };

    if (report->blank)
        return none;
    if (is_lying(&look->sense))
        return quarters;
    if (makes_sense(&look->sense))
        return none;
    if (look->sense.letters < LEAST_LETTERS ||
        reads_better_turned(reader, page, &look->words))
        return around;
    return none;
}

bool
saoy_reader_read_upright(SaoyReader *reader, SaoyImage **page, SaoyPageReport *report,
                         SaoyWords *out, GCancellable *cancel, GError **error)
{
    g_auto(Look) best = { .report = *report };

    if (!saoy_reader_read(reader, *page, &best.words, cancel, error))
        return false;
    best.sense = sense_of(&best.words);
    for (const int *turn = turns_of(reader, *page, report, &best); *turn != 0; turn++)
        if (!look_turned(reader, *page, report, *turn, &best, cancel, error))
            return false;
    if (best.page != NULL) {
        saoy_image_free(*page);
        *page = g_steal_pointer(&best.page);
        *report = best.report;
    }
    *out = best.words;
    best.words = (SaoyWords){ 0 };
    return true;
}

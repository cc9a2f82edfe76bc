/* Words that the engine's layout left out: a name beside a seal, a large title, a lone
 * word. */
#include "mend.h"
#include "ocr.h"
#include "pieces.h"

enum {
    MOST_TRIES = 10,
    SURE = 82,
    LIKELY = 50,    /* less at first sight is no text */
    MOST_LONG = 30, /* heights: longer is a border */
};
#define LEAST_HIGH_MM 1.5
#define MOST_HIGH_MM 14.0
#define LEAST_WIDE_MM 3.0

static gint
by_width(gconstpointer a, gconstpointer b)
{
    return ((const SaoyPiece *)b)->box.w - ((const SaoyPiece *)a)->box.w;
}

static bool
has_word_size(SaoyBox box, double mm)
{
    return box.h >= LEAST_HIGH_MM * mm && box.h <= MOST_HIGH_MM * mm &&
           box.w >= LEAST_WIDE_MM * mm && box.w >= box.h && box.w <= MOST_LONG * box.h;
}

/* Every word of it is one: a seal's rim and a border's waves are none. */
static bool
is_text(char **words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (!saoy_says_something(words[i]))
            return false;
    return words[0] != NULL;
}

void
saoy_reader_read_lost(SaoyReader *reader, const SaoyGrey *grey, SaoyWords *words,
                      GCancellable *cancel)
{
    g_autoptr(GArray) pieces = saoy_pieces_of(grey, words);
    int line = words->n > 0 ? words->items[words->n - 1].line + 1 : 0;
    int tries = 0, width = 0;

    g_array_sort(pieces, by_width);
    for (guint i = 0; i < pieces->len && tries < MOST_TRIES; i++) {
        SaoyBox box = g_array_index(pieces, SaoyPiece, i).box;
        int confidence = 0;

        if (!has_word_size(box, grey->dpi / 25.4) || width + box.w > grey->width)
            continue;
        if (g_cancellable_is_cancelled(cancel))
            break;
        tries++;
        width += box.w;
        g_autofree char *text =
            saoy_reader_read_box(reader, grey, box, LIKELY, &confidence);
        g_auto(GStrv) list = g_strsplit(text != NULL ? text : "", " ", -1);
        if (confidence >= SURE && is_text(list))
            saoy_words_append_line(words, text, box, confidence, line++);
    }
}

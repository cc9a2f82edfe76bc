#include "hand.h"

#include "pieces.h"
#include "rules.h"

#define UPPER_PART 0.3 /* titles and emblems */
#define LEAST_HIGH_MM 6.0
#define MOST_HIGH_MM 50.0
#define LEAST_WIDE_MM 10.0
#define MOST_WIDE_MM 100.0
#define MOST_DENSE 0.6 /* a bar code or a photograph is denser */

static bool
is_hand(const SaoyPiece *piece, const SaoyGrey *grey)
{
    SaoyBox box = piece->box;
    double mm = grey->dpi / 25.4;

    return box.y > UPPER_PART * grey->height && box.h >= LEAST_HIGH_MM * mm &&
           box.h <= MOST_HIGH_MM * mm && box.w >= LEAST_WIDE_MM * mm &&
           box.w <= MOST_WIDE_MM * mm && piece->dense < MOST_DENSE;
}

static SaoyWords
scaled(const SaoyWords *words, const SaoyGrey *grey)
{
    SaoyWords out = { 0 };

    for (size_t i = 0; i < words->n; i++) {
        SaoyBox b = words->items[i].box;
        double fx = (double)grey->width / grey->page_width;
        double fy = (double)grey->height / grey->page_height;
        SaoyBox box = { (int)(b.x * fx), (int)(b.y * fy), (int)(b.w * fx) + 1,
                        (int)(b.h * fy) + 1 };

        saoy_words_append(&out, "", box, 0, 0);
    }
    return out;
}

SaoyBox
saoy_hand_of(const SaoyImage *page, const SaoyWords *words)
{
    g_auto(SaoyGrey) grey = saoy_grey_of(page);
    g_auto(SaoyWords) covered = scaled(words, &grey);
    g_autoptr(GArray) across = NULL;
    g_autoptr(GArray) down = NULL;
    SaoyBox hand = { 0 };

    saoy_rules_take(&grey, &across, &down);
    g_autoptr(GArray) pieces = saoy_pieces_of(&grey, &covered);
    for (guint i = 0; i < pieces->len; i++) {
        const SaoyPiece *piece = &g_array_index(pieces, SaoyPiece, i);

        if (is_hand(piece, &grey) && piece->box.w * piece->box.h > hand.w * hand.h)
            hand = piece->box;
    }
    return hand.w > 0 ? saoy_grey_unscale(&grey, hand) : hand;
}

#include "pieces.h"

#include <string.h>

enum {
    SQUARE = 4, /* pixels */
    CONTRAST = 70,
    REACH = 3, /* squares between letters of one word */
    MOST_PIECES = 2000,
};
#define RIM_MM 0.7 /* around a word that was read: its marks */

typedef struct {
    uint8_t *ink; /* 1: uncovered ink, 0: none */
    int width, height;
} Squares;

static uint8_t
paper_of(const SaoyGrey *grey)
{
    size_t counts[256] = { 0 }, n = (size_t)grey->width * (size_t)grey->height;
    int paper = 128;

    for (size_t i = 0; i < n; i += 11)
        counts[grey->pixels[i]]++;
    for (int v = 129; v < 256; v++)
        if (counts[v] > counts[paper])
            paper = v;
    return (uint8_t)paper;
}

static Squares
squares_of(const SaoyGrey *grey)
{
    Squares s = { NULL, grey->width / SQUARE, grey->height / SQUARE };
    int ink = paper_of(grey) - CONTRAST;

    s.ink = g_malloc0((size_t)s.width * (size_t)s.height + 1);
    for (int y = 0; y < s.height * SQUARE; y++) {
        const uint8_t *row = grey->pixels + (size_t)y * (size_t)grey->width;
        uint8_t *out = s.ink + (size_t)(y / SQUARE) * (size_t)s.width;

        for (int x = 0; x < s.width * SQUARE; x++)
            out[x / SQUARE] |= row[x] < ink;
    }
    return s;
}

static void
cover(Squares *s, SaoyBox box, int rim)
{
    int x0 = MAX(0, (box.x - rim) / SQUARE), y0 = MAX(0, (box.y - rim) / SQUARE);
    int x1 = MIN(s->width, (box.x + box.w + rim) / SQUARE + 1);
    int y1 = MIN(s->height, (box.y + box.h + rim) / SQUARE + 1);

    for (int y = y0; y < y1 && x0 < x1; y++)
        memset(s->ink + (size_t)y * (size_t)s->width + x0, 0, (size_t)(x1 - x0));
}

/* Takes the piece that holds x, y off the squares; how many there were. Reaches farther
 * along a line than across. */
static SaoyPiece
take_piece(Squares *s, int x, int y, GArray *stack)
{
    int x0 = x, x1 = x, y0 = y, y1 = y, at[2] = { x, y };
    unsigned n = 0;

    g_array_set_size(stack, 0);
    g_array_append_vals(stack, at, 2);
    s->ink[(size_t)y * (size_t)s->width + x] = 0;
    while (stack->len >= 2) {
        int cx = g_array_index(stack, int, stack->len - 2);
        int cy = g_array_index(stack, int, stack->len - 1);

        g_array_set_size(stack, stack->len - 2);
        n++;
        x0 = MIN(x0, cx);
        x1 = MAX(x1, cx);
        y0 = MIN(y0, cy);
        y1 = MAX(y1, cy);
        for (int ny = MAX(0, cy - 1); ny <= MIN(s->height - 1, cy + 1); ny++)
            for (int nx = MAX(0, cx - REACH); nx <= MIN(s->width - 1, cx + REACH); nx++) {
                uint8_t *square = s->ink + (size_t)ny * (size_t)s->width + nx;
                int next[2] = { nx, ny };

                if (*square == 0)
                    continue;
                *square = 0;
                g_array_append_vals(stack, next, 2);
            }
    }
    SaoyBox box = { x0 * SQUARE, y0 * SQUARE, (x1 - x0 + 1) * SQUARE,
                    (y1 - y0 + 1) * SQUARE };
    return (SaoyPiece){ box, (double)n / ((x1 - x0 + 1) * (y1 - y0 + 1)) };
}

GArray *
saoy_pieces_of(const SaoyGrey *grey, const SaoyWords *words)
{
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(SaoyPiece));
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(int));
    Squares s = squares_of(grey);

    for (size_t i = 0; i < words->n; i++)
        cover(&s, words->items[i].box, (int)(RIM_MM * grey->dpi / 25.4));
    for (int y = 0; y < s.height; y++)
        for (int x = 0; x < s.width && pieces->len < MOST_PIECES; x++) {
            if (s.ink[(size_t)y * (size_t)s.width + x] == 0)
                continue;
            SaoyPiece piece = take_piece(&s, x, y, stack);
            g_array_append_val(pieces, piece);
        }
    g_free(s.ink);
    return pieces;
}

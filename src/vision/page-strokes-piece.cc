/* Strokes of a pen within a printed word: cells whose colour is not the word's. */
#include "page-strokes.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <glib.h>
#include <string.h>

#define LEAST_CONFIDENCE 60
#define LEAST_TINT 0.009 /* of a share: what a scanner's colours differ by */
#define LEAST_TIMES 3    /* the page's own unevenness: a cell that differs */
#define MOST_OTHERS 1000 /* cells of a word: more is a picture */
#define LEAST_CELLS 4
#define LEAST_WEIGHT 6  /* of strength x root of cells: what is looked at */
#define LEAST_FIGURE 11 /* what is told */
#define LEAST_LETTER 22 /* the same, where no figure stands */

typedef struct {
    double red, blue; /* one deviation of a cell from its word */
} Uneven;

/* Cells of one word that touch and differ from it the one way. */
typedef struct {
    cv::Rect box;
    double red, blue; /* mean, in deviations */
    int cells;
    const SaoyInkWord *word;
    double weight;
} Piece;

static Uneven
uneven_of(const std::vector<SaoyInkWord> &words)
{
    const double sigma = 1.48; /* of a median deviation */
    std::vector<double> red, blue;

    for (const SaoyInkWord &word : words)
        for (const SaoyInkCell &cell : word.cells) {
            red.push_back(std::fabs(cell.ink.red - word.ink.red));
            blue.push_back(std::fabs(cell.ink.blue - word.ink.blue));
        }
    return { std::max(LEAST_TINT, sigma * saoy_ink_middle(&red)),
             std::max(LEAST_TINT, sigma * saoy_ink_middle(&blue)) };
}

typedef struct {
    const SaoyInkCell *cell;
    double red, blue;
    bool taken;
} Other;

static std::vector<Other>
others_of(const SaoyInkWord &word, const Uneven &uneven)
{
    std::vector<Other> out;

    for (const SaoyInkCell &cell : word.cells) {
        double red = (cell.ink.red - word.ink.red) / uneven.red;
        double blue = (cell.ink.blue - word.ink.blue) / uneven.blue;

        if (std::hypot(red, blue) > LEAST_TIMES)
            out.push_back({ &cell, red, blue, false });
    }
    if (out.size() > MOST_OTHERS)
        out.clear();
    return out;
}

static bool
touch(const Other &a, const Other &b)
{
    return std::abs(a.cell->box.x - b.cell->box.x) < a.cell->box.width &&
           std::abs(a.cell->box.y - b.cell->box.y) < a.cell->box.height &&
           a.red * b.red + a.blue * b.blue > 0;
}

static Piece
piece_from(std::vector<Other> *others, size_t first, const SaoyInkWord &word)
{
    std::vector<size_t> queue = { first };
    Piece piece = { (*others)[first].cell->box, 0, 0, 0, &word, 0 };

    (*others)[first].taken = true;
    for (size_t i = 0; i < queue.size(); i++) {
        Other own = (*others)[queue[i]];

        piece.box |= own.cell->box;
        piece.red += own.red;
        piece.blue += own.blue;
        for (size_t k = 0; k < others->size(); k++)
            if (!(*others)[k].taken && touch(own, (*others)[k])) {
                (*others)[k].taken = true;
                queue.push_back(k);
            }
    }
    piece.cells = (int)queue.size();
    piece.red /= piece.cells;
    piece.blue /= piece.cells;
    piece.weight = std::hypot(piece.red, piece.blue) * std::sqrt(piece.cells);
    return piece;
}

static std::vector<Piece>
pieces_of(const std::vector<SaoyInkWord> &words)
{
    Uneven uneven = uneven_of(words);
    std::vector<Piece> out;

    for (const SaoyInkWord &word : words) {
        std::vector<Other> others = others_of(word, uneven);

        for (size_t i = 0; i < others.size(); i++)
            if (!others[i].taken) {
                Piece piece = piece_from(&others, i, word);

                if (piece.weight >= LEAST_WEIGHT)
                    out.push_back(piece);
            }
    }
    return out;
}

/* A fold, a line of the ground: other words have the same. */
static bool
is_repeated(const Piece &piece, const std::vector<Piece> &pieces)
{
    return std::count_if(pieces.begin(), pieces.end(), [&](const Piece &other) {
               double along = piece.red * other.red + piece.blue * other.blue;

               return other.word != piece.word && other.weight > 0.5 * piece.weight &&
                      along > 0.8 * std::hypot(piece.red, piece.blue) *
                                  std::hypot(other.red, other.blue);
           }) >= 3;
}

/* Red is of seals. */
static bool
is_seal(const Piece &piece)
{
    return piece.red < -6 && std::fabs(piece.blue) < 0.5 * -piece.red;
}

/* A rule or a fold under a word. */
static bool
is_line(const Piece &piece)
{
    return piece.box.width > 0.6 * piece.word->box.width &&
           piece.box.height < 0.5 * piece.word->box.height;
}

/* What a form prints behind a value that another machine filled in: a comma, a bracket. */
static bool
is_sign(const Piece &piece, const char *text)
{
    const cv::Rect &own = piece.word->box;
    const char *last = g_utf8_find_prev_char(text, text + strlen(text));
    int wide = own.height / 2;

    return (!g_unichar_isalnum(g_utf8_get_char(text)) &&
            piece.box.x + piece.box.width < own.x + wide) ||
           (last != NULL && !g_unichar_isalnum(g_utf8_get_char(last)) &&
            piece.box.x > own.x + own.width - wide);
}

/* Numbers and dates are what is worth changing; letters have more that is odd. */
static double
least_of(const SaoyWord &word)
{
    return strpbrk(word.text, "0123456789") != NULL ? LEAST_FIGURE : LEAST_LETTER;
}

static bool
is_told(const Piece &piece, const SaoyWord &word)
{
    return word.confidence >= LEAST_CONFIDENCE && g_utf8_strlen(word.text, -1) >= 2 &&
           piece.cells >= LEAST_CELLS && piece.weight >= least_of(word) &&
           !is_seal(piece) && !is_line(piece) && !is_sign(piece, word.text) &&
           saoy_ink_is_black(piece.word->ink);
}

void
saoy_ink_pieces(const std::vector<SaoyInkWord> &words, const SaoyWords *read,
                SaoyInkPlaces *out)
{
    std::vector<Piece> pieces = pieces_of(words);

    for (const Piece &piece : pieces) {
        const SaoyWord &word = read->items[piece.word->word];

        if (is_told(piece, word) && !is_repeated(piece, pieces) &&
            saoy_ink_has_neighbour(piece.word->box, words))
            out->push_back({ piece.box, piece.weight / least_of(word) });
    }
}

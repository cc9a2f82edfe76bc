/* Figures that another machine set before or behind those of a printed number: the two
 * parts differ in ink, edge, width of strokes, or do not stand on one line. */
#include "page-strokes.h"

#include <algorithm>
#include <cmath>
#include <glib.h>
#include <string.h>

#define LEAST_FIGURES 4
#define MOST_ADDED 3
#define LEAST_SPLIT 5.3 /* deviations of all traits together */
#define MOST_TALL 1.4   /* times its number's figures: it touches what is above or below */
#define MOST_WORN 3     /* of darkness: more is wear too, and makes strokes thin and soft */

enum { RED, BLUE, DARK, SHARP, WIDTH, TOP, BOTTOM, TRAITS };

/* What figures of one print differ by, at least: shares, logarithms, pixels at 300 dpi. */
static const double least_traits[TRAITS] = { 0.006, 0.006, 0.03, 0.05, 0.06, 1, 1 };

typedef struct {
    double trait[TRAITS];
    cv::Rect box;
    size_t at; /* in its word */
} Figure;

/* One number that is read letter by letter. */
typedef std::vector<Figure> Number;

static Number
number_of(const SaoyInkWord &word, const char *text)
{
    Number out;

    if (strlen(text) != word.letters.size())
        return out;
    for (size_t i = 0; i < word.letters.size(); i++) {
        const SaoyInkLetter &l = word.letters[i];

        if (g_ascii_isdigit(text[i]) && !std::isnan(l.ink.dark) && l.sharp > 0)
            out.push_back(
                { { l.ink.red, l.ink.blue, l.ink.dark, std::log(l.sharp), std::log(l.width),
                    (double)l.box.y, (double)(l.box.y + l.box.height) },
                  l.box,
                  i });
    }
    return out;
}

/* Where lines stand close a figure's box may hold more than the figure. */
static void
drop_joined(Number *number)
{
    std::vector<double> heights;

    for (const Figure &figure : *number)
        heights.push_back(figure.box.height);
    double most = MOST_TALL * saoy_ink_middle(&heights);
    number->erase(std::remove_if(number->begin(), number->end(),
                                 [&](const Figure &f) { return f.box.height > most; }),
                  number->end());
}

static double
mean_of(const Number &number, int t, size_t from, size_t to)
{
    double sum = 0;

    for (size_t i = from; i < to; i++)
        sum += number[i].trait[t];
    return sum / (double)(to - from);
}

/* Of a figure from its number, over the whole page. */
static double
spread_of(const std::vector<Number> &numbers, int t)
{
    const double sigma = 1.48; /* of a median deviation */
    std::vector<double> off;

    for (const Number &number : numbers) {
        std::vector<double> own;

        for (const Figure &figure : number)
            own.push_back(figure.trait[t]);
        double middle = saoy_ink_middle(&own);
        for (const Figure &figure : number)
            off.push_back(std::fabs(figure.trait[t] - middle));
    }
    return std::max(least_traits[t], sigma * saoy_ink_middle(&off));
}

/* How much the figures before `at` differ from those behind, in deviations; paler alone is
 * wear. */
static double
split_at(const Number &number, size_t at, const double *spread)
{
    double n = (double)at, m = (double)(number.size() - at), sum = 0, worn = 0, dark = 0;

    for (int t = 0; t < TRAITS; t++) {
        double by = mean_of(number, t, 0, at) - mean_of(number, t, at, number.size());
        double z = by / spread[t] * std::sqrt(n * m / (n + m));

        sum += z * z;
        worn += t == DARK || t == SHARP || t == WIDTH ? z * z : 0;
        dark = t == DARK ? std::fabs(z) : dark;
    }
    return std::sqrt(dark > MOST_WORN ? sum - worn : sum - dark * dark);
}

static cv::Rect
box_of(const Number &number, size_t from, size_t to)
{
    cv::Rect box = number[from].box;

    for (size_t i = from; i < to; i++)
        box |= number[i].box;
    return box;
}

static void
check(const Number &number, const double *spread, SaoyInkPlaces *out)
{
    size_t all = number.size(), at = 0;
    double most = 0;

    for (size_t k = 1; k < all; k++) {
        double by = split_at(number, k, spread);

        if (by > most) {
            most = by;
            at = k;
        }
    }
    /* forms print "…/20", and what stands behind a sign is another machine's by right */
    if (most >= LEAST_SPLIT && std::min(at, all - at) <= MOST_ADDED &&
        number[at].at == number[at - 1].at + 1)
        out->push_back({ at * 2 < all ? box_of(number, 0, at) : box_of(number, at, all),
                         most / LEAST_SPLIT });
}

void
saoy_ink_figures(const std::vector<SaoyInkWord> &words, const SaoyWords *read,
                 SaoyInkPlaces *out)
{
    std::vector<Number> numbers;
    double spread[TRAITS];

    for (const SaoyInkWord &word : words) {
        Number number = number_of(word, read->items[word.word].text);

        drop_joined(&number);
        if (number.size() >= LEAST_FIGURES && saoy_ink_is_black(word.ink))
            numbers.push_back(number);
    }
    for (int t = 0; t < TRAITS; t++)
        spread[t] = spread_of(numbers, t);
    for (const Number &number : numbers)
        check(number, spread, out);
}

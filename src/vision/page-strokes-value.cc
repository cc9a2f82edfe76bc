/* A value alone on its page in another ink: set by another machine than all other words. */
#include "page-strokes.h"

#include <algorithm>
#include <cmath>
#include <glib.h>

#define LEAST_CONFIDENCE 60
#define LEAST_LETTERS 3
#define MOST_WORDS 8
#define MOST_WIDE 1.4    /* times the page's strokes: a title, or crossed by a signature */
#define ALIKE_TINT 0.018 /* inks of one machine differ by less */
#define ALIKE_DARK 0.05
#define ALIKE_SHARP 0.12 /* of strokes of a like width */
#define ALIKE_WIDTH 0.2
#define LEAST_UNLIKE 1.25

typedef std::vector<const SaoyInkWord *> Value;

/* How unlike two inks are, in what one ink may differ by. */
typedef struct {
    double tint, dark, sharp;
} Unlike;

static Unlike
unlike(const SaoyInkWord &a, const SaoyInkWord &b)
{
    double width = std::fabs(a.width - b.width) / std::max(a.width, b.width);

    return { std::hypot(a.ink.red - b.ink.red, a.ink.blue - b.ink.blue) / ALIKE_TINT,
             (a.ink.dark - b.ink.dark) / ALIKE_DARK,
             width > ALIKE_WIDTH ? 0 : (a.sharp / b.sharp - 1) / ALIKE_SHARP };
}

static double
length_of(const Unlike &u)
{
    return std::sqrt(u.tint * u.tint + u.dark * u.dark + u.sharp * u.sharp);
}

/* Words of one line and one ink, side by side. */
static std::vector<Value>
values_of(const std::vector<SaoyInkWord> &words, const SaoyWords *read)
{
    std::vector<Value> out;

    for (const SaoyInkWord &word : words) {
        const SaoyInkWord *last = out.empty() ? NULL : out.back().back();

        if (std::isnan(word.ink.dark))
            continue;
        if (last != NULL && read->items[last->word].line == read->items[word.word].line &&
            length_of(unlike(*last, word)) < 1)
            out.back().push_back(&word);
        else
            out.push_back({ &word });
    }
    return out;
}

/* The nearest ink of any other word; paler alone is wear. */
static double
alone_by(const Value &value, const std::vector<Value> &values)
{
    const double far = 100;
    double nearest = far;

    for (const Value &other : values)
        for (const SaoyInkWord *word : other) {
            Unlike sum = { 0, 0, 0 };

            for (const SaoyInkWord *own : value) {
                Unlike by = unlike(*own, *word);

                sum = { sum.tint + by.tint / (double)value.size(),
                        sum.dark + by.dark / (double)value.size(),
                        sum.sharp + by.sharp / (double)value.size() };
            }
            if (sum.dark < 0 && sum.tint < 1 && std::fabs(sum.sharp) < 1)
                sum.dark = 0;
            if (&other != &value)
                nearest = std::min(nearest, length_of(sum));
        }
    return nearest;
}

static cv::Rect
box_of(const Value &value)
{
    cv::Rect box = value[0]->box;

    for (const SaoyInkWord *word : value)
        box |= word->box;
    return box;
}

static size_t
letters_of(const Value &value, const SaoyWords *read)
{
    size_t n = 0;

    for (const SaoyInkWord *word : value)
        for (const char *p = read->items[word->word].text; *p != '\0';
             p = g_utf8_next_char(p))
            n += g_unichar_isalnum(g_utf8_get_char(p)) != 0;
    return n;
}

static int
confidence_of(const Value &value, const SaoyWords *read)
{
    int least = 100;

    for (const SaoyInkWord *word : value)
        least = std::min(least, read->items[word->word].confidence);
    return least;
}

/* Numbers are often put in later, by whoever registers the paper. */
static bool
is_register(const Value &value, const SaoyWords *read)
{
    size_t first = value[0]->word;

    return first > 0 && read->items[first - 1].line == read->items[first].line &&
           g_str_has_prefix(read->items[first - 1].text, "Số");
}

/* Black, neither a title nor crossed by a signature. */
static bool
is_plain(const Value &value, double width)
{
    return std::all_of(value.begin(), value.end(), [&](const SaoyInkWord *word) {
        return saoy_ink_is_black(word->ink) && word->width < MOST_WIDE * width;
    });
}

static bool
is_told(const Value &value, const std::vector<SaoyInkWord> &words, const SaoyWords *read,
        double width)
{
    return value.size() <= MOST_WORDS && letters_of(value, read) >= LEAST_LETTERS &&
           confidence_of(value, read) >= LEAST_CONFIDENCE && !is_register(value, read) &&
           is_plain(value, width) && saoy_ink_has_neighbour(box_of(value), words);
}

void
saoy_ink_values(const std::vector<SaoyInkWord> &words, const SaoyWords *read,
                SaoyInkPlaces *out)
{
    std::vector<Value> values = values_of(words, read);
    std::vector<double> widths;

    for (const SaoyInkWord &word : words)
        widths.push_back(word.width);
    double width = saoy_ink_middle(&widths);
    for (const Value &value : values) {
        double by = is_told(value, words, read, width) ? alone_by(value, values) : 0;

        if (by >= LEAST_UNLIKE)
            out->push_back({ box_of(value), by / LEAST_UNLIKE });
    }
}

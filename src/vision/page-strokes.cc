/* Writing whose ink is not that of the writing beside it. A whole value in another ink is
 * how forms are filled in; what one word has of its own, or one value alone on the page, is
 * what an officer would look at. */
#include "page-strokes.h"

#include "mat.h"
#include "vision/tamper.h"

#include <algorithm>

#define LEAST_WORDS 15
#define LEAST_DPI 150

double
saoy_ink_middle(std::vector<double> *values)
{
    if (values->empty())
        return 0;
    auto at = values->begin() + (long)(values->size() / 2);
    std::nth_element(values->begin(), at, values->end());
    return *at;
}

bool
saoy_ink_is_black(const SaoyInk &ink)
{
    return ink.blue > 0.6 && ink.blue < 1.2 && ink.red > 0.8 && ink.red < 1.2;
}

bool
saoy_ink_has_neighbour(cv::Rect own, const std::vector<SaoyInkWord> &words)
{
    cv::Rect around(own.x - 2 * own.height, own.y - own.height, own.width + 4 * own.height,
                    3 * own.height);

    return std::any_of(words.begin(), words.end(), [&](const SaoyInkWord &word) {
        return (word.box & around).area() > 0 && (word.box & own).area() == 0;
    });
}

/* One place of a number, a value is told once: where it is plainest. */
static void
tell(SaoyInkPlaces *places, SaoyTampers *out)
{
    std::vector<cv::Rect> told;

    std::stable_sort(places->begin(), places->end(),
                     [](const SaoyInkPlace &a, const SaoyInkPlace &b) {
                         return a.strength > b.strength;
                     });
    for (const SaoyInkPlace &place : *places) {
        bool known = std::any_of(told.begin(), told.end(), [&](cv::Rect other) {
            return (other & place.box).area() > 0;
        });

        if (known || out->n == SAOY_TAMPERS_MAX)
            continue;
        told.push_back(place.box);
        out->items[out->n++] = { SAOY_TAMPER_STROKES,
                                 { place.box.x, place.box.y, place.box.width,
                                   place.box.height },
                                 place.strength };
    }
}

bool
saoy_page_strokes(const SaoyImage *page, const SaoyWords *words, SaoyTampers *out,
                  GError **error)
{
    if (page->channels != 3 || page->dpi < LEAST_DPI || words->n < LEAST_WORDS)
        return true;
    return saoy_guarded(error, [&] {
        std::vector<SaoyInkWord> inks = saoy_ink_words(saoy_mat_of(page), page->dpi, words);
        SaoyInkPlaces places;

        if (inks.size() < LEAST_WORDS)
            return true;
        saoy_ink_pieces(inks, words, &places);
        saoy_ink_figures(inks, words, &places);
        saoy_ink_values(inks, words, &places);
        tell(&places, out);
        return true;
    });
}

/* Places with writing whose paper is not the page's. What is said of a place is weighed in
 * one sum: stains, folds, tinted boxes, markers, show-through are honest paper, and each is
 * told by what a forger's place is not. */
#include "page-tamper.h"
#include "mat.h"
#include "vision/tamper.h"

#include <algorithm>
#include <cmath>

/* Logistic regression (ridge 2, of shadows 3) on the places found on altered and honest
 * pages of tests/specimen/tamper.py, seeds 100 to 249, and honest ones of
 * tests/specimen/pages; of the places found on one alteration only the likeliest was
 * learned from. The sum is the logarithm of the odds, less what leaves one honest page in
 * fifty with a flag when each sixth of the pages is judged by the others. */
typedef struct {
    SaoySign sign;
    double weight;
} Weight;

/* clang-format off */
static const Weight of_place[] = {
    { SAOY_SIGN_LIGHTER, 0.33 },
    { SAOY_SIGN_DARKER, -1.98 },
    { SAOY_SIGN_TINTED, -1.48 },
    { SAOY_SIGN_Z_LIGHT, 0.79 },
    { SAOY_SIGN_Z_TINT, 1.85 },
    { SAOY_SIGN_Z_ROUGH, 0.31 },
    { SAOY_SIGN_STRONG, 2.19 },
    { SAOY_SIGN_ON_GROUND, -1.17 },
    { SAOY_SIGN_GROUND_MORE, -2.11 },
    { SAOY_SIGN_GROUND_LESS, 0.36 },
    { SAOY_SIGN_GROUND_GONE, 2.74 },
    { SAOY_SIGN_GROUND_KEPT, -3.64 },
    { SAOY_SIGN_FILL, 1.70 },
    { SAOY_SIGN_CELLS, 0.97 },
    { SAOY_SIGN_LOW, -1.00 },
    { SAOY_SIGN_HIGH, -0.45 },
    { SAOY_SIGN_INK, -4.41 },
    { SAOY_SIGN_LITTLE_INK, -7.57 },
    { SAOY_SIGN_COLOUR, -9.66 },
    { SAOY_SIGN_EVEN, 2.62 },
    { SAOY_SIGN_SHARP, 0.42 },
    { SAOY_SIGN_SOFT, -2.69 },
    { SAOY_SIGN_AROUND, -4.63 },
    { SAOY_SIGN_ALIKE, -3.75 },
    { SAOY_SIGN_SHADOW, 3.36 },
    { SAOY_SIGN_PAGE_LIGHT, 1.55 },
};
static const Weight of_shadow[] = {
    { SAOY_SIGN_Z_TINT, 0.29 },
    { SAOY_SIGN_STRONG, 2.26 },
    { SAOY_SIGN_INK, 3.25 },
    { SAOY_SIGN_LITTLE_INK, -3.06 },
    { SAOY_SIGN_COLOUR, -1.94 },
    { SAOY_SIGN_PAGE_LIGHT, 0.61 },
    { SAOY_SIGN_PAGE_ROUGH, -1.21 },
    { SAOY_SIGN_DEPTH, 0.96 },
    { SAOY_SIGN_DEEP, -1.24 },
    { SAOY_SIGN_UNEVEN, 4.66 },
    { SAOY_SIGN_COVER, 3.63 },
    { SAOY_SIGN_LENGTH, 0.81 },
    { SAOY_SIGN_BENT, -2.98 },
    { SAOY_SIGN_SHADOWS, -0.43 },
};
/* clang-format on */
#define PLACE_FROM -13.10
#define SHADOW_FROM -16.25

template <size_t N>
static double
sum_of(const Weight (&weights)[N], const double *sign)
{
    double sum = 0;

    for (const Weight &w : weights)
        sum += w.weight * sign[w.sign];
    return sum;
}

typedef struct {
    const SaoyPlace *place;
    double score; /* above 0 it is shown */
} Suspect;

static double
score_of(const SaoyPlace &place)
{
    return place.beside_shadow ? SHADOW_FROM + sum_of(of_shadow, place.sign)
                               : PLACE_FROM + sum_of(of_place, place.sign);
}

/* One alteration is found at several levels, and on both sides of its shadow. */
static bool
is_same(const cv::Rect &a, const cv::Rect &b)
{
    const int beside = 3;
    cv::Rect wide = (a + cv::Size(2 * beside, 2 * beside)) - cv::Point(beside, beside);

    return (wide & b).area() > 0.3 * std::min(a.area(), b.area());
}

/* Ink takes light away or adds colour, more than other paper would. */
static bool
is_print(const SaoyPlace &place)
{
    const double most_tone = 12, most_tint = 15;

    return std::fabs(place.differs[SAOY_PAPER_TONE] - most_tone) > 2 * most_tone ||
           place.more_tint > most_tint;
}

static std::vector<Suspect>
suspects_of(const std::vector<SaoyPlace> &places)
{
    std::vector<Suspect> all, told;

    for (const SaoyPlace &place : places)
        if (score_of(place) > 0 && !is_print(place))
            all.push_back({ &place, score_of(place) });
    std::stable_sort(all.begin(), all.end(),
                     [](const Suspect &a, const Suspect &b) { return a.score > b.score; });
    for (const Suspect &one : all)
        if (told.size() < SAOY_TAMPERS_MAX &&
            std::none_of(told.begin(), told.end(), [&](const Suspect &other) {
                return is_same(other.place->box, one.place->box);
            }))
            told.push_back(one);
    return told;
}

/* Named by what differs most; the tint tells white from other paper. */
static SaoyTamperKind
kind_of(const SaoyPlace &place, const SaoyPaper &paper)
{
    int most = SAOY_PAPER_TONE;
    auto times = [&](int t) { return std::fabs(place.differs[t]) / paper.sigma[t]; };

    for (int t = 0; t < SAOY_PAPER_N; t++)
        if (times(t) > times(most))
            most = t;
    if (place.beside_shadow || place.sign[SAOY_SIGN_SHADOW] > 0.5)
        return SAOY_TAMPER_PASTED;
    if (most >= SAOY_PAPER_ROUGH)
        return place.differs[most] > 0 ? SAOY_TAMPER_ERASED : SAOY_TAMPER_EDITED;
    if (place.more_tint < -0.5)
        return SAOY_TAMPER_COVERED;
    return place.differs[SAOY_PAPER_ROUGH] > 0.2 ? SAOY_TAMPER_ERASED : SAOY_TAMPER_PASTED;
}

static SaoyBox
box_of(cv::Rect cells, int px, cv::Size page)
{
    cv::Rect box(cells.x * px, cells.y * px, cells.width * px, cells.height * px);

    box &= cv::Rect(cv::Point(), page);
    return { box.x, box.y, box.width, box.height };
}

static SaoyTampers
tampers_of(const cv::Mat &page, int dpi)
{
    SaoyLayers layers = saoy_layers_of(page, dpi);
    SaoyPaper paper = saoy_paper_of(layers);
    std::vector<SaoyPlace> places =
        saoy_places_of(paper, saoy_edges_of(layers, paper.middle[SAOY_PAPER_ROUGH]));
    SaoyTampers out = {};

    for (const Suspect &one : suspects_of(places))
        out.items[out.n++] = {
            kind_of(*one.place, paper),
            box_of(one.place->box, SAOY_PAPER_CELL * layers.by, page.size()), 1 + one.score
        };
    return out;
}

bool
saoy_page_tampers(const SaoyImage *page, SaoyTampers *out, GError **error)
{
    const int least_dpi = 100, least_side = 300;

    *out = (SaoyTampers){};
    if (page->channels != 3 || page->dpi < least_dpi ||
        std::min(page->width, page->height) < least_side)
        return true;
    return saoy_guarded(error, [&] {
        *out = tampers_of(saoy_mat_of(page), page->dpi);
        return true;
    });
}

void
saoy_tampers_turn(SaoyTampers *tampers, int height)
{
    for (unsigned i = 0; i < tampers->n; i++) {
        SaoyBox *box = &tampers->items[i].box;

        *box = SaoyBox{ height - box->y - box->h, box->x, box->h, box->w };
    }
}

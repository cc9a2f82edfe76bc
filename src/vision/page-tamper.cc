/* Places with writing whose paper is not the page's. What is said of a place is weighed in
 * one sum for each way of finding it, and these sums together: stains, folds, tinted boxes,
 * markers, show-through are honest paper, and each is told by what a forger's place is not.
 */
#include "page-tamper.h"
#include "mat.h"
#include "vision/tamper.h"

#include <algorithm>
#include <cmath>

/* Logistic regression (ridge 2, of shadows and single traits 3) on the places found on
 * altered and honest pages of tests/specimen/tamper.py, seeds 100 to 249, 5000 to 5075,
 * 6000 to 6059 and 8000 to 8074, and honest ones of tests/specimen/pages; of the places
 * found on one alteration only the likeliest was learned from. Each sum is the logarithm of
 * the odds. */
typedef struct {
    SaoySign sign;
    double weight[SAOY_FOUND_SHADOW]; /* by what found the place */
} Weight;

typedef struct {
    SaoySign sign;
    double weight;
} ShadowWeight;

/* clang-format off */
static const Weight of_place[] = {
    /* together, ground, tint, rough */
    { SAOY_SIGN_LIGHTER, { -1.39, -0.05, -1.85, 0.68 } },
    { SAOY_SIGN_DARKER, { -3.08, -0.65, -1.93, -2.27 } },
    { SAOY_SIGN_TINTED, { -1.26, -1.25, -1.23, -0.88 } },
    { SAOY_SIGN_Z_LIGHT, { 1.39, 0.74, 1.57, 0.65 } },
    { SAOY_SIGN_Z_TINT, { 1.73, 0.70, 0.06, 1.36 } },
    { SAOY_SIGN_Z_ROUGH, { 0.22, -0.33, 0.24, 0.06 } },
    { SAOY_SIGN_STRONG, { 1.30, 1.49, 1.46, 1.39 } },
    { SAOY_SIGN_ON_GROUND, { -3.57, -1.04, 0.92, -0.55 } },
    { SAOY_SIGN_GROUND_MORE, { -2.33, 5.74, -0.80, -2.72 } },
    { SAOY_SIGN_GROUND_LESS, { 1.04, 0.41, 0.82, 0.67 } },
    { SAOY_SIGN_GROUND_GONE, { 2.93, 1.88, 0.06, 3.57 } },
    { SAOY_SIGN_GROUND_KEPT, { -3.34, -0.30, -0.39, -0.92 } },
    { SAOY_SIGN_FILL, { 3.14, 5.75, 5.72, 2.00 } },
    { SAOY_SIGN_CELLS, { 1.81, 1.88, 1.44, 0.07 } },
    { SAOY_SIGN_LOW, { -0.54, 0.13, -0.68, -0.13 } },
    { SAOY_SIGN_HIGH, { -0.39, -0.38, -0.57, 0.14 } },
    { SAOY_SIGN_INK, { -7.58, -8.58, -5.32, -12.99 } },
    { SAOY_SIGN_LITTLE_INK, { -8.50, -6.47, -5.26, -5.59 } },
    { SAOY_SIGN_COLOUR, { -9.45, -4.21, -8.67, -7.10 } },
    { SAOY_SIGN_EVEN, { 1.84, 2.68, 3.99, 5.04 } },
    { SAOY_SIGN_SHARP, { 0.01, 1.30, 0.05, -0.70 } },
    { SAOY_SIGN_SOFT, { -2.06, -0.29, -1.19, -1.64 } },
    { SAOY_SIGN_AROUND, { -6.15, -5.49, -4.40, -2.19 } },
    { SAOY_SIGN_ALIKE, { -3.65, -3.01, -2.38, -2.64 } },
    { SAOY_SIGN_SHADOW, { 1.79, 2.77, 2.47, 2.91 } },
    { SAOY_SIGN_PAGE_LIGHT, { 1.80, 1.32, 1.31, -0.13 } },
};
static const ShadowWeight of_shadow[] = {
    { SAOY_SIGN_Z_TINT, -0.07 },
    { SAOY_SIGN_STRONG, 3.28 },
    { SAOY_SIGN_INK, 0.96 },
    { SAOY_SIGN_LITTLE_INK, -4.31 },
    { SAOY_SIGN_COLOUR, -8.89 },
    { SAOY_SIGN_PAGE_LIGHT, -0.63 },
    { SAOY_SIGN_PAGE_ROUGH, -0.82 },
    { SAOY_SIGN_DEPTH, 1.53 },
    { SAOY_SIGN_DEEP, -1.53 },
    { SAOY_SIGN_UNEVEN, 3.10 },
    { SAOY_SIGN_COVER, -0.49 },
    { SAOY_SIGN_LENGTH, 0.61 },
    { SAOY_SIGN_BENT, -2.76 },
    { SAOY_SIGN_SHADOWS, -0.14 },
};
static const double sums_from[SAOY_FOUND_N] = {
    -13.98, -16.83, -14.38, -6.75, -12.95
};
/* The same again on those sums, each judged on pages it was not learned from: what several
 * searches find in one place is likelier. Above 0
 * about one honest page in fifty has a flag. */
static const double trust[SAOY_FOUND_N] = { 0.69, 0.42, 0.42, 0.38, 0.49 };
/* clang-format on */
#define TRUST_FROM 4.35
#define LEAST_SUM -4.0 /* what was not found weighs no less */
#define MOST_SUM 4.0

static double
sum_of(const SaoyPlace &place)
{
    double sum = sums_from[place.finder];

    if (place.finder == SAOY_FOUND_SHADOW)
        for (const ShadowWeight &w : of_shadow)
            sum += w.weight * place.sign[w.sign];
    else
        for (const Weight &w : of_place)
            sum += w.weight[place.finder] * place.sign[w.sign];
    return sum;
}

typedef struct {
    const SaoyPlace *place;
    double score;              /* above 0 it is shown */
    double said[SAOY_FOUND_N]; /* of it by each search at the place */
} Suspect;

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

static bool
is_likelier(const Suspect &a, const Suspect &b)
{
    return a.score > b.score;
}

/* The likeliest first, which speaks for what is found at the same place after it. */
static std::vector<Suspect>
candidates_of(const std::vector<SaoyPlace> &places)
{
    std::vector<Suspect> all;

    for (const SaoyPlace &place : places)
        if (sum_of(place) > LEAST_SUM - 1 && !is_print(place))
            all.push_back({ &place, sum_of(place), {} });
    std::stable_sort(all.begin(), all.end(), is_likelier);
    return all;
}

static void
add_to(std::vector<Suspect> *heads, const Suspect &one)
{
    auto head = std::find_if(heads->begin(), heads->end(), [&](const Suspect &other) {
        return is_same(other.place->box, one.place->box);
    });

    if (head == heads->end()) {
        head = heads->insert(head, one);
        std::fill_n(head->said, SAOY_FOUND_N, LEAST_SUM);
    }
    double *said = &head->said[one.place->finder];
    *said = std::max(*said, std::min(one.score, MOST_SUM));
}

static std::vector<Suspect>
suspects_of(const std::vector<SaoyPlace> &places)
{
    std::vector<Suspect> heads, told;

    for (const Suspect &one : candidates_of(places))
        add_to(&heads, one);
    for (Suspect &head : heads) {
        head.score = TRUST_FROM;
        for (int finder = 0; finder < SAOY_FOUND_N; finder++)
            head.score += trust[finder] * head.said[finder];
        if (head.score > 0)
            told.push_back(head);
    }
    std::stable_sort(told.begin(), told.end(), is_likelier);
    if (told.size() > SAOY_TAMPERS_MAX)
        told.erase(told.begin() + SAOY_TAMPERS_MAX, told.end());
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
    if (place.finder == SAOY_FOUND_SHADOW || place.sign[SAOY_SIGN_SHADOW] > 0.5)
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

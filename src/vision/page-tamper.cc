/* Places with writing whose paper is not the page's. Stains, folds, tinted boxes, markers,
 * show-through are honest paper: each is told by what a forger's place is not. */
#include "page-tamper.h"

#include "mat.h"
#include "vision/tamper.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define LEAST_CELLS 16
#define LEAST_HIGH \
    4 /* cells: what is wiped, painted or pasted reaches beyond the letters */
#define LEAST_WEIGHT 11 /* of strength x root of cells: both faint and small is chance */
#define RIM_MM 12       /* frames and torn sides are further out */
#define FRAME_MM 18     /* a wide frame ends */
#define HIGHEST_MM 14.5 /* two lines of writing */
#define LEAST_STRENGTH 1.25
#define LEAST_MISSING 1.75 /* a ground is uneven by itself */
#define LEAST_STAIN 22     /* of weight, for what has the colour of a stain */
#define LEAST_INK 0.05
#define LEAST_SHEET_MM 40
#define MOST_TONE 12   /* more is print: a tinted box, a photograph */
#define MOST_COLOUR 15 /* more is a marker, a stamp */

/* Cells that belong together and differ in one trait the one way. */
typedef struct {
    int trait, sign, cells;
    cv::Rect box;                 /* in cells */
    double differs[SAOY_PAPER_N]; /* its means */
    double strength;              /* of its own trait */
    double weight;                /* of all traits that differ here */
    double ink, colour;           /* shares of its box; of its ink */
    double fill;
} Spot;

/* A fold or a scanner's streak runs through the page. */
static void
drop_lines(cv::Mat *hit)
{
    for (int y = 0; y < hit->rows; y++)
        if (cv::countNonZero(hit->row(y)) > hit->cols / 2)
            hit->row(y).setTo(0);
    for (int x = 0; x < hit->cols; x++)
        if (cv::countNonZero(hit->col(x)) > hit->rows / 2)
            hit->col(x).setTo(0);
}

static double
mean_where(const cv::Mat &differs, const cv::Mat &own)
{
    double sum = 0;
    int n = 0;

    for (int y = 0; y < own.rows; y++)
        for (int x = 0; x < own.cols; x++)
            if (own.at<uint8_t>(y, x) && differs.at<float>(y, x) != 0) {
                sum += differs.at<float>(y, x);
                n++;
            }
    return n > 0 ? sum / n : 0;
}

static Spot
spot_of(const SaoyPaper &paper, int trait, int sign, cv::Rect box, const cv::Mat &own)
{
    Spot spot = { trait, sign, cv::countNonZero(own), box, {}, 0, 0, 0, 0, 0 };
    double ink = cv::mean(paper.ink(box))[0];

    for (int t = 0; t < SAOY_PAPER_N; t++)
        spot.differs[t] = mean_where(paper.differs[t](box), own);
    spot.strength = std::fabs(spot.differs[trait]) / paper.least[trait];
    spot.ink = ink;
    spot.colour = ink > 0 ? cv::mean(paper.colour(box))[0] / ink : 0;
    spot.fill = (double)spot.cells / box.area();
    return spot;
}

static void
find_spots(const SaoyPaper &paper, int trait, int sign, std::vector<Spot> *out)
{
    const int least = 10;
    cv::Mat hit = paper.differs[trait] * sign > paper.least[trait], labels, stats, centres;

    drop_lines(&hit);
    cv::morphologyEx(hit, hit, cv::MORPH_CLOSE, cv::Mat::ones(3, 7, CV_8U));
    int n = cv::connectedComponentsWithStats(hit, labels, stats, centres);
    for (int i = 1; i < n; i++) {
        cv::Rect box(stats.at<int>(i, cv::CC_STAT_LEFT), stats.at<int>(i, cv::CC_STAT_TOP),
                     stats.at<int>(i, cv::CC_STAT_WIDTH),
                     stats.at<int>(i, cv::CC_STAT_HEIGHT));

        if (stats.at<int>(i, cv::CC_STAT_AREA) >= least)
            out->push_back(spot_of(paper, trait, sign, box, labels(box) == i));
    }
}

/* Off the rim, filled, no less than a word. */
static bool
is_place(const Spot &spot, cv::Size page, double mm)
{
    bool missing = spot.trait == SAOY_PAPER_ROUGH && spot.sign < 0;
    int rim = (int)std::ceil((missing ? FRAME_MM : RIM_MM) / mm);
    cv::Rect inner(rim, rim, page.width - 2 * rim, page.height - 2 * rim);

    return spot.cells >= LEAST_CELLS && (spot.box & inner) == spot.box &&
           spot.box.width * mm >= 7 && spot.box.height >= LEAST_HIGH && spot.fill >= 0.45;
}

/* Of a line of writing's height, with writing in it. */
static bool
is_field(const Spot &spot, double mm)
{
    return spot.box.width * mm <= 180 && spot.box.height * mm <= HIGHEST_MM &&
           spot.ink >= LEAST_INK && spot.ink <= 0.45 && spot.weight >= LEAST_WEIGHT;
}

/* How far the tint of the place is from no tint at all, less what the page's is. */
static double
more_tint(const Spot &spot, const SaoyPaper &paper)
{
    return std::hypot(paper.red + spot.differs[SAOY_PAPER_RED],
                      paper.blue + spot.differs[SAOY_PAPER_BLUE]) -
           std::hypot(paper.red, paper.blue);
}

/* Ink takes light away or adds colour, more than other paper would. */
static bool
is_print(const Spot &spot, const SaoyPaper &paper)
{
    return spot.differs[SAOY_PAPER_TONE] < -MOST_TONE ||
           spot.differs[SAOY_PAPER_TONE] > 3 * MOST_TONE ||
           more_tint(spot, paper) > MOST_COLOUR;
}

static double
overlap(cv::Rect a, cv::Rect b)
{
    return (double)(a & b).area() / std::min(a.area(), b.area());
}

/* Both a faint and a small place is chance. */
static double
own_weight(const Spot &spot)
{
    return spot.strength * std::sqrt(spot.cells);
}

static void
weigh(std::vector<Spot> *places)
{
    for (Spot &spot : *places) {
        double sum = own_weight(spot) * own_weight(spot);

        for (const Spot &other : *places)
            if (other.trait != spot.trait && overlap(spot.box, other.box) > 0.5)
                sum += own_weight(other) * own_weight(other);
        spot.weight = std::sqrt(sum);
    }
}

/* Pieces of one line that a wide stroke parts are one place. */
static bool
is_one_place(const Spot &a, const Spot &b)
{
    int above = std::max(a.box.y, b.box.y);
    int below = std::min(a.box.y + a.box.height, b.box.y + b.box.height);
    int left = std::min(a.box.x + a.box.width, b.box.x + b.box.width);
    int right = std::max(a.box.x, b.box.x);

    return right - left < 8 && below - above > std::min(a.box.height, b.box.height) / 2;
}

static bool
is_alike(const Spot &a, const Spot &b)
{
    for (int t = 0; t < SAOY_PAPER_N; t++) {
        double most = t == SAOY_PAPER_ROUGH ? 0.5 : 0.7;
        double large = std::max(std::fabs(a.differs[t]), std::fabs(b.differs[t]));

        if (std::fabs(a.differs[t] - b.differs[t]) > std::max(most, 0.3 * large))
            return false;
    }
    return true;
}

/* What a page shows in several places was printed so, or shows through. */
static bool
is_repeated(const Spot &spot, const std::vector<Spot> &all, const std::vector<Spot> &places)
{
    auto elsewhere = [&](const Spot &other) {
        return other.trait == spot.trait && other.sign == spot.sign &&
               !is_one_place(spot, other);
    };
    auto alike = [&](const Spot &other) {
        return elsewhere(other) && is_alike(spot, other);
    };
    auto as_strong = [&](const Spot &other) {
        return elsewhere(other) && own_weight(other) >= 0.6 * own_weight(spot);
    };
    auto between = [&](const Spot &other) {
        return alike(other) && other.ink < LEAST_INK &&
               other.strength >= 0.7 * spot.strength;
    };

    return std::any_of(places.begin(), places.end(), alike) ||
           std::count_if(places.begin(), places.end(), as_strong) >= 3 ||
           std::count_if(all.begin(), all.end(), between) >= 3;
}

/* No print and nothing that shows through makes paper whiter, or rougher without making it
 * darker: forgers do, at more than one place of a page. */
static bool
is_unlike_print(const Spot &spot, const SaoyPaper &paper)
{
    bool rougher = spot.trait == SAOY_PAPER_ROUGH && spot.sign > 0;
    double tone = spot.differs[SAOY_PAPER_TONE];

    return (rougher && tone > -0.5) || (more_tint(spot, paper) < -1 && tone > -1.5);
}

/* A title, a seal, a frame: the paper beside takes its colour. */
static bool
is_coloured(const Spot &spot)
{
    bool missing = spot.trait == SAOY_PAPER_ROUGH && spot.sign < 0;

    return spot.colour > (missing ? 0.3 : 0.6);
}

/* A stain, a marker: the same goes on above and below the line. Or a small sheet that lies
 * on the glass, whose own paper is all there is. */
static bool
is_part_of(const Spot &spot, const Spot &other, const SaoyPaper &paper, double mm)
{
    bool sheet = std::min(other.box.width, other.box.height) * mm > LEAST_SHEET_MM;
    bool larger = is_print(other, paper) || other.box.height * mm > HIGHEST_MM;
    bool same =
        other.differs[spot.trait] * spot.sign > 0.5 * std::fabs(spot.differs[spot.trait]);

    return larger && (sheet || (same && other.fill > 0.4)) &&
           overlap(spot.box, other.box) > 0.3;
}

/* Beside what is no paper at all. */
static bool
is_beside_dark(const Spot &spot, const SaoyPaper &paper)
{
    const int beside = 2, least = 4;
    cv::Rect box = spot.box + cv::Size(2 * beside, 2 * beside) - cv::Point(beside, beside);

    box &= cv::Rect(0, 0, paper.ink.cols, paper.ink.rows);
    return cv::countNonZero(cv::abs(paper.differs[SAOY_PAPER_TONE](box)) > 2 * MOST_TONE) >=
           least;
}

/* Named by what differs most; the tint tells white from other paper. */
static SaoyTamperKind
kind_of(const Spot &spot, const SaoyPaper &paper)
{
    if (spot.trait == SAOY_PAPER_ROUGH)
        return spot.sign > 0 ? SAOY_TAMPER_ERASED : SAOY_TAMPER_EDITED;
    if (more_tint(spot, paper) < -0.5)
        return SAOY_TAMPER_COVERED;
    return spot.differs[SAOY_PAPER_ROUGH] > paper.least[SAOY_PAPER_ROUGH]
               ? SAOY_TAMPER_ERASED
               : SAOY_TAMPER_PASTED;
}

/* Darker and yellower: tea, age, damp. */
static bool
is_stain(const Spot &spot)
{
    return spot.differs[SAOY_PAPER_TONE] < -0.5 && spot.differs[SAOY_PAPER_BLUE] < -1 &&
           spot.weight < LEAST_STAIN;
}

static bool
is_plain(const Spot &spot)
{
    bool missing = spot.trait == SAOY_PAPER_ROUGH && spot.sign < 0;

    return spot.strength >= (missing ? LEAST_MISSING : LEAST_STRENGTH) && !is_stain(spot);
}

static bool
is_suspect(const Spot &spot, const SaoyPaper &paper, const std::vector<Spot> &all,
           const std::vector<Spot> &places, double mm)
{
    return is_field(spot, mm) && is_plain(spot) && !is_coloured(spot) &&
           !is_beside_dark(spot, paper) &&
           (is_unlike_print(spot, paper) || !is_repeated(spot, all, places)) &&
           std::none_of(all.begin(), all.end(), [&](const Spot &other) {
               return is_part_of(spot, other, paper, mm);
           });
}

static std::vector<Spot>
suspects_of(const SaoyPaper &paper, double mm)
{
    std::vector<Spot> all, places, left;

    for (int t = 0; t < SAOY_PAPER_N; t++)
        for (int sign = -1; sign <= 1; sign += 2)
            find_spots(paper, t, sign, &all);
    std::copy_if(all.begin(), all.end(), std::back_inserter(places),
                 [&](const Spot &spot) { return is_place(spot, paper.ink.size(), mm); });
    weigh(&places);
    std::copy_if(
        places.begin(), places.end(), std::back_inserter(left),
        [&](const Spot &spot) { return is_suspect(spot, paper, all, places, mm); });
    std::stable_sort(left.begin(), left.end(),
                     [](const Spot &a, const Spot &b) { return a.weight > b.weight; });
    return left;
}

static SaoyBox
box_of(cv::Rect cells, double px, cv::Size page)
{
    cv::Rect box((int)(cells.x * px), (int)(cells.y * px), (int)(cells.width * px),
                 (int)(cells.height * px));

    box &= cv::Rect(0, 0, page.width, page.height);
    return { box.x, box.y, box.width, box.height };
}

static SaoyTampers
tampers_of(const cv::Mat &page, int dpi)
{
    SaoyPaper paper = saoy_paper_map(page, dpi);
    std::vector<cv::Rect> told;
    SaoyTampers out = {};

    for (const Spot &spot : suspects_of(paper, paper.cell_px * 25.4 / dpi)) {
        bool known = std::any_of(told.begin(), told.end(), [&](cv::Rect other) {
            return overlap(spot.box, other) > 0.3;
        });

        if (known || out.n == SAOY_TAMPERS_MAX)
            continue;
        told.push_back(spot.box);
        out.items[out.n++] = { kind_of(spot, paper),
                               box_of(spot.box, paper.cell_px, page.size()),
                               spot.strength };
    }
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

/* Places that differ from the paper around in light, tint, roughness and ground taken
 * together, at five levels of difference: a place that hangs together with its surroundings
 * at one stands alone at the next. And in one of them alone; and beside shadows. */
#include "page-tamper.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define CELL_MM (SAOY_PAPER_CELL * 25.4 / 100)
#define RIM_MM 10      /* frames and torn sides are further out */
#define HIGHEST_MM 16  /* two lines of writing */
#define MOST_SHADOWS 8 /* more are show-through, or the print's own */

/* How many deviations each cell differs by, all traits together. */
static cv::Mat
distance_of(const SaoyPaper &paper)
{
    const double most = 15; /* of one trait */
    cv::Mat sum = cv::Mat::zeros(paper.ink.size(), CV_32F), distance;

    for (int t = 0; t < SAOY_PAPER_N; t++) {
        cv::Mat times = cv::min(cv::abs(paper.differs[t]) / paper.sigma[t], most);

        sum += times.mul(times);
    }
    cv::sqrt(sum, distance);
    return distance;
}

/* A fold or a scanner's streak is thin and runs through the page; what lies on both sides
 * of a fold goes on under it. */
static void
drop_lines(cv::Mat *hit)
{
    const int most = 4;

    for (int y = 0; y < hit->rows; y++) {
        int end = y;

        while (end < hit->rows && cv::countNonZero(hit->row(end)) > hit->cols * 0.8)
            end++;
        if (end > y && end - y <= most && y > 0 && end < hit->rows)
            for (int i = y; i < end; i++)
                cv::bitwise_and(hit->row(y - 1), hit->row(end), hit->row(i));
        y = end;
    }
    for (int x = 0; x < hit->cols; x++)
        if (cv::countNonZero(hit->col(x)) > hit->rows / 2)
            hit->col(x).setTo(0);
}

static bool
is_place(const SaoyPaper &paper, const SaoyPlace &place)
{
    const int rim = (int)std::ceil(RIM_MM / CELL_MM);
    cv::Rect inner(rim, rim, paper.ink.cols - 2 * rim, paper.ink.rows - 2 * rim);
    double ink = cv::mean(paper.ink(place.box))[0];

    return place.cells >= 12 && (place.box & inner) == place.box &&
           place.box.width * CELL_MM >= 6 && place.box.height >= 3 &&
           place.box.height * CELL_MM <= HIGHEST_MM &&
           place.cells >= 0.4 * place.box.area() && ink >= 0.004 && ink <= 0.5;
}

/* A search: what differs by all traits or by one, that much. */
typedef struct {
    SaoyFinder finder;
    int pass;
    cv::Mat hit;
} Search;

static void
find_places(const SaoyPaper &paper, const cv::Mat &distance, const Search &search,
            std::vector<SaoyPlace> *out)
{
    cv::Mat hit = search.hit, labels, stats, centres;

    drop_lines(&hit);
    cv::morphologyEx(hit, hit, cv::MORPH_CLOSE, cv::Mat::ones(3, 7, CV_8U));
    cv::morphologyEx(hit, hit, cv::MORPH_OPEN, cv::Mat::ones(3, 3, CV_8U));
    int n = cv::connectedComponentsWithStats(hit, labels, stats, centres, 4);
    for (int i = 1; i < n; i++) {
        const int *stat = stats.ptr<int>(i);
        SaoyPlace place = {};

        place.box = cv::Rect(stat[cv::CC_STAT_LEFT], stat[cv::CC_STAT_TOP],
                             stat[cv::CC_STAT_WIDTH], stat[cv::CC_STAT_HEIGHT]);
        place.cells = stat[cv::CC_STAT_AREA];
        place.finder = search.finder;
        place.pass = search.pass;
        if (!is_place(paper, place))
            continue;
        place.own = labels(place.box) == i;
        saoy_place_say(paper, distance, hit, &place);
        out->push_back(place);
    }
}

/* What a page shows in several places was printed so, or shows through. */
static bool
is_alike(const SaoyPlace &a, const SaoyPlace &b)
{
    if (a.pass != b.pass || (a.box & b.box).area() > 0)
        return false;
    for (int t = 0; t < SAOY_PAPER_N; t++) {
        double most = t >= SAOY_PAPER_ROUGH ? 0.2 : 0.7;
        double large = std::max(std::fabs(a.differs[t]), std::fabs(b.differs[t]));

        if (std::fabs(a.differs[t] - b.differs[t]) > std::max(most, 0.3 * large))
            return false;
    }
    return true;
}

/* As high as a line of writing, on the one side of the shadow or the other. */
static cv::Rect
beside(const SaoyEdge &edge, bool far_side)
{
    const int high = 6, wide = 16, px = SAOY_PAPER_CELL;
    int x = edge.box.x / px, y = edge.box.y / px;
    int right = (edge.box.x + edge.box.width + px - 1) / px;
    int below = (edge.box.y + edge.box.height + px - 1) / px;

    if (edge.upright)
        return cv::Rect(far_side ? right : x - wide, y, wide, below - y);
    return cv::Rect(x, far_side ? below : y - high, right - x, high);
}

static void
add_beside_shadows(const SaoyPaper &paper, const cv::Mat &distance,
                   const std::vector<SaoyEdge> &edges, std::vector<SaoyPlace> *out)
{
    const cv::Mat none = cv::Mat::zeros(distance.size(), CV_8U);

    for (const SaoyEdge &edge : edges)
        for (bool far_side : { false, true }) {
            SaoyPlace place = {};

            place.box = beside(edge, far_side) & cv::Rect(cv::Point(), distance.size());
            place.cells = place.box.area();
            if (place.cells < 12)
                continue;
            place.own = cv::Mat(place.box.size(), CV_8U, cv::Scalar(255));
            place.finder = SAOY_FOUND_SHADOW;
            saoy_place_say(paper, distance, none, &place);
            saoy_shadow_say(paper, edge, edges.size(), &place);
            out->push_back(place);
        }
}

/* The ground missing, other tint either way, rougher; at two levels of difference. */
static void
find_by_one(const SaoyPaper &paper, const cv::Mat &distance, std::vector<SaoyPlace> *out)
{
    const struct {
        SaoyFinder finder;
        SaoyPaperTrait trait;
        int sign;
    } ways[] = {
        { SAOY_FOUND_GROUND, SAOY_PAPER_GROUND, -1 },
        { SAOY_FOUND_TINT, SAOY_PAPER_RED, -1 },
        { SAOY_FOUND_TINT, SAOY_PAPER_RED, 1 },
        { SAOY_FOUND_TINT, SAOY_PAPER_BLUE, -1 },
        { SAOY_FOUND_TINT, SAOY_PAPER_BLUE, 1 },
        { SAOY_FOUND_ROUGH, SAOY_PAPER_ROUGH, 1 },
    };
    int pass = 0;

    for (auto &way : ways)
        for (double level : { 3.5, 7.0 }) {
            double from = level * paper.sigma[way.trait];

            find_places(paper, distance,
                        { way.finder, ++pass, paper.differs[way.trait] * way.sign > from },
                        out);
        }
}

std::vector<SaoyPlace>
saoy_places_of(const SaoyPaper &paper, const std::vector<SaoyEdge> &edges)
{
    std::vector<SaoyPlace> out;
    cv::Mat distance = distance_of(paper);

    for (int level : { 4, 6, 9, 13, 19 })
        find_places(paper, distance, { SAOY_FOUND_TOGETHER, -level, distance > level },
                    &out);
    find_by_one(paper, distance, &out);
    for (SaoyPlace &place : out) {
        place.sign[SAOY_SIGN_ALIKE] =
            std::any_of(out.begin(), out.end(),
                        [&](const SaoyPlace &other) { return is_alike(place, other); });
        for (const SaoyEdge &edge : edges)
            place.sign[SAOY_SIGN_SHADOW] =
                std::max(place.sign[SAOY_SIGN_SHADOW], saoy_shadow_along(edge, place.box));
    }
    if (edges.size() <= MOST_SHADOWS)
        add_beside_shadows(paper, distance, edges, &out);
    return out;
}

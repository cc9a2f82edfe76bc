/* A card on the glass. Its size is known, so one rectangle is fitted to all the edges that
 * are seen: shadows beside it, rounded corners and pale sides pull it nowhere. */
#include "page-glass.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define NEAR_MM 5        /* most that shadow and pale print make of a thing's size */
#define RIM_MM 6         /* looked at around the thing */
#define LEAST_EDGE 2.5   /* levels, of Sobel's: an edge, if the picture's grain is less */
#define OVER_GRAIN 2.0   /* times the median of what is seen */
#define ENOUGH 2.0       /* times the least edge: more does not make it surer */
#define LEAST_SEEN 0.62  /* of a side's spots, to be its edge */
#define LEAST_ALL 0.78   /* of all of them */
#define STEP_MM 1.0      /* from one spot to the next */
#define ROUNDED_MM 4.5   /* left out at both ends */
#define NEAR_EDGE_MM 0.8 /* most that an edge lies beside the place found roughly */

/* A rectangle of a card's size. */
typedef struct {
    cv::Point2d middle;
    double degrees; /* of its longer side */
} Place;

/* On a side of it: where, and which way is out. */
typedef struct {
    cv::Point2d at, out;
    int side;
} Spot;

static void
add_side(cv::Point2d middle, cv::Point2d along, int side, std::vector<Spot> *spots)
{
    double length = std::hypot(along.x, along.y), leave = saoy_work_px(ROUNDED_MM);

    for (double at = leave - length / 2; at <= length / 2 - leave;
         at += saoy_work_px(STEP_MM))
        spots->push_back({ middle + along * (at / length),
                           middle * (1 / std::hypot(middle.x, middle.y)), side });
}

/* Of a card that lies level around 0, 0. */
static std::vector<Spot>
spots_of_card(void)
{
    double w = saoy_work_px(SAOY_CARD_LONG_MM), h = saoy_work_px(SAOY_CARD_SHORT_MM);
    std::vector<Spot> spots;

    add_side({ 0, -h / 2 }, { w, 0 }, 0, &spots);
    add_side({ w / 2, 0 }, { 0, h }, 1, &spots);
    add_side({ 0, h / 2 }, { w, 0 }, 2, &spots);
    add_side({ -w / 2, 0 }, { 0, h }, 3, &spots);
    return spots;
}

/* Change of the channel that changes most, along x and y. */
typedef struct {
    cv::Mat x, y;
    cv::Point at;            /* of the first pixel, in the scan */
    double least;            /* to be an edge */
    std::vector<Spot> spots; /* of a card that lies level around 0, 0 */
} Edges;

static void
strongest(const cv::Mat &rgb, int dx, int dy, cv::Mat *out)
{
    cv::Mat change;
    std::vector<cv::Mat> planes;

    cv::Sobel(rgb, change, CV_16S, dx, dy, 3, 0.25);
    cv::split(change, planes);
    *out = cv::abs(planes[0]);
    for (size_t c = 1; c < planes.size(); c++)
        *out = cv::max(*out, cv::Mat(cv::abs(planes[c])));
    /* an edge that is drawn as a line changes on both sides of it */
    cv::GaussianBlur(*out, *out, cv::Size(5, 5), 1.2);
}

static double
median_of(const cv::Mat &values)
{
    std::vector<int16_t> all;

    for (int y = 0; y < values.rows; y += 2)
        for (int x = 0; x < values.cols; x += 2)
            all.push_back((int16_t)values.at<int16_t>(y, x));
    std::nth_element(all.begin(), all.begin() + (long)all.size() / 2, all.end());
    return all[all.size() / 2];
}

static Edges
edges_of(const cv::Mat &rgb, const cv::RotatedRect &thing)
{
    Edges edges = {};
    int rim = (int)saoy_work_px(RIM_MM);
    cv::Rect box = thing.boundingRect();
    cv::Mat soft;

    box = (cv::Rect(box.x - rim, box.y - rim, box.width + 2 * rim, box.height + 2 * rim) &
           cv::Rect(cv::Point(0, 0), rgb.size()));
    cv::blur(rgb(box), soft, cv::Size(3, 3));
    strongest(soft, 1, 0, &edges.x);
    strongest(soft, 0, 1, &edges.y);
    edges.at = box.tl();
    edges.spots = spots_of_card();
    edges.least = std::max(LEAST_EDGE, OVER_GRAIN * median_of(edges.x));
    return edges;
}

static cv::Point2d
turned(cv::Point2d p, double degrees)
{
    double c = std::cos(degrees * CV_PI / 180), s = std::sin(degrees * CV_PI / 180);

    return { p.x * c - p.y * s, p.x * s + p.y * c };
}

/* The spots of a card in this place. */
static std::vector<Spot>
laid(const std::vector<Spot> &spots, const Place &place)
{
    std::vector<Spot> there;

    for (const Spot &spot : spots)
        there.push_back({ place.middle + turned(spot.at, place.degrees),
                          turned(spot.out, place.degrees), spot.side });
    return there;
}

/* Of an edge that runs across this way out; below 0 outside the scan. */
static double
edge_at(const Edges &edges, cv::Point2d at, cv::Point2d out)
{
    int x = (int)std::lround(at.x) - edges.at.x, y = (int)std::lround(at.y) - edges.at.y;

    if (x < 1 || y < 1 || x >= edges.x.cols - 1 || y >= edges.x.rows - 1)
        return -1;
    return edges.x.at<int16_t>(y, x) * std::fabs(out.x) +
           edges.y.at<int16_t>(y, x) * std::fabs(out.y);
}

/* Over the spots that lie on the scan; of a card laid into a corner of the glass two sides
 * may not. */
static double
mean_edge(const Edges &edges, const std::vector<Spot> &spots, cv::Point2d by)
{
    double sum = 0;
    size_t inside = 0;

    for (const Spot &spot : spots) {
        double edge = edge_at(edges, spot.at + by, spot.out);

        sum += std::clamp(edge, 0.0, ENOUGH * edges.least);
        inside += edge >= 0;
    }
    return sum / (double)std::max(inside, spots.size() * 2 / 5);
}

/* The best of (2 n + 1)^2 places and (2 m + 1) angles around this one. */
static Place
best_around(const Edges &edges, const Place &start, int n, double step, int m, double turn)
{
    Place best = start;
    double most = -1;

    for (int t = -m; t <= m; t++) {
        std::vector<Spot> spots =
            laid(edges.spots, { start.middle, start.degrees + t * turn });

        for (int i = 0; i < (2 * n + 1) * (2 * n + 1); i++) {
            cv::Point2d by((i % (2 * n + 1) - n) * step, (i / (2 * n + 1) - n) * step);
            double mean = mean_edge(edges, spots, by);

            if (mean > most) {
                most = mean;
                best = { start.middle + by, start.degrees + t * turn };
            }
        }
    }
    return best;
}

/* How far out of this spot its edge is. */
static bool
edge_near(const Edges &edges, const Spot &spot, double *out)
{
    double most = edges.least;

    for (double by = -saoy_work_px(NEAR_EDGE_MM); by <= saoy_work_px(NEAR_EDGE_MM);
         by += 0.5) {
        double edge = edge_at(edges, spot.at + spot.out * by, spot.out);

        if (edge > most) {
            most = edge;
            *out = by;
        }
    }
    return most > edges.least;
}

/* Moves and turns the card onto the edges seen beside it; those that lie off, as print
 * does, count little. */
static Place
drawn_to_edges(const Edges &edges, const Place &start)
{
    cv::Vec3d move(0, 0, 0); /* x, y, radians */
    std::vector<cv::Vec3d> rows;
    std::vector<double> offs;

    for (const Spot &spot : laid(edges.spots, start)) {
        cv::Point2d arm = spot.at - start.middle;
        double off = 0;

        if (!edge_near(edges, spot, &off))
            continue;
        rows.push_back({ spot.out.x, spot.out.y, arm.x * spot.out.y - arm.y * spot.out.x });
        offs.push_back(off);
    }
    for (int round = 0; round < 8 && rows.size() > 20; round++) {
        cv::Matx33d all = cv::Matx33d::zeros();
        cv::Vec3d right(0, 0, 0);

        for (size_t i = 0; i < rows.size(); i++) {
            double left = offs[i] - rows[i].dot(move), weight = 1 / (1 + left * left);

            all += weight * (rows[i] * rows[i].t());
            right += weight * offs[i] * rows[i];
        }
        move = all.solve(right, cv::DECOMP_SVD);
    }
    return { start.middle + cv::Point2d(move[0], move[1]),
             start.degrees + move[2] * 180 / CV_PI };
}

/* Each side that lies on the scan shows its edge, nearly all along. */
static bool
is_seen(const Edges &edges, const Place &place)
{
    int on[4] = {}, inside[4] = {}, of[4] = {}, sides = 0;

    for (const Spot &spot : laid(edges.spots, place)) {
        double edge = edge_at(edges, spot.at, spot.out);

        of[spot.side]++;
        inside[spot.side] += edge >= 0;
        on[spot.side] += edge > edges.least;
    }
    for (int k = 0; k < 4; k++) {
        if (inside[k] < of[k] / 2)
            continue;
        if (on[k] < LEAST_SEEN * inside[k])
            return false;
        sides++;
    }
    return sides >= 2 && on[0] + on[1] + on[2] + on[3] >
                             LEAST_ALL * (inside[0] + inside[1] + inside[2] + inside[3]);
}

static SaoyOutline
outline_of(const Place &place)
{
    float w = (float)saoy_work_px(SAOY_CARD_LONG_MM),
          h = (float)saoy_work_px(SAOY_CARD_SHORT_MM);
    SaoyOutline outline = {};

    cv::RotatedRect(place.middle, cv::Size2f(w, h), (float)place.degrees)
        .points(outline.corner);
    saoy_outline_order(outline.corner);
    outline.known = outline.square = outline.card = true;
    return outline;
}

static bool
is_like_card(cv::Size2f size)
{
    double longer = std::max(size.width, size.height);
    double shorter = std::min(size.width, size.height);

    return std::fabs(longer - saoy_work_px(SAOY_CARD_LONG_MM)) < saoy_work_px(NEAR_MM) &&
           std::fabs(shorter - saoy_work_px(SAOY_CARD_SHORT_MM)) < saoy_work_px(NEAR_MM);
}

bool
saoy_card_of(const cv::Mat &rgb, const cv::RotatedRect &thing, SaoyOutline *out)
{
    Place place = { thing.center,
                    thing.angle + (thing.size.width > thing.size.height ? 0.0 : 90.0) };

    if (!is_like_card(thing.size))
        return false;
    Edges edges = edges_of(rgb, thing);
    place = best_around(edges, place, 7, 2.5, 6, 0.5);
    place = best_around(edges, place, 2, 1, 3, 0.15);
    place = drawn_to_edges(edges, place);
    if (!is_seen(edges, place))
        return false;
    *out = outline_of(place);
    return true;
}

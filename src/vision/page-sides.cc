/* The four sides of a sheet: believed only where all of them were seen and are straight. */
#include "page-glass.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define STRAIGHT_MM 0.7   /* mean distance of a side's points from its line */
#define LEAST_FILLED 0.94 /* of the four sides by the sheet; a corner may be missing */
#define LEAST_CORNER 0.7  /* of a corner's triangle, for it to be there */
#define CORNER_MM 15
#define SQUARE_DEGREES 0.4 /* opposite sides turned less are parallel */
#define SIZE_MM 2.5

typedef struct {
    cv::Point2f at, along;
    double off; /* mean distance of its points, mm */
} Side;

/* The line of contour points that are nearest to this side of the four corners. */
static bool
fit_side(const SaoyContour &contour, const cv::Point2f corner[4], int k, Side *out)
{
    cv::Point2f from = corner[k], way = corner[(k + 1) % 4] - from;
    double length = std::hypot(way.x, way.y);
    std::vector<cv::Point2f> points;
    cv::Vec4f line;

    for (const cv::Point &p : contour) {
        cv::Point2f d = cv::Point2f(p) - from;
        double along = (d.x * way.x + d.y * way.y) / (length * length);
        double off = std::fabs(d.x * way.y - d.y * way.x) / length;

        if (along > 0.12 && along < 0.88 && off < 0.12 * length + saoy_work_px(2))
            points.push_back(cv::Point2f(p));
    }
    if ((double)points.size() < saoy_work_px(10))
        return false;
    cv::fitLine(points, line, cv::DIST_HUBER, 0, 0.01, 0.01);
    *out = { cv::Point2f(line[2], line[3]), cv::Point2f(line[0], line[1]), 0 };
    for (const cv::Point2f &p : points)
        out->off += std::fabs((p.x - line[2]) * line[1] - (p.y - line[3]) * line[0]);
    out->off /= saoy_work_px(1) * (double)points.size();
    return true;
}

static cv::Point2f
crossing(const Side &a, const Side &b)
{
    float turn = a.along.x * b.along.y - a.along.y * b.along.x;
    cv::Point2f d = b.at - a.at;
    float t = (d.x * b.along.y - d.y * b.along.x) / turn;

    return a.at + a.along * t;
}

static bool
fit_corners(const SaoyContour &contour, cv::Point2f corner[4])
{
    Side sides[4];

    for (int round = 0; round < 2; round++) {
        for (int k = 0; k < 4; k++)
            if (!fit_side(contour, corner, k, &sides[k]))
                return false;
        for (int k = 0; k < 4; k++) {
            const Side &a = sides[(k + 3) % 4], &b = sides[k];
            double cosine = a.along.x * b.along.x + a.along.y * b.along.y;

            if (std::fabs(cosine) > 0.35) /* 70 degrees at least */
                return false;
            corner[k] = crossing(a, b);
        }
    }
    return std::all_of(sides, sides + 4, [](Side s) { return s.off < STRAIGHT_MM; });
}

/* Clockwise from the one at the top left. */
void
saoy_outline_order(cv::Point2f corner[4])
{
    int first = 0;

    for (int k = 1; k < 4; k++)
        if (corner[k].x + corner[k].y < corner[first].x + corner[first].y)
            first = k;
    std::rotate(corner, corner + first, corner + 4);
    cv::Point2f a = corner[1] - corner[0], b = corner[3] - corner[0];
    if (a.x * b.y - a.y * b.x < 0)
        std::swap(corner[1], corner[3]);
}

static cv::Mat
polygon_of(const cv::Point2f *corner, int n, cv::Size size)
{
    cv::Mat mask = cv::Mat::zeros(size, CV_8U);
    SaoyContour points;

    for (int i = 0; i < n; i++)
        points.emplace_back((int)std::lround(corner[i].x), (int)std::lround(corner[i].y));
    cv::fillPoly(mask, std::vector<SaoyContour>{ points }, 255);
    return mask;
}

/* Share of a corner's triangle that the sheet fills, the emptiest of the four. */
static double
emptiest_corner(const cv::Mat &thing, const cv::Point2f corner[4])
{
    double least = 1;

    for (int k = 0; k < 4; k++) {
        cv::Point2f to = corner[(k + 1) % 4] - corner[k],
                    back = corner[(k + 3) % 4] - corner[k];
        float leg = (float)saoy_work_px(CORNER_MM);
        const cv::Point2f triangle[3] = {
            corner[k], corner[k] + to * (leg / (float)std::hypot(to.x, to.y)),
            corner[k] + back * (leg / (float)std::hypot(back.x, back.y))
        };
        cv::Mat mask = polygon_of(triangle, 3, thing.size());
        int all = std::max(1, cv::countNonZero(mask));

        least = std::min(least, (double)cv::countNonZero(mask & thing) / all);
    }
    return least;
}

static double
degrees_of(cv::Point2f way)
{
    return std::atan2(way.y, way.x) * 180 / CV_PI;
}

static bool
is_square(const cv::Point2f c[4])
{
    double across = degrees_of(c[1] - c[0]) - degrees_of(c[2] - c[3]);
    double down = degrees_of(c[3] - c[0]) - degrees_of(c[2] - c[1]);

    return std::fabs(across) < SQUARE_DEGREES && std::fabs(down) < SQUARE_DEGREES;
}

/* All four sides lie inside the scan. */
static bool
is_whole(const cv::Point2f corner[4], cv::Size size, double rim_mm)
{
    float rim = (float)saoy_work_px(rim_mm);

    return std::all_of(corner, corner + 4, [&](cv::Point2f p) {
        return p.x > rim && p.y > rim && p.x < (float)size.width - rim &&
               p.y < (float)size.height - rim;
    });
}

bool
saoy_outline_of(const cv::Mat &thing, const SaoyContour &contour, double rim_mm,
                SaoyOutline *out)
{
    SaoyOutline found = {};

    cv::minAreaRect(contour).points(found.corner);
    if (!fit_corners(contour, found.corner) ||
        !is_whole(found.corner, thing.size(), rim_mm))
        return false;
    saoy_outline_order(found.corner);
    cv::Mat inside = polygon_of(found.corner, 4, thing.size());
    double both = cv::countNonZero(inside & thing), any = cv::countNonZero(inside | thing);
    if (both < LEAST_FILLED * any)
        return false;
    found.square = is_square(found.corner);
    found.cut_corner = emptiest_corner(thing, found.corner) < LEAST_CORNER;
    found.known = true;
    *out = found;
    return true;
}

bool
saoy_outline_is_of(const SaoyOutline &outline, double longer_mm, double shorter_mm)
{
    const cv::Point2f *c = outline.corner;
    double across = std::hypot(c[1].x - c[0].x, c[1].y - c[0].y) / saoy_work_px(1);
    double down = std::hypot(c[3].x - c[0].x, c[3].y - c[0].y) / saoy_work_px(1);

    return std::fabs(std::max(across, down) - longer_mm) < SIZE_MM &&
           std::fabs(std::min(across, down) - shorter_mm) < SIZE_MM;
}

/* Where the sheet lies on the glass. Its lid is known by the rim of the scan; its four
 * sides are believed only where all of them were seen and are straight. */
#include "page-parts.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#define SAME_COLOUR 28    /* of a lid: most that a channel differs */
#define UNIFORM 0.8       /* share of a side's rim in one colour, to be a lid */
#define STRAIGHT_MM 0.7   /* mean distance of a side's points from its line */
#define LEAST_FILLED 0.94 /* of the four sides by the sheet; a corner may be missing */
#define LEAST_CORNER 0.7  /* of a corner's triangle, for it to be there */
#define CORNER_MM 15
#define SQUARE_DEGREES 0.4 /* opposite sides turned less are parallel */
#define CARD_LONG_MM 85.6  /* ISO/IEC 7810, ID-1 */
#define CARD_SHORT_MM 53.98
#define SIZE_MM 2.5
#define COARSER 3 /* a white lid is looked for at 50 dpi */
#define STEP 4    /* levels from pixel to pixel there: the light changes less */
#define LEAST_WHITE 170
#define SAME_WHITE 6
#define SLACK_MM 6 /* a corner may lie so far beyond the scan */
#define RIM_MM 0.5
#define LEAST_ON_WHITE 0.3 /* of the scan by such a sheet */

typedef std::vector<cv::Point> Contour;

static cv::Vec3b
median_colour(const cv::Mat &strip)
{
    cv::Vec3b colour;

    for (int c = 0; c < 3; c++) {
        std::vector<uint8_t> values;

        for (int y = 0; y < strip.rows; y++)
            for (int x = 0; x < strip.cols; x++)
                values.push_back(strip.at<cv::Vec3b>(y, x)[c]);
        auto middle = values.begin() + (long)values.size() / 2;
        std::nth_element(values.begin(), middle, values.end());
        colour[c] = *middle;
    }
    return colour;
}

static cv::Mat
like(const cv::Mat &rgb, cv::Vec3b colour)
{
    cv::Mat mask;
    cv::Scalar middle(colour[0], colour[1], colour[2]), far = cv::Scalar::all(SAME_COLOUR);

    cv::inRange(rgb, middle - far, middle + far, mask);
    return mask;
}

/* The colours of the four sides' rims that are of one colour each. */
static std::vector<cv::Vec3b>
rim_colours(const cv::Mat &rgb)
{
    int rim = (int)saoy_work_px(1.5);
    const cv::Mat strips[] = { rgb.rowRange(0, rim), rgb.rowRange(rgb.rows - rim, rgb.rows),
                               rgb.colRange(0, rim),
                               rgb.colRange(rgb.cols - rim, rgb.cols) };
    std::vector<cv::Vec3b> colours;

    for (const cv::Mat &strip : strips) {
        cv::Vec3b colour = median_colour(strip);

        if (cv::countNonZero(like(strip, colour)) > UNIFORM * (double)strip.total())
            colours.push_back(colour);
    }
    return colours;
}

/* White lids look like paper: what is seen on them may be print on a white sheet. */
static bool
is_paper_like(cv::Vec3b colour)
{
    int high = std::max({ colour[0], colour[1], colour[2] });
    int low = std::min({ colour[0], colour[1], colour[2] });

    return low > 150 && high - low < 40;
}

static bool
is_one_of(cv::Vec3b colour, const std::vector<cv::Vec3b> &rims)
{
    return std::any_of(rims.begin(), rims.end(), [&](cv::Vec3b rim) {
        return is_paper_like(rim) && cv::norm(colour, rim, cv::NORM_INF) <= SAME_WHITE;
    });
}

/* White paper on a white lid: what is joined to the rim by all that changes softly, as
 * light does; the sheet's edge is a step. */
static cv::Mat
white_lid(const cv::Mat &rgb, const std::vector<cv::Vec3b> &rims)
{
    cv::Mat small, change, labels, lid;
    std::vector<cv::Mat> planes;

    cv::resize(rgb, small, cv::Size(), 1.0 / COARSER, 1.0 / COARSER, cv::INTER_AREA);
    cv::blur(small, small, cv::Size(3, 3));
    cv::morphologyEx(small, change, cv::MORPH_GRADIENT, cv::Mat());
    cv::split(change, planes);
    cv::Mat soft = cv::max(cv::max(planes[0], planes[1]), planes[2]) <= STEP;
    cv::split(small, planes);
    soft &= cv::min(cv::min(planes[0], planes[1]), planes[2]) > LEAST_WHITE;
    for (int y = 0; y < small.rows; y++)
        for (int x = 0; x < small.cols; x += y % (small.rows - 1) == 0 ? 1 : small.cols - 1)
            if (soft.at<uint8_t>(y, x) == 255 && is_one_of(small.at<cv::Vec3b>(y, x), rims))
                cv::floodFill(soft, cv::Point(x, y), 128);
    lid = soft == 128;
    cv::dilate(lid, lid, cv::Mat(), cv::Point(-1, -1),
               2); /* the step, as wide as it was blurred */
    cv::resize(lid, lid, rgb.size(), 0, 0, cv::INTER_LINEAR);
    return lid > 127;
}

/* All that is not lid, filled; the lid reaches the rim of the scan. */
static cv::Mat
things_on(const cv::Mat &lid)
{
    cv::Mat open, outside;
    int gap = (int)saoy_work_px(1) | 1;

    cv::morphologyEx(lid, open, cv::MORPH_OPEN,
                     cv::getStructuringElement(cv::MORPH_RECT, cv::Size(gap, gap)));
    cv::copyMakeBorder(open, outside, 1, 1, 1, 1, cv::BORDER_CONSTANT, 255);
    cv::floodFill(outside, cv::Point(0, 0), 128);
    return outside(cv::Rect(1, 1, lid.cols, lid.rows)) != 128;
}

/* A frame printed on a sheet has the sheet's own colour behind its line; a thing has not.
 */
static bool
is_solid(const cv::Mat &lid, const cv::Mat &thing)
{
    int rim = (int)saoy_work_px(2) | 1, band = (int)saoy_work_px(16) | 1; /* both sides */
    cv::Mat outer, inner;

    cv::erode(thing, outer, cv::getStructuringElement(cv::MORPH_RECT, cv::Size(rim, rim)));
    cv::erode(outer, inner,
              cv::getStructuringElement(cv::MORPH_RECT, cv::Size(band, band)));
    cv::Mat ring = outer & ~inner;
    int all = cv::countNonZero(ring);
    return all > 0 && cv::countNonZero(ring & lid) < all / 5;
}

typedef struct {
    cv::Point2f at, along;
    double off; /* mean distance of its points, mm */
} Side;

/* The line of contour points that are nearest to this side of the four corners. */
static bool
fit_side(const Contour &contour, const cv::Point2f corner[4], int k, Side *out)
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
fit_corners(const Contour &contour, cv::Point2f corner[4])
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
static void
order_corners(cv::Point2f corner[4])
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
    Contour points;

    for (int i = 0; i < n; i++)
        points.emplace_back((int)std::lround(corner[i].x), (int)std::lround(corner[i].y));
    cv::fillPoly(mask, std::vector<Contour>{ points }, 255);
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

static bool
fit_outline(const cv::Mat &thing, const Contour &contour, double rim_mm, SaoyOutline *out)
{
    SaoyOutline found = {};

    cv::minAreaRect(contour).points(found.corner);
    if (!fit_corners(contour, found.corner) ||
        !is_whole(found.corner, thing.size(), rim_mm))
        return false;
    order_corners(found.corner);
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

static bool
is_of_size(const SaoyOutline &outline, double longer_mm, double shorter_mm)
{
    const cv::Point2f *c = outline.corner;
    double across = std::hypot(c[1].x - c[0].x, c[1].y - c[0].y) / saoy_work_px(1);
    double down = std::hypot(c[3].x - c[0].x, c[3].y - c[0].y) / saoy_work_px(1);

    return std::fabs(std::max(across, down) - longer_mm) < SIZE_MM &&
           std::fabs(std::min(across, down) - shorter_mm) < SIZE_MM;
}

static bool
is_card(const SaoyOutline &outline)
{
    return is_of_size(outline, CARD_LONG_MM, CARD_SHORT_MM);
}

static bool
is_known_size(const SaoyOutline &outline)
{
    return is_card(outline) || is_of_size(outline, 210, 148) ||
           is_of_size(outline, 297, 210) || is_of_size(outline, 420, 297);
}

/* What lies on a lid of this colour: one sheet, or one or two cards and nothing else. */
static void
look_on_lid(const cv::Mat &rgb, cv::Vec3b colour, SaoySheetOnGlass *out)
{
    cv::Mat lid = like(rgb, colour), things = things_on(lid), sheet;
    std::vector<Contour> contours;
    std::vector<SaoyOutline> cards;
    SaoyOutline outline = {};
    double largest = 0, others = 0;

    cv::findContours(things, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
    for (const Contour &contour : contours) {
        cv::Mat thing = cv::Mat::zeros(things.size(), CV_8U);
        double area = cv::contourArea(contour);

        if (area < saoy_work_px(8) * saoy_work_px(8)) {
            others += area;
            continue;
        }
        cv::fillPoly(thing, std::vector<Contour>{ contour }, 255);
        SaoyOutline found = {};
        bool solid = is_solid(lid, thing);
        if (solid && fit_outline(thing, contour, RIM_MM, &found) && is_card(found))
            cards.push_back(found);
        else
            others += area;
        if (solid && area > largest) {
            largest = area;
            outline = found;
            sheet = thing;
        }
    }
    if (cards.size() <= 2 && !cards.empty() && others < saoy_work_px(12) * saoy_work_px(12))
        out->cards = cards;
    /* a picture printed on coloured paper is smaller than the paper */
    double least = !outline.known ? 0.5 : is_known_size(outline) ? 0.05 : 0.35;
    if (is_paper_like(colour) || largest < least * (double)things.total() ||
        (!out->sheet.empty() && cv::countNonZero(out->sheet) > largest))
        return;
    out->sheet = sheet;
    out->outline = outline;
}

/* One sheet that is whole and of a known size: else it may be print on a white sheet. */
static void
look_on_white_lid(const cv::Mat &rgb, const std::vector<cv::Vec3b> &rims,
                  SaoySheetOnGlass *out)
{
    cv::Mat lid = white_lid(rgb, rims), things = things_on(lid);
    std::vector<Contour> contours;

    cv::findContours(things, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
    for (const Contour &contour : contours) {
        cv::Mat thing = cv::Mat::zeros(things.size(), CV_8U);
        SaoyOutline found = {};

        if (cv::contourArea(contour) < LEAST_ON_WHITE * (double)things.total())
            continue;
        cv::fillPoly(thing, std::vector<Contour>{ contour }, 255);
        if (!is_solid(lid, thing) || !fit_outline(thing, contour, -SLACK_MM, &found) ||
            !found.square || !is_known_size(found))
            continue;
        out->sheet = thing;
        out->outline = found;
    }
}

SaoySheetOnGlass
saoy_sheet_on_glass(const cv::Mat &work)
{
    SaoySheetOnGlass found = {};
    cv::Mat rgb = work;

    if (work.channels() == 1)
        cv::cvtColor(work, rgb, cv::COLOR_GRAY2RGB);
    if (std::min(rgb.cols, rgb.rows) < saoy_work_px(20))
        return found;
    std::vector<cv::Vec3b> tried;
    bool white = false;
    for (cv::Vec3b lid : rim_colours(rgb)) {
        bool again = std::any_of(tried.begin(), tried.end(), [&](cv::Vec3b t) {
            return cv::norm(t, lid, cv::NORM_INF) < SAME_COLOUR;
        });

        if (!again && found.cards.empty())
            look_on_lid(rgb, lid, &found);
        white |= is_paper_like(lid);
        tried.push_back(lid);
    }
    if (white && found.cards.empty() && found.sheet.empty())
        look_on_white_lid(rgb, tried, &found);
    std::sort(found.cards.begin(), found.cards.end(),
              [](const SaoyOutline &a, const SaoyOutline &b) {
                  return a.corner[0].x + 2 * a.corner[0].y <
                         b.corner[0].x + 2 * b.corner[0].y;
              });
    return found;
}

/* From the scan to the page. */
#include "mat.h"
#include "page-scan.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

/* How far its upper side leans, clockwise positive, within +-45 degrees. */
static double
turn_of_sides(const SaoyOutline &outline)
{
    cv::Point2f across = outline.corner[1] - outline.corner[0];
    double degrees = std::atan2(across.y, across.x) * 180 / CV_PI;

    return degrees - 90 * std::round(degrees / 90);
}

/* From the scan to the page: drawn into a rectangle where base is not the identity, turned
 * back, trimmed, and turned upright, all in one pass over its samples. */
typedef struct {
    cv::Matx33d base;
    cv::Size flat; /* after base */
    double degrees;
    cv::Rect cut; /* after turning back */
    int quarters;
} Way;

static cv::Matx33d
turn_of(const Way &way)
{
    cv::Point2f middle((float)(way.flat.width - 1) / 2, (float)(way.flat.height - 1) / 2);
    cv::Mat turn = cv::getRotationMatrix2D(middle, way.degrees, 1);
    double w = way.cut.width - 1, h = way.cut.height - 1;
    const cv::Matx33d quarter[4] = { cv::Matx33d::eye(),
                                     { 0, -1, h, 1, 0, 0, 0, 0, 1 },
                                     { -1, 0, w, 0, -1, h, 0, 0, 1 },
                                     { 0, 1, 0, -1, 0, w, 0, 0, 1 } };

    return quarter[way.quarters] * cv::Matx33d(turn.at<double>(0, 0), turn.at<double>(0, 1),
                                               turn.at<double>(0, 2) - way.cut.x,
                                               turn.at<double>(1, 0), turn.at<double>(1, 1),
                                               turn.at<double>(1, 2) - way.cut.y, 0, 0, 1);
}

/* Straight into the picture that is returned, unless it is turned both ways. */
static void
draw(const cv::Mat &page, const Way &way, cv::Scalar rim, cv::Mat *out)
{
    bool flat = way.base == cv::Matx33d::eye();

    if (flat && way.degrees == 0 && way.quarters == 0)
        page(way.cut).copyTo(*out);
    else if (flat && way.degrees == 0)
        cv::rotate(page(way.cut), *out, way.quarters - 1);
    else if (flat && way.quarters == 0)
        saoy_turn(page, way.degrees, way.cut, rim, out);
    else if (flat) {
        cv::Mat straight(way.cut.size(), page.type());

        saoy_turn(page, way.degrees, way.cut, rim, &straight);
        cv::rotate(straight, *out, way.quarters - 1);
    } else
        cv::warpPerspective(page, *out, turn_of(way) * way.base, out->size(),
                            cv::INTER_CUBIC, cv::BORDER_CONSTANT, rim);
}

/* sides: in pixels of the scan as it is worked on. */
static void
flatten(const SaoyOutline &outline, double f, cv::Size2d sides, Way *way)
{
    cv::Point2f from[4], to[4];
    float w = (float)sides.width - 1, h = (float)sides.height - 1;

    for (int k = 0; k < 4; k++) {
        from[k] = outline.corner[k] * (float)f;
        to[k] = cv::Point2f(k == 1 || k == 2 ? w : 0, k >= 2 ? h : 0);
    }
    way->base = cv::getPerspectiveTransform(from, to);
    way->flat = cv::Size((int)std::lround(sides.width), (int)std::lround(sides.height));
}

static cv::Mat
flat_work(const SaoyScan &scan, const Way &way, double f)
{
    cv::Matx33d down(1 / f, 0, 0, 0, 1 / f, 0, 0, 0, 1), up(f, 0, 0, 0, f, 0, 0, 0, 1);
    cv::Mat work;
    cv::Size size((int)std::lround(way.flat.width / f),
                  (int)std::lround(way.flat.height / f));

    cv::warpPerspective(scan.work, work, down * way.base * up, size);
    return work;
}

SaoyImage *
saoy_no_page(GError **error, const char *why)
{
    saoy_set_error(error, SAOY_ERROR_MALFORMED, "%s", why);
    return NULL;
}

/* What lies on the glass, drawn flat where it has an outline, and looked at. */
typedef struct {
    cv::Mat work;
    SaoyLook look;
    Way way; /* no further than flat */
} Flat;

static Flat
flat_of(const SaoyScan &scan, const SaoyOutline *outline, cv::Size2d sides)
{
    double f = (double)scan.page.cols / scan.work.cols;
    Flat flat = { scan.work,
                  {},
                  { cv::Matx33d::eye(), scan.page.size(), 0, cv::Rect(), 0 } };
    cv::Mat sheet = scan.glass.sheet;

    if (outline != NULL) {
        flatten(*outline, f, sides, &flat.way);
        flat.work = flat_work(scan, flat.way, f);
        sheet = cv::Mat(flat.work.size(), CV_8U, cv::Scalar(255));
    }
    flat.look = saoy_look_at(flat.work, sheet);
    return flat;
}

/* Between the four sides once they are turned back, half a millimetre in. */
static cv::Rect
sheet_within(const SaoyOutline &outline, cv::Size work, double degrees)
{
    cv::Point2f middle((float)(work.width - 1) / 2, (float)(work.height - 1) / 2);
    std::vector<cv::Point2f> from(outline.corner, outline.corner + 4), c;
    double rim = saoy_work_px(0.5);

    cv::transform(from, c, cv::getRotationMatrix2D(middle, degrees, 1));
    double left = (c[0].x + c[3].x) / 2 + rim, right = (c[1].x + c[2].x) / 2 - rim;
    double top = (c[0].y + c[1].y) / 2 + rim, bottom = (c[2].y + c[3].y) / 2 - rim;
    return cv::Rect((int)std::lround(left), (int)std::lround(top),
                    (int)std::lround(right - left), (int)std::lround(bottom - top)) &
           cv::Rect(cv::Point(0, 0), work);
}

/* The page's rectangle once it is turned back; empty: there is none. sides: of the sheet,
 * if all were seen. */
static cv::Rect
page_in(const Flat &flat, const SaoyOutline *sides, double f)
{
    int least = (int)saoy_work_px(20);

    if (cv::countNonZero(flat.look.paper) < least * least)
        return cv::Rect();
    cv::Rect cut = sides != NULL
                       ? sheet_within(*sides, flat.work.size(), flat.look.skew.degrees)
                       : saoy_look_sheet(&flat.look);
    if (cut.width < least || cut.height < least)
        return cv::Rect();
    return cv::Rect((int)std::lround(cut.x * f), (int)std::lround(cut.y * f),
                    (int)std::lround(cut.width * f), (int)std::lround(cut.height * f)) &
           cv::Rect(cv::Point(0, 0), flat.way.flat);
}

static SaoyImage *
drawn(const SaoyScan &scan, const Flat &flat, GError **error)
{
    const Way &way = flat.way;
    bool lies = way.quarters % 2 != 0;
    SaoyImage *image = saoy_image_new(lies ? way.cut.height : way.cut.width,
                                      lies ? way.cut.width : way.cut.height,
                                      scan.page.channels(), scan.dpi, error);

    if (image == NULL)
        return NULL;
    cv::Mat out = saoy_mat_of(image);
    draw(scan.page, way, saoy_paper_colour(flat.work, flat.look.paper), &out);
    return image;
}

static cv::Rect
box_of(const SaoyOutline &outline, cv::Size scan)
{
    std::vector<cv::Point2f> corners(outline.corner, outline.corner + 4);

    return cv::boundingRect(corners) & cv::Rect(cv::Point(0, 0), scan);
}

SaoyImage *
saoy_straighten(const SaoyScan &scan, const SaoyOutline *outline, cv::Size2d sides,
                int quarters, SaoyPageReport *report, GError **error)
{
    Flat flat = flat_of(scan, outline, sides);
    bool card = outline != NULL && outline->card;

    const SaoyOutline *whole =
        outline == NULL && scan.glass.outline.known ? &scan.glass.outline : NULL;

    flat.way.cut = page_in(flat, whole, (double)scan.page.cols / scan.work.cols);
    if (flat.way.cut.empty())
        return saoy_no_page(error, "no page in the picture");
    if (card) { /* its blurred edge stays outside, as a sheet's does */
        int rim = (int)std::lround(0.4 * scan.dpi / 25.4);

        flat.way.cut = cv::Rect(rim, rim, flat.way.flat.width - 2 * rim,
                                flat.way.flat.height - 2 * rim);
    }
    flat.way.degrees = card ? 0 : flat.look.skew.degrees;
    flat.way.quarters =
        quarters == SAOY_AS_WRITTEN ? saoy_look_rotation(&flat.look).quarters : quarters;
    SaoyImage *image = drawn(scan, flat, error);
    if (image == NULL)
        return NULL;
    report->skew_deg = flat.way.degrees + (card ? turn_of_sides(*outline) : 0);
    report->rotation = flat.way.quarters;
    cv::Rect paper = outline == NULL ? cv::boundingRect(flat.look.paper)
                                     : box_of(*outline, scan.work.size());
    report->crop = { paper.x, paper.y, paper.width, paper.height };
    return image;
}

SaoyRotation
saoy_straighten_rotation(const SaoyScan &scan, const SaoyOutline &outline, cv::Size2d sides)
{
    Flat flat = flat_of(scan, &outline, sides);

    return saoy_look_rotation(&flat.look);
}

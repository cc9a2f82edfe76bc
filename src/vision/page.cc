#include "vision/page.h"
#include "mat.h"
#include "page-parts.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define MOST_DPI 300
#define A4_LONG_IN 11.69
#define A3_LONG_IN 16.54
#define CARD_LONG_IN (SAOY_CARD_LONG_MM / 25.4)
#define CARD_SHORT_IN (SAOY_CARD_SHORT_MM / 25.4)
#define RATIO_OFF 0.06 /* of a sheet seen askew, to be taken for the known ratio */

static bool
says_dpi(const SaoyImage *scan)
{
    double side = std::max(scan->width, scan->height);

    return scan->dpi >= 50 && side / scan->dpi <= A3_LONG_IN * 1.1;
}

/* Cameras and careless programs write 72 or 96: then the sheet is taken for A4. */
static int
dpi_of(const SaoyImage *scan)
{
    double side = std::max(scan->width, scan->height);

    return says_dpi(scan) ? scan->dpi : std::max(1, (int)std::lround(side / A4_LONG_IN));
}

static cv::Mat
scaled(const cv::Mat &page, double f)
{
    cv::Mat out;

    cv::resize(page, out, cv::Size(), f, f, f < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    return out;
}

static double
length(cv::Point2f a, cv::Point2f b)
{
    return std::hypot(a.x - b.x, a.y - b.y);
}

/* How far its upper side leans, clockwise positive, within +-45 degrees. */
static double
turn_of_sides(const SaoyOutline &outline)
{
    cv::Point2f across = outline.corner[1] - outline.corner[0];
    double degrees = std::atan2(across.y, across.x) * 180 / CV_PI;

    return degrees - 90 * std::round(degrees / 90);
}

/* Of the longer of each two opposite sides: the nearer one shows more. */
static cv::Size2d
sides_of(const SaoyOutline &outline)
{
    const cv::Point2f *c = outline.corner;

    return cv::Size2d(std::max(length(c[0], c[1]), length(c[3], c[2])),
                      std::max(length(c[0], c[3]), length(c[1], c[2])));
}

static bool
is_near(double ratio, double known)
{
    return std::fabs(ratio / known - 1) < RATIO_OFF;
}

/* Sheets are of few shapes: seen askew, the nearest of them is the true one. */
static cv::Size2d
true_sides(cv::Size2d seen)
{
    const double known[] = { std::sqrt(2.0), CARD_LONG_IN / CARD_SHORT_IN };
    double ratio = std::max(seen.width, seen.height) / std::min(seen.width, seen.height);

    for (double r : known)
        if (is_near(ratio, r))
            return seen.width > seen.height ? cv::Size2d(seen.width, seen.width / r)
                                            : cv::Size2d(seen.height / r, seen.height);
    return seen;
}

/* The scan as it is worked on. */
typedef struct {
    cv::Mat page, work; /* at most MOST_DPI; SAOY_WORK_DPI */
    int dpi, scan_dpi;  /* of page; of the scan as it came */
    SaoySheetOnGlass glass;
} Scan;

static void
look_on_glass(Scan *scan, const cv::Mat &samples, int dpi)
{
    scan->dpi = dpi;
    scan->work = scaled(samples, (double)SAOY_WORK_DPI / dpi);
    scan->glass = saoy_sheet_on_glass(scan->work);
}

/* A photograph's resolution follows from the sheet in it, not from its own size. */
static int
dpi_by_sheet(const Scan &scan)
{
    cv::Size2d sides = sides_of(scan.glass.outline);
    double longer = std::max(sides.width, sides.height);
    double ratio = longer / std::min(sides.width, sides.height);
    double inches =
        is_near(ratio, CARD_LONG_IN / CARD_SHORT_IN) ? CARD_LONG_IN : A4_LONG_IN;

    return std::max(1, (int)std::lround(longer * scan.dpi / SAOY_WORK_DPI / inches));
}

static Scan
open_scan(const SaoyImage *image)
{
    Scan scan = {};
    cv::Mat samples = saoy_mat_of(image);

    look_on_glass(&scan, samples, dpi_of(image));
    if (!says_dpi(image) && scan.glass.outline.known)
        look_on_glass(&scan, samples, dpi_by_sheet(scan));
    scan.page = samples;
    scan.scan_dpi = scan.dpi;
    if (scan.dpi > MOST_DPI * 21 / 20) {
        scan.page = scaled(samples, (double)MOST_DPI / scan.dpi);
        scan.dpi = MOST_DPI;
    }
    return scan;
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
flat_work(const Scan &scan, const Way &way, double f)
{
    cv::Matx33d down(1 / f, 0, 0, 0, 1 / f, 0, 0, 0, 1), up(f, 0, 0, 0, f, 0, 0, 0, 1);
    cv::Mat work;
    cv::Size size((int)std::lround(way.flat.width / f),
                  (int)std::lround(way.flat.height / f));

    cv::warpPerspective(scan.work, work, down * way.base * up, size);
    return work;
}

static SaoyImage *
none(GError **error, const char *why)
{
    saoy_set_error(error, SAOY_ERROR_MALFORMED, "%s", why);
    return NULL;
}

enum { AS_WRITTEN = -1 };

/* One thing on the glass: a sheet as it lies, or what its outline holds, with these sides;
 * turned by so many quarters. */
static SaoyImage *
straighten(const Scan &scan, const SaoyOutline *outline, cv::Size2d sides, int quarters,
           SaoyPageReport *report, GError **error)
{
    double f = (double)scan.page.cols / scan.work.cols;
    Way way = { cv::Matx33d::eye(), scan.page.size(), 0, cv::Rect(), 0 };
    cv::Mat work = scan.work, sheet = scan.glass.sheet;

    if (outline != NULL) {
        flatten(*outline, f, sides, &way);
        work = flat_work(scan, way, f);
        sheet = cv::Mat(work.size(), CV_8U, cv::Scalar(255));
    }
    SaoyLook look = saoy_look_at(work, sheet);
    if (cv::countNonZero(look.paper) < saoy_work_px(20) * saoy_work_px(20))
        return none(error, "no page in the picture");
    cv::Rect cut = saoy_look_sheet(&look);
    if (cut.width < saoy_work_px(20) || cut.height < saoy_work_px(20))
        return none(error, "no page in the picture");

    way.degrees = outline != NULL && outline->card ? 0 : look.skew.degrees;
    way.quarters = quarters == AS_WRITTEN ? saoy_look_rotation(&look).quarters : quarters;
    way.cut = cv::Rect((int)std::lround(cut.x * f), (int)std::lround(cut.y * f),
                       (int)std::lround(cut.width * f), (int)std::lround(cut.height * f)) &
              cv::Rect(cv::Point(0, 0), way.flat);
    bool lies = way.quarters % 2 != 0;
    SaoyImage *image = saoy_image_new(lies ? way.cut.height : way.cut.width,
                                      lies ? way.cut.width : way.cut.height,
                                      scan.page.channels(), scan.dpi, error);
    if (image == NULL)
        return NULL;
    cv::Mat out = saoy_mat_of(image);
    draw(scan.page, way, saoy_paper_colour(work, look.paper), &out);
    report->skew_deg = way.degrees;
    if (outline != NULL && outline->card)
        report->skew_deg += turn_of_sides(*outline);
    report->rotation = way.quarters;
    cv::Rect paper = cv::boundingRect(outline == NULL ? look.paper : scan.glass.sheet);
    report->crop = { paper.x, paper.y, paper.width, paper.height };
    return image;
}

/* The cards' true size: a glass shows no perspective. */
static cv::Size2d
card_sides(const Scan &scan, const SaoyOutline &card)
{
    cv::Size2d seen = sides_of(card);
    double longer = CARD_LONG_IN * scan.dpi, shorter = CARD_SHORT_IN * scan.dpi;

    return seen.width > seen.height ? cv::Size2d(longer, shorter)
                                    : cv::Size2d(shorter, longer);
}

static SaoyRotation
card_rotation(const Scan &scan, const SaoyOutline &card)
{
    double f = (double)scan.page.cols / scan.work.cols;
    Way way = { cv::Matx33d::eye(), scan.page.size(), 0, cv::Rect(), 0 };

    flatten(card, f, card_sides(scan, card), &way);
    cv::Mat work = flat_work(scan, way, f);
    SaoyLook look = saoy_look_at(work, cv::Mat(work.size(), CV_8U, cv::Scalar(255)));
    return saoy_look_rotation(&look);
}

/* Who lays two sides on the glass, or copied them onto one sheet, laid them alike. A side
 * says little when it holds no more than a stamp: then the clearer one speaks for both. */
static int
rotation_of_both(const Scan &scan, const SaoyOutline &one, const SaoyOutline &other)
{
    SaoyRotation a = card_rotation(scan, one), b = card_rotation(scan, other);
    cv::Size2d first = sides_of(one), second = sides_of(other);

    if ((first.width > first.height) != (second.width > second.height))
        return AS_WRITTEN; /* not alike */
    return a.sure >= b.sure ? a.quarters : b.quarters;
}

/* The front is what stands above the back, once both are upright. */
static bool
stands_above(const SaoyOutline &one, const SaoyOutline &other, int quarters)
{
    cv::Point2f way = (one.corner[0] + one.corner[2]) - (other.corner[0] + other.corner[2]);
    const float down[4] = { way.y, way.x, -way.y, -way.x };

    return quarters == AS_WRITTEN || down[quarters] <= 0;
}

static SaoyImage *
straighten_cards(const Scan &scan, SaoyPageReport *report, GError **error)
{
    const SaoyOutline *one = &scan.glass.cards[0], *other = &scan.glass.cards.back();
    SaoyPageReport second = {};

    if (one == other)
        return straighten(scan, one, card_sides(scan, *one), AS_WRITTEN, report, error);
    int quarters = rotation_of_both(scan, *one, *other);
    if (!stands_above(*one, *other, quarters))
        std::swap(one, other);
    g_autoptr(SaoyImage) front =
        straighten(scan, one, card_sides(scan, *one), quarters, report, error);
    g_autoptr(SaoyImage) back =
        front != NULL
            ? straighten(scan, other, card_sides(scan, *other), quarters, &second, error)
            : NULL;
    return back != NULL ? saoy_page_join_cards(front, back, error) : NULL;
}

static void
note_outline(const Scan &scan, double to_scan, SaoyPageReport *report)
{
    const SaoyOutline &outline =
        scan.glass.cards.size() == 1 ? scan.glass.cards[0] : scan.glass.outline;

    report->cards = (unsigned)scan.glass.cards.size();
    report->outlined = outline.known && report->cards < 2;
    report->rectified = report->outlined && !outline.square;
    report->cut_corner = report->outlined && report->cards == 0 && outline.cut_corner;
    for (int k = 0; k < 4 && report->outlined; k++) {
        report->outline[2 * k] = outline.corner[k].x * to_scan;
        report->outline[2 * k + 1] = outline.corner[k].y * to_scan;
    }
}

static SaoyBox
box_in_scan(SaoyBox box, double f, const SaoyImage *scan)
{
    return { (int)(box.x * f), (int)(box.y * f), std::min((int)(box.w * f), scan->width),
             std::min((int)(box.h * f), scan->height) };
}

/* The light is evened on a sheet alone: a card's own colours go to its edges. */
static void
finish(const Scan &scan, SaoyImage *image, SaoyPageReport *report)
{
    cv::Mat page = saoy_mat_of(image);

    report->light = 1;
    if (scan.glass.cards.empty()) {
        cv::Mat work = scaled(page, (double)SAOY_WORK_DPI / scan.dpi);

        saoy_page_faults(work, report);
        report->light = saoy_light_even(saoy_light_of(work), &page);
    }
    saoy_page_judge(page, scan.dpi, report);
}

static SaoyImage *
clean(const SaoyImage *image, SaoyPageReport *out, GError **error)
{
    SaoyPageReport report = {};

    if (std::min(image->width, image->height) * 25.4 / dpi_of(image) < 20)
        return none(error, "no page in the picture: too small");
    Scan scan = open_scan(image);
    double to_scan = (double)image->width / scan.work.cols;
    const SaoyOutline &outline = scan.glass.outline;
    saoy_scan_hash(image, report.scan_sha256);
    report.scan_dpi = scan.scan_dpi;
    note_outline(scan, to_scan, &report);
    saoy_page_streaks(scan.work, &report);

    g_autoptr(SaoyImage) page = NULL;
    if (!scan.glass.cards.empty())
        page = straighten_cards(scan, &report, error);
    else if (outline.known && !outline.square)
        page = straighten(scan, &outline,
                          true_sides(sides_of(outline)) *
                              ((double)scan.page.cols / scan.work.cols),
                          AS_WRITTEN, &report, error);
    else
        page = straighten(scan, NULL, cv::Size2d(), AS_WRITTEN, &report, error);
    if (page == NULL)
        return NULL;
    report.crop = box_in_scan(report.crop, to_scan, image);
    finish(scan, page, &report);
    *out = report;
    return (SaoyImage *)g_steal_pointer(&page);
}

static bool
assess(const SaoyImage *page, SaoyPageReport *inout)
{
    SaoyPageReport report = *inout;

    saoy_page_judge(saoy_mat_of(page), dpi_of(page), &report);
    *inout = report;
    return true;
}

bool
saoy_page_assess(const SaoyImage *page, SaoyPageReport *inout, GError **error)
{
    return saoy_guarded(error, [&] { return assess(page, inout); });
}

SaoyImage *
saoy_page_clean(const SaoyImage *scan, SaoyPageReport *out, GError **error)
{
    return saoy_guarded(error, [&] { return clean(scan, out, error); });
}

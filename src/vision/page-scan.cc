/* The scan as it is worked on: its resolution, and what lies on it. */
#include "page-scan.h"
#include "mat.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define MOST_DPI 300
#define A4_LONG_IN 11.69
#define A3_LONG_IN 16.54
#define CARD_LONG_IN (SAOY_CARD_LONG_MM / 25.4)
#define CARD_RATIO (SAOY_CARD_LONG_MM / SAOY_CARD_SHORT_MM)
#define RATIO_OFF 0.06 /* of a sheet seen askew, to be taken for the known ratio */

static bool
says_dpi(const SaoyImage *scan)
{
    double side = std::max(scan->width, scan->height);

    return scan->dpi >= 50 && side / scan->dpi <= A3_LONG_IN * 1.1;
}

int
saoy_scan_dpi(const SaoyImage *scan)
{
    double side = std::max(scan->width, scan->height);

    return says_dpi(scan) ? scan->dpi : std::max(1, (int)std::lround(side / A4_LONG_IN));
}

cv::Mat
saoy_scaled(const cv::Mat &page, double f)
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

cv::Size2d
saoy_outline_sides(const SaoyOutline &outline)
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

cv::Size2d
saoy_outline_true_sides(const SaoyOutline &outline)
{
    cv::Size2d seen = saoy_outline_sides(outline);
    const double known[] = { std::sqrt(2.0), CARD_RATIO };
    double ratio = std::max(seen.width, seen.height) / std::min(seen.width, seen.height);

    for (double r : known)
        if (is_near(ratio, r))
            return seen.width > seen.height ? cv::Size2d(seen.width, seen.width / r)
                                            : cv::Size2d(seen.height / r, seen.height);
    return seen;
}

static void
look_on_glass(SaoyScan *scan, const cv::Mat &samples, int dpi)
{
    scan->dpi = dpi;
    scan->work = saoy_scaled(samples, (double)SAOY_WORK_DPI / dpi);
    scan->glass = saoy_sheet_on_glass(scan->work);
}

/* A photograph's resolution follows from the sheet in it, not from its own size. */
static int
dpi_by_sheet(const SaoyScan &scan)
{
    cv::Size2d sides = saoy_outline_sides(scan.glass.outline);
    double longer = std::max(sides.width, sides.height);
    double ratio = longer / std::min(sides.width, sides.height);
    double inches = is_near(ratio, CARD_RATIO) ? CARD_LONG_IN : A4_LONG_IN;

    return std::max(1, (int)std::lround(longer * scan.dpi / SAOY_WORK_DPI / inches));
}

SaoyScan
saoy_scan_open(const SaoyImage *image)
{
    SaoyScan scan = {};
    cv::Mat samples = saoy_mat_of(image);

    look_on_glass(&scan, samples, saoy_scan_dpi(image));
    if (!says_dpi(image) && scan.glass.outline.known)
        look_on_glass(&scan, samples, dpi_by_sheet(scan));
    scan.page = samples;
    scan.scan_dpi = scan.dpi;
    if (scan.dpi > MOST_DPI * 21 / 20) {
        scan.page = saoy_scaled(samples, (double)MOST_DPI / scan.dpi);
        scan.dpi = MOST_DPI;
    }
    return scan;
}

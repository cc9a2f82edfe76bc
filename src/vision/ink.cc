#include "vision/ink.h"

#include "mat.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

/* Measured on a picture of 75 dpi: a seal's ring of 0.8 mm is two pixels wide there. */
#define WORK_DPI 75

#define LEAST_RED 36 /* above the next channel: paper has tints */
#define LEAST_BLUE 24
#define LEAST_SEAL_MM 18
#define MOST_SEAL_MM 50

static double
px(double mm)
{
    return mm * WORK_DPI / 25.4;
}

/* Where the channel stands out of both others by more than the paper's own tint does. */
static cv::Mat
ink_of(const cv::Mat &rgb, int channel, int least)
{
    cv::Mat planes[3], other, depth;

    cv::split(rgb, planes);
    other = cv::max(planes[(channel + 1) % 3], planes[(channel + 2) % 3]);
    cv::subtract(planes[channel], other, depth);
    cv::Scalar tint = cv::mean(depth);
    return depth > std::max((double)least, 2 * tint[0] + least / 2.0);
}

/* Share of a region's ink outside the ellipse in its box: a disc has none, a line of red
 * writing fills its corners. */
static double
in_corners(const cv::Mat &own)
{
    cv::Mat disc = cv::Mat::zeros(own.size(), CV_8U), corners;
    double all = cv::countNonZero(own);

    cv::ellipse(disc, cv::Point(own.cols / 2, own.rows / 2),
                cv::Size(own.cols / 2 + 1, own.rows / 2 + 1), 0, 0, 360, cv::Scalar(255),
                cv::FILLED);
    corners = own & ~disc;
    return all > 0 ? cv::countNonZero(corners) / all : 1;
}

static bool
is_seal(const cv::Mat &own)
{
    double aspect = (double)own.cols / own.rows;

    return own.cols >= px(LEAST_SEAL_MM) && own.cols <= px(MOST_SEAL_MM) && aspect > 0.7 &&
           aspect < 1.43 && in_corners(own) < 0.06;
}

static bool
is_hand(const cv::Mat &own)
{
    return own.cols >= px(10) && own.cols <= px(100) && own.rows >= px(4) &&
           own.rows <= px(50);
}

/* The largest region that passes; strokes closer than a millimetre and a half are one. */
static cv::Rect
region_of(const cv::Mat &ink, bool (*pass)(const cv::Mat &))
{
    int size = (int)std::lround(px(1.5)) | 1, most = (int)(px(4) * px(4));
    cv::Mat joined, labels, stats, centres;
    cv::Rect best;

    cv::morphologyEx(ink, joined, cv::MORPH_CLOSE,
                     cv::getStructuringElement(cv::MORPH_ELLIPSE, cv::Size(size, size)));
    int n = cv::connectedComponentsWithStats(joined, labels, stats, centres);
    for (int i = 1; i < n; i++) {
        const int *s = stats.ptr<int>(i);
        cv::Rect box(s[cv::CC_STAT_LEFT], s[cv::CC_STAT_TOP], s[cv::CC_STAT_WIDTH],
                     s[cv::CC_STAT_HEIGHT]);

        if (s[cv::CC_STAT_AREA] <= most)
            continue;
        cv::Mat own = (labels(box) == i) & ink(box);
        if (!pass(own))
            continue;
        most = s[cv::CC_STAT_AREA];
        best = box;
    }
    return best;
}

static SaoyBox
scaled(const cv::Rect &box, double f, const SaoyImage *page)
{
    int x = (int)(box.x / f), y = (int)(box.y / f);

    return { x, y, std::min((int)(box.width / f), page->width - x),
             std::min((int)(box.height / f), page->height - y) };
}

static SaoyInkReport
report_of(const SaoyImage *page)
{
    SaoyInkReport report = {};
    double f = (double)WORK_DPI / (page->dpi > 0 ? page->dpi : 300);
    cv::Mat small;

    if (page->channels != 3)
        return report;
    f = std::max(f, 8.0 / std::min(page->width, page->height));
    cv::resize(saoy_mat_of(page), small, cv::Size(), f, f, cv::INTER_AREA);
    cv::Mat red = ink_of(small, 0, LEAST_RED), blue = ink_of(small, 2, LEAST_BLUE);
    report.red = (double)cv::countNonZero(red) / (double)red.total();
    report.blue = (double)cv::countNonZero(blue) / (double)blue.total();
    report.colour = true;
    report.seal = scaled(region_of(red, is_seal), f, page);
    report.hand = scaled(region_of(blue, is_hand), f, page);
    return report;
}

bool
saoy_ink_see(const SaoyImage *page, SaoyInkReport *out, GError **error)
{
    return saoy_guarded(error, [&] {
        *out = report_of(page);
        return true;
    });
}

/* What can go wrong while a sheet is scanned, seen in the picture. Each measure is wide of
 * what the clean page shows: a false alarm sends a person back to the glass. */
#include "page-parts.h"

#include <algorithm>
#include <array>
#include <opencv2/imgproc.hpp>
#include <vector>

#define FAULT_DPI 25   /* a pixel a millimetre, nearly */
#define SHADE 0.62     /* of the paper's light: darker is a shadow */
#define SHADE_EDGE 0.2 /* most it changes in 3 mm: print has harder edges */
#define GLARE_OVER 10  /* levels over the paper */
#define LID_LENGTHS 4  /* so many times as long as wide */
#define LEAST_DARK 4   /* levels a streak is darker than its neighbours */
#define LENGTH_MM 365  /* no sheet of that width is longer */
#define ONE_SHEET_MM 303

static cv::Mat
coarse(const cv::Mat &work)
{
    cv::Mat small;
    double f = (double)FAULT_DPI / SAOY_WORK_DPI;

    cv::resize(work, small, cv::Size(), f, f, cv::INTER_AREA);
    return small;
}

static cv::Mat
grey_of(const cv::Mat &rgb)
{
    cv::Mat grey;

    if (rgb.channels() == 1)
        return rgb;
    cv::cvtColor(rgb, grey, cv::COLOR_RGB2GRAY);
    return grey;
}

static int
quantile(const cv::Mat &grey, double share)
{
    std::vector<uint8_t> values;

    for (int y = 0; y < grey.rows; y++)
        values.insert(values.end(), grey.ptr(y), grey.ptr(y) + grey.cols);
    auto at = values.begin() + (long)(share * (double)(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

typedef struct {
    cv::Mat mask;
    int area, width, height;
    bool reaches; /* the rim of the page */
} Patch;

static std::vector<Patch>
patches_of(const cv::Mat &mask)
{
    cv::Mat labels, stats, centres;
    int n = cv::connectedComponentsWithStats(mask, labels, stats, centres);
    std::vector<Patch> patches;

    for (int i = 1; i < n; i++) {
        const int *s = stats.ptr<int>(i);
        bool reaches =
            s[0] == 0 || s[1] == 0 || s[0] + s[2] == mask.cols || s[1] + s[3] == mask.rows;

        patches.push_back({ labels == i, s[4], s[2], s[3], reaches });
    }
    return patches;
}

/* Dark, from the rim inwards, and soft: light falls off over millimetres. */
static bool
has_shadow(const cv::Mat &grey, int paper)
{
    cv::Mat level, low, high;

    cv::morphologyEx(grey, level, cv::MORPH_CLOSE,
                     cv::getStructuringElement(cv::MORPH_RECT, cv::Size(9, 9)));
    cv::erode(level, low, cv::Mat());
    cv::dilate(level, high, cv::Mat());
    for (const Patch &patch : patches_of(level < SHADE * paper)) {
        cv::Mat wider;

        if (!patch.reaches || patch.area < 0.03 * (double)grey.total())
            continue;
        cv::dilate(patch.mask, wider, cv::Mat());
        cv::Mat edge = wider & ~patch.mask;
        if (cv::countNonZero(edge & (high - low > SHADE_EDGE * paper)) <
            cv::countNonZero(edge) / 4)
            return true;
    }
    return false;
}

/* A strip of a white lid beside the sheet: it lies along the rim, a lamp is round. */
static bool
is_lid(const Patch &patch)
{
    int length = std::max(patch.width, patch.height);

    return patch.reaches && length > LID_LENGTHS * std::min(patch.width, patch.height);
}

/* Nothing printed is whiter than its paper: a lamp mirrored in a glossy cover is. */
static bool
has_glare(const cv::Mat &rgb, const cv::Mat &grey, int paper)
{
    cv::Mat white;

    if (paper > 255 - GLARE_OVER - 2)
        return false;
    cv::inRange(rgb, cv::Scalar::all(252), cv::Scalar::all(255), white);
    cv::morphologyEx(white & (grey > paper + GLARE_OVER), white, cv::MORPH_OPEN,
                     cv::getStructuringElement(cv::MORPH_RECT, cv::Size(4, 4)));
    /* what is torn by grain is one */
    cv::Mat joined;
    int area = 0;
    cv::morphologyEx(white, joined, cv::MORPH_CLOSE,
                     cv::getStructuringElement(cv::MORPH_RECT, cv::Size(11, 11)));
    for (const Patch &patch : patches_of(joined))
        if (!is_lid(patch))
            area += cv::countNonZero(patch.mask & white);
    return area > 40 && area < (int)grey.total() / 3;
}

/* Skin, as wide as a finger, that comes in over the rim. */
static bool
has_finger(const cv::Mat &rgb)
{
    cv::Mat ycc, skin, wide;

    if (rgb.channels() == 1)
        return false;
    cv::cvtColor(rgb, ycc, cv::COLOR_RGB2YCrCb);
    cv::inRange(ycc, cv::Scalar(60, 138, 80), cv::Scalar(235, 175, 123), skin);
    if (cv::countNonZero(skin) > 0.25 * (double)skin.total())
        return false; /* paper of that colour */
    cv::morphologyEx(skin, wide, cv::MORPH_OPEN,
                     cv::getStructuringElement(cv::MORPH_ELLIPSE, cv::Size(7, 7)));
    for (const Patch &patch : patches_of(wide))
        if (patch.reaches && patch.area > 100 && patch.area < 4000 &&
            std::min(patch.width, patch.height) >= 8 &&
            patch.area > 0.5 * patch.width * patch.height)
            return true;
    return false;
}

/* How much darker each pixel is than what lies within 3 mm beside it, across the line. */
static cv::Mat
thin_dark(const cv::Mat &grey, cv::Size across)
{
    cv::Mat closed, dark;

    cv::morphologyEx(grey, closed, cv::MORPH_CLOSE,
                     cv::getStructuringElement(cv::MORPH_RECT, across));
    cv::subtract(closed, grey, dark);
    return dark;
}

/* For each column of each sixteenth from top to bottom: how much darker than most. */
#define PARTS 16
typedef std::array<std::vector<double>, PARTS> Parts;

static Parts
parts_of(const cv::Mat &dark)
{
    Parts parts;

    for (int i = 0; i < PARTS; i++) {
        cv::Mat mean, sorted;

        cv::reduce(dark.rowRange(dark.rows * i / PARTS, dark.rows * (i + 1) / PARTS), mean,
                   0, cv::REDUCE_AVG, CV_64F);
        cv::sort(mean, sorted, cv::SORT_EVERY_ROW);
        mean -= sorted.at<double>(dark.cols / 4);
        parts[(size_t)i].assign(mean.begin<double>(), mean.end<double>());
    }
    return parts;
}

/* How dark all parts of a column are at least; the line may lean by slope pixels from top
 * to bottom. */
static std::vector<double>
all_along(const Parts &parts, double slope)
{
    const int n = (int)parts[0].size();
    std::vector<double> least((size_t)n, 255.0);

    for (int i = 0; i < PARTS; i++) {
        int shift = (int)std::lround(slope * ((i + 0.5) / PARTS - 0.5));

        for (int x = 0; x < n; x++) {
            int at = x + shift;
            double value = at >= 0 && at < n ? parts[(size_t)i][(size_t)at] : 0;

            least[(size_t)x] = std::min(least[(size_t)x], value);
        }
    }
    return least;
}

/* The upper sheet's end throws a line from side to side. */
static bool
has_sheet_end(const cv::Mat &work)
{
    cv::Mat grey = grey_of(work).t(), small;
    int rim = (int)saoy_work_px(8);

    cv::resize(grey, small, cv::Size(), 1, 1.0 / 8, cv::INTER_AREA); /* along the line */
    cv::Mat dark = thin_dark(small, cv::Size((int)saoy_work_px(3) | 1, 1));
    cv::blur(dark, dark, cv::Size(3, 1));
    const Parts parts = parts_of(dark);
    for (double slope = -0.06; slope <= 0.0601; slope += 0.003) {
        std::vector<double> least = all_along(parts, slope * work.cols);

        for (int x = rim; x < dark.cols - rim; x++)
            if (least[(size_t)x] > LEAST_DARK)
                return true;
    }
    return false;
}

static bool
is_double_feed(const cv::Mat &work)
{
    double along = std::max(work.cols, work.rows) / saoy_work_px(1);
    double across = std::min(work.cols, work.rows) / saoy_work_px(1);

    if (across > 230 || along < ONE_SHEET_MM)
        return false;
    return along > LENGTH_MM || has_sheet_end(work);
}

void
saoy_page_faults(const cv::Mat &work, SaoyPageReport *report)
{
    cv::Mat rgb = coarse(work), grey = grey_of(rgb);
    int paper = quantile(grey, 0.9);

    report->shadow = has_shadow(grey, paper);
    report->glare = has_glare(rgb, grey, quantile(grey, 0.6));
    report->finger = has_finger(rgb);
    report->double_feed = is_double_feed(work);
}

void
saoy_page_streaks(const cv::Mat &work, SaoyPageReport *report)
{
    int rim = (int)saoy_work_px(12), last = -rim;
    cv::Mat dark = thin_dark(grey_of(work), cv::Size((int)saoy_work_px(3) | 1, 1));
    std::vector<double> least = all_along(parts_of(dark), 0);

    report->n_streaks = 0;
    for (int x = rim; x < dark.cols - rim; x++) {
        if (least[(size_t)x] <= LEAST_DARK || report->n_streaks == SAOY_PAGE_STREAKS_MAX)
            continue;
        if (x - last > saoy_work_px(1))
            report->streaks_mm[report->n_streaks++] = x / saoy_work_px(1);
        last = x;
    }
}

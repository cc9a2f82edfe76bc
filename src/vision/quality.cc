#include "mat.h"
#include "page-parts.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#define BOX_LEAST_W_MM 87 /* a millimetre is given away on each side */
#define BOX_LEAST_H_MM 62
#define BLOCK_W_MM 174 /* room for the whole attestation block of models/templates */
#define BLOCK_H_MM 84
#define RIM_MM 5 /* printers leave it white */

/* Steepness of the steepest edges against their contrast, on the square with most writing:
 * a crisp edge crosses in two pixels, a blurred one in many. */
static double
sharpness_of(const cv::Mat &page, const cv::Mat &ink, bool *known)
{
    const int side = 768;
    cv::Mat count, grey, near, wide;
    cv::Point at;
    double f = (double)page.cols / ink.cols;
    int cell = std::max(1, (int)(side / f));
    int best = 0;

    for (int y = 0; y < ink.rows; y += cell)
        for (int x = 0; x < ink.cols; x += cell) {
            cv::Rect r(x, y, std::min(cell, ink.cols - x), std::min(cell, ink.rows - y));
            int n = cv::countNonZero(ink(r));

            if (n > best) {
                best = n;
                at = r.tl();
            }
        }
    cv::Rect square((int)(at.x * f), (int)(at.y * f), side, side);
    square &= cv::Rect(0, 0, page.cols, page.rows);
    *known = best > 200 && square.area() > 0;
    if (!*known)
        return 1;
    if (page.channels() == 3)
        cv::cvtColor(page(square), grey, cv::COLOR_RGB2GRAY);
    else
        grey = page(square);
    cv::morphologyEx(grey, near, cv::MORPH_GRADIENT,
                     cv::getStructuringElement(cv::MORPH_RECT, cv::Size(3, 3)));
    cv::morphologyEx(grey, wide, cv::MORPH_GRADIENT,
                     cv::getStructuringElement(cv::MORPH_RECT, cv::Size(13, 13)));
    std::vector<float> share;
    for (int y = 0; y < grey.rows; y++)
        for (int x = 0; x < grey.cols; x++)
            if (wide.at<uint8_t>(y, x) > 80)
                share.push_back((float)near.at<uint8_t>(y, x) / wide.at<uint8_t>(y, x));
    *known = share.size() > 500;
    if (!*known)
        return 1;
    auto top = share.begin() + (long)(share.size() * 9 / 10);
    std::nth_element(share.begin(), top, share.end());
    return std::clamp((*top - 0.2) / 0.6, 0.0, 1.0);
}

/* The page in cells of 1 mm: true where any ink is. Specks do not count. */
static cv::Mat
cells_of(const SaoyBlobs &ink, cv::Size size)
{
    const double cell = saoy_work_px(1);
    cv::Mat cells =
        cv::Mat::zeros((int)(size.height / cell) + 1, (int)(size.width / cell) + 1, CV_8U);

    for (const SaoyRun &run : ink.runs) {
        if (ink.blobs[(size_t)run.blob].area < 6)
            continue;
        uint8_t *row = cells.ptr((int)(run.y / cell));
        for (int x = (int)(run.from / cell); x <= (int)((run.to - 1) / cell); x++)
            row[x] = 1;
    }
    return cells;
}

/* A rectangle that holds the whole block beats a larger one that does not. */
static bool
is_better(cv::Rect a, cv::Rect b)
{
    bool a_holds = a.width >= BLOCK_W_MM && a.height >= BLOCK_H_MM;
    bool b_holds = b.width >= BLOCK_W_MM && b.height >= BLOCK_H_MM;

    return a_holds != b_holds ? a_holds : a.area() > b.area();
}

/* The best rectangle of at least the least size that ends in row y of the height map. */
static void
best_in_row(const std::vector<int> &height, int y, cv::Rect *best)
{
    for (size_t from = 0; from < height.size(); from++) {
        int low = height[from];

        for (size_t to = from; to < height.size() && low >= BOX_LEAST_H_MM; to++) {
            low = std::min(low, height[to]);
            cv::Rect r((int)from, y - low + 1, (int)(to - from) + 1, low);

            if (low >= BOX_LEAST_H_MM && r.width >= BOX_LEAST_W_MM && is_better(r, *best))
                *best = r;
        }
    }
}

/* In the lower half of the sheet, 5 mm off its sides and 1 mm off any ink. */
static SaoyBox
free_box_of(const cv::Mat &cells, double dpi)
{
    std::vector<int> height((size_t)cells.cols, 0);
    cv::Rect best;

    for (int y = cells.rows * 2 / 5; y < cells.rows - RIM_MM; y++) {
        for (int x = 0; x < cells.cols; x++) {
            bool rim = x < RIM_MM || x >= cells.cols - RIM_MM;

            height[(size_t)x] = rim || cells.at<uint8_t>(y, x) ? 0 : height[(size_t)x] + 1;
        }
        best_in_row(height, y, &best);
    }
    if (best.area() == 0)
        return {};
    double px = dpi / 25.4;
    return { (int)((best.x + 1) * px), (int)((best.y + 1) * px),
             (int)((best.width - 2) * px), (int)((best.height - 2) * px) };
}

/* Writing that runs into the picture's edge: the sheet lay outside the glass. */
static bool
is_cut(const cv::Mat &letters)
{
    int rim = (int)saoy_work_px(1);
    int most =
        std::max({ cv::countNonZero(letters.rowRange(0, rim)),
                   cv::countNonZero(letters.rowRange(letters.rows - rim, letters.rows)),
                   cv::countNonZero(letters.colRange(0, rim)),
                   cv::countNonZero(letters.colRange(letters.cols - rim, letters.cols)) });

    return most > saoy_work_px(1) * saoy_work_px(12);
}

/* Known sheets, their sides within 3 mm: a scanner trims a little. */
static SaoySheetSize
size_of(double width_mm, double height_mm)
{
    static const struct {
        SaoySheetSize size;
        double width, height;
    } sizes[] = {
        { SAOY_SHEET_A3, 297, 420 },
        { SAOY_SHEET_A4, 210, 297 },
        { SAOY_SHEET_A5, 148, 210 },
        { SAOY_SHEET_ID1, 53.98, 85.6 },
    };
    double width = std::min(width_mm, height_mm), height = std::max(width_mm, height_mm);

    for (const auto &known : sizes)
        if (std::fabs(width - known.width) < 3 && std::fabs(height - known.height) < 3)
            return known.size;
    /* the whole glass of a flatbed is wider than the sheet on it */
    if (width > 213 && width < 220 && height > 294 && height < 300)
        return SAOY_SHEET_A4;
    return SAOY_SHEET_OTHER;
}

static void
measure_sheet(const cv::Mat &page, int dpi, SaoyPageReport *report)
{
    report->width_mm = page.cols * 25.4 / dpi;
    report->height_mm = page.rows * 25.4 / dpi;
    report->size = size_of(report->width_mm, report->height_mm);
    report->too_small = std::max(report->width_mm, report->height_mm) < 80;
}

void
saoy_page_judge(const cv::Mat &page, int dpi, SaoyPageReport *report)
{
    cv::Mat work, grey, letters;
    double f = (double)SAOY_WORK_DPI / dpi;
    bool known = false;

    measure_sheet(page, dpi, report);
    cv::resize(page, work, cv::Size(), f, f, f < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    if (work.channels() == 3)
        cv::cvtColor(work, grey, cv::COLOR_RGB2GRAY);
    else
        grey = work;
    cv::Mat ink = saoy_ink_of(grey, 0);
    const SaoyBlobs blobs = saoy_blobs_of(ink);
    letters = saoy_letters_among(blobs, ink.size());
    report->sharpness = sharpness_of(page, letters, &known);
    report->blurred = known && report->sharpness < 0.3;
    report->ink = (double)cv::countNonZero(ink) / (double)ink.total();
    /* a signature alone is some 20 mm of strokes; a faint page is far more */
    report->blank = cv::countNonZero(letters) < saoy_work_px(4) * saoy_work_px(2) &&
                    report->ink < 0.002;
    report->too_dark = cv::mean(grey, ink == 0)[0] < 110;
    report->cut_edge = is_cut(letters);
    report->low_resolution = dpi < 190;
    report->free_box = free_box_of(cells_of(blobs, ink.size()), dpi);
}

/* The lid of the scanner: known by the rim of the scan. */
#include "page-glass.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#define SAME_COLOUR 28 /* of a lid: most that a channel differs */
#define UNIFORM 0.8    /* share of a side's rim in one colour, to be a lid */
#define LEAST_WHITE 170
#define SAME_WHITE 6

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

cv::Mat
saoy_lid_of_colour(const cv::Mat &rgb, cv::Vec3b colour)
{
    cv::Mat mask;
    cv::Scalar middle(colour[0], colour[1], colour[2]), far = cv::Scalar::all(SAME_COLOUR);

    cv::inRange(rgb, middle - far, middle + far, mask);
    return mask;
}

std::vector<cv::Vec3b>
saoy_lid_colours(const cv::Mat &rgb)
{
    int rim = (int)saoy_work_px(1.5);
    const cv::Mat strips[] = { rgb.rowRange(0, rim), rgb.rowRange(rgb.rows - rim, rgb.rows),
                               rgb.colRange(0, rim),
                               rgb.colRange(rgb.cols - rim, rgb.cols) };
    std::vector<cv::Vec3b> colours;

    for (const cv::Mat &strip : strips) {
        cv::Vec3b colour = median_colour(strip);

        if (cv::countNonZero(saoy_lid_of_colour(strip, colour)) >
            UNIFORM * (double)strip.total())
            colours.push_back(colour);
    }
    return colours;
}

/* White lids look like paper: what is seen on them may be print on a white sheet. */
bool
saoy_lid_is_white(cv::Vec3b colour)
{
    int high = std::max({ colour[0], colour[1], colour[2] });
    int low = std::min({ colour[0], colour[1], colour[2] });

    return low > 150 && high - low < 40;
}

bool
saoy_lid_is_same(cv::Vec3b one, cv::Vec3b other)
{
    return cv::norm(one, other, cv::NORM_INF) < SAME_COLOUR;
}

static bool
is_one_of(cv::Vec3b colour, const std::vector<cv::Vec3b> &rims)
{
    return std::any_of(rims.begin(), rims.end(), [&](cv::Vec3b rim) {
        return saoy_lid_is_white(rim) && cv::norm(colour, rim, cv::NORM_INF) <= SAME_WHITE;
    });
}

cv::Mat
saoy_lid_white(const cv::Mat &rgb, const std::vector<cv::Vec3b> &rims, int step)
{
    cv::Mat small, change, lid;
    std::vector<cv::Mat> planes;

    cv::resize(rgb, small, cv::Size(), 1.0 / SAOY_SOFT_COARSER, 1.0 / SAOY_SOFT_COARSER,
               cv::INTER_AREA);
    cv::blur(small, small, cv::Size(3, 3));
    cv::morphologyEx(small, change, cv::MORPH_GRADIENT, cv::Mat());
    cv::split(change, planes);
    cv::Mat soft = cv::max(cv::max(planes[0], planes[1]), planes[2]) <= step;
    cv::split(small, planes);
    soft &= cv::min(cv::min(planes[0], planes[1]), planes[2]) > LEAST_WHITE;
    for (int y = 0; y < small.rows; y++)
        for (int x = 0; x < small.cols; x += y % (small.rows - 1) == 0 ? 1 : small.cols - 1)
            if (soft.at<uint8_t>(y, x) == 255 && is_one_of(small.at<cv::Vec3b>(y, x), rims))
                cv::floodFill(soft, cv::Point(x, y), 128);
    lid = soft == 128;
    cv::dilate(lid, lid, cv::Mat(), cv::Point(-1, -1),
               2); /* the step, as wide as it was blurred */
    return lid;
}

cv::Mat
saoy_things_on(const cv::Mat &lid, double dpi)
{
    cv::Mat open, outside;
    int gap = std::max(3, (int)(dpi / 25.4) | 1); /* 1 mm */

    cv::morphologyEx(lid, open, cv::MORPH_OPEN,
                     cv::getStructuringElement(cv::MORPH_RECT, cv::Size(gap, gap)));
    cv::copyMakeBorder(open, outside, 1, 1, 1, 1, cv::BORDER_CONSTANT, 255);
    cv::floodFill(outside, cv::Point(0, 0), 128);
    return outside(cv::Rect(1, 1, lid.cols, lid.rows)) != 128;
}

/* A frame printed on a sheet has the sheet's own colour behind its line; a thing has not.
 */
bool
saoy_thing_is_solid(const cv::Mat &lid, const cv::Mat &thing)
{
    int rim = (int)saoy_work_px(2) | 1, band = (int)saoy_work_px(16) | 1; /* both sides */
    cv::Rect box = cv::boundingRect(thing);
    cv::Mat outer, inner;

    /* a pixel of lid around it, where there is any: what reaches the scan's rim is whole */
    box = cv::Rect(box.x - 1, box.y - 1, box.width + 2, box.height + 2) &
          cv::Rect(cv::Point(0, 0), thing.size());
    cv::erode(thing(box), outer,
              cv::getStructuringElement(cv::MORPH_RECT, cv::Size(rim, rim)));
    cv::erode(outer, inner,
              cv::getStructuringElement(cv::MORPH_RECT, cv::Size(band, band)));
    cv::Mat ring = outer & ~inner;
    int all = cv::countNonZero(ring);
    return all > 0 && cv::countNonZero(ring & lid(box)) < all / 5;
}

#include "page-parts.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

static double
percentile(const cv::Mat &grey, double share)
{
    cv::Mat count;
    const int bins = 256, channel = 0;
    const float range[] = { 0, 256 };
    const float *ranges = range;
    double left = share * (double)grey.total();

    cv::calcHist(&grey, 1, &channel, cv::Mat(), count, 1, &bins, &ranges);
    for (int i = 0; i < bins; i++) {
        left -= count.at<float>(i);
        if (left <= 0)
            return i;
    }
    return 255;
}

/* The paper's own brightness everywhere, by closing what is narrower than 20 mm. */
static cv::Mat
paper_level(const cv::Mat &grey)
{
    const int dpi = 25, width = 20;
    cv::Mat small, level;
    double f = (double)dpi / SAOY_WORK_DPI;

    cv::resize(grey, small, cv::Size(), f, f, cv::INTER_AREA);
    cv::morphologyEx(small, small, cv::MORPH_CLOSE,
                     cv::getStructuringElement(cv::MORPH_RECT, cv::Size(width, width)));
    cv::GaussianBlur(small, small, cv::Size(), 3);
    cv::resize(small, level, grey.size(), 0, 0, cv::INTER_LINEAR);
    return level;
}

cv::Mat
saoy_ink_of(const cv::Mat &grey, double deep)
{
    cv::Mat depth, far, ink;

    cv::subtract(paper_level(grey), grey, depth);
    double middle = percentile(depth, 0.5);
    cv::absdiff(depth, cv::Scalar(middle), far);
    double noise = 1.48 * percentile(far, 0.5);
    double least = middle + std::max(12.0, 6 * noise);
    if (deep > 0)
        least = std::max(least, deep * percentile(depth, 0.997));
    cv::threshold(depth, ink, least, 255, cv::THRESH_BINARY);
    return ink;
}

cv::Mat
saoy_paper_of(const cv::Mat &rgb)
{
    const int darkest_paper = 70, most_colour = 40;
    std::vector<cv::Mat> planes;
    cv::Mat low, high, dark, labels, stats, centres;

    cv::split(rgb, planes);
    low = cv::min(cv::min(planes.front(), planes[planes.size() / 2]), planes.back());
    high = cv::max(cv::max(planes.front(), planes[planes.size() / 2]), planes.back());
    dark = (high < darkest_paper) & (high - low < most_colour);
    cv::morphologyEx(dark, dark, cv::MORPH_CLOSE,
                     cv::getStructuringElement(cv::MORPH_RECT, cv::Size(5, 5)));

    int n = cv::connectedComponentsWithStats(dark, labels, stats, centres);
    std::vector<uint8_t> paper((size_t)n, 255);
    for (int i = 1; i < n; i++) {
        int x = stats.at<int>(i, cv::CC_STAT_LEFT), y = stats.at<int>(i, cv::CC_STAT_TOP);
        int w = stats.at<int>(i, cv::CC_STAT_WIDTH),
            h = stats.at<int>(i, cv::CC_STAT_HEIGHT);
        bool reaches = x == 0 || y == 0 || x + w == dark.cols || y + h == dark.rows;

        if (reaches &&
            stats.at<int>(i, cv::CC_STAT_AREA) > saoy_work_px(3) * saoy_work_px(3))
            paper[(size_t)i] = 0;
    }
    cv::Mat mask(dark.size(), CV_8U);
    for (int y = 0; y < mask.rows; y++)
        for (int x = 0; x < mask.cols; x++)
            mask.at<uint8_t>(y, x) = paper[(size_t)labels.at<int>(y, x)];
    return mask;
}

cv::Mat
saoy_letters_of(const cv::Mat &ink)
{
    cv::Mat labels, stats, centres, letters = ink.clone();
    int n = cv::connectedComponentsWithStats(ink, labels, stats, centres);
    std::vector<uint8_t> keep((size_t)n, 0);

    for (int i = 1; i < n; i++) {
        int w = stats.at<int>(i, cv::CC_STAT_WIDTH),
            h = stats.at<int>(i, cv::CC_STAT_HEIGHT);

        keep[(size_t)i] = std::max(w, h) < saoy_work_px(15) &&
                          std::min(w, h) < saoy_work_px(10) &&
                          stats.at<int>(i, cv::CC_STAT_AREA) >= 4;
    }
    for (int y = 0; y < letters.rows; y++)
        for (int x = 0; x < letters.cols; x++)
            if (!keep[(size_t)labels.at<int>(y, x)])
                letters.at<uint8_t>(y, x) = 0;
    return letters;
}

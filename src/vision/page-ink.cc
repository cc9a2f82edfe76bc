#include "page-parts.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <opencv2/core/hal/intrin.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

/* How many samples there are of each value. */
typedef std::array<int, 256> Counts;

static Counts
counts_of(const cv::Mat &grey)
{
    static const int N = 4; /* tables: the same value twice in a row waits for itself */
    int part[N][256] = {};
    Counts counts;

    for (int y = 0; y < grey.rows; y++) {
        const uint8_t *row = grey.ptr(y);
        int x = 0;

        for (; x + N <= grey.cols; x += N)
            for (int i = 0; i < N; i++)
                part[i][row[x + i]]++;
        for (; x < grey.cols; x++)
            part[0][row[x]]++;
    }
    for (size_t v = 0; v < counts.size(); v++)
        counts[v] = part[0][v] + part[1][v] + part[2][v] + part[3][v];
    return counts;
}

static int
percentile(const Counts &counts, double share)
{
    double left = share * std::accumulate(counts.begin(), counts.end(), 0.0);

    for (size_t v = 0; v < counts.size(); v++) {
        left -= counts[v];
        if (left <= 0)
            return (int)v;
    }
    return 255;
}

/* Of how far the samples are from that value. */
static Counts
counts_around(const Counts &counts, int middle)
{
    Counts far = {};

    for (size_t v = 0; v < counts.size(); v++)
        far[(size_t)std::abs((int)v - middle)] += counts[v];
    return far;
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
    cv::Mat depth, ink;

    cv::subtract(paper_level(grey), grey, depth);
    Counts counts = counts_of(depth);
    int middle = percentile(counts, 0.5);
    double noise = 1.48 * percentile(counts_around(counts, middle), 0.5);
    double least = middle + std::max(12.0, 6 * noise);
    if (deep > 0)
        least = std::max(least, deep * percentile(counts, 0.997));
    cv::threshold(depth, ink, least, 255, cv::THRESH_BINARY);
    return ink;
}

#define DARKEST_PAPER 70
#define MOST_COLOUR 40

static void
dark_row(const uint8_t *p, int n, uint8_t *out)
{
    const cv::v_uint8x16 paper = cv::v_setall_u8(DARKEST_PAPER);
    const cv::v_uint8x16 colour = cv::v_setall_u8(MOST_COLOUR);
    int x = 0;

    for (; x + 16 <= n; x += 16) {
        cv::v_uint8x16 r, g, b;

        cv::v_load_deinterleave(p + 3 * x, r, g, b);
        cv::v_uint8x16 high = cv::v_max(cv::v_max(r, g), b);
        cv::v_uint8x16 low = cv::v_min(cv::v_min(r, g), b);
        cv::v_store(out + x, (high < paper) & (high - low < colour));
    }
    for (; x < n; x++) {
        auto ends = std::minmax({ p[3 * x], p[3 * x + 1], p[3 * x + 2] });

        out[x] =
            ends.second < DARKEST_PAPER && ends.second - ends.first < MOST_COLOUR ? 255 : 0;
    }
}

static cv::Mat
dark_of(const cv::Mat &page)
{
    cv::Mat dark(page.size(), CV_8U);

    if (page.channels() == 1)
        return page < DARKEST_PAPER;
    for (int y = 0; y < page.rows; y++)
        dark_row(page.ptr(y), page.cols, dark.ptr(y));
    return dark;
}

cv::Mat
saoy_paper_of(const cv::Mat &rgb)
{
    cv::Mat dark = dark_of(rgb), labels, stats, centres;

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
    for (int y = 0; y < mask.rows; y++) {
        const int *label = labels.ptr<int>(y);
        uint8_t *out = mask.ptr(y);

        for (int x = 0; x < mask.cols; x++)
            out[x] = paper[(size_t)label[x]];
    }
    return mask;
}

cv::Mat
saoy_letters_of(const cv::Mat &ink)
{
    cv::Mat labels, stats, centres, letters(ink.size(), CV_8U);
    int n = cv::connectedComponentsWithStats(ink, labels, stats, centres);
    std::vector<uint8_t> keep((size_t)n, 0);

    for (int i = 1; i < n; i++) {
        int w = stats.at<int>(i, cv::CC_STAT_WIDTH),
            h = stats.at<int>(i, cv::CC_STAT_HEIGHT);

        bool letter = std::max(w, h) < saoy_work_px(15) &&
                      std::min(w, h) < saoy_work_px(10) &&
                      stats.at<int>(i, cv::CC_STAT_AREA) >= 4;
        keep[(size_t)i] = letter ? 255 : 0;
    }
    for (int y = 0; y < letters.rows; y++) {
        const int *label = labels.ptr<int>(y);
        uint8_t *out = letters.ptr(y);

        for (int x = 0; x < letters.cols; x++)
            out[x] = keep[(size_t)label[x]];
    }
    return letters;
}

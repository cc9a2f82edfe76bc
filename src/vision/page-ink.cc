#include "page-parts.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <opencv2/core/hal/intrin.hpp>
#include <opencv2/imgproc.hpp>
#include <string.h>
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
    cv::Mat dark = dark_of(rgb);

    cv::morphologyEx(dark, dark, cv::MORPH_CLOSE,
                     cv::getStructuringElement(cv::MORPH_RECT, cv::Size(5, 5)));
    cv::Mat paper(dark.size(), CV_8U, cv::Scalar(255));
    const SaoyBlobs things = saoy_blobs_of(dark);
    for (const SaoyRun &run : things.runs) {
        const SaoyBlob &thing = things.blobs[(size_t)run.blob];
        bool reaches = thing.box.x == 0 || thing.box.y == 0 ||
                       thing.box.br().x == dark.cols || thing.box.br().y == dark.rows;

        if (reaches && thing.area > saoy_work_px(3) * saoy_work_px(3))
            memset(paper.ptr(run.y) + run.from, 0, (size_t)(run.to - run.from));
    }
    return paper;
}

static bool
is_letter(const SaoyBlob &blob)
{
    return std::max(blob.box.width, blob.box.height) < saoy_work_px(15) &&
           std::min(blob.box.width, blob.box.height) < saoy_work_px(10) && blob.area >= 4;
}

cv::Mat
saoy_letters_among(const SaoyBlobs &blobs, cv::Size size)
{
    cv::Mat letters = cv::Mat::zeros(size, CV_8U);

    for (const SaoyRun &run : blobs.runs)
        if (is_letter(blobs.blobs[(size_t)run.blob]))
            memset(letters.ptr(run.y) + run.from, 255, (size_t)(run.to - run.from));
    return letters;
}

cv::Mat
saoy_letters_of(const cv::Mat &ink)
{
    return saoy_letters_among(saoy_blobs_of(ink), ink.size());
}

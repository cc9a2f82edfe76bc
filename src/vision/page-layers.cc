/* The picture on which paper is measured: about 100 dpi, where turning a page by resampling
 * no longer shows in the noise, with what is print told apart. */
#include "page-tamper.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <opencv2/imgproc.hpp>

#define WORK_DPI 100
#define STROKE 15      /* work pixels; nothing wider is writing: 3.8 mm */
#define LEAST_DEPTH 34 /* of print under its paper; a ground's fine lines are less */

static void
add_rows(const cv::Mat &page, int first, int by, std::vector<uint16_t> *sums)
{
    std::fill(sums->begin(), sums->end(), (uint16_t)0);
    for (int i = 0; i < by; i++) {
        const uint8_t *from = page.ptr(first + i);
        uint16_t *to = sums->data();

        for (size_t s = 0; s < sums->size(); s++)
            to[s] = (uint16_t)(to[s] + from[s]);
    }
}

/* Means over squares of by x by pixels; cv::resize() takes several times as long. */
static cv::Mat
reduced(const cv::Mat &page, int by)
{
    cv::Mat work(page.rows / by, page.cols / by, CV_8UC3);
    const int area = by * by;
    std::vector<uint16_t> sums((size_t)(work.cols * by * 3));

    for (int y = 0; y < work.rows; y++) {
        uint8_t *to = work.ptr(y);

        add_rows(page, y * by, by, &sums);
        for (int s = 0; s < work.cols * 3; s++) {
            const uint16_t *from = sums.data() + s / 3 * by * 3 + s % 3;
            int sum = area / 2;

            for (int i = 0; i < by; i++)
                sum += from[i * 3];
            to[s] = (uint8_t)(sum / area);
        }
    }
    return work;
}

/* How much neighbours differ where there is paper: noise, fibres, a ground's lines. */
static double
unrest_of(const cv::Mat &plane)
{
    const int most = 80, apart = 2, step = 12; /* more than most is writing */
    long sum = 0, n = 1;

    for (int y = 0; y + apart < plane.rows; y += step) {
        const uint8_t *a = plane.ptr(y), *b = plane.ptr(y + apart);

        for (int x = 0; x < plane.cols; x++) {
            int by = std::abs(a[x] - b[x]);

            if (by < most && a[x] > 128) {
                sum += by * by;
                n++;
            }
        }
    }
    return (double)sum / (double)n;
}

/* The page as through a filter of its ground's colour, as an examiner of documents holds
 * one before his eye: in that channel the ground's lines are not seen, and what is darker
 * there is dirt, ink or shadow. Without a coloured ground it is the light of all three. */
static cv::Mat
clear_of(const cv::Mat &rgb, const cv::Mat &grey)
{
    const double clearer = 0.7;
    cv::Mat best = grey;
    double least = clearer * unrest_of(grey);

    for (int c = 0; c < 3; c++) {
        cv::Mat plane;

        cv::extractChannel(rgb, plane, c);
        double unrest = unrest_of(plane);
        if (unrest < least) {
            least = unrest;
            best = plane;
        }
    }
    return best;
}

static int
middle_of(const cv::Mat &bytes)
{
    int count[256] = {};
    long left = (long)bytes.total() / 2;

    for (int y = 0; y < bytes.rows; y++) {
        const uint8_t *row = bytes.ptr(y);

        for (int x = 0; x < bytes.cols; x++)
            count[row[x]]++;
    }
    for (int v = 0; v < 256; v++)
        if ((left -= count[v]) <= 0)
            return v;
    return 255;
}

static cv::Mat
print_of(const cv::Mat &grey)
{
    cv::Mat level, depth, print, near;

    cv::morphologyEx(grey, level, cv::MORPH_CLOSE, cv::Mat::ones(STROKE, STROKE, CV_8U));
    cv::subtract(level, grey, depth);
    print = depth > middle_of(depth) + LEAST_DEPTH;
    cv::dilate(print, near, cv::Mat::ones(5, 5, CV_8U));
    near.setTo(128, near);
    return near | print;
}

SaoyLayers
saoy_layers_of(const cv::Mat &page, int dpi)
{
    SaoyLayers layers = {};
    cv::Mat grey;

    layers.by = std::max(1, (int)std::lround((double)dpi / WORK_DPI));
    layers.rgb = reduced(page, layers.by);
    cv::cvtColor(layers.rgb, grey, cv::COLOR_RGB2GRAY);
    layers.print = print_of(grey);
    layers.clear = clear_of(layers.rgb, grey);
    return layers;
}

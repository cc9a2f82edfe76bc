#include "page-parts.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#define MOST_DEGREES 15.0
#define MOST_POINTS 60000u

/* Lower edges of ink: where a line of writing is level they fall onto few rows. */
static std::vector<cv::Point2f>
lower_edges(const cv::Mat &ink)
{
    std::vector<cv::Point2f> points, few;

    for (int y = 0; y + 1 < ink.rows; y++) {
        const uint8_t *row = ink.ptr(y), *next = ink.ptr(y + 1);

        for (int x = 0; x < ink.cols; x++)
            if (row[x] != 0 && next[x] == 0)
                points.emplace_back((float)(x - ink.cols / 2), (float)(y - ink.rows / 2));
    }
    size_t step = points.size() / MOST_POINTS + 1;
    for (size_t i = 0; i < points.size(); i += step)
        few.push_back(points[i]);
    return few;
}

/* How unevenly the points fall onto rows when the page is turned back by degrees. */
static double
unevenness(const std::vector<cv::Point2f> &points, double degrees, double bin, int rows)
{
    double sine = std::sin(degrees * CV_PI / 180) / bin;
    double cosine = std::cos(degrees * CV_PI / 180) / bin;
    std::vector<float> count((size_t)(2.0 * rows / bin) + 2, 0.0f);
    double middle = (double)count.size() / 2, sum = 0;

    for (const cv::Point2f &p : points) {
        double at = p.y * cosine - p.x * sine + middle;
        size_t i = (size_t)at;
        float part = (float)(at - (double)i);

        if (at >= 0 && i + 1 < count.size()) {
            count[i] += 1 - part;
            count[i + 1] += part;
        }
    }
    for (float c : count)
        sum += (double)c * c;
    return sum;
}

static double
best_of(const std::vector<cv::Point2f> &points, double from, double to, double step,
        double bin, int rows, std::vector<double> *all)
{
    double best = from, most = -1;

    for (double d = from; d <= to + step / 2; d += step) {
        double u = unevenness(points, d, bin, rows);

        if (all != NULL)
            all->push_back(u);
        if (u > most) {
            most = u;
            best = d;
        }
    }
    return best;
}

SaoySkew
saoy_skew_of(const cv::Mat &ink)
{
    std::vector<cv::Point2f> points = lower_edges(ink);
    std::vector<double> all;
    int rows = ink.rows + ink.cols / 2;

    if (points.size() < 300)
        return { 0, 1 };
    double d = best_of(points, -MOST_DEGREES, MOST_DEGREES, 0.5, 4, rows, &all);
    std::nth_element(all.begin(), all.begin() + (long)all.size() / 2, all.end());
    double middle = all[all.size() / 2];
    double weight = unevenness(points, d, 4, rows) / std::max(middle, 1.0);

    d = best_of(points, d - 0.5, d + 0.5, 0.1, 2, rows, NULL);
    d = best_of(points, d - 0.1, d + 0.1, 0.02, 1, rows, NULL);
    return { d, weight };
}

/* One line in one strip of the page, rows from..to of its profile: adds what stands above
 * and below the band of the small letters. */
static void
weigh_line(const std::vector<double> &profile, int from, int to, double *above,
           double *below)
{
    double most = 0;
    int top = to, low = from;

    for (int y = from; y < to; y++)
        most = std::max(most, profile[(size_t)y]);
    for (int y = from; y < to; y++)
        if (profile[(size_t)y] > most / 2) {
            top = std::min(top, y);
            low = y;
        }
    for (int y = from; y < top; y++)
        *above += profile[(size_t)y];
    for (int y = low + 1; y < to; y++)
        *below += profile[(size_t)y];
}

static void
weigh_strip(const cv::Mat &strip, double *above, double *below)
{
    const int least = (int)saoy_work_px(1.2), most = (int)saoy_work_px(9);
    std::vector<double> profile((size_t)strip.rows + 1, 0.0);
    int from = -1;

    for (int y = 0; y < strip.rows; y++)
        profile[(size_t)y] = cv::countNonZero(strip.row(y));
    for (int y = 0; y <= strip.rows; y++) {
        bool written = profile[(size_t)y] > 0;

        if (written && from < 0)
            from = y;
        if (written || from < 0)
            continue;
        if (y - from >= least && y - from <= most)
            weigh_line(profile, from, y, above, below);
        from = -1;
    }
}

double
saoy_uprightness(const cv::Mat &letters)
{
    const int strips = 6;
    double above = 0, below = 0;

    for (int i = 0; i < strips; i++)
        weigh_strip(
            letters.colRange(letters.cols * i / strips, letters.cols * (i + 1) / strips),
            &above, &below);
    return above + below < 200 ? 0.5 : above / (above + below);
}

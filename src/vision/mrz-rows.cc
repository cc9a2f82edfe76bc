#include "mrz-rows.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define MOST_MARKS 4000u
#define UNEVEN 0.2 /* of the pitch: how far a character may stand from its place */

/* A blot that may be a character: its middle, its size, its neighbour to the right. */
struct Mark {
    double x, y, w, h;
    int next, last;
};

static std::vector<Mark>
marks_of(const cv::Mat &grey)
{
    cv::Mat soft, ink, labels, stats, middles;
    std::vector<Mark> marks;
    int block = std::max(15, grey.cols / 24) | 1;

    cv::GaussianBlur(grey, soft, cv::Size(0, 0), std::max(0.8, grey.cols / 1100.0));
    cv::adaptiveThreshold(soft, ink, 255, cv::ADAPTIVE_THRESH_MEAN_C, cv::THRESH_BINARY_INV,
                          block, 12);
    int n = cv::connectedComponentsWithStats(ink, labels, stats, middles, 8, CV_32S);
    for (int i = 1; i < n && marks.size() < MOST_MARKS; i++) {
        const int *s = stats.ptr<int>(i);
        double w = s[cv::CC_STAT_WIDTH], h = s[cv::CC_STAT_HEIGHT];

        if (h >= 6 && h <= grey.rows / 8.0 && w >= 2 && w <= 1.5 * h &&
            s[cv::CC_STAT_AREA] >= 0.1 * w * h)
            marks.push_back(
                { s[cv::CC_STAT_LEFT] + w / 2, s[cv::CC_STAT_TOP] + h / 2, w, h, -1, -1 });
    }
    std::sort(marks.begin(), marks.end(),
              [](const Mark &a, const Mark &b) { return a.x < b.x; });
    return marks;
}

static bool
are_neighbours(const Mark &a, const Mark &b)
{
    double h = std::max(a.h, b.h), dx = b.x - a.x;

    return dx >= 0.5 * h && std::abs(b.y - a.y) <= 0.3 * h + 0.18 * dx &&
           std::min(a.h, b.h) >= 0.5 * h;
}

/* Each mark and the nearest to its right that has no nearer to its left. */
static void
join(std::vector<Mark> *marks)
{
    for (size_t i = 0; i < marks->size(); i++) {
        Mark &a = (*marks)[i];

        for (size_t j = i + 1; j < marks->size() && a.next < 0; j++) {
            Mark &b = (*marks)[j];

            if (b.x - a.x > 3.2 * a.h)
                break;
            if (!are_neighbours(a, b))
                continue;
            if (b.last >= 0)
                (*marks)[(size_t)b.last].next = -1;
            a.next = (int)j;
            b.last = (int)i;
        }
    }
}

static double
middle_of(std::vector<double> values)
{
    std::nth_element(values.begin(), values.begin() + (long)values.size() / 2,
                     values.end());
    return values[values.size() / 2];
}

/* Least squares: the first `terms` of 1, k, k² for values at places k. */
static cv::Vec3d
fit(const std::vector<int> &at, const std::vector<double> &values, int terms)
{
    cv::Mat a((int)at.size(), terms, CV_64F), b((int)at.size(), 1, CV_64F), x;
    cv::Vec3d out(0, 0, 0);

    for (int i = 0; i < a.rows; i++) {
        double k = at[(size_t)i];

        for (int t = 0; t < terms; t++)
            a.at<double>(i, t) = t == 0 ? 1 : t == 1 ? k : k * k;
        b.at<double>(i) = values[(size_t)i];
    }
    cv::solve(a, b, x, cv::DECOMP_QR);
    for (int t = 0; t < terms; t++)
        out[t] = x.at<double>(t);
    return out;
}

static bool
row_of(const std::vector<Mark> &chain, SaoyRow *out)
{
    std::vector<double> gaps, x, y, tall;
    std::vector<int> at(1, 0);

    for (size_t i = 0; i + 1 < chain.size(); i++)
        gaps.push_back(chain[i + 1].x - chain[i].x);
    double pitch = middle_of(gaps);
    for (double gap : gaps)
        at.push_back(at.back() + std::max(1, (int)std::lround(gap / pitch)));
    for (const Mark &mark : chain) {
        x.push_back(mark.x);
        y.push_back(mark.y);
        tall.push_back(mark.h);
    }
    cv::Vec3d fx = fit(at, x, 3), fy = fit(at, y, 2);
    double sum = 0;
    for (size_t i = 0; i < at.size(); i++)
        sum += std::pow(fx[0] + at[i] * (fx[1] + at[i] * fx[2]) - x[i], 2);
    std::sort(tall.begin(), tall.end());
    *out = { fx[0], fx[1], fx[2], fy[0], fy[1], tall[tall.size() * 3 / 4], at.back() + 1 };
    return std::sqrt(sum / (double)at.size()) <= UNEVEN * pitch &&
           out->height <= 2 * pitch && out->height >= 0.6 * pitch;
}

std::vector<SaoyRow>
saoy_rows_of(const cv::Mat &grey, int least)
{
    std::vector<Mark> marks = marks_of(grey);
    std::vector<SaoyRow> rows;

    join(&marks);
    for (const Mark &first : marks) {
        std::vector<Mark> chain(1, first);
        SaoyRow row = {};

        if (first.last >= 0)
            continue;
        while (chain.back().next >= 0)
            chain.push_back(marks[(size_t)chain.back().next]);
        if ((int)chain.size() >= least && row_of(chain, &row))
            rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end(),
              [](const SaoyRow &a, const SaoyRow &b) { return a.y0 < b.y0; });
    return rows;
}

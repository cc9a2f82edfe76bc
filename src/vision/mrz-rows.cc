#include "mrz-rows.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define MOST_MARKS 4000u
#define MOST_PLACES 60 /* the longest zone has 44, and specks may stand beside it */
#define UNEVEN 0.2     /* of the pitch: how far a character may stand from its place */

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

/* Marks of one chain, each at the place that the gaps before it give it. */
struct Places {
    std::vector<int> at;
    std::vector<double> x, y, tall;
};

static Places
places_of(const std::vector<Mark> &chain)
{
    std::vector<double> gaps;
    Places places;

    for (size_t i = 0; i + 1 < chain.size(); i++)
        gaps.push_back(chain[i + 1].x - chain[i].x);
    double pitch = middle_of(gaps);
    for (size_t i = 0; i < chain.size(); i++) {
        int step = i == 0 ? 0 : std::max(1, (int)std::lround(gaps[i - 1] / pitch));

        places.at.push_back(i == 0 ? 0 : places.at.back() + step);
        places.x.push_back(chain[i].x);
        places.y.push_back(chain[i].y);
        places.tall.push_back(chain[i].h);
    }
    return places;
}

/* Without the marks that stand beside their place: specks, and the card's edge. */
static Places
without_strays(const Places &all, const SaoyRow &row)
{
    Places left;

    for (size_t i = 0; i < all.at.size(); i++) {
        cv::Point2d place = saoy_row_at(row, all.at[i]);

        if (std::abs(place.x - all.x[i]) > UNEVEN * row.pitch ||
            std::abs(place.y - all.y[i]) > 2 * UNEVEN * row.pitch)
            continue;
        left.at.push_back(all.at[i]);
        left.x.push_back(all.x[i]);
        left.y.push_back(all.y[i]);
        left.tall.push_back(all.tall[i]);
    }
    return left;
}

static SaoyRow
fit_row(const Places &places, int terms)
{
    cv::Vec3d x = fit(places.at, places.x, terms), y = fit(places.at, places.y, 2);
    std::vector<double> tall = places.tall;

    std::sort(tall.begin(), tall.end());
    return {
        x[0], x[1], x[2], y[0], y[1], tall[tall.size() * 3 / 4], places.at.back() + 1
    };
}

/* A straight line first, so that strays at the ends do not bend it. */
static bool
row_of(const std::vector<Mark> &chain, SaoyRow *out)
{
    Places all = places_of(chain), kept = all;
    SaoyRow row = {};

    for (int round = 0; round < 4; round++) {
        row = fit_row(kept, round < 2 ? 2 : 3);
        kept = without_strays(all, row);
        if (kept.at.size() < 3 || 4 * kept.at.size() < 3 * all.at.size())
            return false;
    }
    int first = kept.at.front();
    for (int &at : kept.at)
        at -= first;
    *out = fit_row(kept, 3);
    return out->n <= MOST_PLACES && out->height <= 2 * out->pitch &&
           out->height >= 0.6 * out->pitch;
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

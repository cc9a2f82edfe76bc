/* The shadow of a slip's edge. A scanner lights from one side, at about 45 degrees: beside
 * a sheet of 0.1 mm that lies on another, 0.1 mm are dark on the side away from the lamp.
 * On a picture of 100 dpi that is a line one sample wide and 2 to 30 levels deep, without a
 * colour of its own, straight within half a sample, that ends where the slip ends. Rules
 * are darker, a ground's lines coloured or bent, a fold goes through the page. */
#include "page-tamper.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define PX_MM (100 / 25.4)
#define HALF 8 /* of the window a row's light is a mean of */
#define UNKNOWN -1000.f
#define REACH 3 /* samples beside the line that tell the paper */

/* Rows of the work picture, or its columns laid down as rows. */
typedef struct {
    cv::Mat light, bare, rgb;
    bool upright;
    double least; /* levels a ridge is deep */
} Rows;

static void
row_means(const uint8_t *light, const uint8_t *bare, int n_all, float *to)
{
    int sum = 0, n = 0;

    for (int x = -HALF; x < n_all; x++) {
        int in = x + HALF, out = x - HALF - 1;

        if (in < n_all && bare[in] != 0) {
            sum += light[in];
            n++;
        }
        if (out >= 0 && bare[out] != 0) {
            sum -= light[out];
            n--;
        }
        if (x >= 0)
            to[x] = n < HALF ? UNKNOWN : (float)sum / (float)n;
    }
}

static cv::Mat
means_of(const Rows &rows)
{
    cv::Mat mean(rows.light.size(), CV_32F);

    for (int y = 0; y < mean.rows; y++)
        row_means(rows.light.ptr(y), rows.bare.ptr(y), mean.cols, mean.ptr<float>(y));
    return mean;
}

static void
depths_of(const cv::Mat &mean, int y, std::vector<float> *to)
{
    const float *above = mean.ptr<float>(y - 2), *here = mean.ptr<float>(y);
    const float *below = mean.ptr<float>(y + 2);

    for (size_t x = 0; x < to->size(); x++)
        (*to)[x] = here[x] < 0 ? -1 : std::min(above[x], below[x]) - here[x];
}

/* 255 where a row is darker than those on both sides of it, and darkest. */
static cv::Mat
ridges_of(const cv::Mat &mean, double least)
{
    cv::Mat hit = cv::Mat::zeros(mean.size(), CV_8U);
    std::vector<float> last((size_t)mean.cols, -1.f), here = last, next = last;

    for (int y = 2; y + 3 < mean.rows; y++) {
        uint8_t *to = hit.ptr(y);

        depths_of(mean, y + 1, &next);
        for (size_t x = 0; x < here.size(); x++)
            if (here[x] > least && here[x] >= last[x] && here[x] >= next[x])
                to[x] = 255;
        last.swap(here);
        here.swap(next);
    }
    return hit;
}

/* y = first + slope * x through the ridge, and how far it strays. */
typedef struct {
    double first, slope, bent;
    int n;
} Fit;

static Fit
fit_of(const cv::Mat &own)
{
    double n = 0, sx = 0, sy = 0, xx = 0, xy = 0, yy = 0;

    for (int y = 0; y < own.rows; y++)
        for (int x = 0; x < own.cols; x++)
            if (own.at<uint8_t>(y, x)) {
                n++;
                sx += x;
                sy += y;
                xx += x * x;
                xy += x * y;
                yy += y * y;
            }
    n = std::max(1.0, n);
    double vx = xx - sx * sx / n, vy = yy - sy * sy / n, vxy = xy - sx * sy / n;
    double slope = vx > 0 ? vxy / vx : 0;
    return { (sy - slope * sx) / n, slope, std::sqrt(std::max(0.0, (vy - slope * vxy) / n)),
             (int)n };
}

static cv::Vec3d
colour_at(const Rows &rows, int y, int x)
{
    const cv::Vec3b &v =
        rows.upright ? rows.rgb.at<cv::Vec3b>(x, y) : rows.rgb.at<cv::Vec3b>(y, x);

    return { (double)v[0] - v[1], 0.0, (double)v[2] - v[1] };
}

static double
light_at(const Rows &rows, int y, int x)
{
    return rows.light.at<uint8_t>(y, x);
}

static bool
is_seen(const Rows &rows, int y, int x)
{
    return y >= REACH && y + REACH < rows.light.rows && rows.bare.at<uint8_t>(y, x) &&
           rows.bare.at<uint8_t>(y - REACH, x) && rows.bare.at<uint8_t>(y + REACH, x);
}

/* Along the fitted line, where nothing is printed on it. */
static void
look_along(const Rows &rows, cv::Rect box, const Fit &fit, SaoyEdge *edge)
{
    double n = 0, deep = 0, squares = 0, step = 0;
    cv::Vec3d colour(0, 0, 0);

    for (int i = 0; i < box.width; i++) {
        int x = box.x + i, y = (int)std::lround(box.y + fit.first + fit.slope * i);

        if (!is_seen(rows, y, x))
            continue;
        double above = (light_at(rows, y - 3, x) + light_at(rows, y - 2, x)) / 2;
        double below = (light_at(rows, y + 3, x) + light_at(rows, y + 2, x)) / 2;
        double beside = std::min(light_at(rows, y - 1, x), light_at(rows, y + 1, x));
        double by = (above + below) / 2 - (light_at(rows, y, x) + beside) / 2;

        n++;
        deep += by;
        squares += by * by;
        step += below - above;
        colour += (colour_at(rows, y - 3, x) + colour_at(rows, y + 3, x)) / 2 -
                  colour_at(rows, y, x);
    }
    n = std::max(1.0, n);
    edge->depth = deep / n;
    edge->uneven = std::sqrt(std::max(0.0, squares / n - edge->depth * edge->depth));
    edge->chroma = cv::norm(colour) / n;
    edge->step = std::fabs(step / n);
    edge->cover = n / box.width;
}

/* What joined the pieces made the line longer, and so did the means along it. */
static void
look_within(const Rows &rows, cv::Rect box, const Fit &fit, int joined, SaoyEdge *edge)
{
    int off = (joined + HALF) / 2;
    cv::Rect inner(box.x + off, box.y, box.width - 2 * off, box.height);

    look_along(rows, inner, { fit.first + fit.slope * off, fit.slope, fit.bent, fit.n },
               edge);
}

/* Pieces of one line a word apart are one. */
static void
add_lines(const Rows &rows, std::vector<SaoyEdge> *out)
{
    const int apart = 15;
    const double least = (rows.upright ? 5.0 : 7.0) * PX_MM, slope = 0.035, bent = 0.65;
    cv::Mat hit = ridges_of(means_of(rows), rows.least), joined, labels, stats, centres;

    cv::dilate(hit, joined, cv::Mat::ones(1, apart, CV_8U));
    int n = cv::connectedComponentsWithStats(joined, labels, stats, centres);
    for (int i = 1; i < n; i++) {
        const int *stat = stats.ptr<int>(i);
        cv::Rect box(stat[cv::CC_STAT_LEFT], stat[cv::CC_STAT_TOP], stat[cv::CC_STAT_WIDTH],
                     stat[cv::CC_STAT_HEIGHT]);

        if (box.width - apart < least || box.height > slope * box.width + 4)
            continue;
        Fit fit = fit_of((labels(box) == i) & hit(box));
        if (fit.bent > bent || std::fabs(fit.slope) > slope || fit.n < 0.55 * box.width)
            continue;
        SaoyEdge edge = { box, rows.upright, (double)box.width, 0, 0, 0, 0, fit.bent, 0 };
        look_within(rows, box, fit, apart, &edge);
        if (rows.upright)
            edge.box = cv::Rect(box.y, box.x, box.height, box.width);
        out->push_back(edge);
    }
}

static bool
is_shadow(const SaoyEdge &edge, double rough, cv::Size work)
{
    const int rim = (int)(9 * PX_MM);
    const double least_deep = std::max(edge.upright ? 2.5 : 1.5, 1.1 * rough);
    const double most_deep = 36, most_step = 7.5;
    const double shortest = (edge.upright ? 6 : 11) * PX_MM;
    const double longest = (edge.upright ? 16 : 170) * PX_MM;
    cv::Rect inner(rim, rim, work.width - 2 * rim, work.height - 2 * rim);

    return (edge.box & inner) == edge.box && edge.length > shortest &&
           edge.length < longest && edge.depth > least_deep && edge.depth < most_deep &&
           edge.chroma < 0.22 * edge.depth + 0.35 &&
           edge.uneven < 0.55 * edge.depth + 0.8 && edge.cover > 0.5 &&
           edge.step < most_step;
}

/* A fold, a frame: pieces on one line make up much of the page. */
static bool
goes_on(const SaoyEdge &edge, const std::vector<SaoyEdge> &all, cv::Size work)
{
    const int near = 8;
    const double much = 0.4 * (edge.upright ? work.height : work.width);
    double sum = 0;

    for (const SaoyEdge &other : all) {
        int by = edge.upright ? other.box.x - edge.box.x : other.box.y - edge.box.y;

        if (other.upright == edge.upright && std::abs(by) < near)
            sum += other.length;
    }
    return sum > 1.5 * edge.length && sum > much;
}

std::vector<SaoyEdge>
saoy_edges_of(const SaoyLayers &layers, double rough)
{
    const double least = std::max(1.0, 0.73 * rough); /* three deviations of a mean */
    Rows rows = { layers.clear, layers.print == 0, layers.rgb, false, least };
    std::vector<SaoyEdge> all, out;

    add_lines(rows, &all);
    cv::transpose(rows.light, rows.light);
    cv::transpose(rows.bare, rows.bare);
    rows.upright = true;
    add_lines(rows, &all);
    std::copy_if(all.begin(), all.end(), std::back_inserter(out), [&](const SaoyEdge &e) {
        return is_shadow(e, rough, layers.rgb.size()) &&
               !goes_on(e, all, layers.rgb.size());
    });
    return out;
}

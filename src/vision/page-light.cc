/* Even light. A lid that did not close or a lamp leaves a slope of light on the paper; the
 * slope is divided out again. It is taken for a surface of third degree that the paper
 * decides: a photograph or a seal cannot bend it, and is never lit up for being dark. */
#include "page-parts.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core/hal/intrin.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#define LIGHT_DPI 12
#define TERMS 10
#define LEAST_SLOPE 1.04 /* below it the light is even */
#define MOST_SLOPE 1.6   /* above it the page is to be scanned again */
#define PAPER_LEVELS 6   /* of the surface: what is nearer is paper */
#define LEAST_PAPER 0.5  /* share of the page */

static void
terms_of(double x, double y, double out[TERMS])
{
    const double terms[TERMS] = { 1,     x,         y,         x * x,     x * y,
                                  y * y, x * x * x, x * x * y, x * y * y, y * y * y };

    std::copy(terms, terms + TERMS, out);
}

static double
place(int i, int n)
{
    return n > 1 ? 2.0 * i / (n - 1) - 1 : 0;
}

/* Least squares with weights that fall off from the surface: darker than it is print, so
 * that side loses its word sooner. */
static std::vector<double>
fit(const cv::Mat &level, const std::vector<double> *before)
{
    cv::Mat a = cv::Mat::zeros(TERMS, TERMS, CV_64F), b = cv::Mat::zeros(TERMS, 1, CV_64F),
            c;

    for (int y = 0; y < level.rows; y++)
        for (int x = 0; x < level.cols; x++) {
            double t[TERMS], value = level.at<uint8_t>(y, x), surface = 0, weight = 1;

            terms_of(place(x, level.cols), place(y, level.rows), t);
            for (int i = 0; before != NULL && i < TERMS; i++)
                surface += (*before)[(size_t)i] * t[i];
            if (before != NULL) {
                double off = (value - surface) / (value < surface ? 3.0 : 6.0);
                weight = 1 / (1 + off * off * off * off);
            }
            for (int i = 0; i < TERMS; i++) {
                b.at<double>(i) += weight * t[i] * value;
                for (int k = 0; k < TERMS; k++)
                    a.at<double>(i, k) += weight * t[i] * t[k];
            }
        }
    cv::solve(a, b, c, cv::DECOMP_SVD);
    return std::vector<double>(c.begin<double>(), c.end<double>());
}

static double
surface_at(const std::vector<double> &level, double x, double y)
{
    double t[TERMS], sum = 0;

    terms_of(x, y, t);
    for (int i = 0; i < TERMS; i++)
        sum += level[(size_t)i] * t[i];
    return sum;
}

/* Whether most of the page is paper on this surface, and how steep that is. */
static bool
is_believable(const cv::Mat &level, SaoyLight *light)
{
    int paper = 0;
    double low = 255, high = 1;

    for (int y = 0; y < level.rows; y++)
        for (int x = 0; x < level.cols; x++) {
            double s = surface_at(light->level, place(x, level.cols), place(y, level.rows));

            paper += std::fabs(level.at<uint8_t>(y, x) - s) < PAPER_LEVELS;
            low = std::min(low, s);
            high = std::max(high, s);
        }
    light->top = std::min(high, 252.0);
    return paper > LEAST_PAPER * (double)level.total() && low > 1 &&
           high / low > LEAST_SLOPE && high / low < MOST_SLOPE;
}

SaoyLight
saoy_light_of(const cv::Mat &work)
{
    SaoyLight light = {};
    cv::Mat grey = work, level;
    double f = (double)LIGHT_DPI / SAOY_WORK_DPI;

    if (work.channels() == 3)
        cv::cvtColor(work, grey, cv::COLOR_RGB2GRAY);
    /* writing is closed before it is averaged away, or dense text would count as shade */
    cv::morphologyEx(grey, level, cv::MORPH_CLOSE,
                     cv::getStructuringElement(cv::MORPH_RECT, cv::Size(15, 15)));
    cv::resize(level, level, cv::Size(), f, f, cv::INTER_AREA);
    if (level.total() < 20 * TERMS)
        return light;
    light.level = fit(level, NULL);
    for (int round = 0; round < 5; round++)
        light.level = fit(level, &light.level);
    if (!is_believable(level, &light))
        light.level.clear();
    return light;
}

/* No channel may reach its end before the others: the hue would turn. */
static inline void
raise(uint8_t *p, int channels, float factor)
{
    int high = channels == 3 ? std::max({ p[0], p[1], p[2] }) : p[0];

    factor = std::min(factor, 255.0f / (float)std::max(high, 1));
    for (int c = 0; c < channels; c++)
        p[c] = (uint8_t)((float)p[c] * factor + 0.5f);
}

enum { LANES = 16 };
typedef cv::v_float32x4 Four[4]; /* LANES samples of one channel */

static void
open_lanes(const cv::v_uint8x16 &bytes, Four out)
{
    cv::v_uint16x8 half[2];
    cv::v_uint32x4 quarter[4];

    cv::v_expand(bytes, half[0], half[1]);
    cv::v_expand(half[0], quarter[0], quarter[1]);
    cv::v_expand(half[1], quarter[2], quarter[3]);
    for (int i = 0; i < 4; i++)
        out[i] = cv::v_cvt_f32(cv::v_reinterpret_as_s32(quarter[i]));
}

static cv::v_uint8x16
close_lanes(const Four lanes)
{
    cv::v_int32x4 whole[4];

    for (int i = 0; i < 4; i++)
        whole[i] = cv::v_trunc(lanes[i] + cv::v_setall_f32(0.5f));
    return cv::v_pack_u(cv::v_pack(whole[0], whole[1]), cv::v_pack(whole[2], whole[3]));
}

/* The same for LANES pixels of three channels. */
static void
raise_lanes(uint8_t *p, const Four factor)
{
    cv::v_uint8x16 bytes[3];
    Four lanes[3];

    cv::v_load_deinterleave(p, bytes[0], bytes[1], bytes[2]);
    for (int c = 0; c < 3; c++)
        open_lanes(bytes[c], lanes[c]);
    for (int i = 0; i < 4; i++) {
        cv::v_float32x4 high = cv::v_max(cv::v_max(lanes[0][i], lanes[1][i]), lanes[2][i]);
        cv::v_float32x4 most = cv::v_setall_f32(255) / cv::v_max(high, cv::v_setall_f32(1));
        cv::v_float32x4 own = cv::v_min(factor[i], most);

        for (int c = 0; c < 3; c++)
            lanes[c][i] = lanes[c][i] * own;
    }
    for (int c = 0; c < 3; c++)
        bytes[c] = close_lanes(lanes[c]);
    cv::v_store_interleave(p, bytes[0], bytes[1], bytes[2]);
}

/* What raises the pixels of one row to the top: top over a polynomial of x. */
typedef struct {
    float top, k[4], first, step; /* u of pixel 0, and to the next */
} RowLight;

static RowLight
row_light(const SaoyLight &light, double v, int cols)
{
    const std::vector<double> &l = light.level;

    return { (float)light.top,
             { (float)(l[0] + v * (l[2] + v * (l[5] + v * l[9]))),
               (float)(l[1] + v * (l[4] + v * l[8])), (float)(l[3] + v * l[7]),
               (float)l[6] },
             (float)place(0, cols),
             cols > 1 ? 2.0f / (float)(cols - 1) : 0 };
}

/* At least 1: nothing is made darker. */
static cv::v_float32x4
factor_of(const RowLight &row, int x)
{
    const cv::v_float32x4 at((float)x, (float)x + 1, (float)x + 2, (float)x + 3);
    cv::v_float32x4 u = at * cv::v_setall_f32(row.step) + cv::v_setall_f32(row.first);
    cv::v_float32x4 level = cv::v_setall_f32(row.k[3]);

    for (int i = 2; i >= 0; i--)
        level = level * u + cv::v_setall_f32(row.k[i]);
    return cv::v_max(cv::v_setall_f32(row.top) / level, cv::v_setall_f32(1));
}

static float
even_row(const RowLight &row, uint8_t *p, int cols, int channels)
{
    cv::v_float32x4 most = cv::v_setall_f32(1);
    int x = 0;

    for (; channels == 3 && x + LANES <= cols; x += LANES) {
        Four factor;

        for (int i = 0; i < 4; i++) {
            factor[i] = factor_of(row, x + 4 * i);
            most = cv::v_max(most, factor[i]);
        }
        raise_lanes(p + 3 * x, factor);
    }
    for (; x < cols; x++) {
        cv::v_float32x4 factor = factor_of(row, x);

        most = cv::v_max(most, cv::v_setall_f32(factor.get0()));
        raise(p + channels * x, channels, factor.get0());
    }
    return cv::v_reduce_max(most);
}

double
saoy_light_even(const SaoyLight &light, cv::Mat *page)
{
    float most = 1;

    for (int y = 0; y < page->rows && !light.level.empty(); y++)
        most = std::max(most, even_row(row_light(light, place(y, page->rows), page->cols),
                                       page->ptr(y), page->cols, page->channels()));
    return most;
}

/* Even light. A lid that did not close or a lamp leaves a slope of light on the paper; the
 * slope is divided out again. It is taken for a surface of third degree that the paper
 * decides: a photograph or a seal cannot bend it, and is never lit up for being dark. */
#include "page-parts.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#define LIGHT_DPI 25
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

double
saoy_light_even(const SaoyLight &light, cv::Mat *page)
{
    double most = 1;

    for (int y = 0; y < page->rows && !light.level.empty(); y++) {
        const double v = place(y, page->rows);
        const std::vector<double> &l = light.level;
        /* the row's own polynomial in x */
        const double k[4] = { l[0] + v * (l[2] + v * (l[5] + v * l[9])),
                              l[1] + v * (l[4] + v * l[8]), l[3] + v * l[7], l[6] };
        uint8_t *p = page->ptr(y);

        for (int x = 0; x < page->cols; x++, p += page->channels()) {
            double u = place(x, page->cols);
            double factor = light.top / (k[0] + u * (k[1] + u * (k[2] + u * k[3])));

            if (factor <= 1)
                continue;
            most = std::max(most, factor);
            raise(p, page->channels(), (float)factor);
        }
    }
    return most;
}

/* What is said of a place that differs: measured against its own rim, and against what the
 * page does elsewhere. */
#include "page-tamper.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define CELL_MM (SAOY_PAPER_CELL * 25.4 / 100)
#define GROUND 4.5 /* deviation of a page's colours: from here on it has a ground */

static double
magnitude(double v)
{
    return std::log1p(std::max(0.0, v));
}

static double
mean_in(const cv::Mat &value, const cv::Mat &weight, const cv::Mat &mask, double none)
{
    double sum = 0, n = 0;

    for (int y = 0; y < mask.rows; y++)
        for (int x = 0; x < mask.cols; x++)
            if (mask.at<uint8_t>(y, x)) {
                n += weight.at<float>(y, x);
                sum += weight.at<float>(y, x) * value.at<float>(y, x);
            }
    return n > 0.5 ? sum / n : none;
}

/* A place in its surroundings; masks of the cells inside, of its rim on both sides, and of
 * the paper it is compared with. */
typedef struct {
    cv::Rect wide;
    cv::Mat own, inner, rim_in, rim_out, ring, around;
} Masks;

static Masks
masks_of(const SaoyPaper &paper, const cv::Mat &hit, const SaoyPlace &place)
{
    const int pad = 5;
    cv::Rect wide = (place.box + cv::Size(2 * pad, 2 * pad)) - cv::Point(pad, pad);
    Masks m = {};
    cv::Mat near, far;

    m.wide = wide & cv::Rect(cv::Point(), paper.ink.size());
    m.own = cv::Mat::zeros(m.wide.size(), CV_8U);
    place.own.copyTo(m.own(place.box - m.wide.tl()));
    cv::dilate(m.own, near, cv::Mat::ones(3, 3, CV_8U));
    cv::dilate(m.own, far, cv::Mat::ones(7, 9, CV_8U));
    cv::dilate(near, m.rim_out, cv::Mat::ones(3, 3, CV_8U));
    cv::erode(m.own, m.inner, cv::Mat::ones(3, 3, CV_8U));
    m.rim_out &= ~near;
    m.rim_in = m.own & ~m.inner;
    m.around = far & ~near;
    m.ring = m.around & ~hit(m.wide);
    if (cv::countNonZero(m.ring) < 10)
        m.ring = m.around;
    if (cv::countNonZero(m.inner & (paper.weight(m.wide) > 0.15)) < 8 ||
        cv::countNonZero(m.inner) * 2 < cv::countNonZero(m.own))
        m.inner = m.own;
    return m;
}

static void
compare(const SaoyPaper &paper, const Masks &m, SaoyPlace *place)
{
    const double least = 0.1;
    cv::Mat weight = paper.weight(m.wide);

    for (int t = 0; t < SAOY_PAPER_N; t++) {
        cv::Mat value = paper.trait[t](m.wide);
        double in = mean_in(value, weight, m.inner, NAN);
        double out = mean_in(value, weight, m.ring, in);

        if (std::isnan(in))
            place->differs[t] = 0;
        else if (t < SAOY_PAPER_ROUGH)
            place->differs[t] = in - out;
        else
            place->differs[t] = std::log(std::max(in, least) / std::max(out, least));
    }
}

/* Of the trait of light that differs most: how much of it is there within a cell. */
static double
sharpness_of(const SaoyPaper &paper, const Masks &m, const SaoyPlace &place)
{
    cv::Mat weight = paper.weight(m.wide);
    int best = SAOY_PAPER_TONE;
    auto times = [&](int t) { return std::fabs(place.differs[t]) / paper.sigma[t]; };

    for (int t = 0; t < SAOY_PAPER_ROUGH; t++)
        if (times(t) > times(best))
            best = t;
    if (place.differs[best] == 0)
        return 0;
    cv::Mat value = paper.trait[best](m.wide);
    double out = mean_in(value, weight, m.rim_out, 0);
    return (mean_in(value, weight, m.rim_in, out) - out) / place.differs[best];
}

/* More tint than the page's paper has; white takes it away. */
static double
more_tint(const SaoyPaper &paper, const SaoyPlace &place)
{
    double red = paper.middle[SAOY_PAPER_RED], blue = paper.middle[SAOY_PAPER_BLUE];

    return std::hypot(red + place.differs[SAOY_PAPER_RED],
                      blue + place.differs[SAOY_PAPER_BLUE]) -
           std::hypot(red, blue);
}

static void
say_paper(const SaoyPaper &paper, SaoyPlace *place)
{
    double *sign = place->sign, times[SAOY_PAPER_N];
    double tone = place->differs[SAOY_PAPER_TONE];

    place->more_tint = more_tint(paper, *place);
    for (int t = 0; t < SAOY_PAPER_N; t++)
        times[t] = place->differs[t] / paper.sigma[t];
    sign[SAOY_SIGN_LIGHTER] = std::min(magnitude(tone), 2.5);
    sign[SAOY_SIGN_DARKER] = std::min(magnitude(-tone), 2.5);
    sign[SAOY_SIGN_TINTED] = std::min(magnitude(place->more_tint), 2.5);
    sign[SAOY_SIGN_Z_LIGHT] = std::min(magnitude(std::fabs(times[SAOY_PAPER_TONE])), 3.0);
    sign[SAOY_SIGN_Z_ROUGH] = std::min(magnitude(std::fabs(times[SAOY_PAPER_ROUGH])), 3.0);
    sign[SAOY_SIGN_Z_TINT] =
        std::min(magnitude(std::hypot(times[SAOY_PAPER_RED], times[SAOY_PAPER_BLUE])), 3.5);
}

static void
say_ground(const SaoyPaper &paper, SaoyPlace *place)
{
    double *sign = place->sign, more = 2 * place->differs[SAOY_PAPER_GROUND];
    double page = std::max(0.1, paper.middle[SAOY_PAPER_GROUND]) / GROUND;

    sign[SAOY_SIGN_GROUND_MORE] = std::clamp(more, 0.0, 2.5);
    sign[SAOY_SIGN_GROUND_LESS] = std::clamp(-more, 0.0, 2.5);
    sign[SAOY_SIGN_ON_GROUND] = std::clamp(std::log(page), 0.0, 1.0);
    sign[SAOY_SIGN_GROUND_GONE] =
        sign[SAOY_SIGN_ON_GROUND] * std::min(sign[SAOY_SIGN_GROUND_LESS], 1.5);
    sign[SAOY_SIGN_GROUND_KEPT] =
        sign[SAOY_SIGN_GROUND_LESS] < 0.3 ? sign[SAOY_SIGN_ON_GROUND] : 0;
}

static void
say_shape(const SaoyPaper &paper, SaoyPlace *place)
{
    double *sign = place->sign, high = place->box.height * CELL_MM;
    double ink = cv::mean(paper.ink(place->box))[0];
    double colour = cv::mean(paper.colour(place->box))[0];

    sign[SAOY_SIGN_FILL] = (double)place->cells / place->box.area();
    sign[SAOY_SIGN_CELLS] = std::min(std::log(place->cells), 5.5);
    sign[SAOY_SIGN_LOW] = std::max(0.0, 6.4 - high);
    sign[SAOY_SIGN_HIGH] = std::max(0.0, high - 11);
    sign[SAOY_SIGN_INK] = ink;
    sign[SAOY_SIGN_LITTLE_INK] = std::max(0.0, 0.06 - ink) * 10;
    sign[SAOY_SIGN_COLOUR] = ink > 0 ? std::min(colour / ink, 0.4) : 0;
    sign[SAOY_SIGN_PAGE_LIGHT] = std::log(paper.sigma[SAOY_PAPER_TONE]);
}

static double
share_of(const cv::Mat &part, const cv::Mat &all)
{
    return (double)cv::countNonZero(part & all) / std::max(1, cv::countNonZero(all));
}

void
saoy_place_say(const SaoyPaper &paper, const cv::Mat &distance, const cv::Mat &hit,
               SaoyPlace *place)
{
    Masks m = masks_of(paper, hit, *place);
    double *sign = place->sign;
    cv::Scalar mean, deviation;

    compare(paper, m, place);
    say_paper(paper, place);
    say_ground(paper, place);
    say_shape(paper, place);
    double sharp = sharpness_of(paper, m, *place);
    sign[SAOY_SIGN_SHARP] = std::clamp(sharp, 0.0, 1.0);
    sign[SAOY_SIGN_SOFT] = sharp < 0.05;
    cv::meanStdDev(distance(m.wide), mean, deviation, m.own);
    sign[SAOY_SIGN_EVEN] = deviation[0] / std::max(0.1, mean[0]);
    sign[SAOY_SIGN_STRONG] = magnitude(mean[0]);
    sign[SAOY_SIGN_AROUND] = 5 * std::min(share_of(hit(m.wide), m.around), 0.2);
}

double
saoy_shadow_along(const SaoyEdge &edge, const cv::Rect &box)
{
    const double near = 2.5, reach = edge.upright ? 1 : 2;
    const double px = SAOY_PAPER_CELL;
    double from = (edge.upright ? edge.box.y : edge.box.x) / px,
           to = from + edge.length / px;
    double at = edge.upright ? (edge.box.x + edge.box.width / 2.0) / px
                             : (edge.box.y + edge.box.height / 2.0) / px;
    double side = edge.upright ? box.x : box.y, start = edge.upright ? box.y : box.x;
    double across = edge.upright ? box.width : box.height;
    double along = edge.upright ? box.height : box.width;
    double both = std::min(to, start + along + reach) - std::max(from, start - reach);

    if (std::fabs(at - side) >= near && std::fabs(at - side - across) >= near)
        return 0;
    return both > 0.75 * (to - from) ? std::min(1.0, both / along) : 0;
}

void
saoy_shadow_say(const SaoyPaper &paper, const SaoyEdge &edge, size_t n, SaoyPlace *place)
{
    double *sign = place->sign;
    const double rough = 0.25; /* a fifth more than around */
    double share = (double)cv::countNonZero(paper.differs[SAOY_PAPER_ROUGH] > rough) /
                   (double)paper.ink.total();

    sign[SAOY_SIGN_PAGE_ROUGH] = std::log(1e-3 + share);
    sign[SAOY_SIGN_DEPTH] = std::min(std::log(edge.depth), 2.5);
    sign[SAOY_SIGN_DEEP] = edge.depth > 10;
    sign[SAOY_SIGN_UNEVEN] = std::min(edge.uneven / edge.depth, 1.0);
    sign[SAOY_SIGN_COVER] = edge.cover;
    sign[SAOY_SIGN_LENGTH] = std::log(edge.length / 30);
    sign[SAOY_SIGN_BENT] = edge.bent;
    sign[SAOY_SIGN_SHADOWS] = (double)n;
}

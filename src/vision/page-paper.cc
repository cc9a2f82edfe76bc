/* The paper between the strokes: its light, tint and roughness, cell by cell, against the
 * paper around. Everything is a mean over many samples: what a scanner's noise of 5 levels
 * leaves of a cell's light is 0.3, of a place of 30 cells 0.06. */
#include "page-tamper.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define CELL SAOY_PAPER_CELL
#define LEAST_COLOUR 50 /* of coloured print */
#define AROUND 15       /* pairs of cells, 38 mm: what a median calls the paper around */

/* Sums over the paper of one cell; over the print: counts. */
typedef struct {
    int n, print, colour, light, squares;
    int reds, red_squares, blues, blue_squares;
    int n_bare, bare, red, blue; /* of its lighter half: between a ground's lines */
} Sums;

/* Of a title, a frame, a seal; blue is a pen's, as good as black. */
static bool
is_coloured(const uint8_t *rgb)
{
    int high = std::max(rgb[0], rgb[1]);

    return high - std::min({ rgb[0], rgb[1], rgb[2] }) > LEAST_COLOUR && rgb[2] < high;
}

static void
add_paper(const uint8_t *rgb, int light, Sums *sums)
{
    int red = rgb[0] - rgb[1], blue = rgb[2] - rgb[1];

    sums->n++;
    sums->light += light;
    sums->squares += light * light;
    sums->reds += red;
    sums->red_squares += red * red;
    sums->blues += blue;
    sums->blue_squares += blue * blue;
}

static void
add_all(const SaoyLayers &page, int cx, int cy, Sums *sums)
{
    for (int y = cy * CELL; y < (cy + 1) * CELL; y++) {
        const uint8_t *light = page.clear.ptr(y), *print = page.print.ptr(y);
        const uint8_t *rgb = page.rgb.ptr(y);

        for (int x = cx * CELL; x < (cx + 1) * CELL; x++)
            if (print[x] == 0) {
                add_paper(rgb + x * 3, light[x], sums);
            } else if (print[x] == 255) {
                sums->print++;
                sums->colour += is_coloured(rgb + x * 3);
            }
    }
}

static void
add_bare(const SaoyLayers &page, int cx, int cy, Sums *sums)
{
    for (int y = cy * CELL; y < (cy + 1) * CELL; y++) {
        const uint8_t *light = page.clear.ptr(y), *print = page.print.ptr(y);
        const uint8_t *row = page.rgb.ptr(y);

        for (int x = cx * CELL; x < (cx + 1) * CELL; x++)
            if (print[x] == 0 && light[x] * sums->n >= sums->light) {
                const uint8_t *rgb = row + x * 3;

                sums->n_bare++;
                sums->bare += light[x];
                sums->red += rgb[0] - rgb[1];
                sums->blue += rgb[2] - rgb[1];
            }
    }
}

static float
variance_of(double n, double sum, double squares)
{
    const double least = 0.05; /* below it is rounding */

    return (float)std::max(squares / n - (sum / n) * (sum / n), least);
}

static void
set_cell(SaoyPaper *paper, int x, int y, const Sums &sums)
{
    double n = std::max(1, sums.n), bare = std::max(1, sums.n_bare);
    float rough = variance_of(n, sums.light, sums.squares);
    float ground = variance_of(n, sums.reds, sums.red_squares) +
                   variance_of(n, sums.blues, sums.blue_squares);

    paper->trait[SAOY_PAPER_TONE].at<float>(y, x) = (float)(sums.bare / bare);
    paper->trait[SAOY_PAPER_RED].at<float>(y, x) = (float)(sums.red / bare);
    paper->trait[SAOY_PAPER_BLUE].at<float>(y, x) = (float)(sums.blue / bare);
    paper->trait[SAOY_PAPER_ROUGH].at<float>(y, x) = std::sqrt(rough);
    paper->trait[SAOY_PAPER_GROUND].at<float>(y, x) = std::sqrt(ground);
    paper->weight.at<float>(y, x) = sums.n < CELL ? 0 : (float)sums.n / (CELL * CELL);
    paper->ink.at<float>(y, x) = (float)sums.print / (CELL * CELL);
    paper->colour.at<float>(y, x) = (float)sums.colour / (CELL * CELL);
}

static void
measure(const SaoyLayers &layers, SaoyPaper *paper)
{
    cv::Size size(layers.rgb.cols / CELL, layers.rgb.rows / CELL);

    for (cv::Mat &trait : paper->trait)
        trait = cv::Mat::zeros(size, CV_32F);
    for (cv::Mat *map : { &paper->weight, &paper->ink, &paper->colour })
        *map = cv::Mat::zeros(size, CV_32F);
    for (int y = 0; y < size.height; y++)
        for (int x = 0; x < size.width; x++) {
            Sums sums = {};

            add_all(layers, x, y, &sums);
            add_bare(layers, x, y, &sums);
            set_cell(paper, x, y, sums);
        }
}

float
saoy_paper_middle(const cv::Mat &values, const cv::Mat &mask)
{
    std::vector<float> known;

    known.reserve(values.total());
    for (int y = 0; y < values.rows; y++) {
        const float *value = values.ptr<float>(y);
        const uint8_t *in = mask.ptr(y);

        for (int x = y % 2; x < values.cols; x += 2) /* half of them tell as much */
            if (in[x])
                known.push_back(value[x]);
    }
    if (known.empty())
        return 0;
    auto at = known.begin() + (long)(known.size() / 2);
    std::nth_element(known.begin(), at, known.end());
    return *at;
}

static cv::Mat
mean_of(const cv::Mat &weighted, const cv::Mat &weight, cv::Size window, cv::Mat *out_known)
{
    cv::Mat sum, all;

    cv::boxFilter(weighted, sum, -1, window, cv::Point(-1, -1), false,
                  cv::BORDER_REPLICATE);
    cv::boxFilter(weight, all, -1, window, cv::Point(-1, -1), false, cv::BORDER_REPLICATE);
    *out_known = all > 2;
    return sum / cv::max(all, 1e-3f);
}

/* A median holds its ground beside a patch that covers less than half of what it sees, and
 * follows a shadow. It wants bytes: steps of 1 / scale around the page's middle. */
static cv::Mat
paper_around(const cv::Mat &filled, double scale, double middle)
{
    cv::Size half((filled.cols + 1) / 2, (filled.rows + 1) / 2);
    cv::Mat bytes, around;

    cv::resize(filled, around, half, 0, 0, cv::INTER_AREA);
    around.convertTo(bytes, CV_8U, scale, 128 - middle * scale);
    cv::medianBlur(bytes, bytes, AROUND);
    bytes.convertTo(around, CV_32F, 1 / scale, middle - 128 / scale);
    cv::resize(around, around, filled.size(), 0, 0, cv::INTER_LINEAR);
    return around;
}

/* Beside print a JPEG's ringing makes all paper differ a little: its own middle is taken
 * off. */
static void
level(cv::Mat *differs, const cv::Mat &where)
{
    cv::subtract(*differs, cv::Scalar(saoy_paper_middle(*differs, where)), *differs, where);
}

static void
compare(SaoyPaper *paper, const cv::Mat &beside_print, SaoyPaperTrait t, double scale,
        double floor)
{
    const double sigma = 1.48; /* of a median deviation */
    cv::Mat known, differs = mean_of(paper->trait[t].mul(paper->weight), paper->weight,
                                     cv::Size(5, 3), &known);

    if (t >= SAOY_PAPER_ROUGH)
        cv::log(cv::max(differs, 0.1), differs);
    double middle = saoy_paper_middle(differs, known);
    differs.setTo(middle, ~known);
    differs -= paper_around(differs, scale, middle);
    level(&differs, known & beside_print);
    level(&differs, known & ~beside_print);
    differs.setTo(0, ~known);
    paper->differs[t] = differs;
    paper->sigma[t] = std::max(floor, sigma * saoy_paper_middle(cv::abs(differs), known));
}

SaoyPaper
saoy_paper_of(const SaoyLayers &layers)
{
    SaoyPaper paper = {};
    cv::Mat near;

    measure(layers, &paper);
    cv::blur(paper.ink, near, cv::Size(5, 3));
    cv::Mat some = paper.weight > 0, beside = near > 0.02;
    for (int t = 0; t < SAOY_PAPER_N; t++)
        paper.middle[t] = saoy_paper_middle(paper.trait[t], some);
    compare(&paper, beside, SAOY_PAPER_TONE, 8, 0.2);
    compare(&paper, beside, SAOY_PAPER_RED, 8, 0.12);
    compare(&paper, beside, SAOY_PAPER_BLUE, 8, 0.12);
    compare(&paper, beside, SAOY_PAPER_ROUGH, 48, 0.04);
    compare(&paper, beside, SAOY_PAPER_GROUND, 48, 0.04);
    return paper;
}

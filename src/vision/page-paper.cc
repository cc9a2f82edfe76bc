/* The paper between the strokes: its light, tint and roughness, cell by cell, against the
 * paper around. Everything is a mean over many samples: what a scanner's noise of 5 levels
 * leaves of a cell's light is 0.3, of a place of 30 cells 0.06. Noise is measured on a
 * picture of about 100 dpi, where turning a page by resampling no longer shows in it. */
#include "page-tamper.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define WORK_DPI 100
#define CELL 5          /* work pixels */
#define STROKE 15       /* nothing wider is writing: 3.8 mm */
#define LEAST_DEPTH 34  /* of print under its paper; a ground's fine lines are less */
#define LEAST_COLOUR 50 /* of coloured print */
#define AROUND 31       /* cells, 39 mm: what a median calls the paper around */

/* Sums over the paper of one cell; over the print: counts. */
typedef struct {
    int n, print, colour, light, squares;
    int n_bare, bare, red, blue; /* of its lighter half: between a ground's lines */
} Sums;

static cv::Mat
reduced(const cv::Mat &page, int by)
{
    cv::Mat work;

    cv::resize(page, work, cv::Size(page.cols / by, page.rows / by), 0, 0, cv::INTER_AREA);
    return work;
}

static int
middle_of(const cv::Mat &bytes)
{
    std::vector<int> count(256, 0);
    long left = (long)bytes.total() / 2;

    for (int y = 0; y < bytes.rows; y++)
        for (int x = 0; x < bytes.cols; x++)
            count[bytes.at<uint8_t>(y, x)]++;
    for (int v = 0; v < 256; v++)
        if ((left -= count[(size_t)v]) <= 0)
            return v;
    return 255;
}

/* 255: print; 128: too near to it; 0: paper. */
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

/* Of a title, a frame, a seal; blue is a pen's, as good as black. */
static bool
is_coloured(const uint8_t *rgb)
{
    int high = std::max(rgb[0], rgb[1]);

    return high - std::min({ rgb[0], rgb[1], rgb[2] }) > LEAST_COLOUR && rgb[2] < high;
}

/* One work picture in three layers. */
typedef struct {
    cv::Mat rgb, grey, print;
} Layers;

static void
add_all(const Layers &page, int cx, int cy, Sums *sums)
{
    for (int y = cy * CELL; y < (cy + 1) * CELL; y++) {
        const uint8_t *light = page.grey.ptr(y), *print = page.print.ptr(y);

        for (int x = cx * CELL; x < (cx + 1) * CELL; x++)
            if (print[x] == 0) {
                sums->n++;
                sums->light += light[x];
                sums->squares += light[x] * light[x];
            } else if (print[x] == 255) {
                sums->print++;
                sums->colour += is_coloured(page.rgb.ptr(y) + x * 3);
            }
    }
}

static void
add_bare(const Layers &page, int cx, int cy, Sums *sums)
{
    for (int y = cy * CELL; y < (cy + 1) * CELL; y++) {
        const uint8_t *light = page.grey.ptr(y), *print = page.print.ptr(y);

        for (int x = cx * CELL; x < (cx + 1) * CELL; x++)
            if (print[x] == 0 && light[x] * sums->n >= sums->light) {
                const uint8_t *rgb = page.rgb.ptr(y) + x * 3;

                sums->n_bare++;
                sums->bare += light[x];
                sums->red += rgb[0] - rgb[1];
                sums->blue += rgb[2] - rgb[1];
            }
    }
}

/* Before they are compared: traits, and how much paper each cell shows. */
typedef struct {
    cv::Mat trait[SAOY_PAPER_N], weight, beside_print;
} Cells;

static void
set_cell(Cells *cells, int x, int y, const Sums &sums)
{
    const double least = 0.05; /* of a variance: below it is rounding */
    double n = std::max(1, sums.n), light = sums.light / n, bare = std::max(1, sums.n_bare);
    double variance = sums.squares / n - light * light;

    cells->trait[SAOY_PAPER_TONE].at<float>(y, x) = (float)(sums.bare / bare);
    cells->trait[SAOY_PAPER_ROUGH].at<float>(y, x) =
        (float)std::log(std::max(variance, least));
    cells->trait[SAOY_PAPER_RED].at<float>(y, x) = (float)(sums.red / bare);
    cells->trait[SAOY_PAPER_BLUE].at<float>(y, x) = (float)(sums.blue / bare);
    cells->weight.at<float>(y, x) = sums.n < CELL ? 0 : (float)sums.n / (CELL * CELL);
}

static Cells
cells_of(const cv::Mat &work, SaoyPaper *paper)
{
    cv::Size size(work.cols / CELL, work.rows / CELL);
    Cells cells;
    Layers layers = { work, cv::Mat(), cv::Mat() };
    cv::Mat near;

    for (cv::Mat &trait : cells.trait)
        trait = cv::Mat::zeros(size, CV_32F);
    cells.weight = cv::Mat::zeros(size, CV_32F);
    paper->ink = cv::Mat::zeros(size, CV_32F);
    paper->colour = cv::Mat::zeros(size, CV_32F);
    cv::cvtColor(work, layers.grey, cv::COLOR_RGB2GRAY);
    layers.print = print_of(layers.grey);
    for (int y = 0; y < size.height; y++)
        for (int x = 0; x < size.width; x++) {
            Sums sums = {};

            add_all(layers, x, y, &sums);
            add_bare(layers, x, y, &sums);
            set_cell(&cells, x, y, sums);
            paper->ink.at<float>(y, x) = (float)sums.print / (CELL * CELL);
            paper->colour.at<float>(y, x) = (float)sums.colour / (CELL * CELL);
        }
    cv::blur(paper->ink, near, cv::Size(5, 3));
    cells.beside_print = near > 0.02;
    return cells;
}

static float
middle_where(const cv::Mat &values, const cv::Mat &mask)
{
    std::vector<float> known;

    known.reserve(values.total());
    for (int y = 0; y < values.rows; y++)
        for (int x = 0; x < values.cols; x++)
            if (mask.at<uint8_t>(y, x))
                known.push_back(values.at<float>(y, x));
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
paper_around(const cv::Mat &trait, const Cells &cells, double scale)
{
    cv::Mat known, filled, bytes, around, own = cells.weight > 0;
    double middle = middle_where(trait, own);

    filled = mean_of(trait.mul(cells.weight), cells.weight, cv::Size(9, 9), &known);
    filled.setTo(middle, ~known);
    trait.copyTo(filled, own);
    filled.convertTo(bytes, CV_8U, scale, 128 - middle * scale);
    cv::medianBlur(bytes, bytes, AROUND);
    bytes.convertTo(around, CV_32F, 1 / scale, middle - 128 / scale);
    return around;
}

/* Beside print a JPEG's ringing makes all paper differ a little: its own middle is taken
 * off. */
static void
level(cv::Mat *differs, const cv::Mat &where)
{
    cv::subtract(*differs, cv::Scalar(middle_where(*differs, where)), *differs, where);
}

static void
compare(SaoyPaper *paper, const Cells &cells, SaoyPaperTrait t, double scale, double floor,
        double times)
{
    const double sigma = 1.48; /* of a median deviation */
    cv::Mat known, near;
    cv::Mat differs =
        mean_of(cells.trait[t].mul(cells.weight), cells.weight, cv::Size(5, 3), &known);

    differs -= paper_around(cells.trait[t], cells, scale);
    level(&differs, known & cells.beside_print);
    level(&differs, known & ~cells.beside_print);
    differs.setTo(0, ~known);
    paper->differs[t] = differs;
    paper->least[t] =
        std::max(floor, times * sigma * middle_where(cv::abs(differs), known));
}

SaoyPaper
saoy_paper_map(const cv::Mat &page, int dpi)
{
    int by = std::max(1, (int)std::lround((double)dpi / WORK_DPI));
    SaoyPaper paper = {};
    Cells cells = cells_of(reduced(page, by), &paper);

    paper.cell_px = CELL * by;
    paper.red = middle_where(cells.trait[SAOY_PAPER_RED], cells.weight > 0);
    paper.blue = middle_where(cells.trait[SAOY_PAPER_BLUE], cells.weight > 0);
    compare(&paper, cells, SAOY_PAPER_TONE, 8, 1.0, 5);
    compare(&paper, cells, SAOY_PAPER_ROUGH, 24, 0.4, 5);
    compare(&paper, cells, SAOY_PAPER_RED, 8, 0.7, 6);
    compare(&paper, cells, SAOY_PAPER_BLUE, 8, 0.7, 6);
    return paper;
}

/* Measures the ink of words. What light a stroke takes is taken of the paper close around
 * it, so stains, folds and shadows fall out. */
#include "page-strokes.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define LEAST_DEPTH 60  /* levels between paper and ink: fainter is not measured */
#define LEAST_MIDDLES 3 /* pixels of a cell along strokes: fewer are a stroke's end */
#define LEAST_HALF 1.4f /* pixels: a thinner stroke is all edge */
#define LEAST_CELLS 8   /* of a word */
#define MOST_HIGH_MM 15 /* a taller box is no line of writing */

/* One word with some paper around it. */
typedef struct {
    cv::Mat grey, ink; /* ink: 255 deeper than half */
    cv::Mat taken[3];  /* share of the light, 0 off the strokes */
    cv::Mat inside;    /* distance from the ink's edge */
    cv::Mat middle;    /* 255 where that is highest */
    double depth;      /* levels */
} Strokes;

static int
level_at(const int *count, int total, double share)
{
    int left = (int)(total * share);

    for (int v = 0; v < 256; v++)
        if ((left -= count[v]) < 0)
            return v;
    return 255;
}

/* Paper and the darkest ink, by their ranks among the pixels. */
static void
levels_of(const cv::Mat &grey, int *out_paper, int *out_ink)
{
    int count[256] = { 0 };

    for (int y = 0; y < grey.rows; y++)
        for (int x = 0; x < grey.cols; x++)
            count[grey.at<uint8_t>(y, x)]++;
    *out_paper = level_at(count, (int)grey.total(), 0.85);
    *out_ink = level_at(count, (int)grey.total(), 0.02);
}

/* Paper alone, within a letter's height around each pixel. */
static cv::Mat
sum_around(const cv::Mat &bytes, int around)
{
    cv::Mat sum;

    cv::boxFilter(bytes, sum, CV_32F, cv::Size(around, around), cv::Point(-1, -1), false,
                  cv::BORDER_REFLECT);
    return sum;
}

static cv::Mat
taken_of(const cv::Mat &plane, const cv::Mat &bare, const cv::Mat &known, int around,
         const cv::Mat &near)
{
    cv::Mat out = cv::Mat::zeros(plane.size(), CV_32F);
    cv::Mat sum = sum_around(plane & bare, around);

    for (int y = 0; y < plane.rows; y++) {
        const float *n = known.ptr<float>(y), *paper = sum.ptr<float>(y);
        const uint8_t *here = near.ptr(y), *light = plane.ptr(y);
        float *share = out.ptr<float>(y);

        for (int x = 0; x < plane.cols; x++)
            if (here[x])
                share[x] = 1 - light[x] * n[x] / std::max(paper[x], 1.0f);
    }
    return out;
}

static void
find_middles(Strokes *out)
{
    cv::Mat highest;

    cv::distanceTransform(out->ink, out->inside, cv::DIST_L2, 3);
    cv::dilate(out->inside, highest, cv::Mat::ones(3, 3, CV_8U));
    out->middle = (out->inside >= highest) & (out->inside >= LEAST_HALF);
}

static bool
find_strokes(const cv::Mat &rgb, int dpi, Strokes *out)
{
    int paper = 0, ink = 0, around = dpi / 10 | 1;
    cv::Mat planes[3], bare, near, wide;

    cv::cvtColor(rgb, out->grey, cv::COLOR_RGB2GRAY);
    levels_of(out->grey, &paper, &ink);
    out->depth = paper - ink;
    if (out->depth < LEAST_DEPTH)
        return false;
    out->ink = out->grey < (paper + ink) / 2;
    cv::dilate(out->ink, near, cv::Mat::ones(3, 3, CV_8U));
    bare = (out->grey > paper - 0.25 * out->depth) & ~near;
    cv::Mat known = sum_around(bare / 255, around);
    cv::split(rgb, planes);
    for (int c = 0; c < 3; c++)
        out->taken[c] = taken_of(planes[c], bare, known, around, near);
    find_middles(out);
    return true;
}

/* Sums over a square. */
typedef struct {
    int ink, middles;
    double taken[3], dark, half;
} Sums;

/* A scanner's noise out of it. */
static double
dark_at(const cv::Mat &taken, int y, int x)
{
    double sum = 0;
    int n = 0;

    for (int v = std::max(0, y - 1); v <= std::min(taken.rows - 1, y + 1); v++)
        for (int u = std::max(0, x - 1); u <= std::min(taken.cols - 1, x + 1); u++) {
            sum += taken.at<float>(v, u);
            n++;
        }
    return sum / n;
}

static Sums
sums_of(const Strokes &strokes, cv::Rect box)
{
    Sums sums = {};

    for (int y = box.y; y < box.y + box.height; y++) {
        const uint8_t *ink = strokes.ink.ptr(y), *middle = strokes.middle.ptr(y);

        for (int x = box.x; x < box.x + box.width; x++) {
            sums.ink += ink[x] != 0;
            for (int c = 0; c < 3; c++)
                sums.taken[c] += strokes.taken[c].ptr<float>(y)[x];
            if (middle[x] == 0)
                continue;
            sums.middles++;
            sums.half += strokes.inside.ptr<float>(y)[x];
            sums.dark += dark_at(strokes.taken[1], y, x);
        }
    }
    return sums;
}

static Sums
add(Sums a, const Sums &b)
{
    a.ink += b.ink;
    a.middles += b.middles;
    for (int c = 0; c < 3; c++)
        a.taken[c] += b.taken[c];
    a.dark += b.dark;
    a.half += b.half;
    return a;
}

static SaoyInkCell
cell_of(const Sums &sums, cv::Rect box)
{
    double green = std::max(1.0, sums.taken[1]), n = std::max(1, sums.middles);

    return { box,
             { sums.taken[0] / green, sums.taken[2] / green,
               sums.middles < LEAST_MIDDLES ? NAN : sums.dark / n },
             std::min(SAOY_INK_HALVES, (int)std::lround(sums.half / n * 3)) };
}

/* Cells are two by two squares, and lie over one another by half. */
static void
add_cells(const Strokes &strokes, int dpi, cv::Point at, SaoyInkWord *word)
{
    const double least = 0.2; /* of the cell under ink */
    int step = dpi / 60, columns = strokes.ink.cols / step;
    std::vector<Sums> last, now;

    for (int y = 0; y + step <= strokes.ink.rows; y += step) {
        now.clear();
        for (int i = 0; i < columns; i++)
            now.push_back(sums_of(strokes, cv::Rect(i * step, y, step, step)));
        for (size_t i = 0; y > 0 && i + 1 < now.size(); i++) {
            cv::Rect box((int)i * step, y - step, 2 * step, 2 * step);
            Sums sums = add(add(last[i], last[i + 1]), add(now[i], now[i + 1]));

            if (sums.ink >= least * box.area())
                word->cells.push_back(cell_of(sums, box + at));
        }
        last = now;
    }
}

/* How steep the light is where strokes end. */
static double
slope_of(const Strokes &strokes, cv::Rect box)
{
    double sum = 0;
    int n = 0;

    box &= cv::Rect(1, 1, strokes.grey.cols - 2, strokes.grey.rows - 2);
    for (int y = box.y; y < box.y + box.height; y++) {
        const uint8_t *up = strokes.grey.ptr(y - 1), *row = strokes.grey.ptr(y);
        const uint8_t *down = strokes.grey.ptr(y + 1);
        const float *inside = strokes.inside.ptr<float>(y);

        for (int x = box.x; x < box.x + box.width; x++)
            if (inside[x] > 0 && inside[x] < 1.2f) {
                int dx = row[x + 1] - row[x - 1], dy = down[x] - up[x];

                sum += std::sqrt((double)(dx * dx + dy * dy)) / 2;
                n++;
            }
    }
    return n > 0 ? sum / n : 0;
}

static SaoyInkLetter
letter_of(const Strokes &strokes, cv::Rect columns)
{
    cv::Rect own = cv::boundingRect(strokes.ink(columns)) + columns.tl();
    cv::Rect wide = (own + cv::Size(2, 2) - cv::Point(1, 1)) &
                    cv::Rect(0, 0, strokes.ink.cols, strokes.ink.rows);
    double sums[3], depth = 0;

    for (int c = 0; c < 3; c++)
        sums[c] = cv::sum(strokes.taken[c](wide))[0];
    sums[1] = std::max(1.0, sums[1]);
    /* its own depth: print that is worn away is paler, not softer */
    depth = std::max(0.1, cv::mean(strokes.taken[1](own), strokes.middle(own))[0]);
    return { own,
             { sums[0] / sums[1], sums[2] / sums[1], NAN },
             4 * cv::mean(strokes.inside(own), strokes.ink(own))[0],
             slope_of(strokes, own) / depth };
}

/* Letters between which a column is bare. */
static void
add_letters(const Strokes &strokes, cv::Point at, SaoyInkWord *word)
{
    cv::Mat columns;
    int first = -1;

    cv::reduce(strokes.ink, columns, 0, cv::REDUCE_MAX);
    for (int x = 0; x <= columns.cols; x++) {
        bool ink = x < columns.cols && columns.at<uint8_t>(0, x) != 0;

        if (ink && first < 0)
            first = x;
        if (ink || first < 0)
            continue;
        word->letters.push_back(
            letter_of(strokes, cv::Rect(first, 0, x - first, strokes.ink.rows)));
        word->letters.back().box += at;
        first = -1;
    }
}

bool
saoy_ink_measure(const cv::Mat &page, int dpi, bool letters, SaoyInkWord *word)
{
    int rim = dpi / 50;
    cv::Rect wide = word->box + cv::Size(2 * rim, 2 * rim) - cv::Point(rim, rim);
    Strokes strokes;

    wide &= cv::Rect(0, 0, page.cols, page.rows);
    if (wide.width < dpi / 20 || wide.height < dpi / 20 ||
        word->box.height > MOST_HIGH_MM * dpi / 25.4 ||
        !find_strokes(page(wide), dpi, &strokes))
        return false;
    add_cells(strokes, dpi, wide.tl(), word);
    if (word->cells.size() < LEAST_CELLS)
        return false;
    word->width = 4 * cv::mean(strokes.inside, strokes.ink)[0];
    word->sharp =
        slope_of(strokes, cv::Rect(cv::Point(), strokes.ink.size())) / strokes.depth;
    if (letters)
        add_letters(strokes, wide.tl(), word);
    return true;
}

/* The grain of noisy scans: half of a JPEG's bytes, none of the page's content. It is
 * evened only in blocks that hold nothing else, told by measures that all must agree; every
 * other sample stays as it is, bit for bit (tests prove both, and that hairlines and
 * security printing fainter than the grain's own deviation x 3 are kept). Its colours are
 * judged by themselves: black print has none, so that there the grain loses its colour and
 * the print keeps its light. */
#include "page-parts.h"

#include <algorithm>
#include <opencv2/core/hal/intrin.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#define BLOCK 8 /* as JPEG's */
#define REACH 3 /* of a line beyond its block */
#define LINE 7  /* pixels: 2 x REACH + 1 */
#define TILE 32 /* blocks: 22 mm at 300 dpi */
#define LAGS 6
#define DARKEST_PAPER 0.7 /* of the page's light */
#define MOST_GRAIN 1.7    /* of the grain's variance */
#define MOST_TINGE 2.5    /* … of colours: what was a JPEG has them uneven */
#define MOST_LINE 1.4     /* of what grain alone does along a line */
#define MOST_PATTERN 0.08 /* correlation: printing repeats itself, grain does not */
#define LEAST_VARIANCE 9  /* of colours: 3 levels are seen by nobody */
#define LEAST_LINE 56

typedef struct {
    cv::Mat light, variance, line; /* CV_32F, a value a block */
} Measures;

/* What a page is looked at as: its light, and how far red and blue are from the paper's. */
typedef struct {
    cv::Mat plane[3]; /* CV_16S, REACH samples more on all sides */
    int n;
} Strip;

static Strip
strip_of(const cv::Mat &page, const SaoyTint &tint, int from, int rows)
{
    Strip strip = { {}, page.channels() };
    cv::Mat wide, grey, colour[3];
    cv::Rect all(0, from * BLOCK, page.cols, rows * BLOCK);

    cv::copyMakeBorder(page(all), wide, REACH, REACH, REACH, REACH, cv::BORDER_REFLECT_101);
    grey = wide;
    if (strip.n == 3) {
        cv::cvtColor(wide, grey, cv::COLOR_RGB2GRAY);
        cv::split(wide, colour);
        cv::addWeighted(colour[0], 1, grey, -tint.red, 0, strip.plane[1], CV_16S);
        cv::addWeighted(colour[2], 1, grey, -tint.blue, 0, strip.plane[2], CV_16S);
    }
    grey.convertTo(strip.plane[0], CV_16S);
    return strip;
}

static const int16_t *
block_at(const cv::Mat &plane, int x, int y)
{
    return plane.ptr<int16_t>(REACH + y * BLOCK) + REACH + x * BLOCK;
}

/* A hairline of any direction stands out of the grain once it is summed along itself. */
static int
line_of(const int16_t *at, ptrdiff_t stride)
{
    const ptrdiff_t ways[] = { 1, stride, stride + 1, stride - 1 };
    int most = 0;

    for (ptrdiff_t way : ways) {
        cv::v_int16x8 low = cv::v_setall_s16(INT16_MAX);
        cv::v_int16x8 high = cv::v_setall_s16(INT16_MIN);

        for (int y = 0; y < BLOCK; y++) {
            const int16_t *p = at + y * stride;
            cv::v_int16x8 sum = cv::v_load(p);

            for (int k = 1; k <= REACH; k++)
                sum = sum + cv::v_load(p + k * way) + cv::v_load(p - k * way);
            low = cv::v_min(low, sum);
            high = cv::v_max(high, sum);
        }
        most = std::max(most, cv::v_reduce_max(high) - cv::v_reduce_min(low));
    }
    return most;
}

static void
light_of(const int16_t *at, ptrdiff_t stride, float *light, float *variance)
{
    const int n = BLOCK * BLOCK;
    cv::v_int16x8 ones = cv::v_setall_s16(1);
    cv::v_int32x4 sums = cv::v_setzero_s32(), squares = cv::v_setzero_s32();

    for (int y = 0; y < BLOCK; y++) {
        cv::v_int16x8 row = cv::v_load(at + y * stride);

        sums = sums + cv::v_dotprod(row, ones);
        squares = squares + cv::v_dotprod(row, row);
    }
    double sum = cv::v_reduce_sum(sums);
    *light = (float)(sum / n);
    *variance = (float)((cv::v_reduce_sum(squares) - sum * sum / n) / (n - 1));
}

static void
measure(const cv::Mat &plane, int from, int rows, Measures *out)
{
    ptrdiff_t stride = (ptrdiff_t)plane.step1();

    for (int y = 0; y < rows; y++)
        for (int x = 0; x < out->light.cols; x++) {
            const int16_t *at = block_at(plane, x, y);

            light_of(at, stride, out->light.ptr<float>(from + y) + x,
                     out->variance.ptr<float>(from + y) + x);
            out->line.at<float>(from + y, x) = (float)line_of(at, stride);
        }
}

static float
quantile(const cv::Mat &values, double share)
{
    std::vector<float> sorted(values.begin<float>(), values.end<float>());
    auto at = sorted.begin() + (long)(share * (double)(sorted.size() - 1));

    std::nth_element(sorted.begin(), at, sorted.end());
    return *at;
}

/* The quieter quarter of the page shows its grain alone; what differs is content. */
static cv::Mat
quiet(const Measures &measures, double most, double least_variance, double least_line)
{
    cv::Mat near;

    cv::blur(measures.variance, near, cv::Size(3, 3));
    double variance = std::max(most * quantile(near, 0.25), least_variance);
    double line = std::max(MOST_LINE * quantile(measures.line, 0.4), least_line);
    return (measures.variance < variance) & (measures.line < line);
}

/* A block's samples around their mean, nothing beside them: a lag out of it adds nothing.
 */
typedef int16_t Centred[BLOCK][2 * BLOCK];

static void
centre(const int16_t *at, ptrdiff_t stride, float light, Centred out)
{
    cv::v_int16x8 mean = cv::v_setall_s16((int16_t)cvRound(light));

    for (int y = 0; y < BLOCK; y++)
        cv::v_store(out[y], cv::v_load(at + y * stride) - mean);
}

/* Mean product of samples dx, dy apart inside one block. */
static double
product(const Centred block, int dx, int dy)
{
    cv::v_int32x4 sums = cv::v_setzero_s32();
    int left = std::max(0, -dx), right = std::max(0, dx);

    for (int y = 0; y + dy < BLOCK; y++)
        sums = sums + cv::v_dotprod(cv::v_load(block[y] + left),
                                    cv::v_load(block[y + dy] + right));
    return (double)cv::v_reduce_sum(sums) / ((BLOCK - left - right) * (BLOCK - dy));
}

/* Whether what is quiet in a tile knows itself: by how much at each lag. */
typedef struct {
    cv::Rect at; /* blocks */
    double lag[LAGS];
} Tile;

static Tile
tile_of(const cv::Mat &plane, const Measures &measures, const cv::Mat &mask, cv::Rect at)
{
    static const int lags[LAGS][2] = { { 3, 0 }, { 0, 3 }, { 4, 0 },
                                       { 0, 4 }, { 3, 3 }, { -3, 3 } };
    Tile tile = { at, {} };
    double own = 1e-6;
    Centred block = {};

    for (int y = 0; y < at.height; y++)
        for (int x = at.x; x < at.x + at.width; x++) {
            if (mask.at<uint8_t>(at.y + y, x) == 0)
                continue;
            centre(block_at(plane, x, y), (ptrdiff_t)plane.step1(),
                   measures.light.at<float>(at.y + y, x), block);
            own += product(block, 0, 0);
            for (int i = 0; i < LAGS; i++)
                tile.lag[i] += product(block, lags[i][0], lags[i][1]);
        }
    for (double &lag : tile.lag)
        lag /= own;
    return tile;
}

static double
median_lag(const std::vector<Tile> &tiles, int i)
{
    std::vector<double> values;

    for (const Tile &tile : tiles)
        values.push_back(tile.lag[i]);
    auto middle = values.begin() + (long)values.size() / 2;
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/* A tile of printed pattern is as quiet as grain, but its samples know one another. What
 * was a JPEG knows itself a little in its colours too, everywhere alike: that is common. */
static void
drop_patterns(const std::vector<Tile> &tiles, bool common, cv::Mat *mask)
{
    double usual[LAGS] = {};

    for (int i = 0; i < LAGS && common; i++)
        usual[i] = median_lag(tiles, i);
    for (const Tile &tile : tiles)
        for (int i = 0; i < LAGS; i++)
            if (std::abs(tile.lag[i] - usual[i]) > MOST_PATTERN)
                (*mask)(tile.at).setTo(0);
}

static SaoyTint
tint_of(const cv::Mat &page)
{
    cv::Mat small, grey;

    if (page.channels() == 1)
        return { 1, 1 };
    cv::resize(page, small, cv::Size(page.cols / BLOCK, page.rows / BLOCK), 0, 0,
               cv::INTER_AREA);
    cv::cvtColor(small, grey, cv::COLOR_RGB2GRAY);
    cv::Mat paper = grey >= cv::mean(grey)[0];
    cv::Scalar mean = cv::mean(small, paper);
    double light = std::max(cv::mean(grey, paper)[0], 1.0);
    return { mean[0] / light, mean[2] / light };
}

static void
measure_page(const cv::Mat &page, const SaoyTint &tint, Measures *measures)
{
    cv::Size size(page.cols / BLOCK, page.rows / BLOCK);

    for (int i = 0; i < page.channels(); i++)
        measures[i] = { cv::Mat(size, CV_32F), cv::Mat(size, CV_32F),
                        cv::Mat(size, CV_32F) };
    for (int y = 0; y < size.height; y += TILE) {
        int rows = std::min(TILE, size.height - y);
        Strip strip = strip_of(page, tint, y, rows);

        for (int i = 0; i < strip.n; i++)
            measure(strip.plane[i], y, rows, &measures[i]);
    }
}

/* Print shows in the light, whatever its colour: there the colours stay as well. */
static void
drop_page_patterns(const cv::Mat &page, const Measures *measures, SaoyGrain *grain)
{
    std::vector<Tile> tiles[3];

    for (int y = 0; y < grain->pale.rows; y += TILE) {
        int rows = std::min(TILE, grain->pale.rows - y);
        Strip strip = strip_of(page, grain->tint, y, rows);

        for (int x = 0; x < grain->pale.cols; x += TILE)
            for (int i = 0; i < strip.n; i++)
                tiles[i].push_back(
                    tile_of(strip.plane[i], measures[i], i == 0 ? grain->bare : grain->pale,
                            cv::Rect(x, y, std::min(TILE, grain->pale.cols - x), rows)));
    }
    drop_patterns(tiles[0], false, &grain->bare);
    drop_patterns(tiles[0], false, &grain->pale);
    for (int i = 1; i < page.channels(); i++)
        drop_patterns(tiles[i], true, &grain->pale);
}

SaoyGrain
saoy_grain_of(const cv::Mat &page)
{
    SaoyGrain grain = {};
    Measures measures[3];

    if (page.cols < 3 * BLOCK || page.rows < 3 * BLOCK)
        return grain;
    grain.tint = tint_of(page);
    measure_page(page, grain.tint, measures);
    const cv::Mat &light = measures[0].light;
    grain.pale = cv::Mat(light.size(), CV_8U, cv::Scalar(255));
    for (int i = 1; i < page.channels(); i++)
        grain.pale &= quiet(measures[i], MOST_TINGE, LEAST_VARIANCE, LEAST_LINE);
    grain.bare = quiet(measures[0], MOST_GRAIN, 0, 0) & grain.pale &
                 (light > DARKEST_PAPER * quantile(light, 0.9));
    drop_page_patterns(page, measures, &grain);
    grain.bare &= grain.pale;
    return grain;
}

/* Means of 7 x 7 samples, the block mirrored at its sides. */
static void
smooth(int block[BLOCK][BLOCK])
{
    static const int mirror[BLOCK + 2 * REACH] = {
        2, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 7, 6, 5
    };
    int across[BLOCK][BLOCK];

    for (int y = 0; y < BLOCK; y++) {
        int sum = 0;

        for (int i = 0; i < BLOCK + 2 * REACH; i++) {
            sum += block[y][mirror[i]];
            if (i >= LINE)
                sum -= block[y][mirror[i - LINE]];
            if (i >= LINE - 1)
                across[y][i - LINE + 1] = sum;
        }
    }
    for (int x = 0; x < BLOCK; x++) {
        int sum = 0;

        for (int i = 0; i < BLOCK + 2 * REACH; i++) {
            sum += across[mirror[i]][x];
            if (i >= LINE)
                sum -= across[mirror[i - LINE]][x];
            if (i >= LINE - 1)
                block[i - LINE + 1][x] = cvRound((float)sum / (LINE * LINE));
        }
    }
}

/* Bare: nothing but the mean is left of the grain. Else of its colours alone: the light of
 * each sample stays, and with it all print that is darker or lighter than the paper. */
static void
even_block(cv::Mat block, const double shade[3], bool bare)
{
    const int n = block.channels();
    int light[BLOCK][BLOCK] = {}, samples[BLOCK][BLOCK];

    for (int y = 0; y < BLOCK && !bare; y++)
        for (int x = 0; x < BLOCK; x++) {
            const uint8_t *p = block.ptr(y) + x * 3;

            light[y][x] = (p[0] * 4899 + p[1] * 9617 + p[2] * 1868 + 8192) >> 14;
        }
    for (int c = 0; c < n; c++) {
        const int part = cvRound(shade[c] * 4096);

        for (int y = 0; y < BLOCK; y++)
            for (int x = 0; x < BLOCK; x++)
                samples[y][x] = block.ptr(y)[x * n + c] - ((light[y][x] * part) >> 12);
        smooth(samples);
        for (int y = 0; y < BLOCK; y++)
            for (int x = 0; x < BLOCK; x++)
                block.ptr(y)[x * n + c] = cv::saturate_cast<uint8_t>(
                    samples[y][x] + ((light[y][x] * part) >> 12));
    }
}

void
saoy_grain_even(const SaoyGrain &grain, cv::Mat *page)
{
    double red = grain.tint.red, blue = grain.tint.blue;
    const double shade[3] = { red, (1 - 0.299 * red - 0.114 * blue) / 0.587, blue };

    for (int y = 0; y < grain.bare.rows; y++)
        for (int x = 0; x < grain.bare.cols; x++) {
            bool bare = grain.bare.at<uint8_t>(y, x) != 0;
            bool pale = page->channels() == 3 && grain.pale.at<uint8_t>(y, x) != 0;

            if (bare || pale)
                even_block((*page)(cv::Rect(x * BLOCK, y * BLOCK, BLOCK, BLOCK)), shade,
                           bare);
        }
}

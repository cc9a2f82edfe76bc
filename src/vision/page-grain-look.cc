/* The measures of grain: every sample of a page in a few operations, eight at a time. */
#include "page-grain.h"

#include <algorithm>
#include <opencv2/core/hal/intrin.hpp>

#define BLOCK SAOY_BLOCK
#define REACH SAOY_REACH
#define LAGS SAOY_GRAIN_LAGS

enum {
    BAND = 8,  /* rows of blocks looked at together: they stay in the cache */
    TILE = 32, /* blocks: 22 mm at 300 dpi */
};

static const int16_t *
block_at(const cv::Mat &plane, int x, int y)
{
    return plane.ptr<int16_t>(REACH + y * BLOCK) + REACH + x * BLOCK;
}

/* A hairline of any direction stands out of the grain once it is summed along itself. */
typedef struct {
    cv::v_int16x8 low, high;
} Range;

static inline void
widen(Range *range, const cv::v_int16x8 &sum)
{
    range->low = cv::v_min(range->low, sum);
    range->high = cv::v_max(range->high, sum);
}

static inline cv::v_int16x8
sum_along(const int16_t *p, ptrdiff_t way)
{
    cv::v_int16x8 sum = cv::v_load(p);

    for (int k = 1; k <= REACH; k++)
        sum = sum + cv::v_load(p + k * way) + cv::v_load(p - k * way);
    return sum;
}

static inline Range
range_along(const int16_t *at, ptrdiff_t stride, ptrdiff_t way)
{
    cv::v_int16x8 first = sum_along(at, way);
    Range range = { first, first };

    for (int y = 1; y < BLOCK; y++)
        widen(&range, sum_along(at + y * stride, way));
    return range;
}

/* Straight down each sum is the one above it, a row further. */
static inline Range
range_down(const int16_t *at, ptrdiff_t stride)
{
    cv::v_int16x8 sum = sum_along(at, stride);
    Range range = { sum, sum };

    for (int y = 1; y < BLOCK; y++) {
        sum = sum + cv::v_load(at + (y + REACH) * stride) -
              cv::v_load(at + (y - REACH - 1) * stride);
        widen(&range, sum);
    }
    return range;
}

static inline int
wide(const Range &range)
{
    return cv::v_reduce_max(range.high) - cv::v_reduce_min(range.low);
}

static int
line_of(const int16_t *at, ptrdiff_t stride)
{
    return std::max(
        std::max(wide(range_along(at, stride, 1)), wide(range_down(at, stride))),
        std::max(wide(range_along(at, stride, stride + 1)),
                 wide(range_along(at, stride, stride - 1))));
}

static void
light_of(const int16_t *at, ptrdiff_t stride, float *light, float *variance)
{
    const int n = BLOCK * BLOCK;
    cv::v_int16x8 sums = cv::v_setzero_s16();
    cv::v_int32x4 squares = cv::v_setzero_s32();

    for (int y = 0; y < BLOCK; y++) {
        cv::v_int16x8 row = cv::v_load(at + y * stride);

        sums = sums + row;
        squares = squares + cv::v_dotprod(row, row);
    }
    double sum = cv::v_reduce_sum(cv::v_dotprod(sums, cv::v_setall_s16(1)));
    *light = (float)(sum / n);
    *variance = (float)((cv::v_reduce_sum(squares) - sum * sum / n) / (n - 1));
}

static void
measure(const cv::Mat &plane, int from, int rows, SaoyBlocks *out)
{
    ptrdiff_t stride = (ptrdiff_t)plane.step1();

    for (int y = 0; y < rows; y++) {
        float *light = out->light.ptr<float>(from + y);
        float *variance = out->variance.ptr<float>(from + y);
        float *line = out->line.ptr<float>(from + y);

        for (int x = 0; x < out->light.cols; x++) {
            const int16_t *at = block_at(plane, x, y);

            light_of(at, stride, light + x, variance + x);
            line[x] = (float)line_of(at, stride);
        }
    }
}

void
saoy_blocks_measure(const cv::Mat &page, const SaoyTint &tint, SaoyBlocks out[3])
{
    cv::Size size(page.cols / BLOCK, page.rows / BLOCK);
    SaoyStrip strip = {};

    for (int i = 0; i < page.channels(); i++)
        out[i] = { cv::Mat(size, CV_32F), cv::Mat(size, CV_32F), cv::Mat(size, CV_32F) };
    for (int y = 0; y < size.height; y += BAND) {
        int rows = std::min<int>(BAND, size.height - y);

        saoy_strip_of(page, tint, y, rows, &strip);
        for (int i = 0; i < strip.n; i++)
            measure(strip.plane[i], y, rows, &out[i]);
    }
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

static const int lags[LAGS + 1][2] = { { 3, 0 }, { 0, 3 },  { 4, 0 }, { 0, 4 },
                                       { 3, 3 }, { -3, 3 }, { 0, 0 } };

/* Products of samples a lag apart, summed over a tile: at most 255 x 255 x 65536 / 4 in
 * each lane. */
typedef struct {
    cv::v_int32x4 sum[LAGS + 1];
} Products;

static inline void
add_product(const Centred block, int dx, int dy, cv::v_int32x4 *sum)
{
    int left = std::max(0, -dx), right = std::max(0, dx);

    for (int y = 0; y + dy < BLOCK; y++)
        *sum = *sum + cv::v_dotprod(cv::v_load(block[y] + left),
                                    cv::v_load(block[y + dy] + right));
}

static void
add_blocks(const cv::Mat &plane, const cv::Mat &light, const cv::Mat &mask, int from,
           cv::Rect at, Products *out)
{
    Centred block = {};

    for (int y = at.y; y < at.y + at.height; y++)
        for (int x = at.x; x < at.x + at.width; x++) {
            if (mask.at<uint8_t>(y, x) == 0)
                continue;
            centre(block_at(plane, x, y - from), (ptrdiff_t)plane.step1(),
                   light.at<float>(y, x), block);
            for (int i = 0; i <= LAGS; i++)
                add_product(block, lags[i][0], lags[i][1], &out->sum[i]);
        }
}

/* The mean product at lag i. */
static double
mean_of(const Products &products, int i)
{
    int pairs = (BLOCK - std::abs(lags[i][0])) * (BLOCK - std::abs(lags[i][1]));

    return (double)cv::v_reduce_sum(products.sum[i]) / pairs;
}

static SaoyTile
tile_of(const Products &products, cv::Rect at)
{
    SaoyTile tile = { at, {} };
    double own = mean_of(products, LAGS) + 1e-6;

    for (int i = 0; i < LAGS; i++)
        tile.lag[i] = mean_of(products, i) / own;
    return tile;
}

/* One row of tiles. */
static void
correlate(const cv::Mat &page, const SaoyTint &tint, const SaoyBlocks blocks[3],
          const cv::Mat masks[3], int from, std::vector<SaoyTile> out[3])
{
    const int end = std::min(from + TILE, masks[0].rows);
    const int n = (masks[0].cols + TILE - 1) / TILE;
    std::vector<Products> products((size_t)(3 * n), Products{});
    SaoyStrip strip = {};
    auto tile_at = [&](int i, int y, int rows) {
        return cv::Rect(i * TILE, y, std::min<int>(TILE, masks[0].cols - i * TILE), rows);
    };

    for (int y = from; y < end; y += BAND) {
        int rows = std::min<int>(BAND, end - y);

        saoy_strip_of(page, tint, y, rows, &strip);
        for (int k = 0; k < strip.n * n; k++)
            add_blocks(strip.plane[k / n], blocks[k / n].light, masks[k / n], y,
                       tile_at(k % n, y, rows), &products[(size_t)k]);
    }
    for (int k = 0; k < page.channels() * n; k++)
        out[k / n].push_back(
            tile_of(products[(size_t)k], tile_at(k % n, from, end - from)));
}

void
saoy_blocks_correlate(const cv::Mat &page, const SaoyTint &tint, const SaoyBlocks blocks[3],
                      const cv::Mat masks[3], std::vector<SaoyTile> out[3])
{
    for (int y = 0; y < masks[0].rows; y += TILE)
        correlate(page, tint, blocks, masks, y, out);
}

/* The grain of noisy scans: half of a JPEG's bytes, none of the page's content. It is
 * evened only in blocks that hold nothing else, told by four measures that all must agree;
 * every other sample stays as it is, bit for bit (tests prove both, and that hairlines and
 * security printing fainter than the grain's own deviation x 3 are kept). */
#include "page-parts.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

#define BLOCK 8           /* as JPEG's */
#define TILE 32           /* blocks: 22 mm at 300 dpi */
#define DARKEST_PAPER 0.7 /* of the page's light */
#define MOST_GRAIN 1.7    /* of the grain's variance */
#define MOST_LINE                                                         \
    1.4 /* of what grain alone does along a line of 7 pixels, which reach \
           3 into the neighbours */
#define MOST_PATTERN 0.08 /* correlation: printing repeats itself, grain does not */

typedef struct {
    cv::Mat light, variance; /* CV_32F, a value a block */
    cv::Mat line;            /* CV_32F: most that 7 pixels in a row differ from the block */
    cv::Mat grain;           /* CV_8U, 255: nothing but grain */
} Blocks;

/* Sum over the channels: what is only coloured differs too. */
static void
measure_block(const cv::Mat &page, int bx, int by, float *light, float *variance)
{
    int channels = page.channels();
    double sums = 0, spread = 0;

    for (int c = 0; c < channels; c++) {
        int sum = 0, squares = 0;

        for (int y = 0; y < BLOCK; y++) {
            const uint8_t *p = page.ptr(by * BLOCK + y) + bx * BLOCK * channels + c;

            for (int x = 0; x < BLOCK; x++, p += channels) {
                sum += *p;
                squares += *p * *p;
            }
        }
        sums += sum;
        spread += squares - (double)sum * sum / (BLOCK * BLOCK);
    }
    *light = (float)(sums / (BLOCK * BLOCK * channels));
    *variance = (float)(spread / (BLOCK * BLOCK - 1));
}

static float
quantile(std::vector<float> values, double share)
{
    auto at = values.begin() + (long)(share * (double)(values.size() - 1));

    std::nth_element(values.begin(), at, values.end());
    return *at;
}

static Blocks
measure(const cv::Mat &page)
{
    cv::Size size(page.cols / BLOCK, page.rows / BLOCK);
    Blocks blocks = { cv::Mat(size, CV_32F), cv::Mat(size, CV_32F),
                      cv::Mat::zeros(size, CV_32F), cv::Mat::zeros(size, CV_8U) };

    for (int y = 0; y < size.height; y++)
        for (int x = 0; x < size.width; x++)
            measure_block(page, x, y, blocks.light.ptr<float>(y) + x,
                          blocks.variance.ptr<float>(y) + x);
    return blocks;
}

/* A hairline of any direction stands out of the grain once it is summed along itself. */
static void
measure_lines(const cv::Mat &page, Blocks *blocks)
{
    const int n = 7;
    cv::Mat grey = page, sums, kernels[4];

    if (page.channels() == 3)
        cv::cvtColor(page, grey, cv::COLOR_RGB2GRAY);
    kernels[0] = cv::Mat::ones(1, n, CV_32F);
    kernels[1] = cv::Mat::ones(n, 1, CV_32F);
    kernels[2] = cv::Mat::eye(n, n, CV_32F);
    cv::flip(kernels[2], kernels[3], 0);
    for (const cv::Mat &kernel : kernels) {
        cv::filter2D(grey, sums, CV_16S, kernel);
        for (int y = 0; y < blocks->line.rows; y++)
            for (int x = 0; x < blocks->line.cols; x++) {
                cv::Mat block = sums(cv::Rect(x * BLOCK, y * BLOCK, BLOCK, BLOCK));
                double low = 0, high = 0;

                cv::minMaxLoc(block, &low, &high);
                float &most = blocks->line.at<float>(y, x);
                most = std::max(most, (float)(high - low));
            }
    }
}

/* The quieter quarter of the page shows its grain alone; what differs is content. */
static void
mark_quiet(Blocks *blocks)
{
    cv::Mat near;

    cv::blur(blocks->variance, near, cv::Size(3, 3));
    std::vector<float> variances(near.begin<float>(), near.end<float>());
    std::vector<float> lines(blocks->line.begin<float>(), blocks->line.end<float>());
    std::vector<float> lights(blocks->light.begin<float>(), blocks->light.end<float>());
    blocks->grain = (blocks->variance < MOST_GRAIN * quantile(variances, 0.25)) &
                    (blocks->line < MOST_LINE * quantile(lines, 0.4)) &
                    (blocks->light > DARKEST_PAPER * quantile(lights, 0.9));
}

/* Products of samples dx, dy apart inside one block, around its mean. */
static double
product(const cv::Mat &page, int bx, int by, float mean, int dx, int dy)
{
    const int c = page.channels() / 2;
    double sum = 0;

    for (int y = 0; y + dy < BLOCK; y++)
        for (int x = std::max(0, -dx); x < BLOCK + std::min(0, -dx); x++) {
            const uint8_t *a =
                page.ptr(by * BLOCK + y) + (bx * BLOCK + x) * page.channels();
            const uint8_t *b =
                page.ptr(by * BLOCK + y + dy) + (bx * BLOCK + x + dx) * page.channels();

            sum += (a[c] - mean) * (b[c] - mean);
        }
    return sum / ((BLOCK - std::abs(dx)) * (BLOCK - dy));
}

static float
mean_of(const cv::Mat &page, int bx, int by)
{
    const int c = page.channels() / 2;
    int sum = 0;

    for (int y = 0; y < BLOCK; y++)
        for (int x = 0; x < BLOCK; x++)
            sum += page.ptr(by * BLOCK + y)[(bx * BLOCK + x) * page.channels() + c];
    return (float)sum / (BLOCK * BLOCK);
}

/* A tile of printed pattern is as quiet as grain, but its samples know one another. */
static bool
is_pattern(const cv::Mat &page, const cv::Mat &grain, cv::Rect tile)
{
    static const int lags[][2] = { { 3, 0 }, { 0, 3 }, { 4, 0 },
                                   { 0, 4 }, { 3, 3 }, { -3, 3 } };
    double sums[G_N_ELEMENTS(lags)] = { 0 }, own = 0;

    for (int y = tile.y; y < tile.y + tile.height; y++)
        for (int x = tile.x; x < tile.x + tile.width; x++) {
            if (grain.at<uint8_t>(y, x) == 0)
                continue;
            float mean = mean_of(page, x, y);
            own += product(page, x, y, mean, 0, 0);
            for (size_t i = 0; i < G_N_ELEMENTS(lags); i++)
                sums[i] += product(page, x, y, mean, lags[i][0], lags[i][1]);
        }
    return std::any_of(std::begin(sums), std::end(sums),
                       [&](double sum) { return std::abs(sum) > MOST_PATTERN * own; });
}

static void
drop_patterns(const cv::Mat &page, cv::Mat *grain)
{
    cv::Rect all(0, 0, grain->cols, grain->rows);

    for (int y = 0; y < grain->rows; y += TILE)
        for (int x = 0; x < grain->cols; x += TILE) {
            cv::Rect tile = cv::Rect(x, y, TILE, TILE) & all;

            if (is_pattern(page, *grain, tile))
                (*grain)(tile).setTo(0);
        }
}

cv::Mat
saoy_grain_of(const cv::Mat &page)
{
    if (page.cols < 3 * BLOCK || page.rows < 3 * BLOCK)
        return cv::Mat();
    Blocks blocks = measure(page);
    measure_lines(page, &blocks);
    mark_quiet(&blocks);
    drop_patterns(page, &blocks.grain);
    return blocks.grain;
}

void
saoy_grain_even(const cv::Mat &grain, cv::Mat *page)
{
    cv::Mat even;

    for (int y = 0; y < grain.rows; y++)
        for (int x = 0; x < grain.cols; x++)
            if (grain.at<uint8_t>(y, x) != 0) {
                cv::Mat block = (*page)(cv::Rect(x * BLOCK, y * BLOCK, BLOCK, BLOCK));

                cv::blur(block, even, cv::Size(7, 7), cv::Point(-1, -1),
                         cv::BORDER_REFLECT | cv::BORDER_ISOLATED);
                even.copyTo(block);
            }
}

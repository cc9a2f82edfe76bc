/* The grain of noisy scans: half of a JPEG's bytes, none of the page's content. It is
 * evened only in blocks that hold nothing else, told by measures that all must agree; every
 * other sample stays as it is, bit for bit (tests prove both, and that hairlines and
 * security printing fainter than the grain's own deviation x 3 are kept). Its colours are
 * judged by themselves: black print has none, so that there the grain loses its colour and
 * the print keeps its light. */
#include "page-grain.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

#define DARKEST_PAPER 0.7 /* of the page's light */
#define MOST_GRAIN 1.7    /* of the grain's variance */
#define MOST_TINGE 2.5    /* … of colours: what was a JPEG has them uneven */
#define MOST_LINE 1.4     /* of what grain alone does along a line */
#define MOST_PATTERN 0.08 /* correlation: printing repeats itself, grain does not */
#define LEAST_VARIANCE 9  /* of colours: 3 levels are seen by nobody */
#define LEAST_LINE 56

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
quiet(const SaoyBlocks &blocks, double most, double least_variance, double least_line)
{
    cv::Mat near;

    cv::blur(blocks.variance, near, cv::Size(3, 3));
    double variance = std::max(most * quantile(near, 0.25), least_variance);
    double line = std::max(MOST_LINE * quantile(blocks.line, 0.4), least_line);
    return (blocks.variance < variance) & (blocks.line < line);
}

static double
median_lag(const std::vector<SaoyTile> &tiles, int i)
{
    std::vector<double> values;

    for (const SaoyTile &tile : tiles)
        values.push_back(tile.lag[i]);
    auto middle = values.begin() + (long)values.size() / 2;
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

/* A tile of printed pattern is as quiet as grain, but its samples know one another. What
 * was a JPEG knows itself a little in its colours too, everywhere alike: that is common. */
static void
drop_patterns(const std::vector<SaoyTile> &tiles, bool common, cv::Mat *mask)
{
    double usual[SAOY_GRAIN_LAGS] = {};

    for (int i = 0; i < SAOY_GRAIN_LAGS && common; i++)
        usual[i] = median_lag(tiles, i);
    for (const SaoyTile &tile : tiles)
        for (int i = 0; i < SAOY_GRAIN_LAGS; i++)
            if (std::abs(tile.lag[i] - usual[i]) > MOST_PATTERN)
                (*mask)(tile.at).setTo(0);
}

static SaoyTint
tint_of(const cv::Mat &page)
{
    cv::Mat small, grey;

    if (page.channels() == 1)
        return { 1, 1 };
    cv::resize(page, small, cv::Size(page.cols / SAOY_BLOCK, page.rows / SAOY_BLOCK), 0, 0,
               cv::INTER_AREA);
    cv::cvtColor(small, grey, cv::COLOR_RGB2GRAY);
    cv::Mat paper = grey >= cv::mean(grey)[0];
    cv::Scalar mean = cv::mean(small, paper);
    double light = std::max(cv::mean(grey, paper)[0], 1.0);
    return { mean[0] / light, mean[2] / light };
}

/* Print shows in the light, whatever its colour: there the colours stay as well. */
static void
drop_page_patterns(const cv::Mat &page, const SaoyBlocks blocks[3], SaoyGrain *grain)
{
    const cv::Mat masks[3] = { grain->bare, grain->pale, grain->pale };
    std::vector<SaoyTile> tiles[3];

    saoy_blocks_correlate(page, grain->tint, blocks, masks, tiles);
    drop_patterns(tiles[0], false, &grain->bare);
    drop_patterns(tiles[0], false, &grain->pale);
    for (int i = 1; i < page.channels(); i++)
        drop_patterns(tiles[i], true, &grain->pale);
}

SaoyGrain
saoy_grain_of(const cv::Mat &page)
{
    SaoyGrain grain = {};
    SaoyBlocks blocks[3];

    if (page.cols < 3 * SAOY_BLOCK || page.rows < 3 * SAOY_BLOCK)
        return grain;
    grain.tint = tint_of(page);
    saoy_blocks_measure(page, grain.tint, blocks);
    const cv::Mat &light = blocks[0].light;
    grain.pale = cv::Mat(light.size(), CV_8U, cv::Scalar(255));
    for (int i = 1; i < page.channels(); i++)
        grain.pale &= quiet(blocks[i], MOST_TINGE, LEAST_VARIANCE, LEAST_LINE);
    grain.bare = quiet(blocks[0], MOST_GRAIN, 0, 0) & grain.pale &
                 (light > DARKEST_PAPER * quantile(light, 0.9));
    drop_page_patterns(page, blocks, &grain);
    grain.bare &= grain.pale;
    return grain;
}

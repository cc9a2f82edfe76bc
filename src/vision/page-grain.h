#pragma once
#include "page-parts.h"

/* What grain is told by, in blocks of 8 x 8 pixels. */
#define SAOY_BLOCK 8
#define SAOY_REACH 3 /* of a line beyond its block */
#define SAOY_GRAIN_LAGS 6

/* What a page is looked at as: its light, and how far red and blue are from the paper's. */
typedef struct {
    cv::Mat plane[3]; /* CV_16S, SAOY_REACH samples more on all sides */
    int n;
} SaoyStrip;

/* Rows of blocks from..from + rows of the page; *strip is used again if it fits. */
void saoy_strip_of(const cv::Mat &page, const SaoyTint &tint, int from, int rows,
                   SaoyStrip *strip);

/* Of each block: mean, variance, and how far sums of 7 pixels along a line, in four
 * directions, lie apart. CV_32F. */
typedef struct {
    cv::Mat light, variance, line;
} SaoyBlocks;

/* out: of light; and, where the page has colours, of how far red and blue are from the
 * paper's tint. */
void saoy_blocks_measure(const cv::Mat &page, const SaoyTint &tint, SaoyBlocks out[3]);

/* How well the blocks of one tile know themselves: correlation at each lag. */
typedef struct {
    cv::Rect at; /* blocks */
    double lag[SAOY_GRAIN_LAGS];
} SaoyTile;

/* masks: of each plane the blocks that count. Tiles of all the page, row by row. */
void saoy_blocks_correlate(const cv::Mat &page, const SaoyTint &tint,
                           const SaoyBlocks blocks[3], const cv::Mat masks[3],
                           std::vector<SaoyTile> out[3]);

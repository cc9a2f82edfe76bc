#pragma once
#include <opencv2/core.hpp>
#include <vector>

/* The page's paper in cells of 1.3 mm: what is measured there lies between the strokes of
 * writing, never on them. */
typedef enum {
    SAOY_PAPER_TONE,  /* light, levels of 255 */
    SAOY_PAPER_ROUGH, /* log of the variance inside a cell: grain, fibres, printed ground */
    SAOY_PAPER_RED,   /* over green, levels */
    SAOY_PAPER_BLUE,
    SAOY_PAPER_N
} SaoyPaperTrait;

typedef struct {
    double cell_px;                /* page pixels a cell */
    cv::Mat differs[SAOY_PAPER_N]; /* CV_32F: from the paper around; 0 where unknown */
    double least[SAOY_PAPER_N];    /* smaller differences are the page's own unevenness */
    double red, blue;              /* over green: the tint of the page's paper */
    cv::Mat ink, colour; /* CV_32F: share of the cell under print, coloured print */
} SaoyPaper;

/* page: RGB. */
SaoyPaper saoy_paper_map(const cv::Mat &page, int dpi);

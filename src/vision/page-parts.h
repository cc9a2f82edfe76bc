#pragma once
#include "vision/page.h"

#include <opencv2/core.hpp>

/* The parts of cleaning. Measures are taken on a grey picture of SAOY_WORK_DPI. */
#define SAOY_WORK_DPI 150

static inline double
saoy_work_px(double mm)
{
    return mm * SAOY_WORK_DPI / 25.4;
}

/* 255 where something is darker than the paper around it by more than the paper's noise. */
cv::Mat saoy_ink_of(const cv::Mat &grey);

/* 255 where the sheet lies: all but the dark, colourless surroundings that reach the
 * border. */
cv::Mat saoy_paper_of(const cv::Mat &rgb);

/* How far lines of writing are turned, clockwise positive, within +-15 degrees. weight
 * tells how much sharper that angle is than any: 1 is no lines at all. */
typedef struct {
    double degrees, weight;
} SaoySkew;
SaoySkew saoy_skew_of(const cv::Mat &ink);

/* Ink of the size of letters alone: no rules, seals, photographs, specks. */
cv::Mat saoy_letters_of(const cv::Mat &ink);

/* Share of marks and ascenders over descenders in level lines: above 0.5 is upright. */
double saoy_uprightness(const cv::Mat &letters);

/* Fills all of the report but skew, crop and rotation. */
void saoy_page_judge(const cv::Mat &page, int dpi, SaoyPageReport *report);

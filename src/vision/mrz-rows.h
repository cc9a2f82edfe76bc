#pragma once
#include "mat.h"

#include <vector>

/* Characters of one pitch in a row: the k-th stands at x0 + k (pitch + k bend), y0 + k
 * rise; k from 0 to n - 1. */
struct SaoyRow {
    double x0, pitch, bend, y0, rise;
    double height; /* of a capital */
    int n;
};

/* Rows of at least `least` characters that stand at one pitch, as print of a machine
 * readable zone does and other print does not; from the top. */
std::vector<SaoyRow> saoy_rows_of(const cv::Mat &grey, int least);

static inline cv::Point2d
saoy_row_at(const SaoyRow &row, double k)
{
    return { row.x0 + k * (row.pitch + k * row.bend), row.y0 + k * row.rise };
}

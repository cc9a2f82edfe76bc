#pragma once
#include "page-parts.h"

/* A scan on its way to the page. */

/* As it is worked on. */
typedef struct {
    cv::Mat page, work; /* at most 300 dpi; SAOY_WORK_DPI */
    int dpi, scan_dpi;  /* of page; of the scan as it came */
    SaoySheetOnGlass glass;
} SaoyScan;
SaoyScan saoy_scan_open(const SaoyImage *image);
/* What it says, where that can be. Cameras and careless programs write 72 or 96: then the
 * sheet is taken for A4. */
int saoy_scan_dpi(const SaoyImage *scan);
cv::Mat saoy_scaled(const cv::Mat &page, double f);

/* Of the longer of each two opposite sides: the nearer one shows more. */
cv::Size2d saoy_outline_sides(const SaoyOutline &outline);
/* Of what is seen askew: the nearest of the few shapes that sheets have. */
cv::Size2d saoy_outline_true_sides(const SaoyOutline &outline);

/* NULL, MALFORMED. */
SaoyImage *saoy_no_page(GError **error, const char *why);
/* How what the outline holds is to be turned, when it is of these sides. */
SaoyRotation saoy_straighten_rotation(const SaoyScan &scan, const SaoyOutline &outline,
                                      cv::Size2d sides);
/* One thing on the glass: a sheet as it lies, or what its outline holds, with these sides,
 * in pixels of the scan as it is worked on; turned by so many quarters. Writes skew_deg,
 * rotation, and crop in work pixels. */
enum { SAOY_AS_WRITTEN = -1 };
SaoyImage *saoy_straighten(const SaoyScan &scan, const SaoyOutline *outline,
                           cv::Size2d sides, int quarters, SaoyPageReport *report,
                           GError **error);

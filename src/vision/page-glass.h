#pragma once
#include "page-parts.h"

#include <vector>

/* The parts of saoy_sheet_on_glass(); all in work pixels. */
typedef std::vector<cv::Point> SaoyContour;

/* The colours of the four sides' rims that are of one colour each. */
std::vector<cv::Vec3b> saoy_lid_colours(const cv::Mat &rgb);
bool saoy_lid_is_same(cv::Vec3b one, cv::Vec3b other);
bool saoy_lid_is_white(cv::Vec3b colour);
/* 255 where the lid shows: all that has this colour. */
cv::Mat saoy_lid_of_colour(const cv::Mat &rgb, cv::Vec3b colour);
/* The same of a white lid, at a SAOY_SOFT_COARSER-th of the size: what is joined to a white
 * rim by all that changes softly, as light does, by `step` levels from pixel to pixel; the
 * edge of what lies there is more. */
#define SAOY_SOFT_COARSER 3
cv::Mat saoy_lid_white(const cv::Mat &rgb, const std::vector<cv::Vec3b> &rims, int step);
/* All that is not lid, filled; the lid reaches the rim of the scan. dpi: of the mask. */
cv::Mat saoy_things_on(const cv::Mat &lid, double dpi);
/* No frame printed on a sheet. */
bool saoy_thing_is_solid(const cv::Mat &lid, const cv::Mat &thing);

/* Four straight sides, all no farther out than rim_mm from the scan's own, that the thing
 * fills. */
bool saoy_outline_of(const cv::Mat &thing, const SaoyContour &contour, double rim_mm,
                     SaoyOutline *out);
/* Clockwise from the one at the top left. */
void saoy_outline_order(cv::Point2f corner[4]);
bool saoy_outline_is_of(const SaoyOutline &outline, double longer_mm, double shorter_mm);

/* A card of size ID-1 where this thing lies: its sides, not its shadow's; what lies beyond
 * the glass by a little is believed. */
bool saoy_card_of(const cv::Mat &rgb, const cv::RotatedRect &thing, SaoyOutline *out);

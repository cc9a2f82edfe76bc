/* Where the sheet lies on the glass, or the cards. */
#include "page-glass.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#define RIM_MM 0.5
#define SLACK_MM 6         /* a corner may lie so far beyond the scan */
#define LEAST_ON_WHITE 0.3 /* of the scan by such a sheet */
#define SPECK_MM 8
#define LITTER_MM 12 /* beside cards, all in all */
#define STEP 4       /* on a white lid the light changes less, and the grain */
#define FINE_STEP 3  /* the same without grain: a pale card is no more */

static bool
is_known_size(const SaoyOutline &outline)
{
    return saoy_outline_is_of(outline, SAOY_CARD_LONG_MM, SAOY_CARD_SHORT_MM) ||
           saoy_outline_is_of(outline, 210, 148) || saoy_outline_is_of(outline, 297, 210) ||
           saoy_outline_is_of(outline, 420, 297);
}

static double
square_of(double mm)
{
    return saoy_work_px(mm) * saoy_work_px(mm);
}

static std::vector<SaoyContour>
contours_of(const cv::Mat &things)
{
    std::vector<SaoyContour> contours;

    cv::findContours(things, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
    return contours;
}

static cv::Mat
filled(const SaoyContour &contour, cv::Size size)
{
    cv::Mat thing = cv::Mat::zeros(size, CV_8U);

    cv::fillPoly(thing, std::vector<SaoyContour>{ contour }, 255);
    return thing;
}

/* One or two cards and nothing else but litter. */
static std::vector<SaoyOutline>
cards_among(const cv::Mat &rgb, const std::vector<SaoyContour> &contours, double scale)
{
    std::vector<SaoyOutline> cards;
    double others = 0;

    for (const SaoyContour &contour : contours) {
        double area = cv::contourArea(contour) * scale * scale;
        cv::RotatedRect box = cv::minAreaRect(contour);
        SaoyOutline found = {};

        box.center *= scale;
        box.size.width *= (float)scale;
        box.size.height *= (float)scale;
        if (area > square_of(SPECK_MM) && saoy_card_of(rgb, box, &found))
            cards.push_back(found);
        else
            others += area;
    }
    return cards.size() <= 2 && others < square_of(LITTER_MM) ? cards
                                                              : std::vector<SaoyOutline>();
}

/* A whole sheet of a known size whose corners lie beyond the scan. */
static bool
sheet_over_rim(const cv::Mat &thing, const SaoyContour &contour, SaoyOutline *out)
{
    SaoyOutline found = {};

    if (!saoy_outline_of(thing, contour, -SLACK_MM, &found) || !found.square ||
        !is_known_size(found))
        return false;
    *out = found;
    return true;
}

/* The largest thing on a lid of this colour; or cards. */
static void
look_on_lid(const cv::Mat &rgb, cv::Vec3b colour, SaoySheetOnGlass *out)
{
    cv::Mat lid = saoy_lid_of_colour(rgb, colour), sheet;
    cv::Mat things = saoy_things_on(lid, SAOY_WORK_DPI);
    std::vector<SaoyContour> contours = contours_of(things);
    SaoyOutline outline = {};
    double largest = square_of(SPECK_MM);

    out->cards = cards_among(rgb, contours, 1);
    for (const SaoyContour &contour : contours) {
        double area = cv::contourArea(contour);

        if (area <= largest)
            continue;
        cv::Mat thing = filled(contour, things.size());
        if (!saoy_thing_is_solid(lid, thing))
            continue;
        outline = {};
        if (!saoy_outline_of(thing, contour, RIM_MM, &outline))
            sheet_over_rim(thing, contour, &outline);
        largest = area;
        sheet = thing;
    }
    /* a picture printed on coloured paper is smaller than the paper */
    double least = !outline.known ? 0.5 : is_known_size(outline) ? 0.05 : 0.35;
    if (sheet.empty() || largest < least * (double)things.total() ||
        (!out->sheet.empty() && cv::countNonZero(out->sheet) > largest))
        return;
    out->sheet = sheet;
    out->outline = outline;
}

/* One sheet that is whole and of a known size: else it may be print on a white sheet. */
static void
look_for_sheet_on_white(const cv::Mat &soft, cv::Size size, SaoySheetOnGlass *out)
{
    cv::Mat lid;

    cv::resize(soft, lid, size, 0, 0, cv::INTER_LINEAR);
    lid = lid > 127;
    cv::Mat things = saoy_things_on(lid, SAOY_WORK_DPI);
    for (const SaoyContour &contour : contours_of(things)) {
        SaoyOutline found = {};

        if (cv::contourArea(contour) < LEAST_ON_WHITE * (double)things.total())
            continue;
        cv::Mat thing = filled(contour, things.size());
        if (!saoy_thing_is_solid(lid, thing) || !sheet_over_rim(thing, contour, &found))
            continue;
        out->sheet = thing;
        out->outline = found;
    }
}

static std::vector<SaoyContour>
soft_contours(const cv::Mat &soft)
{
    return contours_of(saoy_things_on(soft, (double)SAOY_WORK_DPI / SAOY_SOFT_COARSER));
}

static void
look_on_white_lid(const cv::Mat &rgb, const std::vector<cv::Vec3b> &rims,
                  SaoySheetOnGlass *out)
{
    cv::Mat soft = saoy_lid_white(rgb, rims, STEP);
    std::vector<SaoyContour> contours = soft_contours(soft);
    double least = 0.9 * LEAST_ON_WHITE * (double)soft.total();

    out->cards = cards_among(rgb, contours, SAOY_SOFT_COARSER);
    bool large = std::any_of(contours.begin(), contours.end(), [&](const SaoyContour &c) {
        return cv::contourArea(c) > least;
    });
    if (large)
        look_for_sheet_on_white(soft, rgb.size(), out);
    else if (out->cards.empty())
        out->cards = cards_among(rgb, soft_contours(saoy_lid_white(rgb, rims, FINE_STEP)),
                                 SAOY_SOFT_COARSER);
}

SaoySheetOnGlass
saoy_sheet_on_glass(const cv::Mat &work)
{
    SaoySheetOnGlass found = {};
    cv::Mat rgb = work;

    if (work.channels() == 1)
        cv::cvtColor(work, rgb, cv::COLOR_GRAY2RGB);
    if (std::min(rgb.cols, rgb.rows) < saoy_work_px(20))
        return found;
    std::vector<cv::Vec3b> rims = saoy_lid_colours(rgb), tried;
    for (cv::Vec3b lid : rims) {
        bool again = std::any_of(tried.begin(), tried.end(),
                                 [&](cv::Vec3b t) { return saoy_lid_is_same(t, lid); });

        if (!again && !saoy_lid_is_white(lid) && found.cards.empty())
            look_on_lid(rgb, lid, &found);
        tried.push_back(lid);
    }
    bool white = std::any_of(rims.begin(), rims.end(), saoy_lid_is_white);
    if (white && found.cards.empty() && found.sheet.empty())
        look_on_white_lid(rgb, rims, &found);
    std::sort(found.cards.begin(), found.cards.end(),
              [](const SaoyOutline &a, const SaoyOutline &b) {
                  return a.corner[0].x + 2 * a.corner[0].y <
                         b.corner[0].x + 2 * b.corner[0].y;
              });
    return found;
}

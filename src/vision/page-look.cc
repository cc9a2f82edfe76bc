/* What lies on the scan: the sheet, its writing, how far both are turned. */
#include "page-parts.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#define LEAST_WEIGHT 1.15       /* of lines of writing, to be believed */
#define DEEP_INK 0.3            /* of the darkest: waves of a printed ground are fainter */
#define LEAST_TURN_DEGREES 0.05 /* below it the pixels stay as scanned */
#define LEAST_SHEET 0.97        /* of a side, for it to lie on the sheet */

static cv::Mat
grey_of(const cv::Mat &page)
{
    cv::Mat grey;

    if (page.channels() == 1)
        return page;
    cv::cvtColor(page, grey, cv::COLOR_RGB2GRAY);
    return grey;
}

/* Where the sheet's four sides look to when no writing tells. */
static SaoySkew
skew_of_sheet(const cv::Mat &paper)
{
    std::vector<cv::Point> points;

    if (cv::countNonZero(paper) > 0.99 * (double)paper.total())
        return { 0, 1 };
    cv::findNonZero(paper, points);
    cv::RotatedRect sheet = cv::minAreaRect(points);
    double degrees = sheet.angle;
    while (degrees > 45)
        degrees -= 90;
    return std::fabs(degrees) <= 15 ? SaoySkew{ degrees, 2 } : SaoySkew{ 0, 1 };
}

static double
share_of(const cv::Mat &sums, cv::Rect r)
{
    int sum = sums.at<int>(r.y + r.height, r.x + r.width) -
              sums.at<int>(r.y, r.x + r.width) - sums.at<int>(r.y + r.height, r.x) +
              sums.at<int>(r.y, r.x);

    return (double)sum / r.area();
}

/* The rectangle that writing fills: trimming stops before it. */
static cv::Rect
writing_of(const cv::Mat &letters)
{
    cv::Mat dense;

    /* specks at a ragged edge are no writing: it has neighbours */
    cv::blur(letters, dense, cv::Size(31, 31));
    return cv::boundingRect(dense > 12);
}

/* The worst side moves in until each shows sheet alone, but never over writing. */
static cv::Rect
sheet_of(const cv::Mat &paper, const cv::Mat &letters)
{
    cv::Rect sheet(0, 0, paper.cols, paper.rows), keep = writing_of(letters);
    cv::Mat sums;

    cv::integral(paper / 255, sums, CV_32S);
    while (sheet.width > 1 && sheet.height > 1) {
        const cv::Rect sides[] = { { sheet.x, sheet.y, sheet.width, 1 },
                                   { sheet.x, sheet.y + sheet.height - 1, sheet.width, 1 },
                                   { sheet.x, sheet.y, 1, sheet.height },
                                   { sheet.x + sheet.width - 1, sheet.y, 1,
                                     sheet.height } };
        int worst = -1;
        double least = LEAST_SHEET;

        for (int i = 0; i < 4; i++)
            if ((sides[i] & keep).area() == 0 && share_of(sums, sides[i]) < least) {
                least = share_of(sums, sides[i]);
                worst = i;
            }
        if (worst < 0)
            break;
        sheet.y += worst == 0;
        sheet.height -= worst < 2;
        sheet.x += worst == 2;
        sheet.width -= worst >= 2;
    }
    return sheet;
}

/* Half a millimetre where the surroundings were seen: their blurred edge stays outside. */
static cv::Rect
inset(cv::Rect sheet, cv::Size whole)
{
    int rim = (int)saoy_work_px(0.5);
    int left = sheet.x > 0 ? rim : 0, top = sheet.y > 0 ? rim : 0;
    int right = sheet.x + sheet.width < whole.width ? rim : 0;
    int bottom = sheet.y + sheet.height < whole.height ? rim : 0;

    return cv::Rect(sheet.x + left, sheet.y + top, std::max(0, sheet.width - left - right),
                    std::max(0, sheet.height - top - bottom));
}

/* How far lines of these letters are turned, and whether they run down the page. */
static void
look_along(const cv::Mat &lines, SaoyLook *look)
{
    SaoySkew level = saoy_skew_of(lines), down = saoy_skew_of(lines.t());

    look->lying = down.weight > LEAST_WEIGHT && down.weight > 1.1 * level.weight;
    look->skew = look->lying ? SaoySkew{ -down.degrees, down.weight } : level;
    look->lines = lines;
}

SaoyLook
saoy_look_at(const cv::Mat &work, const cv::Mat &sheet)
{
    SaoyLook look = {};
    cv::Mat grey = grey_of(work).clone(), inner;

    look.paper = sheet.empty() ? saoy_paper_of(work) : sheet;
    if (cv::countNonZero(look.paper) == 0)
        return look;
    int rim = (int)saoy_work_px(3) | 1;
    cv::erode(look.paper, inner,
              cv::getStructuringElement(cv::MORPH_RECT, cv::Size(rim, rim)));
    grey.setTo(cv::mean(grey, look.paper)[0], look.paper == 0);
    look.letters = saoy_letters_of(saoy_ink_of(grey, 0) & inner);
    look_along(saoy_letters_of(saoy_ink_of(grey, DEEP_INK) & inner), &look);
    if (look.skew.weight < LEAST_WEIGHT)
        look_along(look.letters, &look); /* all the writing is faint */
    if (look.skew.weight < LEAST_WEIGHT)
        look.skew = skew_of_sheet(look.paper);
    if (std::fabs(look.skew.degrees) < LEAST_TURN_DEGREES)
        look.skew.degrees = 0;
    return look;
}

static cv::Mat
turned(const cv::Mat &mat, double degrees, int flags, cv::Scalar rim)
{
    cv::Mat out;
    cv::Point2f middle((float)(mat.cols - 1) / 2, (float)(mat.rows - 1) / 2);

    if (degrees == 0)
        return mat;
    cv::warpAffine(mat, out, cv::getRotationMatrix2D(middle, degrees, 1), mat.size(), flags,
                   cv::BORDER_CONSTANT, rim);
    return out;
}

SaoyRotation
saoy_look_rotation(const SaoyLook *look)
{
    cv::Mat letters = turned(look->lines, look->skew.degrees, cv::INTER_NEAREST, 0);

    if (look->skew.weight < LEAST_WEIGHT)
        return { 0, 0 };
    if (look->lying) /* tried with the head to the left: one quarter clockwise */
        cv::rotate(letters, letters, cv::ROTATE_90_CLOCKWISE);
    double upright = saoy_uprightness(letters) - 0.45;
    int quarters = look->lying ? (upright > 0 ? 1 : 3) : (upright > 0 ? 0 : 2);
    return { quarters, std::fabs(upright) };
}

cv::Scalar
saoy_paper_colour(const cv::Mat &work, const cv::Mat &paper)
{
    cv::Mat grey = grey_of(work);
    cv::Mat light = paper & (grey >= cv::mean(grey, paper)[0]);

    return cv::mean(work, light);
}

cv::Rect
saoy_look_sheet(const SaoyLook *look)
{
    double degrees = look->skew.degrees;

    return inset(sheet_of(turned(look->paper, degrees, cv::INTER_NEAREST, 255),
                          turned(look->letters, degrees, cv::INTER_NEAREST, 0)),
                 look->paper.size());
}

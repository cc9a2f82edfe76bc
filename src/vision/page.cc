#include "vision/page.h"
#include "mat.h"
#include "page-parts.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#define LEAST_WEIGHT 1.15       /* of lines of writing, to be believed */
#define LEAST_TURN_DEGREES 0.05 /* below it the pixels stay as scanned */
#define LEAST_SHEET 0.97        /* of a side, for it to lie on the sheet */
#define A4_LONG_IN 11.69
#define A3_LONG_IN 16.54

/* Cameras and careless programs write 72 or 96: then the sheet is taken for A4. */
static int
dpi_of(const SaoyImage *scan)
{
    double side = std::max(scan->width, scan->height);

    if (scan->dpi >= 50 && side / scan->dpi <= A3_LONG_IN * 1.1)
        return scan->dpi;
    return std::max(1, (int)std::lround(side / A4_LONG_IN));
}

static cv::Mat
work_of(const cv::Mat &page, int dpi)
{
    cv::Mat work;
    double f = (double)SAOY_WORK_DPI / dpi;

    cv::resize(page, work, cv::Size(), f, f, f < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    return work;
}

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

/* The sheet's upright rectangle after turning, in work pixels. The worst side moves in
 * until each shows sheet alone, but never over writing. */
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

typedef struct {
    cv::Mat paper, letters;
    SaoySkew skew; /* of writing when it tells, else of the sheet */
    bool lying;    /* lines run down the page */
} Look;

static Look
look_at(const cv::Mat &work)
{
    Look look = {};
    cv::Mat grey = grey_of(work).clone(), inner;

    look.paper = saoy_paper_of(work);
    if (cv::countNonZero(look.paper) == 0)
        return look;
    int rim = (int)saoy_work_px(3) | 1;
    cv::erode(look.paper, inner,
              cv::getStructuringElement(cv::MORPH_RECT, cv::Size(rim, rim)));
    grey.setTo(cv::mean(grey, look.paper)[0], look.paper == 0);
    cv::Mat ink = saoy_ink_of(grey) & inner;
    look.letters = saoy_letters_of(ink);

    SaoySkew level = saoy_skew_of(look.letters);
    SaoySkew down = saoy_skew_of(look.letters.t());
    look.lying = down.weight > LEAST_WEIGHT && down.weight > 1.1 * level.weight;
    look.skew = look.lying ? SaoySkew{ -down.degrees, down.weight } : level;
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

static int
rotation_of(const Look *look)
{
    cv::Mat letters = turned(look->letters, look->skew.degrees, cv::INTER_NEAREST, 0);

    if (look->skew.weight < LEAST_WEIGHT)
        return 0;
    if (look->lying) /* tried with the head to the left: one quarter clockwise */
        cv::rotate(letters, letters, cv::ROTATE_90_CLOCKWISE);
    bool upright = saoy_uprightness(letters) > 0.45;
    return look->lying ? (upright ? 1 : 3) : (upright ? 0 : 2);
}

/* Of the lighter half of the sheet: what is outside the scan becomes paper. */
static cv::Scalar
paper_colour(const cv::Mat &work, const cv::Mat &paper)
{
    cv::Mat grey = grey_of(work);
    cv::Mat light = paper & (grey >= cv::mean(grey, paper)[0]);

    return cv::mean(work, light);
}

/* Turns and trims the scan in one pass over its pixels. */
static cv::Mat
straighten(const cv::Mat &scan, const cv::Mat &work, const Look *look, cv::Rect sheet)
{
    double f = (double)scan.cols / work.cols;
    cv::Rect cut((int)std::lround(sheet.x * f), (int)std::lround(sheet.y * f),
                 (int)std::lround(sheet.width * f), (int)std::lround(sheet.height * f));
    cv::Mat out;

    cut &= cv::Rect(0, 0, scan.cols, scan.rows);
    if (look->skew.degrees == 0)
        return scan(cut);
    cv::Point2f middle((float)(scan.cols - 1) / 2, (float)(scan.rows - 1) / 2);
    cv::Mat turn = cv::getRotationMatrix2D(middle, look->skew.degrees, 1);
    turn.at<double>(0, 2) -= cut.x;
    turn.at<double>(1, 2) -= cut.y;
    cv::warpAffine(scan, out, turn, cut.size(), cv::INTER_CUBIC, cv::BORDER_CONSTANT,
                   paper_colour(work, look->paper));
    return out;
}

static SaoyBox
crop_of(const cv::Mat &paper, double f, const SaoyImage *scan)
{
    cv::Rect box = cv::boundingRect(paper);

    return { (int)(box.x * f), (int)(box.y * f),
             std::min((int)(box.width * f), scan->width),
             std::min((int)(box.height * f), scan->height) };
}

static SaoyImage *
none(GError **error, const char *why)
{
    saoy_set_error(error, SAOY_ERROR_MALFORMED, "%s", why);
    return NULL;
}

static SaoyImage *
clean(const SaoyImage *scan, SaoyPageReport *out, GError **error)
{
    cv::Mat page = saoy_mat_of(scan);
    int dpi = dpi_of(scan);
    SaoyPageReport report = {};

    if (std::min(scan->width, scan->height) * 25.4 / dpi < 20)
        return none(error, "no page in the picture: too small");
    cv::Mat work = work_of(page, dpi);
    Look look = look_at(work);
    if (cv::countNonZero(look.paper) < saoy_work_px(20) * saoy_work_px(20))
        return none(error, "no page in the picture");
    double degrees = look.skew.degrees;
    cv::Rect sheet = inset(sheet_of(turned(look.paper, degrees, cv::INTER_NEAREST, 255),
                                    turned(look.letters, degrees, cv::INTER_NEAREST, 0)),
                           work.size());
    if (sheet.width < saoy_work_px(20) || sheet.height < saoy_work_px(20))
        return none(error, "no page in the picture");

    cv::Mat straight = straighten(page, work, &look, sheet);
    report.rotation = rotation_of(&look);
    if (report.rotation != 0)
        cv::rotate(straight, straight, report.rotation - 1);
    report.skew_deg = look.skew.degrees;
    report.crop = crop_of(look.paper, (double)page.cols / work.cols, scan);
    saoy_page_judge(straight, dpi, &report);
    SaoyImage *image = saoy_image_of(straight, dpi, error);
    if (image != NULL)
        *out = report;
    return image;
}

static bool
assess(const SaoyImage *page, SaoyPageReport *inout)
{
    SaoyPageReport report = {};

    report.skew_deg = inout->skew_deg;
    report.crop = inout->crop;
    report.rotation = inout->rotation;
    saoy_page_judge(saoy_mat_of(page), dpi_of(page), &report);
    *inout = report;
    return true;
}

bool
saoy_page_assess(const SaoyImage *page, SaoyPageReport *inout, GError **error)
{
    return saoy_guarded(error, [&] { return assess(page, inout); });
}

SaoyImage *
saoy_page_clean(const SaoyImage *scan, SaoyPageReport *out, GError **error)
{
    return saoy_guarded(error, [&] { return clean(scan, out, error); });
}

#pragma once
#include "vision/page.h"

#include <opencv2/core.hpp>
#include <vector>

/* The parts of cleaning. Measures are taken on a grey picture of SAOY_WORK_DPI. */
#define SAOY_WORK_DPI 150

#define SAOY_CARD_LONG_MM 85.6 /* ISO/IEC 7810, ID-1 */
#define SAOY_CARD_SHORT_MM 53.98

static inline double
saoy_work_px(double mm)
{
    return mm * SAOY_WORK_DPI / 25.4;
}

/* 255 where something is darker than the paper around it by more than the paper's noise,
 * and by more than that share of what the darkest ink is: 0 faint ink too, 0.3 no printed
 * ground. */
cv::Mat saoy_ink_of(const cv::Mat &grey, double deep);

/* 255 where the sheet lies: all but the dark, colourless surroundings that reach the
 * border. */
cv::Mat saoy_paper_of(const cv::Mat &rgb);

/* How far lines of writing are turned, clockwise positive, within +-15 degrees. weight
 * tells how much sharper that angle is than any: 1 is no lines at all. */
typedef struct {
    double degrees, weight;
} SaoySkew;
SaoySkew saoy_skew_of(const cv::Mat &ink);

/* What hangs together, corners too, as runs in rows from the top, and their blobs. */
typedef struct {
    int y, from, to; /* to: behind its last */
    int blob;
} SaoyRun;
typedef struct {
    cv::Rect box;
    int area;
} SaoyBlob;
typedef struct {
    std::vector<SaoyRun> runs;
    std::vector<SaoyBlob> blobs;
} SaoyBlobs;
SaoyBlobs saoy_blobs_of(const cv::Mat &ink);

/* Ink of the size of letters alone: no rules, seals, photographs, specks. */
cv::Mat saoy_letters_of(const cv::Mat &ink);
/* The same of ink whose blobs are known. */
cv::Mat saoy_letters_among(const SaoyBlobs &blobs, cv::Size size);

/* Share of marks and ascenders over descenders in level lines: above 0.5 is upright. */
double saoy_uprightness(const cv::Mat &letters);

/* The sheet on a picture of SAOY_WORK_DPI, its writing, and how far both are turned. */
typedef struct {
    cv::Mat paper, letters; /* paper: 255 where the sheet lies */
    cv::Mat lines;          /* of the letters, those that tell angle and side */
    SaoySkew skew;          /* of writing when it tells, else of the sheet */
    bool lying;             /* lines run down the page */
} SaoyLook;
/* sheet: where it lies, if that is known; empty: to be seen. */
SaoyLook saoy_look_at(const cv::Mat &work, const cv::Mat &sheet);
/* Quarter turns clockwise that set the writing upright, and how surely: 0 when there is no
 * writing, or it tells nothing, to 0.55. */
typedef struct {
    int quarters;
    double sure;
} SaoyRotation;
SaoyRotation saoy_look_rotation(const SaoyLook *look);
/* The sheet's upright rectangle once it is turned back, in work pixels. */
cv::Rect saoy_look_sheet(const SaoyLook *look);
/* Of the lighter half of the sheet: what is outside the scan becomes paper. */
cv::Scalar saoy_paper_colour(const cv::Mat &work, const cv::Mat &paper);

/* Draws what lies in `cut` once the page is turned clockwise-positive degrees back about
 * its middle, cubic; outside the page it is rim. out: of the cut's size, channels as the
 * page. */
void saoy_turn(const cv::Mat &page, double degrees, cv::Rect cut, cv::Scalar rim,
               cv::Mat *out);

/* SHA-256 of the samples, row by row. */
G_BEGIN_DECLS
void saoy_scan_hash(const SaoyImage *scan, uint8_t out[32]);
G_END_DECLS

/* Judges a clean page: writes all that saoy_page_assess() may write, nothing else. */
void saoy_page_judge(const cv::Mat &page, int dpi, SaoyPageReport *report);

/* The four sides of what lies on the glass, in work pixels. */
typedef struct {
    bool known, square, cut_corner;
    bool card;             /* of a card: nothing on it tells its angle better */
    cv::Point2f corner[4]; /* clockwise from the top left */
} SaoyOutline;
typedef struct {
    cv::Mat sheet;       /* 255 where the one sheet lies; empty: no lid is seen */
    SaoyOutline outline; /* of it, where all four sides were seen */
    std::vector<SaoyOutline> cards; /* one or two of size ID-1 and nothing else */
} SaoySheetOnGlass;
SaoySheetOnGlass saoy_sheet_on_glass(const cv::Mat &work);

/* The light on a page that lies straight, as a factor to make it even: a smooth surface
 * that paper alone decides. Empty coefficients: it is even, or nobody can tell. */
typedef struct {
    std::vector<double> level; /* of 1, x, y, xx, xy, yy, xxx …; x, y in -1..1 */
    double top;                /* what each place is raised to */
} SaoyLight;
SaoyLight saoy_light_of(const cv::Mat &work);
/* Raises all three channels of a sample by one factor: hue and contrast stay. Returns the
 * largest factor used. */
double saoy_light_even(const SaoyLight &light, cv::Mat *page);

/* What went wrong while the sheet was scanned, seen on the straight sheet as it was lit:
 * shadow, glare, finger, double_feed. */
void saoy_page_faults(const cv::Mat &work, SaoyPageReport *report);
/* Lines down the whole scan: dirt on the glass of a feeder. */
void saoy_page_streaks(const cv::Mat &work, SaoyPageReport *report);

/* Red and blue of the paper, of its light: black print on it has the same, only darker. */
typedef struct {
    double red, blue;
} SaoyTint;

/* 255 for each block of 8 x 8 pixels, empty when the page is too small to tell. */
typedef struct {
    SaoyTint tint;
    cv::Mat bare; /* holds paper grain alone */
    cv::Mat pale; /* holds no colours but the grain's; bare ones are pale */
} SaoyGrain;
SaoyGrain saoy_grain_of(const cv::Mat &page);
/* Evens bare blocks, and in pale ones the colours; all else stays as it is. */
void saoy_grain_even(const SaoyGrain &grain, cv::Mat *page);

/* The words of a page whose ink can be compared, and their ink over what is usual on it. */
#include "page-strokes.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string.h>

#define LEAST_COLOUR 40 /* between a pixel's channels: a seal, a signature */
#define LONG_MM 7       /* what is coloured and longer is no figure */
#define COLOUR_DPI 75   /* of the picture where they are looked for */
#define FIGURES "0123456789"
#define FILLER '<' /* a machine readable zone: another machine's, by right */

/* Seals, signatures, notes in blue: where no ink is compared. Small ones stay: a figure
 * made another with a blue pen is what is looked for. */
static cv::Mat
coloured_of(const cv::Mat &page, int dpi, int by)
{
    int most = (int)(LONG_MM * dpi / 25.4 / by);
    cv::Mat small, planes[3], high, low, mask, labels, stats, centres;

    cv::resize(page, small, cv::Size(page.cols / by, page.rows / by), 0, 0, cv::INTER_AREA);
    cv::split(small, planes);
    high = cv::max(cv::max(planes[0], planes[1]), planes[2]);
    low = cv::min(cv::min(planes[0], planes[1]), planes[2]);
    cv::morphologyEx(high - low > LEAST_COLOUR, mask, cv::MORPH_CLOSE,
                     cv::Mat::ones(7, 7, CV_8U)); /* letters of a note are one */
    int n = cv::connectedComponentsWithStats(mask, labels, stats, centres);
    for (int i = 1; i < n; i++) {
        const int *s = stats.ptr<int>(i);
        cv::Rect box(s[cv::CC_STAT_LEFT], s[cv::CC_STAT_TOP], s[cv::CC_STAT_WIDTH],
                     s[cv::CC_STAT_HEIGHT]);

        if (std::max(box.width, box.height) < most)
            mask(box).setTo(0, labels(box) == i);
    }
    cv::dilate(mask, mask, cv::Mat::ones(5, 5, CV_8U));
    return mask;
}

/* A thin stroke looks paler than a wide one of the same ink: each against its like. */
static void
level_widths(std::vector<SaoyInkWord> *words)
{
    std::vector<double> dark[SAOY_INK_HALVES + 1];
    double usual[SAOY_INK_HALVES + 1];

    for (const SaoyInkWord &word : *words)
        for (const SaoyInkCell &cell : word.cells)
            if (!std::isnan(cell.ink.dark))
                dark[cell.half].push_back(cell.ink.dark);
    for (int i = 0; i <= SAOY_INK_HALVES; i++)
        usual[i] = saoy_ink_middle(&dark[i]);
    for (SaoyInkWord &word : *words)
        for (SaoyInkCell &cell : word.cells)
            cell.ink.dark -= usual[cell.half];
}

static void
darken_letter(const SaoyInkWord &word, SaoyInkLetter *letter)
{
    double sum = 0;
    int n = 0;

    for (const SaoyInkCell &cell : word.cells)
        if (!std::isnan(cell.ink.dark) &&
            (cell.box & letter->box).area() * 2 > cell.box.area()) {
            sum += cell.ink.dark;
            n++;
        }
    letter->ink.dark = n > 0 ? sum / n : NAN;
}

/* Once the cells are level. */
static void
sum_up(SaoyInkWord *word)
{
    std::vector<double> red, blue, dark;

    for (const SaoyInkCell &cell : word->cells) {
        red.push_back(cell.ink.red);
        blue.push_back(cell.ink.blue);
        if (!std::isnan(cell.ink.dark))
            dark.push_back(cell.ink.dark);
    }
    word->ink = { saoy_ink_middle(&red), saoy_ink_middle(&blue),
                  dark.empty() ? NAN : saoy_ink_middle(&dark) };
    for (SaoyInkLetter &letter : word->letters)
        darken_letter(*word, &letter);
}

/* A seal, a signature runs across: on a picture smaller by that factor. */
static bool
is_crossed(cv::Rect box, const cv::Mat &coloured, int by)
{
    cv::Rect small(box.x / by, box.y / by, box.width / by + 1, box.height / by + 1);

    small &= cv::Rect(0, 0, coloured.cols, coloured.rows);
    return cv::countNonZero(coloured(small)) > 0;
}

std::vector<SaoyInkWord>
saoy_ink_words(const cv::Mat &page, int dpi, const SaoyWords *words)
{
    int by = std::max(1, dpi / COLOUR_DPI);
    cv::Mat coloured = coloured_of(page, dpi, by);
    std::vector<SaoyInkWord> out;

    for (size_t i = 0; i < words->n; i++) {
        const SaoyBox *box = &words->items[i].box;
        bool letters = strpbrk(words->items[i].text, FIGURES) != NULL;
        SaoyInkWord word = {
            i, cv::Rect(box->x, box->y, box->w, box->h), {}, 0, 0, {}, {}
        };

        if (strchr(words->items[i].text, FILLER) == NULL &&
            !is_crossed(word.box, coloured, by) &&
            saoy_ink_measure(page, dpi, letters, &word))
            out.push_back(word);
    }
    level_widths(&out);
    for (SaoyInkWord &word : out)
        sum_up(&word);
    return out;
}

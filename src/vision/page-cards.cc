#include "mat.h"
#include "page-parts.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#define A4_WIDTH_MM 210
#define A4_HEIGHT_MM 297
#define TOP_MM 30
#define GAP_MM 10

static bool
is_card(const SaoyImage *image)
{
    double width = image->width * 25.4 / std::max(image->dpi, 1);
    double height = image->height * 25.4 / std::max(image->dpi, 1);

    return std::fabs(std::max(width, height) - SAOY_CARD_LONG_MM) < 3 &&
           std::fabs(std::min(width, height) - SAOY_CARD_SHORT_MM) < 3;
}

static void
put(const SaoyImage *card, double top_mm, double px, cv::Mat *sheet)
{
    cv::Mat from = saoy_mat_of(card), rgb = from;
    cv::Rect at((int)((A4_WIDTH_MM * px - card->width) / 2), (int)(top_mm * px),
                card->width, card->height);

    if (from.channels() == 1)
        cv::cvtColor(from, rgb, cv::COLOR_GRAY2RGB);
    rgb.copyTo((*sheet)(at));
}

static SaoyImage *
join(const SaoyImage *front, const SaoyImage *back, GError **error)
{
    double px = front->dpi / 25.4;

    if (!is_card(front) || !is_card(back) || front->dpi != back->dpi) {
        saoy_set_error(error, SAOY_ERROR_MALFORMED,
                       "front and back of a card, in one resolution, are put on one sheet");
        return NULL;
    }
    SaoyImage *sheet =
        saoy_image_new((int)std::lround(A4_WIDTH_MM * px),
                       (int)std::lround(A4_HEIGHT_MM * px), 3, front->dpi, error);
    if (sheet == NULL)
        return NULL;
    cv::Mat page = saoy_mat_of(sheet);
    page.setTo(cv::Scalar::all(255));
    put(front, TOP_MM, px, &page);
    put(back, TOP_MM + front->height / px + GAP_MM, px, &page);
    return sheet;
}

SaoyImage *
saoy_page_join_cards(const SaoyImage *front, const SaoyImage *back, GError **error)
{
    return saoy_guarded(error, [&] { return join(front, back, error); });
}

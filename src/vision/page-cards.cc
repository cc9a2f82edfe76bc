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

/* What stands on the sheet, turned around where it stands: both sides, and so their order.
 */
static void
turn_around_cards(SaoyImage *sheet)
{
    cv::Mat page = saoy_mat_of(sheet), white;

    cv::inRange(page, cv::Scalar::all(255), cv::Scalar::all(255), white);
    cv::Rect cards = cv::boundingRect(white == 0);
    if (!cards.empty())
        cv::rotate(page(cards).clone(), page(cards), cv::ROTATE_180);
}

static SaoyImage *
turn(const SaoyImage *page, int quarters, SaoyPageReport *inout, GError **error)
{
    bool sheet = inout->cards == 2 && quarters == 2;
    g_autoptr(SaoyImage) turned =
        sheet ? saoy_image_copy(page) : saoy_image_rotate(page, quarters, error);
    SaoyPageReport report = *inout;

    if (turned == NULL)
        return NULL;
    if (sheet)
        turn_around_cards(turned);
    report.rotation = (report.rotation + quarters) % 4;
    if (!saoy_page_assess(turned, &report, error))
        return NULL;
    *inout = report;
    return (SaoyImage *)g_steal_pointer(&turned);
}

SaoyImage *
saoy_page_turn(const SaoyImage *page, int quarters, SaoyPageReport *inout, GError **error)
{
    return saoy_guarded(error, [&] { return turn(page, quarters, inout, error); });
}

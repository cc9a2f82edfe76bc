/* From a scan to a clean page: what lies on the glass is chosen, straightened, judged. */
#include "vision/page.h"
#include "mat.h"
#include "page-scan.h"

#include <algorithm>

/* The cards' true size: a glass shows no perspective. */
static cv::Size2d
card_sides(const SaoyScan &scan, const SaoyOutline &card)
{
    cv::Size2d seen = saoy_outline_sides(card);
    double longer = SAOY_CARD_LONG_MM * scan.dpi / 25.4;
    double shorter = SAOY_CARD_SHORT_MM * scan.dpi / 25.4;

    return seen.width > seen.height ? cv::Size2d(longer, shorter)
                                    : cv::Size2d(shorter, longer);
}

/* Who lays two sides on the glass, or copied them onto one sheet, laid them alike. A side
 * says little when it holds no more than a stamp: then the clearer one speaks for both. */
static int
rotation_of_both(const SaoyScan &scan, const SaoyOutline &one, const SaoyOutline &other)
{
    SaoyRotation a = saoy_straighten_rotation(scan, one, card_sides(scan, one)),
                 b = saoy_straighten_rotation(scan, other, card_sides(scan, other));
    cv::Size2d first = saoy_outline_sides(one), second = saoy_outline_sides(other);

    if ((first.width > first.height) != (second.width > second.height))
        return SAOY_AS_WRITTEN; /* not alike */
    return a.sure >= b.sure ? a.quarters : b.quarters;
}

/* The front is what stands above the back, once both are upright. */
static bool
stands_above(const SaoyOutline &one, const SaoyOutline &other, int quarters)
{
    cv::Point2f way = (one.corner[0] + one.corner[2]) - (other.corner[0] + other.corner[2]);
    const float down[4] = { way.y, way.x, -way.y, -way.x };

    return quarters == SAOY_AS_WRITTEN || down[quarters] <= 0;
}

static SaoyBox
box_of_both(SaoyBox a, SaoyBox b)
{
    cv::Rect all = cv::Rect(a.x, a.y, a.w, a.h) | cv::Rect(b.x, b.y, b.w, b.h);

    return { all.x, all.y, all.width, all.height };
}

static SaoyImage *
straighten_cards(const SaoyScan &scan, SaoyPageReport *report, GError **error)
{
    const SaoyOutline *one = &scan.glass.cards[0], *other = &scan.glass.cards.back();
    SaoyPageReport second = {};

    if (one == other)
        return saoy_straighten(scan, one, card_sides(scan, *one), SAOY_AS_WRITTEN, report,
                               error);
    int quarters = rotation_of_both(scan, *one, *other);
    if (!stands_above(*one, *other, quarters))
        std::swap(one, other);
    g_autoptr(SaoyImage) front =
        saoy_straighten(scan, one, card_sides(scan, *one), quarters, report, error);
    g_autoptr(SaoyImage) back = front != NULL
                                    ? saoy_straighten(scan, other, card_sides(scan, *other),
                                                      quarters, &second, error)
                                    : NULL;
    if (back == NULL)
        return NULL;
    report->crop = box_of_both(report->crop, second.crop);
    return saoy_page_join_cards(front, back, error);
}

static void
note_outline(const SaoyScan &scan, double to_scan, SaoyPageReport *report)
{
    const SaoyOutline &outline =
        scan.glass.cards.size() == 1 ? scan.glass.cards[0] : scan.glass.outline;

    report->cards = (unsigned)scan.glass.cards.size();
    report->outlined = outline.known && report->cards < 2;
    report->rectified = report->outlined && !outline.square;
    report->cut_corner = report->outlined && report->cards == 0 && outline.cut_corner;
    for (int k = 0; k < 4 && report->outlined; k++) {
        report->outline[2 * k] = outline.corner[k].x * to_scan;
        report->outline[2 * k + 1] = outline.corner[k].y * to_scan;
    }
}

static SaoyBox
box_in_scan(SaoyBox box, double f, const SaoyImage *scan)
{
    return { (int)(box.x * f), (int)(box.y * f), std::min((int)(box.w * f), scan->width),
             std::min((int)(box.h * f), scan->height) };
}

/* The light is evened on a sheet alone: a card's own colours go to its edges. */
static void
finish(const SaoyScan &scan, SaoyImage *image, SaoyPageReport *report)
{
    cv::Mat page = saoy_mat_of(image);

    report->light = 1;
    if (scan.glass.cards.empty()) {
        cv::Mat work = saoy_scaled(page, (double)SAOY_WORK_DPI / scan.dpi);

        saoy_page_faults(work, report);
        report->light = saoy_light_even(saoy_light_of(work), &page);
    }
    saoy_page_judge(page, scan.dpi, report);
}

static SaoyImage *
clean(const SaoyImage *image, SaoyPageReport *out, GError **error)
{
    SaoyPageReport report = {};

    if (std::min(image->width, image->height) * 25.4 / saoy_scan_dpi(image) < 20)
        return saoy_no_page(error, "no page in the picture: too small");
    SaoyScan scan = saoy_scan_open(image);
    double to_scan = (double)image->width / scan.work.cols;
    const SaoyOutline &outline = scan.glass.outline;
    saoy_scan_hash(image, report.scan_sha256);
    report.scan_dpi = scan.scan_dpi;
    note_outline(scan, to_scan, &report);
    saoy_page_streaks(scan.work, &report);

    g_autoptr(SaoyImage) page = NULL;
    if (!scan.glass.cards.empty())
        page = straighten_cards(scan, &report, error);
    else if (outline.known && !outline.square)
        page = saoy_straighten(scan, &outline,
                               saoy_outline_true_sides(outline) *
                                   ((double)scan.page.cols / scan.work.cols),
                               SAOY_AS_WRITTEN, &report, error);
    else
        page = saoy_straighten(scan, NULL, cv::Size2d(), SAOY_AS_WRITTEN, &report, error);
    if (page == NULL)
        return NULL;
    report.crop = box_in_scan(report.crop, to_scan, image);
    finish(scan, page, &report);
    *out = report;
    return (SaoyImage *)g_steal_pointer(&page);
}

static bool
assess(const SaoyImage *page, SaoyPageReport *inout)
{
    SaoyPageReport report = *inout;

    saoy_page_judge(saoy_mat_of(page), saoy_scan_dpi(page), &report);
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

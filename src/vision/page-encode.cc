#include "mat.h"
#include "page-parts.h"

G_BEGIN_DECLS
#include "codec.h"
G_END_DECLS

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

#define AIM_BYTES (400u << 10)
#define HOPEFUL_BYTES (AIM_BYTES * 5 / 4) /* at 75: evening saves no more than a fifth */
#define CAP_BYTES (1200u * 1000)

/* Colour ink: enough pixels far from grey once scanner noise is averaged out. */
static bool
has_colour(const SaoyImage *page)
{
    cv::Mat small;
    std::vector<cv::Mat> planes;
    double f = 50.0 / std::max(page->dpi, 50);

    if (page->channels == 1)
        return false;
    cv::resize(saoy_mat_of(page), small, cv::Size(), f, f, cv::INTER_AREA);
    cv::split(small, planes);
    cv::Mat low = cv::min(cv::min(planes[0], planes[1]), planes[2]);
    cv::Mat high = cv::max(cv::max(planes[0], planes[1]), planes[2]);
    return cv::countNonZero(high - low > 40) > (int)(small.total() / 5000);
}

/* Not under 60; past 60 only what else would break the hard cap. */
static GBytes *
encode_within(const SaoyImage *page, bool colour, int first, int *out_quality,
              GError **error)
{
    static const int ladder[] = { 75, 60, 50, 40, 30, 20, 10 };
    GBytes *file = NULL;

    for (int quality : ladder) {
        if (quality > first)
            continue;
        g_bytes_unref(file);
        file = saoy_jpeg_encode(page, quality, colour && quality >= 60, true, error);
        if (file == NULL)
            return NULL;
        *out_quality = quality;
        if (g_bytes_get_size(file) <= (quality > 60 ? AIM_BYTES : CAP_BYTES))
            break;
    }
    return file;
}

static GBytes *
encode(const SaoyImage *page, int *out_quality, GError **error)
{
    bool colour = has_colour(page);
    g_autoptr(GBytes) file = saoy_image_encode_jpeg(page, 75, colour, error);

    if (file == NULL)
        return NULL;
    *out_quality = 75;
    if (g_bytes_get_size(file) <= AIM_BYTES)
        return (GBytes *)g_steal_pointer(&file);
    g_autoptr(SaoyImage) even = saoy_image_copy(page);
    cv::Mat out = saoy_mat_of(even);
    saoy_grain_even(saoy_grain_of(out), &out);
    bool hopeful = g_bytes_get_size(file) < HOPEFUL_BYTES;
    return encode_within(even, colour, hopeful ? 75 : 60, out_quality, error);
}

GBytes *
saoy_page_encode(const SaoyImage *page, int *out_quality, GError **error)
{
    return saoy_guarded(error, [&] { return encode(page, out_quality, error); });
}

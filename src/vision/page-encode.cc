#include "mat.h"
#include "vision/page.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

#define AIM_BYTES (400u << 10)
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

static GBytes *
encode(const SaoyImage *page, int *out_quality, GError **error)
{
    /* aimed at 400 KB, not under 60; past 60 only what else would break the hard cap */
    static const int ladder[] = { 75, 60, 50, 40, 30, 20, 10 };
    bool colour = has_colour(page);
    GBytes *file = NULL;

    for (int quality : ladder) {
        g_bytes_unref(file);
        file = saoy_image_encode_jpeg(page, quality, colour && quality >= 60, error);
        if (file == NULL)
            return NULL;
        *out_quality = quality;
        if (g_bytes_get_size(file) <= (quality > 60 ? AIM_BYTES : CAP_BYTES))
            break;
    }
    return file;
}

GBytes *
saoy_page_encode(const SaoyImage *page, int *out_quality, GError **error)
{
    return saoy_guarded(error, [&] { return encode(page, out_quality, error); });
}

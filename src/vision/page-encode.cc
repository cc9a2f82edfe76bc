#include "mat.h"
#include "page-parts.h"

G_BEGIN_DECLS
#include "codec.h"
G_END_DECLS

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

#define AIM_BYTES (400u << 10)
#define SAMPLE_ROWS 32 /* of every EVERY_ROWS */
#define EVERY_ROWS 256
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

/* Whether 75 will do, told by an eighth of the page: a whole try costs eight times that. */
static bool
is_hopeful(const SaoyImage *page, bool colour)
{
    int parts = page->height / EVERY_ROWS;
    g_autoptr(SaoyImage) sample =
        parts > 0
            ? saoy_image_new(page->width, parts * SAMPLE_ROWS, page->channels, 0, NULL)
            : NULL;

    for (int i = 0; i < parts && sample != NULL; i++)
        saoy_mat_of(page)
            .rowRange(i * EVERY_ROWS, i * EVERY_ROWS + SAMPLE_ROWS)
            .copyTo(saoy_mat_of(sample).rowRange(i * SAMPLE_ROWS, (i + 1) * SAMPLE_ROWS));
    g_autoptr(GBytes) file =
        sample != NULL ? saoy_jpeg_encode(sample, 75, colour, true, NULL) : NULL;
    return file == NULL || (double)g_bytes_get_size(file) * page->height / sample->height <
                               1.05 * AIM_BYTES;
}

static GBytes *
encode_even(const SaoyImage *page, bool colour, int *out_quality, GError **error)
{
    g_autoptr(SaoyImage) even = saoy_image_copy(page);
    cv::Mat out = saoy_mat_of(even);

    saoy_grain_even(saoy_grain_of(out), &out);
    return encode_within(even, colour, is_hopeful(even, colour) ? 75 : 60, out_quality,
                         error);
}

static GBytes *
encode(const SaoyImage *page, int *out_quality, GError **error)
{
    bool colour = has_colour(page);
    g_autoptr(GBytes) file = NULL;

    if (!is_hopeful(page, colour))
        return encode_even(page, colour, out_quality, error);
    file = saoy_jpeg_encode(page, 75, colour, true, error);
    if (file == NULL)
        return NULL;
    if (g_bytes_get_size(file) > AIM_BYTES)
        return encode_even(page, colour, out_quality, error);
    *out_quality = 75;
    return (GBytes *)g_steal_pointer(&file);
}

GBytes *
saoy_page_encode(const SaoyImage *page, int *out_quality, GError **error)
{
    return saoy_guarded(error, [&] { return encode(page, out_quality, error); });
}

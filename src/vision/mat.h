#pragma once
#include "vision/image.h"

G_BEGIN_DECLS
#include "core/error.h"
G_END_DECLS

#include <exception>
#include <opencv2/core.hpp>
#include <string.h>

/* The door between C and OpenCV: pictures are borrowed going in, copied coming out, and no
 * exception passes. */
static inline cv::Mat
saoy_mat_of(const SaoyImage *image)
{
    return cv::Mat(image->height, image->width, CV_8UC(image->channels), image->pixels,
                   (size_t)image->stride);
}

static inline SaoyImage *
saoy_image_of(const cv::Mat &mat, int dpi, GError **error)
{
    SaoyImage *image = saoy_image_new(mat.cols, mat.rows, mat.channels(), dpi, error);

    for (int y = 0; image != NULL && y < mat.rows; y++)
        memcpy(image->pixels + (size_t)y * (size_t)image->stride, mat.ptr(y),
               (size_t)image->stride);
    return image;
}

/* f's answer, or its type's zero with error set. */
template <typename F>
static inline auto
saoy_guarded(GError **error, F f) -> decltype(f())
{
    try {
        return f();
    } catch (const std::exception &e) {
        saoy_set_error(error, SAOY_ERROR_FAILED, "OpenCV: %.120s", e.what());
    } catch (...) {
        saoy_set_error(error, SAOY_ERROR_FAILED, "OpenCV failed");
    }
    return {};
}

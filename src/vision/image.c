#include "vision/image.h"
#include "codec.h"
#include "core/error.h"

#include <string.h>

static bool
are_allowed(int width, int height, GError **error)
{
    if (width < 1 || height < 1)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "empty picture");
    if (width > SAOY_IMAGE_MAX_SIDE || height > SAOY_IMAGE_MAX_SIDE ||
        (uint64_t)width * (uint64_t)height > SAOY_IMAGE_MAX_PIXELS)
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "%d x %d pixels are more than allowed", width, height);
    return true;
}

SaoyImage *
saoy_image_lent(GBytes *file, SaoyView rows, int width, int height, int channels,
                GError **error)
{
    SaoyImage *image = NULL;

    if (!are_allowed(width, height, error))
        return NULL;
    image = g_new(SaoyImage, 1);
    *image = (SaoyImage){ width,
                          height,
                          width * channels,
                          channels,
                          0,
                          (uint8_t *)rows.data,
                          g_bytes_ref(file) };
    return image;
}

SaoyImage *
saoy_image_new(int width, int height, int channels, int dpi, GError **error)
{
    if (!are_allowed(width, height, error))
        return NULL;

    size_t stride = (size_t)width * (size_t)channels;
    uint8_t *pixels = g_try_malloc0(stride * (size_t)height);
    if (pixels == NULL)
        return saoy_null(error, SAOY_ERROR_FAILED, "no memory for %d x %d pixels", width,
                         height);

    SaoyImage *image = g_new(SaoyImage, 1);
    *image = (SaoyImage){ width, height, (int)stride, channels, dpi, pixels, NULL };
    return image;
}

SaoyImage *
saoy_image_copy(const SaoyImage *image)
{
    SaoyImage *copy = g_new(SaoyImage, 1);

    *copy = *image;
    copy->lender = NULL;
    copy->pixels = g_memdup2(image->pixels, (size_t)image->stride * (size_t)image->height);
    return copy;
}

void
saoy_image_free(SaoyImage *image)
{
    if (image == NULL)
        return;
    if (image->lender != NULL) {
        g_bytes_unref(image->lender);
    } else {
        /* a page or a face: not left behind in freed memory */
        explicit_bzero(image->pixels, (size_t)image->stride * (size_t)image->height);
        g_free(image->pixels);
    }
    g_free(image);
}

static void
copy_turned(const SaoyImage *from, SaoyImage *to, int quarters)
{
    for (int y = 0; y < to->height; y++) {
        uint8_t *out = to->pixels + (size_t)y * (size_t)to->stride;

        for (int x = 0; x < to->width; x++, out += to->channels) {
            int fx = quarters == 1   ? y
                     : quarters == 2 ? from->width - 1 - x
                                     : from->width - 1 - y;
            int fy = quarters == 1   ? from->height - 1 - x
                     : quarters == 2 ? from->height - 1 - y
                                     : x;
            const uint8_t *in =
                from->pixels + (size_t)fy * (size_t)from->stride + fx * from->channels;

            for (int c = 0; c < to->channels; c++)
                out[c] = in[c];
        }
    }
}

SaoyImage *
saoy_image_rotate(const SaoyImage *image, int quarters, GError **error)
{
    quarters &= 3;
    if (quarters == 0)
        return saoy_image_copy(image);

    bool lying = quarters != 2;
    SaoyImage *turned = saoy_image_new(lying ? image->height : image->width,
                                       lying ? image->width : image->height,
                                       image->channels, image->dpi, error);
    if (turned != NULL)
        copy_turned(image, turned, quarters);
    return turned;
}

/* Averages the source pixels from (x0,y0) up to (x1,y1), at least one. */
static void
average(const SaoyImage *image, int x0, int y0, int x1, int y1, uint8_t *out)
{
    unsigned n = (unsigned)((x1 - x0) * (y1 - y0));

    for (int c = 0; c < image->channels; c++) {
        unsigned sum = 0;

        for (int y = y0; y < y1; y++) {
            const uint8_t *row = image->pixels + (size_t)y * (size_t)image->stride + c;

            for (int x = x0; x < x1; x++)
                sum += row[x * image->channels];
        }
        out[c] = (uint8_t)((sum + n / 2) / n);
    }
}

SaoyImage *
saoy_image_thumbnail(const SaoyImage *image, int max_side, GError **error)
{
    int side = MAX(image->width, image->height);

    if (side <= max_side)
        return saoy_image_copy(image);

    int width = MAX(1, (int)((int64_t)image->width * max_side / side));
    int height = MAX(1, (int)((int64_t)image->height * max_side / side));
    SaoyImage *small = saoy_image_new(width, height, image->channels,
                                      (int)((int64_t)image->dpi * max_side / side), error);
    if (small == NULL)
        return NULL;

    for (int y = 0; y < height; y++) {
        int y0 = (int)((int64_t)y * image->height / height);
        int y1 = (int)((int64_t)(y + 1) * image->height / height);

        for (int x = 0; x < width; x++) {
            int x0 = (int)((int64_t)x * image->width / width);
            int x1 = (int)((int64_t)(x + 1) * image->width / width);

            average(image, x0, y0, MAX(x1, x0 + 1), MAX(y1, y0 + 1),
                    small->pixels + (size_t)y * (size_t)small->stride +
                        x * small->channels);
        }
    }
    return small;
}

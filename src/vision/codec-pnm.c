#include "codec.h"
#include "core/error.h"
#include "core/file.h"

/* One decimal number of the header, after white space and comments (pnm(5)). */
static bool
take_number(SaoyView *in, unsigned max, unsigned *out, GError **error)
{
    unsigned value = 0;
    bool comment = false, digits = false;

    while (in->size > 0) {
        uint8_t c = in->data[0];
        bool digit = c >= '0' && c <= '9' && !comment;

        if (digits && !digit)
            break;
        if (c == '#')
            comment = true;
        else if (c == '\n' || c == '\r')
            comment = false;
        else if (!comment && !digit && c != ' ' && c != '\t')
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "bad PNM header");
        if (digit)
            value = value * 10 + (unsigned)(c - '0');
        if (value > max)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "PNM header: %u is too much",
                             value);
        digits = digits || digit;
        *in = (SaoyView){ in->data + 1, in->size - 1 };
    }
    if (!digits || value == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "PNM header ends too early");
    *out = value;
    return true;
}

static void
copy_bits(SaoyView in, SaoyImage *image)
{
    size_t row = ((size_t)image->width + 7) / 8;

    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++) {
            uint8_t byte = in.data[(size_t)y * row + (size_t)x / 8];
            bool black = (byte >> (7 - x % 8) & 1) != 0;

            image->pixels[(size_t)y * (size_t)image->stride + (size_t)x] = black ? 0 : 255;
        }
}

static void
copy_samples(SaoyView in, SaoyImage *image, unsigned top)
{
    size_t n = (size_t)image->stride * (size_t)image->height;

    for (size_t i = 0; i < n; i++) {
        unsigned v =
            top < 256 ? in.data[i] : (unsigned)in.data[2 * i] << 8 | in.data[2 * i + 1];

        image->pixels[i] = (uint8_t)(MIN(v, top) * 255 / top);
    }
}

SaoyImage *
saoy_pnm_decode(GBytes *file, GError **error)
{
    g_autoptr(SaoyImage) image = NULL;
    SaoyView in = saoy_view_of(file), skip = { 0 };
    char kind = (char)in.data[1];
    unsigned width = 0, height = 0, top = 255;

    if (!saoy_view_take(&in, 2, &skip, error) ||
        !take_number(&in, SAOY_IMAGE_MAX_SIDE, &width, error) ||
        !take_number(&in, SAOY_IMAGE_MAX_SIDE, &height, error) ||
        (kind != '4' && !take_number(&in, 65535, &top, error)) ||
        !saoy_view_take(&in, 1, &skip, error))
        return NULL;

    size_t row = kind == '4' ? (width + 7) / 8 : width * (kind == '6' ? 3u : 1u);
    size_t need = row * height * (top > 255 ? 2 : 1);
    if (in.size < need)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "bad PNM: file ends too early");
    if (kind != '4' && top == 255)
        return saoy_image_lent(file, in, (int)width, (int)height, kind == '6' ? 3 : 1,
                               error);
    image = saoy_image_new((int)width, (int)height, kind == '6' ? 3 : 1, 0, error);
    if (image == NULL)
        return NULL;
    if (kind == '4')
        copy_bits(in, image);
    else
        copy_samples(in, image, top);
    return g_steal_pointer(&image);
}

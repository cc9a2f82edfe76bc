#include "codec.h"
#include "core/error.h"
#include "core/file.h"

#include <string.h>

typedef struct {
    const char *magic;
    size_t size;
    SaoyImage *(*decode)(SaoyView file, GError **error);
} Format;

/* clang-format off */
static const Format formats[] = {
    { "\xff\xd8\xff", 3, saoy_jpeg_decode },
    { "\x89PNG\r\n\x1a\n", 8, saoy_png_decode },
    { "II*\0", 4, saoy_tiff_decode },
    { "MM\0*", 4, saoy_tiff_decode },
    { "\0\0\0\x0cjP  \r\n\x87\n", 12, saoy_jp2_decode },
    { "\xff\x4f\xff\x51", 4, saoy_jp2_decode },
};
/* clang-format on */

SaoyImage *
saoy_image_decode(GBytes *file, GError **error)
{
    SaoyView bytes = saoy_view_of(file);

    if (bytes.size == 0)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "empty file");
    if (bytes.size > 2 && bytes.data[0] == 'P' && strchr("456", bytes.data[1]) != NULL)
        return saoy_pnm_decode(file, error);
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        if (bytes.size > formats[i].size &&
            memcmp(bytes.data, formats[i].magic, formats[i].size) == 0)
            return formats[i].decode(bytes, error);
    return saoy_null(error, SAOY_ERROR_MALFORMED,
                     "not a picture (JPEG, PNG, TIFF, PNM or JPEG 2000)");
}

static void
mirror(SaoyImage *image)
{
    for (int y = 0; y < image->height; y++) {
        uint8_t *row = image->pixels + (size_t)y * (size_t)image->stride;

        for (int l = 0, r = image->width - 1; l < r; l++, r--)
            for (int c = 0; c < image->channels; c++) {
                uint8_t kept = row[l * image->channels + c];

                row[l * image->channels + c] = row[r * image->channels + c];
                row[r * image->channels + c] = kept;
            }
    }
}

SaoyImage *
saoy_image_upright(SaoyImage *image, int orientation, GError **error)
{
    /* TIFF 6.0, Orientation: mirrored first, then turned clockwise */
    static const struct {
        bool mirrored;
        int quarters;
    } how[9] = {
        [2] = { true, 0 },  [3] = { false, 2 }, [4] = { true, 2 }, [5] = { true, 3 },
        [6] = { false, 1 }, [7] = { true, 1 },  [8] = { false, 3 }
    };
    g_autoptr(SaoyImage) taken = image;

    if (orientation < 2 || orientation > 8)
        return g_steal_pointer(&taken);
    if (how[orientation].mirrored)
        mirror(taken);
    if (how[orientation].quarters == 0)
        return g_steal_pointer(&taken);
    return saoy_image_rotate(taken, how[orientation].quarters, error);
}

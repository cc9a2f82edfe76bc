#include "picture.h"

#include "core/bytes.h"
#include "core/file.h"

#include <string.h>

static const char *const endings[] = { ".png", ".jpg", ".jpeg", ".pnm", ".ppm",
                                       ".pgm", ".tif", ".tiff", ".jp2" };

bool
saoy_picture_is_name(const char *name)
{
    g_autofree char *lower = g_ascii_strdown(name, -1);

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(lower, endings[i]))
            return true;
    return false;
}

bool
saoy_picture_is_back(const char *name)
{
    const char *dot = strrchr(name, '.');
    static const char mark[] = "-back";
    size_t n = strlen(mark);

    return dot != NULL && (size_t)(dot - name) > n && strncmp(dot - n, mark, n) == 0;
}

char *
saoy_picture_back_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    int stem = dot != NULL ? (int)(dot - name) : (int)strlen(name);

    return g_strdup_printf("%.*s-back%s", stem, name, dot != NULL ? dot : "");
}

GPtrArray *
saoy_picture_list(const char *folder, bool fronts)
{
    GPtrArray *pictures = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) names = saoy_dir_list(folder, NULL, NULL);

    for (char **name = names; name != NULL && *name != NULL; name++)
        if (saoy_picture_is_name(*name) && !(fronts && saoy_picture_is_back(*name)))
            g_ptr_array_add(pictures, g_strdup(*name));
    return pictures;
}

static uint32_t
take_u32(SaoyView *in)
{
    SaoyView bytes = { 0 };

    if (!saoy_view_take(in, 4, &bytes, NULL))
        return 0;
    return (uint32_t)bytes.data[0] << 24 | (uint32_t)bytes.data[1] << 16 |
           (uint32_t)bytes.data[2] << 8 | bytes.data[3];
}

/* PNG: chunks of length, type, data, CRC; pHYs stands before the first IDAT. */
static int
png_dpi(SaoyView in)
{
    static const uint32_t phys = 0x70485973, idat = 0x49444154;
    SaoyView skipped = { 0 };

    if (!saoy_view_take(&in, 8, &skipped, NULL))
        return 0;
    while (in.size >= 12) {
        uint32_t length = take_u32(&in);
        uint32_t type = take_u32(&in);

        if (type == phys && length == 9 && in.size >= 9 && in.data[8] == 1)
            return (int)((take_u32(&in) * 254ull + 5000) / 10000); /* per metre */
        if (type == idat || !saoy_view_take(&in, (size_t)length + 4, &skipped, NULL))
            return 0;
    }
    return 0;
}

int
saoy_picture_dpi(GBytes *file, int fallback)
{
    SaoyView in = saoy_view_of(file);
    int dpi = 0, width = 0, height = 0, channels = 0;

    if (in.size > 8 && memcmp(in.data, "\x89PNG\r\n\x1a\n", 8) == 0)
        dpi = png_dpi(in);
    else if (in.size > 3 && memcmp(in.data, "\xff\xd8\xff", 3) == 0 &&
             !saoy_jpeg_info(file, &width, &height, &channels, &dpi, NULL))
        dpi = 0;
    /* 72 is what programs write who do not know */
    return dpi >= 75 && dpi <= 1200 ? dpi : fallback;
}

char *
saoy_picture_header(int width, int height, int channels)
{
    return g_strdup_printf("P%c\n%d %d\n255\n", channels == 3 ? '6' : '5', width, height);
}

GBytes *
saoy_picture_grey(int width, int height, uint8_t value)
{
    g_autofree char *header = saoy_picture_header(width, height, 1);
    size_t n = strlen(header), size = n + (size_t)width * (size_t)height;
    uint8_t *file = g_malloc(size);

    memcpy(file, header, n);
    memset(file + n, value, size - n);
    return g_bytes_new_take(file, size);
}

GBytes *
saoy_picture_white(int width, int height)
{
    return saoy_picture_grey(width, height, 255);
}

static SaoyImage *
spread_grey(const SaoyImage *grey, GError **error)
{
    SaoyImage *rgb = saoy_image_new(grey->width, grey->height, 3, grey->dpi, error);

    for (int y = 0; rgb != NULL && y < grey->height; y++) {
        const uint8_t *from = grey->pixels + (size_t)y * (size_t)grey->stride;
        uint8_t *to = rgb->pixels + (size_t)y * (size_t)rgb->stride;

        for (int x = 0; x < grey->width; x++)
            memset(to + 3 * (size_t)x, from[x], 3);
    }
    return rgb;
}

SaoyImage *
saoy_picture_rgb(GBytes *file, GError **error)
{
    g_autoptr(SaoyImage) image = saoy_image_decode(file, error);

    if (image == NULL || image->channels == 3)
        return g_steal_pointer(&image);
    return spread_grey(image, error);
}

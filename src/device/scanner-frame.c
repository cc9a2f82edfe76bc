#include "scanner-frame.h"

#include "core/error.h"
#include "picture.h"
#include "vision/image.h"

#include <string.h>

void
saoy_sheet_clear(SaoySheet *sheet)
{
    g_free(sheet->samples);
    *sheet = (SaoySheet){ 0 };
}

static size_t
samples_a_line(const SaoyFrameFormat *format)
{
    return (size_t)format->width * (format->band == SAOY_BAND_RGB ? 3 : 1);
}

static size_t
needed_a_line(const SaoyFrameFormat *format)
{
    size_t bits = (size_t)format->width;

    if (format->depth != 1)
        return samples_a_line(format) * (size_t)format->depth / 8;
    return (bits + 7) / 8 * (format->band == SAOY_BAND_RGB ? 3 : 1);
}

bool
saoy_frame_check(const SaoyFrameFormat *format, GError **error)
{
    if (format->depth != 1 && format->depth != 8 && format->depth != 16)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "frame of %d bits a sample",
                         format->depth);
    if (format->width < 1 || format->width > SAOY_IMAGE_MAX_SIDE)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "frame is %d pixels wide",
                         format->width);
    if (format->bytes_per_line < needed_a_line(format) ||
        format->bytes_per_line > 8 * needed_a_line(format) + 4096)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "frame has %zu bytes a line",
                         format->bytes_per_line);
    return true;
}

/* SANE: in a grey frame of one bit 1 is black; in a colour band 1 is full intensity, and an
 * RGB line holds a byte of eight reds, of eight greens, of eight blues, and so on. */
static uint8_t
bit_sample(const SaoyFrameFormat *format, const uint8_t *line, size_t i)
{
    size_t x = i, byte = i / 8;

    if (format->band == SAOY_BAND_RGB) {
        x = i / 3;
        byte = x / 8 * 3 + i % 3;
    }
    bool set = (line[byte] >> (7 - x % 8) & 1) != 0;
    return set == (format->band == SAOY_BAND_GRAY) ? 0 : 255;
}

static void
widen_line(const SaoyFrameFormat *format, const uint8_t *line, uint8_t *out, size_t step)
{
    size_t n = samples_a_line(format);

    if (format->depth == 8 && step == 1) {
        memcpy(out, line, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uint16_t wide = 0;

        if (format->depth == 1) {
            out[i * step] = bit_sample(format, line, i);
        } else if (format->depth == 8) {
            out[i * step] = line[i];
        } else {
            memcpy(&wide, line + 2 * i, 2); /* in the machine's own byte order */
            out[i * step] = (uint8_t)(wide >> 8);
        }
    }
}

static bool
begin(SaoySheet *sheet, const SaoyFrameFormat *format, int height, GError **error)
{
    int channels = format->band == SAOY_BAND_GRAY ? 1 : 3;

    if (height < 1 || height > SAOY_IMAGE_MAX_SIDE ||
        (uint64_t)height * (uint64_t)format->width > SAOY_IMAGE_MAX_PIXELS)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "frame of %d x %d pixels",
                         format->width, height);
    *sheet = (SaoySheet){
        .width = format->width,
        .height = height,
        .channels = channels,
        .samples = g_malloc0((size_t)format->width * (size_t)height * (size_t)channels),
    };
    return true;
}

bool
saoy_sheet_add(SaoySheet *sheet, const SaoyFrameFormat *format, SaoyView raw,
               GError **error)
{
    if (!saoy_frame_check(format, error))
        return false;

    size_t lines = raw.size / format->bytes_per_line;
    bool one_of_three = format->band >= SAOY_BAND_RED;
    if (sheet->passes == 0 &&
        !begin(sheet, format, (int)MIN(lines, (size_t)G_MAXINT), error))
        return false;
    if (sheet->passes > 0 && (!one_of_three || sheet->passes > 2 || sheet->channels != 3 ||
                              format->width != sheet->width || lines < 1))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "passes do not belong together");

    size_t first = one_of_three ? (size_t)(format->band - SAOY_BAND_RED) : 0;
    size_t row = (size_t)sheet->width * (size_t)sheet->channels;
    sheet->height = MIN(sheet->height, (int)MIN(lines, (size_t)G_MAXINT));
    for (size_t y = 0; y < (size_t)sheet->height; y++)
        widen_line(format, raw.data + y * format->bytes_per_line,
                   sheet->samples + y * row + first, one_of_three ? 3 : 1);
    sheet->passes += one_of_three ? 1 : 3;
    return true;
}

GBytes *
saoy_sheet_pnm(const SaoySheet *sheet, GError **error)
{
    if (sheet->passes != 3)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "%u of 3 colour passes came",
                         sheet->passes);

    g_autofree char *header =
        saoy_picture_header(sheet->width, sheet->height, sheet->channels);
    size_t n = strlen(header);
    size_t size = (size_t)sheet->width * (size_t)sheet->height * (size_t)sheet->channels;
    uint8_t *file = g_malloc(n + size);
    memcpy(file, header, n);
    memcpy(file + n, sheet->samples, size);
    return g_bytes_new_take(file, n + size);
}

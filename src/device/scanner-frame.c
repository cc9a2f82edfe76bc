#include "scanner-frame.h"

#include "core/error.h"
#include "picture.h"
#include "vision/image.h"

#include <string.h>

#define HEADER_ROOM 32

void
saoy_sheet_clear(SaoySheet *sheet)
{
    g_free(sheet->file);
    g_clear_pointer(&sheet->part, g_byte_array_unref);
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
is_pass(const SaoyFrameFormat *format)
{
    return format->band >= SAOY_BAND_RED;
}

/* All bits a whole sheet needs, and the one a pass brings. */
static unsigned
bits_of(const SaoyFrameFormat *format)
{
    return is_pass(format) ? 1u << (format->band - SAOY_BAND_RED) : 7;
}

static size_t
row_of(const SaoySheet *sheet)
{
    return (size_t)sheet->width * (size_t)sheet->channels;
}

static bool
grow(SaoySheet *sheet, int lines, GError **error)
{
    int most = MIN(SAOY_IMAGE_MAX_SIDE, (int)(SAOY_IMAGE_MAX_PIXELS / sheet->width));
    int room = CLAMP(lines, 1, most);

    if (room <= sheet->room)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "frame of more than %d x %d pixels",
                         sheet->width, sheet->room);
    uint8_t *file = g_try_realloc(sheet->file, HEADER_ROOM + row_of(sheet) * (size_t)room);
    if (file == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "no memory for %d lines", room);
    sheet->file = file;
    sheet->room = room;
    return true;
}

bool
saoy_sheet_begin(SaoySheet *sheet, const SaoyFrameFormat *format, int expected,
                 GError **error)
{
    if (!saoy_frame_check(format, error))
        return false;
    if (sheet->bands != 0 && (!is_pass(format) || (sheet->bands & bits_of(format)) != 0 ||
                              sheet->channels != 3 || format->width != sheet->width))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "passes do not belong together");

    sheet->format = *format;
    sheet->lines = 0;
    sheet->width = format->width;
    sheet->channels = format->band == SAOY_BAND_GRAY ? 1 : 3;
    if (sheet->part == NULL)
        sheet->part = g_byte_array_new();
    g_byte_array_set_size(sheet->part, 0);
    return sheet->room > 0 || grow(sheet, expected > 0 ? expected : 1024, error);
}

/* Lines after the end of a shorter pass before are read and forgotten. */
static bool
put_line(SaoySheet *sheet, const uint8_t *line, GError **error)
{
    bool pass = is_pass(&sheet->format);
    size_t first = pass ? (size_t)(sheet->format.band - SAOY_BAND_RED) : 0;

    if (sheet->bands != 0 && sheet->lines >= sheet->height)
        return true;
    if (sheet->lines == sheet->room && !grow(sheet, sheet->room / 2 * 3 + 1, error))
        return false;
    widen_line(&sheet->format, line,
               sheet->file + HEADER_ROOM + row_of(sheet) * (size_t)sheet->lines + first,
               pass ? 3 : 1);
    sheet->lines++;
    return true;
}

bool
saoy_sheet_feed(SaoySheet *sheet, SaoyView raw, GError **error)
{
    size_t whole = sheet->format.bytes_per_line;

    while (raw.size > 0) {
        SaoyView part = { 0 };
        bool direct = sheet->part->len == 0 && raw.size >= whole;

        if (!saoy_view_take(&raw, MIN(whole - sheet->part->len, raw.size), &part, error))
            return false;
        if (!direct)
            g_byte_array_append(sheet->part, part.data, (unsigned)part.size);
        if (!direct && sheet->part->len < whole)
            return true;
        if (!put_line(sheet, direct ? part.data : sheet->part->data, error))
            return false;
        g_byte_array_set_size(sheet->part, 0);
    }
    return true;
}

bool
saoy_sheet_end(SaoySheet *sheet, GError **error)
{
    if (sheet->lines < 1)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a frame without a line");
    sheet->height = sheet->bands == 0 ? sheet->lines : MIN(sheet->height, sheet->lines);
    sheet->bands |= bits_of(&sheet->format);
    return true;
}

/* The header's length is known only now: it is written so that it ends where rows begin. */
GBytes *
saoy_sheet_take(SaoySheet *sheet, GError **error)
{
    if (sheet->bands != 7)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "colour passes are missing");

    g_autofree char *header =
        saoy_picture_header(sheet->width, sheet->height, sheet->channels);
    size_t n = strlen(header), size = row_of(sheet) * (size_t)sheet->height;
    memcpy(sheet->file + HEADER_ROOM - n, header, n);
    uint8_t *file = g_realloc(g_steal_pointer(&sheet->file), HEADER_ROOM + size);
    g_autoptr(GBytes) all = g_bytes_new_take(file, HEADER_ROOM + size);
    saoy_sheet_clear(sheet);
    return g_bytes_new_from_bytes(all, HEADER_ROOM - n, n + size);
}

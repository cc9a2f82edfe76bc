#include "pdf-parts.h"

#include <string.h>
#include <zlib.h>

/* Filters (ISO 32000-1, 7.4): FlateDecode with predictors, ASCIIHex, ASCII85. What only
 * pictures use (DCT, CCITT, JBIG2, JPX) is refused by name, and so are the short names of
 * inline images, which some readers take in streams and others do not. */
enum { CHUNK = 64 * 1024 };

static GByteArray *
inflate_all(SaoyView in, size_t max, size_t *work, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autofree uint8_t *chunk = g_malloc(CHUNK);
    z_stream zip = { .next_in = (Bytef *)(uintptr_t)in.data };
    int status = inflateInit(&zip);
    size_t left = in.size;

    while (status == Z_OK) {
        if (zip.avail_in == 0) {
            zip.avail_in = (uInt)MIN(left, (size_t)G_MAXINT);
            left -= zip.avail_in;
        }
        zip.next_out = chunk;
        zip.avail_out = CHUNK;
        status = inflate(&zip, Z_NO_FLUSH);
        if (out->len + (CHUNK - zip.avail_out) > max)
            status = Z_MEM_ERROR;
        else
            g_byte_array_append(out, chunk, CHUNK - zip.avail_out);
    }
    inflateEnd(&zip);
    *work += out->len;
    if (status == Z_MEM_ERROR)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: stream unpacks to too much");
    if (status != Z_STREAM_END)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: damaged compressed stream");
    return g_steal_pointer(&out);
}

/* What stands there is a direct integer: some readers follow a reference or round a real,
 * others take the default. */
static bool
take_parameter(const SaoyPdfValue *parameters, const char *key, int64_t low, int64_t high,
               int64_t *inout, GError **error)
{
    const SaoyPdfValue *value = saoy_pdf_get_raw(parameters, key);

    if (value == NULL)
        return true;
    if (value->type != SAOY_PDF_INT || value->number < low || value->number > high)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "pdf: bad predictor parameters");
    *inout = value->number;
    return true;
}

static uint8_t
paeth(int a, int b, int c)
{
    int p = a + b - c, pa = ABS(p - a), pb = ABS(p - b), pc = ABS(p - c);

    return (uint8_t)(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

/* One row of a PNG predictor (RFC 2083, 6): above is the row before, zero for the first. */
static bool
unfilter(int type, uint8_t *row, const uint8_t *above, size_t size, size_t pixel)
{
    for (size_t i = 0; type != 0 && i < size; i++) {
        int left = i >= pixel ? row[i - pixel] : 0, up = above[i];
        int corner = i >= pixel ? above[i - pixel] : 0;
        int guess = type == 1   ? left
                    : type == 2 ? up
                    : type == 3 ? (left + up) / 2
                                : paeth(left, up, corner);

        row[i] = (uint8_t)(row[i] + guess);
    }
    return type <= 4;
}

static bool
undo_png(GByteArray *bytes, size_t row, size_t pixel, GError **error)
{
    g_autofree uint8_t *zero = g_malloc0(row);
    const uint8_t *above = zero;
    size_t rows = bytes->len / (row + 1);

    for (size_t y = 0; y < rows; y++) {
        int type = bytes->data[y * (row + 1)];
        uint8_t *to = bytes->data + y * row;

        memmove(to, bytes->data + y * (row + 1) + 1, row);
        if (!unfilter(type, to, above, row, pixel))
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "pdf: bad predictor row");
        above = to;
    }
    g_byte_array_set_size(bytes, (guint)(rows * row));
    return true;
}

/* TIFF's, of whole bytes. */
static void
undo_tiff(GByteArray *bytes, size_t row, size_t pixel)
{
    for (size_t i = 0; i < bytes->len; i++)
        if (i % row >= pixel)
            bytes->data[i] = (uint8_t)(bytes->data[i] + bytes->data[i - pixel]);
}

/* 7.4.4.4. What is left of a last row is made something of by some. */
static bool
undo_predictor(GByteArray *bytes, const SaoyPdfValue *parameters, GError **error)
{
    int64_t kind = 1, colors = 1, bits = 8, columns = 1;
    size_t row = 0, pixel = 0, tag = 0;

    if (!take_parameter(parameters, "Predictor", 1, 15, &kind, error) ||
        !take_parameter(parameters, "Colors", 1, 32, &colors, error) ||
        !take_parameter(parameters, "BitsPerComponent", 1, 16, &bits, error) ||
        !take_parameter(parameters, "Columns", 1, 1000000, &columns, error))
        return false;
    if (kind == 1)
        return true;
    if ((bits & (bits - 1)) != 0 || (kind > 2 && kind < 10) || (kind == 2 && bits != 8))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "pdf: unsupported predictor %d",
                         (int)kind);
    row = (size_t)((columns * colors * bits + 7) / 8);
    pixel = (size_t)((colors * bits + 7) / 8); /* PNG's bpp is rounded up */
    tag = kind >= 10;
    if (bytes->len % (row + tag) != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "pdf: predictor row cut off");
    if (kind >= 10)
        return undo_png(bytes, row, pixel, error);
    undo_tiff(bytes, row, pixel);
    return true;
}

static GByteArray *
decode_hex(SaoyView in, size_t max, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    unsigned n = 0;

    for (size_t i = 0; i < in.size && in.data[i] != '>' && out->len <= max; i++) {
        int digit = g_ascii_xdigit_value((char)in.data[i]);
        uint8_t high = 0;

        if (saoy_pdf_is_space(in.data[i]))
            continue;
        if (digit < 0)
            return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: bad ASCIIHexDecode stream");
        high = (uint8_t)(digit << 4);
        if (n++ % 2 == 0)
            g_byte_array_append(out, &high, 1);
        else
            out->data[out->len - 1] = (uint8_t)(out->data[out->len - 1] | digit);
    }
    return g_steal_pointer(&out);
}

static GByteArray *
bad_85(GError **error)
{
    return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: bad ASCII85Decode stream");
}

static GByteArray *
decode_85(SaoyView in, size_t max, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    uint64_t word = 0;
    unsigned n = 0;

    for (size_t i = 0; i < in.size && in.data[i] != '~' && out->len <= max; i++) {
        uint8_t c = in.data[i];

        if (saoy_pdf_is_space(c))
            continue;
        if (c == 'z' && n == 0) {
            g_byte_array_append(out, (const uint8_t[4]){ 0 }, 4);
            continue;
        }
        if (c < '!' || c > 'u')
            return bad_85(error);
        word = word * 85 + (c - '!');
        if (++n == 5) {
            uint32_t bytes = GUINT32_TO_BE((uint32_t)word);

            if (word > G_MAXUINT32)
                return bad_85(error);
            g_byte_array_append(out, (const uint8_t *)&bytes, 4);
            word = n = 0;
        }
    }
    if (n == 1)
        return bad_85(error);
    if (n > 1) {
        for (unsigned i = n; i < 5; i++)
            word = word * 85 + 84;
        uint32_t bytes = GUINT32_TO_BE((uint32_t)word);
        if (word > G_MAXUINT32)
            return bad_85(error);
        g_byte_array_append(out, (const uint8_t *)&bytes, n - 1);
    }
    return g_steal_pointer(&out);
}

GByteArray *
saoy_pdf_filter(const SaoyPdfValue *filter, const SaoyPdfValue *parameters, SaoyView in,
                size_t max, size_t *work, GError **error)
{
    g_autoptr(GByteArray) out = NULL;

    *work += in.size;
    if (saoy_pdf_is_name(filter, "ASCIIHexDecode"))
        return decode_hex(in, max, error);
    if (saoy_pdf_is_name(filter, "ASCII85Decode"))
        return decode_85(in, max, error);
    if (!saoy_pdf_is_name(filter, "FlateDecode"))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: unsupported filter %.*s",
                         filter->type == SAOY_PDF_NAME ? (int)MIN(filter->text.size, 30u)
                                                       : 0,
                         (const char *)filter->text.data);
    out = inflate_all(in, max, work, error);
    if (out == NULL || !undo_predictor(out, parameters, error))
        return NULL;
    return g_steal_pointer(&out);
}

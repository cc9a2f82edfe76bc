#include "pdf-parts.h"

#include <string.h>
#include <zlib.h>

/* Stream filters (ISO 32000-1, 7.4): FlateDecode with predictors, ASCIIHex, ASCII85. What
 * only pictures use (DCT, CCITT, JBIG2, JPX) is refused by name, except DCTDecode alone,
 * whose bytes are a file of their own. */
enum { MAX_FILTERS = 4, CHUNK = 64 * 1024 };

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

static int64_t
parameter(const SaoyPdfValue *parameters, const char *key, int64_t fallback)
{
    const SaoyPdfValue *value = NULL;

    if (parameters != NULL)
        value = saoy_pdf_get_raw(parameters, key);
    return value != NULL && value->type == SAOY_PDF_INT ? value->number : fallback;
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

static bool
undo_predictor(GByteArray *bytes, const SaoyPdfValue *parameters, GError **error)
{
    int64_t kind = parameter(parameters, "Predictor", 1);
    int64_t colors = parameter(parameters, "Colors", 1);
    int64_t bits = parameter(parameters, "BitsPerComponent", 8);
    int64_t columns = parameter(parameters, "Columns", 1);
    size_t row = 0, pixel = 0;

    if (kind == 1)
        return true;
    if (colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 ||
        columns > 1000000)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "pdf: bad predictor parameters");
    row = (size_t)((columns * colors * bits + 7) / 8);
    pixel = (size_t)MAX(colors * bits / 8, 1);
    if (kind >= 10 && kind <= 15)
        return undo_png(bytes, row, pixel, error);
    if (kind != 2 || bits != 8)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "pdf: unsupported predictor %d",
                         (int)kind);
    for (size_t i = 0; i < bytes->len; i++)
        if (i % row >= pixel)
            bytes->data[i] = (uint8_t)(bytes->data[i] + bytes->data[i - pixel]);
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
            return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: bad ASCII85Decode stream");
        word = word * 85 + (c - '!');
        if (++n == 5) {
            uint32_t bytes = GUINT32_TO_BE((uint32_t)word);

            g_byte_array_append(out, (const uint8_t *)&bytes, 4);
            word = n = 0;
        }
    }
    if (n > 1) {
        for (unsigned i = n; i < 5; i++)
            word = word * 85 + 84;
        uint32_t bytes = GUINT32_TO_BE((uint32_t)word);
        g_byte_array_append(out, (const uint8_t *)&bytes, n - 1);
    }
    return g_steal_pointer(&out);
}

static GByteArray *
run_filter(const SaoyPdfValue *filter, const SaoyPdfValue *parameters, SaoyView in,
           size_t max, size_t *work, GError **error)
{
    g_autoptr(GByteArray) out = NULL;

    *work += in.size;
    if (saoy_pdf_is_name(filter, "ASCIIHexDecode") || saoy_pdf_is_name(filter, "AHx"))
        return decode_hex(in, max, error);
    if (saoy_pdf_is_name(filter, "ASCII85Decode") || saoy_pdf_is_name(filter, "A85"))
        return decode_85(in, max, error);
    if (!saoy_pdf_is_name(filter, "FlateDecode") && !saoy_pdf_is_name(filter, "Fl"))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: unsupported filter %.*s",
                         filter->type == SAOY_PDF_NAME ? (int)MIN(filter->text.size, 30u)
                                                       : 0,
                         (const char *)filter->text.data);
    out = inflate_all(in, max, work, error);
    if (out == NULL || !undo_predictor(out, parameters, error))
        return NULL;
    return g_steal_pointer(&out);
}

/* The i-th of a value that may stand alone or in an array; NULL when there is none. */
static const SaoyPdfValue *
nth(SaoyPdf *pdf, size_t revision, const SaoyPdfValue *value, size_t i)
{
    if (value != NULL && value->type == SAOY_PDF_ARRAY)
        return i < value->n ? saoy_pdf_resolve(pdf, revision, &value->items[i]) : NULL;
    return i == 0 ? value : NULL;
}

GBytes *
saoy_pdf_stream(SaoyPdf *pdf, size_t revision, const SaoyPdfValue *stream, size_t max,
                GError **error)
{
    const SaoyPdfValue *filters = NULL, *parameters = NULL, *filter = NULL;
    g_autoptr(GByteArray) out = NULL;
    SaoyView in = { 0 };

    if (stream == NULL || stream->type != SAOY_PDF_STREAM)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: not a stream");
    in = stream->text;
    filters = saoy_pdf_get(pdf, revision, stream, "Filter");
    parameters = saoy_pdf_get(pdf, revision, stream, "DecodeParms");
    for (size_t i = 0; (filter = nth(pdf, revision, filters, i)) != NULL; i++) {
        GByteArray *next = NULL;

        if (i >= MAX_FILTERS)
            return saoy_pdf_null(error, stream->at, "too many filters");
        if (i == 0 && saoy_pdf_is_name(filter, "DCTDecode") &&
            nth(pdf, revision, filters, 1) == NULL)
            break;
        if (pdf->worked > SAOY_PDF_MAX_WORKED)
            return saoy_pdf_null(error, stream->at, "streams unpack to too much");
        next = run_filter(filter, nth(pdf, revision, parameters, i), in, max, &pdf->worked,
                          error);
        if (next == NULL)
            return NULL;
        g_clear_pointer(&out, g_byte_array_unref);
        out = next;
        in = (SaoyView){ out->data, out->len };
    }
    if (in.size > max)
        return saoy_pdf_null(error, stream->at, "stream unpacks to too much");
    if (out != NULL)
        return g_byte_array_free_to_bytes(g_steal_pointer(&out));
    return g_bytes_new_from_bytes(pdf->file, (gsize)(in.data - pdf->all.data), in.size);
}

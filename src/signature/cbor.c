#include "cbor.h"

#include "core/error.h"

#include <string.h>

void
saoy_cbor_head(GByteArray *out, SaoyCborMajor major, uint64_t argument)
{
    uint8_t head[9] = { (uint8_t)(major << 5) };
    unsigned bytes = argument < 24            ? 0
                     : argument <= UINT8_MAX  ? 1
                     : argument <= UINT16_MAX ? 2
                     : argument <= UINT32_MAX ? 4
                                              : 8;
    static const uint8_t info[9] = { [1] = 24, [2] = 25, [4] = 26, [8] = 27 };

    head[0] = (uint8_t)(head[0] | (bytes == 0 ? argument : info[bytes]));
    for (unsigned i = 0; i < bytes; i++)
        head[1 + i] = (uint8_t)(argument >> (8 * (bytes - 1 - i)));
    g_byte_array_append(out, head, 1 + bytes);
}

void
saoy_cbor_int(GByteArray *out, int64_t number)
{
    if (number >= 0)
        saoy_cbor_head(out, SAOY_CBOR_UINT, (uint64_t)number);
    else
        saoy_cbor_head(out, SAOY_CBOR_NEGATIVE, (uint64_t)(-1 - number));
}

void
saoy_cbor_bytes(GByteArray *out, SaoyView bytes)
{
    saoy_cbor_head(out, SAOY_CBOR_BYTES, bytes.size);
    g_byte_array_append(out, bytes.data, (guint)bytes.size);
}

void
saoy_cbor_text(GByteArray *out, const char *text)
{
    saoy_cbor_head(out, SAOY_CBOR_TEXT, strlen(text));
    g_byte_array_append(out, (const uint8_t *)text, (guint)strlen(text));
}

/* RFC 8949, 4.2.1: an argument that a shorter head could hold is refused. */
static bool
take_argument(SaoyView *in, unsigned info, uint64_t *out, GError **error)
{
    static const uint64_t least[9] = {
        [1] = 24, [2] = UINT64_C(1) << 8, [4] = UINT64_C(1) << 16, [8] = UINT64_C(1) << 32
    };
    SaoyView bytes = { 0 };
    uint64_t value = 0;

    if (info < 24) {
        *out = info;
        return true;
    }
    if (info > 27)
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "CBOR: indefinite or reserved length");
    size_t n = (size_t)1 << (info - 24);
    if (!saoy_view_take(in, n, &bytes, error))
        return false;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | bytes.data[i];
    if (value < least[n])
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CBOR: not the shortest form");
    *out = value;
    return true;
}

bool
saoy_cbor_take(SaoyView *in, SaoyCborMajor major, uint64_t *out_argument, GError **error)
{
    SaoyView rest = *in, first = { 0 };
    uint64_t argument = 0;

    if (!saoy_view_take(&rest, 1, &first, error))
        return false;
    if (first.data[0] >> 5 != major)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CBOR: type %d, expected %d",
                         first.data[0] >> 5, (int)major);
    if (!take_argument(&rest, first.data[0] & 31, &argument, error))
        return false;
    *in = rest;
    *out_argument = argument;
    return true;
}

bool
saoy_cbor_take_int(SaoyView *in, int64_t *out, GError **error)
{
    bool negative = in->size > 0 && in->data[0] >> 5 == SAOY_CBOR_NEGATIVE;
    SaoyView rest = *in;
    uint64_t argument = 0;

    if (!saoy_cbor_take(&rest, negative ? SAOY_CBOR_NEGATIVE : SAOY_CBOR_UINT, &argument,
                        error))
        return false;
    if (argument > INT64_MAX)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CBOR: integer out of range");
    *in = rest;
    *out = negative ? -1 - (int64_t)argument : (int64_t)argument;
    return true;
}

bool
saoy_cbor_take_bytes(SaoyView *in, SaoyView *out, GError **error)
{
    SaoyView rest = *in;
    uint64_t size = 0;

    if (!saoy_cbor_take(&rest, SAOY_CBOR_BYTES, &size, error))
        return false;
    if (size > rest.size)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CBOR: string longer than the data");
    if (!saoy_view_take(&rest, (size_t)size, out, error))
        return false;
    *in = rest;
    return true;
}

bool
saoy_cbor_take_text(SaoyView *in, char **out, GError **error)
{
    SaoyView rest = *in, text = { 0 };
    uint64_t size = 0;

    if (!saoy_cbor_take(&rest, SAOY_CBOR_TEXT, &size, error))
        return false;
    if (size > rest.size)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CBOR: string longer than the data");
    if (!saoy_view_take(&rest, (size_t)size, &text, error))
        return false;
    /* g_utf8_validate refuses U+0000 inside: a C string cannot hold it */
    if (!g_utf8_validate((const char *)text.data, (gssize)text.size, NULL))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "CBOR: text is not UTF-8");
    *in = rest;
    *out = g_strndup((const char *)text.data, text.size);
    return true;
}

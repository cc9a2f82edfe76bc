#include "tlv.h"

#include "core/error.h"

#include <string.h>

uint32_t
saoy_tlv_peek(SaoyView in)
{
    if (in.size == 0)
        return 0;
    if ((in.data[0] & 0x1f) != 0x1f)
        return in.data[0];
    return in.size < 2 ? 0 : (uint32_t)in.data[0] << 8 | in.data[1];
}

bool
saoy_tlv_next(SaoyView *in, uint32_t *out_tag, SaoyView *out, GError **error)
{
    uint32_t tag = saoy_tlv_peek(*in);

    if (tag == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "no tag where one must stand");
    if (!saoy_tlv_take(in, tag, out, error))
        return false;
    *out_tag = tag;
    return true;
}

void
saoy_tlv_put(GByteArray *out, uint32_t tag, SaoyView value)
{
    uint8_t head[6];
    unsigned n = 0;

    if (tag > 0xff)
        head[n++] = (uint8_t)(tag >> 8);
    head[n++] = (uint8_t)tag;
    if (value.size > 0xffff)
        head[n++] = 0x83;
    else if (value.size > 0xff)
        head[n++] = 0x82;
    else if (value.size > 0x7f)
        head[n++] = 0x81;
    if (value.size > 0xffff)
        head[n++] = (uint8_t)(value.size >> 16);
    if (value.size > 0xff)
        head[n++] = (uint8_t)(value.size >> 8);
    head[n++] = (uint8_t)value.size;
    g_byte_array_append(out, head, n);
    if (value.size > 0)
        g_byte_array_append(out, value.data, (unsigned)value.size);
}

bool
saoy_tlv_total(SaoyView head, size_t *out, GError **error)
{
    SaoyView rest = head;
    SaoyView octets = { 0 };
    size_t length = 0;
    size_t tag_size = saoy_tlv_peek(head) > 0xff ? 2 : 1;

    if (!saoy_view_take(&rest, tag_size, &octets, error) ||
        !saoy_view_take(&rest, 1, &octets, error))
        return false;
    length = octets.data[0];
    if (length > 0x83 || length == 0x80)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "length form %02zx", length);
    if (length > 0x80) {
        if (!saoy_view_take(&rest, length & 0x7f, &octets, error))
            return false;
        length = 0;
        for (size_t i = 0; i < octets.size; i++)
            length = length << 8 | octets.data[i];
    }
    *out = head.size - rest.size + length;
    return true;
}

void
saoy_array_clear(GByteArray *array)
{
    if (array->len > 0)
        explicit_bzero(array->data, array->len);
    g_byte_array_set_size(array, 0);
}

void
saoy_array_free(GByteArray *array)
{
    if (array == NULL)
        return;
    saoy_array_clear(array);
    g_byte_array_unref(array);
}

SaoyArray *
saoy_array_new(size_t size)
{
    return g_byte_array_sized_new((unsigned)size);
}

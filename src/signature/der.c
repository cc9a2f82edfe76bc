#include "der.h"

#include "core/ossl.h"

#include <openssl/objects.h>

#include <string.h>

/* X.690, 10.1: the shortest definite form. */
static size_t
write_head(uint8_t tag, size_t size, uint8_t head[6])
{
    size_t n = 0;

    head[n++] = tag;
    if (size < 0x80) {
        head[n++] = (uint8_t)size;
        return n;
    }
    unsigned bytes = size > 0xffff ? 3 : size > 0xff ? 2 : 1;
    head[n++] = (uint8_t)(0x80 | bytes);
    while (bytes-- > 0)
        head[n++] = (uint8_t)(size >> (8 * bytes));
    return n;
}

void
saoy_der_wrap(GByteArray *out, size_t from, uint8_t tag)
{
    uint8_t head[6] = { 0 };
    size_t size = out->len - from;
    size_t n = write_head(tag, size, head);

    g_return_if_fail(size <= 0xffffff);
    g_byte_array_set_size(out, (guint)(out->len + n));
    memmove(out->data + from + n, out->data + from, size);
    memcpy(out->data + from, head, n);
}

void
saoy_der_bytes(GByteArray *out, uint8_t tag, SaoyView value)
{
    size_t from = out->len;

    if (value.size > 0)
        g_byte_array_append(out, value.data, (guint)value.size);
    saoy_der_wrap(out, from, tag);
}

void
saoy_der_small(GByteArray *out, uint8_t number)
{
    saoy_der_bytes(out, SAOY_DER_INTEGER, (SaoyView){ &number, 1 });
}

void
saoy_der_oid(GByteArray *out, int nid)
{
    const ASN1_OBJECT *object = OBJ_nid2obj(nid);

    saoy_der_bytes(out, SAOY_DER_OID,
                   (SaoyView){ OBJ_get0_data(object), OBJ_length(object) });
}

void
saoy_der_null(GByteArray *out)
{
    static const uint8_t null[] = { 0x05, 0x00 };

    g_byte_array_append(out, null, sizeof(null));
}

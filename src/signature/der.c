#include "der.h"

#include "cms-parts.h"

#include "core/clock.h"
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

void
saoy_der_raw(GByteArray *out, SaoyView der)
{
    g_byte_array_append(out, der.data, (guint)der.size);
}

void
saoy_der_positive(GByteArray *out, SaoyView big_endian)
{
    static const uint8_t zero = 0;
    size_t from = out->len;

    while (big_endian.size > 1 && big_endian.data[0] == 0) {
        big_endian.data++;
        big_endian.size--;
    }
    if (big_endian.size == 0 || (big_endian.data[0] & 0x80) != 0)
        g_byte_array_append(out, &zero, 1);
    g_byte_array_append(out, big_endian.data, (guint)big_endian.size);
    saoy_der_wrap(out, from, SAOY_DER_INTEGER);
}

/* Two's complement in as few octets as it takes (X.690, 8.3). */
void
saoy_der_number(GByteArray *out, uint8_t tag, int64_t number)
{
    uint8_t bytes[8];
    size_t from = 0;

    for (size_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
    while (from < 7 && ((bytes[from] == 0 && bytes[from + 1] < 0x80) ||
                        (bytes[from] == 0xff && bytes[from + 1] >= 0x80)))
        from++;
    saoy_der_bytes(out, tag, (SaoyView){ bytes + from, 8 - from });
}

void
saoy_der_time(GByteArray *out, uint8_t tag, int64_t wall_us)
{
    g_autofree char *text = saoy_time_asn1(wall_us);
    size_t skip = tag == SAOY_DER_UTC_TIME ? 2 : 0;

    saoy_der_bytes(out, tag,
                   (SaoyView){ (const uint8_t *)text + skip, strlen(text) - skip });
}

void
saoy_der_algorithm(GByteArray *out, int nid, bool null_parameters)
{
    size_t from = out->len;

    saoy_der_oid(out, nid);
    if (null_parameters)
        saoy_der_null(out);
    saoy_der_wrap(out, from, SAOY_DER_SEQUENCE);
}

bool
saoy_der_take(SaoyView *in, uint8_t tag, SaoyView *out)
{
    const uint8_t *from = in->data;
    SaoyView value = { 0 };

    if (!saoy_tlv_take(in, tag, &value, NULL))
        return false;
    *out = (SaoyView){ from, (size_t)(in->data - from) };
    return true;
}

int64_t
saoy_asn1_us(const ASN1_TIME *time)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    struct tm tm = { 0 };

    if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
        return 0;
    g_autoptr(GDateTime) date =
        g_date_time_new(utc, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                        tm.tm_min, tm.tm_sec);
    return date != NULL ? g_date_time_to_unix(date) * G_USEC_PER_SEC : 0;
}

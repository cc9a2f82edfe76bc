#pragma once
#include "core/ossl.h"
#include "fixture.h"

/* SecurityInfos by hand (ICAO 9303-11, 9.2). */

/* Adds an OID given in dots. */
static inline void
put_oid(GByteArray *out, const char *text)
{
    g_autoptr(ASN1_OBJECT) oid = OBJ_txt2obj(text, 1);

    g_assert_nonnull(oid);
    saoy_tlv_put(out, 0x06, (SaoyView){ OBJ_get0_data(oid), OBJ_length(oid) });
}

static inline void
put_number(GByteArray *out, int number)
{
    const uint8_t octets[] = { (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                               (uint8_t)number };
    size_t skip = number > 0x7fff ? 0 : number > 0x7f ? 1 : 2;

    saoy_tlv_put(out, 0x02, (SaoyView){ octets + skip, sizeof octets - skip });
}

/* SEQUENCE { OID, version, parameter or key id }; -1: none */
static inline void
put_info(GByteArray *set, const char *oid, int version, int number)
{
    g_autoptr(GByteArray) body = g_byte_array_new();

    put_oid(body, oid);
    put_number(body, version);
    if (number >= 0)
        put_number(body, number);
    saoy_tlv_put(set, 0x30, saoy_view_array(body));
}

/* SubjectPublicKeyInfo of a standardised group: a BIT STRING of the point, or of the number
 * as INTEGER. */
static inline GBytes *
standard_key(int parameter, SaoyView key)
{
    g_autoptr(GByteArray) algorithm = g_byte_array_new();
    g_autoptr(GByteArray) number = g_byte_array_new();
    g_autoptr(GByteArray) bits = g_byte_array_new();
    g_autoptr(GByteArray) body = g_byte_array_new();
    GByteArray *info = g_byte_array_new();

    put_oid(algorithm, "0.4.0.127.0.7.1.2");
    put_number(algorithm, parameter);
    saoy_tlv_put(body, 0x30, saoy_view_array(algorithm));
    g_byte_array_append(bits, (const uint8_t[]){ 0 }, 1);
    if (parameter <= 2) {
        if (key.data[0] & 0x80)
            g_byte_array_append(number, (const uint8_t[]){ 0 }, 1);
        g_byte_array_append(number, key.data, (unsigned)key.size);
        saoy_tlv_put(bits, 0x02, saoy_view_array(number));
    } else {
        g_byte_array_append(bits, key.data, (unsigned)key.size);
    }
    saoy_tlv_put(body, 0x03, saoy_view_array(bits));
    saoy_tlv_put(info, 0x30, saoy_view_array(body));
    return g_byte_array_free_to_bytes(info);
}

/* As OpenSSL writes it. */
static inline GBytes *
public_key(EVP_PKEY *key)
{
    uint8_t *der = NULL;
    int size = i2d_PUBKEY(key, &der);
    GBytes *bytes = NULL;

    g_assert_cmpint(size, >, 0);
    bytes = g_bytes_new(der, (size_t)size);
    OPENSSL_free(der);
    return bytes;
}

/* A chip authentication key; kind 1: DH, 2: ECDH; key_id -1: none. */
static inline void
put_key(GByteArray *set, int kind, GBytes *key, int key_id)
{
    g_autoptr(GByteArray) body = g_byte_array_new();

    put_oid(body, kind == 1 ? "0.4.0.127.0.7.2.2.1.1" : "0.4.0.127.0.7.2.2.1.2");
    g_byte_array_append(body, saoy_view_of(key).data, (unsigned)saoy_view_of(key).size);
    if (key_id >= 0)
        put_number(body, key_id);
    saoy_tlv_put(set, 0x30, saoy_view_array(body));
}

/* The SET, in the data group's tag (0: in none). */
static inline GBytes *
finish_set(GByteArray *set, unsigned group)
{
    g_autoptr(GByteArray) inner = g_byte_array_new();
    GByteArray *outer = g_byte_array_new();

    saoy_tlv_put(inner, 0x31, saoy_view_array(set));
    if (group == 0)
        g_byte_array_append(outer, inner->data, inner->len);
    else
        saoy_tlv_put(outer, group, saoy_view_array(inner));
    return g_byte_array_free_to_bytes(outer);
}

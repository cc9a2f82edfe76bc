#pragma once
#include "core/bytes.h"

#include <eac/eac.h>
#include <openssl/provider.h>
#include <string.h>

/* What OpenPACE's chip and terminal share. */
typedef BUF_MEM Mem;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mem, BUF_MEM_clear_free)

static inline void
peer_start(void)
{
    /* retail MAC: OpenPACE asks for single DES, which OpenSSL 3 keeps there */
    OSSL_PROVIDER_load(NULL, "legacy");
    OSSL_PROVIDER_load(NULL, "default");
    EAC_init();
}

static inline Mem *
mem_of(SaoyView bytes)
{
    Mem *mem = BUF_MEM_new();

    g_assert_nonnull(mem);
    g_assert_cmpuint(BUF_MEM_grow(mem, bytes.size), ==, bytes.size);
    if (bytes.size > 0)
        memcpy(mem->data, bytes.data, bytes.size);
    return mem;
}

static inline SaoyView
view_of(const Mem *mem)
{
    return (SaoyView){ (const uint8_t *)mem->data, mem->length };
}

static inline SaoyView
array_view(const GByteArray *array)
{
    return (SaoyView){ array->data, array->len };
}

static inline void
put(GByteArray *out, unsigned tag, SaoyView value)
{
    const uint8_t head[] = { (uint8_t)tag, 0x82, (uint8_t)(value.size >> 8),
                             (uint8_t)value.size };
    uint8_t small[] = { (uint8_t)tag, 0x81, (uint8_t)value.size };

    if (value.size > 0xff) {
        g_byte_array_append(out, head, 4);
    } else if (value.size > 0x7f) {
        g_byte_array_append(out, small, 3);
    } else {
        small[1] = small[2];
        g_byte_array_append(out, small, 2);
    }
    g_byte_array_append(out, value.data, (unsigned)value.size);
}

/* With DH OpenPACE drops the zeros at the front of a shared secret, which PKCS #3 keeps:
 * one agreement in 256 would fail. */
static inline void
pad_secret(KA_CTX *agreement, int parameter)
{
    static const uint8_t zeros[256] = { 0 };
    size_t size = parameter == 0 ? 128 : 256;
    g_autoptr(GByteArray) padded = g_byte_array_new();
    Mem *secret = agreement->shared_secret;

    if (parameter > 2 || secret->length >= size)
        return;
    g_byte_array_append(padded, zeros, (unsigned)(size - secret->length));
    g_byte_array_append(padded, (uint8_t *)secret->data, (unsigned)secret->length);
    agreement->shared_secret = mem_of(array_view(padded));
    BUF_MEM_clear_free(secret);
}

/* The MAC of OpenPACE covers its counter and what is given, padded. */
static inline Mem *
pad(EAC_CTX *eac, SaoyView bytes)
{
    g_autoptr(Mem) plain = mem_of(bytes);

    return EAC_add_iso_pad(eac, plain);
}

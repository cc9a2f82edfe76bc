#pragma once
#include "fixture.h"
#include "lds.h"

/* Files of data groups for tests: real specimens, put together by hand, mistreated. */

/* NULL, and the test skipped, where the third-party specimens are not. */
static inline GBytes *
shared_file(const char *name)
{
    const char *dir = g_getenv("SAOY_SHARED_DIR");
    g_autofree char *path = g_build_filename(
        dir != NULL ? dir : SAOY_SOURCE_DIR "/../shared", "data", "emrtd", name, NULL);
    GBytes *bytes = saoy_file_read(path, 1 << 21, NULL);

    if (bytes == NULL)
        g_test_skip("third-party specimen data is not here");
    return bytes;
}

/* An element around the content, which it takes. */
static inline GByteArray *
wrap(uint32_t tag, GByteArray *content)
{
    GByteArray *out = g_byte_array_new();

    saoy_tlv_put(out, tag, saoy_view_array(content));
    g_byte_array_unref(content);
    return out;
}

static inline GByteArray *
hex(const char *text)
{
    return g_bytes_unref_to_array(unhex(text));
}

static inline GByteArray *
joined(GByteArray *a, GByteArray *b)
{
    if (b->len > 0)
        g_byte_array_append(a, b->data, b->len);
    g_byte_array_unref(b);
    return a;
}

typedef bool Parse(SaoyView file);

/* Every truncation is refused; every byte set to FF, 00, 80 or 84 is survived. Copies are
 * exactly as long as the input, so that a sanitizer sees the first byte read behind it. */
static inline void
mistreat(GBytes *file, Parse *parse)
{
    SaoyView whole = saoy_view_of(file);
    static const uint8_t poison[] = { 0xff, 0x00, 0x80, 0x84 };
    size_t interesting = MIN(whole.size, 700);

    g_assert_true(parse(whole));
    for (size_t n = 0; n < interesting && n < whole.size; n++) {
        g_autofree uint8_t *copy = g_memdup2(whole.data, MAX(n, 1));

        g_assert_false(parse((SaoyView){ copy, n }));
    }
    for (size_t at = 0; at < interesting; at++)
        for (size_t i = 0; i < G_N_ELEMENTS(poison); i++) {
            g_autofree uint8_t *copy = g_memdup2(whole.data, whole.size);

            copy[at] = poison[i];
            parse((SaoyView){ copy, whole.size });
        }
}

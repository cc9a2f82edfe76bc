#include "base45.h"

#include "core/error.h"

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

char *
saoy_base45_encode(SaoyView bytes)
{
    g_autoptr(GString) out = g_string_sized_new(bytes.size * 3 / 2 + 3);

    for (size_t i = 0; i < bytes.size; i += 2) {
        bool pair = i + 1 < bytes.size;
        unsigned n = pair ? bytes.data[i] * 256u + bytes.data[i + 1] : bytes.data[i];

        g_string_append_c(out, alphabet[n % 45]);
        g_string_append_c(out, alphabet[n / 45 % 45]);
        if (pair)
            g_string_append_c(out, alphabet[n / 2025]);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Value of up to three characters, or -1: one is not of the alphabet. */
static int
value_of(const char *text, size_t n)
{
    static const int weight[] = { 1, 45, 2025 };
    int value = 0;

    for (size_t i = 0; i < n; i++) {
        const char *at = memchr(alphabet, text[i], sizeof(alphabet) - 1);

        if (at == NULL)
            return -1;
        value += (int)(at - alphabet) * weight[i];
    }
    return value;
}

GBytes *
saoy_base45_decode(const char *text, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    size_t size = strlen(text);

    for (size_t i = 0; i < size; i += 3) {
        size_t n = MIN(size - i, 3);
        int value = value_of(text + i, n);
        uint8_t bytes[2] = { (uint8_t)(value >> 8), (uint8_t)value };

        if (n == 1 || value < 0 || value > (n == 3 ? 0xffff : 0xff))
            return saoy_null(error, SAOY_ERROR_MALFORMED, "not Base45 at %zu", i);
        if (n == 3)
            g_byte_array_append(out, bytes, 2);
        else
            g_byte_array_append(out, bytes + 1, 1);
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

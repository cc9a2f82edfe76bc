#include "address.h"

static void
take_pair(const char *text, GPtrArray *keys, GPtrArray *values)
{
    g_auto(GStrv) parts = g_strsplit(text, "=", 2);
    char *value = g_uri_unescape_string(parts[1] != NULL ? parts[1] : "", NULL);

    g_ptr_array_add(keys, g_strdup(parts[0]));
    g_ptr_array_add(values, value != NULL ? value : g_strdup(parts[1]));
}

void
saoy_address_parse(const char *text, SaoyAddress *out)
{
    g_auto(GStrv) halves = g_strsplit(text, "?", 2);
    const char *base = halves[0] != NULL ? halves[0] : "";
    const char *query = halves[0] != NULL && halves[1] != NULL ? halves[1] : "";
    g_auto(GStrv) pairs = g_strsplit(query, "&", 32);
    GPtrArray *keys = g_ptr_array_new();
    GPtrArray *values = g_ptr_array_new();

    for (size_t i = 0; pairs[i] != NULL; i++)
        if (*pairs[i] != '\0')
            take_pair(pairs[i], keys, values);
    g_ptr_array_add(keys, NULL);
    g_ptr_array_add(values, NULL);
    *out = (SaoyAddress){
        .base = g_strdup(base),
        .keys = (char **)g_ptr_array_free(keys, FALSE),
        .values = (char **)g_ptr_array_free(values, FALSE),
    };
}

void
saoy_address_clear(SaoyAddress *address)
{
    g_free(address->base);
    g_strfreev(address->keys);
    g_strfreev(address->values);
    *address = (SaoyAddress){ 0 };
}

const char *
saoy_address_get(const SaoyAddress *address, const char *key, const char *fallback)
{
    for (size_t i = 0; address->keys[i] != NULL; i++)
        if (g_str_equal(address->keys[i], key))
            return address->values[i];
    return fallback;
}

char *
saoy_address_take(SaoyAddress *address, const char *key)
{
    size_t at = 0;
    char *value = NULL;

    while (address->keys[at] != NULL && !g_str_equal(address->keys[at], key))
        at++;
    if (address->keys[at] == NULL)
        return NULL;
    value = address->values[at];
    g_free(address->keys[at]);
    do {
        address->keys[at] = address->keys[at + 1];
        address->values[at] = address->values[at + 1];
    } while (address->keys[at++] != NULL);
    return value;
}

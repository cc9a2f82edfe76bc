#pragma once
#include <glib.h>
#include <stdbool.h>

/* A device's address as configuration writes it: "base?key=value&key=value", values
 * percent-encoded where they hold & or %. */
typedef struct {
    char *base;
    char **keys, **values; /* both NULL-terminated, of one length */
} SaoyAddress;

void saoy_address_parse(const char *text, SaoyAddress *out);
void saoy_address_clear(SaoyAddress *address);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyAddress, saoy_address_clear)

/* The value of a key, borrowed; fallback when it is not given. */
const char *saoy_address_get(const SaoyAddress *address, const char *key,
                             const char *fallback);

/* The same, taken out of the address; NULL when it is not given. Free with g_free. */
char *saoy_address_take(SaoyAddress *address, const char *key);

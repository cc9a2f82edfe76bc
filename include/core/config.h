#pragma once
#include <gio/gio.h>
#include <stdbool.h>

/* A key file becomes one struct through one table. Unknown sections and keys are errors;
 * all mistakes are reported at once. Afterwards the struct is const. */
typedef enum {
    SAOY_CONFIG_STRING, /* char *, g_free'd by saoy_config_clear */
    SAOY_CONFIG_INT,    /* int */
    SAOY_CONFIG_BOOL,   /* bool */
    SAOY_CONFIG_WORD    /* int: index into words */
} SaoyConfigType;

typedef struct {
    const char *section, *key;
    SaoyConfigType type;
    size_t offset;
    const char *fallback;     /* text as it would stand in the file; NULL: required */
    const char *const *words; /* WORD: NULL-terminated choices */
    int min, max;             /* INT */
    bool secret;              /* masked when printed */
} SaoyConfigKey;

/* Reads path, then path's folder + "/conf.d" *.conf in name order, into the zeroed struct
 * out. path NULL: all fallbacks. NO_MEDIA no such file; MALFORMED names every mistake; then
 * out holds nothing. Free what was read with saoy_config_clear. */
bool saoy_config_read(const char *path, const SaoyConfigKey *keys, size_t n, void *out,
                      GError **error);
void saoy_config_clear(const SaoyConfigKey *keys, size_t n, void *config);

/* "section.key = value" lines, secrets masked. Free with g_free. */
char *saoy_config_print(const SaoyConfigKey *keys, size_t n, const void *config);

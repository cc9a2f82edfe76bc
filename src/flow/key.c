#include "flow/key.h"

#include "vision/mrz.h"
#include "vision/symbol.h"

#include <string.h>

typedef bool Parse(const char *text, SaoyAccessKey *out, GError **error);

/* The texts hold number, name, birth and address, and are forgotten. */
static bool
find(char **texts, Parse *parse, SaoyAccessKey *out)
{
    bool found = false;

    for (char **text = texts; text != NULL && *text != NULL; text++) {
        found = found || parse(*text, out, NULL);
        explicit_bzero(*text, strlen(*text));
    }
    g_strfreev(texts);
    return found;
}

SaoyKeySight
saoy_key_see(const SaoyImage *picture, SaoyAccessKey *out)
{
    char **codes = saoy_symbol_read(picture, NULL);
    bool any_code = codes != NULL && codes[0] != NULL;

    if (find(codes, saoy_access_key_parse, out))
        return SAOY_KEY_CODE;
    if (find(saoy_mrz_see(picture, NULL), saoy_access_key_seen, out))
        return SAOY_KEY_ZONE;
    return any_code ? SAOY_KEY_OTHER_CODE : SAOY_KEY_NONE;
}

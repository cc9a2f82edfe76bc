#include "identity/reader.h"

#include "core/error.h"
#include "mrz.h"

#include <string.h>

void
saoy_access_key_wipe(SaoyAccessKey *key)
{
    explicit_bzero(key, sizeof *key);
}

static bool
is_digits(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!g_ascii_isdigit(text[i]))
            return false;
    return true;
}

/* The CAN is the last six digits of the number (domain.md §4.5). */
static void
take_can(const char *digits, size_t size, SaoyAccessKey *out)
{
    memcpy(out->can, digits + size - 6, 6);
    out->can[6] = '\0';
}

/* Seven fields or more, the first the number (domain.md §4.2). Unsigned: convenience only.
 */
static bool
take_qr(const char *text, SaoyAccessKey *out, GError **error)
{
    unsigned pipes = 0;

    for (const char *c = text; *c != '\0'; c++)
        pipes += *c == '|';
    if (pipes < 6 || strcspn(text, "|") != 12 || !is_digits(text, 12))
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "not the QR code of an identity card");
    take_can(text, 12, out);
    return true;
}

static bool
take_mrz(const char *text, size_t size, SaoyAccessKey *out, GError **error)
{
    SaoyMrz mrz = { 0 };
    bool ok = saoy_mrz_parse((SaoyView){ (const uint8_t *)text, size }, &mrz, error);

    if (ok)
        g_strlcpy(out->mrz_key, mrz.key, sizeof out->mrz_key);
    explicit_bzero(&mrz, sizeof mrz);
    return ok;
}

bool
saoy_access_key_parse(const char *text, SaoyAccessKey *out, GError **error)
{
    size_t size = strnlen(text, 1025);
    g_auto(SaoyAccessKey) key = { 0 };

    while (size > 0 && g_ascii_isspace(*text)) {
        text++;
        size--;
    }
    while (size > 0 && g_ascii_isspace(text[size - 1]))
        size--;
    if ((size == 6 || size == 12) && is_digits(text, size)) {
        take_can(text, size, &key);
    } else if (size > 12 && size <= 1024 && memchr(text, '|', size) != NULL) {
        if (!take_qr(text, &key, error))
            return false;
    } else if (size >= 60 && size <= 128) {
        if (!take_mrz(text, size, &key, error))
            return false;
    } else {
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "neither six digits, nor a card number, nor an MRZ");
    }
    *out = key;
    return true;
}

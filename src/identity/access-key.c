#include "identity/reader.h"

#include "core/error.h"
#include "identity/mrz.h"
#include "lds.h"

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

/* ---- the card's QR code (domain.md §4.2); it is not signed, so it is a convenience only:
 *
 *     number|old number|name|birth date|sex|residence|issue date
 *
 * is the form of 2021. That of 2024 has the same beginning, as far as is known, and more
 * behind it; so the fields are known by their shape, not by their place. */

typedef struct {
    const char *at;
    size_t size;
} Field;

/* The next field of *text, which goes on behind it, NULL at the end. */
static bool
next_field(const char **text, Field *out)
{
    const char *end = *text == NULL ? NULL : strchr(*text, '|');

    if (*text == NULL)
        return false;
    *out = (Field){ *text, end == NULL ? strlen(*text) : (size_t)(end - *text) };
    *text = end == NULL ? NULL : end + 1;
    return true;
}

static bool
is_date(Field field)
{
    char date[11] = "", text[9] = "";
    bool good = field.size == 8 && is_digits(field.at, 8);

    if (good) {
        memcpy(text, field.at + 4, 4);
        memcpy(text + 4, field.at + 2, 2);
        memcpy(text + 6, field.at, 2);
        good = saoy_lds_date((SaoyView){ (const uint8_t *)text, 8 }, date);
    }
    explicit_bzero(text, sizeof text);
    explicit_bzero(date, sizeof date);
    return good;
}

/* 'M', 'F' or '\0'; either normal form of «Nữ». */
static char
sex_of(Field field)
{
    static const char *const words[] = { "Nam", "Nữ", "N\u01b0\u0303", "Nu\u031b\u0303" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (field.size == strlen(words[i]) && memcmp(field.at, words[i], field.size) == 0)
            return i == 0 ? 'M' : 'F';
    return '\0';
}

/* Three digits of the place, one of century and sex, two of the year: as the law was until
 * 2024 and the numbers still are (domain.md §4.4). */
static bool
number_agrees(const char *number, Field birth, char sex)
{
    int place = (number[0] - '0') * 100 + (number[1] - '0') * 10 + number[2] - '0';
    int century = (birth.at[4] - '0') * 10 + birth.at[5] - '0';

    return place >= 1 && place <= 400 &&
           number[3] - '0' == (century - 19) * 2 + (sex == 'F') &&
           strncmp(number + 4, birth.at + 6, 2) == 0;
}

/* A full form is taken as it is: a number that says something else of sex and age breaks no
 * rule any more. A shorter one must be an identity card's by its number. */
static bool
take_qr(const char *text, SaoyAccessKey *out, GError **error)
{
    const char *rest = text;
    Field field = { 0 }, number = { 0 }, birth = { 0 };
    unsigned fields = 0;
    char sex = '\0';

    while (next_field(&rest, &field)) {
        if (fields++ == 0)
            number = field;
        else if (birth.at == NULL && is_date(field))
            birth = field;
        else if (sex == '\0')
            sex = sex_of(field);
    }
    if (number.size != 12 || !is_digits(number.at, 12) || birth.at == NULL || sex == '\0' ||
        fields < 5 || (fields < 7 && !number_agrees(number.at, birth, sex)))
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "not the QR code of an identity card");
    take_can(number.at, 12, out);
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
saoy_access_key_seen(const char *lines, SaoyAccessKey *out, GError **error)
{
    g_auto(SaoyAccessKey) key = { 0 };
    SaoyMrz mrz = { 0 };
    bool good = saoy_mrz_mend(lines, &mrz, error);

    if (good) {
        g_strlcpy(key.mrz_key, mrz.key, sizeof key.mrz_key);
        *out = key;
    }
    explicit_bzero(&mrz, sizeof mrz);
    return good;
}

/* The text without white space around it, or the mark that some writers put before UTF-8.
 */
static size_t
trim(const char **text, size_t size)
{
    if (size >= 3 && memcmp(*text, "\xef\xbb\xbf", 3) == 0) {
        *text += 3;
        size -= 3;
    }
    for (; size > 0 && g_ascii_isspace(**text); size--)
        ++*text;
    while (size > 0 && g_ascii_isspace((*text)[size - 1]))
        size--;
    return size;
}

bool
saoy_access_key_parse(const char *text, SaoyAccessKey *out, GError **error)
{
    size_t size = trim(&text, strnlen(text, 1025));
    g_auto(SaoyAccessKey) key = { 0 };

    if ((size == 6 || size == 12) && is_digits(text, size)) {
        take_can(text, size, &key);
    } else if (size > 12 && size <= 1024 && memchr(text, '|', size) != NULL) {
        if (!take_qr(text, &key, error))
            return false;
    } else if (size >= 60 && size <= 128 && g_ascii_strncasecmp(text, "http", 4) != 0) {
        if (!take_mrz(text, size, &key, error))
            return false;
    } else {
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "neither six digits, nor a card number, nor an identity card's QR "
                         "code, nor an MRZ");
    }
    *out = key;
    return true;
}

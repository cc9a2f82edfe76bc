/* Text and dates as the data groups write them. */
#include "lds.h"

#include "core/text.h"

#include <string.h>

static const struct {
    uint8_t tag;
    const char *charset;
} strings[] = {
    { 0, "UTF-8" },         /* no DER string: LDS text */
    { 0x04, "UTF-8" },      /* OCTET STRING */
    { 0x0c, "UTF-8" },      /* UTF8String */
    { 0x12, "US-ASCII" },   /* NumericString */
    { 0x13, "US-ASCII" },   /* PrintableString */
    { 0x14, "ISO-8859-1" }, /* TeletexString, as everybody writes it */
    { 0x16, "US-ASCII" },   /* IA5String */
    { 0x1a, "US-ASCII" },   /* VisibleString */
    { 0x1b, "ISO-8859-1" }, /* GeneralString */
    { 0x1c, "UTF-32BE" },   /* UniversalString */
    { 0x1e, "UTF-16BE" },   /* BMPString */
};

static const char *
charset_of(uint8_t tag)
{
    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        if (strings[i].tag == tag)
            return strings[i].charset;
    return NULL;
}

/* UTF-8 in a string that may not hold it is the commonest mistake of all. */
static char *
utf8_of(SaoyView value, const char *charset)
{
    const char *bytes = (const char *)value.data;
    bool wide = g_str_has_prefix(charset, "UTF-16") || g_str_has_prefix(charset, "UTF-32");

    if (!wide && g_utf8_validate(bytes, (gssize)value.size, NULL))
        return g_strndup(bytes, value.size);
    if (g_str_equal(charset, "UTF-8"))
        return NULL;
    return g_convert(bytes, (gssize)value.size, "UTF-8", charset, NULL, NULL, NULL);
}

bool
saoy_lds_text(SaoyView value, uint8_t string, char *out, size_t size)
{
    const char *charset = charset_of(string);
    g_autofree char *text = NULL;
    g_autofree char *clean = NULL;
    bool good = false;

    out[0] = '\0';
    if (charset == NULL || value.size == 0 || value.size > SAOY_LDS_TEXT_MAX)
        return false;
    text = utf8_of(value, charset);
    if (text == NULL)
        return false;
    if (string == 0)
        g_strdelimit(text, "<", ' ');
    clean = saoy_text_clean(text, SAOY_LDS_TEXT_MAX);
    good = clean[0] != '\0' && g_strlcpy(out, clean, size) < size;
    if (!good)
        out[0] = '\0';
    explicit_bzero(text, strlen(text));
    explicit_bzero(clean, strlen(clean));
    return good;
}

/* Month and day 0 are unknown; a day without its month is no date. */
static bool
write_date(unsigned year, unsigned month, unsigned day, char out[11])
{
    if (year < 1000 || year > 9999 || month > 12 || (month == 0 && day != 0))
        return false;
    if (day != 0 && !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return false;
    if (day != 0)
        g_snprintf(out, 11, "%04u-%02u-%02u", year, month, day);
    else if (month != 0)
        g_snprintf(out, 11, "%04u-%02u", year, month);
    else
        g_snprintf(out, 11, "%04u", year);
    return true;
}

/* Up to three numbers and their lengths, parted by one mark; '<' counts as 0. 0: it is
 * something else. */
static unsigned
split(SaoyView value, unsigned numbers[3], size_t digits[3])
{
    unsigned n = 0;

    for (size_t i = 0; i < value.size; i++) {
        char c = (char)value.data[i];

        if (g_ascii_isdigit(c) || c == '<') {
            numbers[n] = numbers[n] * 10 + (c == '<' ? 0 : (unsigned)(c - '0'));
            digits[n]++;
        } else if (strchr("/-.", c) == NULL || c == '\0' || digits[n] == 0 || ++n > 2) {
            return 0;
        }
    }
    return digits[n] > 0 ? n + 1 : 0;
}

static bool
take_text(SaoyView value, char out[11])
{
    unsigned part[3] = { 0 };
    size_t digits[3] = { 0 };
    unsigned n = value.size > 10 ? 0 : split(value, part, digits);

    if (n == 1 && digits[0] == 8)
        return write_date(part[0] / 10000, part[0] / 100 % 100, part[0] % 100, out);
    if (n == 1 && digits[0] == 4)
        return write_date(part[0], 0, 0, out);
    if (n == 2 && digits[1] == 4)
        return write_date(part[1], part[0], 0, out);
    if (n == 3 && digits[2] == 4 && digits[0] <= 2 && digits[1] <= 2)
        return write_date(part[2], part[1], part[0], out);
    return n == 3 && digits[0] == 4 && digits[1] <= 2 && digits[2] <= 2 &&
           write_date(part[0], part[1], part[2], out);
}

/* four bytes, two digits each */
static bool
take_bcd(SaoyView value, char out[11])
{
    unsigned part[4] = { 0 };

    for (size_t i = 0; i < 4; i++) {
        if (value.data[i] >> 4 > 9 || (value.data[i] & 15) > 9)
            return false;
        part[i] = (unsigned)(value.data[i] >> 4) * 10 + (value.data[i] & 15);
    }
    return write_date(part[0] * 100 + part[1], part[2], part[3], out);
}

bool
saoy_lds_date(SaoyView value, char out[11])
{
    out[0] = '\0';
    return (value.size == 4 && take_bcd(value, out)) || take_text(value, out);
}

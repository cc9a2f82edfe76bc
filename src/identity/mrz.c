#include "mrz.h"

#include "core/error.h"

#include <stdio.h>
#include <string.h>

/* where the fields stand: first character and length, in the zone written as one line */
typedef struct {
    size_t from, size;
} Place;

typedef struct {
    size_t size;
    Place issuer, nationality, document, optional, birth, expiry, sex, names;
    Place composite[4]; /* what the last check digit covers */
    size_t composite_at;
} Layout;

static const Layout td1 = {
    .size = 90,
    .issuer = { 2, 3 },
    .document = { 5, 9 },
    .optional = { 15, 15 },
    .birth = { 30, 6 },
    .sex = { 37, 1 },
    .expiry = { 38, 6 },
    .nationality = { 45, 3 },
    .names = { 60, 30 },
    .composite = { { 5, 25 }, { 30, 7 }, { 38, 7 }, { 48, 11 } },
    .composite_at = 59,
};
static const Layout td3 = {
    .size = 88,
    .issuer = { 2, 3 },
    .names = { 5, 39 },
    .document = { 44, 9 },
    .nationality = { 54, 3 },
    .birth = { 57, 6 },
    .sex = { 64, 1 },
    .expiry = { 65, 6 },
    .optional = { 72, 14 },
    .composite = { { 44, 10 }, { 57, 7 }, { 65, 22 } },
    .composite_at = 87,
};

/* 0..35, fillers 0; -1 outside the alphabet */
static int
value_of(char c)
{
    if (g_ascii_isdigit(c))
        return c - '0';
    if (g_ascii_isupper(c))
        return c - 'A' + 10;
    return c == '<' ? 0 : -1;
}

static int
weighted_sum(const char *text, size_t size, size_t *position, int sum)
{
    static const int weights[] = { 7, 3, 1 };

    for (size_t i = 0; i < size && sum >= 0; i++, (*position)++) {
        int value = value_of(text[i]);

        sum = value < 0 ? -1 : sum + value * weights[*position % 3];
    }
    return sum;
}

char
saoy_mrz_check(const char *text, size_t size)
{
    size_t position = 0;
    int sum = weighted_sum(text, size, &position, 0);

    if (sum < 0)
        return '\0';
    return (char)('0' + sum % 10);
}

static char
composite_of(const char *zone, const Layout *layout)
{
    size_t position = 0;
    int sum = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(layout->composite); i++)
        sum = weighted_sum(zone + layout->composite[i].from, layout->composite[i].size,
                           &position, sum);
    return (char)('0' + sum % 10);
}

/* Copies without the fillers at the end. */
static void
copy_field(const char *zone, Place place, char *out)
{
    size_t size = place.size;

    while (size > 0 && zone[place.from + size - 1] == '<')
        size--;
    memcpy(out, zone + place.from, size);
    out[size] = '\0';
}

static void
copy_words(const char *text, size_t size, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < size; i++) {
        bool filler = text[i] == '<';

        if (!filler)
            out[n++] = text[i];
        else if (n > 0 && out[n - 1] != ' ')
            out[n++] = ' ';
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}

static void
copy_names(const char *zone, Place place, SaoyMrz *out)
{
    const char *names = zone + place.from;
    const char *gap = g_strstr_len(names, (gssize)place.size, "<<");
    size_t first = gap == NULL ? place.size : (size_t)(gap - names);

    copy_words(names, first, out->surname);
    copy_words(names + first, place.size - first, out->given);
}

static bool
check_digit(const char *zone, Place place, const char *what, GError **error)
{
    char expected = saoy_mrz_check(zone + place.from, place.size);
    char found = zone[place.from + place.size];

    if (found == expected)
        return true;
    return saoy_fail(error, SAOY_ERROR_MALFORMED, "MRZ: the check digit of the %s is wrong",
                     what);
}

/* ICAO 9303-5, note j: a filler in place of the check digit says that the number goes on in
 * the optional data, up to its own check digit. */
static bool
take_long_document(const char *zone, SaoyMrz *out, GError **error)
{
    const char *rest = zone + td1.optional.from;
    size_t n = 0;

    while (n < td1.optional.size && rest[n] != '<')
        n++;
    if (n < 2 || n > 6)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "MRZ: document number");
    memcpy(out->document, zone + td1.document.from, 9);
    memcpy(out->document + 9, rest, n - 1);
    out->document[9 + n - 1] = '\0';
    if (saoy_mrz_check(out->document, 9 + n - 1) != rest[n - 1])
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "MRZ: the check digit of the document number is wrong");
    g_snprintf(out->key, sizeof out->key, "%s%c%.7s%.7s", out->document, rest[n - 1],
               zone + td1.birth.from, zone + td1.expiry.from);
    return true;
}

static bool
take_document(const char *zone, const Layout *layout, SaoyMrz *out, GError **error)
{
    const char *number = zone + layout->document.from;

    if (layout == &td1 && number[9] == '<' && zone[layout->optional.from] != '<')
        return take_long_document(zone, out, error);
    if (!check_digit(zone, layout->document, "document number", error))
        return false;
    copy_field(zone, layout->document, out->document);
    g_snprintf(out->key, sizeof out->key, "%.10s%.7s%.7s", number,
               zone + layout->birth.from, zone + layout->expiry.from);
    return true;
}

static bool
parse_zone(const char *zone, const Layout *layout, bool names, SaoyMrz *out, GError **error)
{
    if (!take_document(zone, layout, out, error) ||
        !check_digit(zone, layout->birth, "birth date", error) ||
        !check_digit(zone, layout->expiry, "expiry date", error))
        return false;
    if (composite_of(zone, layout) != zone[layout->composite_at])
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "MRZ: the last check digit is wrong");
    copy_field(zone, layout->issuer, out->issuer);
    copy_field(zone, layout->nationality, out->nationality);
    copy_field(zone, layout->optional, out->optional);
    copy_field(zone, layout->birth, out->birth);
    copy_field(zone, layout->expiry, out->expiry);
    out->sex = zone[layout->sex.from];
    if (names)
        copy_names(zone, layout->names, out);
    return true;
}

static size_t
squeeze(SaoyView text, char out[91], GError **error)
{
    size_t n = 0;

    for (size_t i = 0; i < text.size; i++) {
        char c = (char)text.data[i];

        if (g_ascii_isspace(c))
            continue;
        if (value_of(c) < 0 || n == 90) {
            saoy_set_error(error, SAOY_ERROR_MALFORMED,
                           "MRZ: only A-Z, 0-9 and < stand in it");
            return 0;
        }
        out[n++] = c;
    }
    if (n != 60 && n != 88 && n != 90) {
        saoy_set_error(error, SAOY_ERROR_MALFORMED,
                       "MRZ: %zu characters, not 90 (card) or 88 (passport)", n);
        return 0;
    }
    out[n] = '\0';
    return n;
}

bool
saoy_mrz_parse(SaoyView text, SaoyMrz *out, GError **error)
{
    char zone[91] = "";
    SaoyMrz mrz = { 0 };
    size_t n = squeeze(text, zone, error);
    bool ok = n > 0 && parse_zone(zone, n == td3.size ? &td3 : &td1, n != 60, &mrz, error);

    if (ok)
        *out = mrz;
    explicit_bzero(zone, sizeof zone);
    explicit_bzero(&mrz, sizeof mrz);
    return ok;
}

/* A date without month and day is possible in an MRZ; ours are always whole. */
static bool
take_date(const char *yymmdd, int out[3], GError **error)
{
    for (size_t i = 0; i < 6; i++) {
        if (!g_ascii_isdigit(yymmdd[i]))
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "MRZ: date");
        out[i / 2] = (i % 2 == 0 ? 0 : out[i / 2] * 10) + yymmdd[i] - '0';
    }
    return true;
}

/* The last year with these two digits that is not behind `latest`. */
static bool
write_date(const char *yymmdd, int latest, char out[11], GError **error)
{
    int n[3] = { 0 };

    if (!take_date(yymmdd, n, error))
        return false;
    n[0] = latest - (latest - n[0]) % 100;
    if (!g_date_valid_dmy((GDateDay)n[2], (GDateMonth)n[1], (GDateYear)n[0]))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "MRZ: date");
    g_snprintf(out, 11, "%04d-%02d-%02d", n[0], n[1], n[2]);
    return true;
}

bool
saoy_mrz_birth(const char *yymmdd, int today_year, char out[11], GError **error)
{
    return write_date(yymmdd, today_year, out, error);
}

bool
saoy_mrz_expiry(const char *yymmdd, int today_year, char out[11], GError **error)
{
    if (strcmp(yymmdd, "991231") == 0) {
        out[0] = '\0';
        return true;
    }
    return write_date(yymmdd, today_year + 50, out, error);
}

void
saoy_mrz_td1(const char *number, const char *name, const char *birth, char sex,
             const char *expiry, char out[91])
{
    size_t n = 60;

    memset(out, '<', 90);
    out[90] = '\0';
    memcpy(out, "IDVNM", 5);
    memcpy(out + 5, number + 3, 9);
    out[14] = saoy_mrz_check(out + 5, 9);
    memcpy(out + 15, number, 12);
    out[29] = saoy_mrz_check(out + 15, 14);
    memcpy(out + 30, birth, 6);
    out[36] = saoy_mrz_check(out + 30, 6);
    out[37] = sex;
    memcpy(out + 38, expiry, 6);
    out[44] = saoy_mrz_check(out + 38, 6);
    memcpy(out + 45, "VNM", 3);
    out[59] = composite_of(out, &td1);
    for (const char *c = name; *c != '\0' && n < 90; c++) {
        /* the family name is the first word and ends in two fillers */
        if (*c == ' ' && memchr(name, ' ', (size_t)(c - name)) == NULL)
            n++;
        if (n < 90)
            out[n] = *c == ' ' ? '<' : *c;
        n++;
    }
}

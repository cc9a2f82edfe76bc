#include "identity/mrz.h"

#include "core/error.h"

#include <stdio.h>
#include <string.h>

/* where the fields stand: first character and length, in the zone written as one line */
typedef struct {
    size_t from, size;
} Place;

typedef struct {
    size_t size;
    Place issuer, nationality, document, optional, optional_2, birth, expiry, sex, names;
    bool optional_checked; /* a check digit stands behind the optional data */
    Place composite[4];    /* what the last check digit covers */
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
    .optional_2 = { 48, 11 },
    .names = { 60, 30 },
    .composite = { { 5, 25 }, { 30, 7 }, { 38, 7 }, { 48, 11 } },
    .composite_at = 59,
};
static const Layout td2 = {
    .size = 72,
    .issuer = { 2, 3 },
    .names = { 5, 31 },
    .document = { 36, 9 },
    .nationality = { 46, 3 },
    .birth = { 49, 6 },
    .sex = { 56, 1 },
    .expiry = { 57, 6 },
    .optional = { 64, 7 },
    .composite = { { 36, 10 }, { 49, 7 }, { 57, 14 } },
    .composite_at = 71,
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
    .optional_checked = true,
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
    out->name_cut = names[place.size - 1] != '<';
}

/* Of what is not there the check digit may be left out as well (ICAO 9303-4, 4.2.2). */
static bool
check_digit(const char *zone, Place place, const char *what, GError **error)
{
    char expected = saoy_mrz_check(zone + place.from, place.size);
    char found = zone[place.from + place.size];
    bool empty = true;

    for (size_t i = 0; i < place.size; i++)
        empty = empty && zone[place.from + i] == '<';
    if (found == expected || (found == '<' && empty))
        return true;
    return saoy_fail(error, SAOY_ERROR_MALFORMED, "MRZ: the check digit of the %s is wrong",
                     what);
}

/* ICAO 9303-5, note j: a filler in place of the check digit says that the number goes on in
 * the optional data, up to its own check digit. */
static bool
take_long_document(const char *zone, const Layout *layout, SaoyMrz *out, GError **error)
{
    const char *rest = zone + layout->optional.from;
    size_t n = 0;

    while (n < layout->optional.size && rest[n] != '<')
        n++;
    if (n < 2)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "MRZ: document number");
    memcpy(out->document, zone + layout->document.from, 9);
    memcpy(out->document + 9, rest, n - 1);
    out->document[9 + n - 1] = '\0';
    if (saoy_mrz_check(out->document, 9 + n - 1) != rest[n - 1])
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "MRZ: the check digit of the document number is wrong");
    g_snprintf(out->key, sizeof out->key, "%s%c%.7s%.7s", out->document, rest[n - 1],
               zone + layout->birth.from, zone + layout->expiry.from);
    return true;
}

static bool
take_document(const char *zone, const Layout *layout, SaoyMrz *out, GError **error)
{
    const char *number = zone + layout->document.from;

    if (layout != &td3 && number[9] == '<' && zone[layout->optional.from] != '<')
        return take_long_document(zone, layout, out, error);
    if (!check_digit(zone, layout->document, "document number", error))
        return false;
    copy_field(zone, layout->document, out->document);
    g_snprintf(out->key, sizeof out->key, "%.10s%.7s%.7s", number,
               zone + layout->birth.from, zone + layout->expiry.from);
    return true;
}

static bool
check_zone(const char *zone, const Layout *layout, GError **error)
{
    if (!check_digit(zone, layout->birth, "birth date", error) ||
        !check_digit(zone, layout->expiry, "expiry date", error) ||
        (layout->optional_checked &&
         !check_digit(zone, layout->optional, "personal number", error)))
        return false;
    return composite_of(zone, layout) == zone[layout->composite_at] ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "MRZ: the last check digit is wrong");
}

static bool
parse_zone(const char *zone, const Layout *layout, bool names, SaoyMrz *out, GError **error)
{
    if (!take_document(zone, layout, out, error) || !check_zone(zone, layout, error))
        return false;
    copy_field(zone, (Place){ 0, 2 }, out->code);
    copy_field(zone, layout->issuer, out->issuer);
    copy_field(zone, layout->nationality, out->nationality);
    copy_field(zone, layout->optional, out->optional);
    copy_field(zone, layout->optional_2, out->optional_2);
    memcpy(out->birth, zone + layout->birth.from, 6);
    memcpy(out->expiry, zone + layout->expiry.from, 6);
    out->sex = zone[layout->sex.from];
    if (names)
        copy_names(zone, layout->names, out);
    return true;
}

static const Layout *
layout_of(size_t size)
{
    static const Layout *const layouts[] = { &td1, &td2, &td3 };

    for (size_t i = 0; i < G_N_ELEMENTS(layouts); i++)
        if (layouts[i]->size == size)
            return layouts[i];
    return size == 60 ? &td1 : NULL;
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
    if (layout_of(n) == NULL) {
        saoy_set_error(error, SAOY_ERROR_MALFORMED,
                       "MRZ: %zu characters, not 90 (card), 88 (passport) or 72", n);
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
    bool ok = n > 0 && parse_zone(zone, layout_of(n), n != 60, &mrz, error);

    if (ok)
        *out = mrz;
    explicit_bzero(zone, sizeof zone);
    explicit_bzero(&mrz, sizeof mrz);
    return ok;
}

/* Two characters each; -1 where "<<" stands for what is not known. */
static bool
take_date(const char *yymmdd, int out[3], GError **error)
{
    if (strlen(yymmdd) != 6)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "MRZ: date");
    for (size_t i = 0; i < 3; i++) {
        const char *at = yymmdd + 2 * i;
        bool unknown = at[0] == '<' && at[1] == '<';

        if (!unknown && (!g_ascii_isdigit(at[0]) || !g_ascii_isdigit(at[1])))
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "MRZ: date");
        out[i] = unknown ? -1 : (at[0] - '0') * 10 + at[1] - '0';
    }
    return true;
}

/* The last year with these two digits in which that day is not after `latest` (yyyymmdd).
 */
static int
year_of(const int date[3], int latest)
{
    int day = MAX(date[1], 1) * 100 + MAX(date[2], 1);
    int year = latest / 10000 - (latest / 10000 - date[0]) % 100;

    return year * 10000 + day > latest ? year - 100 : year;
}

static bool
write_date(const char *yymmdd, int latest, char out[11], GError **error)
{
    int n[3] = { 0 };
    int year;

    if (!take_date(yymmdd, n, error))
        return false;
    if (n[0] < 0) {
        out[0] = '\0';
        return true;
    }
    year = year_of(n, latest);
    if (!g_date_valid_dmy((GDateDay)(n[2] < 0 ? 1 : n[2]),
                          (GDateMonth)(n[1] < 0 ? 1 : n[1]), (GDateYear)year))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "MRZ: date");
    if (n[1] < 0)
        g_snprintf(out, 11, "%04d", year);
    else if (n[2] < 0)
        g_snprintf(out, 11, "%04d-%02d", year, n[1]);
    else
        g_snprintf(out, 11, "%04d-%02d-%02d", year, n[1], n[2]);
    return true;
}

bool
saoy_mrz_birth(const char *yymmdd, int today, char out[11], GError **error)
{
    return write_date(yymmdd, today, out, error);
}

bool
saoy_mrz_expiry(const char *yymmdd, int today, char out[11], GError **error)
{
    if (strcmp(yymmdd, "991231") == 0) {
        out[0] = '\0';
        return true;
    }
    return write_date(yymmdd, today + 50 * 10000, out, error);
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

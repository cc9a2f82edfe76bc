/* What a camera saw is put right before it counts: where only digits can stand, an O is a
 * 0; where both can, a check digit says which it is. */
#include "identity/mrz.h"

#include "core/error.h"

#include <string.h>

/* What stands at each place: D digits, A letters, X both, S the sex; all may be '<'. */
/* clang-format off */
static const struct {
    size_t size;
    const char *issuer; /* "": any */
    const char *places;
} kinds[] = {
    { 60, "VNM", "AAAAA" "DDDDDDDDD" "D" "DDDDDDDDDDDDDDD" "DDDDDDDSDDDDDDDAAA" "XXXXXXXXXXX" "D" },
    { 60, "", "AAAAA" "XXXXXXXXX" "D" "XXXXXXXXXXXXXXX" "DDDDDDDSDDDDDDDAAA" "XXXXXXXXXXX" "D" },
    { 72, "", "AAAAA" "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" "XXXXXXXXX" "DAAADDDDDDDSDDDDDDD"
              "XXXXXXX" "D" },
    { 88, "VNM", "AAAAA" "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" "ADDDDDDDD"
                 "DAAADDDDDDDSDDDDDDD" "DDDDDDDDDDDDDD" "DD" },
    { 88, "", "AAAAA" "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" "XXXXXXXXX"
              "DAAADDDDDDDSDDDDDDD" "XXXXXXXXXXXXXX" "DD" },
};
/* clang-format on */

/* Look-alikes; the letters beside 0 that are no O are only taken for one where no letter
 * can stand. */
static const char digits_of[] = "O0Q0D0U0I1L1Z2A4S5G6T7B8";
static const char letters_of[] = "0O1I2Z4A5S6G8B";

static char
other(const char *pairs, char c)
{
    for (; *pairs != '\0'; pairs += 2)
        if (pairs[0] == c)
            return pairs[1];
    return '?';
}

static char
put_right(char c, char place)
{
    if (c == '<' || place == 'X')
        return c;
    if (place == 'D')
        return g_ascii_isdigit(c) ? c : other(digits_of, c);
    if (place == 'A')
        return g_ascii_isupper(c) ? c : other(letters_of, c);
    return c == 'M' || c == 'F' ? c : '<';
}

static const char *
places_of(const char *zone, size_t size)
{
    char issuer[4] = "";

    for (size_t i = 0; i < 3; i++)
        issuer[i] = put_right(zone[2 + i], 'A');
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i].size == size &&
            (kinds[i].issuer[0] == '\0' || g_str_equal(kinds[i].issuer, issuer)))
            return kinds[i].places;
    return NULL;
}

static bool
is_date(const char *yymmdd)
{
    char date[11] = "";

    return saoy_mrz_birth(yymmdd, 20991231, date, NULL);
}

/* A Vietnamese card writes its number twice, and the second time with a digit of its own:
 * nine digits and twelve that end in them (domain.md §4.3). */
static bool
agrees(const char *zone, size_t size)
{
    bool card = size == 60 && strncmp(zone + 2, "VNM", 3) == 0;

    return !card || (strncmp(zone + 5, zone + 18, 9) == 0 &&
                     saoy_mrz_check(zone + 15, 14) == zone[29]);
}

static bool
holds(const char *zone, size_t size, SaoyMrz *out)
{
    const SaoyView text = { (const uint8_t *)zone, size };

    return agrees(zone, size) && saoy_mrz_parse(text, out, NULL) && is_date(out->birth) &&
           is_date(out->expiry) && strchr(size == 88 ? "P" : "ACI", out->code[0]) != NULL;
}

/* One O in the document number is a 0, or the other way about: the only one that makes all
 * digits hold, or none. Every pair more that is tried holds by chance one time in ten. */
static bool
try_zeros(char *zone, const char *places, size_t size, SaoyMrz *out)
{
    SaoyMrz mrz = { 0 };
    unsigned ways = 0;

    for (size_t i = size == 60 ? 5 : size / 2, end = i + 9; i < end; i++) {
        char seen = zone[i];

        if (places[i] != 'X' || (seen != 'O' && seen != '0'))
            continue;
        zone[i] = seen == 'O' ? '0' : 'O';
        if (holds(zone, size, &mrz)) {
            *out = mrz;
            ways++;
        }
        zone[i] = seen;
    }
    explicit_bzero(&mrz, sizeof mrz);
    return ways == 1;
}

/* A name is not needed, so what cannot be read in it is left out. */
static bool
put_all_right(const char *seen, size_t size, const char *places, char *out)
{
    for (size_t i = 0; i < size; i++) {
        out[i] = put_right(seen[i], places[i]);
        if (out[i] == '?' && size != 60 && i >= 5 && i < size / 2)
            out[i] = '<';
        if (out[i] == '?')
            return false;
    }
    return true;
}

bool
saoy_mrz_mend(const char *seen, SaoyMrz *out, GError **error)
{
    char zone[89] = "", mended[89] = "";
    const char *places;
    SaoyMrz mrz = { 0 };
    size_t n = 0;
    bool good = false;

    for (; *seen != '\0' && n < sizeof zone - 1; seen++)
        if (*seen != '\n')
            zone[n++] = *seen;
    places = n >= 60 ? places_of(zone, n) : NULL;
    if (places != NULL && put_all_right(zone, n, places, mended))
        good = holds(mended, n, &mrz) || try_zeros(mended, places, n, &mrz);
    if (good)
        *out = mrz;
    explicit_bzero(zone, sizeof zone);
    explicit_bzero(mended, sizeof mended);
    explicit_bzero(&mrz, sizeof mrz);
    return good ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "MRZ: what was seen does not hold");
}

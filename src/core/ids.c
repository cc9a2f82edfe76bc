#include "core/ids.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/ossl.h"

#include <string.h>

#define TOKEN_BYTES 10
#define TOKEN_CHARS 16

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* ISO 7064 MOD 97-10 over letters and digits, A = 10 … Z = 35; the rest is passed over. */
static unsigned
mod97(const char *text, size_t n)
{
    unsigned rest = 0;

    for (size_t i = 0; i < n; i++) {
        if (g_ascii_isdigit(text[i]))
            rest = (rest * 10 + (unsigned)(text[i] - '0')) % 97;
        else if (g_ascii_isupper(text[i]))
            rest = (rest * 100 + (unsigned)(text[i] - 'A') + 10) % 97;
    }
    return rest;
}

char *
saoy_dossier_id_new(const char *unit, int64_t wall_us, unsigned serial)
{
    int year = 0, month = 0, day = 0;

    saoy_time_day(wall_us, &year, &month, &day);
    return g_strdup_printf("%s-%02d%02d%02d-%04u", unit, year % 100, month, day, serial);
}

bool
saoy_dossier_id_check(const char *id)
{
    return strnlen(id, 65) <= 64 &&
           g_regex_match_simple("^H\\d{2}(\\.\\d{1,3}){0,3}-\\d{6}-\\d{4,7}$", id,
                                G_REGEX_DOLLAR_ENDONLY, 0);
}

char *
saoy_copy_id_new(const char *dossier_id, unsigned document)
{
    g_autofree char *body = g_strdup_printf("%s.%02u", dossier_id, document);
    g_autofree char *padded = g_strconcat(body, "00", NULL);

    return g_strdup_printf("%s-%02u", body, 98 - mod97(padded, strlen(padded)));
}

bool
saoy_copy_id_check(const char *copy_id)
{
    size_t n = strnlen(copy_id, 65);

    if (n > 64 || !g_regex_match_simple("^H\\d{2}(\\.\\d{1,3}){0,3}-\\d{6}-\\d{4,7}"
                                        "\\.(0[1-9]|1\\d|20)-\\d{2}$",
                                        copy_id, G_REGEX_DOLLAR_ENDONLY, 0))
        return false;
    return mod97(copy_id, n) == 1;
}

char *
saoy_token_new(void)
{
    uint8_t random[TOKEN_BYTES];
    char text[TOKEN_CHARS + 1] = "";

    /* without randomness nothing secret can be promised */
    if (!saoy_random(random, sizeof random, NULL))
        g_assert_not_reached();
    for (unsigned i = 0; i < TOKEN_CHARS; i++) {
        unsigned bit = 5 * i;
        unsigned pair = (unsigned)random[bit / 8] << 8;

        if (bit / 8 + 1 < TOKEN_BYTES)
            pair |= random[bit / 8 + 1];
        text[i] = crockford[pair >> (11 - bit % 8) & 31];
    }
    explicit_bzero(random, sizeof random);
    return g_strdup(text);
}

bool
saoy_token_check(const char *token)
{
    return strnlen(token, TOKEN_CHARS + 1) == TOKEN_CHARS &&
           strspn(token, crockford) == TOKEN_CHARS;
}

char *
saoy_random_hex(unsigned n_bytes)
{
    g_autofree uint8_t *random = g_malloc(n_bytes);

    if (!saoy_random(random, n_bytes, NULL))
        g_assert_not_reached();
    return saoy_hex((SaoyView){ random, n_bytes });
}

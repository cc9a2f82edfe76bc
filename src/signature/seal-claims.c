#include "seal-claims.h"

#include "cbor.h"

#include "core/error.h"

#include <string.h>

#define COUNTRY "VN"
#define CLAIM_ISSUER 1
#define CLAIM_EXPIRY 4
#define CLAIM_ISSUED_AT 6
#define CLAIM_COPY (-65537) /* first of RFC 8392's private use */
#define MAX_PAGES 10000

typedef enum { TEXT, COUNT, DIGEST } Kind;

/* clang-format off */
static const struct {
    int64_t key;
    Kind kind;
    size_t offset;
    bool required;
} claims[] = {
    { 1,  TEXT,   offsetof(SaoySeal, copy_id),        true },
    { 2,  COUNT,  offsetof(SaoySeal, file_pages),     true },
    { 3,  TEXT,   offsetof(SaoySeal, title),          false },
    { 4,  TEXT,   offsetof(SaoySeal, holder),         false },
    { 5,  TEXT,   offsetof(SaoySeal, issuer),         false },
    { 6,  TEXT,   offsetof(SaoySeal, office),         false },
    { 7,  DIGEST, offsetof(SaoySeal, content_digest), true },
    { 9,  COUNT,  offsetof(SaoySeal, scanned_pages),  false },
    { 10, TEXT,   offsetof(SaoySeal, officer),        false },
};
/* clang-format on */

void
saoy_seal_clear(SaoySeal *seal)
{
    for (size_t i = 0; i < G_N_ELEMENTS(claims); i++)
        if (claims[i].kind == TEXT)
            g_free(G_STRUCT_MEMBER(char *, seal, claims[i].offset));
    *seal = (SaoySeal){ 0 };
}

static bool
is_present(const SaoySeal *seal, size_t i)
{
    const uint8_t *at = (const uint8_t *)seal + claims[i].offset;

    if (claims[i].required)
        return true;
    if (claims[i].kind != TEXT)
        return *(const unsigned *)at != 0;
    const char *text = *(char *const *)at;
    return text != NULL && *text != '\0';
}

/* Names and titles are read by people: nothing that moves or turns what is shown. */
static bool
check_text(const char *text, GError **error)
{
    if (*text == '\0')
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "seal: a text is empty");
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (g_unichar_iscntrl(c) || (c >= 0x202a && c <= 0x202e) ||
            (c >= 0x2066 && c <= 0x2069))
            return saoy_fail(error, SAOY_ERROR_MALFORMED,
                             "seal: a text holds a control character");
    }
    return true;
}

bool
saoy_claims_check(const SaoySeal *seal, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(claims); i++)
        if (claims[i].kind == TEXT && is_present(seal, i) &&
            !check_text(G_STRUCT_MEMBER(char *, seal, claims[i].offset), error))
            return false;
    return true;
}

static void
write_claim(GByteArray *out, const SaoySeal *seal, size_t i, const char *title)
{
    const uint8_t *at = (const uint8_t *)seal + claims[i].offset;

    saoy_cbor_int(out, claims[i].key);
    if (claims[i].kind == DIGEST)
        saoy_cbor_bytes(out, (SaoyView){ at, sizeof(seal->content_digest) });
    else if (claims[i].kind == COUNT)
        saoy_cbor_int(out, *(const unsigned *)at);
    else if (claims[i].offset == offsetof(SaoySeal, title))
        saoy_cbor_text(out, title);
    else
        saoy_cbor_text(out, *(char *const *)at);
}

/* Keys come in the bytewise order of their encodings: 1, 4, 6, -65537. */
GBytes *
saoy_claims_write(const SaoySeal *seal, const char *title)
{
    GByteArray *out = g_byte_array_new();
    unsigned n = 0;

    saoy_cbor_head(out, SAOY_CBOR_MAP, seal->expires_at_s != 0 ? 4 : 3);
    saoy_cbor_int(out, CLAIM_ISSUER);
    saoy_cbor_text(out, COUNTRY);
    if (seal->expires_at_s != 0) {
        saoy_cbor_int(out, CLAIM_EXPIRY);
        saoy_cbor_int(out, seal->expires_at_s);
    }
    saoy_cbor_int(out, CLAIM_ISSUED_AT);
    saoy_cbor_int(out, seal->issued_at_s);
    saoy_cbor_int(out, CLAIM_COPY);
    for (size_t i = 0; i < G_N_ELEMENTS(claims); i++)
        n += is_present(seal, i);
    saoy_cbor_head(out, SAOY_CBOR_MAP, n);
    for (size_t i = 0; i < G_N_ELEMENTS(claims); i++)
        if (is_present(seal, i))
            write_claim(out, seal, i, title);
    return g_byte_array_free_to_bytes(out);
}

static bool
read_count(SaoyView *in, unsigned *out, GError **error)
{
    int64_t number = 0;

    if (!saoy_cbor_take_int(in, &number, error))
        return false;
    if (number < 1 || number > MAX_PAGES)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "seal: page count out of range");
    *out = (unsigned)number;
    return true;
}

static bool
read_digest(SaoyView *in, uint8_t out[32], GError **error)
{
    SaoyView digest = { 0 };

    if (!saoy_cbor_take_bytes(in, &digest, error))
        return false;
    if (digest.size != 32)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "seal: digest of %zu bytes",
                         digest.size);
    memcpy(out, digest.data, 32);
    return true;
}

static bool
read_claim(SaoyView *in, SaoySeal *out, size_t i, GError **error)
{
    void *at = (uint8_t *)out + claims[i].offset;

    if (claims[i].kind == DIGEST)
        return read_digest(in, at, error);
    if (claims[i].kind == COUNT)
        return read_count(in, at, error);
    return saoy_cbor_take_text(in, at, error) && check_text(*(char **)at, error);
}

/* Our keys ascend in the table as they must in the bytes, so one pass sees order, doubles
 * and strangers alike: a key that is not found behind the last one is refused. */
static bool
find_claim(int64_t key, size_t *next, GError **error)
{
    for (size_t i = *next; i < G_N_ELEMENTS(claims); i++) {
        if (claims[i].key == key) {
            *next = i;
            return true;
        }
        if (claims[i].required)
            break;
    }
    return saoy_fail(
        error, SAOY_ERROR_MALFORMED,
        "seal: claim %" G_GINT64_FORMAT " out of order, unknown, or one is absent", key);
}

static bool
read_copy_claims(SaoyView *in, SaoySeal *out, GError **error)
{
    uint64_t n = 0;
    size_t next = 0;
    int64_t key = 0;

    if (!saoy_cbor_take(in, SAOY_CBOR_MAP, &n, error))
        return false;
    if (n > G_N_ELEMENTS(claims))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "seal: too many claims");
    for (; n > 0; n--, next++)
        if (!saoy_cbor_take_int(in, &key, error) || !find_claim(key, &next, error) ||
            !read_claim(in, out, next, error))
            return false;
    for (; next < G_N_ELEMENTS(claims); next++)
        if (claims[next].required)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "seal: claim absent");
    return true;
}

static bool
expect_key(SaoyView *in, int64_t key, GError **error)
{
    int64_t found = 0;

    if (!saoy_cbor_take_int(in, &found, error))
        return false;
    return found == key ||
           saoy_fail(error, SAOY_ERROR_MALFORMED,
                     "seal: claim %" G_GINT64_FORMAT " where %" G_GINT64_FORMAT " must be",
                     found, key);
}

static bool
read_country(SaoyView *in, GError **error)
{
    g_autofree char *country = NULL;

    if (!expect_key(in, CLAIM_ISSUER, error) || !saoy_cbor_take_text(in, &country, error))
        return false;
    return g_str_equal(country, COUNTRY) ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "seal: issuer is not " COUNTRY);
}

static bool
read_times(SaoyView *in, bool expires, SaoySeal *out, GError **error)
{
    if (expires && (!expect_key(in, CLAIM_EXPIRY, error) ||
                    !saoy_cbor_take_int(in, &out->expires_at_s, error)))
        return false;
    if (!expect_key(in, CLAIM_ISSUED_AT, error) ||
        !saoy_cbor_take_int(in, &out->issued_at_s, error))
        return false;
    return (out->issued_at_s >= 0 && (!expires || out->expires_at_s > out->issued_at_s)) ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "seal: times make no sense");
}

bool
saoy_claims_read(SaoyView payload, SaoySeal *out, GError **error)
{
    g_auto(SaoySeal) seal = { 0 };
    uint64_t n = 0;

    if (!saoy_cbor_take(&payload, SAOY_CBOR_MAP, &n, error))
        return false;
    if (n != 3 && n != 4)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "seal: claims missing or unknown");
    if (!read_country(&payload, error) || !read_times(&payload, n == 4, &seal, error) ||
        !expect_key(&payload, CLAIM_COPY, error) ||
        !read_copy_claims(&payload, &seal, error))
        return false;
    if (payload.size > 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "seal: bytes behind the claims");
    *out = seal;
    seal = (SaoySeal){ 0 };
    return true;
}

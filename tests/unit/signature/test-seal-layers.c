/* What may be wrong with a seal, layer by layer, each with what is said about it: the text,
 * Base45, base64url, zlib, COSE, deterministic CBOR, the claims, the key, time, the lists.
 */
#include "signature/seal-list.h"
#include "signature/seal.h"

#include "base45.h"
#include "pki.h"

#include "core/error.h"

/* The worked example of the seal: protected header, claims, signature. */
#define HEADER "a201260448fc64b8a019dc838d"
#define CLAIMS                                                                           \
    "a30162564e061a69153ec03a00010000a4017130312d323032352d303030313233343536020304781e" \
    "4e475559e1bb844e205448e1bb8a205048c6afc6a04e47205448e1baa24f0758202d711642b726b0"   \
    "4401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
#define SIGNATURE                                                                      \
    "9e8fd4010fc392ec990559e7d6279959ebce682ca57287d3fbe206e5ce67195e26201c3f7c2320d3" \
    "719ae8040776f26377976d16513f33a9085d2ef52c0c5b01"
#define HEAD "d2844d" HEADER "a0"
#define PAYLOAD "586a" CLAIMS

static char *
whole(const char *claims)
{
    size_t size = strlen(claims) / 2;
    g_autofree char *head = size < 24    ? g_strdup_printf("%02zx", 0x40 + size)
                            : size < 256 ? g_strdup_printf("58%02zx", size)
                                         : g_strdup_printf("59%04zx", size);

    return g_strconcat(HEAD, head, claims, "5840" SIGNATURE, NULL);
}

static char *
base64url(GBytes *bytes)
{
    g_autofree char *text = saoy_seal_text("x", bytes);

    return g_strdup(text + 2);
}

static char *
vc1(GBytes *bytes)
{
    g_autofree char *code = saoy_base45_encode(saoy_view_of(bytes));

    return g_strconcat("VC1:", code, NULL);
}

static void
assert_says(const GError *error, int code, const char *word)
{
    g_test_message("%s", error != NULL ? error->message : "no error");
    g_assert_error(error, SAOY_ERROR, code);
    g_assert_nonnull(strstr(error->message, word));
}

static void
assert_unreadable(const char *text, const char *word)
{
    g_autoptr(GError) error = NULL;
    SaoySeal seal = { 0 };

    g_assert_false(saoy_seal_read(text, &seal, NULL, &error));
    assert_says(error, SAOY_ERROR_MALFORMED, word);
    g_assert_null(seal.copy_id);
}

/* ---- the text ---- */

/* clang-format off */
static const struct {
    const char *name, *text, *word;
} texts[] = {
    { "prefix/nothing",            "",                              "need 1" },
    { "prefix/only-hash",          "#",                             "need 1" },
    { "prefix/link-alone",         "https://a.vn/v/x?t=y",          "not base64url at 5" },
    { "prefix/link-without-seal",  "https://a.vn/v/x?t=y#",         "need 1" },
    { "prefix/two-hashes",         "https://a.vn/v/x#0oRN#0oRN",    "not base64url at 4" },
    { "prefix/health-certificate", "HC1:6BF",                       "not base64url at 3" },
    { "prefix/version-2",          "VC2:RRQT",                      "not base64url at 3" },
    { "prefix/lower-case",         "vc1:RRQT",                      "not base64url at 3" },
    { "prefix/blank-in-front",     " VC1:RRQT",                     "not base64url at 0" },
    { "prefix/no-colon",           "VC1RRQT",                       "base64url is cut" },
    { "prefix/words",              "xin chao",                      "not base64url at 3" },
    { "base45/nothing",            "VC1:",                          "empty" },
    { "base45/lower-case",         "VC1:bb8",                       "not Base45 at 0" },
    { "base45/stranger",           "VC1:BB_",                       "not Base45 at 0" },
    { "base45/not-ascii",          "VC1:BB8\xc3\x89",               "not Base45 at 3" },
    { "base45/one-over",           "VC1:BB8A",                      "not Base45 at 3" },
    { "base45/triple-too-large",   "VC1:BB8GGW",                    "not Base45 at 3" },
    { "base45/triple-at-the-end",  "VC1::::",                       "not Base45 at 0" },
    { "base45/pair-too-large",     "VC1:ZZ",                        "not Base45 at 0" },
    { "base45/line-break",         "VC1:BB8\n",                     "not Base45 at 3" },
    { "base64url/padding",         "0oRNogEmBEg=",                  "not base64url at 11" },
    { "base64url/standard-plus",   "0oRN+gEm",                      "not base64url at 4" },
    { "base64url/standard-slash",  "0oRN/gEm",                      "not base64url at 4" },
    { "base64url/blank",           "0oRN ogEm",                     "not base64url at 4" },
    { "base64url/one-over",        "0oRNo",                         "cut or not canonical" },
    { "base64url/loose-bits",      "0oRNog1",                       "cut or not canonical" },
    { "zlib/not-packed",           "VC1:U7F",                       "compressed data" },
};
/* clang-format on */

static void
test_text(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);

    assert_unreadable(texts[i].text, texts[i].word);
}

static void
test_longer_than_any_symbol(void)
{
    g_autofree char *text = g_strnfill(9000, 'A');

    assert_unreadable(text, "longer than any QR");
}

/* ---- packed ---- */

static GBytes *
packed(const char *hex, GZlibCompressorFormat format)
{
    g_autoptr(GConverter) packer = G_CONVERTER(g_zlib_compressor_new(format, 9));
    g_autoptr(GBytes) plain = saoy_unhex(hex, NULL);
    SaoyView in = saoy_view_of(plain);
    uint8_t out[8192];
    gsize used = 0, made = 0;

    g_assert_cmpint(g_converter_convert(packer, in.data, in.size, out, sizeof out,
                                        G_CONVERTER_INPUT_AT_END, &used, &made, NULL),
                    ==, G_CONVERTER_FINISHED);
    return g_bytes_new(out, made);
}

static void
assert_packed(GBytes *bytes, const char *word)
{
    g_autofree char *text = vc1(bytes);

    assert_unreadable(text, word);
}

static void
test_packed(void)
{
    g_autofree char *hex = whole(CLAIMS);
    g_autofree char *zeros = g_strnfill(2 << 20, '0');
    g_autoptr(GBytes) good = packed(hex, G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
    g_autoptr(GBytes) raw = packed(hex, G_ZLIB_COMPRESSOR_FORMAT_RAW);
    g_autoptr(GBytes) bomb = packed(zeros, G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
    SaoyView all = saoy_view_of(good);
    g_autofree uint8_t *copy = g_malloc0(all.size + 1);
    g_autofree char *text = vc1(good);
    g_auto(SaoySeal) seal = { 0 };

    g_assert_true(saoy_seal_read(text, &seal, NULL, NULL));
    memcpy(copy, all.data, all.size);
    g_autoptr(GBytes) longer = g_bytes_new(copy, all.size + 1);
    g_autoptr(GBytes) cut = g_bytes_new(copy, all.size - 5);
    copy[all.size - 1] ^= 1;
    g_autoptr(GBytes) sum = g_bytes_new(copy, all.size);
    assert_packed(longer, "bytes behind");
    assert_packed(cut, "cut");
    assert_packed(sum, "compressed data");
    assert_packed(bomb, "more than allowed");
    assert_packed(raw, "CBOR");
}

/* ---- COSE and CBOR: the worked example written in another way ---- */

/* clang-format off */
static const struct {
    const char *name, *hex, *word;
} coses[] = {
    { "cose/no-tag",             "844d" HEADER "a0" PAYLOAD "5840" SIGNATURE,     "COSE tag" },
    { "cose/tag-of-cose-mac",    "d1844d" HEADER "a0" PAYLOAD "5840" SIGNATURE,   "COSE tag: wrong" },
    { "cose/tag-of-cwt",         "d83dd2844d" HEADER "a0" PAYLOAD "5840" SIGNATURE, "COSE tag: wrong" },
    { "cose/three-elements",     "d2834d" HEADER "a0" PAYLOAD,                    "COSE array: wrong" },
    { "cose/five-elements",      "d2854d" HEADER "a0" PAYLOAD "5840" SIGNATURE "00", "COSE array: wrong" },
    { "cose/map-for-array",      "d2a44d" HEADER "a0" PAYLOAD "5840" SIGNATURE,   "COSE array" },
    { "cose/header-not-wrapped", "d284" HEADER "a0" PAYLOAD "5840" SIGNATURE,     "CBOR: type 5, expected 2" },
    { "cose/header-empty",       "d28440a0" PAYLOAD "5840" SIGNATURE,             "not ES256" },
    { "cose/es384",              "d2844ea20138220448fc64b8a019dc838da0" PAYLOAD "5840" SIGNATURE, "not ES256" },
    { "cose/ps256",              "d2844ea20138240448fc64b8a019dc838da0" PAYLOAD "5840" SIGNATURE, "not ES256" },
    { "cose/key-id-7",           "d2844ca201260447fc64b8a019dc83a0" PAYLOAD "5840" SIGNATURE, "key id of 8" },
    { "cose/key-id-9",           "d2844ea201260449fc64b8a019dc838d00a0" PAYLOAD "5840" SIGNATURE, "key id of 8" },
    { "cose/key-id-as-text",     "d2844da2012604684142434445464748a0" PAYLOAD "5840" SIGNATURE, "key id of 8" },
    { "cose/critical-header",    "d28450a301260281040448fc64b8a019dc838da0" PAYLOAD "5840" SIGNATURE, "not ES256" },
    { "cose/unprotected-key-id", "d28443a10126a10448fc64b8a019dc838d" PAYLOAD "5840" SIGNATURE, "not ES256" },
    { "cose/unprotected-more",   "d2844d" HEADER "a10126" PAYLOAD "5840" SIGNATURE, "unprotected header: wrong" },
    { "cose/payload-detached",   "d2844d" HEADER "a0f6" "5840" SIGNATURE,         "CBOR: type 7, expected 2" },
    { "cose/payload-as-text",    "d2844d" HEADER "a0786a" CLAIMS "5840" SIGNATURE, "CBOR: type 3, expected 2" },
    { "cose/payload-empty",      "d2844d" HEADER "a040" "5840" SIGNATURE,         "need 1" },
    { "cose/signature-empty",    "d2844d" HEADER "a0" PAYLOAD "40",               "signature of 0" },
    { "cose/signature-der",      "d2844d" HEADER "a0" PAYLOAD "583003023102" "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "signature of 48" },
    { "cose/signature-65",       "d2844d" HEADER "a0" PAYLOAD "5841" SIGNATURE "00", "signature of 65" },
    { "cose/bytes-behind",       HEAD PAYLOAD "5840" SIGNATURE "00",              "1 bytes too many" },
    { "cbor/array-indefinite",   "d29f4d" HEADER "a0" PAYLOAD "5840" SIGNATURE "ff", "indefinite" },
    { "cbor/payload-indefinite", "d2844d" HEADER "a05f" PAYLOAD "ff" "5840" SIGNATURE, "indefinite" },
    { "cbor/header-long-head",   "d284580d" HEADER "a0" PAYLOAD "5840" SIGNATURE, "not the shortest" },
    { "cbor/payload-long-head",  "d2844d" HEADER "a059006a" CLAIMS "5840" SIGNATURE, "not the shortest" },
    { "cbor/signature-long-head", "d2844d" HEADER "a0" PAYLOAD "590040" SIGNATURE, "not the shortest" },
    { "cbor/tag-long-head",      "d812844d" HEADER "a0" PAYLOAD "5840" SIGNATURE, "not the shortest" },
    { "cbor/reserved-length",    "d2844d" HEADER "a05c" CLAIMS "5840" SIGNATURE,  "reserved length" },
    { "cbor/length-past-end",    "d2844d" HEADER "a05a7fffffff" CLAIMS "5840" SIGNATURE, "longer than the data" },
    { "cbor/length-of-64-bits",  "d2844d" HEADER "a05bffffffffffffffff" CLAIMS,   "longer than the data" },
    { "cbor/length-cut",         "d2844d" HEADER "a059",                          "need 2" },
};
/* clang-format on */

static void
test_cose(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    g_autoptr(GBytes) bytes = saoy_unhex(coses[i].hex, NULL);
    g_autofree char *base45 = vc1(bytes);
    g_autofree char *base64 = base64url(bytes);

    assert_unreadable(base45, coses[i].word);
    assert_unreadable(base64, coses[i].word);
}

/* ---- claims: one place changed, everything around it right again ---- */

/* clang-format off */
static const struct {
    const char *name, *find, *put, *word;
} claims[] = {
    { "map/two-claims",        "a30162564e061a", "a20162564e061a",         "claims missing or unknown" },
    { "map/five-claims",       "a30162564e061a", "a50162564e061a",         "claims missing or unknown" },
    { "map/array",             "a30162564e",     "830162564e",             "type 4, expected 5" },
    { "map/indefinite",        "a30162564e",     "bf0162564e",             "indefinite" },
    { "map/bytes-behind",      "1a4881",         "1a488100",               "bytes behind the claims" },
    { "map/cut",               "1a4881",         "1a48",                   "longer than the data" },
    { "issuer/another-country", "62564e",        "62444b",                 "issuer is not VN" },
    { "issuer/lower-case",     "62564e",         "62766e",                 "issuer is not VN" },
    { "issuer/as-bytes",       "62564e",         "42564e",                 "type 2, expected 3" },
    { "issuer/long-head",      "0162564e",       "017802564e",             "not the shortest" },
    { "issuer/absent",         "0162564e",       "0262564e",               "claim 2 where 1" },
    { "time/negative",         "061a69153ec0",   "0620",                   "times make no sense" },
    { "time/as-text",          "061a69153ec0",   "066131",                 "type 3, expected 0" },
    { "time/as-float",         "061a69153ec0",   "06fa4e000000",           "type 7, expected 0" },
    { "time/long-head",        "061a69153ec0",   "061b0000000069153ec0",   "not the shortest" },
    { "time/beyond-63-bits",   "061a69153ec0",   "061bffffffffffffffff",   "out of range" },
    { "expiry/before-issue",   "a30162564e061a69153ec0", "a40162564e041a69153ebf061a69153ec0", "times make no sense" },
    { "expiry/at-issue",       "a30162564e061a69153ec0", "a40162564e041a69153ec0061a69153ec0", "times make no sense" },
    { "expiry/behind-issue",   "a30162564e061a69153ec0", "a40162564e061a69153ec0041a79153ec0", "claim 6 where 4" },
    { "expiry/as-text",        "a30162564e061a69153ec0", "a40162564e046131061a69153ec0", "type 3, expected 0" },
    { "copy/registered-claim", "3a00010000",     "39ffff",                 "claim -65536 where -65537" },
    { "copy/health-claim",     "3a00010000",     "390103",                 "claim -260 where -65537" },
    { "copy/list-claim",       "3a00010000",     "3a00010001",             "claim -65538 where -65537" },
    { "copy/no-map",           "3a00010000a4",   "3a0001000084",           "type 4, expected 5" },
    { "copy/too-many",         "3a00010000a4",   "3a00010000aa",           "too many claims" },
    { "copy/one-fewer",        "3a00010000a4",   "3a00010000a3",           "claim absent" },
    { "copy/one-more",         "3a00010000a4",   "3a00010000a5",           "need 1" },
    { "id/absent",             "a4017130312d323032352d303030313233343536", "a3", "claim 2 out of order, unknown, or one is absent" },
    { "id/empty",              "017130312d323032352d303030313233343536", "0160", "text is empty" },
    { "id/as-bytes",           "017130312d",     "015130312d",             "type 2, expected 3" },
    { "id/nul-inside",         "7130312d",       "7130002d",               "not UTF-8" },
    { "id/line-break",         "7130312d",       "71300a2d",               "control character" },
    { "id/indefinite",         "017130312d323032352d303030313233343536", "017f7130312d323032352d303030313233343536ff", "indefinite" },
    { "pages/none",            "020304",         "020004",                 "page count out of range" },
    { "pages/negative",        "020304",         "022004",                 "page count out of range" },
    { "pages/too-many",        "020304",         "0219271104",             "page count out of range" },
    { "pages/as-text",         "020304",         "02613304",               "type 3, expected 0" },
    { "pages/long-head",       "020304",         "02180304",               "not the shortest" },
    { "pages/as-float",        "020304",         "02f9420004",             "type 7, expected 0" },
    { "holder/cut-letter",     "e1bb844e",       "e1bbff4e",               "not UTF-8" },
    { "holder/surrogate",      "e1bb844e",       "eda0804e",               "not UTF-8" },
    { "holder/overlong",       "781e4e47",       "781ec081",               "not UTF-8" },
    { "holder/turned-round",   "e1bb844e",       "e280ae4e",               "control character" },
    { "digest/31-bytes",       "0758202d711642", "07581f711642",           "digest of 31" },
    { "digest/33-bytes",       "0758202d711642", "075821002d711642",       "digest of 33" },
    { "digest/as-text",        "0758202d711642", "07782061711642",         "type 3, expected 2" },
    { "digest/absent",         "0758202d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
                               "0901",                                     "unknown, or one is absent" },
    { "order/claims",          "a30162564e061a69153ec0", "a3061a69153ec00162564e", "claim 6 where 1" },
    { "order/twice",           "020304",         "0203020304",             "claim 2 out of order" },
    { "order/unknown-8",       "1a4881",         "1a48810801",             "bytes behind" },
    { "order/unknown-11",      "3a00010000a4017130312d323032352d303030313233343536", "3a00010000a50b01017130312d323032352d303030313233343536", "claim 11 out of order" },
    { "order/negative-key",    "020304",         "2203041e",               "claim -3 out of order" },
    { "order/text-key",        "020304",         "6102030404",             "type 3, expected 0" },
    { "scanned/none",          "1a4881",         "1a48810900",             "bytes behind" },
};
/* clang-format on */

static char *
changed(const char *find, const char *put)
{
    const char *at = strstr(CLAIMS, find);

    g_assert_nonnull(at);
    return g_strdup_printf("%.*s%s%s", (int)(at - CLAIMS), CLAIMS, put, at + strlen(find));
}

static void
test_claim(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    g_autofree char *payload = changed(claims[i].find, claims[i].put);
    g_autofree char *hex = whole(payload);
    g_autoptr(GBytes) bytes = saoy_unhex(hex, NULL);
    g_autofree char *text = vc1(bytes);

    assert_unreadable(text, claims[i].word);
}

/* All nine of them, an expiry, in every form the text may take. */
static void
test_every_form_reads(void)
{
    static const char full[] =
        "a40162564e041a79153ec0061a69153ec03a00010000a9016141020303614204614305614406614507"
        "58202d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        "09190bb80a6146";
    g_autofree char *hex = whole(full);
    g_autoptr(GBytes) bytes = saoy_unhex(hex, NULL);
    g_autoptr(GBytes) small = packed(hex, G_ZLIB_COMPRESSOR_FORMAT_ZLIB);
    g_autofree char *code = base64url(bytes);
    char *const forms[] = { vc1(bytes), vc1(small), g_strdup(code),
                            g_strconcat("#", code, NULL),
                            g_strconcat("https://a.vn/v/A?t=B#", code, NULL) };

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autoptr(GBytes) cose = NULL;
        g_auto(SaoySeal) seal = { 0 };

        g_assert_true(saoy_seal_read(forms[i], &seal, &cose, NULL));
        g_assert_true(g_bytes_equal(cose, bytes));
        g_assert_cmpint(seal.expires_at_s, ==, 0x79153ec0);
        g_assert_cmpstr(seal.title, ==, "B");
        g_assert_cmpstr(seal.issuer, ==, "D");
        g_assert_cmpstr(seal.officer, ==, "F");
        g_assert_cmpuint(seal.scanned_pages, ==, 3000);
        g_free(forms[i]);
    }
}

/* ---- key, time, lists ---- */

typedef struct {
    PkiEntity seal, other, root, p384, rsa, ed25519;
    char *folder;
    int64_t now_s;
    SaoySeal claims;
} World;

static World world;

static bool
sign_with(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    const PkiEntity *entity = user;

    memset(out, 0x5a, 64); /* what no key of another kind can be */
    if (EVP_PKEY_get_base_id(entity->key) == EVP_PKEY_EC &&
        EVP_PKEY_get_bits(entity->key) == 256) {
        g_autoptr(GBytes) der = pki_sign(entity, hash);

        pki_pair(der, out);
    }
    return true;
}

static GBytes *
sealed(const PkiEntity *named, const PkiEntity *signer)
{
    uint8_t hash[32];

    saoy_sha256(saoy_view_of(named->der), hash);
    memcpy(world.claims.key_id, hash, 8);
    GBytes *cose =
        saoy_seal_make(&world.claims, 0, sign_with, (void *)(uintptr_t)signer, NULL);
    g_assert_nonnull(cose);
    return cose;
}

static GBytes *
tampered(size_t from_end, const char *hex)
{
    g_autoptr(GBytes) good = sealed(&world.seal, &world.seal);
    g_autoptr(GBytes) with = saoy_unhex(hex, NULL);
    SaoyView all = saoy_view_of(good), put = saoy_view_of(with);
    uint8_t *copy = g_memdup2(all.data, all.size);

    memcpy(copy + all.size - from_end, put.data, put.size);
    return g_bytes_new_take(copy, all.size);
}

static GBytes *
key_right(void)
{
    return sealed(&world.seal, &world.seal);
}

static GBytes *
key_unknown(void)
{
    PkiEntity stranger = pki_entity("Stranger", NULL, false);
    GBytes *cose = sealed(&stranger, &stranger);

    pki_entity_clear(&stranger);
    return cose;
}

static GBytes *
key_of_another(void)
{
    return sealed(&world.seal, &world.other);
}

static GBytes *
key_p384(void)
{
    return sealed(&world.p384, &world.p384);
}

static GBytes *
key_rsa(void)
{
    return sealed(&world.rsa, &world.rsa);
}

static GBytes *
key_ed25519(void)
{
    return sealed(&world.ed25519, &world.ed25519);
}

static GBytes *
key_zeros(void)
{
    g_autofree char *zeros = g_strnfill(128, '0');

    return tampered(64, zeros);
}

static GBytes *
key_ones(void)
{
    g_autofree char *ones = g_strnfill(128, 'f');

    return tampered(64, ones);
}

static GBytes *
key_halves_swapped(void)
{
    g_autoptr(GBytes) good = sealed(&world.seal, &world.seal);
    SaoyView all = saoy_view_of(good);
    uint8_t *copy = g_memdup2(all.data, all.size);

    memcpy(copy + all.size - 64, all.data + all.size - 32, 32);
    memcpy(copy + all.size - 32, all.data + all.size - 64, 32);
    return g_bytes_new_take(copy, all.size);
}

static GBytes *
made_at(int64_t issued_s, int64_t expires_s)
{
    GBytes *cose = NULL;

    world.claims.issued_at_s = issued_s;
    world.claims.expires_at_s = expires_s;
    cose = sealed(&world.seal, &world.seal);
    world.claims.issued_at_s = world.now_s;
    world.claims.expires_at_s = 0;
    return cose;
}

static GBytes *
time_before_certificate(void)
{
    return made_at(world.now_s - 10 * 86400, 0);
}

static GBytes *
time_after_certificate(void)
{
    return made_at(world.now_s + 400 * 86400, 0);
}

static GBytes *
time_over(void)
{
    return made_at(world.now_s - 3600, world.now_s - 60);
}

static GBytes *
time_not_over(void)
{
    return made_at(world.now_s, world.now_s + 86400);
}

/* Puts a list into the folder, signed by that key and named as that root's. */
static void
put_list(SaoySealListKind kind, const PkiEntity *named, const PkiEntity *signer,
         const char *copy_id, int64_t from_s, int64_t to_s)
{
    const char *ids[] = { copy_id, NULL };
    g_auto(SaoySealList) list = { .kind = kind,
                                  .issued_at_s = world.now_s,
                                  .next_update_s = world.now_s + 86400,
                                  .keys = saoy_seal_keys_new(),
                                  .denied = saoy_seal_denied_new(ids) };
    SaoySealKey key = { g_bytes_ref(world.seal.der), from_s, to_s };
    g_autofree char *lone = g_build_filename(world.folder, "seal.der", NULL);

    g_array_append_val(list.keys, key);
    g_autoptr(GBytes) cose = saoy_seal_list_make(&list, saoy_view_of(named->der), sign_with,
                                                 (void *)(uintptr_t)signer, NULL);
    pki_write(world.folder, kind == SAOY_SEAL_KEYS ? "keys.cose" : "denied.cose", cose);
    if (kind == SAOY_SEAL_KEYS)
        g_remove(lone); /* only the list knows the key now */
}

static GBytes *
with_keys(const PkiEntity *named, const PkiEntity *signer, int64_t from_s, int64_t to_s)
{
    put_list(SAOY_SEAL_KEYS, named, signer, "", from_s, to_s);
    return sealed(&world.seal, &world.seal);
}

static GBytes *
with_denied(const PkiEntity *named, const PkiEntity *signer, const char *copy_id)
{
    put_list(SAOY_SEAL_DENIED, named, signer, copy_id, 0, 0);
    return sealed(&world.seal, &world.seal);
}

static GBytes *
list_right(void)
{
    return with_keys(&world.root, &world.root, world.now_s - 60, world.now_s + 60);
}

static GBytes *
list_too_early(void)
{
    return with_keys(&world.root, &world.root, world.now_s + 60, world.now_s + 120);
}

static GBytes *
list_too_late(void)
{
    return with_keys(&world.root, &world.root, world.now_s - 120, world.now_s - 60);
}

static GBytes *
list_of_a_stranger(void)
{
    return with_keys(&world.root, &world.other, world.now_s - 60, world.now_s + 60);
}

/* No root, though it lies in the folder. */
static GBytes *
list_of_a_leaf(void)
{
    return with_keys(&world.other, &world.other, world.now_s - 60, world.now_s + 60);
}

static GBytes *
list_of_rubbish(void)
{
    g_autoptr(GBytes) rubbish = g_bytes_new_static("\xd2\x84\x4d", 3);
    GBytes *cose = list_right();

    pki_write(world.folder, "keys.cose", rubbish);
    return cose;
}

static GBytes *
denied_this(void)
{
    return with_denied(&world.root, &world.root, world.claims.copy_id);
}

static GBytes *
denied_another(void)
{
    return with_denied(&world.root, &world.root, "H26.132-251110-0008.01-05");
}

/* Nobody but the root takes a copy away. */
static GBytes *
denied_by_a_stranger(void)
{
    return with_denied(&world.root, &world.other, world.claims.copy_id);
}

/* Listed, and denied at once. */
static GBytes *
denied_though_listed(void)
{
    g_autoptr(GBytes) unused = list_right();

    return denied_this();
}

/* clang-format off */
static const struct {
    const char *name;
    GBytes *(*make)(void);
    int code; /* 0: it holds */
    const char *word;
} checks[] = {
    { "key/right",              key_right,               0, "" },
    { "key/unknown",            key_unknown,             SAOY_ERROR_OFFLINE,   "no certificate with the seal's key id" },
    { "key/of-another",         key_of_another,          SAOY_ERROR_UNTRUSTED, "signature is wrong" },
    { "key/p384",               key_p384,                SAOY_ERROR_UNTRUSTED, "not P-256" },
    { "key/rsa",                key_rsa,                 SAOY_ERROR_UNTRUSTED, "not P-256" },
    { "key/ed25519",            key_ed25519,             SAOY_ERROR_UNTRUSTED, "not P-256" },
    { "key/zeros",              key_zeros,               SAOY_ERROR_UNTRUSTED, "signature is wrong" },
    { "key/ones",               key_ones,                SAOY_ERROR_UNTRUSTED, "signature is wrong" },
    { "key/halves-swapped",     key_halves_swapped,      SAOY_ERROR_UNTRUSTED, "signature is wrong" },
    { "time/before-certificate", time_before_certificate, SAOY_ERROR_UNTRUSTED, "not valid when the seal was made" },
    { "time/after-certificate", time_after_certificate,  SAOY_ERROR_UNTRUSTED, "not valid when the seal was made" },
    { "time/over",              time_over,               SAOY_ERROR_REFUSED,   "past its time" },
    { "time/not-over",          time_not_over,           0, "" },
    { "list/right",             list_right,              0, "" },
    { "list/too-early",         list_too_early,          SAOY_ERROR_UNTRUSTED, "outside its key's time" },
    { "list/too-late",          list_too_late,           SAOY_ERROR_UNTRUSTED, "outside its key's time" },
    { "list/of-a-stranger",     list_of_a_stranger,      SAOY_ERROR_OFFLINE,   "no certificate with the seal's key id" },
    { "list/of-a-leaf",         list_of_a_leaf,          SAOY_ERROR_OFFLINE,   "no certificate with the seal's key id" },
    { "list/of-rubbish",        list_of_rubbish,         SAOY_ERROR_OFFLINE,   "no certificate with the seal's key id" },
    { "deny/this-copy",         denied_this,             SAOY_ERROR_REFUSED,   "deny-list" },
    { "deny/another-copy",      denied_another,          0, "" },
    { "deny/by-a-stranger",     denied_by_a_stranger,    0, "" },
    { "deny/though-listed",     denied_though_listed,    SAOY_ERROR_REFUSED,   "deny-list" },
};
/* clang-format on */

static void
fill_folder(void)
{
    world.folder = pki_folder();
    pki_write(world.folder, "root.der", world.root.der);
    pki_write(world.folder, "seal.der", world.seal.der);
    pki_write(world.folder, "other.der", world.other.der);
    pki_write(world.folder, "p384.der", world.p384.der);
    pki_write(world.folder, "rsa.der", world.rsa.der);
    pki_write(world.folder, "ed25519.der", world.ed25519.der);
}

static void
test_check(const void *data)
{
    size_t i = GPOINTER_TO_SIZE(data);
    g_autoptr(GError) error = NULL;

    fill_folder();
    g_autoptr(GBytes) cose = checks[i].make();
    bool holds = saoy_seal_check(cose, world.folder, NULL, &error);
    if (checks[i].code == 0)
        g_assert_no_error(error);
    else
        assert_says(error, checks[i].code, checks[i].word);
    g_assert_true(holds == (checks[i].code == 0));
    saoy_dir_remove(world.folder, NULL);
    g_clear_pointer(&world.folder, g_free);
}

static PkiEntity
entity_with(EVP_PKEY *key, const char *name)
{
    return pki_entity_with(key, name, &world.root, false, "critical,nonRepudiation", -86400,
                           86400 * 365);
}

static void
open_world(void)
{
    world.now_s = g_get_real_time() / G_USEC_PER_SEC;
    world.root = pki_entity("TEST seal root", NULL, true);
    world.seal = pki_entity("TEST seal", &world.root, false);
    world.other = pki_entity("TEST other", &world.root, false);
    world.p384 = entity_with(EVP_EC_gen("P-384"), "TEST P-384");
    world.rsa = entity_with(EVP_RSA_gen(2048), "TEST RSA");
    world.ed25519 = entity_with(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), "TEST Ed25519");
    world.claims = (SaoySeal){ .issued_at_s = world.now_s,
                               .copy_id = g_strdup("H26.132-251110-0007.01-24"),
                               .file_pages = 2,
                               .scanned_pages = 1 };
}

static void
close_world(void)
{
    PkiEntity *const all[] = { &world.root, &world.seal, &world.other,
                               &world.p384, &world.rsa,  &world.ed25519 };

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        pki_entity_clear(all[i]);
    saoy_seal_clear(&world.claims);
}

#define ADD_ROWS(prefix, rows, function)                                   \
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {                      \
        g_autofree char *path = g_strconcat(prefix, (rows)[i].name, NULL); \
        g_test_add_data_func(path, GSIZE_TO_POINTER(i), function);         \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    open_world();
    ADD_ROWS("/seal-layers/", texts, test_text)
    ADD_ROWS("/seal-layers/", coses, test_cose)
    ADD_ROWS("/seal-layers/claims/", claims, test_claim)
    ADD_ROWS("/seal-layers/", checks, test_check)
    g_test_add_func("/seal-layers/prefix/too-long", test_longer_than_any_symbol);
    g_test_add_func("/seal-layers/zlib", test_packed);
    g_test_add_func("/seal-layers/forms", test_every_form_reads);
    int status = g_test_run();
    close_world();
    return status;
}

#include "signature/seal-list.h"
#include "signature/seal.h"

#include "base45.h"
#include "cose.h"
#include "pki.h"

#include "core/error.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

/* The worked example of the seal: COSE bytes, key, QR text, each computed elsewhere. */
static const char vector_cose[] =
    "d2844da201260448fc64b8a019dc838da0586aa30162564e061a69153ec03a00010000a401"
    "7130312d323032352d303030313233343536020304781e4e475559e1bb844e205448e1bb8a"
    "205048c6afc6a04e47205448e1baa24f0758202d711642b726b04401627ca9fbac32f5c853"
    "0fb1903cc4db02258717921a488158409e8fd4010fc392ec990559e7d6279959ebce682ca5"
    "7287d3fbe206e5ce67195e26201c3f7c2320d3719ae8040776f26377976d16513f33a9085d"
    "2ef52c0c5b01";
static const char vector_hash[] =
    "c136398597001b7a0cf5ac1f97e41a8be4955cc49e27586bd045e5ca85fc614e";
static const char vector_point[] =
    "041ba6834f9665e0123398fafe2d81327a05afba6de62d841a730b8073cbf34e5d47390eb4"
    "2a378e8b98418cd56683953a5854298f327c349c760eb51d7d6689b9";
static const char vector_text[] =
    "VC1:RRQT 9O60GO0$+VEFN5C3HSG8CKTLD*70:+AWY0 "
    "CD:-7/E7V50T309807465W5846NW6646746QF60R6B$67H0F8FE+9OZA7OSUWG-34R99+VN$34099/9M/"
    "BKS:8LTA6OSGNKZ-0234FDEOJ84+4*Q8CKC0MLRYLA3VNMA6KMVU7-URMX44:2NE3$FGR78A8I160QWO:+"
    "TJU0+DTC05OGBA4Q:S5OLE.ZQ$PSF2TN1DR+BU24718$J4*WQBQJ-M0U1F%PCK6J/ "
    "2O:7RGL4ZBY:UDP110";

/* d = SHA-256("seal test key 1"), already below the group's order. */
static EVP_PKEY *
vector_key(void)
{
    static const char seed[] = "seal test key 1";
    uint8_t d[32];
    g_autoptr(GBytes) point = saoy_unhex(vector_point, NULL);
    g_autoptr(BIGNUM) n = NULL;
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;

    saoy_sha256((SaoyView){ (const uint8_t *)seed, strlen(seed) }, d);
    n = BN_bin2bn(d, 32, NULL);
    OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, n);
    OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY,
                                     g_bytes_get_data(point, NULL), 65);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
    g_assert_cmpint(EVP_PKEY_fromdata_init(ctx), ==, 1);
    g_assert_cmpint(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params), ==, 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(bld);
    return key;
}

static bool
sign_as_vector(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    g_autofree char *hex = saoy_hex((SaoyView){ hash, 32 });
    GBytes *cose = user;

    g_assert_cmpstr(hex, ==, vector_hash);
    memcpy(out, saoy_view_of(cose).data + g_bytes_get_size(cose) - 64, 64);
    return true;
}

static void
test_the_worked_example_comes_out_byte_for_byte(void)
{
    g_autoptr(GBytes) expected = saoy_unhex(vector_cose, NULL);
    g_auto(SaoySeal)
        claims = { .issued_at_s = 0x69153ec0,
                   .copy_id = g_strdup("01-2025-000123456"),
                   .holder = g_strdup("NGUYỄN THỊ PHƯƠNG THẢO"),
                   .file_pages = 3,
                   .key_id = { 0xfc, 0x64, 0xb8, 0xa0, 0x19, 0xdc, 0x83, 0x8d } };
    g_autoptr(GBytes) digest = saoy_unhex(
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", NULL);

    memcpy(claims.content_digest, g_bytes_get_data(digest, NULL), 32);
    g_autoptr(GBytes) made = saoy_seal_make(&claims, 0, sign_as_vector, expected, NULL);
    g_assert_nonnull(made);
    g_assert_true(g_bytes_equal(made, expected));
    g_autofree char *base45 = saoy_base45_encode(saoy_view_of(made));
    g_assert_cmpstr(base45, ==, vector_text + 4);
}

static void
test_the_worked_example_reads_back(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) expected = saoy_unhex(vector_cose, NULL);
    g_autoptr(GBytes) cose = NULL;
    g_auto(SaoySeal) seal = { 0 };

    g_assert_true(saoy_seal_read(vector_text, &seal, &cose, &error));
    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(cose, expected));
    g_assert_cmpstr(seal.copy_id, ==, "01-2025-000123456");
    g_assert_cmpstr(seal.holder, ==, "NGUYỄN THỊ PHƯƠNG THẢO");
    g_assert_cmpuint(seal.file_pages, ==, 3);
    g_assert_cmpint(seal.issued_at_s, ==, 0x69153ec0);
    g_assert_null(seal.title);
}

static void
test_the_worked_example_verifies_under_its_key(void)
{
    g_autoptr(GBytes) bytes = saoy_unhex(vector_cose, NULL);
    g_autoptr(EVP_PKEY) key = vector_key();
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new(key, NULL);
    SaoyCose cose = { 0 };
    uint8_t hash[32];
    ECDSA_SIG *both = ECDSA_SIG_new();
    unsigned char *der = NULL;

    g_assert_true(saoy_cose_read(saoy_view_of(bytes), &cose, NULL));
    saoy_cose_hash(&cose, hash);
    g_autofree char *hex = saoy_hex((SaoyView){ hash, 32 });
    g_assert_cmpstr(hex, ==, vector_hash);
    ECDSA_SIG_set0(both, BN_bin2bn(cose.signature.data, 32, NULL),
                   BN_bin2bn(cose.signature.data + 32, 32, NULL));
    int size = i2d_ECDSA_SIG(both, &der);
    g_assert_cmpint(EVP_PKEY_verify_init(ctx), ==, 1);
    g_assert_cmpint(EVP_PKEY_verify(ctx, der, (size_t)size, hash, 32), ==, 1);
    ECDSA_SIG_free(both);
    OPENSSL_free(der);
}

/* RFC 9285, 4.3 and 4.4 */
static void
test_base45_as_in_its_rfc(void)
{
    static const char *const pairs[][2] = { { "AB", "BB8" },
                                            { "Hello!!", "%69 VD92EX0" },
                                            { "base-45", "UJCLQE7W581" },
                                            { "ietf!", "QED8WEX0" },
                                            { "", "" } };

    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        SaoyView plain = { (const uint8_t *)pairs[i][0], strlen(pairs[i][0]) };
        g_autofree char *text = saoy_base45_encode(plain);
        g_autoptr(GBytes) back = saoy_base45_decode(text, NULL);

        g_assert_cmpstr(text, ==, pairs[i][1]);
        g_assert_cmpmem(g_bytes_get_data(back, NULL), g_bytes_get_size(back), plain.data,
                        plain.size);
    }
}

static void
test_base45_refuses_what_it_would_not_write(void)
{
    static const char *const bad[] = { "GGW",    ":::", "A",  "BB8A",
                                       "bb8",    "B_8", "ZZ", "BB8\x01\x02\x03",
                                       "QED8WÉ", "=B8" };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(saoy_base45_decode(bad[i], &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
}

/* ---- a seal of our own, and what may be wrong with it, layer by layer ---- */

static bool
sign_with(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    g_autoptr(GBytes) der = pki_sign(user, hash);

    pki_pair(der, out);
    return true;
}

typedef struct {
    PkiEntity seal, other;
    char *folder;
    GBytes *cose;
    char *text;
} Fixture;

static const char link_text[] =
    "https://kiemtra.example.vn/v/H26.132-251110-0007.01-24?t=0123456789ABCDEF";

static SaoySeal
full_claims(const Fixture *fix)
{
    SaoySeal claims = { .issued_at_s = g_get_real_time() / G_USEC_PER_SEC,
                        .copy_id = g_strdup("H26.132-251110-0007.01-24"),
                        .title = g_strdup("Bằng tốt nghiệp trung học phổ thông"),
                        .holder = g_strdup("Nguyễn Thị Phương Thảo"),
                        .office = g_strdup("UBND phường Ba Đình"),
                        .officer = g_strdup("Trần Văn Dũng"),
                        .file_pages = 2,
                        .scanned_pages = 1 };
    uint8_t hash[32];

    saoy_sha256(saoy_view_of(fix->seal.der), hash);
    memcpy(claims.key_id, hash, 8);
    memset(claims.content_digest, 0x5a, 32);
    return claims;
}

static void
set_up(Fixture *fix, const void *data)
{
    fix->seal = pki_entity("TEST seal", NULL, false);
    fix->other = pki_entity("TEST other", NULL, false);
    fix->folder = pki_folder();
    pki_write(fix->folder, "a-other.der", fix->other.der);
    pki_write(fix->folder, "seal.der", fix->seal.der);
    g_auto(SaoySeal) claims = full_claims(fix);
    fix->cose = saoy_seal_make(&claims, strlen(link_text) + 1, sign_with, &fix->seal, NULL);
    g_assert_nonnull(fix->cose);
    fix->text = saoy_seal_text(link_text, fix->cose);
}

static void
tear_down(Fixture *fix, const void *data)
{
    pki_entity_clear(&fix->seal);
    pki_entity_clear(&fix->other);
    saoy_dir_remove(fix->folder, NULL);
    g_free(fix->folder);
    g_bytes_unref(fix->cose);
    g_free(fix->text);
}

static void
test_a_seal_holds_under_its_certificate(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) cose = NULL;
    g_auto(SaoySeal) seal = { 0 };
    g_autofree char *signer = NULL;

    g_assert_true(saoy_seal_read(fix->text, &seal, &cose, &error));
    g_assert_true(saoy_seal_check(cose, fix->folder, &signer, &error));
    g_assert_cmpstr(signer, ==, "TEST seal");
    g_assert_cmpstr(seal.title, ==, "Bằng tốt nghiệp trung học phổ thông");
    g_assert_cmpuint(seal.scanned_pages, ==, 1);
    g_assert_cmpuint(strlen(fix->text), <=, 560);
}

static void
test_without_its_certificate_it_is_undecided(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL, second = NULL;
    g_autofree char *path = g_build_filename(fix->folder, "seal.der", NULL);

    g_assert_false(saoy_seal_check(fix->cose, NULL, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    g_remove(path);
    g_assert_false(saoy_seal_check(fix->cose, fix->folder, NULL, &second));
    g_assert_error(second, SAOY_ERROR, SAOY_ERROR_OFFLINE);
}

static void
test_any_flipped_byte_is_caught(Fixture *fix, const void *data)
{
    SaoyView good = saoy_view_of(fix->cose);

    for (size_t i = 0; i < good.size; i++) {
        g_autofree uint8_t *copy = g_memdup2(good.data, good.size);
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bad = NULL;

        copy[i] ^= 1;
        bad = g_bytes_new(copy, good.size);
        g_assert_false(saoy_seal_check(bad, fix->folder, NULL, &error));
        g_assert_nonnull(error);
    }
}

static void
test_a_cut_seal_is_malformed(Fixture *fix, const void *data)
{
    for (size_t n = strlen(link_text) + 1; n < strlen(fix->text); n++) {
        g_autofree char *cut = g_strndup(fix->text, n);
        g_autoptr(GError) error = NULL;
        SaoySeal seal = { 0 };

        g_assert_false(saoy_seal_read(cut, &seal, NULL, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        g_assert_null(seal.copy_id);
    }
}

static void
test_a_certificate_out_of_its_time_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_auto(SaoySeal) claims = full_claims(fix);

    claims.issued_at_s -= 10 * 86400;
    g_autoptr(GBytes) early = saoy_seal_make(&claims, 0, sign_with, &fix->seal, NULL);
    g_assert_false(saoy_seal_check(early, fix->folder, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_a_stranger_may_not_borrow_the_key_id(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_auto(SaoySeal) claims = full_claims(fix);
    g_autoptr(GBytes) forged = saoy_seal_make(&claims, 0, sign_with, &fix->other, NULL);

    g_assert_false(saoy_seal_check(forged, fix->folder, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
}

static void
test_long_titles_are_shortened_to_fit(Fixture *fix, const void *data)
{
    g_auto(SaoySeal) claims = full_claims(fix), seal = { 0 };
    g_autoptr(GString) title = g_string_new(NULL);

    for (int i = 0; i < 60; i++)
        g_string_append(title, "Giấy chứng nhận ");
    g_free(claims.title);
    claims.title = g_strdup(title->str);
    g_autoptr(GBytes) cose =
        saoy_seal_make(&claims, strlen(link_text) + 1, sign_with, &fix->seal, NULL);
    g_autofree char *text = saoy_seal_text(link_text, cose);
    g_assert_cmpuint(strlen(text), <=, 560);
    g_assert_cmpuint(strlen(text), >, 540);
    g_assert_true(saoy_seal_read(text, &seal, NULL, NULL));
    g_assert_true(g_str_has_suffix(seal.title, "…"));
    g_assert_true(saoy_seal_check(cose, fix->folder, NULL, NULL));
}

static void
test_a_seal_that_cannot_fit_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_auto(SaoySeal) claims = full_claims(fix);

    g_free(claims.holder);
    claims.holder = g_strnfill(600, 'N');
    g_assert_null(saoy_seal_make(&claims, 0, sign_with, &fix->seal, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

/* ---- lists ---- */

/* A trust directory with the seal root and its two lists, and no seal certificate. */
static char *
listed_folder(const Fixture *fix, const PkiEntity *root, const char *denied_id,
              int64_t from_s, int64_t next_s)
{
    const char *ids[] = { denied_id, NULL };
    g_autoptr(GArray) keys = saoy_seal_keys_new();
    g_autoptr(GBytes) denied = saoy_seal_denied_new(ids);
    SaoySealKey key = { g_bytes_ref(fix->seal.der), from_s, from_s + 86400 * 300 };
    int64_t now_s = g_get_real_time() / G_USEC_PER_SEC;
    char *folder = pki_folder();

    g_array_append_val(keys, key);
    const SaoySealList both[] = {
        { .kind = SAOY_SEAL_KEYS,
          .issued_at_s = now_s,
          .next_update_s = next_s,
          .keys = keys },
        { .kind = SAOY_SEAL_DENIED,
          .issued_at_s = now_s,
          .next_update_s = next_s,
          .denied = denied },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) cose = saoy_seal_list_make(
            &both[i], saoy_view_of(root->der), sign_with, (void *)(uintptr_t)root, &error);

        g_assert_no_error(error);
        pki_write(folder, i == 0 ? "keys.cose" : "denied.cose", cose);
    }
    return folder;
}

static void
test_lists_decide_offline(Fixture *fix, const void *data)
{
    int64_t now_s = g_get_real_time() / G_USEC_PER_SEC;
    const struct {
        const char *denied;
        int64_t from_s, next_s;
        bool rooted;
        int code; /* 0: it holds */
    } rows[] = {
        { "H26.132-251110-0008.01-00", now_s - 3600, now_s + 86400, true, 0 },
        { "H26.132-251110-0007.01-24", now_s - 3600, now_s + 86400, true,
          SAOY_ERROR_REFUSED },
        { "H26.132-251110-0008.01-00", now_s + 3600, now_s + 86400, true,
          SAOY_ERROR_UNTRUSTED },
        { "H26.132-251110-0008.01-00", now_s - 3600, now_s + 86400, false,
          SAOY_ERROR_OFFLINE },
        { "H26.132-251110-0008.01-00", now_s - 3600, now_s - 60, true, 0 },
    };
    PkiEntity root = pki_entity("TEST seal root", NULL, true);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *folder =
            listed_folder(fix, &root, rows[i].denied, rows[i].from_s, rows[i].next_s);
        g_autoptr(GError) error = NULL;

        if (rows[i].rooted)
            pki_write(folder, "root.der", root.der);
        bool holds = saoy_seal_check(fix->cose, folder, NULL, &error);
        g_assert_cmpint(error != NULL ? error->code : 0, ==, rows[i].code);
        g_assert_true(holds == (rows[i].code == 0));
        g_assert_true(saoy_seal_lists_are_old(folder, now_s) ==
                      (rows[i].rooted && rows[i].next_s < now_s));
        saoy_dir_remove(folder, NULL);
    }
    pki_entity_clear(&root);
}

static GBytes *
deflate(GBytes *plain)
{
    g_autoptr(GConverter) packer =
        G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 9));
    SaoyView in = saoy_view_of(plain);
    size_t room = in.size + 1024;
    uint8_t *out = g_malloc(room);
    gsize used = 0, made = 0;

    g_assert_cmpint(g_converter_convert(packer, in.data, in.size, out, room,
                                        G_CONVERTER_INPUT_AT_END, &used, &made, NULL),
                    ==, G_CONVERTER_FINISHED);
    return g_bytes_new_take(out, made);
}

static char *
vc1(GBytes *bytes)
{
    g_autofree char *code = saoy_base45_encode(saoy_view_of(bytes));

    return g_strconcat("VC1:", code, NULL);
}

static void
test_a_packed_base45_seal_reads(Fixture *fix, const void *data)
{
    g_autoptr(GBytes) packed = deflate(fix->cose), cose = NULL;
    g_autofree char *text = vc1(packed);
    g_auto(SaoySeal) seal = { 0 };

    g_assert_true(saoy_seal_read(text, &seal, &cose, NULL));
    g_assert_true(g_bytes_equal(cose, fix->cose));
}

static void
test_a_zip_bomb_is_refused(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    g_autofree uint8_t *zeros = g_malloc0(1 << 20);
    g_autoptr(GBytes) plain = g_bytes_new(zeros, 1 << 20);
    g_autoptr(GBytes) packed = deflate(plain);
    g_autofree char *text = vc1(packed);
    SaoySeal seal = { 0 };

    g_assert_false(saoy_seal_read(text, &seal, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

/* Each row changes the vector in one place that a lenient reader would forgive. */
/* clang-format off */
static const struct {
    const char *what, *find, *put;
} lenient[] = {
    { "tag",                 "d284",           "d384" },
    { "five elements",       "d284",           "d285" },
    { "array of any length", "d2844d",         "d29f4d" },
    { "protected head long", "844da2",         "84580da2" },
    { "another algorithm",   "a2012604",       "a2012704" },
    { "unprotected key",     "838da0586a",     "838da10102586a" },
    { "payload head long",   "a0586a",         "a059006a" },
    { "issuer",              "0162564e",       "0162554e" },
    { "keys out of order",   "a30162564e061a69153ec03a00010000",
                             "a3061a69153ec00162564e3a00010000" },
    { "time not shortest",   "061a69153ec0",   "061b0000000069153ec0" },
    { "registered claim",    "3a00010000",     "3a0000ffff" },
    { "claims out of order", "02030478",       "04780203" },
    { "page count zero",     "020304",         "020004" },
    { "unknown claim",       "020304",         "080304" },
    { "claim twice",         "020304",         "010304" },
    { "negative page count", "020304",         "022204" },
    { "text not UTF-8",      "e1bb84",         "e1bbff" },
    { "text with NUL",       "7130312d",       "7130002d" },
    { "bytes for text",      "04781e",         "04581e" },
    { "digest short",        "075820",         "07581f" },
    { "signature head",      "58409e",         "58419e" },
    { "signature empty",     "58409e8fd4",     "409e8fd4" },
};
/* clang-format on */

static void
test_lenient_encodings_are_refused(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lenient); i++) {
        const char *at = strstr(vector_cose, lenient[i].find);
        g_autoptr(GString) hex = g_string_new(vector_cose);
        g_autoptr(GError) error = NULL;
        SaoySeal seal = { 0 };

        g_test_message("%s", lenient[i].what);
        g_assert_nonnull(at);
        g_string_erase(hex, at - vector_cose, (gssize)strlen(lenient[i].find));
        g_string_insert(hex, at - vector_cose, lenient[i].put);
        g_autoptr(GBytes) bytes = saoy_unhex(hex->str, NULL);
        g_autofree char *text = vc1(bytes);
        g_assert_false(saoy_seal_read(text, &seal, NULL, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
}

static void
test_texts_that_are_no_seal(void)
{
    static const char *const texts[] = { "",
                                         "#",
                                         "VC1:",
                                         "VC2:RRQT",
                                         "HC1:6BF",
                                         "https://example.vn/v/x?t=y",
                                         "https://example.vn/v/x#",
                                         "0oRNogEmBEg=",
                                         "0oRN ogEm",
                                         "AB",
                                         "xin chào" };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        SaoySeal seal = { 0 };

        g_assert_false(saoy_seal_read(texts[i], &seal, NULL, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/seal/vector/make", test_the_worked_example_comes_out_byte_for_byte);
    g_test_add_func("/seal/vector/read", test_the_worked_example_reads_back);
    g_test_add_func("/seal/vector/verify", test_the_worked_example_verifies_under_its_key);
    g_test_add_func("/seal/base45/rfc", test_base45_as_in_its_rfc);
    g_test_add_func("/seal/base45/bad", test_base45_refuses_what_it_would_not_write);
    g_test_add_func("/seal/lenient", test_lenient_encodings_are_refused);
    g_test_add_func("/seal/no-seal", test_texts_that_are_no_seal);
#define WITH(path, f) g_test_add(path, Fixture, NULL, set_up, f, tear_down)
    WITH("/seal/own/holds", test_a_seal_holds_under_its_certificate);
    WITH("/seal/own/undecided", test_without_its_certificate_it_is_undecided);
    WITH("/seal/own/flipped", test_any_flipped_byte_is_caught);
    WITH("/seal/own/cut", test_a_cut_seal_is_malformed);
    WITH("/seal/own/out-of-time", test_a_certificate_out_of_its_time_is_refused);
    WITH("/seal/own/stranger", test_a_stranger_may_not_borrow_the_key_id);
    WITH("/seal/own/shortened", test_long_titles_are_shortened_to_fit);
    WITH("/seal/own/too-long", test_a_seal_that_cannot_fit_is_refused);
    WITH("/seal/own/lists", test_lists_decide_offline);
    WITH("/seal/own/packed", test_a_packed_base45_seal_reads);
    WITH("/seal/own/bomb", test_a_zip_bomb_is_refused);
    return g_test_run();
}

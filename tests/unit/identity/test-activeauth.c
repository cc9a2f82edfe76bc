/* Active authentication: a published exchange with a passport (RSA-1792 under 3DES, from
 * the tests of gmrtd), then our chip with every kind of key and digest, then cheats. */
#include "activeauth.h"
#include "chip-state.h"
#include "core/ossl.h"
#include "persona-files.h"
#include "persona-pki.h"
#include "script.h"

#include <openssl/rsa.h>

#define CHALLENGE "96302b0f3d7e7864"
#define DG15                                                                               \
    "6F8201023081FF300D06092A864886F70D01010105000381ED003081E90281E100BB8F93F4DC95E205CD" \
    "A17C6927AB1E365B13065D03CD12E0FCE95D96840529453202F56CC4C13F77CD062930C8BC89A2873B25" \
    "7045C286E601CF3C09323A53103314902804AA10A314628CE222206A8866946A36B442041BB54AC81E68" \
    "55DD1D6E16101833D65A191C20AC8B33B8A1A32920F46043F8031CF2BC17417030865FC5BE5A39DEE423" \
    "BCBA3CA8177168EB23CFE01BA43EC87711B1CFFF85DB46F300DD8AE317B50D543B573E119E23AF7070D0" \
    "B2FED6A3B2313A5EC02A531AAED1741F4390D1013E2A0F081EAC5DC8B0A1B2C6BDB1206F08D30E3643E1" \
    "E5BDF536110203010001"
#define SIGNATURE                                                                          \
    "474256306840c0ab1b63c10e1c26bdfef4a0dd843920283cc4e6e70a60f2bd25dc7725f9677bc1cde663" \
    "79dc28b38e8490f33afb2d10f9980c44c0bfc175d2b6684218f535c92fdd3e18db770a9ccbf91db3c7f0" \
    "138e6d9e94b9bc8371761e3abed5e5e9b260279cfb238b58ae0d6a01da51c74c2a3ecd62c448bd9f2012" \
    "7f7384587287fa971204234e55b1a856c3e5aaaa620bb799a68fbae08ee132bb61683eba9b0b40dc1e54" \
    "641cad975b16991cab50af82e3f3985afd19e7427a125f5b4b9878b12a5d2e01c7eedca3bb41c6fc05dc" \
    "cd818bce379d04b1f2f5d43487d3"

static const ScriptLine conversation[] = {
    { "0C88000020871101ED7F8CB47A4EEA086324A7F9DD7427809701008E0897F54BAE49AA71F800",
      "8781e901d04ca80f527df94f4a430d3d6e6cb6c2af4c6756c068a93132d147fa27833125304132981b8b"
      "d8009448e89f259eec8552b54285cef9d8f1b7fb31b9f279221c7e925f4951811f3fe2e01d76e68dbc7c"
      "de9c873c5f61862f3c5469792a72f92c8943b890436f5e9feaead9f2a361fcd7a615493d1b3519865f32"
      "ee9a125886588eb21fee0e709353d0731139fdc958d6b2127fad6947b438998b526819803f70f78614cd"
      "42f4a6619c6af95dfd2ab09bedf71e707abc39a250aee68006d522ad37d159674984a07d11c001022c85"
      "3aeb7acdb059ede5721a3b9f20441bda7e242ee8df1369d25316990290008e08fd2493147866f0ed900"
      "0" },
    { NULL, NULL },
};

static SaoyKey
key_of(const char *hex)
{
    g_autoptr(GBytes) bytes = unhex(hex);
    SaoyKey key = { .size = saoy_view_of(bytes).size };

    memcpy(key.bytes, saoy_view_of(bytes).data, key.size);
    return key;
}

static EVP_PKEY *
public_of(SaoyView dg15)
{
    SaoyView key = { 0 };
    const uint8_t *at;

    g_assert_true(saoy_dg15_parse(dg15, &key, NULL));
    at = key.data;
    return d2i_PUBKEY(NULL, &at, (long)key.size);
}

static void
test_a_published_exchange(void)
{
    static const char *const draws[] = { CHALLENGE, NULL };
    g_autoptr(GBytes) dg15 = unhex(DG15);
    g_autoptr(GBytes) counter = unhex("00000000000000CC");
    g_autoptr(GError) error = NULL;
    g_auto(SaoyLink) link = { 0 };
    g_auto(SaoyKey) enc = key_of("b99d546108eaa251570876b6d3456dce");
    g_auto(SaoyKey) mac = key_of("e3857ca24946251c151c540e13f2cd51");
    SaoyView key = { 0 };

    script_start(&link, conversation, draws);
    saoy_sm_start(&link.sm, SAOY_CIPHER_3DES, &enc, &mac, saoy_view_of(counter));
    g_assert_true(saoy_dg15_parse(saoy_view_of(dg15), &key, NULL));
    saoy_active_auth_run(&link, key, 0, &error);
    g_assert_no_error(error);
    g_assert_null(script_line->command);
}

static void
test_any_other_signature_is_wrong(void)
{
    g_autoptr(GBytes) dg15 = unhex(DG15);
    g_autoptr(GBytes) right = unhex(SIGNATURE);
    g_autoptr(GBytes) challenge = unhex(CHALLENGE);
    g_autoptr(EVP_PKEY) key = public_of(saoy_view_of(dg15));
    SaoyView bytes = saoy_view_of(right);
    g_autofree uint8_t *copy = g_memdup2(bytes.data, bytes.size);
    uint8_t other[SAOY_CHALLENGE_SIZE];

    memcpy(other, saoy_view_of(challenge).data, sizeof other);
    g_assert_true(saoy_active_auth_check(key, 0, other, bytes, NULL));
    for (size_t i = 0; i < bytes.size; i++) {
        copy[i] ^= 1;
        g_assert_false(
            saoy_active_auth_check(key, 0, other, (SaoyView){ copy, bytes.size }, NULL));
        copy[i] ^= 1;
    }
    for (size_t n = 0; n < bytes.size; n++)
        g_assert_false(
            saoy_active_auth_check(key, 0, other, (SaoyView){ bytes.data, n }, NULL));
    other[7] ^= 1;
    g_assert_false(saoy_active_auth_check(key, 0, other, bytes, NULL));
}

/* What an RSA key without padding signs: the form is checked to the last byte. */
static bool
check_raw(EVP_PKEY *key, const uint8_t *challenge, const uint8_t *message, size_t size)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new(key, NULL);
    uint8_t signature[512];
    size_t n = sizeof signature;

    g_assert_cmpint(EVP_PKEY_sign_init(ctx), ==, 1);
    g_assert_cmpint(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), ==, 1);
    g_assert_cmpint(EVP_PKEY_sign(ctx, signature, &n, message, size), ==, 1);
    return saoy_active_auth_check(key, 0, challenge, (SaoyView){ signature, n }, NULL);
}

static void
test_the_form_is_checked(void)
{
    g_autoptr(EVP_PKEY) key = EVP_RSA_gen(1024);
    const uint8_t challenge[SAOY_CHALLENGE_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    uint8_t message[128] = { 0x6a }, joined[128];

    memset(message + 1, 0x11, sizeof message - 1);
    message[127] = 0xbc;
    memcpy(joined, message + 1, 106);
    memcpy(joined + 106, challenge, sizeof challenge);
    EVP_Digest(joined, 114, message + 107, NULL, EVP_sha1(), NULL);
    g_assert_true(check_raw(key, challenge, message, sizeof message));
    message[0] = 0x4a;
    g_assert_false(check_raw(key, challenge, message, sizeof message));
    message[0] = 0x6a;
    message[127] = 0xcc;
    g_assert_false(check_raw(key, challenge, message, sizeof message));
    message[127] = 0xbc;
    message[50] ^= 1;
    g_assert_false(check_raw(key, challenge, message, sizeof message));
}

/* ISO 9796-2 scheme 1 by hand: every trailer at every size of key. */
static void
assert_trailer(EVP_PKEY *key, int digest, uint8_t id)
{
    const uint8_t challenge[SAOY_CHALLENGE_SIZE] = { 8, 7, 6, 5, 4, 3, 2, 1 };
    const EVP_MD *md = EVP_get_digestbynid(digest);
    size_t size = (size_t)EVP_PKEY_get_size(key), hash = (size_t)EVP_MD_get_size(md);
    size_t trailer = id == 0xbc ? 1 : 2, recovered = size - 1 - hash - trailer;
    uint8_t message[512], joined[520];

    memset(message, 0x5a, sizeof message);
    message[0] = 0x6a;
    memcpy(joined, message + 1, recovered);
    memcpy(joined + recovered, challenge, sizeof challenge);
    EVP_Digest(joined, recovered + sizeof challenge, message + 1 + recovered, NULL, md,
               NULL);
    message[size - 1] = id == 0xbc ? 0xbc : 0xcc;
    if (trailer == 2)
        message[size - 2] = id;
    g_assert_true(check_raw(key, challenge, message, size));
    message[size - 1 - trailer] ^= 1;
    g_assert_false(check_raw(key, challenge, message, size));
    message[size - 1 - trailer] ^= 1;
    message[size - trailer] = 0x3a; /* a digest that nobody knows */
    g_assert_false(check_raw(key, challenge, message, size));
}

/* Four primes: a long key in a short time. */
static EVP_PKEY *
rsa_key(int bits)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;

    g_assert_cmpint(EVP_PKEY_keygen_init(ctx), ==, 1);
    g_assert_cmpint(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits), ==, 1);
    if (bits >= 4096)
        g_assert_cmpint(EVP_PKEY_CTX_set_rsa_keygen_primes(ctx, 4), ==, 1);
    g_assert_cmpint(EVP_PKEY_generate(ctx, &key), ==, 1);
    return key;
}

static void
test_every_trailer_at_every_size(void)
{
    static const struct {
        int digest;
        uint8_t id;
    } trailers[] = { { NID_sha1, 0xbc },   { NID_sha1, 0x33 },   { NID_sha224, 0x38 },
                     { NID_sha256, 0x34 }, { NID_sha384, 0x36 }, { NID_sha512, 0x35 } };
    static const int sizes[] = { 1024, 1280, 1536, 2048, 4096 };

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(EVP_PKEY) key = rsa_key(sizes[i]);

        for (size_t j = 0; j < G_N_ELEMENTS(trailers); j++)
            assert_trailer(key, trailers[j].digest, trailers[j].id);
    }
}

/* Gives the persona's chip another key, and its issuer's word for it. */
static void
give_key(Fixture *fix, EVP_PKEY *key, int digest)
{
    g_auto(SaoyIssuer) issuer = { 0 };
    SaoyView groups[SAOY_GROUP_MAX + 1] = { 0 };

    EVP_PKEY_free(fix->chip->active_auth);
    fix->chip->active_auth = key;
    fix->chip->active_digest = digest;
    g_bytes_unref(fix->chip->files[15]);
    fix->chip->files[15] = saoy_persona_dg15(key, NULL);
    for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++)
        if (fix->chip->files[n] != NULL)
            groups[n] = saoy_view_of(fix->chip->files[n]);
    g_assert_true(saoy_issuer_of_folder(fix->dir, &issuer, NULL));
    g_bytes_unref(fix->chip->files[SAOY_SLOT_SOD]);
    fix->chip->files[SAOY_SLOT_SOD] = saoy_sod_sign(&issuer, groups, NULL);
    saoy_chip_reset(fix->chip);
}

static void
assert_proof(Fixture *fix, SaoyProof expected)
{
    g_autoptr(GError) error = NULL;

    read_chip(fix, fix->dir, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(saoy_proof_name(fix->who.active_auth), ==, saoy_proof_name(expected));
}

static void
test_every_rsa_trailer(Fixture *fix, const void *data)
{
    static const int digests[] = { NID_sha1, NID_sha224, NID_sha256, NID_sha384,
                                   NID_sha512 };

    give_key(fix, EVP_RSA_gen(1536), NID_sha1);
    for (size_t i = 0; i < G_N_ELEMENTS(digests); i++) {
        fix->chip->active_digest = digests[i];
        assert_proof(fix, SAOY_PROOF_DONE);
        g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_DONE);
    }
}

static void
test_a_long_answer(Fixture *fix, const void *data)
{
    give_key(fix, EVP_RSA_gen(2048), NID_sha256);
    assert_proof(fix, SAOY_PROOF_DONE);
}

static void
test_every_curve(Fixture *fix, const void *data)
{
    static const char *const curves[] = { "brainpoolP224r1", "prime256v1",
                                          "brainpoolP320r1", "secp384r1",
                                          "brainpoolP512r1", "secp521r1" };

    for (size_t i = 0; i < G_N_ELEMENTS(curves); i++) {
        give_key(fix, EVP_EC_gen(curves[i]), NID_sha256); /* as DG14 says */
        assert_proof(fix, SAOY_PROOF_DONE);
    }
    fix->chip->active_digest = NID_sha384;
    assert_proof(fix, SAOY_PROOF_FAILED);
}

static void
test_digest_without_a_word_in_dg14(void)
{
    static const struct {
        const char *curve;
        int digest;
    } cases[] = { { "prime192v1", NID_sha1 },        { "secp224r1", NID_sha224 },
                  { "prime256v1", NID_sha256 },      { "prime256v1", NID_sha1 },
                  { "secp384r1", NID_sha384 },       { "brainpoolP384r1", NID_sha256 },
                  { "brainpoolP512r1", NID_sha512 }, { "secp521r1", NID_sha512 } };
    const uint8_t challenge[SAOY_CHALLENGE_SIZE] = { 9, 8, 7, 6, 5, 4, 3, 2 };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(EVP_PKEY) key = EVP_EC_gen(cases[i].curve);
        g_autoptr(SaoyArray) signature = saoy_array_new(160);
        g_autoptr(GError) error = NULL;

        g_assert_nonnull(key);
        g_assert_true(
            saoy_active_auth_sign(key, cases[i].digest, challenge, signature, NULL));
        g_assert_true(
            saoy_active_auth_check(key, 0, challenge, saoy_view_array(signature), NULL));
        g_assert_false(saoy_active_auth_check(
            key, cases[i].digest == NID_sha256 ? NID_sha384 : NID_sha256, challenge,
            saoy_view_array(signature), NULL));
        g_assert_false(
            saoy_active_auth_check(key, -1, challenge, saoy_view_array(signature), &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
    }
}

static void
test_a_der_signature_is_taken(void)
{
    const uint8_t challenge[SAOY_CHALLENGE_SIZE] = { 1 };
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("prime256v1");
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    uint8_t der[80];
    size_t size = sizeof der;

    g_assert_cmpint(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), ==, 1);
    g_assert_cmpint(EVP_DigestSign(ctx, der, &size, challenge, sizeof challenge), ==, 1);
    g_assert_true(
        saoy_active_auth_check(key, NID_sha256, challenge, (SaoyView){ der, size }, NULL));
    der[size - 1] ^= 1;
    g_assert_false(
        saoy_active_auth_check(key, NID_sha256, challenge, (SaoyView){ der, size }, NULL));
}

static void
test_cheats(Fixture *fix, const void *data)
{
    static const char *const levers[] = { "no-aa", "wrong-aa", "clone" };

    for (size_t i = 0; i < G_N_ELEMENTS(levers); i++) {
        g_assert_true(saoy_chip_fault(fix->chip, levers[i]));
        assert_proof(fix, SAOY_PROOF_FAILED);
        g_assert_cmpstr(fix->who.number, ==, NUMBER);
        g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_DONE);
        g_assert_true(saoy_chip_fault(fix->chip, "clear"));
        assert_proof(fix, SAOY_PROOF_DONE);
    }
}

/* Answers 6700 to the challenge, and ends the session with it. */
static bool
excuse(void *self, SaoyView command, GByteArray *response, GCancellable *cancel,
       GError **error)
{
    const SaoyChannel *inner = self;

    if (command.data[1] != 0x88)
        return inner->transceive(inner->self, command, response, cancel, error);
    g_byte_array_append(response, (const uint8_t[]){ 0x67, 0x00 }, 2);
    return true;
}

/* A chip that cannot sign may not say that the answer would be too long, unless it is. */
static void
test_no_excuse(Fixture *fix, const void *data)
{
    const SaoyReadPolicy policy = { .trust = fix->dir };
    SaoyChannel inner = saoy_chip_channel(fix->chip);

    for (unsigned is_long = 0; is_long < 2; is_long++) {
        g_autoptr(GError) error = NULL;

        give_key(fix, is_long ? EVP_RSA_gen(2048) : EVP_EC_gen("prime256v1"), NID_sha256);
        g_assert_true(!is_long || saoy_chip_fault(fix->chip, "no-extended"));
        saoy_identity_clear(&fix->who);
        saoy_identity_read((SaoyChannel){ excuse, &inner }, &fix->key, &policy, NULL, NULL,
                           &fix->who, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_DONE);
        g_assert_cmpstr(saoy_proof_name(fix->who.active_auth), ==,
                        is_long ? "undecided" : "failed");
    }
}

/* A key of one's own proves nothing if no issuer has signed it. */
static void
test_an_unsigned_key_does_not_count(Fixture *fix, const void *data)
{
    EVP_PKEY *key = EVP_EC_gen("prime256v1");

    fix->chip->changed[15] = saoy_persona_dg15(key, NULL);
    EVP_PKEY_free(fix->chip->active_auth);
    fix->chip->active_auth = key;
    assert_proof(fix, SAOY_PROOF_UNDECIDED);
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_FAILED);
}

static void
test_unusable_keys(Fixture *fix, const void *data)
{
    give_key(fix, EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NID_sha256);
    /* it cannot sign so: the chip answers no */
    g_clear_pointer(&fix->chip->active_auth, EVP_PKEY_free);
    assert_proof(fix, SAOY_PROOF_FAILED);
    fix->chip->changed[15] = unhex("6F0330010A");
    assert_proof(fix, SAOY_PROOF_FAILED);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/active/rsa-trailers", test_every_rsa_trailer },
        { "/active/long", test_a_long_answer },
        { "/active/curves", test_every_curve },
        { "/active/cheats", test_cheats },
        { "/active/excuse", test_no_excuse },
        { "/active/unsigned", test_an_unsigned_key_does_not_count },
        { "/active/unusable", test_unusable_keys },
    };

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/active/published", test_a_published_exchange);
    g_test_add_func("/active/any-other", test_any_other_signature_is_wrong);
    g_test_add_func("/active/form", test_the_form_is_checked);
    g_test_add_func("/active/trailers", test_every_trailer_at_every_size);
    g_test_add_func("/active/silent", test_digest_without_a_word_in_dg14);
    g_test_add_func("/active/der", test_a_der_signature_is_taken);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}

/* Chip authentication v1: what DG14 offers, and a conversation with a chip that computes
 * its half with OpenSSL's own key agreement. */
#include "chipauth.h"
#include "domain.h"
#include "infos.h"

#include <openssl/core_names.h>

#define CHIP_AUTH "0.4.0.127.0.7.2.2.3."

/* A chip in a session under 3DES, with one static key. */
typedef struct {
    EVP_PKEY *key;
    SaoyCipher cipher; /* of chip authentication */
    SaoySm sm, coming;
    uint16_t refuse;  /* status word instead of an answer; 0: none */
    bool no_kat;      /* knows no MSE:Set KAT */
    GByteArray *seen; /* the commands, opened */
} Chip;

/* The terminal's ephemeral key on the group of the chip's own. */
static EVP_PKEY *
peer_of(EVP_PKEY *own, SaoyView public)
{
    EVP_PKEY *peer = EVP_PKEY_new();
    g_autofree uint8_t *padded = NULL;
    size_t size = (size_t)EVP_PKEY_get_size(own);

    g_assert_cmpint(EVP_PKEY_copy_parameters(peer, own), ==, 1);
    if (EVP_PKEY_get_base_id(own) == EVP_PKEY_EC) {
        g_assert_cmpint(EVP_PKEY_set1_encoded_public_key(peer, public.data, public.size),
                        ==, 1);
        return peer;
    }
    padded = g_malloc0(size);
    memcpy(padded + size - public.size, public.data, public.size);
    g_assert_cmpint(EVP_PKEY_set1_encoded_public_key(peer, padded, size), ==, 1);
    return peer;
}

static void
agree(Chip *chip, SaoyView public)
{
    g_autoptr(EVP_PKEY) peer = peer_of(chip->key, public);
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new(chip->key, NULL);
    uint8_t secret[512];
    size_t size = sizeof secret;

    g_assert_cmpint(EVP_PKEY_derive_init(ctx), ==, 1);
    if (EVP_PKEY_get_base_id(chip->key) != EVP_PKEY_EC) {
        OSSL_PARAM pad[] = { OSSL_PARAM_END, OSSL_PARAM_END };
        unsigned one = 1;

        pad[0] = OSSL_PARAM_construct_uint(OSSL_EXCHANGE_PARAM_PAD, &one);
        g_assert_cmpint(EVP_PKEY_CTX_set_params(ctx, pad), ==, 1);
    }
    g_assert_cmpint(EVP_PKEY_derive_set_peer(ctx, peer), ==, 1);
    g_assert_cmpint(EVP_PKEY_derive(ctx, secret, &size), ==, 1);
    g_assert_true(
        saoy_sm_derive(&chip->coming, chip->cipher, (SaoyView){ secret, size }, NULL));
}

static uint16_t
answer(Chip *chip, const SaoyApdu *command)
{
    SaoyView data = command->data, public = { 0 };

    if (chip->refuse != 0)
        return chip->refuse;
    switch (command->ins << 16 | command->p1 << 8 | command->p2) {
    case 0x2241a6:
        if (chip->no_kat)
            return SAOY_SW_WRONG_P1P2;
        g_assert_true(saoy_tlv_take(&data, 0x91, &public, NULL));
        break;
    case 0x860000:
        g_assert_true(saoy_tlv_take(&data, 0x7c, &data, NULL));
        g_assert_true(saoy_tlv_take(&data, 0x80, &public, NULL));
        break;
    default:
        return SAOY_SW_OK;
    }
    agree(chip, public);
    return SAOY_SW_OK;
}

static bool
transceive(void *self, SaoyView raw, GByteArray *response, GCancellable *cancel,
           GError **error)
{
    Chip *chip = self;
    g_autoptr(SaoyArray) plain = saoy_array_new(600);
    SaoyApdu command = { 0 }, opened = { 0 };
    uint16_t sw;

    g_assert_true(saoy_apdu_parse(raw, &command, NULL));
    g_assert_true(saoy_sm_open(&chip->sm, &command, plain, &opened, NULL));
    saoy_apdu_put(chip->seen, &opened);
    sw = answer(chip, &opened);
    g_assert_true(saoy_sm_seal(&chip->sm, (SaoyView){ 0 }, sw, response, NULL));
    if (chip->coming.active) {
        chip->sm = chip->coming;
        chip->coming = (SaoySm){ 0 };
    }
    return true;
}

static void
begin(Chip *chip, SaoyLink *link)
{
    const SaoyKey key = { .bytes = { 1, 2, 3, 4, 5, 6, 7, 8, 9 }, .size = 16 };

    chip->seen = g_byte_array_new();
    saoy_link_init(link, (SaoyChannel){ transceive, chip }, NULL);
    saoy_sm_start(&link->sm, SAOY_CIPHER_3DES, &key, &key, (SaoyView){ 0 });
    saoy_sm_start(&chip->sm, SAOY_CIPHER_3DES, &key, &key, (SaoyView){ 0 });
}

static SaoyDg14
parse(GByteArray *set, GBytes **out_file)
{
    SaoyDg14 dg14 = { 0 };
    g_autoptr(GError) error = NULL;

    *out_file = finish_set(set, 0x6e);
    saoy_dg14_parse(saoy_view_of(*out_file), &dg14, &error);
    g_assert_no_error(error);
    return dg14;
}

/* Runs it, and a command under the new keys behind it. */
static void
assert_runs(EVP_PKEY *key, const char *protocol, int key_id, const char *first)
{
    int kind = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC ? 2 : 1;
    Chip chip = { .key = key };
    g_autoptr(GByteArray) set = g_byte_array_new();
    g_autoptr(GBytes) info = public_key(key);
    g_autoptr(GBytes) file = NULL;
    g_auto(SaoyLink) link = { 0 };
    g_autoptr(GError) error = NULL;
    const SaoyApdu select = { .ins = 0xa4, .p1 = 0x02, .p2 = 0x0c };
    SaoyView data = { 0 };
    SaoyDg14 dg14;
    uint16_t sw = 0;

    if (protocol != NULL)
        put_info(set, protocol, 1, key_id);
    put_key(set, kind, info, key_id);
    dg14 = parse(set, &file);
    g_assert_true(dg14.supported);
    chip.cipher = dg14.offers[0].cipher;
    begin(&chip, &link);
    saoy_chip_auth_run(&link, &dg14, &error);
    g_assert_no_error(error);
    g_assert_cmpint(link.sm.cipher, ==, chip.cipher);
    g_assert_true(link.sm.active && chip.sm.active);
    g_assert_cmpmem(link.sm.enc.bytes, 64, chip.sm.enc.bytes, 64);
    for (size_t i = 0; i < sizeof link.sm.ssc; i++)
        g_assert_cmpint(link.sm.ssc[i], ==, 0);
    g_assert_true(saoy_link_send(&link, &select, &data, &sw, NULL));
    g_assert_true(link.sm.active);
    g_assert_cmphex(sw, ==, SAOY_SW_OK);
    if (first != NULL)
        assert_hex((SaoyView){ chip.seen->data, strlen(first) / 2 }, first);
    g_byte_array_unref(chip.seen);
}

static void
test_curves_and_ciphers(void)
{
    static const struct {
        const char *curve, *protocol;
        int key_id;
        const char *first;
    } cases[] = {
        /* MSE:Set KAT: 91 key, 84 key id */
        { "brainpoolP256r1", CHIP_AUTH "2.1", -1, "002241A643914104" },
        { "prime256v1", NULL, -1, "002241A643914104" },
        { "brainpoolP320r1", CHIP_AUTH "2.1", 3, "002241A656915104" },
        /* MSE:Set AT: 80 protocol, 84 key id; GENERAL AUTHENTICATE: 7C 80 key */
        { "brainpoolP256r1", CHIP_AUTH "2.2", -1,
          "002241A40C800A04007F000702020302020086000045"
          "7C43804104" },
        { "secp224r1", CHIP_AUTH "2.2", 0,
          "002241A40F800A04007F00070202030202840100"
          "008600003D7C3B803904" },
        { "secp384r1", CHIP_AUTH "2.3", 200, "002241A40F800A04007F000702020302038401C8" },
        { "secp521r1", CHIP_AUTH "2.4", 0x1234,
          "002241A410800A04007F0007020203020484021234" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(EVP_PKEY) key = EVP_EC_gen(cases[i].curve);

        assert_runs(key, cases[i].protocol, cases[i].key_id, cases[i].first);
    }
}

/* 3DES in two steps, for a chip that has not got the one. */
static void
test_a_chip_without_set_kat(void)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("prime256v1");
    g_autoptr(GByteArray) set = g_byte_array_new();
    g_autoptr(GBytes) info = public_key(key);
    g_autoptr(GBytes) file = NULL;
    g_auto(SaoyLink) link = { 0 };
    Chip chip = { .key = key, .cipher = SAOY_CIPHER_3DES, .no_kat = true };
    SaoyDg14 dg14;

    put_key(set, 2, info, -1);
    dg14 = parse(set, &file);
    begin(&chip, &link);
    g_assert_true(saoy_chip_auth_run(&link, &dg14, NULL));
    g_assert_cmpmem(link.sm.enc.bytes, 64, chip.sm.enc.bytes, 64);
    g_byte_array_unref(chip.seen);
}

/* What many issuers do: the parameters spelt out. */
static void
test_explicit_parameters(void)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("brainpoolP256r1");

    g_assert_cmpint(EVP_PKEY_set_utf8_string_param(key, OSSL_PKEY_PARAM_EC_ENCODING,
                                                   OSSL_PKEY_EC_ENCODING_EXPLICIT),
                    ==, 1);
    assert_runs(key, CHIP_AUTH "2.2", -1, NULL);
}

static EVP_PKEY *
field_key(const char *type, const char *group)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    char name[32];
    OSSL_PARAM params[] = { OSSL_PARAM_END, OSSL_PARAM_END };
    EVP_PKEY *key = NULL;

    g_strlcpy(name, group, sizeof name);
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
    g_assert_cmpint(EVP_PKEY_keygen_init(ctx), ==, 1);
    g_assert_cmpint(EVP_PKEY_CTX_set_params(ctx, params), ==, 1);
    g_assert_cmpint(EVP_PKEY_generate(ctx, &key), ==, 1);
    return key;
}

static void
test_prime_fields(void)
{
    static const struct {
        const char *type, *group, *protocol;
    } cases[] = {
        { "DHX", "dh_1024_160", CHIP_AUTH "1.1" },
        { "DHX", "dh_2048_224", CHIP_AUTH "1.2" },
        { "DHX", "dh_2048_256", CHIP_AUTH "1.4" },
        /* PKCS #3: the order is not said */
        { "DH", "ffdhe2048", CHIP_AUTH "1.3" },
        { "DH", "modp_1536", CHIP_AUTH "1.2" },
        { "DH", "ffdhe3072", NULL },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(EVP_PKEY) key = field_key(cases[i].type, cases[i].group);

        assert_runs(key, cases[i].protocol, 1, NULL);
    }
}

static void
assert_fails(GBytes *key, int kind, uint16_t refuse, SaoyErrorCode code)
{
    Chip chip = { .refuse = refuse };
    g_autoptr(GByteArray) set = g_byte_array_new();
    g_autoptr(GBytes) file = NULL;
    g_auto(SaoyLink) link = { 0 };
    g_autoptr(GError) error = NULL;
    SaoyDg14 dg14;

    put_info(set, kind == 1 ? CHIP_AUTH "1.2" : CHIP_AUTH "2.2", 1, -1);
    put_key(set, kind, key, -1);
    dg14 = parse(set, &file);
    begin(&chip, &link);
    g_assert_false(saoy_chip_auth_run(&link, &dg14, &error));
    g_assert_error(error, SAOY_ERROR, (int)code);
    g_assert_cmpuint(chip.seen->len > 0, ==, refuse != 0);
    g_byte_array_unref(chip.seen);
}

/* A chip that refuses; keys that are none. The chip is not even asked then. */
static void
test_refusals(void)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("brainpoolP256r1");
    g_autoptr(EVP_PKEY) rsa = EVP_RSA_gen(1024);
    g_autoptr(GBytes) good = public_key(key);
    g_autoptr(GBytes) other = public_key(rsa);
    uint8_t *copy = g_memdup2(saoy_view_of(good).data, saoy_view_of(good).size);
    g_autoptr(GBytes) off_curve = NULL;

    copy[saoy_view_of(good).size - 1] ^= 1;
    off_curve = g_bytes_new_take(copy, saoy_view_of(good).size);
    assert_fails(good, 2, 0x6a80, SAOY_ERROR_FAILED);
    assert_fails(good, 2, 0x6300, SAOY_ERROR_FAILED);
    assert_fails(off_curve, 2, 0, SAOY_ERROR_UNTRUSTED);
    assert_fails(other, 2, 0, SAOY_ERROR_UNTRUSTED);
    for (int parameter = 3; parameter < 8; parameter++) {
        static const uint8_t point[65] = { 4 };
        g_autoptr(GBytes) unknown =
            standard_key(parameter, (SaoyView){ point, sizeof point });

        assert_fails(unknown, 2, 0, SAOY_ERROR_UNTRUSTED);
    }
}

/* Zero, one, p - 1, p, and of twice the order, in a standardised field. */
static void
test_numbers_outside_the_group(void)
{
    g_autoptr(SaoyDomain) domain = saoy_domain_new(0);
    int size = BN_num_bytes(domain->p);
    uint8_t bytes[128];

    for (int value = 0; value < 5; value++) {
        g_autoptr(BIGNUM) number = BN_dup(domain->p);
        g_autoptr(GBytes) key = NULL;

        if (value < 2)
            BN_set_word(number, (unsigned)value);
        else if (value == 2)
            BN_sub_word(number, 1);
        else if (value == 3)
            BN_sub(number, domain->p, domain->g);
        g_assert_cmpint(BN_bn2binpad(number, bytes, size), ==, size);
        key = standard_key(0, (SaoyView){ bytes, (size_t)size });
        assert_fails(key, 1, 0, SAOY_ERROR_UNTRUSTED);
    }
}

static void
put_bignum(GByteArray *out, const BIGNUM *number)
{
    uint8_t octets[1 + 512] = { 0 };
    int size = BN_bn2bin(number, octets + 1);
    int skip = octets[1] < 0x80 ? 1 : 0;

    saoy_tlv_put(out, 0x02, (SaoyView){ octets + skip, (size_t)(size + 1 - skip) });
}

/* A key as PKCS #3 has it: modulus and generator, not the order. */
static GBytes *
pkcs3_key(const BIGNUM *p, const BIGNUM *g, const BIGNUM *y)
{
    g_autoptr(GByteArray) numbers = g_byte_array_new();
    g_autoptr(GByteArray) algorithm = g_byte_array_new();
    g_autoptr(GByteArray) bits = g_byte_array_new();
    g_autoptr(GByteArray) body = g_byte_array_new();
    GByteArray *info = g_byte_array_new();

    put_bignum(numbers, p);
    put_bignum(numbers, g);
    put_oid(algorithm, "1.2.840.113549.1.3.1");
    saoy_tlv_put(algorithm, 0x30, saoy_view_array(numbers));
    g_byte_array_append(bits, (const uint8_t[]){ 0 }, 1);
    put_bignum(bits, y);
    saoy_tlv_put(body, 0x30, saoy_view_array(algorithm));
    saoy_tlv_put(body, 0x03, saoy_view_array(bits));
    saoy_tlv_put(info, 0x30, saoy_view_array(body));
    return g_byte_array_free_to_bytes(info);
}

/* The order is known of the standardised fields even where it is not said; of others the
 * range has to do. */
static void
test_fields_spelt_out(void)
{
    for (int value = 0; value < 8; value++) {
        g_autoptr(SaoyDomain) known = saoy_domain_new(0);
        g_autoptr(SaoyDomain) found = NULL;
        g_autoptr(SaoyArray) element = NULL;
        g_autoptr(GBytes) key = NULL;
        g_autoptr(BIGNUM) p = BN_dup(known->p), g = BN_dup(known->g), y = BN_dup(g);
        bool good = value < 2;

        if (value == 1) /* another field: its order is not known */
            BN_add_word(p, 2);
        if (value == 2) /* of twice the order */
            BN_sub(y, p, g);
        if (value == 3) /* even */
            BN_add_word(p, 1);
        if (value == 4) /* short */
            BN_rshift(p, p, 512);
        if (value == 5)
            BN_one(g);
        if (value == 6) /* the last one, in a field whose order is not known */
            BN_copy(y, BN_add_word(p, 2) == 1 ? p : NULL);
        if (value == 6)
            BN_sub_word(y, 1);
        if (value == 7)
            BN_copy(g, p);
        key = pkcs3_key(p, g, y);
        found = saoy_domain_of_key(saoy_view_of(key), &element, NULL);
        g_assert_true((found != NULL) == good);
        if (good)
            g_assert_true((found->q != NULL) == (value == 0));
    }
}

/* Curves that no passport has: too small, over a binary field, too large. */
static void
test_foreign_curves(void)
{
    static const char *const curves[] = { "secp112r1", "secp160r1", "sect233r1",
                                          "sect571k1", "brainpoolP160r1" };

    for (size_t i = 0; i < G_N_ELEMENTS(curves); i++) {
        g_autoptr(EVP_PKEY) key = EVP_EC_gen(curves[i]);
        g_autoptr(GBytes) info = NULL;

        if (key == NULL) /* left out of this OpenSSL */
            continue;
        info = public_key(key);
        assert_fails(info, 2, 0, SAOY_ERROR_UNTRUSTED);
    }
}

/* The strongest first; a key that cannot be used gives way to the next. */
static void
test_several_keys(void)
{
    static const uint8_t nowhere[65] = { 4 };
    g_autoptr(EVP_PKEY) first = EVP_EC_gen("prime256v1");
    g_autoptr(EVP_PKEY) second = field_key("DHX", "dh_1024_160");
    GBytes *infos[] = { public_key(first), public_key(second),
                        standard_key(13, (SaoyView){ nowhere, 65 }) };
    g_autoptr(GByteArray) set = g_byte_array_new();
    g_autoptr(GBytes) file = NULL;
    g_auto(SaoyLink) link = { 0 };
    Chip chip = { .key = second, .cipher = SAOY_CIPHER_AES192 };
    SaoyDg14 dg14;

    put_key(set, 2, infos[0], 1);
    put_key(set, 1, infos[1], 2);
    put_key(set, 2, infos[2], 3);
    put_info(set, CHIP_AUTH "2.4", 1, 3);
    put_info(set, CHIP_AUTH "2.2", 1, 1);
    put_info(set, CHIP_AUTH "1.3", 1, 2);
    put_info(set, CHIP_AUTH "2.4", 1, 9); /* of no key */
    put_info(set, CHIP_AUTH "2.4", 2, 1); /* of another version */
    dg14 = parse(set, &file);
    g_assert_cmpuint(dg14.n_offers, ==, 3);
    g_assert_cmpint(dg14.offers[0].key_id, ==, 3);
    g_assert_cmpint(dg14.offers[1].key_id, ==, 2);
    g_assert_cmpint(dg14.offers[2].key_id, ==, 1);
    begin(&chip, &link);
    g_assert_true(saoy_chip_auth_run(&link, &dg14, NULL));
    assert_hex((SaoyView){ chip.seen->data, 20 },
               "002241A40F800A04007F00070202030103840102");
    g_byte_array_unref(chip.seen);
    for (size_t i = 0; i < G_N_ELEMENTS(infos); i++)
        g_clear_pointer(&infos[i], g_bytes_unref);
}

/* A single key is found by its kind where only one side names an id. */
static void
test_ids_that_are_left_out(void)
{
    static const struct {
        const char *protocol;
        int protocol_id, key_id;
        bool supported;
    } cases[] = {
        { CHIP_AUTH "2.2", -1, 5, true }, { CHIP_AUTH "2.2", 5, -1, true },
        { CHIP_AUTH "2.2", 5, 6, false }, { CHIP_AUTH "1.2", -1, -1, true },
        { CHIP_AUTH "2.5", 5, 5, true },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(EVP_PKEY) key = EVP_EC_gen("prime256v1");
        g_autoptr(GBytes) info = public_key(key);
        g_autoptr(GByteArray) set = g_byte_array_new();
        g_autoptr(GBytes) file = NULL;
        SaoyDg14 dg14;

        put_info(set, cases[i].protocol, 1, cases[i].protocol_id);
        put_key(set, 2, info, cases[i].key_id);
        dg14 = parse(set, &file);
        g_assert_true(dg14.offered);
        g_assert_true(dg14.supported == cases[i].supported);
        /* a protocol of another kind, or none that is known: as if there were none */
        if (i >= 3)
            g_assert_cmpint(dg14.offers[0].cipher, ==, SAOY_CIPHER_3DES);
    }
}

static void
test_too_many_of_all(void)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("prime256v1");
    g_autoptr(GBytes) info = public_key(key);
    g_autoptr(GByteArray) set = g_byte_array_new();
    g_autoptr(GBytes) file = NULL;
    SaoyDg14 dg14;

    for (int i = 0; i < 40; i++) {
        put_key(set, 2, info, i % 3);
        put_info(set, CHIP_AUTH "2.2", 1, i % 3);
    }
    dg14 = parse(set, &file);
    g_assert_true(dg14.supported);
    g_assert_cmpuint(dg14.n_offers, <=, SAOY_OFFERS_MAX);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/chip-auth/curves", test_curves_and_ciphers);
    g_test_add_func("/chip-auth/no-kat", test_a_chip_without_set_kat);
    g_test_add_func("/chip-auth/explicit", test_explicit_parameters);
    g_test_add_func("/chip-auth/fields", test_prime_fields);
    g_test_add_func("/chip-auth/refusals", test_refusals);
    g_test_add_func("/chip-auth/outside", test_numbers_outside_the_group);
    g_test_add_func("/chip-auth/spelt-out", test_fields_spelt_out);
    g_test_add_func("/chip-auth/foreign-curves", test_foreign_curves);
    g_test_add_func("/chip-auth/several", test_several_keys);
    g_test_add_func("/chip-auth/ids", test_ids_that_are_left_out);
    g_test_add_func("/chip-auth/too-many", test_too_many_of_all);
    return g_test_run();
}

/* Chip authentication mapping against our chip: what counts, and what does not. */
#include "cam.h"
#include "chip-state.h"
#include "core/ossl.h"
#include "fixture.h"
#include "infos.h"
#include "persona-pki.h"

/* SecurityInfos with these chip authentication keys, numbered from 1; one: no number. */
static GBytes *
infos_of(EVP_PKEY **keys, int n)
{
    g_autoptr(GByteArray) set = g_byte_array_new();

    for (int i = 0; i < n; i++) {
        g_autoptr(GBytes) key = public_key(keys[i]);

        put_key(set, 2, key, n == 1 ? -1 : i + 1);
    }
    return finish_set(set, 0);
}

static void
give_keys(Fixture *fix, EVP_PKEY **keys, int n, const SaoyIssuer *issuer)
{
    g_autoptr(GBytes) infos = infos_of(keys, n);
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&fix->chip->card_security, g_bytes_unref);
    fix->chip->card_security = saoy_card_security_sign(issuer, saoy_view_of(infos), &error);
    g_assert_no_error(error);
}

static void
give_card_security(Fixture *fix, EVP_PKEY *key, const SaoyIssuer *issuer)
{
    give_keys(fix, &key, 1, issuer);
}

static void
announce(Fixture *fix, unsigned cipher, unsigned parameter)
{
    g_autofree char *hex = g_strdup_printf(
        "31143012060a04007f000702020406%02x0201020201%02x", cipher, parameter);

    g_bytes_unref(fix->chip->card_access);
    fix->chip->card_access = unhex(hex);
}

static void
set_up_cam(Fixture *fix, const void *data)
{
    g_auto(SaoyIssuer) issuer = { 0 };

    set_up(fix, data);
    announce(fix, 2, 13);
    g_assert_true(saoy_issuer_of_folder(fix->dir, &issuer, NULL));
    give_card_security(fix, fix->chip->chip_auth, &issuer);
}

static bool
has_step(const Fixture *fix, const char *name)
{
    for (unsigned i = 0; i < fix->who.n_steps; i++)
        if (g_str_equal(fix->who.steps[i].name, name))
            return true;
    return false;
}

static void
assert_read(Fixture *fix, const char *trust, SaoyProof expected, bool with_ca)
{
    g_autoptr(GError) error = NULL;

    read_chip(fix, trust, false, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(fix->who.number, ==, NUMBER);
    g_assert_cmpstr(fix->who.access, ==, "PACE-CAN");
    g_assert_true(has_step(fix, "CAM"));
    g_assert_true(has_step(fix, "CA") == with_ca);
    g_assert_cmpstr(saoy_proof_name(fix->who.chip_auth), ==, saoy_proof_name(expected));
}

static void
test_it_proves_the_chip(Fixture *fix, const void *data)
{
    for (unsigned cipher = 2; cipher <= 4; cipher++) {
        announce(fix, cipher, 13);
        assert_read(fix, fix->dir, SAOY_PROOF_DONE, false);
        g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_DONE);
    }
}

/* The static key lies on the curve of PACE, whichever that is. */
static void
test_on_every_curve(Fixture *fix, const void *data)
{
    static const char *const curves[] = {
        "prime192v1",      "brainpoolP192r1", "secp224r1",       "brainpoolP224r1",
        "prime256v1",      "brainpoolP256r1", "brainpoolP320r1", "secp384r1",
        "brainpoolP384r1", "brainpoolP512r1", "secp521r1"
    };
    g_auto(SaoyIssuer) issuer = { 0 };

    g_assert_true(saoy_issuer_of_folder(fix->dir, &issuer, NULL));
    for (unsigned i = 0; i < G_N_ELEMENTS(curves); i++) {
        EVP_PKEY_free(fix->chip->chip_auth);
        fix->chip->chip_auth = EVP_EC_gen(curves[i]);
        announce(fix, 2, 8 + i);
        give_card_security(fix, fix->chip->chip_auth, &issuer);
        assert_read(fix, fix->dir, SAOY_PROOF_DONE, false);
    }
}

/* Several keys, of other curves too: the one that was proven is found wherever it stands.
 */
static void
test_one_of_several_keys(Fixture *fix, const void *data)
{
    g_auto(SaoyIssuer) issuer = { 0 };
    g_autoptr(EVP_PKEY) same_curve = EVP_EC_gen("brainpoolP256r1");
    g_autoptr(EVP_PKEY) longer = EVP_EC_gen("secp384r1");
    EVP_PKEY *keys[] = { same_curve, longer, fix->chip->chip_auth };

    g_assert_true(saoy_issuer_of_folder(fix->dir, &issuer, NULL));
    give_keys(fix, keys, 3, &issuer);
    assert_read(fix, fix->dir, SAOY_PROOF_DONE, false);
    give_keys(fix, keys, 2, &issuer);
    assert_read(fix, fix->dir, SAOY_PROOF_FAILED, false);
}

static void
test_a_copy_fails(Fixture *fix, const void *data)
{
    g_assert_true(saoy_chip_fault(fix->chip, "clone"));
    assert_read(fix, fix->dir, SAOY_PROOF_FAILED, false);
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_DONE);
}

static void
test_a_changed_file_fails(Fixture *fix, const void *data)
{
    SaoyView file = saoy_view_of(fix->chip->card_security);
    uint8_t *copy = g_memdup2(file.data, file.size);

    copy[file.size - 1] ^= 1;
    g_clear_pointer(&fix->chip->card_security, g_bytes_unref);
    fix->chip->card_security = g_bytes_new_take(copy, file.size);
    assert_read(fix, fix->dir, SAOY_PROOF_FAILED, false);
}

/* A copy may bring its own key and sign for it itself: its files are genuine, its mapping
 * holds, and still it is no proof. What DG14 offers is asked instead, and fails. */
static void
test_a_key_of_ones_own_does_not_count(Fixture *fix, const void *data)
{
    g_auto(SaoyIssuer) foreign = { 0 };
    EVP_PKEY *key = EVP_EC_gen("brainpoolP256r1");

    g_assert_true(saoy_issuer_new("CSCA of somebody else", &foreign, NULL));
    give_card_security(fix, key, &foreign);
    EVP_PKEY_free(fix->chip->chip_auth);
    fix->chip->chip_auth = key;
    assert_read(fix, fix->dir, SAOY_PROOF_FAILED, true);
    g_assert_cmpint(fix->who.passive, ==, SAOY_PROOF_DONE);
}

/* Without the file, or without issuers to trust, chip authentication is run as ever. */
static void
test_undecided_asks_dg14(Fixture *fix, const void *data)
{
    assert_read(fix, NULL, SAOY_PROOF_UNDECIDED, true);
    g_clear_pointer(&fix->chip->card_security, g_bytes_unref);
    assert_read(fix, fix->dir, SAOY_PROOF_DONE, true);
}

static void
test_a_hostile_file(Fixture *fix, const void *data)
{
    static const char *const files[] = { "3000", "30820000", "3003020101", "7703020101",
                                         "300F06092A864886F70D010702A0023000" };

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_clear_pointer(&fix->chip->card_security, g_bytes_unref);
        fix->chip->card_security = unhex(files[i]);
        assert_read(fix, fix->dir, SAOY_PROOF_FAILED, false);
    }
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/cam/proves", test_it_proves_the_chip },
        { "/cam/curves", test_on_every_curve },
        { "/cam/several", test_one_of_several_keys },
        { "/cam/copy", test_a_copy_fails },
        { "/cam/changed", test_a_changed_file_fails },
        { "/cam/own-key", test_a_key_of_ones_own_does_not_count },
        { "/cam/undecided", test_undecided_asks_dg14 },
        { "/cam/hostile", test_a_hostile_file },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up_cam, tests[i].run, tear_down);
    return g_test_run();
}

/* Our reader before a chip that is not ours: OpenPACE computes everything on its side. Its
 * integrated mapping is that of an early draft (Icart's), not ICAO's, and it knows no chip
 * authentication mapping: those two rest on the worked examples (test-pace.c). */
#include "../unit/identity/fixture.h"
#include "../unit/identity/infos.h"
#include "chip-state.h"
#include "identity/mrz.h"
#include "openpace.h"
#include "persona-files.h"
#include "persona-pki.h"

#define PACE "0.4.0.127.0.7.2.2.4."
#define CHIP_AUTH "0.4.0.127.0.7.2.2.3."
#define COM "60145F0104303130375F36063034303030305C02616E"

typedef struct {
    char *dir;
    char mrz[91];
    SaoyIdentity who;
    unsigned sessions;
} Peer;

/* EF.CardAccess, EF.COM, DG1, DG14 where there is a static key, and what the issuer signs.
 */
static void
give_files(Peer *peer, PeerChip *chip, const PeerSetup *setup)
{
    g_auto(SaoyIssuer) issuer = { 0 };
    g_autoptr(GByteArray) access = g_byte_array_new();
    g_autoptr(GByteArray) infos = g_byte_array_new();
    SaoyView groups[SAOY_GROUP_MAX + 1] = { 0 };
    GBytes *dg1 = saoy_persona_dg1(peer->mrz), *dg14 = NULL;
    g_autoptr(GBytes) key = NULL;

    put_info(access, setup->pace, 2, setup->parameter);
    peer_chip_file(chip, 0x011c, finish_set(access, 0));
    peer_chip_file(chip, 0x011e, unhex(COM));
    groups[1] = saoy_view_of(dg1);
    if (setup->chip_auth != NULL) {
        key = standard_key(setup->auth_parameter, peer_chip_key(chip));
        put_info(infos, setup->chip_auth, 1, 7);
        put_key(infos, setup->auth_parameter <= 2 ? 1 : 2, key, 7);
        dg14 = finish_set(infos, 0x6e);
        groups[14] = saoy_view_of(dg14);
        peer_chip_file(chip, 0x010e, dg14);
    }
    g_assert_true(saoy_issuer_of_folder(peer->dir, &issuer, NULL));
    peer_chip_file(chip, 0x011d, saoy_sod_sign(&issuer, groups, NULL));
    peer_chip_file(chip, 0x0101, dg1);
}

static void
read_peer(Peer *peer, const PeerSetup *setup, const char *key, GError **error)
{
    g_autoptr(PeerChip) chip = peer_chip_new(setup);
    const SaoyReadPolicy policy = { .trust = peer->dir };
    g_auto(SaoyAccessKey) access = { 0 };

    g_assert_nonnull(chip);
    give_files(peer, chip, setup);
    g_assert_true(saoy_access_key_parse(key, &access, NULL));
    saoy_identity_clear(&peer->who);
    saoy_identity_read(peer_chip_channel(chip), &access, &policy, NULL, NULL, &peer->who,
                       NULL, error);
    peer->sessions = peer_chip_sessions(chip);
}

static void
assert_read(Peer *peer, const PeerSetup *setup, const char *key, const char *access)
{
    g_autoptr(GError) error = NULL;
    SaoyProof proof = setup->chip_auth == NULL ? SAOY_PROOF_NOT_OFFERED : SAOY_PROOF_DONE;

    g_test_message("%s.%d, %s.%d", setup->pace, setup->parameter,
                   setup->chip_auth == NULL ? "no chip authentication" : setup->chip_auth,
                   setup->auth_parameter);
    read_peer(peer, setup, key, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(peer->who.access, ==, access);
    g_assert_cmpstr(peer->who.number, ==, NUMBER);
    g_assert_cmpstr(saoy_proof_name(peer->who.passive), ==, "done");
    g_assert_cmpstr(saoy_proof_name(peer->who.chip_auth), ==, saoy_proof_name(proof));
    g_assert_cmpuint(peer->sessions, ==, setup->chip_auth == NULL ? 1 : 2);
}

static void
set_up_peer(Peer *peer, const void *data)
{
    peer->dir = g_dir_make_tmp("saoy-peer-XXXXXX", NULL);
    saoy_mrz_td1(NUMBER, "NGUYEN THI ANH", "900228", 'F', "350228", peer->mrz);
}

static void
tear_down_peer(Peer *peer, const void *data)
{
    saoy_identity_clear(&peer->who);
    g_assert_true(saoy_dir_remove(peer->dir, NULL));
    g_free(peer->dir);
}

static PeerSetup
setup_of(const Peer *peer, const char *pace, int parameter)
{
    return (
        PeerSetup){ .pace = pace, .parameter = parameter, .can = CAN, .mrz = peer->mrz };
}

static void
test_every_cipher(Peer *peer, const void *data)
{
    static const char *const protocols[] = {
        PACE "2.1", PACE "2.2", PACE "2.3", PACE "2.4",
        PACE "1.1", PACE "1.2", PACE "1.3", PACE "1.4"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++) {
        const PeerSetup setup = setup_of(peer, protocols[i], i < 4 ? 13 : 0);

        assert_read(peer, &setup, CAN, "PACE-CAN");
        assert_read(peer, &setup, peer->mrz, "PACE-MRZ");
    }
}

static void
test_every_group(Peer *peer, const void *data)
{
    for (int parameter = 0; parameter <= 18; parameter++) {
        const PeerSetup setup =
            setup_of(peer, parameter <= 2 ? PACE "1.2" : PACE "2.2", parameter);

        if (parameter <= 2 || parameter >= 8)
            assert_read(peer, &setup, CAN, "PACE-CAN");
    }
}

static void
test_chip_authentication(Peer *peer, const void *data)
{
    static const struct {
        const char *protocol;
        int parameter;
    } cases[] = {
        { CHIP_AUTH "2.1", 13 }, { CHIP_AUTH "2.2", 13 }, { CHIP_AUTH "2.3", 16 },
        { CHIP_AUTH "2.4", 17 }, { CHIP_AUTH "2.2", 12 }, { CHIP_AUTH "2.4", 18 },
        { CHIP_AUTH "1.1", 0 },  { CHIP_AUTH "1.2", 1 },  { CHIP_AUTH "1.4", 2 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        PeerSetup setup = setup_of(peer, PACE "2.2", 13);

        setup.chip_auth = cases[i].protocol;
        setup.auth_parameter = cases[i].parameter;
        assert_read(peer, &setup, CAN, "PACE-CAN");
    }
}

static void
test_a_wrong_password(Peer *peer, const void *data)
{
    const PeerSetup setup = setup_of(peer, PACE "2.2", 13);
    g_autoptr(GError) error = NULL;

    read_peer(peer, &setup, "000002", &error);
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
    g_assert_cmpuint(peer->sessions, ==, 0);
}

/* And our chip before a terminal that is not ours. */
static void
test_our_chip(Fixture *fix, const void *data)
{
    static const struct {
        unsigned mapping, cipher, parameter;
    } cases[] = { { 2, 1, 13 }, { 2, 2, 12 }, { 2, 3, 16 }, { 2, 4, 18 },
                  { 2, 2, 10 }, { 1, 1, 0 },  { 1, 2, 1 },  { 1, 4, 2 } };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *pace =
            g_strdup_printf(PACE "%u.%u", cases[i].mapping, cases[i].cipher);
        PeerSetup setup = { .pace = pace,
                            .parameter = (int)cases[i].parameter,
                            .can = CAN };
        g_autoptr(GByteArray) access = g_byte_array_new();
        g_autoptr(GBytes) found = NULL;

        put_info(access, pace, 2, setup.parameter);
        g_bytes_unref(fix->chip->card_access);
        fix->chip->card_access = finish_set(access, 0);
        saoy_chip_reset(fix->chip);
        found = peer_terminal_read(saoy_chip_channel(fix->chip), &setup, 0x0101);
        g_assert_nonnull(found);
        g_assert_true(g_bytes_equal(found, fix->chip->files[1]));
        setup.can = "999999";
        saoy_chip_reset(fix->chip);
        g_assert_null(peer_terminal_read(saoy_chip_channel(fix->chip), &setup, 0x0101));
    }
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Peer *peer, const void *data);
    } tests[] = {
        { "/openpace/ciphers", test_every_cipher },
        { "/openpace/groups", test_every_group },
        { "/openpace/chip-authentication", test_chip_authentication },
        { "/openpace/wrong-password", test_a_wrong_password },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Peer, NULL, set_up_peer, tests[i].run, tear_down_peer);
    g_test_add("/openpace/our-chip", Fixture, NULL, set_up, test_our_chip, tear_down);
    return g_test_run();
}

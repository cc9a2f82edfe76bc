/* PACE with our chip in every mapping, cipher, group and password there is. What both sides
 * might get wrong alike is what the worked examples and the peer are for. */
#include "chip-state.h"
#include "ef.h"
#include "fixture.h"
#include "pace.h"

static SaoyPaceInfo
announce(Fixture *fix, unsigned mapping, unsigned cipher, unsigned parameter)
{
    g_autofree char *hex = g_strdup_printf(
        "31143012060a04007f0007020204%02x%02x0201020201%02x", mapping, cipher, parameter);
    const uint8_t oid[] = {
        0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04, (uint8_t)mapping, (uint8_t)cipher
    };
    SaoyPaceInfo info = { 0 };

    g_bytes_unref(fix->chip->card_access);
    fix->chip->card_access = unhex(hex);
    g_assert_true(saoy_pace_info((SaoyView){ oid, sizeof oid }, parameter, &info));
    return info;
}

/* PACE, and a command under its keys. */
static void
assert_opens(Fixture *fix, const SaoyPaceInfo *info, unsigned reference)
{
    g_auto(SaoyLink) link = { 0 };
    g_auto(SaoyCam) cam = { 0 };
    g_autoptr(GError) error = NULL;
    uint16_t sw = 0;

    saoy_chip_reset(fix->chip);
    saoy_link_init(&link, saoy_chip_channel(fix->chip), NULL);
    saoy_pace_run(&link, info, &fix->chip->key, reference, &cam, &error);
    g_assert_no_error(error);
    g_assert_true((cam.data != NULL) == (info->mapping == SAOY_MAPPING_ECDH_CAM));
    g_assert_true(saoy_application_select(&link, &sw, NULL));
    g_assert_cmphex(sw, ==, SAOY_SW_OK);
    g_assert_true(link.sm.active);
}

static void
run_mapping(Fixture *fix, unsigned mapping)
{
    unsigned n = 0;

    for (unsigned parameter = 0; parameter <= 18; parameter++)
        for (unsigned cipher = 1; cipher <= SAOY_CIPHER_N; cipher++) {
            const SaoyPaceInfo info = announce(fix, mapping, cipher, parameter);

            if (!saoy_pace_supported(&info))
                continue;
            g_test_message("mapping %u, cipher %u, parameter %u", mapping, cipher,
                           parameter);
            assert_opens(fix, &info, SAOY_PASSWORD_CAN);
            if (cipher == 1 + parameter % 4)
                assert_opens(fix, &info, SAOY_PASSWORD_MRZ);
            n++;
        }
    g_assert_cmpuint(n, >=, 12);
}

static void
test_generic(Fixture *fix, const void *data)
{
    run_mapping(fix, SAOY_MAPPING_ECDH_GM);
    run_mapping(fix, SAOY_MAPPING_DH_GM);
}

static void
test_integrated(Fixture *fix, const void *data)
{
    run_mapping(fix, SAOY_MAPPING_ECDH_IM);
    run_mapping(fix, SAOY_MAPPING_DH_IM);
}

/* The chip's static key is on one curve only; test-cam.c goes through the others. */
static void
test_chip_authentication(Fixture *fix, const void *data)
{
    for (unsigned cipher = 2; cipher <= SAOY_CIPHER_N; cipher++) {
        const SaoyPaceInfo info = announce(fix, SAOY_MAPPING_ECDH_CAM, cipher, 13);

        assert_opens(fix, &info, SAOY_PASSWORD_CAN);
        assert_opens(fix, &info, SAOY_PASSWORD_MRZ);
    }
}

static void
test_a_wrong_password_opens_nothing(Fixture *fix, const void *data)
{
    static const unsigned mappings[] = { 1, 2, 3, 4, 6 };

    for (size_t i = 0; i < G_N_ELEMENTS(mappings); i++) {
        const SaoyPaceInfo info =
            announce(fix, mappings[i], 2, mappings[i] % 2 == 1 ? 0 : 13);
        const SaoyAccessKey wrong = { .can = "999999" };
        g_auto(SaoyLink) link = { 0 };
        g_auto(SaoyCam) cam = { 0 };
        g_autoptr(GError) error = NULL;

        saoy_chip_reset(fix->chip);
        saoy_link_init(&link, saoy_chip_channel(fix->chip), NULL);
        g_assert_false(
            saoy_pace_run(&link, &info, &wrong, SAOY_PASSWORD_CAN, &cam, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
        g_assert_false(link.sm.active);
        g_assert_false(fix->chip->sm.active);
    }
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/pace-grid/generic", test_generic },
        { "/pace-grid/integrated", test_integrated },
        { "/pace-grid/chip-authentication", test_chip_authentication },
        { "/pace-grid/wrong-password", test_a_wrong_password_opens_nothing },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}

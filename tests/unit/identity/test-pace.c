/* ICAO 9303-11, appendix G.1: PACE with ECDH, generic mapping, AES-128 on brainpoolP256r1.
 */
#include "ec.h"
#include "pace.h"
#include "script.h"

#define MRZ_KEY "T22000129364081251010318"
#define TERMINAL_MAP "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99"
#define TERMINAL_AGREE "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595"
#define CHIP_MAP "498FF49756F2DC1587840041839A85982BE7761D14715FB091EFA7BCE9058560"
#define CHIP_AGREE "107CF58696EF6155053340FD633392BA81909DF7B9706F226F32086C7AFF974A"
#define CHIP_MAP_POINT                                                   \
    "04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57" \
    "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54"
#define CHIP_AGREE_POINT                                                 \
    "049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB" \
    "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094"

static const ScriptLine conversation[] = {
    { "0022C1A40F800A04007F00070202040202830101", "9000" },
    { "10860000027C0000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000" },
    { "10860000457C438141047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
      "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D00",
      "7C438241" CHIP_MAP_POINT "9000" },
    { "10860000457C438341042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C"
      "3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB3646200",
      "7C438441" CHIP_AGREE_POINT "9000" },
    { "008600000C7C0A8508C2B0BD78D94BA86600", "7C0A86083ABB9674BCE93C089000" },
    { NULL, NULL },
};
static const char *const draws[] = { TERMINAL_MAP, TERMINAL_AGREE, NULL };

static SaoyPaceInfo
info_of(unsigned parameter)
{
    static const uint8_t oid[] = { 0x04, 0x00, 0x7f, 0x00, 0x07,
                                   0x02, 0x02, 0x04, 0x02, 0x02 };
    SaoyPaceInfo info = { 0 };

    g_assert_true(saoy_pace_info((SaoyView){ oid, sizeof oid }, parameter, &info));
    return info;
}

static void
test_g1_password(void)
{
    const SaoyAccessKey access = { .mrz_key = MRZ_KEY };
    g_auto(SaoyKey) password = { 0 };
    g_auto(SaoyKey) key = { 0 };
    g_autoptr(GBytes) sealed = unhex("95A3A016522EE98D01E76CB6B98B42C3");
    uint8_t nonce[16];

    saoy_pace_password(&access, SAOY_PASSWORD_MRZ, &password);
    assert_hex(key_view(&password), "7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD");
    g_assert_true(
        saoy_kdf(SAOY_CIPHER_AES128, key_view(&password), SAOY_KDF_PASSWORD, &key, NULL));
    assert_hex(key_view(&key), "89DED1B26624EC1E634C1989302849DD");
    g_assert_true(
        saoy_cbc(SAOY_CIPHER_AES128, &key, NULL, false, saoy_view_of(sealed), nonce, NULL));
    assert_hex((SaoyView){ nonce, sizeof nonce }, "3F00C4D39D153F2B2A214A078D899B22");
}

static void
test_h1_password_from_the_can(void)
{
    /* appendix H.1 derives Kπ from CAN 123456 in the same way */
    const SaoyAccessKey access = { .can = "123456" };
    g_auto(SaoyKey) password = { 0 };
    g_auto(SaoyKey) key = { 0 };

    saoy_pace_password(&access, SAOY_PASSWORD_CAN, &password);
    g_assert_true(
        saoy_kdf(SAOY_CIPHER_AES128, key_view(&password), SAOY_KDF_PASSWORD, &key, NULL));
    assert_hex(key_view(&key), "591468CDA83D65219CCCB8560233600F");
}

static void
test_g1_terminal(void)
{
    const SaoyAccessKey access = { .mrz_key = MRZ_KEY };
    const SaoyPaceInfo info = info_of(13);
    g_auto(SaoyLink) link = { 0 };
    g_autoptr(GError) error = NULL;
    uint8_t zero[SAOY_BLOCK_MAX] = { 0 };

    script_start(&link, conversation, draws);
    saoy_pace_run(&link, &info, &access, SAOY_PASSWORD_MRZ, &error);
    g_assert_no_error(error);
    g_assert_null(script_line->command);
    g_assert_true(link.sm.active);
    assert_hex(key_view(&link.sm.enc), "F5F0E35C0D7161EE6724EE513A0D9A7F");
    assert_hex(key_view(&link.sm.mac), "FE251C7858B356B24514B3BD5F4297D1");
    g_assert_cmpmem(link.sm.ssc, sizeof zero, zero, sizeof zero);
    g_assert_cmpuint(link.apdus, ==, 5);
}

static SaoyEcPair
pair_of(const EC_GROUP *group, const EC_POINT *base, const char *secret)
{
    const char *const one[] = { secret, NULL };
    g_autoptr(GError) error = NULL;
    SaoyEcPair pair = { 0 };

    script_random = one;
    saoy_ec_pair_new(group, base, script_draw, &pair, &error);
    g_assert_no_error(error);
    return pair;
}

static void
assert_point(const EC_GROUP *group, const EC_POINT *point, const char *expected)
{
    g_autoptr(SaoyArray) bytes = saoy_array_new(160);

    g_assert_true(saoy_ec_point_put(group, point, bytes, NULL));
    assert_hex(saoy_view_array(bytes), expected);
}

/* The other side of the same example: what our chip computes from its secrets. */
static void
test_g1_chip(void)
{
    const SaoyPaceInfo info = info_of(13);
    g_autoptr(EC_GROUP) group = saoy_pace_group(13);
    g_auto(SaoyEcPair) map = pair_of(group, NULL, CHIP_MAP);
    g_auto(SaoyEcPair) terminal_map = pair_of(group, NULL, TERMINAL_MAP);
    g_autoptr(GBytes) nonce = unhex("3F00C4D39D153F2B2A214A078D899B22");
    g_autoptr(EC_POINT) base =
        saoy_pace_map(group, saoy_view_of(nonce), map.secret, terminal_map.point, NULL);
    g_auto(SaoyEcPair) agree = pair_of(group, base, CHIP_AGREE);
    g_auto(SaoyEcPair) terminal = pair_of(group, base, TERMINAL_AGREE);
    g_autoptr(SaoyArray) secret = saoy_array_new(80);
    g_auto(SaoySm) sm = { 0 };
    uint8_t token[SAOY_MAC_SIZE];

    assert_point(group, map.point, CHIP_MAP_POINT);
    assert_point(group, base,
                 "048CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2"
                 "8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522");
    assert_point(group, agree.point, CHIP_AGREE_POINT);
    g_assert_true(saoy_ec_agree(group, agree.secret, terminal.point, secret, NULL));
    assert_hex(saoy_view_array(secret),
               "28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925");
    g_assert_true(saoy_sm_derive(&sm, SAOY_CIPHER_AES128, saoy_view_array(secret), NULL));
    g_assert_true(saoy_pace_token(&info, group, &sm.mac, terminal.point, token, NULL));
    assert_hex((SaoyView){ token, sizeof token }, "3ABB9674BCE93C08");
    g_assert_true(saoy_pace_token(&info, group, &sm.mac, agree.point, token, NULL));
    assert_hex((SaoyView){ token, sizeof token }, "C2B0BD78D94BA866");
}

static void
run_changed(size_t line, const char *answer, SaoyErrorCode code)
{
    const SaoyAccessKey access = { .mrz_key = MRZ_KEY };
    const SaoyPaceInfo info = info_of(13);
    ScriptLine changed[G_N_ELEMENTS(conversation)];
    g_auto(SaoyLink) link = { 0 };
    g_autoptr(GError) error = NULL;

    memcpy(changed, conversation, sizeof conversation);
    changed[line].answer = answer;
    script_start(&link, changed, draws);
    g_assert_false(saoy_pace_run(&link, &info, &access, SAOY_PASSWORD_MRZ, &error));
    g_assert_error(error, SAOY_ERROR, (int)code);
    g_assert_false(link.sm.active);
}

static void
test_a_chip_that_cheats(void)
{
    run_changed(4, "7C0A86083ABB9674BCE93C099000", SAOY_ERROR_UNTRUSTED); /* token */
    run_changed(4, "6300", SAOY_ERROR_REFUSED);
    run_changed(4, "63C2", SAOY_ERROR_REFUSED);
    run_changed(4, "6983", SAOY_ERROR_REFUSED);
    run_changed(4, "6A80", SAOY_ERROR_FAILED);
    run_changed(4, "7C029000", SAOY_ERROR_MALFORMED);
    run_changed(4, "90", SAOY_ERROR_MALFORMED);
    run_changed(1, "7C12801095A3A016522EE98D01E76CB6B98B429000", SAOY_ERROR_MALFORMED);
    run_changed(1, "7C0280009000", SAOY_ERROR_MALFORMED);
    /* the terminal's own key sent back; a point off the curve; a shortened one; infinity */
    run_changed(2,
                "7C438241047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E"
                "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D9000",
                SAOY_ERROR_UNTRUSTED);
    run_changed(2,
                "7C43824104824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57"
                "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C559000",
                SAOY_ERROR_UNTRUSTED);
    run_changed(2,
                "7C03820104"
                "9000",
                SAOY_ERROR_MALFORMED);
    run_changed(3,
                "7C03840100"
                "9000",
                SAOY_ERROR_MALFORMED);
}

/* Some chips want the domain parameters named in MSE:Set AT. */
static void
test_the_parameter_is_named_when_asked_for(void)
{
    const SaoyAccessKey access = { .mrz_key = MRZ_KEY };
    const SaoyPaceInfo info = info_of(13);
    ScriptLine lines[G_N_ELEMENTS(conversation) + 1];
    g_auto(SaoyLink) link = { 0 };
    g_autoptr(GError) error = NULL;

    memcpy(lines + 1, conversation, sizeof conversation);
    lines[0] = (ScriptLine){ conversation[0].command, "6A88" };
    lines[1].command = "0022C1A412800A04007F0007020204020283010184010D";
    script_start(&link, lines, draws);
    saoy_pace_run(&link, &info, &access, SAOY_PASSWORD_MRZ, &error);
    g_assert_no_error(error);
    lines[1].answer = "6A80";
    script_start(&link, lines, draws);
    g_assert_false(saoy_pace_run(&link, &info, &access, SAOY_PASSWORD_MRZ, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
}

static void
test_unknown_variants_are_named(void)
{
    static const uint8_t im[] = {
        0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04, 0x04, 0x02
    };
    static const uint8_t ta[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x02 };
    SaoyPaceInfo info = { 0 };

    g_assert_true(saoy_pace_info((SaoyView){ im, sizeof im }, 13, &info));
    g_assert_false(saoy_pace_supported(&info));
    g_assert_false(saoy_pace_info((SaoyView){ ta, sizeof ta }, 13, &info));
    info = info_of(2);
    g_assert_false(saoy_pace_supported(&info));
    for (unsigned parameter = 10; parameter <= 18; parameter++) {
        g_autoptr(EC_GROUP) group = saoy_pace_group(parameter);

        info = info_of(parameter);
        g_assert_true(saoy_pace_supported(&info));
        g_assert_nonnull(group);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pace/g1-password", test_g1_password);
    g_test_add_func("/pace/h1-can", test_h1_password_from_the_can);
    g_test_add_func("/pace/g1-terminal", test_g1_terminal);
    g_test_add_func("/pace/g1-chip", test_g1_chip);
    g_test_add_func("/pace/cheats", test_a_chip_that_cheats);
    g_test_add_func("/pace/parameter", test_the_parameter_is_named_when_asked_for);
    g_test_add_func("/pace/variants", test_unknown_variants_are_named);
    return g_test_run();
}

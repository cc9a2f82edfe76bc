/* ICAO 9303-11, appendix D: key derivation, BAC, and secure messaging with 3DES. */
#include "bac.h"
#include "ef.h"
#include "script.h"

static void
test_d1_keys_from_the_mrz(void)
{
    g_auto(SaoyKey) enc = { 0 };
    g_auto(SaoyKey) mac = { 0 };

    g_assert_true(saoy_bac_keys("L898902C<369080619406236", &enc, &mac, NULL));
    assert_hex(key_view(&enc), "AB94FDECF2674FDFB9B391F85D7F76F2");
    assert_hex(key_view(&mac), "7962D9ECE03D1ACD4C76089DCE131543");
}

static void
test_d1_keys_from_the_seed(void)
{
    g_autoptr(GBytes) seed = unhex("239AB9CB282DAF66231DC5A4DF6BFBAE");
    g_auto(SaoyKey) key = { 0 };

    g_assert_true(saoy_kdf(SAOY_CIPHER_3DES, saoy_view_of(seed), SAOY_KDF_ENC, &key, NULL));
    assert_hex(key_view(&key), "AB94FDECF2674FDFB9B391F85D7F76F2");
    g_assert_true(saoy_kdf(SAOY_CIPHER_3DES, saoy_view_of(seed), SAOY_KDF_MAC, &key, NULL));
    assert_hex(key_view(&key), "7962D9ECE03D1ACD4C76089DCE131543");
}

static const ScriptLine conversation[] = {
    { "0084000008", "4608F919887022129000" },
    { "008200002872C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448EEA8"
      "AD90"
      "A728",
      "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7449900"
      "0" },
    /* D.4: SELECT EF.COM, READ BINARY of four bytes, then of the rest */
    { "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800",
      "990290008E08FA855A5D4C50A8ED9000" },
    { "0CB000000D9701048E08ED6705417E96BA5500",
      "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000" },
    { "0CB000040D9701128E082EA28A70F3C7B53500",
      "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D7490"
      "00" },
    { NULL, NULL },
};
static const char *const draws[] = { "781723860C06C226", "0B795240CB7049B01C19B33E32804F0B",
                                     NULL };

static void
test_d3_d4_the_whole_conversation(void)
{
    const SaoyAccessKey key = { .mrz_key = "L898902C<369080619406236" };
    SaoyApdu read = { .ins = 0xb0, .le = 4 };
    g_auto(SaoyLink) link = { 0 };
    g_autoptr(GError) error = NULL;
    SaoyView data = { 0 };
    uint16_t sw = 0;

    script_start(&link, conversation, draws);
    saoy_bac_run(&link, &key, &error);
    g_assert_no_error(error);
    assert_hex(key_view(&link.sm.enc), "979EC13B1CBFE9DCD01AB0FED307EAE5");
    assert_hex(key_view(&link.sm.mac), "F1CB1F1FB5ADF208806B89DC579DC1F8");
    assert_hex((SaoyView){ link.sm.ssc, 8 }, "887022120C06C226");

    g_assert_true(saoy_ef_select(&link, SAOY_EF_COM, &sw, NULL));
    g_assert_cmphex(sw, ==, 0x9000);
    g_assert_true(saoy_link_send(&link, &read, &data, &sw, NULL));
    assert_hex(data, "60145F01");
    read = (SaoyApdu){ .ins = 0xb0, .p2 = 4, .le = 0x12 };
    g_assert_true(saoy_link_send(&link, &read, &data, &sw, NULL));
    assert_hex(data, "04303130365F36063034303030305C026175");
    g_assert_null(script_line->command);
}

static void
test_a_wrong_mac_of_the_chip(void)
{
    static const ScriptLine lines[] = {
        { "0084000008", "4608F919887022129000" },
        { "008200002872C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F25F1448"
          "EEA8"
          "AD90A728",
          "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F2F2D235D074D7448"
          "9000" },
        { NULL, NULL },
    };
    const SaoyAccessKey key = { .mrz_key = "L898902C<369080619406236" };
    g_auto(SaoyLink) link = { 0 };
    g_autoptr(GError) error = NULL;

    script_start(&link, lines, draws);
    g_assert_false(saoy_bac_run(&link, &key, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
    g_assert_false(link.sm.active);
}

static void
test_retail_mac_of_iso_9797(void)
{
    /* ICAO 9303-11, D.3: MAC over E_IFD, padded */
    g_autoptr(GBytes) text = unhex("72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799F"
                                   "AE2F498F76ED92F28000000000000000");
    g_auto(SaoyKey) enc = { 0 };
    g_auto(SaoyKey) mac = { 0 };
    uint8_t out[SAOY_MAC_SIZE];

    g_assert_true(saoy_bac_keys("L898902C<369080619406236", &enc, &mac, NULL));
    g_assert_true(saoy_mac(SAOY_CIPHER_3DES, &mac, saoy_view_of(text), out, NULL));
    assert_hex((SaoyView){ out, sizeof out }, "5F1448EEA8AD90A7");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bac/d1-mrz", test_d1_keys_from_the_mrz);
    g_test_add_func("/bac/d1-seed", test_d1_keys_from_the_seed);
    g_test_add_func("/bac/d3-d4", test_d3_d4_the_whole_conversation);
    g_test_add_func("/bac/wrong-mac", test_a_wrong_mac_of_the_chip);
    g_test_add_func("/bac/retail-mac", test_retail_mac_of_iso_9797);
    return g_test_run();
}

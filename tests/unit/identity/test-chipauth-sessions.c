/* Chip authentication as four passports did it (Austria, Germany, Malaysia, France): the
 * exchanges that gmrtd publishes with the keys of its side. They hold keys of chips and
 * nothing of a person. */
#include "chipauth.h"
#include "ef.h"
#include "script.h"

/* Both curves with their parameters spelt out, as all four have them. */
#define BRAINPOOL                                                            \
    "3081EC06072A8648CE3D02013081E0020101302C06072A8648CE3D0101022100A9FB57" \
    "DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377304404207D5A" \
    "0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9042026DC5C" \
    "6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B60441048BD2AE" \
    "B9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262547EF835C3DA" \
    "C4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997022100A9FB57DBA1EE" \
    "A9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7020101"
#define NIST                                                                 \
    "3081EC06072A8648CE3D02013081E0020101302C06072A8648CE3D0101022100FFFFFF" \
    "FF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF30440420FFFF" \
    "FFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC04205AC635" \
    "D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B0441046B17D1" \
    "F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C2964FE342E2FE1A" \
    "7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5022100FFFFFFFF0000" \
    "0000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551020101"

typedef struct {
    const char *dg14;
    const char *secret; /* the terminal's */
    SaoyCipher cipher;  /* of the session before */
    const char *enc, *mac, *counter;
    ScriptLine lines[4];
    SaoyCipher new_cipher;
    const char *new_enc, *new_mac;
} Session;

static const Session austria = {
    .dg14 =
        "6E82017E3182017A300D060804007F0007020202020101300F060A04007F00070202030202"
        "0201013012060A04007F0007020204020202010202010D30820142060904007F0007020201"
        "0230820133" BRAINPOOL
        "034200041983917269AC877C0B61544C2C022000D2A5ABA723E2D80141E648B40911DC3459"
        "761F27480E4B57181A53D8FE1190EA86C939AC14363178CAFFC621F0F905C3",
    .secret = "80EBAFC8A51BECD4D90BB640EE38C9FD5C12748D28AAA37096B98C4533C4F5F5",
    .cipher = SAOY_CIPHER_AES128,
    .enc = "524170DE3419B7AF2F23E45AD6EF9595",
    .mac = "97893F5FDC29A5C13A924FE7D8ED44FD",
    .counter = "000000000000000000000000000000F0",
    .lines = {
        {
            "0C2241A41D8711015D8F69B1EA365CCE4304970DB12421F38E085340D338128085E700",
            "990290008E083F5136E82A6C34779000" },
        {
            "0C860000608751019E18F1BA79D805379752BB560EB70AAC3CE3BC5AFE2FDD4AEB325CA8B5"
            "78B4A93B9F66A5DF40005F8E878535251D33DD974AAF77FB858773E5799FA9DC1034E89B11"
            "50EC7F0BB3DB4BF37A1B9EA4458A9701008E089D204D950C0B95DB00",
            "8711010B0A5DFFC7432DE4DEB604291377A05B990290008E08B3384A1F5D1579739000" },
        {
            "0CA4020C1D8711011B2EE500E84960DF7F37AFE7ADFF53838E084500F3B43E192A5700",
            "990290008E0803C4B125B4218CEF9000" },
    },
    .new_cipher = SAOY_CIPHER_AES128,
    .new_enc = "C8E27260EFD3F318D18C080CBF11C7E6",
    .new_mac = "A942190365204A21409EB28B52BF9160",
};

static const Session germany = {
    .dg14 =
        "6E82019A31820196300D060804007F00070202020201013012060A04007F00070202040202"
        "02010202010D3012060A04007F0007020204060202010202010D3013060A04007F00070202"
        "030202020101020200C330820146060904007F00070202010230820133" BRAINPOOL
        "034200047036BC5D0BCF31913B59103BB6F2C0C98C99EF4C19B9517340B76BFE4EE2194C76"
        "C3F3314E021D4B092DB5A32AB7D6E297F2FBEAE45AA28DEFC4DA750FEAD54E020200C3",
    .secret = "84A5145885678EE9307C28C52736896267511203B7B8009C5FE27ABCBAECDCAA",
    .cipher = SAOY_CIPHER_AES128,
    .enc = "CC86415F2ED7E8FD663B754265695AE1",
    .mac = "581E84B8EE06C4D3EEE30461498D7FB3",
    .counter = "000000000000000000000000000000BA",
    .lines = {
        {
            "0C2241A41D871101980953D37F67558690045D78A853B18A8E08929767A2CEF172E200",
            "990290008E08FC873EBB62219C8A9000" },
        {
            "0C8600006087510161912C367A6322D24AA1D4522DC47A7345369257672DF1D1163D506EB6"
            "489395D8083FAD393A394297CE8703C42F22C864C1F4C8E70EE1CF9B497ACF6579190D90F3"
            "6CF9E16FE2149FF57247285D9E1E9701008E08A1D7A16EFBFD932C00",
            "87110123E7159AC9B0EF92CE1F6755B89697E3990290008E088972F1595E1508C29000" },
        {
            "0CA4020C1D871101FAD37EADBCDE7E6A0833035A9FFF5B708E0836560BBCE1FECD5F00",
            "990290008E0829D0E1EBBB61BE7A9000" },
    },
    .new_cipher = SAOY_CIPHER_AES128,
    .new_enc = "AF0EEDB52E87B945FC5503B1C6875C1C",
    .new_mac = "CEB85BEDCECFF1DD1E25DFB672C4A5BF",
};

/* 3DES in two steps. */
static const Session malaysia = {
    .dg14 =
        "6E82016A3182016630820142060904007F00070202010230820133" BRAINPOOL
        "03420004A04F85AFDFC316FB5E9F33F94CA45837D20D9D91AD5002307C3F124B6EF5B92565"
        "D018A6B7F69DB73976BFBB4278757405C64E96104D161649E8A94078EAEFCE300F060A0400"
        "7F00070202030201020101300D060804007F0007020202020101",
    .secret = "3A31F4E18418312FCB40F3EFBE719182C046A9719E1ED8C376197AA9E8ED7465",
    .cipher = SAOY_CIPHER_3DES,
    .enc = "896DE34A942C7076FEC207207ACB79C2",
    .mac = "D6C47FF4677AC8AE91CB49F4CE673432",
    .counter = "9646C154BFB7BE79",
    .lines = {
        {
            "0C2241A41D8711019D1E70C6F5EE06A7CA1E98FBF5C945C98E087AC379DC78702E6300",
            "990290008E08643C2C3AC66585E49000" },
        {
            "0C86000058874901A9C6BF370C62AA43CA1EC9B97071727654822361DEB8BA4E5719AA05D8"
            "E86AA36164DFA5E506DBF60DC7418858179FD25DAC5E9E49393DDE37E29652444941B56214"
            "2AB5F19AEA919701008E085083316637060C4D00",
            "87090108166157B375BC1E990290008E08FF8A254C50179F519000" },
        {
            "0CA4020C1587090106904D37288D69488E08A13B74E87B87E44600",
            "990290008E08C2BF01FDDD1D599D9000" },
    },
    .new_cipher = SAOY_CIPHER_3DES,
    .new_enc = "75B95468910849CDF1A1A2AE5452CE9B",
    .new_mac = "CD0BEF85D5A82A7AE0FBC12368A41FEF",
};

/* No protocol is said: 3DES in one step, out of a session under AES-256. */
static const Session france = {
    .dg14 =
        "6E82015E3182015A30820142060904007F00070202010230820133" NIST
        "034200048367FC170D90AD53A28C6526A9C7EC4F5C59C4F7F5D992583F951A1654B4D1D633"
        "2163A33D82CBF245154887A8812ED9A55C15AD9D5C5C463851875BBA9AEABD3012060A0400"
        "7F0007020204020402010202010C",
    .secret = "D9C3B06A4DCB735351429403FCB56DB520DC882512D775971F724D6112F96586",
    .cipher = SAOY_CIPHER_AES256,
    .enc = "17DA5D46E356F5B31C3D65B1369EF531CA811EFFC76967D2B62335E1AD9FE5CB",
    .mac = "5CB99A25E6081581FAC80C8DA621087939B6BDE273F2F7C65693B3A0EA3051ED",
    .counter = "000000000000000000000000000000C6",
    .lines = {
        {
            "0C2241A65D8751013AE386873DF68BD7E9F8D7AB2E696CED29EEB8DA78D502645B5E97D566"
            "361341E2EAA56318F6D84BF0BC44F7808AFAF14798D16048AAB03545F017F557D2CCE9DEE7"
            "24F099E3D643ABD0FB03E567D9B18E08F2D238DEDE5ABBF100",
            "990290008E089666AC14D11E8C2C9000" },
        {
            "0CA4020C15870901DB66E918FE3525F98E08D870008CEA2BA80000",
            "990290008E08420DEA0A913418AE9000" },
    },
    .new_cipher = SAOY_CIPHER_3DES,
    .new_enc = "8AE910A12991FBFE5E37C2C726A2DF29",
    .new_mac = "1ADAC8970843D9BF8570737A04A8D50D",
};

static SaoyKey
key_of(const char *hex)
{
    g_autoptr(GBytes) bytes = unhex(hex);
    SaoyKey key = { .size = saoy_view_of(bytes).size };

    memcpy(key.bytes, saoy_view_of(bytes).data, key.size);
    return key;
}

/* Starts it with the counter so many exchanges back. */
static void
begin(SaoyLink *link, const Session *session, const char *const *draws, unsigned back)
{
    const SaoyKey enc = key_of(session->enc), mac = key_of(session->mac);
    g_autoptr(GBytes) counter = unhex(session->counter);

    script_start(link, session->lines, draws);
    saoy_sm_start(&link->sm, session->cipher, &enc, &mac, saoy_view_of(counter));
    link->sm.ssc[saoy_cipher_block(session->cipher) - 1] -= (uint8_t)(2 * back);
}

static void
assert_new_session(SaoyLink *link, const Session *session)
{
    uint16_t sw = 0;

    g_assert_cmpint(link->sm.cipher, ==, session->new_cipher);
    assert_hex(key_view(&link->sm.enc), session->new_enc);
    assert_hex(key_view(&link->sm.mac), session->new_mac);
    g_assert_true(saoy_ef_select(link, saoy_group_file(14), &sw, NULL));
    g_assert_cmphex(sw, ==, SAOY_SW_OK);
    g_assert_true(link->sm.active);
    g_assert_null(script_line->command);
}

static SaoyDg14
parse(GBytes *file)
{
    SaoyDg14 dg14 = { 0 };

    g_assert_true(saoy_dg14_parse(saoy_view_of(file), &dg14, NULL));
    g_assert_true(dg14.supported);
    return dg14;
}

static void
test_session(const void *data)
{
    const Session *session = data;
    const char *const draws[] = { session->secret, NULL };
    g_autoptr(GBytes) file = unhex(session->dg14);
    const SaoyDg14 dg14 = parse(file);
    g_auto(SaoyLink) link = { 0 };
    g_autoptr(GError) error = NULL;

    begin(&link, session, draws, 0);
    saoy_chip_auth_run(&link, &dg14, &error);
    g_assert_no_error(error);
    assert_new_session(&link, session);
}

/* We try the one step that ICAO asks for with 3DES first: to a chip that knows it not, the
 * published two come after. */
static bool
refuse_once(void *self, SaoyView raw, GByteArray *response, GCancellable *cancel,
            GError **error)
{
    SaoySm *chip = self;
    g_autoptr(SaoyArray) plain = saoy_array_new(256);
    SaoyApdu command = { 0 }, opened = { 0 };

    if (!chip->active)
        return script_transceive(NULL, raw, response, cancel, error);
    g_assert_true(saoy_apdu_parse(raw, &command, NULL));
    g_assert_cmphex(command.p2, ==, 0xa6);
    g_assert_true(saoy_sm_open(chip, &command, plain, &opened, NULL));
    g_assert_true(saoy_sm_seal(chip, (SaoyView){ 0 }, 0x6a86, response, NULL));
    saoy_sm_wipe(chip);
    return true;
}

static void
test_malaysia(void)
{
    const char *const draws[] = { malaysia.secret, NULL };
    g_autoptr(GBytes) file = unhex(malaysia.dg14);
    const SaoyDg14 dg14 = parse(file);
    g_auto(SaoyLink) link = { 0 };
    g_auto(SaoySm) chip = { 0 };
    g_autoptr(GError) error = NULL;

    begin(&link, &malaysia, draws, 1);
    chip = link.sm;
    link.channel = (SaoyChannel){ refuse_once, &chip };
    saoy_chip_auth_run(&link, &dg14, &error);
    g_assert_no_error(error);
    assert_new_session(&link, &malaysia);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/chip-auth-sessions/austria", &austria, test_session);
    g_test_add_data_func("/chip-auth-sessions/germany", &germany, test_session);
    g_test_add_func("/chip-auth-sessions/malaysia", test_malaysia);
    g_test_add_data_func("/chip-auth-sessions/france", &france, test_session);
    return g_test_run();
}

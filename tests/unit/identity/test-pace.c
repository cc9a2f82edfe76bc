/* ICAO 9303-11, appendix G.1: PACE with ECDH, generic mapping, AES-128 on brainpoolP256r1.
 */
#include "cam.h"
#include "domain.h"
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
info_named(const char *oid, unsigned parameter)
{
    g_autoptr(GBytes) bytes = unhex(oid);
    SaoyPaceInfo info = { 0 };

    g_assert_true(saoy_pace_info(saoy_view_of(bytes), parameter, &info));
    return info;
}

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
    g_auto(SaoyCam) cam = { 0 };
    g_autoptr(GError) error = NULL;
    uint8_t zero[SAOY_BLOCK_MAX] = { 0 };

    script_start(&link, conversation, draws);
    saoy_pace_run(&link, &info, &access, SAOY_PASSWORD_MRZ, &cam, &error);
    g_assert_no_error(error);
    g_assert_null(script_line->command);
    g_assert_true(link.sm.active);
    assert_hex(key_view(&link.sm.enc), "F5F0E35C0D7161EE6724EE513A0D9A7F");
    assert_hex(key_view(&link.sm.mac), "FE251C7858B356B24514B3BD5F4297D1");
    g_assert_cmpmem(link.sm.ssc, sizeof zero, zero, sizeof zero);
    g_assert_cmpuint(link.apdus, ==, 5);
}

static SaoyDomainPair
pair_of(const SaoyDomain *domain, const SaoyArray *base, const char *secret)
{
    const char *const one[] = { secret, NULL };
    g_autoptr(GError) error = NULL;
    SaoyDomainPair pair = { 0 };

    script_random = one;
    saoy_domain_pair(domain, base == NULL ? (SaoyView){ 0 } : saoy_view_array(base),
                     script_draw, &pair, &error);
    g_assert_no_error(error);
    return pair;
}

/* One worked example of generic mapping, as the chip computes it from its secrets. */
typedef struct {
    unsigned parameter;
    const char *oid, *nonce;
    const char *map, *map_element, *terminal_map, *base;
    const char *agree, *agree_element, *terminal_agree, *shared;
    const char *chip_token, *terminal_token;
} Generic;

static void
run_chip(const Generic *example)
{
    const SaoyPaceInfo info = info_named(example->oid, example->parameter);
    g_autoptr(SaoyDomain) domain = saoy_domain_new(example->parameter);
    g_auto(SaoyDomainPair) map = pair_of(domain, NULL, example->map);
    g_auto(SaoyDomainPair) their_map = pair_of(domain, NULL, example->terminal_map);
    g_autoptr(GBytes) nonce = unhex(example->nonce);
    g_autoptr(SaoyArray) base = saoy_domain_map(domain, saoy_view_of(nonce), map.secret,
                                                saoy_view_array(their_map.element), NULL);
    g_auto(SaoyDomainPair) agree = pair_of(domain, base, example->agree);
    g_auto(SaoyDomainPair) theirs = pair_of(domain, base, example->terminal_agree);
    g_autoptr(SaoyArray) secret = saoy_array_new(256);
    g_auto(SaoySm) sm = { 0 };
    uint8_t token[SAOY_MAC_SIZE];

    assert_hex(saoy_view_array(map.element), example->map_element);
    assert_hex(saoy_view_array(base), example->base);
    assert_hex(saoy_view_array(agree.element), example->agree_element);
    g_assert_true(saoy_domain_agree(domain, agree.secret, saoy_view_array(theirs.element),
                                    secret, NULL));
    assert_hex(saoy_view_array(secret), example->shared);
    g_assert_true(saoy_sm_derive(&sm, SAOY_CIPHER_AES128, saoy_view_array(secret), NULL));
    g_assert_true(
        saoy_pace_token(&info, &sm.mac, saoy_view_array(theirs.element), token, NULL));
    assert_hex((SaoyView){ token, sizeof token }, example->chip_token);
    g_assert_true(
        saoy_pace_token(&info, &sm.mac, saoy_view_array(agree.element), token, NULL));
    assert_hex((SaoyView){ token, sizeof token }, example->terminal_token);
}

static void
test_g1_chip(void)
{
    static const Generic example = {
        .parameter = 13,
        .oid = "04007F00070202040202",
        .nonce = "3F00C4D39D153F2B2A214A078D899B22",
        .map = CHIP_MAP,
        .map_element = CHIP_MAP_POINT,
        .terminal_map = TERMINAL_MAP,
        .base = "048CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2"
                "8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522",
        .agree = CHIP_AGREE,
        .agree_element = CHIP_AGREE_POINT,
        .terminal_agree = TERMINAL_AGREE,
        .shared = "28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925",
        .chip_token = "3ABB9674BCE93C08",
        .terminal_token = "C2B0BD78D94BA866",
    };

    run_chip(&example);
}

#define G2_CHIP_MAP                                                                        \
    "78879F57225AA8080D52ED0FC890A4B25336F699AA89A2D3A189654AF70729E623EA5738B26381E4DA19" \
    "E004706FACE7B235C2DBF2F38748312F3C98C2DD4882A41947B324AA1259AC22579DB93F7085655AF308" \
    "89DBB845D9E6783FE42C9F2449400306254C8AE8EE9DD812A804C0B66E8CAFC14F84D8258950A91B4412" \
    "6EE6"
#define G2_TERMINAL_MAP                                                                    \
    "23FB3749EA030D2A25B278D2A562047ADE3F01B74F17A15402CB7352CA7D2B3EB71C343DB13D1DEBCE9A" \
    "3666DBCFC920B49174A602CB47965CAA73DC702489A44D41DB914DE9613DC5E98C94160551C0DF86274B" \
    "9359BC0490D01B03AD54022DCB4F57FAD6322497D7A1E28D46710F461AFE710FBBBC5F8BA166F4311975" \
    "EC6C"
#define G2_TERMINAL_AGREE                                                                  \
    "907D89E2D425A178AA81AF4A7774EC8E388C115CAE67031E85EECE520BD911551B9AE4D04369F29A0262" \
    "6C86FBC6747CC7BC352645B6161A2A42D44EDA80A08FA8D61B76D3A154AD8A5A51786B0BC07147057871" \
    "A922212C5F67F43173172236B7747D1671E6D692A3C7D40A0C3C5CE397545D015C175EB5130551EDBC2E" \
    "E5D4"
#define G2_CHIP_AGREE                                                                      \
    "075693D9AE941877573E634B6E644F8E60AF17A0076B8B123D9201074D36152BD8B3A213F53820C42ADC" \
    "79AB5D0AEEC3AEFB91394DA476BD97B9B14D0A65C1FC71A0E019CB08AF55E1F729005FBA7E3FA5DC4189" \
    "9238A250767A6D46DB974064386CD456743585F8E5D90CC8B4004B1F6D866C79CE0584E49687FF61BC29" \
    "AEA1"

static void
test_g2_chip(void)
{
    static const Generic example = {
        .parameter = 0,
        .oid = "04007F00070202040102",
        .nonce = "FA5B7E3E49753A0DB9178B7B9BD898C8",
        .map = "66DDAFEAC1609CB5B963BB0CB3FF8B3E047F336C",
        .map_element = G2_CHIP_MAP,
        .terminal_map = "5265030F751F4AD18B08AC565FC7AC952E41618D",
        .base = "7C9CBFE98F9FBDDA8D143506FA7D9306F4CB17E3C71707AFF5E1C1A12370249684D64EE37A"
                "F44B8DBD9D45BF6023919CBAA027AB97ACC771666C8E98FF483301BFA4872DEDE9034EDFAC"
                "B70814166B7F360676829B826BEA57291B5AD69FBC84EF1E779032A305803F74341793E869"
                "742D401325B37EE8565FFCDEE618342DC5",
        .agree = "A5B780126B7C980E9FCEA1D4539DA1D27C342DFA",
        .agree_element = G2_CHIP_AGREE,
        .terminal_agree = "89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA",
        .shared = "6BABC7B3A72BCD7EA385E4C62DB2625BD8613B24149E146A629311C4CA6698E38B834B6A"
                  "9E9CD7184BA8834AFF5043D436950C4C1E7832367C10CB8C314D40E5990B0DF7013E64B4"
                  "549E2270923D06F08CFF6BD3E977DDE6ABE4C31D55C0FA2E465E553E77BDF75E3193D383"
                  "4FC26E8EB1EE2FA1E4FC97C18C3F6CFFFE2607FD",
        .chip_token = "917F37B5C0E6D8D1",
        .terminal_token = "B46DD9BD4D98381F",
    };

    run_chip(&example);
}

/* A worked example as a whole conversation with our terminal. */
static void
run_terminal(const char *oid, unsigned parameter, const SaoyAccessKey *access,
             const ScriptLine *lines, const char *const *secrets, const char *enc,
             const char *mac)
{
    const SaoyPaceInfo info = info_named(oid, parameter);
    g_auto(SaoyLink) link = { 0 };
    g_auto(SaoyCam) cam = { 0 };
    g_autoptr(GError) error = NULL;

    script_start(&link, lines, secrets);
    saoy_pace_run(&link, &info, access,
                  access->can[0] != '\0' ? SAOY_PASSWORD_CAN : SAOY_PASSWORD_MRZ, &cam,
                  &error);
    g_assert_no_error(error);
    g_assert_null(script_line->command);
    assert_hex(key_view(&link.sm.enc), enc);
    assert_hex(key_view(&link.sm.mac), mac);
}

static void
test_g2_terminal(void)
{
    static const SaoyAccessKey access = { .mrz_key = MRZ_KEY };
    static const ScriptLine lines[] = {
        { "0022C1A40F800A04007F00070202040102830101", "9000" },
        { "10860000027C0000", "7C128010854D8DF5827FA6852D1A4FA701CDDDCA9000" },
        { "10860000867C8183818180" G2_TERMINAL_MAP "00",
          "7C8183828180" G2_CHIP_MAP "9000" },
        { "10860000867C8183838180" G2_TERMINAL_AGREE "00",
          "7C8183848180" G2_CHIP_AGREE "9000" },
        { "008600000C7C0A8508B46DD9BD4D98381F00",
          "7C1B8608917F37B5C0E6D8D1870F4445544553544356434130303030339000" },
        { NULL, NULL },
    };
    static const char *const secrets[] = { "5265030F751F4AD18B08AC565FC7AC952E41618D",
                                           "89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA",
                                           NULL };

    run_terminal("04007F00070202040102", 0, &access, lines, secrets,
                 "2F7F46ADCC9E7E521B45D192FAFA9126", "805A1D27D45A5116F73C54469462B7D8");
}

static void
test_h1_terminal(void)
{
    static const ScriptLine lines[] = {
        { "0022C1A40F800A04007F00070202040402830102", "9000" },
        { "10860000027C0000", "7C128010143DC40C08C8E891FBED7DEDB92B64AD9000" },
        { "10860000147C1281105DD4CBFC96F5453B130D890A1CDBAE3200", "7C0282009000" },
        { "10860000457C4383410489CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD6"
          "40D46755DE9B7B778280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C3700",
          "7C4384410467F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8932B69"
          "A962B52A0985AD2C0A271EE6A13A8ADDDCD1A3A994B9DED257F4D227539000" },
        { "008600000C7C0A8508450F02B86F6A090900", "7C0A860875D4D96E8D5B03089000" },
        { NULL, NULL },
    };
    static const char *const secrets[] = {
        "5DD4CBFC96F5453B130D890A1CDBAE32",
        "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595", NULL
    };
    static const SaoyAccessKey access = { .can = "123456" };

    run_terminal("04007F00070202040402", 13, &access, lines, secrets,
                 "0D3FEB33251A6370893D62AE8DAAF51B", "B01E89E3D9E8719E586B50B4A7506E0B");
}

/* What the chip makes of the same base: its key, and the session keys of both. */
static void
assert_chip_agrees(const SaoyDomain *domain, const SaoyArray *base, const char *secret,
                   const char *own, const char *peer, const char *enc)
{
    g_auto(SaoyDomainPair) pair = pair_of(domain, base, secret);
    g_autoptr(GBytes) theirs = unhex(peer);
    g_autoptr(SaoyArray) shared = saoy_array_new(256);
    g_auto(SaoySm) sm = { 0 };

    assert_hex(saoy_view_array(pair.element), own);
    g_assert_true(
        saoy_domain_agree(domain, pair.secret, saoy_view_of(theirs), shared, NULL));
    g_assert_true(saoy_sm_derive(&sm, SAOY_CIPHER_AES128, saoy_view_array(shared), NULL));
    assert_hex(key_view(&sm.enc), enc);
}

static void
test_h1_mapping(void)
{
    g_autoptr(SaoyDomain) domain = saoy_domain_new(13);
    g_autoptr(GBytes) s = unhex("2923BE84E16CD6AE529049F1F1BBE9EB");
    g_autoptr(GBytes) t = unhex("5DD4CBFC96F5453B130D890A1CDBAE32");
    g_autoptr(SaoyArray) base = saoy_domain_integrate(
        domain, SAOY_CIPHER_AES128, saoy_view_of(s), saoy_view_of(t), NULL);

    g_assert_nonnull(base);
    g_assert_cmpuint(base->len, ==, 65);
    assert_hex((SaoyView){ base->data + 1, 32 },
               "8E82D31559ED0FDE92A4D0498ADD3C23BABA94FB77691E31E90AEA77FB17D427");
    assert_chip_agrees(domain, base, CHIP_AGREE,
                       "0467F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8"
                       "932B69A962B52A0985AD2C0A271EE6A13A8ADDDCD1A3A994B9DED257F4D22753",
                       "0489CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D4"
                       "6755DE9B7B778280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C37",
                       "0D3FEB33251A6370893D62AE8DAAF51B");
}

#define H2_TERMINAL                                                                        \
    "0F0CC62945A8029251FB7EF3C094E12EC68E4EF07F27CB9D9CD04C5C4250FAE0E4F8A951557E929AEB48" \
    "E5C6DD47F2F5CD7C351A9BD2CD722C07EDE166770F08FFCB370262CF308DD7B07F2E0DA9CAAA1492344C" \
    "852906919538C98A4BA4187E76CE9D87832386D319CE2E043C3343AEAE6EDBA1A9894DC5094D22F7FE13" \
    "51D5"
#define H2_CHIP                                                                            \
    "928D9A0F9DBA450F13FC859C6F290D1D36E42431138A4378500BEB4E0401854CFF111F71CB6DC1D03358" \
    "07A11388CC8EAA87B07907AAD9FBA6B169AF6D8C26AF8DDDC39ADC3AD2E3FF882B84D23E9768E95A80E4" \
    "746FB07A9767679FE92133B4D379935C771BD7FBED6C7BB4B1708B275EA75679524CDC9C6A91370CC662" \
    "A2F3"

static void
test_h2_mapping(void)
{
    g_autoptr(SaoyDomain) domain = saoy_domain_new(0);
    g_autoptr(GBytes) s = unhex("FA5B7E3E49753A0DB9178B7B9BD898C8");
    g_autoptr(GBytes) t = unhex("B3A6DB3C870C3E99245E0D1C06B747DE");
    g_autoptr(SaoyArray) base = saoy_domain_integrate(
        domain, SAOY_CIPHER_AES128, saoy_view_of(s), saoy_view_of(t), NULL);

    g_assert_nonnull(base);
    assert_hex(
        saoy_view_array(base),
        "1D7D767F11E333BCD6DBAEF40E799E7A926B96973550656FF3C830726D118D61C276CDCC61D475"
        "CF03A98E0C0E79CAEBA5BE25578BD4551D0B10903236F0B0F976852FA78EEA14EA0ACA87D1E91F"
        "688FE0DFF897BBE35A472621D343564B262F34223AE8FC59B664BFEDFA2BFE7516CA5510A6BBB6"
        "33D517EC25D4E0BBAA16C2");
    assert_chip_agrees(domain, base, "A5B780126B7C980E9FCEA1D4539DA1D27C342DFA", H2_CHIP,
                       H2_TERMINAL, "01AFC10CF87BE36D8179E87370171F07");
}

static void
test_h2_terminal(void)
{
    static const ScriptLine lines[] = {
        { "0022C1A40F800A04007F00070202040302830102", "9000" },
        { "10860000027C0000", "7C1280109ABB8864CA0FF1551E620D1EF4E135109000" },
        { "10860000147C128110B3A6DB3C870C3E99245E0D1C06B747DE00", "7C0282009000" },
        { "10860000867C8183838180" H2_TERMINAL "00", "7C8183848180" H2_CHIP "9000" },
        { "008600000C7C0A850855D61977CBF5307E00", "7C0A8608C2F04230187E15259000" },
        { NULL, NULL },
    };
    /* the example's exponent, modulo the order of the subgroup */
    static const char *const secrets[] = { "B3A6DB3C870C3E99245E0D1C06B747DE",
                                           "89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA",
                                           NULL };
    static const SaoyAccessKey access = { .can = "123456" };

    run_terminal("04007F00070202040302", 0, &access, lines, secrets,
                 "01AFC10CF87BE36D8179E87370171F07", "23F0FBD05FD6C7B8B88F4C8309669061");
}

/* The worked examples know AES-128 only. The others come from a second program, written in
 * Python from the text of the standard (tests/peer/integrated-mapping.py); it computes
 * H.1 too. s = 01 02 03 …, t = 41 42 43 …; SHA-256 of the mapped element. */
static void
test_integrated_mapping_of_a_second_program(void)
{
    static const struct {
        unsigned parameter;
        SaoyCipher cipher;
        const char *element;
    } cases[] = {
        { 0, SAOY_CIPHER_3DES,
          "755b40ce22fef7e8c83bbc338f47218e198e2b9dcd1429d5a762cfb3f122950a" },
        { 1, SAOY_CIPHER_AES192,
          "5ba684cda54f3df2007174f8be5c07325d9826e5577a6d06b478b15b797eac9f" },
        { 2, SAOY_CIPHER_AES256,
          "f9b9387f302e0112c2f0c89292bec9be1d173bd95cd6984fd511a2616848fd0f" },
        { 8, SAOY_CIPHER_3DES,
          "2e7b0200bcc41e103b8f18ee34aa4fa369ca798b1544ec9a00f9fbd2a02da50a" },
        { 9, SAOY_CIPHER_AES128,
          "0cca5a08026760e8f4269af2a1496c81d889a8fdfd020988eb96c6d79b001630" },
        { 11, SAOY_CIPHER_AES192,
          "829da8e0ef7870915da9431af33bdaeffe92857a3cdd404bffa4df402bc2a1fb" },
        { 12, SAOY_CIPHER_3DES,
          "7ad544ffdb1188b0369b93ada31d32cd2efaa2245bc211794d5cc0af984f3d15" },
        { 13, SAOY_CIPHER_AES256,
          "104ef4af40d9931cf9c57ca03f31903d7bb7bb39ba40e5d56727dddbc745256c" },
        { 14, SAOY_CIPHER_AES128,
          "dd47a3599ef18b7d591a5bfb8de5b046eb272b43f63d6b37d234058fb3d87c9c" },
        { 15, SAOY_CIPHER_AES192,
          "aefd2a19f8bd2782790c0a9623f12a5b5ef780b4e8eb114f55855ab8b139b677" },
        { 16, SAOY_CIPHER_AES256,
          "0914af84f56c9238a22bcbbf9efe54f9cd81cad7f64d257673be10424f2e7af6" },
        { 17, SAOY_CIPHER_AES192,
          "4d489b86164e90bba273c212dd7fb9a37027582ad25e1322197ca803baf95ab5" },
        { 18, SAOY_CIPHER_AES256,
          "8f98681f19b6e36ec5d43fc13693a9abed5d56ef5fcc6301216b83e228da5710" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(SaoyDomain) domain = saoy_domain_new(cases[i].parameter);
        g_autoptr(SaoyArray) base = NULL;
        g_autofree char *digest = NULL;
        uint8_t s[32], t[32];

        for (uint8_t n = 0; n < 32; n++) {
            s[n] = n + 1;
            t[n] = n + 0x41;
        }
        base = saoy_domain_integrate(
            domain, cases[i].cipher, (SaoyView){ s, saoy_nonce_size(cases[i].cipher) },
            (SaoyView){ t, saoy_cipher_key(cases[i].cipher) }, NULL);
        g_assert_nonnull(base);
        digest = saoy_sha256_hex(saoy_view_array(base));
        g_assert_cmpstr(digest, ==, cases[i].element);
    }
}

/* Appendix I: generic mapping that also proves the static key of EF.CardSecurity. */
#define I_CHIP_MAP                                                                         \
    "04A234236AA9B9621E8EFB73B5245C0E09D2576E5277183C1208BDD55280CAE8B304F365713A356E65A4" \
    "51E165ECC9AC0AC46E3771342C8FE5AEDD092685338E23"
#define I_INFOS "31643062060904007F0007020201023052300C060704007F0007010202010D034200"
#define I_STATIC                                                                           \
    "041872709494399E7470A6431BE25E83EEE24FEA568C2ED28DB48E05DB3A610DC884D256A40E35EFCB59" \
    "BF6753D3A489D28C7A4D973C2DA138A6E7A4A08F68E16F"

static const ScriptLine i_lines[] = {
    { "0022C1A40F800A04007F00070202040602830101", "9000" },
    { "10860000027C0000", "7C128010CB60E8E0D85B76A9BD304747C2AD42E29000" },
    { "10860000457C438141047F1D410ADB7DDB3B84BF1030800981A9105D7457B4A3ADE002384F3086C67EDE"
      "1AB889104A27DB6D842B019020FBF3CEACB0DC627F7BDCAC29969E19D0E553C100",
      "7C438241" I_CHIP_MAP "9000" },
    { "10860000457C43834104446C934084D9DAB863944F219520076C29EE3F7AE6722B11FF319EC1C7728F95"
      "5483400BFF60BF0C5929270009277DC2A515E12575010AD9BA916CF1BF86FEFC00",
      "7C4384410402AD566F3C6EC7F9324509AD50A51FA52030782A4968FCFEDF737DAEA993333111C3B9B4C2"
      "287789BD137E7F8AA882E2A3C633CCD6ECC2C63C57AD401A09C2E19000" },
    { "008600000C7C0A8508E86BD06018A1CD3B00",
      "7C3C86088596CF055C67C1A38A301EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F"
      "5B7A54BD10CBA372B42BE0B9B5F28AA8DE2F4F929000" },
    { NULL, NULL },
};
static const char *const i_secrets[] = {
    "5D8BB87BD74D985A4B7D4325B9F7B976FE835122773400798914AA22738135CC",
    "76ECFDAA9841C323A3F5FC5E88B88DB3EFF7E35EBF57A7E6946CB630006C2120", NULL
};

static void
test_i_terminal(void)
{
    const SaoyAccessKey access = { .mrz_key = "C11T002JM496081222310314" };
    const SaoyPaceInfo info = info_named("04007F00070202040602", 13);
    g_autoptr(GBytes) right = unhex(I_INFOS I_STATIC "02010D");
    g_autoptr(GBytes) wrong = unhex(I_INFOS I_CHIP_MAP "02010D");
    g_autoptr(SaoyArray) sealed = saoy_array_new(64);
    g_auto(SaoyLink) link = { 0 };
    g_auto(SaoyCam) cam = { 0 };
    g_autoptr(GError) error = NULL;

    script_start(&link, i_lines, i_secrets);
    saoy_pace_run(&link, &info, &access, SAOY_PASSWORD_MRZ, &cam, &error);
    g_assert_no_error(error);
    g_assert_null(script_line->command);
    assert_hex(key_view(&link.sm.enc), "0A9DA4DB03BDDE39FC5202BC44B2E89E");
    assert_hex(key_view(&link.sm.mac), "4B1C06491ED5140CA2B537D344C6C0B1");
    assert_hex(saoy_view_array(cam.data),
               "85DC3FA93D0952BFA82F5FD189EE75BD82F11D1F0B8ED4BF5319AC9B53C426B3");
    assert_hex(saoy_view_array(cam.mapping), I_CHIP_MAP);
    g_assert_true(saoy_cam_check(13, &cam, saoy_view_of(right), NULL));
    g_assert_false(saoy_cam_check(13, &cam, saoy_view_of(wrong), NULL));
    g_assert_false(saoy_cam_check(12, &cam, saoy_view_of(right), NULL));
    /* and back, as the chip seals it */
    g_assert_true(saoy_cam_seal(&link.sm, saoy_view_array(cam.data), sealed, NULL));
    assert_hex(saoy_view_array(sealed),
               "1EEA964DAAE372AC990E3EFDE6333353BFC89A6704D93DA8798CF77F5B7A54BD"
               "10CBA372B42BE0B9B5F28AA8DE2F4F92");
    cam.data->data[0] ^= 1;
    g_assert_false(saoy_cam_check(13, &cam, saoy_view_of(right), NULL));
}

static void
test_i_without_the_data(void)
{
    static const char *const answers[] = {
        "7C0A86088596CF055C67C1A39000", "7C0C86088596CF055C67C1A38A009000",
        "7C1C86088596CF055C67C1A38A101EEA964DAAE372AC990E3EFDE63333539000"
    };

    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        const SaoyAccessKey access = { .mrz_key = "C11T002JM496081222310314" };
        const SaoyPaceInfo info = info_named("04007F00070202040602", 13);
        ScriptLine lines[G_N_ELEMENTS(i_lines)];
        g_auto(SaoyLink) link = { 0 };
        g_auto(SaoyCam) cam = { 0 };

        memcpy(lines, i_lines, sizeof i_lines);
        lines[4].answer = answers[i];
        script_start(&link, lines, i_secrets);
        g_assert_false(saoy_pace_run(&link, &info, &access, SAOY_PASSWORD_MRZ, &cam, NULL));
        g_assert_false(link.sm.active);
        g_assert_null(cam.data);
    }
}

/* Numbers that are no element of the subgroup: zero, one, p - 1, p, a non-residue. */
static void
test_numbers_outside_the_group(void)
{
    for (unsigned parameter = 0; parameter <= 2; parameter++) {
        g_autoptr(SaoyDomain) domain = saoy_domain_new(parameter);
        g_autoptr(BIGNUM) one = BN_new();
        g_autoptr(SaoyArray) secret = saoy_array_new(256);
        uint8_t bytes[257];
        int size = BN_num_bytes(domain->p);
        g_autoptr(GError) error = NULL;

        g_assert_nonnull(domain);
        BN_one(one);
        for (int value = 0; value <= 4; value++) {
            g_autoptr(BIGNUM) number = value < 2 ? BN_new() : BN_dup(domain->p);

            BN_set_word(value < 2 ? number : one, value < 2 ? (unsigned)value : 1u);
            if (value == 3)
                BN_sub_word(number, 1);
            if (value == 4)
                BN_sub(number, domain->p, domain->g); /* -g: of twice the order */
            BN_bn2binpad(number, bytes, size);
            g_assert_false(saoy_domain_agree(domain, one, (SaoyView){ bytes, (size_t)size },
                                             secret, &error));
            g_assert_error(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED);
            g_clear_error(&error);
        }
        g_assert_false(
            saoy_domain_agree(domain, one, (SaoyView){ bytes, 257 }, secret, NULL));
        g_assert_false(saoy_domain_agree(domain, one, (SaoyView){ 0 }, secret, NULL));
    }
}

static void
run_changed(size_t line, const char *answer, SaoyErrorCode code)
{
    const SaoyAccessKey access = { .mrz_key = MRZ_KEY };
    const SaoyPaceInfo info = info_of(13);
    ScriptLine changed[G_N_ELEMENTS(conversation)];
    g_auto(SaoyLink) link = { 0 };
    g_auto(SaoyCam) cam = { 0 };
    g_autoptr(GError) error = NULL;

    memcpy(changed, conversation, sizeof conversation);
    changed[line].answer = answer;
    script_start(&link, changed, draws);
    g_assert_false(saoy_pace_run(&link, &info, &access, SAOY_PASSWORD_MRZ, &cam, &error));
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
    g_auto(SaoyCam) cam = { 0 };
    g_autoptr(GError) error = NULL;

    memcpy(lines + 1, conversation, sizeof conversation);
    lines[0] = (ScriptLine){ conversation[0].command, "6A88" };
    lines[1].command = "0022C1A412800A04007F0007020204020283010184010D";
    script_start(&link, lines, draws);
    saoy_pace_run(&link, &info, &access, SAOY_PASSWORD_MRZ, &cam, &error);
    g_assert_no_error(error);
    lines[1].answer = "6A80";
    saoy_link_clear(&link);
    script_start(&link, lines, draws);
    g_assert_false(saoy_pace_run(&link, &info, &access, SAOY_PASSWORD_MRZ, &cam, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
}

static void
test_unknown_variants_are_named(void)
{
    static const uint8_t ta[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x02 };
    SaoyPaceInfo info = { 0 };

    g_assert_false(saoy_pace_info((SaoyView){ ta, sizeof ta }, 13, &info));
    for (unsigned parameter = 0; parameter < 25; parameter++) {
        bool field = parameter <= 2, curve = parameter >= 8 && parameter <= 18;
        g_autoptr(SaoyDomain) domain = saoy_domain_new(parameter);

        g_assert_true((domain != NULL) == (field || curve));
        info = info_named("04007F00070202040102", parameter);
        g_assert_true(saoy_pace_supported(&info) == field);
        info = info_named("04007F00070202040302", parameter);
        g_assert_true(saoy_pace_supported(&info) == field);
        info = info_named("04007F00070202040202", parameter);
        g_assert_true(saoy_pace_supported(&info) == curve);
        info = info_named("04007F00070202040402", parameter);
        g_assert_true(saoy_pace_supported(&info) == (curve && parameter != 10));
        info = info_named("04007F00070202040602", parameter);
        g_assert_true(saoy_pace_supported(&info) == curve);
        info = info_named("04007F00070202040601", parameter); /* never with 3DES */
        g_assert_false(saoy_pace_supported(&info));
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
    g_test_add_func("/pace/g2-chip", test_g2_chip);
    g_test_add_func("/pace/g2-terminal", test_g2_terminal);
    g_test_add_func("/pace/h1-mapping", test_h1_mapping);
    g_test_add_func("/pace/h1-terminal", test_h1_terminal);
    g_test_add_func("/pace/h2-mapping", test_h2_mapping);
    g_test_add_func("/pace/h2-terminal", test_h2_terminal);
    g_test_add_func("/pace/second-program", test_integrated_mapping_of_a_second_program);
    g_test_add_func("/pace/i-terminal", test_i_terminal);
    g_test_add_func("/pace/i-without", test_i_without_the_data);
    g_test_add_func("/pace/outside", test_numbers_outside_the_group);
    g_test_add_func("/pace/cheats", test_a_chip_that_cheats);
    g_test_add_func("/pace/parameter", test_the_parameter_is_named_when_asked_for);
    g_test_add_func("/pace/variants", test_unknown_variants_are_named);
    return g_test_run();
}

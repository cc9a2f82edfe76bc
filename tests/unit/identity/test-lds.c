/* Files of the logical data structure: domain facts first, then files of real specimens. */
#include "fixture.h"
#include "lds-files.h"
#include "lds.h"
#include "persona-files.h"

#define CCCD_GROUPS                                                                    \
    (SAOY_GROUP(1) | SAOY_GROUP(2) | SAOY_GROUP(3) | SAOY_GROUP(13) | SAOY_GROUP(14) | \
     SAOY_GROUP(15))

static void
test_card_access_of_every_card(void)
{
    g_autoptr(GBytes) file = unhex(
        "3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f"
        "0007020204020202010202010d");
    SaoyPaceInfo info = { 0 };
    bool announced = false;

    g_assert_true(saoy_view_same(saoy_view_of(file), saoy_persona_card_access()));
    g_assert_true(saoy_card_access_parse(saoy_view_of(file), &info, &announced, NULL));
    g_assert_true(announced);
    g_assert_cmpint(info.mapping, ==, SAOY_MAPPING_ECDH_GM);
    g_assert_cmpint(info.cipher, ==, SAOY_CIPHER_AES128);
    g_assert_cmpuint(info.parameter, ==, 13);
}

static void
test_the_best_variant_is_chosen_in_any_order(void)
{
    /* two variants, in both orders: the longer key, what proves the chip, what is no
     * 1024-bit field, what can be run */
    static const struct {
        const char *better, *other;
        SaoyMapping mapping;
        unsigned parameter;
    } pairs[] = {
        { "060402010202010d", "0202020102020110", SAOY_MAPPING_ECDH_CAM, 13 },
        { "060202010202010d", "020202010202010d", SAOY_MAPPING_ECDH_CAM, 13 },
        { "020202010202010d", "040202010202010d", SAOY_MAPPING_ECDH_GM, 13 },
        { "0201020102020108", "0104020102020100", SAOY_MAPPING_ECDH_GM, 8 },
        { "0301020102020102", "040402010202010a", SAOY_MAPPING_DH_IM, 2 },
    };

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(pairs); i++) {
        const char *a = pairs[i / 2].better, *b = pairs[i / 2].other;
        g_autofree char *hex =
            g_strdup_printf("31283012060a04007f0007020204%s3012060a04007f0007020204%s",
                            i % 2 == 0 ? a : b, i % 2 == 0 ? b : a);
        g_autoptr(GBytes) file = unhex(hex);
        SaoyPaceInfo info = { 0 };
        bool announced = false;

        g_assert_true(saoy_card_access_parse(saoy_view_of(file), &info, &announced, NULL));
        g_assert_cmpint(info.mapping, ==, pairs[i / 2].mapping);
        g_assert_cmpuint(info.parameter, ==, pairs[i / 2].parameter);
    }
}

static void
test_card_access_without_what_we_run(void)
{
    /* integrated mapping on P-224 cannot be */
    g_autoptr(GBytes) odd = unhex("31143012060a04007f0007020204040202010202010a");
    g_autoptr(GBytes) none = unhex("310f300d060804007f0007020202020101");
    g_autoptr(GError) error = NULL;
    SaoyPaceInfo info = { 0 };
    bool announced = false;

    g_assert_false(saoy_card_access_parse(saoy_view_of(odd), &info, &announced, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_FAILED);
    g_assert_true(announced);
    g_assert_false(saoy_card_access_parse(saoy_view_of(none), &info, &announced, NULL));
    g_assert_false(announced);
}

static GBytes *
cccd_dg14(EVP_PKEY *chip_auth)
{
    SaoyPersonaAccess access = { 0 };
    SaoyPersonaProof proof = { 0 };

    g_assert_true(saoy_persona_access_parse(NULL, NULL, &access, NULL));
    g_assert_true(saoy_persona_proof_parse(NULL, &proof, NULL));
    return saoy_persona_dg14(&access, chip_auth, &proof, NULL);
}

static void
test_com(void)
{
    g_autoptr(GBytes) file = unhex("60145f0104303130375f36063034303030305c026175");
    g_autoptr(GBytes) ours = saoy_persona_com(CCCD_GROUPS);
    SaoyGroups groups = 0;

    g_assert_true(saoy_com_parse(saoy_view_of(file), &groups, NULL));
    g_assert_cmphex(groups, ==, SAOY_GROUP(1) | SAOY_GROUP(2));
    g_assert_true(saoy_com_parse(saoy_view_of(ours), &groups, NULL));
    g_assert_cmphex(groups, ==, CCCD_GROUPS);
}

static void
test_dg14_and_dg15_of_a_persona(void)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("brainpoolP256r1");
    g_autoptr(GBytes) dg14 = cccd_dg14(key);
    g_autoptr(GBytes) dg15 = saoy_persona_dg15(key, NULL);
    SaoyDg14 found = { 0 };
    SaoyView public = { 0 };

    g_assert_true(saoy_dg14_parse(saoy_view_of(dg14), &found, NULL));
    g_assert_true(found.offered);
    g_assert_true(found.supported);
    g_assert_cmpuint(found.n_offers, ==, 1);
    g_assert_cmpint(found.offers[0].cipher, ==, SAOY_CIPHER_AES128);
    g_assert_cmpint(found.offers[0].key_id, ==, -1);
    g_assert_true(saoy_dg15_parse(saoy_view_of(dg15), &public, NULL));
    g_assert_true(saoy_view_same(public, found.offers[0].key));
}

static void
test_a_dutch_specimen(void)
{
    g_autoptr(GBytes) dg1 = shared_file("loes2006/ef0101.bin");
    g_autoptr(GBytes) dg2 = dg1 == NULL ? NULL : shared_file("loes2006/ef0102.bin");
    g_autoptr(GBytes) com = dg2 == NULL ? NULL : shared_file("loes2006/ef011E.bin");
    g_autoptr(GBytes) dg15 = com == NULL ? NULL : shared_file("loes2006/ef010F.bin");
    SaoyFaceImage face = { 0 };
    SaoyView key = { 0 };
    SaoyGroups groups = 0;
    SaoyMrz mrz = { 0 };

    if (dg15 == NULL)
        return;
    g_assert_true(saoy_dg15_parse(saoy_view_of(dg15), &key, NULL));
    const uint8_t *at = key.data;
    g_autoptr(EVP_PKEY) public = d2i_PUBKEY(NULL, &at, (long)key.size);
    g_assert_cmpint(EVP_PKEY_get_base_id(public), ==, EVP_PKEY_RSA);
    g_assert_true(saoy_com_parse(saoy_view_of(com), &groups, NULL));
    g_assert_cmphex(groups, ==, SAOY_GROUP(1) | SAOY_GROUP(2) | SAOY_GROUP(15));
    g_assert_true(saoy_dg1_parse(saoy_view_of(dg1), &mrz, NULL));
    g_assert_cmpstr(mrz.document, ==, "XX0001328");
    g_assert_cmpstr(mrz.surname, ==, "MEULENDIJK");
    g_assert_cmpstr(mrz.given, ==, "LOES ALBERTINE");
    g_assert_true(saoy_dg2_parse(saoy_view_of(dg2), &face, NULL));
    g_assert_true(face.jpeg2000);
    g_assert_cmpmem(face.picture.data, 12, "\0\0\0\x0cjP  \r\n\x87\n", 12);
    /* the picture runs to the end of the file */
    g_assert_true(face.picture.data + face.picture.size ==
                  saoy_view_of(dg2).data + saoy_view_of(dg2).size);
}

static bool
try_dg1(SaoyView file)
{
    SaoyMrz mrz = { 0 };
    return saoy_dg1_parse(file, &mrz, NULL);
}

static bool
try_dg14(SaoyView file)
{
    SaoyDg14 dg14 = { 0 };
    return saoy_dg14_parse(file, &dg14, NULL);
}

static bool
try_access(SaoyView file)
{
    SaoyPaceInfo info = { 0 };
    bool announced = false;
    return saoy_card_access_parse(file, &info, &announced, NULL);
}

static bool
try_com(SaoyView file)
{
    SaoyGroups groups = 0;
    return saoy_com_parse(file, &groups, NULL);
}

static void
test_mistreated_files(void)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("brainpoolP256r1");
    g_autoptr(GBytes) dg1 = saoy_persona_dg1("IDVNM0900000018001090000001<<9"
                                             "9001011M3001019VNM<<<<<<<<<<<6"
                                             "NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<");
    g_autoptr(GBytes) dg14 = cccd_dg14(key);
    g_autoptr(GBytes) com = saoy_persona_com(CCCD_GROUPS);
    g_autoptr(GBytes) access =
        g_bytes_new(saoy_persona_card_access().data, saoy_persona_card_access().size);

    mistreat(dg1, try_dg1);
    mistreat(dg14, try_dg14);
    mistreat(com, try_com);
    mistreat(access, try_access);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lds/card-access", test_card_access_of_every_card);
    g_test_add_func("/lds/best", test_the_best_variant_is_chosen_in_any_order);
    g_test_add_func("/lds/no-pace", test_card_access_without_what_we_run);
    g_test_add_func("/lds/com", test_com);
    g_test_add_func("/lds/dg14-dg15", test_dg14_and_dg15_of_a_persona);
    g_test_add_func("/lds/dutch", test_a_dutch_specimen);
    g_test_add_func("/lds/mistreated", test_mistreated_files);
    return g_test_run();
}

/* Files of the logical data structure: domain facts first, then files of real specimens. */
#include "fixture.h"
#include "lds.h"
#include "persona-files.h"

/* An invented Vietnamese, in the structure that two independent decoders of real cards
 * agree on: long-form lengths, parents in a sequence each, an empty record. */
static const char dg13_hex[] = "6d82019d30820199020101060628d3160100083182018a3011020101130"
                               "c3030313039303030303030313015"
                               "0201020c104e677579e1bb856e2056c4836e20416e300f020103130a303"
                               "12f30312f3139393030080201040c"
                               "034e616d300f0201050c0a5669e1bb8774204e616d30090201060c044b6"
                               "96e68300b0201070c064b68c3b46e"
                               "67302c0201080c275068c6b0e1bb9d6e67204de1baab752c205468c3a06"
                               "e68207068e1bb912048c3a0204ee1"
                               "bb996930400201090c3b53e1bb912031205068e1bb91204de1baab752c2"
                               "05068c6b0e1bb9d6e67204de1baab"
                               "752c205468c3a06e68207068e1bb912048c3a0204ee1bb9969302b02010"
                               "a0c264ee1bb9174207275e1bb9369"
                               "20433a31636d2064c6b0e1bb9b69206dc3a970207068e1baa369300f020"
                               "10b130a31302f30352f3230323130"
                               "0f02010c130a30312f30312f32303330302f02010d30150c134e677579e"
                               "1bb856e2056c4836e2042c3ac6e68"
                               "30130c115472e1baa76e205468e1bb8b2043c3ba63300302010e300e020"
                               "10f13093031323334353637383015"
                               "020110131030303131323233333434353536363737";

static void
assert_text(SaoyView view, const char *expected)
{
    g_autofree char *text = g_strndup((const char *)view.data, view.size);

    g_assert_cmpstr(text, ==, expected);
}

static void
test_dg13(void)
{
    g_autoptr(GBytes) file = unhex(dg13_hex);
    g_autoptr(GError) error = NULL;
    SaoyDg13 dg13 = { 0 };

    saoy_dg13_parse(saoy_view_of(file), &dg13, &error);
    g_assert_no_error(error);
    assert_text(dg13.text[SAOY_DG13_NUMBER][0], "001090000001");
    assert_text(dg13.text[SAOY_DG13_NAME][0], "Nguyễn Văn An");
    assert_text(dg13.text[SAOY_DG13_BIRTH][0], "01/01/1990");
    assert_text(dg13.text[SAOY_DG13_SEX][0], "Nam");
    assert_text(dg13.text[8][0], "Phường Mẫu, Thành phố Hà Nội");
    assert_text(dg13.text[SAOY_DG13_EXPIRY][0], "01/01/2030");
    assert_text(dg13.text[SAOY_DG13_PARENTS][0], "Nguyễn Văn Bình");
    assert_text(dg13.text[SAOY_DG13_PARENTS][1], "Trần Thị Cúc");
    g_assert_cmpuint(dg13.text[14][0].size, ==, 0);
    assert_text(dg13.text[15][0], "012345678");
    assert_text(dg13.text[16][0], "0011223344556677");
}

static void
test_dg13_two_strings_in_one_sequence(void)
{
    g_autoptr(GBytes) file = unhex("6d2630240201010606"
                                   "28d3160100083117"
                                   "300d02010d30080c0241410c024242"
                                   "30060201630c0178");
    g_autoptr(GError) error = NULL;
    SaoyDg13 dg13 = { 0 };

    saoy_dg13_parse(saoy_view_of(file), &dg13, &error);
    g_assert_no_error(error);
    assert_text(dg13.text[SAOY_DG13_PARENTS][0], "AA");
    assert_text(dg13.text[SAOY_DG13_PARENTS][1], "BB");
    g_assert_cmpuint(dg13.text[SAOY_DG13_NAME][0].size, ==, 0);
}

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

static void
test_com(void)
{
    g_autoptr(GBytes) file = unhex("60145f0104303130375f36063034303030305c026175");
    g_autoptr(GBytes) ours = saoy_persona_com();
    SaoyGroups groups = 0;

    g_assert_true(saoy_com_parse(saoy_view_of(file), &groups, NULL));
    g_assert_cmphex(groups, ==, SAOY_GROUP(1) | SAOY_GROUP(2));
    g_assert_true(saoy_com_parse(saoy_view_of(ours), &groups, NULL));
    g_assert_cmphex(groups, ==,
                    SAOY_GROUP(1) | SAOY_GROUP(2) | SAOY_GROUP(3) | SAOY_GROUP(13) |
                        SAOY_GROUP(14) | SAOY_GROUP(15));
}

static void
test_dg14_and_dg15_of_a_persona(void)
{
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("brainpoolP256r1");
    g_autoptr(GBytes) dg14 = saoy_persona_dg14(key, NULL);
    g_autoptr(GBytes) dg15 = saoy_persona_dg15(key, NULL);
    SaoyDg14 found = { 0 };
    SaoyView public = { 0 };

    g_assert_true(saoy_dg14_parse(saoy_view_of(dg14), &found, NULL));
    g_assert_true(found.offered);
    g_assert_true(found.supported);
    g_assert_cmpint(found.cipher, ==, SAOY_CIPHER_AES128);
    g_assert_cmpint(found.key_id, ==, -1);
    g_assert_true(saoy_dg15_parse(saoy_view_of(dg15), &public, NULL));
    g_assert_true(saoy_view_same(public, found.key));
}

static GBytes *
shared_file(const char *name)
{
    const char *dir = g_getenv("SAOY_SHARED_DIR");
    g_autofree char *path = g_build_filename(
        dir != NULL ? dir : SAOY_SOURCE_DIR "/../shared", "data", "emrtd", name, NULL);
    GBytes *bytes = saoy_file_read(path, 1 << 21, NULL);

    if (bytes == NULL)
        g_test_skip("third-party specimen data is not here");
    return bytes;
}

static void
test_a_dutch_specimen(void)
{
    g_autoptr(GBytes) dg1 = shared_file("loes2006/ef0101.bin");
    g_autoptr(GBytes) dg2 = dg1 == NULL ? NULL : shared_file("loes2006/ef0102.bin");
    g_autoptr(GBytes) com = dg2 == NULL ? NULL : shared_file("loes2006/ef011E.bin");
    SaoyFaceImage face = { 0 };
    SaoyGroups groups = 0;
    SaoyMrz mrz = { 0 };

    if (com == NULL)
        return;
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

static void
test_the_newer_face_format_is_named(void)
{
    g_autoptr(GBytes) dg2 = shared_file("dg2_silver_mandatory_fields.bin");
    g_autoptr(GError) error = NULL;
    SaoyFaceImage face = { 0 };

    if (dg2 == NULL)
        return;
    g_assert_false(saoy_dg2_parse(saoy_view_of(dg2), &face, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    g_assert_nonnull(strstr(error->message, "39794-5"));
}

typedef bool Parse(SaoyView file);

static bool
try_dg1(SaoyView file)
{
    SaoyMrz mrz = { 0 };
    return saoy_dg1_parse(file, &mrz, NULL);
}

static bool
try_dg2(SaoyView file)
{
    SaoyFaceImage face = { 0 };
    return saoy_dg2_parse(file, &face, NULL);
}

static bool
try_dg13(SaoyView file)
{
    SaoyDg13 dg13 = { 0 };
    return saoy_dg13_parse(file, &dg13, NULL);
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

/* Every truncation is refused; every byte set to FF, 00, 80 or 84 is survived. Copies are
 * exactly as long as the input, so that a sanitizer sees the first byte read behind it. */
static void
mistreat(GBytes *file, Parse *parse)
{
    SaoyView whole = saoy_view_of(file);
    static const uint8_t poison[] = { 0xff, 0x00, 0x80, 0x84 };
    size_t interesting = MIN(whole.size, 700);

    g_assert_true(parse(whole));
    for (size_t n = 0; n < interesting && n < whole.size; n++) {
        g_autofree uint8_t *copy = g_memdup2(whole.data, MAX(n, 1));

        g_assert_false(parse((SaoyView){ copy, n }));
    }
    for (size_t at = 0; at < interesting; at++)
        for (size_t i = 0; i < G_N_ELEMENTS(poison); i++) {
            g_autofree uint8_t *copy = g_memdup2(whole.data, whole.size);

            copy[at] = poison[i];
            parse((SaoyView){ copy, whole.size });
        }
}

static void
test_mistreated_files(void)
{
    g_autoptr(GBytes) picture = portrait();
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("brainpoolP256r1");
    g_autoptr(GBytes) dg1 = saoy_persona_dg1("IDVNM0900000018001090000001<<9"
                                             "9001011M3001019VNM<<<<<<<<<<<6"
                                             "NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<");
    g_autoptr(GBytes) dg2 = saoy_persona_dg2(saoy_view_of(picture), NULL);
    g_autoptr(GBytes) dg13 = unhex(dg13_hex);
    g_autoptr(GBytes) dg14 = saoy_persona_dg14(key, NULL);
    g_autoptr(GBytes) com = saoy_persona_com();
    g_autoptr(GBytes) access =
        g_bytes_new(saoy_persona_card_access().data, saoy_persona_card_access().size);

    mistreat(dg1, try_dg1);
    mistreat(dg2, try_dg2);
    mistreat(dg13, try_dg13);
    mistreat(dg14, try_dg14);
    mistreat(com, try_com);
    mistreat(access, try_access);
}

static void
test_dg2_lengths_that_lie(void)
{
    g_autoptr(GBytes) picture = portrait();
    g_autoptr(GBytes) dg2 = saoy_persona_dg2(saoy_view_of(picture), NULL);
    SaoyView file = saoy_view_of(dg2);
    g_autofree uint8_t *copy = g_memdup2(file.data, file.size);
    uint8_t *face = memmem(copy, file.size, "FAC", 3);

    g_assert_nonnull(face);
    face[18] = 0xff; /* feature points: more than there are bytes */
    face[19] = 0xff;
    g_assert_false(try_dg2((SaoyView){ copy, file.size }));
    face[18] = face[19] = 0;
    face[14] = 0xff; /* record length */
    g_assert_false(try_dg2((SaoyView){ copy, file.size }));
    face[14] = 0;
    g_assert_true(try_dg2((SaoyView){ copy, file.size }));
    face[13] = 0; /* no face at all */
    g_assert_false(try_dg2((SaoyView){ copy, file.size }));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/lds/dg13", test_dg13);
    g_test_add_func("/lds/dg13-one-sequence", test_dg13_two_strings_in_one_sequence);
    g_test_add_func("/lds/card-access", test_card_access_of_every_card);
    g_test_add_func("/lds/best", test_the_best_variant_is_chosen_in_any_order);
    g_test_add_func("/lds/no-pace", test_card_access_without_what_we_run);
    g_test_add_func("/lds/com", test_com);
    g_test_add_func("/lds/dg14-dg15", test_dg14_and_dg15_of_a_persona);
    g_test_add_func("/lds/dutch", test_a_dutch_specimen);
    g_test_add_func("/lds/newer-face", test_the_newer_face_format_is_named);
    g_test_add_func("/lds/mistreated", test_mistreated_files);
    g_test_add_func("/lds/dg2-lies", test_dg2_lengths_that_lie);
    return g_test_run();
}

/* DG11, DG12 and DG13: who the person is in her own writing. */
#include "fixture.h"
#include "lds-files.h"
#include "lds.h"

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

static bool
parse13(const char *text, SaoyDg13 *out)
{
    g_autoptr(GBytes) file = unhex(text);
    bool good = saoy_dg13_parse(saoy_view_of(file), out, NULL);

    memset(out->text, 0, sizeof out->text); /* the file goes */
    return good;
}

static void
test_dg13_in_other_clothes(void)
{
    /* records straight in the group, in one more sequence, without version and OID, as a
     * sequence of sequences: name "AA" at index 2 */
    static const char *const files[] = {
        "6d0b"
        "3009020102"
        "0c024141"
        "0500",
        "6d0d"
        "300b"
        "3009020102"
        "0c024141"
        "0500",
        "6d10"
        "300e"
        "020101"
        "3109"
        "3007020102"
        "0c024141",
        "6d14"
        "3012"
        "0201010606"
        "28d316010008"
        ""
        "3005020102"
        "0c00",
        "6d11"
        "300f"
        "310d"
        "300b"
        "020102"
        "3006"
        "3004"
        "0c024141",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GBytes) file = unhex(files[i]);
        g_autoptr(GError) error = NULL;
        SaoyDg13 dg13 = { 0 };

        saoy_dg13_parse(saoy_view_of(file), &dg13, &error);
        g_assert_no_error(error);
        assert_text(dg13.text[SAOY_DG13_NAME][0], i == 3 ? "" : "AA");
    }
}

static void
test_dg13_hostile_records(void)
{
    SaoyDg13 dg13 = { 0 };
    g_autoptr(GBytes) file = unhex("6d1b"
                                   "3007020102047f4142"   /* longer than its record */
                                   "30070201020c024242"   /* the good one behind it */
                                   "30070201020c024343"); /* and another of that index */
    g_autoptr(GByteArray) deep = hex("3003020102");

    /* nothing in it */
    g_assert_false(parse13("6d00", &dg13));
    /* index 0, 17, negative, of nine bytes: passed over */
    g_assert_true(parse13("6d22"
                          "30070201000c024141"
                          "30070201110c024141"
                          "30070201ff0c024141"
                          "30050200"
                          "0c0141",
                          &dg13));
    for (int i = 0; i < 8; i++)
        deep = wrap(0x30, g_steal_pointer(&deep));
    deep = wrap(0x6d, g_steal_pointer(&deep));
    g_assert_false(saoy_dg13_parse(saoy_view_array(deep), &dg13, NULL));
    g_assert_true(saoy_dg13_parse(saoy_view_of(file), &dg13, NULL));
    assert_text(dg13.text[SAOY_DG13_NAME][0], "BB");
}

static void
test_an_unknown_father_is_not_the_mother(void)
{
    g_autoptr(GBytes) file = unhex("6d0d300b02010d30020c0030020c00");
    g_autoptr(GBytes) half = unhex("6d0f300d02010d30020c0030040c024d45");
    SaoyDg13 dg13 = { 0 };

    g_assert_true(saoy_dg13_parse(saoy_view_of(file), &dg13, NULL));
    assert_text(dg13.text[SAOY_DG13_PARENTS][1], "");
    g_assert_true(saoy_dg13_parse(saoy_view_of(half), &dg13, NULL));
    assert_text(dg13.text[SAOY_DG13_PARENTS][0], "");
    assert_text(dg13.text[SAOY_DG13_PARENTS][1], "ME");
}

static void
test_strings_of_every_kind(void)
{
    static const struct {
        uint8_t tag;
        const char *bytes, *text;
    } kinds[] = {
        { 0x0c, "4e677579e1bb856e", "Nguyễn" },
        { 0x0c, "4e677579c3aacc836e", "Nguyễn" }, /* composed on the way in */
        { 0x13, "30303130", "0010" },
        { 0x13, "4ec3a2", "Nâ" }, /* no PrintableString, but plain to see */
        { 0x12, "30303130", "0010" },
        { 0x16, "416e", "An" },
        { 0x1a, "416e", "An" },
        { 0x14, "c2", "Â" }, /* Latin-1 */
        { 0x1e, "00c2006e", "Ân" },
        { 0x1c, "000000c20000006e", "Ân" },
        { 0x04, "416e", "An" },
        { 0x0c, "2020416e0d0a42", "An B" },
        { 0, "4e475559454e3c3c56414e3c414e3c3c", "NGUYEN VAN AN" },
        { 0x0c, "ff", "" },
        { 0x1e, "d800", "" },
        { 0x1e, "00", "" },
        { 0x13, "ff", "" },
        { 0x02, "41", "" },
        { 0x0c, "", "" },
        { 0x0c, "0102", "" },
    };
    g_autofree uint8_t *endless = g_malloc(SAOY_LDS_TEXT_MAX + 1);
    char text[64] = "x", small[3] = "";

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr(GBytes) bytes = unhex(kinds[i].bytes);
        bool good = saoy_lds_text(saoy_view_of(bytes), kinds[i].tag, text, sizeof text);

        g_assert_cmpstr(text, ==, kinds[i].text);
        g_assert_true(good == (text[0] != '\0'));
    }
    memset(endless, 'A', SAOY_LDS_TEXT_MAX + 1);
    g_assert_false(saoy_lds_text((SaoyView){ endless, SAOY_LDS_TEXT_MAX + 1 }, 0x0c, text,
                                 sizeof text));
    g_assert_true(saoy_lds_text((SaoyView){ endless, 2 }, 0x0c, small, sizeof small));
    g_assert_false(saoy_lds_text((SaoyView){ endless, 3 }, 0x0c, small, sizeof small));
    g_assert_cmpstr(small, ==, "");
}

static void
test_dates_of_every_form(void)
{
    static const char *const texts[][2] = {
        { "01/02/1990", "1990-02-01" },
        { "01-02-1990", "1990-02-01" },
        { "1.2.1990", "1990-02-01" },
        { "19900201", "1990-02-01" },
        { "1990-02-01", "1990-02-01" },
        { "1990", "1990" },
        { "02/1990", "1990-02" },
        { "199002<<", "1990-02" },
        { "1990<<<<", "1990" },
        { "19900000", "1990" },
        { "00/00/1990", "1990" },
        { "29/02/2024", "2024-02-29" },
        { "29/02/2023", "" },
        { "31/13/1990", "" },
        { "<<<<<<<<", "" },
        { "1990<<01", "" },
        { "Không thời hạn", "" },
        { "", "" },
        { "//", "" },
        { "01/02/1990/", "" },
        { "1/2/3/4", "" },
        { "99999999999", "" },
        { "01 02 1990", "" },
        { "000000", "" },
    };
    char date[11] = "x";

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        SaoyView text = { (const uint8_t *)texts[i][0], strlen(texts[i][0]) };

        g_assert_true(saoy_lds_date(text, date) == (texts[i][1][0] != '\0'));
        g_assert_cmpstr(date, ==, texts[i][1]);
    }
    g_assert_true(
        saoy_lds_date((SaoyView){ (const uint8_t *)"\x19\x90\x02\x01", 4 }, date));
    g_assert_cmpstr(date, ==, "1990-02-01");
    g_assert_true(
        saoy_lds_date((SaoyView){ (const uint8_t *)"\x19\x90\x00\x00", 4 }, date));
    g_assert_cmpstr(date, ==, "1990");
    g_assert_false(
        saoy_lds_date((SaoyView){ (const uint8_t *)"\x19\x9a\x02\x01", 4 }, date));
}

static void
test_dg11(void)
{
    g_autoptr(GByteArray) other =
        wrap(0xa0, joined(hex("020102"), joined(hex("5f0f03414243"), hex("5f0f024445"))));
    g_autoptr(GByteArray) file =
        wrap(0x6b, joined(joined(hex("5c0a5f0e5f0f5f105f2b5f11"),
                                 hex("5f0e114e475559e1bb844e3c3cc3814e483c5446")),
                          joined(g_steal_pointer(&other), hex("5f1009303031313930303031"
                                                              "5f2b0419900228"
                                                              "5f11024848"
                                                              "5f42025858"))));
    SaoyDg11 dg11 = { 0 };
    char text[64] = "";

    g_assert_true(saoy_dg11_parse(saoy_view_array(file), &dg11, NULL));
    g_assert_true(saoy_lds_text(dg11.name, 0, text, sizeof text));
    g_assert_cmpstr(text, ==, "NGUYỄN ÁNH TF");
    g_assert_cmpuint(dg11.n_other_names, ==, 2);
    assert_text(dg11.other_names[0], "ABC");
    assert_text(dg11.other_names[1], "DE");
    assert_text(dg11.number, "001190001");
    g_assert_cmpstr(dg11.birth, ==, "1990-02-28");
}

static void
test_dg11_variants(void)
{
    /* a name outside the template; a date in text; a date that is none */
    g_autoptr(GBytes) bare = unhex("6b12"
                                   "5f0f0241425f2b083139393030323238"
                                   "5c00");
    g_autoptr(GBytes) odd = unhex("6b09"
                                  "5f2b05ffffffffff"
                                  "01");
    g_autoptr(GBytes) none = unhex("6b00");
    g_autoptr(GByteArray) many = hex("020109");
    SaoyDg11 dg11 = { 0 };

    g_assert_true(saoy_dg11_parse(saoy_view_of(bare), &dg11, NULL));
    g_assert_cmpuint(dg11.n_other_names, ==, 1);
    g_assert_cmpstr(dg11.birth, ==, "1990-02-28");
    g_assert_false(saoy_dg11_parse(saoy_view_of(odd), &dg11, NULL));
    g_assert_true(saoy_dg11_parse(saoy_view_of(none), &dg11, NULL));
    g_assert_cmpuint(dg11.name.size, ==, 0);
    for (int i = 0; i < 9; i++)
        many = joined(g_steal_pointer(&many), hex("5f0f0141"));
    many = wrap(0x6b, wrap(0xa0, g_steal_pointer(&many)));
    g_assert_true(saoy_dg11_parse(saoy_view_array(many), &dg11, NULL));
    g_assert_cmpuint(dg11.n_other_names, ==, SAOY_OTHER_NAMES);
}

static void
test_dg12(void)
{
    g_autoptr(GBytes) file = unhex("6c1f"
                                   "5c065f195f265f1b"
                                   "5f190942e1bb9920436f6e67"
                                   "5f26083230323130353130");
    g_autoptr(GBytes) bcd = unhex("6c07"
                                  "5f260420210510");
    g_autoptr(GBytes) other = unhex("6b00");
    SaoyDg12 dg12 = { 0 };

    g_assert_true(saoy_dg12_parse(saoy_view_of(file), &dg12, NULL));
    assert_text(dg12.authority, "Bộ Cong");
    g_assert_cmpstr(dg12.issued, ==, "2021-05-10");
    g_assert_true(saoy_dg12_parse(saoy_view_of(bcd), &dg12, NULL));
    g_assert_cmpstr(dg12.issued, ==, "2021-05-10");
    g_assert_false(saoy_dg12_parse(saoy_view_of(other), &dg12, NULL));
}

static bool
try_dg11(SaoyView file)
{
    SaoyDg11 dg11 = { 0 };
    return saoy_dg11_parse(file, &dg11, NULL);
}

static bool
try_dg12(SaoyView file)
{
    SaoyDg12 dg12 = { 0 };
    return saoy_dg12_parse(file, &dg12, NULL);
}

static bool
try_dg13(SaoyView file)
{
    SaoyDg13 dg13 = { 0 };
    return saoy_dg13_parse(file, &dg13, NULL);
}

static void
test_mistreated(void)
{
    g_autoptr(GBytes) dg11 = unhex("6b1d"
                                   "5c045f0e5f2b"
                                   "5f0e03414243"
                                   "a0085f0f024142"
                                   "020101"
                                   "5f2b0419900228");
    g_autoptr(GBytes) dg12 = unhex("6c10"
                                   "5f1902414c"
                                   "5f2608"
                                   "3230323130353130");
    g_autoptr(GBytes) dg13 = unhex(dg13_hex);

    mistreat(dg11, try_dg11);
    mistreat(dg12, try_dg12);
    mistreat(dg13, try_dg13);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/details/dg13", test_dg13);
    g_test_add_func("/details/dg13-one-sequence", test_dg13_two_strings_in_one_sequence);
    g_test_add_func("/details/dg13-clothes", test_dg13_in_other_clothes);
    g_test_add_func("/details/dg13-hostile", test_dg13_hostile_records);
    g_test_add_func("/details/dg13-father", test_an_unknown_father_is_not_the_mother);
    g_test_add_func("/details/strings", test_strings_of_every_kind);
    g_test_add_func("/details/dates", test_dates_of_every_form);
    g_test_add_func("/details/dg11", test_dg11);
    g_test_add_func("/details/dg11-variants", test_dg11_variants);
    g_test_add_func("/details/dg12", test_dg12);
    g_test_add_func("/details/mistreated", test_mistreated);
    return g_test_run();
}

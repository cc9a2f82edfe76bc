/* MRZ: the worked examples of ICAO 9303-3/-5, of ICAO 9303-11 D.2, and of our domain facts.
 */
#include "fixture.h"
#include "identity/mrz.h"

static const char card[] = "IDVNM0900000018001090000001<<9"
                           "9001011M3001019VNM<<<<<<<<<<<6"
                           "NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<";

static bool
parse(const char *text, SaoyMrz *out, GError **error)
{
    return saoy_mrz_parse((SaoyView){ (const uint8_t *)text, strlen(text) }, out, error);
}

static void
test_check_digits(void)
{
    /* ICAO 9303-3, 4.9 */
    g_assert_cmpint(saoy_mrz_check("520727", 6), ==, '3');
    g_assert_cmpint(saoy_mrz_check("AB2134<<<", 9), ==, '5');
    /* domain facts */
    g_assert_cmpint(saoy_mrz_check("090000001", 9), ==, '8');
    g_assert_cmpint(saoy_mrz_check("001090000001<<", 14), ==, '9');
    g_assert_cmpint(saoy_mrz_check("a", 1), ==, '\0');
}

static void
test_a_vietnamese_card(void)
{
    g_autoptr(GError) error = NULL;
    SaoyMrz mrz = { 0 };

    parse(card, &mrz, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(mrz.issuer, ==, "VNM");
    g_assert_cmpstr(mrz.nationality, ==, "VNM");
    g_assert_cmpstr(mrz.document, ==, "090000001");
    g_assert_cmpstr(mrz.optional, ==, "001090000001<<9");
    g_assert_cmpstr(mrz.optional_2, ==, "");
    g_assert_cmpstr(mrz.code, ==, "ID");
    g_assert_false(mrz.name_cut);
    g_assert_cmpstr(mrz.birth, ==, "900101");
    g_assert_cmpstr(mrz.expiry, ==, "300101");
    g_assert_cmpint(mrz.sex, ==, 'M');
    g_assert_cmpstr(mrz.surname, ==, "NGUYEN");
    g_assert_cmpstr(mrz.given, ==, "VAN AN");
    g_assert_cmpstr(mrz.key, ==, "090000001890010113001019");
}

static void
test_we_write_the_same_card(void)
{
    char zone[91];

    saoy_mrz_td1("001090000001", "NGUYEN VAN AN", "900101", 'M', "300101", zone);
    g_assert_cmpstr(zone, ==, card);
    saoy_mrz_td1("001090000001", "A", "900101", 'M', "300101", zone);
    g_assert_cmpstr(zone + 60, ==, "A<<<<<<<<<<<<<<<<<<<<<<<<<<<<<");
    saoy_mrz_td1("001090000001", "NGUYEN THI MOT TEN RAT DAI KHONG VUA", "900101", 'F',
                 "300101", zone);
    g_assert_cmpstr(zone + 60, ==, "NGUYEN<<THI<MOT<TEN<RAT<DAI<KH");
}

static void
test_published_passports_and_cards(void)
{
    /* ICAO 9303-4 app. B and 9303-5 app. B specimens (Utopia), 9303-11 D.2 long number */
    static const char *const keys[][2] = {
        { "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
          "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
          "L898902C3674081221204159" },
        { "I<UTOD231458907<<<<<<<<<<<<<<<"
          "7408122F1204159UTO<<<<<<<<<<<6"
          "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
          "D23145890774081221204159" },
        { "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2"
          "STEVENSON<<PETER<JOHN<<<<<<<<<",
          "D23145890734934071279507122" },
        /* ICAO 9303-6 app. B */
        { "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<"
          "D231458907UTO7408122F1204159<<<<<<<6",
          "D23145890774081221204159" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autoptr(GError) error = NULL;
        SaoyMrz mrz = { 0 };

        parse(keys[i][0], &mrz, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(mrz.key, ==, keys[i][1]);
    }
}

static void
test_every_changed_digit_is_noticed(void)
{
    for (size_t at = 5; at < 60; at++) {
        g_autofree char *changed = g_strdup(card);
        SaoyMrz mrz = { .sex = '?' };

        if (!g_ascii_isdigit(changed[at]))
            continue;
        changed[at] = (char)('0' + (changed[at] - '0' + 1) % 10);
        g_assert_false(parse(changed, &mrz, NULL));
        g_assert_cmpint(mrz.sex, ==, '?');
    }
}

static void
test_other_text_is_refused(void)
{
    static const char *const texts[] = { "", "IDVNM", "IDVNM\xc3\x81", "idvnm0900000018",
                                         "IDVNM0900000018001090000001<<9" };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        SaoyMrz mrz = { 0 };

        g_assert_false(parse(texts[i], &mrz, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
    g_autofree char *endless = g_strnfill(100000, '<');
    SaoyMrz mrz = { 0 };
    g_assert_false(parse(endless, &mrz, NULL));
}

/* Puts right the check digit behind `size` characters from `from`, and the last one of a
 * TD3. */
static void
seal(char *zone, size_t from, size_t size)
{
    zone[from + size] = saoy_mrz_check(zone + from, size);
}

static void
test_a_personal_number_has_its_digit(void)
{
    char zone[] = "P<VNMNGUYEN<<VAN<AN<<<<<<<<<<<<<<<<<<<<<<<<<"
                  "B12345678<VNM9001011M3001019001090000001<<<0";
    char joined[64] = "";
    SaoyMrz mrz = { 0 };
    g_autoptr(GError) error = NULL;

    seal(zone, 44, 9);
    seal(zone, 72, 14);
    g_snprintf(joined, sizeof joined, "%.10s%.7s%.22s", zone + 44, zone + 57, zone + 65);
    zone[87] = saoy_mrz_check(joined, 39);
    g_assert_true(parse(zone, &mrz, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(mrz.code, ==, "P");
    g_assert_cmpstr(mrz.optional, ==, "001090000001");
    /* another digit there, and the last one mended after it */
    zone[86] = zone[86] == '1' ? '2' : '1';
    g_snprintf(joined, sizeof joined, "%.10s%.7s%.22s", zone + 44, zone + 57, zone + 65);
    zone[87] = saoy_mrz_check(joined, 39);
    g_assert_false(parse(zone, &mrz, &error));
    g_assert_nonnull(strstr(error->message, "personal number"));
    /* no personal number: its digit may be left out */
    memset(zone + 72, '<', 15);
    g_snprintf(joined, sizeof joined, "%.10s%.7s%.22s", zone + 44, zone + 57, zone + 65);
    zone[87] = saoy_mrz_check(joined, 39);
    g_assert_true(parse(zone, &mrz, NULL));
}

static void
test_long_numbers(void)
{
    char zone[91] = "I<UTOABCDEFGHI<JKLMNOPQRST123<"
                    "7408122F1204159UTO<<<<<<<<<<<0"
                    "ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    char joined[96] = "";
    SaoyMrz mrz = { 0 };

    zone[28] = saoy_mrz_check("ABCDEFGHIJKLMNOPQRST12", 22);
    g_snprintf(joined, sizeof joined, "%.25s%.7s%.7s%.11s", zone + 5, zone + 30, zone + 38,
               zone + 48);
    zone[59] = saoy_mrz_check(joined, 50);
    g_assert_true(parse(zone, &mrz, NULL));
    g_assert_cmpstr(mrz.document, ==, "ABCDEFGHIJKLMNOPQRST12");
    g_assert_cmpuint(strlen(mrz.key), ==, 22 + 1 + 7 + 7);
    memset(zone + 15, '<', 15); /* a number that promises to go on and does not */
    g_assert_false(parse(zone, &mrz, NULL));
}

static void
test_dates(void)
{
    static const struct {
        const char *yymmdd, *birth, *expiry;
    } dates[] = {
        { "900131", "1990-01-31", "1990-01-31" }, { "240229", "2024-02-29", "2024-02-29" },
        { "261122", "2026-11-22", "2026-11-22" }, { "261123", "1926-11-23", "2026-11-23" },
        { "350228", "1935-02-28", "2035-02-28" }, { "761122", "1976-11-22", "2076-11-22" },
        { "761123", "1976-11-23", "1976-11-23" }, { "90<<<<", "1990", "1990" },
        { "9002<<", "1990-02", "1990-02" },       { "<<<<<<", "", "" },
        { "991231", "1999-12-31", "" },
    };
    static const char *const wrong[] = { "900230", "901301", "9<0101", "90<<<1",
                                         "",       "90010",  "9001011" };

    for (size_t i = 0; i < G_N_ELEMENTS(dates); i++) {
        char date[11] = "x";

        g_assert_true(saoy_mrz_birth(dates[i].yymmdd, 20261122, date, NULL));
        g_assert_cmpstr(date, ==, dates[i].birth);
        g_assert_true(saoy_mrz_expiry(dates[i].yymmdd, 20261122, date, NULL));
        g_assert_cmpstr(date, ==, dates[i].expiry);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        char date[11] = "x";

        g_assert_false(saoy_mrz_birth(wrong[i], 20261122, date, NULL));
        g_assert_cmpstr(date, ==, "x");
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mrz/check-digits", test_check_digits);
    g_test_add_func("/mrz/card", test_a_vietnamese_card);
    g_test_add_func("/mrz/write", test_we_write_the_same_card);
    g_test_add_func("/mrz/published", test_published_passports_and_cards);
    g_test_add_func("/mrz/changed", test_every_changed_digit_is_noticed);
    g_test_add_func("/mrz/other", test_other_text_is_refused);
    g_test_add_func("/mrz/personal-number", test_a_personal_number_has_its_digit);
    g_test_add_func("/mrz/long-numbers", test_long_numbers);
    g_test_add_func("/mrz/dates", test_dates);
    return g_test_run();
}

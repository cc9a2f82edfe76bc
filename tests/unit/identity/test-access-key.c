/* What a person types or a camera sees becomes a key. */
#include "fixture.h"

static void
test_all_forms(void)
{
    static const struct {
        const char *text, *can, *mrz_key;
    } forms[] = {
        { "123456", "123456", "" },
        { " 123456\n", "123456", "" },
        { "001090000001", "000001", "" },
        { "001090000001|012345678|Nguyễn Văn An|01011990|Nam|Số 1 Phố Mẫu|10052021",
          "000001", "" },
        { "001090000002||Trần Thị B|01011990|Nữ|Số 1|10052021|khác|nữa", "000002", "" },
        /* forms like that of 2024: more at the end, less at the end, no address, a number
         * that was cancelled, empty parts, the mark before UTF-8, marks decomposed */
        { "001190000003|001190999999|Trần Thị B|01011990|Nữ|Số 1|10052024||Trần A|Lê B||",
          "000003", "" },
        { "001190000003|Trần Thị B|01011990|Nữ|Số 1", "000003", "" },
        { "001190000003|Trần Thị B|01011990|Nữ|10052024", "000003", "" },
        { "\xef\xbb\xbf"
          "001190000003||Trần Thị B|01011990|Nu\u031b\u0303|Số 1|10052021\n",
          "000003", "" },
        { "001206000004||Nguyễn C|29022004|Nam|Số 1|10052021", "000004", "" },
        /* a whole form is believed although the number is not of the old law */
        { "001190000003||Nguyễn C|01011990|Nam|Số 1|10052021", "000003", "" },
        { "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2"
          "STEVENSON<<PETER<JOHN<<<<<<<<<",
          "", "D23145890734934071279507122" },
        { "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"
          "D231458907UTO7408122F1204159<<<<<<<6",
          "", "D23145890774081221204159" },
        { "IDVNM0900000018001090000001<<9\r\n9001011M3001019VNM<<<<<<<<<<<6\r\n"
          "NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<\r\n",
          "", "090000001890010113001019" },
        { "IDVNM0900000018001090000001<<9 9001011M3001019VNM<<<<<<<<<<<6", "",
          "090000001890010113001019" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_auto(SaoyAccessKey) key = { 0 };
        g_autoptr(GError) error = NULL;

        saoy_access_key_parse(forms[i].text, &key, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(key.can, ==, forms[i].can);
        g_assert_cmpstr(key.mrz_key, ==, forms[i].mrz_key);
    }
}

static void
test_all_else_is_refused(void)
{
    static const char *const texts[] = {
        "",
        " ",
        "12345",
        "1234567",
        "12345a",
        "00109000000a",
        "|||||||",
        "001090000001|012345678",
        "https://example.vn/?x=1|2|3|4|5|6|7",
        "https://vneid.gov.vn/share?token=0123456789012345678901234567890123456789",
        "001190000003|Nguyễn C|01011990|Nam|Số 1",  /* short, and the number disagrees */
        "000190000003|Trần Thị B|01011990|Nữ|Số 1", /* no such place */
        "001190000003|Trần Thị B|01011990|Nữ",
        "001190000003||Trần Thị B|01131990|Nữ|Số 1|x",
        "001190000003||Trần Thị B|01011990|nữ|Số 1|10052021",
        "DN4010123456789|4e677579e1bb856e|01/01/1990|1|x|y|z", /* health insurance */
        "00109000000|1|2|3|4|5|6|7",
        "IDVNM0900000019001090000001<<99001011M3001019VNM<<<<<<<<<<<6",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        SaoyAccessKey key = { .can = "111111" };
        g_autoptr(GError) error = NULL;

        g_assert_false(saoy_access_key_parse(texts[i], &key, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        g_assert_cmpstr(key.can, ==, "111111");
    }
    g_autofree char *endless = g_strnfill(1 << 20, '1');
    SaoyAccessKey key = { 0 };
    g_assert_false(saoy_access_key_parse(endless, &key, NULL));
}

static void
test_what_a_camera_saw(void)
{
    static const struct {
        const char *seen, *key;
    } cards[] = {
        { "IDVNM0900000018001090000001<<9\n9001011M3001019VNM<<<<<<<<<<<6",
          "090000001890010113001019" },
        /* O for 0, I for 1, B for 8, S for 5: only digits can stand there */
        { "1DVNMO9OOOOOOIBOOIO9OOOOOO1<<9\n9OO1O11M3O01OI9VNM<<<<<<<<<<<G",
          "090000001890010113001019" },
        /* sex is in no key */
        { "IDVNM0900000018001090000001<<9\n9001011?3001019VNM<<<<<<<<<<<6",
          "090000001890010113001019" },
        /* another country's: a letter or a digit, one way to mend it */
        { "I<UTOD2314589O7<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6",
          "D23145890774081221204159" },
        { "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<?<<<<<<<<<<<\n"
          "L8989O2C36UTO74O8122F12O4159ZE184226B<<<<<10",
          "L898902C3674081221204159" },
    };
    static const char *const wrong[] = {
        "",
        "IDVNM0900000018001090000001<<9",
        /* the number twice, and not the same */
        "IDVNM0900000018001090000002<<9\n9001011M3001019VNM<<<<<<<<<<<6",
        "IDVNM0900000028001090000001<<9\n9001011M3001019VNM<<<<<<<<<<<6",
        /* a letter that no digit looks like */
        "IDVNM0900000W18001090000001<<9\n9001011M3001019VNM<<<<<<<<<<<6",
        /* a digit for another digit */
        "IDVNM0900000018001090000001<<9\n9001071M3001019VNM<<<<<<<<<<<6",
        "IDVNM090000001800109000000?<<9\n9001011M3001019VNM<<<<<<<<<<<6",
        /* two look-alikes in another country's number */
        "I<UTOD23I4S8907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6",
        /* names, and the line above them */
        "9001011M3001019VNM<<<<<<<<<<<6\nNGUYEN<<VAN<AN<<<<<<<<<<<<<<<<",
        "<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<\n<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
        "000000000000000000000000000000\n000000000000000000000000000000",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cards); i++) {
        g_auto(SaoyAccessKey) key = { 0 };

        g_assert_true(saoy_access_key_seen(cards[i].seen, &key, NULL));
        g_assert_cmpstr(key.mrz_key, ==, cards[i].key);
        g_assert_cmpstr(key.can, ==, "");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_auto(SaoyAccessKey) key = { .can = "111111" };
        g_autoptr(GError) error = NULL;

        g_assert_false(saoy_access_key_seen(wrong[i], &key, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        g_assert_cmpstr(key.can, ==, "111111");
    }
}

/* Any one character of a Vietnamese card for any other: the right key, or none. */
static void
test_no_single_mistake_makes_another_key(void)
{
    static const char card[] =
        "IDVNM0900000018001090000001<<9\n9001011M3001019VNM<<<<<<<<<<<6";
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<?";
    unsigned opened = 0;

    for (size_t at = 0; at < strlen(card); at++)
        for (const char *c = alphabet; *c != '\0'; c++) {
            g_autofree char *seen = g_strdup(card);
            g_auto(SaoyAccessKey) key = { 0 };

            if (seen[at] == '\n')
                continue;
            seen[at] = *c;
            if (!saoy_access_key_seen(seen, &key, NULL))
                continue;
            g_assert_cmpstr(key.mrz_key, ==, "090000001890010113001019");
            opened++;
        }
    g_assert_cmpuint(opened, >, 100);
}

static void
test_wiped(void)
{
    SaoyAccessKey key = { .can = "123456", .mrz_key = "x" };
    const SaoyAccessKey none = { 0 };

    saoy_access_key_wipe(&key);
    g_assert_cmpmem(&key, sizeof key, &none, sizeof none);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/access-key/forms", test_all_forms);
    g_test_add_func("/access-key/else", test_all_else_is_refused);
    g_test_add_func("/access-key/seen", test_what_a_camera_saw);
    g_test_add_func("/access-key/mistakes", test_no_single_mistake_makes_another_key);
    g_test_add_func("/access-key/wiped", test_wiped);
    return g_test_run();
}

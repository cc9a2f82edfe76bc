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
    g_test_add_func("/access-key/wiped", test_wiped);
    return g_test_run();
}

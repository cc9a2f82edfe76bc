/* The link in front of a genuine seal, which the seal does not sign: what is shown is what
 * a browser opens (WHATWG URL), or nothing. */
#include "signature/seal.h"

#include <string.h>

#define ID "H26.132-261122-0001.01-26"
#define TOKEN "DACY2E30GSSP47GN"
#define OPENS "/v/" ID "?t=" TOKEN "#seal"

static const struct {
    const char *text, *host; /* host NULL: refused */
} rows[] = {
    { "https://tthcc.hanoi.gov.vn" OPENS, "tthcc.hanoi.gov.vn" },
    { "http://localhost:40901" OPENS, "localhost" },
    { "http://127.0.0.1:8443" OPENS, "127.0.0.1" },
    { "HTTPS://TTHCC.Hanoi.gov.vn" OPENS, "tthcc.hanoi.gov.vn" },
    { "https://xn--80ak6aa92e.com" OPENS, "xn--80ak6aa92e.com" },
    { "https://kiosk.example.vn/sao-y_1" OPENS, "kiosk.example.vn" },
    /* another host to a browser than to a parser of RFC 3986 */
    { "https://evil.example\\@tthcc.hanoi.gov.vn" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn\\@evil.example" OPENS, NULL },
    { "https:\\\\evil.example" OPENS, NULL },
    { "https:/evil.example" OPENS, NULL },
    { "https:///evil.example" OPENS, NULL },
    { "https:evil.example" OPENS, NULL },
    { "http://tthcc.hanoi.gov.vn@evil.example" OPENS, NULL },
    { "http://tthcc.hanoi.gov.vn:443@evil.example" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn%2f.evil.example" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn%20%20%20%20.evil.example" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn%1b[8m.evil.example" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn%00.evil.example" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn\xe2\x88\x95x.evil.example" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn\xe3\x80\x82"
      "evil.example" OPENS,
      NULL },
    { "https://tthcc.hanoi.gov.vn .evil.example" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn\t.evil.example" OPENS, NULL },
    { "https://tthcc.hanoi\n.gov.vn" OPENS, NULL },
    { " https://tthcc.hanoi.gov.vn" OPENS, NULL },
    { "https://[::1]" OPENS, NULL },
    { "https://2130706433" OPENS, NULL },
    { "https://0x7f.1" OPENS, NULL },
    { "https://127.1" OPENS, NULL },
    { "https://127.0.0.01" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn:" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn:99999" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn:+80" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn:8_0" OPENS, NULL },
    { "https://tthcc..gov.vn" OPENS, NULL },
    { "https://tthcc_hanoi.gov.vn" OPENS, NULL },
    { "https://.vn" OPENS, NULL },
    { "https://" OPENS, NULL },
    { "javascript://tthcc.hanoi.gov.vn" OPENS, NULL },
    { "https://tthcc.hanoi.gov.vn/%2e%2e" OPENS, NULL },
};

static void
test_a_link_shows_what_opens(void)
{
    SaoySeal seal = { .copy_id = (char *)(uintptr_t)ID };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *host = NULL, *token = NULL;

        g_test_message("%s", rows[i].text);
        g_assert_true(saoy_seal_link(rows[i].text, &seal, &host, &token) ==
                      (rows[i].host != NULL));
        g_assert_cmpstr(host, ==, rows[i].host);
        g_assert_cmpstr(token, ==, rows[i].host != NULL ? TOKEN : NULL);
    }
}

/* What is cut off where it is shown would be the end, which says whose it is. */
static void
test_a_long_host_is_refused(void)
{
    SaoySeal seal = { .copy_id = (char *)(uintptr_t)ID };
    g_autofree char *label = g_strnfill(64, 'a'), *many = g_strnfill(250, 'a');
    g_autofree char *one = NULL, *two = NULL, *host = NULL;

    for (int i = 1; i < 250; i += 2)
        many[i] = '.';
    one = g_strdup_printf("https://tthcc.hanoi.gov.vn.%s.evil.example" OPENS, label);
    two = g_strdup_printf("https://tthcc.hanoi.gov.vn.%sa.evil.example" OPENS, many);
    g_assert_false(saoy_seal_link(one, &seal, &host, NULL));
    g_assert_null(host);
    g_assert_false(saoy_seal_link(two, &seal, &host, NULL));
    g_assert_null(host);
}

/* Another page of a host that may be shown. */
static void
test_another_page_is_refused(void)
{
    static const char *const others[] = {
        "https://evil.example/?x=/v/" ID "?t=" TOKEN "#seal",
        "https://evil.example/v/" ID "/x?t=" TOKEN "#seal",
        "https://evil.example/v/" ID ".pdf#seal",
        "https://evil.example/#/v/" ID,
        "https://evil.example/v/" ID "/..?t=" TOKEN "#seal",
    };
    SaoySeal seal = { .copy_id = (char *)(uintptr_t)ID };

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autofree char *host = NULL, *token = NULL;

        g_assert_false(saoy_seal_link(others[i], &seal, &host, &token));
        g_assert_cmpstr(host, ==, "evil.example");
        g_assert_null(token);
    }
    g_assert_true(saoy_seal_link("the seal alone", &seal, NULL, NULL));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/forged-link/host", test_a_link_shows_what_opens);
    g_test_add_func("/forged-link/long", test_a_long_host_is_refused);
    g_test_add_func("/forged-link/page", test_another_page_is_refused);
    return g_test_run();
}

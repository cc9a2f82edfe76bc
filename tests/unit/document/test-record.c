#include "core/error.h"
#include "document/record.h"

#include <string.h>

static const char text[] =
    "{\"approved_at\":\"2025-11-10T14:05:33+07:00\",\"number\":1532,"
    "\"book\":\"01/2025-SCTĐT/BS\",\"copy_id\":\"H26.132-251110-0007.01-24\","
    "\"token\":\"0123456789ABCDEF\",\"link\":\"https://v.example/v/x?t=y\","
    "\"seal\":\"https://v.example/v/x?t=y#AAAA\",\"title\":\"Bằng cử nhân\","
    "\"officer\":{\"name\":\"Trần Thị Bình\",\"title\":\"CÔNG CHỨC TƯ PHÁP\"},"
    "\"agency\":\"UBND PHƯỜNG MẪU\",\"official\":false,"
    "\"appearances\":[\"text\",\"text\"],\"credentials\":["
    "{\"id\":\"officer\",\"certificate_sha256\":"
    "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\","
    "\"contents_bytes\":8192},"
    "{\"id\":\"agency\",\"certificate_sha256\":"
    "\"ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\","
    "\"contents_bytes\":8192}],"
    "\"templates\":\"ee112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\","
    "\"composer\":\"saoy-compose/1\"}";

static SaoyApproval *
parse(const char *from, GError **error)
{
    g_autoptr(SaoyJson) json =
        saoy_json_parse((SaoyView){ (const uint8_t *)from, strlen(from) }, 1 << 16, NULL);

    g_assert_nonnull(json);
    return saoy_approval_from_json(json, error);
}

static void
test_a_record_comes_back_as_it_went(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyApproval) approval = parse(text, &error);
    g_autoptr(SaoyJson) again = NULL;
    g_autofree char *printed = NULL;

    g_assert_no_error(error);
    again = saoy_approval_to_json(approval);
    printed = saoy_json_print(again);
    g_assert_cmpstr(printed, ==, text);
    g_assert_cmpint(approval->approved_at_us, ==, G_GINT64_CONSTANT(1762758333000000));
    g_assert_cmpuint(approval->number, ==, 1532);
    g_assert_cmpstr(approval->officer_name, ==, "Trần Thị Bình");
}

static void
test_every_member_is_needed(void)
{
    static const char *const names[] = {
        "approved_at",    "number",    "book",        "copy_id",     "token",
        "link",           "seal",      "title",       "officer",     "name",
        "agency",         "official",  "appearances", "credentials", "certificate_sha256",
        "contents_bytes", "templates", "composer",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *quoted = g_strdup_printf("\"%s\":", names[i]);
        g_auto(GStrv) parts = g_strsplit(text, quoted, 2);
        g_autofree char *broken = g_strconcat(parts[0], "\"x\":", parts[1], NULL);
        g_autoptr(GError) error = NULL;

        g_assert_null(parse(broken, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    }
}

static void
test_fractions_of_a_second_are_refused(void)
{
    g_auto(GStrv) parts = g_strsplit(text, "14:05:33+", 2);
    g_autofree char *broken = g_strconcat(parts[0], "14:05:33.5+", parts[1], NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(parse(broken, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/record/round-trip", test_a_record_comes_back_as_it_went);
    g_test_add_func("/record/needed", test_every_member_is_needed);
    g_test_add_func("/record/whole-seconds", test_fractions_of_a_second_are_refused);
    return g_test_run();
}

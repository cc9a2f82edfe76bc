#include "web.h"

#include <string.h>

static char *
render(const char *text, const char *json)
{
    g_autoptr(SaoyJson) values =
        saoy_json_parse((SaoyView){ (const uint8_t *)json, strlen(json) }, 1 << 16, NULL);

    g_assert_nonnull(values);
    return saoy_web_render_text(text, values);
}

static const struct {
    const char *name, *text, *json, *expected;
} cases[] = {
    { "plain", "a {{x}} b", "{\"x\":\"v\"}", "a v b" },
    { "number", "{{x}}", "{\"x\":-7}", "-7" },
    { "absent", "[{{x}}]", "{}", "[]" },
    { "escapes", "<p title=\"{{x}}\">", "{\"x\":\"\\\"><script>'&\"}",
      "<p title=\"&quot;&gt;&lt;script&gt;&apos;&amp;\">" },
    { "not-twice", "{{x}}", "{\"x\":\"{{y}}\",\"y\":\"secret\"}", "{{y}}" },
    { "true", "{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":true}", "yes" },
    { "false", "{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":false}", "no" },
    { "empty-text", "{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":\"\"}", "no" },
    { "zero", "{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":0}", "no" },
    { "null", "{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":null}", "no" },
    { "empty-list", "{{#x}}yes{{/x}}{{^x}}no{{/x}}", "{\"x\":[]}", "no" },
    { "list", "{{#x}}<{{a}}{{b}}>{{/x}}",
      "{\"b\":1,\"x\":[{\"a\":\"p\"},{\"a\":\"q\",\"b\":2}]}", "<p1><q2>" },
    { "words", "{{#x}}({{.}}){{/x}}", "{\"x\":[\"a\",\"<\"]}", "(a)(&lt;)" },
    { "nested", "{{#x}}{{#x}}{{y}}{{/x}}.{{/x}}",
      "{\"x\":{\"x\":{\"y\":\"in\"},\"y\":\"out\"}}", "in." },
    { "inside-text", "{{#x}}{{x}}{{/x}}", "{\"x\":\"t\"}", "t" },
    { "unclosed", "a{{x", "{\"x\":\"v\"}", "a" },
    { "open-section", "a{{#x}}b", "{\"x\":true}", "ab" },
};

static void
test_case(const void *data)
{
    const size_t i = GPOINTER_TO_SIZE(data);
    g_autofree char *got = render(cases[i].text, cases[i].json);

    g_assert_cmpstr(got, ==, cases[i].expected);
}

static void
test_every_page_is_built_in_and_whole(void)
{
    static const char *const pages[] = { "login", "queue", "dossier", "copy", "message" };

    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autoptr(SaoyJson) nothing = saoy_json_object();
        g_autofree char *page = saoy_web_render(pages[i], nothing);

        g_assert_true(g_str_has_prefix(page, "<!DOCTYPE html>"));
        g_assert_nonnull(strstr(page, "</html>"));
        g_assert_null(strstr(page, "{{"));
        g_assert_null(strstr(page, "<script"));
        g_assert_null(strstr(page, "style=")); /* the content policy would drop it */
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/web/%s", cases[i].name);

        g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
    }
    g_test_add_func("/web/pages", test_every_page_is_built_in_and_whole);
    return g_test_run();
}

#include "officer-words.h"

#include <gio/gio.h>
#include <string.h>

/* Every field that a kind of paper has must be called something in Vietnamese: an officer
 * is not shown our own names. */
static void
test_every_field_of_every_kind_has_a_name(void)
{
    g_autoptr(GDir) dir = g_dir_open(SAOY_SOURCE_DIR "/models/kinds", 0, NULL);
    unsigned seen = 0;

    g_assert_nonnull(dir);
    for (const char *file = NULL; (file = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path =
            g_build_filename(SAOY_SOURCE_DIR "/models/kinds", file, NULL);
        g_autofree char *text = NULL;

        if (!g_str_has_suffix(file, ".ini"))
            continue;
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        for (char *at = text; (at = strstr(at, "\n[field ")) != NULL;) {
            at += strlen("\n[field ");
            g_autofree char *name = g_strndup(at, strcspn(at, "]"));

            if (g_str_equal(saoy_words_of_field(name), name))
                g_test_fail_printf("models/kinds/%s: field %s has no name", file, name);
            seen++;
        }
    }
    g_assert_cmpuint(seen, >, 10);
}

static void
test_every_contradiction_has_a_sentence(void)
{
    static const char *const all[] = { "number", "name", "birth_date", "sex",
                                       "expiry_date" };

    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_assert_true(g_str_has_prefix(saoy_words_of_contradiction(all[i]), "Hai nơi"));
    g_assert_cmpstr(saoy_words_of_contradiction("other"), ==, "other");
}

/* And so must every rule of the reading. */
static void
test_every_rule_has_a_sentence(void)
{
    g_autofree char *text = NULL;
    g_autoptr(GRegex) rule = g_regex_new("\\{ \"([a-z-]+)\", SAOY_GROUND", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    unsigned seen = 0;

    g_assert_true(
        g_file_get_contents(SAOY_SOURCE_DIR "/src/reading/ground.c", &text, NULL, NULL));
    for (g_regex_match(rule, text, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *name = g_match_info_fetch(match, 1);

        g_assert_cmpstr(saoy_words_of_rule(name, "unknown"), !=, "unknown");
        seen++;
    }
    g_assert_cmpuint(seen, >, 20);
}

static void
test_what_is_not_known_is_shown_as_it_came(void)
{
    g_autoptr(SaoyJson) values = saoy_json_object();

    g_assert_cmpstr(saoy_words_of_rule("new-rule", "As said."), ==, "As said.");
    saoy_words_set(values, "state", "strange");
    g_assert_cmpstr(saoy_json_string_or(values, "state", ""), ==, "strange");
    g_assert_cmpstr(saoy_json_string_or(values, "state_tone", ""), ==, "plain");
    saoy_words_set(values, "state", "refused");
    g_assert_cmpstr(saoy_json_string_or(values, "state_tone", ""), ==, "bad");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/words/fields", test_every_field_of_every_kind_has_a_name);
    g_test_add_func("/words/rules", test_every_rule_has_a_sentence);
    g_test_add_func("/words/contradictions", test_every_contradiction_has_a_sentence);
    g_test_add_func("/words/unknown", test_what_is_not_known_is_shown_as_it_came);
    return g_test_run();
}

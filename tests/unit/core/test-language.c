#include "core/language.h"

#include <glib.h>
#include <libintl.h>

static void
test_the_language_changes_while_running(void)
{
    saoy_language_use(SAOY_LANGUAGE_VI);
    g_assert_cmpstr(dgettext("saoy", "Exit"), ==, "Thoát");
    saoy_language_use(SAOY_LANGUAGE_EN);
    g_assert_cmpstr(dgettext("saoy", "Exit"), ==, "Exit");
    saoy_language_use(SAOY_LANGUAGE_VI);
    g_assert_cmpstr(dgettext("saoy", "Exit"), ==, "Thoát");
}

static void
test_plurals_follow_the_language(void)
{
    saoy_language_use(SAOY_LANGUAGE_EN);
    g_assert_cmpstr(dngettext("saoy", "%u copy", "%u copies", 1), ==, "%u copy");
    g_assert_cmpstr(dngettext("saoy", "%u copy", "%u copies", 2), ==, "%u copies");
    saoy_language_use(SAOY_LANGUAGE_VI);
    g_assert_cmpstr(dngettext("saoy", "%u copy", "%u copies", 2), ==, "%u bản");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    saoy_language_start();
    g_test_add_func("/language/changes", test_the_language_changes_while_running);
    g_test_add_func("/language/plurals", test_plurals_follow_the_language);
    return g_test_run();
}

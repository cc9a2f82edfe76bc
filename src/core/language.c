#include "core/language.h"

#include <glib.h>
#include <libintl.h>
#include <locale.h>

extern int _nl_msg_cat_cntr; /* gettext's way to be told that LANGUAGE has changed */

static char *
find_catalogues(void)
{
    const char *set = g_getenv("SAOY_LOCALE_DIR");
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *here = program != NULL ? g_path_get_dirname(program) : g_strdup(".");
    g_autofree char *built = g_build_filename(here, "locale", NULL);

    if (set != NULL && *set != '\0')
        return g_strdup(set);
    if (g_file_test(built, G_FILE_TEST_IS_DIR))
        return g_steal_pointer(&built);
    return g_build_filename(here, "..", "share", "locale", NULL);
}

void
saoy_language_start(void)
{
    g_autofree char *folder = find_catalogues();

    g_setenv("LANGUAGE", "vi", FALSE);
    setlocale(LC_ALL, "C.UTF-8");
    bindtextdomain(GETTEXT_PACKAGE, folder);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain(GETTEXT_PACKAGE);
}

void
saoy_language_use(SaoyLanguage language)
{
    g_setenv("LANGUAGE", language == SAOY_LANGUAGE_EN ? "en" : "vi", TRUE);
    _nl_msg_cat_cntr++;
}

#include "kiosk.h"

#include "core/error.h"
#include "core/language.h"

#include <glib/gi18n-lib.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    { "run", kiosk_run, N_("serve people (what systemd starts)") },
    { "flow", kiosk_flow, N_("print the visit's table as docs/flow.md") },
    { "pin", kiosk_pin, N_("set a technician's PIN") },
    { "emu", kiosk_emu, N_("set a lever of an emulated device") },
};

int
kiosk_fail(const GError *error)
{
    g_printerr("saoy-kiosk: %s\n", error->message);
    return g_error_matches(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA) ? KIOSK_USAGE
                                                                   : KIOSK_FAULT;
}

bool
kiosk_options(int *argc, char ***argv, const GOptionEntry *entries, const char *arguments,
              const char *summary, int min, int max, int *out_exit)
{
    g_autoptr(GOptionContext) context =
        g_option_context_new(*arguments != '\0' ? _(arguments) : NULL);
    g_autoptr(GError) error = NULL;

    g_option_context_set_summary(context, _(summary));
    g_option_context_set_translation_domain(context, GETTEXT_PACKAGE);
    g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
    *out_exit = KIOSK_USAGE;
    if (!g_option_context_parse(context, argc, argv, &error)) {
        g_printerr("saoy-kiosk: %s\n", error->message);
        return false;
    }
    if (*argc - 1 >= min && *argc - 1 <= max)
        return true;
    g_printerr(_("saoy-kiosk %s: wrong number of arguments; --help tells more\n"),
               (*argv)[0]);
    return false;
}

static int
help(void)
{
    g_print("%s\n\n", _("Usage: saoy-kiosk COMMAND [OPTION…]; COMMAND --help tells more."));
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        g_print("  %-8s %s\n", commands[i].name, _(commands[i].help));
    return KIOSK_OK;
}

int
main(int argc, char **argv)
{
    saoy_language_start();
    if (argc < 2) {
        help();
        return KIOSK_USAGE;
    }
    if (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h"))
        return help();
    if (g_str_equal(argv[1], "--version")) {
        g_print("saoy-kiosk %s\n", SAOY_VERSION);
        return KIOSK_OK;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        if (g_str_equal(commands[i].name, argv[1]))
            return commands[i].run(argc - 1, argv + 1);
    g_printerr(_("saoy-kiosk: no command named %s; see --help\n"), argv[1]);
    return KIOSK_USAGE;
}

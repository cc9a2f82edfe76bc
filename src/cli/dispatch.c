/* A program that is a table of commands, and the way from the one to the other. */
#include "cli/cli.h"

#include "core/language.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

/* What goes wrong is said once, by saoy_cli_fail; G_MESSAGES_DEBUG brings the log back. */
static GLogWriterOutput
write_log(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user)
{
    if (level >= G_LOG_LEVEL_MESSAGE && g_getenv("G_MESSAGES_DEBUG") == NULL)
        return G_LOG_WRITER_HANDLED;
    return g_log_writer_default(level, fields, n, user);
}

/* saoy-engineer stands beside us, wherever that is; it becomes this process, so exit code,
 * signals and terminal are its own. Returns only when that cannot be done. */
static int
become_engineer(char **argv)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = g_path_get_dirname(self != NULL ? self : ".");
    g_autofree char *program = g_build_filename(folder, "saoy-engineer", NULL);

    execv(program, argv);
    return saoy_cli_usage(_("%s needs %s, which is not installed (%s)"), argv[1], program,
                          g_strerror(errno));
}

static void
print_commands(const SaoyCommand *commands, size_t n)
{
    g_print("%s\n\n", _("Usage: saoy COMMAND [OPTION…]; saoy COMMAND --help tells more."));
    for (size_t i = 0; i < n; i++)
        g_print("  %-10s %s\n", commands[i].name, _(commands[i].help));
}

int
saoy_cli_main(const SaoyCommand *commands, size_t n, int argc, char **argv)
{
    g_log_set_writer_func(write_log, NULL, NULL);
    saoy_language_start();
    for (size_t i = 0; argc > 1 && i < n; i++)
        if (strcmp(commands[i].name, argv[1]) == 0)
            return commands[i].run != NULL ? commands[i].run(argc - 1, argv + 1)
                                           : become_engineer(argv);

    if (argc > 1 && strcmp(argv[1], "--help") != 0 && strcmp(argv[1], "help") != 0)
        return saoy_cli_usage(_("no command named %s; see saoy --help"), argv[1]);
    print_commands(commands, n);
    return SAOY_EXIT_OK;
}

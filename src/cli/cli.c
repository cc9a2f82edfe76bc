/* The engineer's and the verifier's tool: a table of commands.
 *
 * A row joins the table together with its cmd-<name>.c: a row without its file does not
 * link. Whoever adds the file adds the row, in the order of product.md §7. */
#include "cli.h"

#include "core/language.h"

#include <glib/gi18n.h>
#include <stdio.h>

static const SaoyCommand commands[] = {
    { "card", saoy_cmd_card, N_("read a chip card, be one, make a synthetic person") },
    { "face", saoy_cmd_face, N_("match two faces, or judge a picture of one") },
    { "scan", saoy_cmd_scan, N_("scan pages into files") },
    { "issue", saoy_cmd_issue, N_("a whole visit without a screen") },
    { "page", saoy_cmd_page, N_("clean one scanned page") },
    { "read", saoy_cmd_read, N_("read the pages of one document") },
    { "verify", saoy_cmd_verify,
      N_("check a copy's signatures, changes, seal and register") },
    { "renew", saoy_cmd_renew,
      N_("add a later time stamp, before the last can no longer be believed") },
    { "seal", saoy_cmd_seal, N_("read the seal of a paper, offline") },
    { "doctor", saoy_cmd_doctor, N_("look at every device, model, key and server") },
    { "journal", saoy_cmd_journal, N_("check or show the journal's hash chain") },
    { "bench", saoy_cmd_bench, N_("measure, and print the figures as JSON") },
};

/* What goes wrong is said once, by saoy_cli_fail; G_MESSAGES_DEBUG brings the log back. */
static GLogWriterOutput
write_log(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer user)
{
    if (level >= G_LOG_LEVEL_MESSAGE && g_getenv("G_MESSAGES_DEBUG") == NULL)
        return G_LOG_WRITER_HANDLED;
    return g_log_writer_default(level, fields, n, user);
}

static void
print_commands(void)
{
    g_print("%s\n\n", _("Usage: saoy COMMAND [OPTION…]; saoy COMMAND --help tells more."));
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        g_print("  %-10s %s\n", commands[i].name, _(commands[i].help));
}

int
main(int argc, char **argv)
{
    g_log_set_writer_func(write_log, NULL, NULL);
    saoy_language_start();
    for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(commands); i++)
        if (g_str_equal(commands[i].name, argv[1]))
            return commands[i].run(argc - 1, argv + 1);

    if (argc > 1 && !g_str_equal(argv[1], "--help") && !g_str_equal(argv[1], "help"))
        return saoy_cli_usage(_("no command named %s; see saoy --help"), argv[1]);
    print_commands();
    return SAOY_EXIT_OK;
}

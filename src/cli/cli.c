/* The engineer's and the verifier's tool: a table of commands, and what all of them share.
 *
 * A row joins the table together with its cmd-<name>.c: a row without its file does not
 * link. Whoever adds the file adds the row, in the order of product.md §7. */
#include "cli.h"

#include <glib/gi18n.h>
#include <locale.h>
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
    { "seal", saoy_cmd_seal, N_("read the seal of a paper, offline") },
    { "doctor", saoy_cmd_doctor, N_("look at every device, model, key and server") },
    { "journal", saoy_cmd_journal, N_("check or show the journal's hash chain") },
    { "bench", saoy_cmd_bench, N_("measure, and print the figures as JSON") },
};

/* what a person is told for each code; the engineer's detail follows in brackets */
static const char *const reasons[SAOY_ERROR_N] = {
    [SAOY_ERROR_FAILED] = N_("it did not work"),
    [SAOY_ERROR_TIMEOUT] = N_("no answer in time"),
    [SAOY_ERROR_NO_MEDIA] = N_("not there"),
    [SAOY_ERROR_JAM] = N_("the paper path is blocked"),
    [SAOY_ERROR_OFFLINE] = N_("cannot be reached"),
    [SAOY_ERROR_MALFORMED] = N_("cannot be read"),
    [SAOY_ERROR_UNTRUSTED] = N_("cannot be trusted"),
    [SAOY_ERROR_REFUSED] = N_("refused"),
};

static const int exits[SAOY_ERROR_N] = {
    [SAOY_ERROR_FAILED] = SAOY_EXIT_FAULT,      [SAOY_ERROR_TIMEOUT] = SAOY_EXIT_UNDECIDED,
    [SAOY_ERROR_NO_MEDIA] = SAOY_EXIT_USAGE,    [SAOY_ERROR_JAM] = SAOY_EXIT_FAULT,
    [SAOY_ERROR_OFFLINE] = SAOY_EXIT_UNDECIDED, [SAOY_ERROR_MALFORMED] = SAOY_EXIT_FAULT,
    [SAOY_ERROR_UNTRUSTED] = SAOY_EXIT_NO,      [SAOY_ERROR_REFUSED] = SAOY_EXIT_NO,
};

/* One line whatever is in it: a file's name or a peer's message may hold line breaks. */
static void
print_line(const char *text)
{
    g_autofree char *line = g_strdup_printf("saoy: %s", text);

    for (char *p = line; *p != '\0'; p++)
        if (g_ascii_iscntrl(*p))
            *p = ' ';
    g_printerr("%s\n", line);
}

static void
print_reason(const char *what, const GError *error)
{
    const char *reason = reasons[SAOY_ERROR_FAILED];
    g_autofree char *text = NULL;

    if (error->domain == SAOY_ERROR && error->code >= 0 && error->code < SAOY_ERROR_N)
        reason = reasons[error->code];
    text = g_strdup_printf("%s%s%s (%s)", what != NULL ? what : "",
                           what != NULL ? ": " : "", _(reason), error->message);
    print_line(text);
}

int
saoy_cli_fail(const char *file, const GError *error)
{
    print_reason(file, error);
    if (error->domain != SAOY_ERROR || error->code < 0 || error->code >= SAOY_ERROR_N)
        return SAOY_EXIT_FAULT;
    return exits[error->code];
}

int
saoy_cli_fault(const char *device, const GError *error)
{
    print_reason(device, error);
    return SAOY_EXIT_FAULT;
}

int
saoy_cli_usage(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list list;

    va_start(list, format);
    text = g_strdup_vprintf(format, list);
    va_end(list);
    print_line(text);
    return SAOY_EXIT_USAGE;
}

void
saoy_cli_json(const SaoyJson *json)
{
    g_autofree char *text = saoy_json_print(json);

    g_print("%s\n", text);
}

static void
drop_dashes(int *argc, char **argv)
{
    if (*argc < 2 || !g_str_equal(argv[1], "--"))
        return;
    for (int i = 1; i + 1 < *argc; i++)
        argv[i] = argv[i + 1];
    --*argc;
}

bool
saoy_cli_options(int *argc, char ***argv, const GOptionEntry *entries,
                 const char *arguments, const char *summary, int min, int max,
                 int *out_exit)
{
    g_autoptr(GOptionContext) context = g_option_context_new(arguments);
    g_autofree char *name = g_strdup_printf("saoy %s", (*argv)[0]);
    g_autoptr(GError) error = NULL;

    g_set_prgname(name); /* "Usage: saoy scan …" */
    g_option_context_set_translation_domain(context, GETTEXT_PACKAGE);
    if (summary != NULL)
        g_option_context_set_summary(context, _(summary));
    if (entries != NULL)
        g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
    if (!g_option_context_parse(context, argc, argv, &error)) {
        *out_exit = saoy_cli_usage("%s", error->message);
        return false;
    }
    drop_dashes(argc, *argv);
    if (*argc - 1 < min || (max >= 0 && *argc - 1 > max)) {
        *out_exit = saoy_cli_usage(_("%s: wrong number of arguments; see %s --help"),
                                   name + 5, name);
        return false;
    }
    return true;
}

/* $SAOY_LOCALE_DIR, the installed share/locale, or the build's own folder. */
static char *
locale_dir(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *here = program != NULL ? g_path_get_dirname(program) : g_strdup(".");
    g_autofree char *built = g_build_filename(here, "locale", NULL);

    if (g_getenv("SAOY_LOCALE_DIR") != NULL)
        return g_strdup(g_getenv("SAOY_LOCALE_DIR"));
    if (g_file_test(built, G_FILE_TEST_IS_DIR))
        return g_steal_pointer(&built);
    return g_build_filename(here, "..", "share", "locale", NULL);
}

/* The locale is always C.UTF-8; the language is LANGUAGE, Vietnamese first (product.md §2).
 */
static void
choose_language(void)
{
    g_autofree char *dir = locale_dir();

    g_setenv("LANGUAGE", "vi", FALSE);
    setlocale(LC_ALL, "C.UTF-8");
    bindtextdomain(GETTEXT_PACKAGE, dir);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain(GETTEXT_PACKAGE);
}

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
    choose_language();
    for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(commands); i++)
        if (g_str_equal(commands[i].name, argv[1]))
            return commands[i].run(argc - 1, argv + 1);

    if (argc > 1 && !g_str_equal(argv[1], "--help") && !g_str_equal(argv[1], "help"))
        return saoy_cli_usage(_("no command named %s; see saoy --help"), argv[1]);
    print_commands();
    return SAOY_EXIT_OK;
}

/* What all commands share: options, the one line of an error with its exit code, JSON. */
#include "cli/cli.h"

#include "core/text.h"

#include <glib/gi18n.h>

#define MAX_LINE 4000

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

/* One line whatever is in it: a file's name or a peer's message may hold line breaks, or
 * what a terminal obeys. */
static char *
make_line(const char *text)
{
    g_autofree char *clean = saoy_text_clean(text, MAX_LINE);

    return g_strdup_printf("saoy: %s\n", clean);
}

char *
saoy_cli_line(const char *file, const GError *error)
{
    const char *reason = reasons[SAOY_ERROR_FAILED];
    g_autofree char *text = NULL;

    if (error->domain == SAOY_ERROR && error->code >= 0 && error->code < SAOY_ERROR_N)
        reason = reasons[error->code];
    text = g_strdup_printf("%s%s%s (%s)", file != NULL ? file : "",
                           file != NULL ? ": " : "", _(reason), error->message);
    return make_line(text);
}

int
saoy_cli_fail(const char *file, const GError *error)
{
    saoy_cli_fault(file, error);
    if (error->domain != SAOY_ERROR || error->code < 0 || error->code >= SAOY_ERROR_N)
        return SAOY_EXIT_FAULT;
    return exits[error->code];
}

int
saoy_cli_fault(const char *device, const GError *error)
{
    g_autofree char *line = saoy_cli_line(device, error);

    g_printerr("%s", line);
    return SAOY_EXIT_FAULT;
}

int
saoy_cli_usage(const char *format, ...)
{
    g_autofree char *text = NULL, *line = NULL;
    va_list list;

    va_start(list, format);
    text = g_strdup_vprintf(format, list);
    va_end(list);
    line = make_line(text);
    g_printerr("%s", line);
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

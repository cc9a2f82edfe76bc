/* saoy card: reads a chip (card-read.c), is a chip, makes a synthetic person
 * (card-persona.c). */
#include "card-persona.h"
#include "card-read.h"
#include "card-trust.h"
#include "engineer.h"

#include "device/card.h"
#include "identity/chip.h"

#include <glib/gi18n.h>
#include <string.h>

#define VPCD_PORT 35963

/* "HOST:PORT", "HOST" or NULL. */
static bool
split_address(const char *text, char **out_host, uint16_t *out_port)
{
    const char *colon = text == NULL ? NULL : strrchr(text, ':');
    guint64 port = VPCD_PORT;

    if (colon != NULL && !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
        return false;
    *out_port = (uint16_t)port;
    if (text == NULL)
        *out_host = g_strdup("127.0.0.1");
    else
        *out_host = colon == NULL ? g_strdup(text) : g_strndup(text, (gsize)(colon - text));
    return **out_host != '\0';
}

static void
on_ready(void *user)
{
    const gboolean *json = user;
    g_autoptr(SaoyJson) object = saoy_json_object();

    if (!*json) {
        g_print("%s\n", _("the card lies on the virtual reader"));
        return;
    }
    saoy_json_set_bool(object, "ready", true);
    saoy_cli_json(object);
}

/* The words of --fault, for --help. */
static char *
describe_emulate(void)
{
    GString *text =
        g_string_new(_("Is a chip card for pcscd's virtual reader, until interrupted: a "
                       "persona, or a folder with the dump of a real card. Words for "
                       "--fault:"));

    g_string_append(text, "\n");
    for (size_t i = 1; saoy_chip_lever(i) != NULL; i++) {
        const SaoyChipLever *lever = saoy_chip_lever(i);
        g_autofree char *words = g_strjoin(" ", lever->word, lever->argument, NULL);

        g_string_append_printf(text, "\n  %-22s %s", words, _(lever->help));
    }
    return g_string_free(text, FALSE);
}

static int
cmd_emulate(int argc, char **argv)
{
    g_autofree char *vpcd = NULL;
    g_autofree char *host = NULL;
    g_autofree char *help = describe_emulate();
    g_auto(GStrv) levers = NULL;
    g_autoptr(GError) error = NULL;
    gboolean json = FALSE;
    uint16_t port = 0;
    int ended = 0;
    const GOptionEntry entries[] = {
        { "vpcd", 0, 0, G_OPTION_ARG_STRING, &vpcd,
          N_("where the virtual reader listens, default 127.0.0.1:35963"),
          N_("HOST:PORT") },
        { "fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &levers,
          N_("how the card misbehaves; several may be given"), N_("WORD") },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("one JSON object on stdout"), NULL },
        { NULL },
    };

    if (!saoy_cli_options(&argc, &argv, entries, N_("PERSONA.json|DIR"), help, 1, 1,
                          &ended))
        return ended;
    if (!split_address(vpcd, &host, &port))
        return saoy_cli_usage("--vpcd %s: HOST:PORT", vpcd);
    saoy_card_emulate(argv[1], (const char *const *)levers, host, port, on_ready, &json,
                      NULL, &error);
    if (g_error_matches(error, SAOY_ERROR, SAOY_ERROR_OFFLINE))
        return saoy_cli_fault(vpcd, error);
    if (g_error_matches(error, SAOY_ERROR, SAOY_ERROR_REFUSED))
        return saoy_cli_usage("%s", error->message);
    return saoy_cli_fail(argv[1], error);
}

static const struct {
    const char *name;
    char *full; /* what --help calls it */
    int (*run)(int argc, char **argv);
    const char *help;
} verbs[] = {
    { "read", "card read", saoy_card_cmd_read,
      N_("read a chip card and say what was proven") },
    { "emulate", "card emulate", cmd_emulate,
      N_("be a chip card for pcscd's virtual reader") },
    { "persona", "card persona", saoy_card_cmd_persona, N_("make a synthetic person") },
    { "trust", "card trust", saoy_card_cmd_trust,
      N_("say whose chips are believed; import a master list") },
};

int
saoy_cmd_card(int argc, char **argv)
{
    bool help = argc > 1 && (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h"));

    for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(verbs); i++) {
        if (!g_str_equal(verbs[i].name, argv[1]))
            continue;
        argv[1] = verbs[i].full;
        return verbs[i].run(argc - 1, argv + 1);
    }
    if (!help)
        return saoy_cli_usage(_("%s needs %s"), "saoy card",
                              "read | emulate | persona | trust");
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        g_print("  saoy card %-10s %s\n", verbs[i].name, _(verbs[i].help));
    return SAOY_EXIT_OK;
}

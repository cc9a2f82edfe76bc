/* saoy card: reads a chip (card-read.c), is a chip, makes a synthetic person. */
#include "cli.h"

#include "card-read.h"
#include "core/file.h"
#include "device/card.h"
#include "identity/chip.h"

#include <glib/gi18n.h>
#include <string.h>

#define VPCD_PORT 35963
#define MAX_PORTRAIT (128 * 1024)

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

static int
cmd_emulate(int argc, char **argv)
{
    g_autofree char *vpcd = NULL;
    g_autofree char *host = NULL;
    g_autoptr(GError) error = NULL;
    gboolean json = FALSE;
    uint16_t port = 0;
    int ended = 0;
    const GOptionEntry entries[] = {
        { "vpcd", 0, 0, G_OPTION_ARG_STRING, &vpcd,
          N_("where the virtual reader listens, default 127.0.0.1:35963"),
          N_("HOST:PORT") },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("one JSON object on stdout"), NULL },
        { NULL },
    };

    if (!saoy_cli_options(
            &argc, &argv, entries, N_("PERSONA.json"),
            N_("Is a chip card for pcscd's virtual reader, until interrupted."), 1, 1,
            &ended))
        return ended;
    if (!split_address(vpcd, &host, &port))
        return saoy_cli_usage("--vpcd %s: HOST:PORT", vpcd);
    saoy_card_emulate(argv[1], host, port, on_ready, &json, NULL, &error);
    if (error->domain == SAOY_ERROR && error->code == SAOY_ERROR_OFFLINE)
        return saoy_cli_fault(vpcd, error);
    return saoy_cli_fail(argv[1], error);
}

typedef struct {
    char *name, *photo, *number, *birth, *sex, *expiry;
    gboolean json;
} PersonaOptions;

static void
persona_options_clear(PersonaOptions *options)
{
    g_free(options->name);
    g_free(options->photo);
    g_free(options->number);
    g_free(options->birth);
    g_free(options->sex);
    g_free(options->expiry);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PersonaOptions, persona_options_clear)

static int
make_persona(const PersonaOptions *options, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) photo = saoy_file_read(options->photo, MAX_PORTRAIT, &error);
    g_autoptr(SaoyJson) json = saoy_json_object();
    const SaoyPersona persona = { .name_vi = options->name,
                                  .number = options->number,
                                  .birth_date = options->birth,
                                  .sex = options->sex,
                                  .expiry_date = options->expiry,
                                  .portrait = photo };

    if (photo == NULL)
        return saoy_cli_fail(options->photo, error);
    if (!saoy_persona_check(&persona, &error))
        return saoy_cli_usage("%s", error->message);
    if (!saoy_persona_make(&persona, path, &error)) {
        bool unreadable = g_error_matches(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);

        return saoy_cli_fail(unreadable ? options->photo : path, error);
    }
    if (!options->json) {
        g_print("%s\n", path);
        return SAOY_EXIT_OK;
    }
    saoy_json_set_string(json, "persona", path);
    saoy_cli_json(json);
    return SAOY_EXIT_OK;
}

static int
cmd_persona(int argc, char **argv)
{
    g_auto(PersonaOptions) options = { 0 };
    int ended = 0;
    const GOptionEntry entries[] = {
        { "name", 0, 0, G_OPTION_ARG_STRING, &options.name, N_("full Vietnamese name"),
          N_("NAME") },
        { "photo", 0, 0, G_OPTION_ARG_FILENAME, &options.photo,
          N_("portrait, JPEG or JPEG 2000, at most 100 kB"), N_("FILE") },
        { "number", 0, 0, G_OPTION_ARG_STRING, &options.number,
          N_("twelve digits; default: invented"), N_("DIGITS") },
        { "birth", 0, 0, G_OPTION_ARG_STRING, &options.birth, "YYYY-MM-DD", N_("DATE") },
        { "sex", 0, 0, G_OPTION_ARG_STRING, &options.sex, "M | F", N_("SEX") },
        { "expiry", 0, 0, G_OPTION_ARG_STRING, &options.expiry,
          N_("YYYY-MM-DD; \"\": never"), N_("DATE") },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("one JSON object on stdout"),
          NULL },
        { NULL },
    };

    if (!saoy_cli_options(&argc, &argv, entries, N_("NEW.json"),
                          N_("Makes a synthetic person with a test issuer beside it."), 1,
                          1, &ended))
        return ended;
    if (options.name == NULL || options.photo == NULL)
        return saoy_cli_usage(_("%s needs %s"), "saoy card persona", "--name, --photo");
    return make_persona(&options, argv[1]);
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
    { "persona", "card persona", cmd_persona, N_("make a synthetic person") },
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
        return saoy_cli_usage(_("%s needs %s"), "saoy card", "read | emulate | persona");
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        g_print("  saoy card %-10s %s\n", verbs[i].name, _(verbs[i].help));
    return SAOY_EXIT_OK;
}

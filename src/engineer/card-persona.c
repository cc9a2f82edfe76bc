/* saoy card persona: a synthetic person and her card. */
#include "card-persona.h"

#include "cli/cli.h"
#include "core/file.h"
#include "identity/chip.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_PORTRAIT (128 * 1024)

typedef struct {
    char *name, *photo, *number, *birth, *sex, *expiry;
    char *document, *access, *chip_auth, *active_auth, *portrait_format, *extended;
    gboolean details, json;
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
    g_free(options->document);
    g_free(options->access);
    g_free(options->chip_auth);
    g_free(options->active_auth);
    g_free(options->portrait_format);
    g_free(options->extended);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(PersonaOptions, persona_options_clear)

/* "no": -1; nothing: 0 */
static bool
take_extended(const char *text, int *out)
{
    guint64 n = 0;

    if (text != NULL && !g_str_equal(text, "no") &&
        !g_ascii_string_to_unsigned(text, 10, 256, 65000, &n, NULL))
        return false;
    *out = text != NULL && g_str_equal(text, "no") ? -1 : (int)n;
    return true;
}

static bool
take_format(const char *text, bool *out)
{
    *out = g_strcmp0(text, "39794-5") == 0;
    return text == NULL || *out || g_str_equal(text, "19794-5");
}

static int
make_persona(const PersonaOptions *options, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) photo = saoy_file_read(options->photo, MAX_PORTRAIT, &error);
    g_autoptr(SaoyJson) json = saoy_json_object();
    SaoyPersona persona = { .name_vi = options->name,
                            .number = options->number,
                            .birth_date = options->birth,
                            .sex = options->sex,
                            .expiry_date = options->expiry,
                            .portrait = photo,
                            .document = options->document,
                            .access = options->access,
                            .chip_auth = options->chip_auth,
                            .active_auth = options->active_auth,
                            .details = options->details };

    if (photo == NULL)
        return saoy_cli_fail(options->photo, error);
    if (!take_format(options->portrait_format, &persona.iso39794))
        return saoy_cli_usage("--portrait-format %s: 19794-5 | 39794-5",
                              options->portrait_format);
    if (!take_extended(options->extended, &persona.extended))
        return saoy_cli_usage("--extended %s: 256-65000 | no", options->extended);
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

int
saoy_card_cmd_persona(int argc, char **argv)
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
        { "document", 0, 0, G_OPTION_ARG_STRING, &options.document, "TD1 | TD2 | TD3",
          N_("KIND") },
        { "access", 0, 0, G_OPTION_ARG_STRING, &options.access,
          N_("what opens the chip; default: ecdh-gm-aes128-13,bac"), N_("LIST") },
        { "chip-auth", 0, 0, G_OPTION_ARG_STRING, &options.chip_auth,
          N_("its key; default: ecdh-aes128-13; or none"), N_("PROTOCOL") },
        { "active-auth", 0, 0, G_OPTION_ARG_STRING, &options.active_auth,
          N_("its other key; default: ecdsa-sha256-12; rsa-sha256-2048; or none"),
          N_("PROTOCOL") },
        { "portrait-format", 0, 0, G_OPTION_ARG_STRING, &options.portrait_format,
          "19794-5 | 39794-5", N_("FORMAT") },
        { "details", 0, 0, G_OPTION_ARG_NONE, &options.details, N_("DG11 and DG12 as well"),
          NULL },
        { "extended", 0, 0, G_OPTION_ARG_STRING, &options.extended,
          N_("bytes of a command or answer that EF.ATR/INFO announces, or no"),
          N_("N|no") },
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

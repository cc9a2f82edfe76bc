/* saoy seal read TEXT|IMAGE: the seal's claims and whether they hold, offline. */
#include "engineer.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/text.h"
#include "signature/seal.h"
#include "vision/image.h"
#include "vision/symbol.h"

#include <glib/gi18n.h>

#include <string.h>

#define MAX_PICTURE (64u << 20)
#define MAX_TEXT 300

static bool
looks_like_text(const char *argument)
{
    return !g_file_test(argument, G_FILE_TEST_EXISTS) &&
           (g_str_has_prefix(argument, "VC1:") || g_str_has_prefix(argument, "https://") ||
            g_str_has_prefix(argument, "http://") ||
            (strchr(argument, '/') == NULL && strchr(argument, '.') == NULL &&
             strlen(argument) > 100));
}

/* The first symbol in the picture that is a seal. */
static char *
read_picture(const char *file, GError **error)
{
    g_autoptr(GBytes) bytes = saoy_file_read(file, MAX_PICTURE, error);
    g_autoptr(SaoyImage) image = bytes != NULL ? saoy_image_decode(bytes, error) : NULL;
    g_auto(GStrv) texts = image != NULL ? saoy_symbol_read(image, error) : NULL;

    if (texts == NULL)
        return NULL;
    for (size_t i = 0; texts[i] != NULL; i++) {
        g_auto(SaoySeal) seal = { 0 };

        if (saoy_seal_read(texts[i], &seal, NULL, NULL))
            return g_strdup(texts[i]);
    }
    return saoy_null(error, SAOY_ERROR_MALFORMED, "no seal in the picture");
}

/* What was read, and what it is worth. */
typedef struct {
    SaoySeal seal;
    char *host;   /* the link's, or NULL */
    char *signer; /* or NULL */
    const char *word, *sentence;
    int code; /* exit */
} Reading;

static void
reading_clear(Reading *reading)
{
    saoy_seal_clear(&reading->seal);
    g_free(reading->host);
    g_free(reading->signer);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

static SaoyJson *
reading_json(const Reading *reading)
{
    const SaoySeal *seal = &reading->seal;
    SaoyJson *json = saoy_json_object();
    g_autofree char *time = saoy_time_rfc3339(seal->issued_at_s * G_USEC_PER_SEC);

    saoy_json_set_string(json, "status", reading->word);
    saoy_json_set_string(json, "host", reading->host);
    saoy_json_set_string(json, "copy_id", seal->copy_id);
    saoy_json_set_string(json, "title", seal->title);
    saoy_json_set_string(json, "holder", seal->holder);
    saoy_json_set_string(json, "issuer", seal->issuer);
    saoy_json_set_string(json, "office", seal->office);
    saoy_json_set_string(json, "officer", seal->officer);
    saoy_json_set_int(json, "file_pages", seal->file_pages);
    saoy_json_set_int(json, "scanned_pages", seal->scanned_pages);
    saoy_json_set_string(json, "issued_at", time);
    saoy_json_set_string(json, "signer", reading->signer);
    return json;
}

static void
print_line(const char *label, const char *text)
{
    g_autofree char *clean = text != NULL ? saoy_text_clean(text, MAX_TEXT) : NULL;

    if (text != NULL)
        g_print("  %s: %s\n", label, clean);
}

static void
print_reading(const Reading *reading)
{
    const SaoySeal *seal = &reading->seal;
    g_autofree char *time = saoy_time_people(seal->issued_at_s * G_USEC_PER_SEC);

    g_print("%s\n", reading->sentence);
    print_line(_("Its link leads to"), reading->host);
    print_line(_("Copy"), seal->copy_id);
    print_line(_("Original"), seal->title);
    print_line(_("Holder"), seal->holder);
    print_line(_("Office"), seal->office);
    print_line(_("Officer"), seal->officer);
    print_line(_("Issued"), time);
    g_print("  %s: %u\n", _("Pages"), seal->file_pages);
    print_line(_("Seal signed by"), reading->signer);
    g_print("%s\n", _("Compare these with the paper in your hand."));
}

static void
judge(Reading *out, GBytes *cose, const char *trust, const char *text)
{
    g_autoptr(GError) error = NULL;
    bool own = saoy_seal_link(text, &out->seal, &out->host, NULL);

    out->word = "invalid";
    out->code = SAOY_EXIT_NO;
    saoy_seal_check(cose, trust, &out->signer, &error);
    if (!own) {
        out->sentence = _("The seal does not hold for this link, which opens another page. "
                          "Do not trust this paper.");
    } else if (error == NULL) {
        out->word = "valid";
        out->sentence = _("The seal holds.");
        out->code = SAOY_EXIT_OK;
    } else if (g_error_matches(error, SAOY_ERROR, SAOY_ERROR_OFFLINE)) {
        out->word = "undecided";
        out->sentence =
            saoy_seal_is_withdrawn(cose, trust)
                ? _("The seal's key was stolen and withdrawn: the seal proves nothing any "
                    "more.")
                : _("The seal is readable; its certificate is not known here.");
        out->code = SAOY_EXIT_UNDECIDED;
    } else {
        out->sentence = _("The seal does not hold. Do not trust this paper.");
    }
}

static int
read_seal(const char *argument, const char *trust, bool json)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text =
        looks_like_text(argument) ? g_strdup(argument) : read_picture(argument, &error);
    g_auto(Reading) reading = { 0 };
    g_autoptr(GBytes) cose = NULL;

    if (text == NULL || !saoy_seal_read(text, &reading.seal, &cose, &error))
        return saoy_cli_fail(looks_like_text(argument) ? _("seal") : argument, error);
    judge(&reading, cose, trust, text);
    g_autoptr(SaoyJson) report = reading_json(&reading);
    if (json)
        saoy_cli_json(report);
    else
        print_reading(&reading);
    return reading.code;
}

int
saoy_cmd_seal(int argc, char **argv)
{
    g_autofree char *trust = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = { { "trust", 0, 0, G_OPTION_ARG_FILENAME, &trust,
                                       N_("folder of seal certificates"), "DIR" },
                                     { "json", 0, 0, G_OPTION_ARG_NONE, &json,
                                       N_("one JSON object on stdout"), NULL },
                                     { NULL } };
    int code = SAOY_EXIT_OK;

    if (!saoy_cli_options(&argc, &argv, entries, "read TEXT|IMAGE",
                          N_("Reads a seal, from its text or a picture, without network."),
                          2, 2, &code))
        return code;
    if (!g_str_equal(argv[1], "read"))
        return saoy_cli_usage(_("%s: unknown word; see %s --help"), argv[1], "saoy seal");
    if (trust != NULL && !g_file_test(trust, G_FILE_TEST_IS_DIR))
        return saoy_cli_usage(_("%s: no such folder"), trust);
    return read_seal(argv[2], trust, json);
}

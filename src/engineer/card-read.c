/* saoy card read: who the chip says it is, what was proven and how. */
#include "card-read.h"
#include "picture.h"

#include "cli/cli.h"
#include "core/error.h"
#include "core/file.h"
#include "device/card.h"
#include "flow/key.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
    char *reader, *can, *mrz, *key_image, *trust, *photo;
    int wait_s;
    gboolean json, allow_bac, allow_sha1;
} ReadOptions;

static void
read_options_clear(ReadOptions *options)
{
    g_free(options->reader);
    g_free(options->can);
    g_free(options->mrz);
    g_free(options->key_image);
    g_free(options->trust);
    g_free(options->photo);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReadOptions, read_options_clear)

static SaoyJson *
proof_json(SaoyProof proof, const char *reason)
{
    SaoyJson *json = saoy_json_object();

    saoy_json_set_string(json, "status", saoy_proof_name(proof));
    if (reason != NULL)
        saoy_json_set_string(json, "reason", reason);
    return json;
}

static SaoyJson *
identity_json(const SaoyIdentity *who)
{
    SaoyJson *json = saoy_json_object();

    saoy_json_set_string(json, "number", who->number);
    saoy_json_set_string(json, "name", who->name);
    saoy_json_set_string(json, "name_vi", who->name_vi);
    saoy_json_set_string(json, "birth_date", who->birth_date);
    saoy_json_set_string(json, "sex", who->sex);
    saoy_json_set_string(json, "expiry_date", who->expiry_date);
    return json;
}

static SaoyReadStep
total_of(const SaoyIdentity *who)
{
    SaoyReadStep total = { .name = "=" };

    for (unsigned i = 0; i < who->n_steps; i++) {
        total.apdus += who->steps[i].apdus;
        total.bytes += who->steps[i].bytes;
        total.least_bytes += who->steps[i].least_bytes;
        total.ms += who->steps[i].ms;
    }
    return total;
}

static SaoyJson *
step_json(const SaoyReadStep *step)
{
    SaoyJson *json = saoy_json_object();

    saoy_json_set_string(json, "name", step->name);
    saoy_json_set_int(json, "apdus", step->apdus);
    saoy_json_set_int(json, "bytes", (int64_t)step->bytes);
    saoy_json_set_int(json, "least_bytes", (int64_t)step->least_bytes);
    saoy_json_set_real(json, "ms", step->ms);
    return json;
}

static SaoyJson *
steps_json(const SaoyIdentity *who)
{
    SaoyJson *steps = saoy_json_array();

    for (unsigned i = 0; i < who->n_steps; i++)
        saoy_json_append(steps, step_json(&who->steps[i]));
    return steps;
}

static void
print_json(const SaoyIdentity *who)
{
    g_autoptr(SaoyJson) json = saoy_json_object();
    const SaoyReadStep total = total_of(who);

    saoy_json_set(json, "identity", identity_json(who));
    saoy_json_set_string(json, "access", who->access);
    saoy_json_set_bool(json, "downgrade", who->downgrade);
    saoy_json_set_string(json, "verdict", saoy_verdict_name(saoy_identity_verdict(who)));
    saoy_json_set_string(json, "contradiction", who->contradiction);
    saoy_json_set(json, "passive", proof_json(who->passive, who->passive_reason));
    saoy_json_set(json, "chip_auth", proof_json(who->chip_auth, NULL));
    saoy_json_set(json, "active_auth", proof_json(who->active_auth, NULL));
    saoy_json_set_int(json, "portrait_bytes",
                      who->portrait == NULL ? 0 : (int64_t)g_bytes_get_size(who->portrait));
    saoy_json_set(json, "steps", steps_json(who));
    saoy_json_set(json, "total", step_json(&total));
    saoy_cli_json(json);
}

static const char *
proof_text(SaoyProves what, SaoyProof proof)
{
    return _(saoy_proof_text(what, proof));
}

static void
print_row(const char *label, const char *value)
{
    int gap = 24 - (int)g_utf8_strlen(label, -1);

    g_print("%s%*s%s\n", label, MAX(gap, 1), "", value);
}

static void
print_proofs(const SaoyIdentity *who)
{
    g_autofree char *access =
        who->downgrade ? g_strdup_printf("%s (%s)", who->access,
                                         _("weaker than what the chip announces"))
                       : g_strdup(who->access);
    g_autofree char *passive =
        who->passive_reason[0] == '\0'
            ? g_strdup(proof_text(SAOY_PROVES_DATA, who->passive))
            : g_strdup_printf("%s (%s)", proof_text(SAOY_PROVES_DATA, who->passive),
                              _(who->passive_reason));

    print_row(_("Card"), _(saoy_verdict_text(saoy_identity_verdict(who))));
    if (who->contradiction[0] != '\0')
        print_row(_("Its files differ in"), who->contradiction);
    print_row(_("Access"), access);
    print_row(_("Issuer's signature"), passive);
    print_row(_("Chip authentication"), proof_text(SAOY_PROVES_CHIP, who->chip_auth));
    print_row(_("Active authentication"), proof_text(SAOY_PROVES_CHIP, who->active_auth));
}

/* "1990-01-31" as people write it. */
static void
print_date(const char *label, const char *iso, const char *none)
{
    g_autofree char *date = NULL;

    if (strlen(iso) == 10)
        date = g_strdup_printf("%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
    print_row(label, date != NULL ? date : none);
}

static const char *
sex_text(const char *sex)
{
    if (sex[0] == 'M')
        return _("male");
    return sex[0] == 'F' ? _("female") : _("not stated");
}

static void
print_step(const SaoyReadStep *step)
{
    g_print("%-12s %6u %8zu %8zu %8.1f\n", step->name, step->apdus, step->bytes,
            step->least_bytes, step->ms);
}

static void
print_text(const SaoyIdentity *who)
{
    SaoyReadStep total;

    print_row(_("Number"), who->number);
    print_row(_("Name"), who->name_vi[0] != '\0' ? who->name_vi : who->name);
    print_date(_("Date of birth"), who->birth_date, "");
    print_row(_("Sex"), sex_text(who->sex));
    print_date(_("Valid until"), who->expiry_date, _("no expiry"));
    print_proofs(who);
    g_print("\n%-12s %6s %8s %8s %8s\n", _("step"), "APDU", _("bytes"), _("least"), "ms");
    for (unsigned i = 0; i < who->n_steps; i++)
        print_step(&who->steps[i]);
    total = total_of(who);
    print_step(&total);
}

/* The answer is no when a proof failed, and open when the issuer could not be decided.
 * Active authentication adds nothing where chip authentication was done. */
static int
exit_of(const SaoyIdentity *who)
{
    if (who->passive == SAOY_PROOF_FAILED || who->chip_auth == SAOY_PROOF_FAILED ||
        who->active_auth == SAOY_PROOF_FAILED)
        return SAOY_EXIT_NO;
    if (who->passive == SAOY_PROOF_UNDECIDED)
        return SAOY_EXIT_UNDECIDED;
    if (who->chip_auth == SAOY_PROOF_UNDECIDED && who->active_auth != SAOY_PROOF_DONE)
        return SAOY_EXIT_UNDECIDED;
    return SAOY_EXIT_OK;
}

/* A no is a no; everything else that stops a reading is the device's. */
static int
fail_reading(const char *reader, const GError *error)
{
    if (g_error_matches(error, SAOY_ERROR, SAOY_ERROR_REFUSED) ||
        g_error_matches(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED) ||
        g_error_matches(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA))
        return saoy_cli_fail(reader, error);
    return saoy_cli_fault(reader, error);
}

static bool
read_card(const ReadOptions *options, const SaoyAccessKey *key, SaoyIdentity *out,
          GError **error)
{
    const SaoyReadPolicy policy = { options->trust, options->allow_bac,
                                    options->allow_sha1 };
    g_autoptr(SaoyCard) card = saoy_card_open_reader(options->reader, error);

    return card != NULL &&
           saoy_card_connect(card, (unsigned)options->wait_s, NULL, error) &&
           saoy_identity_read(saoy_card_channel(card), key, &policy, NULL, NULL, out, NULL,
                              error);
}

static int
run_read(const ReadOptions *options, const SaoyAccessKey *key)
{
    const char *reader = options->reader == NULL ? "pcsc" : options->reader;
    g_auto(SaoyIdentity) who = { 0 };
    g_autoptr(GError) error = NULL;

    if (!read_card(options, key, &who, &error))
        return fail_reading(reader, error);
    if (options->photo != NULL) {
        if (who.portrait == NULL)
            return saoy_cli_usage(_("%s: the chip shows no portrait"), reader);
        if (!saoy_file_write(options->photo, saoy_view_of(who.portrait), &error))
            return saoy_cli_fault(options->photo, error);
    }
    if (options->json)
        print_json(&who);
    else
        print_text(&who);
    return exit_of(&who);
}

static int
absent(const char *path)
{
    return saoy_cli_usage(_("%s: not there"), path);
}

static bool
key_of_image(const char *path, SaoyAccessKey *out, GError **error)
{
    g_autoptr(SaoyImage) picture = saoy_engineer_picture(path, NULL, error);

    if (picture == NULL)
        return false;
    return saoy_key_see(picture, out) >= SAOY_KEY_CODE ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "%s",
                     _("shows neither a card's QR code nor its machine readable lines"));
}

static int
check_and_read(const ReadOptions *options)
{
    g_auto(SaoyAccessKey) key = { 0 };
    g_autoptr(GError) error = NULL;
    const char *persona =
        options->reader != NULL && g_str_has_prefix(options->reader, "emu:")
            ? options->reader + strlen("emu:")
            : NULL;

    if ((options->can != NULL) + (options->mrz != NULL) + (options->key_image != NULL) != 1)
        return saoy_cli_usage(_("%s needs %s"), "saoy card read",
                              "--can | --mrz | --key-image");
    if (options->key_image != NULL) {
        if (!key_of_image(options->key_image, &key, &error))
            return saoy_cli_fail(options->key_image, error);
    } else if (!saoy_access_key_parse(options->can != NULL ? options->can : options->mrz,
                                      &key, &error)) {
        return saoy_cli_usage("%s: %s", options->can != NULL ? "--can" : "--mrz",
                              error->message);
    }
    if (options->wait_s < 0 || options->wait_s > 3600)
        return saoy_cli_usage(_("--wait is 0 to 3600"));
    if (persona != NULL && !g_file_test(persona, G_FILE_TEST_EXISTS))
        return absent(persona);
    if (options->trust != NULL && !g_file_test(options->trust, G_FILE_TEST_IS_DIR))
        return absent(options->trust);
    return run_read(options, &key);
}

int
saoy_card_cmd_read(int argc, char **argv)
{
    g_auto(ReadOptions) options = { .wait_s = 10 };
    int ended = 0;
    const GOptionEntry entries[] = {
        { "reader", 0, 0, G_OPTION_ARG_STRING, &options.reader,
          N_("pcsc:NAME or emu:PERSONA.json; default: the first PC/SC reader"),
          N_("READER") },
        { "can", 0, 0, G_OPTION_ARG_STRING, &options.can,
          N_("the last six digits of the card's number, or all twelve"), N_("DIGITS") },
        { "mrz", 0, 0, G_OPTION_ARG_STRING, &options.mrz,
          N_("the lines of capitals on the back"), N_("TEXT") },
        { "key-image", 0, 0, G_OPTION_ARG_FILENAME, &options.key_image,
          N_("a picture of the card's QR code, or of those lines"), N_("FILE") },
        { "trust", 0, 0, G_OPTION_ARG_FILENAME, &options.trust,
          N_("folder of issuer certificates (CSCA)"), N_("DIR") },
        { "photo", 0, 0, G_OPTION_ARG_FILENAME, &options.photo,
          N_("where the portrait goes, as the chip has it"), N_("FILE") },
        { "wait", 0, 0, G_OPTION_ARG_INT, &options.wait_s,
          N_("seconds to wait for a card, default 10"), N_("N") },
        { "allow-bac", 0, 0, G_OPTION_ARG_NONE, &options.allow_bac,
          N_("also open chips by the older and weaker protocol"), NULL },
        { "allow-sha1", 0, 0, G_OPTION_ARG_NONE, &options.allow_sha1,
          N_("also trust documents signed with the old and weak digest SHA-1"), NULL },
        { "json", 0, 0, G_OPTION_ARG_NONE, &options.json, N_("one JSON object on stdout"),
          NULL },
        { NULL },
    };

    if (!saoy_cli_options(&argc, &argv, entries, NULL,
                          N_("Reads a chip card and says what was proven."), 0, 0, &ended))
        return ended;
    return check_and_read(&options);
}

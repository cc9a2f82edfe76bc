/* saoy doctor: every device, model, key, server: ok or why not. */
#include "engineer.h"

#include "document/compose.h"
#include "flow/config.h"
#include "maint/maint.h"
#include "reading/reading.h"

#include <glib/gi18n.h>

static void
check_reading(GPtrArray *checks)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyReader) reader = saoy_reader_open(&error);

    if (reader != NULL)
        saoy_checks_add(checks, "reading", SAOY_CHECK_OK, N_("papers can be read"), NULL);
    else
        saoy_checks_add(checks, "reading", SAOY_CHECK_FAULT, N_("papers cannot be read"),
                        error->message);
}

static void
check_composing(GPtrArray *checks)
{
    g_autoptr(GError) error = NULL;
    const char *hash = saoy_templates_digest(&error);

    if (hash != NULL)
        saoy_checks_add(checks, "templates", SAOY_CHECK_OK, N_("copies can be composed"),
                        hash);
    else
        saoy_checks_add(checks, "templates", SAOY_CHECK_FAULT,
                        N_("copies cannot be composed"), error->message);
}

static SaoySelftest
plan_of(const SaoyKioskConfig *config, const char *journal)
{
    return (SaoySelftest){
        .devices = {
            [SAOY_DEVICE_SCANNER] = { config->scanner_driver, config->scanner_address },
            [SAOY_DEVICE_CAMERA] = { config->camera_driver, config->camera_address },
            [SAOY_DEVICE_PRINTER] = { config->printer_driver, config->printer_address },
            [SAOY_DEVICE_CARD] = { config->card_driver, config->card_address },
            /* a till that is never asked need not be there */
            [SAOY_DEVICE_PAYMENT] = { config->fee_waived ? "none" : config->payment_driver,
                                      config->payment_address },
        },
        .data_dir = config->data_dir,
        .journal = journal,
        .hub_url = config->hub_url,
        .hub_ca = config->hub_ca,
        .hub_cert = config->hub_cert,
        .hub_key = config->hub_key,
        .csca_trust = config->csca_trust,
        .seal_trust = config->seal_trust,
    };
}

static void
print_json(const GPtrArray *checks, const char *config)
{
    g_autoptr(SaoyJson) out = saoy_json_object();
    SaoyJson *list = saoy_json_array();

    for (unsigned i = 0; i < checks->len; i++) {
        const SaoyCheck *check = checks->pdata[i];
        SaoyJson *row = saoy_json_object();

        saoy_json_set_string(row, "name", check->name);
        saoy_json_set_string(row, "state", saoy_check_state_name(check->state));
        saoy_json_set_string(row, "text", _(check->sentence));
        saoy_json_set_string(row, "detail", check->detail);
        saoy_json_append(list, row);
    }
    saoy_json_set_string(out, "state", saoy_check_state_name(saoy_checks_worst(checks)));
    saoy_json_set(out, "checks", list);
    saoy_json_set_string(out, "config", config);
    saoy_cli_json(out);
}

static void
print_text(const GPtrArray *checks, const char *config)
{
    for (unsigned i = 0; i < checks->len; i++) {
        const SaoyCheck *check = checks->pdata[i];

        g_print("%-6s %-16s %s%s%s%s\n", saoy_check_state_name(check->state), check->name,
                _(check->sentence), *check->detail != '\0' ? " (" : "", check->detail,
                *check->detail != '\0' ? ")" : "");
    }
    g_print("\n%s", config);
}

int
saoy_cmd_doctor(int argc, char **argv)
{
    g_autofree char *file = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "config", 0, 0, G_OPTION_ARG_FILENAME, &file,
          N_("the kiosk's configuration (default: built-in values)"), N_("FILE") },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("one JSON object on stdout"), NULL },
        { NULL },
    };
    g_autoptr(GError) error = NULL;
    int ended = 0;

    if (!saoy_cli_options(
            &argc, &argv, entries, NULL,
            N_("Looks at every device, model, key and server of this machine."), 0, 0,
            &ended))
        return ended;

    g_autoptr(SaoyKioskConfig) config = saoy_kiosk_config_read(file, &error);
    if (config == NULL)
        return saoy_cli_fail(file, error);
    g_autofree char *journal = g_build_filename(config->data_dir, "journal.jsonl", NULL);
    g_autofree char *effective = saoy_kiosk_config_print(config);
    g_autoptr(GPtrArray) checks = saoy_checks_new();
    const SaoySelftest plan = plan_of(config, journal);

    saoy_selftest(&plan, NULL, checks, NULL);
    check_reading(checks);
    check_composing(checks);
    if (json)
        print_json(checks, effective);
    else
        print_text(checks, effective);
    return saoy_checks_worst(checks) == SAOY_CHECK_FAULT ? SAOY_EXIT_NO : SAOY_EXIT_OK;
}

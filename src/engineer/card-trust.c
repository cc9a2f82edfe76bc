/* saoy card trust: the store of issuers whose chips are believed. */
#include "card-trust.h"

#include "cli/cli.h"
#include "core/clock.h"
#include "core/text.h"
#include "identity/csca.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_NAME 300

static GList *
countries_of(const SaoyCscaCount *count)
{
    return g_list_sort(g_hash_table_get_keys(count->countries), (GCompareFunc)strcmp);
}

static SaoyJson *
countries_json(const SaoyCscaCount *count)
{
    g_autoptr(GList) names = countries_of(count);
    SaoyJson *object = saoy_json_object();

    for (GList *at = names; at != NULL; at = at->next)
        saoy_json_set_int(
            object, at->data,
            GPOINTER_TO_UINT(g_hash_table_lookup(count->countries, at->data)));
    return object;
}

static void
set_count(SaoyJson *json, const SaoyCscaCount *count)
{
    saoy_json_set_int(json, "issuers", count->issuers);
    saoy_json_set_int(json, "valid", count->valid);
    saoy_json_set_int(json, "expired", count->expired);
    saoy_json_set_int(json, "not_yet_valid", count->early);
    saoy_json_set_int(json, "links", count->links);
    saoy_json_set_int(json, "unusable", count->unusable);
    saoy_json_set_int(json, "signers", count->signers);
    saoy_json_set_int(json, "countries", g_hash_table_size(count->countries));
    saoy_json_set(json, "by_country", countries_json(count));
}

static SaoyJson *
file_json(const SaoyCscaFileReport *file)
{
    SaoyJson *json = saoy_json_object();

    saoy_json_set_string(json, "name", file->name);
    saoy_json_set_string(json, "kind", saoy_csca_kind_name(file->kind));
    saoy_json_set_bool(json, "used", file->used);
    saoy_json_set_string(json, "reason", file->reason);
    if (file->sha256 != NULL)
        saoy_json_set_string(json, "sha256", file->sha256);
    if (file->kind != SAOY_CSCA_CRL) {
        set_count(json, &file->count);
        return json;
    }
    saoy_json_set_int(json, "revoked", file->revoked);
    if (file->next_update_s != 0) {
        g_autofree char *until = saoy_time_rfc3339(file->next_update_s * G_USEC_PER_SEC);

        saoy_json_set_string(json, "next_update", until);
    }
    return json;
}

static void
print_json(const SaoyCscaReport *report, const char *dir)
{
    g_autoptr(SaoyJson) json = saoy_json_object();
    SaoyJson *files = saoy_json_array();

    saoy_json_set_string(json, "dir", dir);
    set_count(json, &report->count);
    if (report->has_expiry)
        saoy_json_set_int(json, "days_left", report->days_left);
    saoy_json_set_int(json, "stale_crls", report->stale);
    for (unsigned i = 0; i < report->files->len; i++)
        saoy_json_append(files, file_json(report->files->pdata[i]));
    saoy_json_set(json, "files", files);
    saoy_cli_json(json);
}

static void
print_count(const SaoyCscaCount *count)
{
    unsigned countries = g_hash_table_size(count->countries);

    g_print(g_dngettext(NULL, "%u issuer", "%u issuers", count->issuers), count->issuers);
    g_print(", ");
    g_print(g_dngettext(NULL, "%u country", "%u countries", countries), countries);
    if (count->expired + count->early > 0) {
        g_print(", ");
        g_print(_("%u not valid now"), count->expired + count->early);
    }
    if (count->unusable > 0) {
        g_print(", ");
        g_print(_("%u of an unknown kind of key"), count->unusable);
    }
    if (count->signers > 0) {
        g_print(", ");
        g_print(g_dngettext(NULL, "%u signer", "%u signers", count->signers),
                count->signers);
    }
}

static void
print_file(const SaoyCscaFileReport *file)
{
    static const char *const kinds[SAOY_CSCA_KIND_N] = {
        [SAOY_CSCA_CERTIFICATES] = N_("certificates"),
        [SAOY_CSCA_MASTER_LIST] = N_("master list"),
        [SAOY_CSCA_CRL] = N_("revocation list"),
    };

    g_autofree char *name = saoy_text_clean(file->name, MAX_NAME);

    g_print("%s: %s, %s, ", name, _(kinds[file->kind]),
            file->used ? _("used") : _("NOT USED"));
    if (file->kind == SAOY_CSCA_CRL)
        g_print(_("%u revoked"), file->revoked);
    else
        print_count(&file->count);
    g_print("\n");
    if (file->reason != NULL)
        g_print("  %s\n", _(file->reason));
    if (file->sha256 != NULL)
        g_print("  SHA-256 %s\n", file->sha256);
}

static void
print_countries(const SaoyCscaCount *count)
{
    g_autoptr(GList) names = countries_of(count);
    g_autoptr(GString) line = g_string_new(" ");

    for (GList *at = names; at != NULL; at = at->next) {
        unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(count->countries, at->data));

        g_string_append_printf(line, n > 1 ? " %s×%u" : " %s", (char *)at->data, n);
        if (line->len > 84 || at->next == NULL) {
            g_print("%s\n", line->str);
            g_string_assign(line, " ");
        }
    }
}

static void
print_text(const SaoyCscaReport *report)
{
    for (unsigned i = 0; i < report->files->len; i++)
        print_file(report->files->pdata[i]);
    g_print("%s: ", _("Believed"));
    print_count(&report->count);
    g_print("\n");
    print_countries(&report->count);
}

static int
report_store(const char *dir, bool json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyCscaReport) report = saoy_csca_report(dir, &error);

    if (report == NULL)
        return saoy_cli_fail(dir, error);
    if (json)
        print_json(report, dir);
    else
        print_text(report);
    return report->count.issuers > 0 ? SAOY_EXIT_OK : SAOY_EXIT_UNDECIDED;
}

static int
import_list(const char *path, const char *dir, const char *pin, bool json)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyCscaReport) report = saoy_csca_import(path, dir, pin, &error);
    const SaoyCscaFileReport *file;

    if (report == NULL)
        return saoy_cli_fail(path, error);
    file = report->files->pdata[0];
    if (json) {
        g_autoptr(SaoyJson) object = file_json(file);

        saoy_cli_json(object);
    } else {
        print_file(file);
        print_countries(&file->count);
    }
    return file->used ? SAOY_EXIT_OK : SAOY_EXIT_UNDECIDED;
}

int
saoy_card_cmd_trust(int argc, char **argv)
{
    g_autofree char *import = NULL;
    g_autofree char *pin = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "import", 0, 0, G_OPTION_ARG_FILENAME, &import,
          N_("check this master list and lay it into the folder"), N_("FILE") },
        { "pin", 0, 0, G_OPTION_ARG_STRING, &pin,
          N_("the list's SHA-256 as you know it from its publisher; vouches for it"),
          N_("HEX") },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("one JSON object on stdout"), NULL },
        { NULL },
    };
    int ended = 0;

    if (!saoy_cli_options(&argc, &argv, entries, N_("FOLDER"),
                          N_("Says whose chips are believed, and why a file is not."), 1, 1,
                          &ended))
        return ended;
    if (pin != NULL && (import == NULL || strlen(pin) != 64))
        return saoy_cli_usage(_("%s needs %s"), "--pin HEX", "--import FILE, 64 × 0-9a-f");
    return import != NULL ? import_list(import, argv[1], pin, json)
                          : report_store(argv[1], json);
}

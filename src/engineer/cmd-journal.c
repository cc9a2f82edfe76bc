/* saoy journal check|show: the hash chain of the kiosk's journal. */
#include "engineer.h"

#include "flow/config.h"
#include "store/journal.h"

#include <glib/gi18n.h>

static int
check(const char *path, bool json)
{
    g_autoptr(SaoyJson) out = saoy_json_object();
    g_autoptr(GError) error = NULL;
    uint64_t entries = 0;
    bool whole = saoy_journal_check(path, &entries, &error);

    /* a chain that breaks is an answer; a file that is not there, or is no journal, is none
     */
    if (!whole && !g_error_matches(error, SAOY_ERROR, SAOY_ERROR_UNTRUSTED))
        return saoy_cli_fail(path, error);
    if (!json && !whole)
        return saoy_cli_fail(path, error);
    if (!json) {
        g_autofree char *count = g_strdup_printf("%" G_GUINT64_FORMAT, entries);
        g_print(_("%s: the chain holds, %s entries"), path, count);
        g_print("\n");
        return SAOY_EXIT_OK;
    }
    saoy_json_set_string(out, "file", path);
    saoy_json_set_bool(out, "whole", whole);
    if (whole)
        saoy_json_set_int(out, "entries", (int64_t)entries);
    else
        saoy_json_set_string(out, "reason", error->message);
    saoy_cli_json(out);
    return whole ? SAOY_EXIT_OK : SAOY_EXIT_NO;
}

static bool
on_entry(const SaoyJson *entry, void *user)
{
    SaoyJson *list = user;
    g_autofree char *line = NULL;

    if (list != NULL) {
        saoy_json_append(list, saoy_json_ref((SaoyJson *)entry));
        return true;
    }
    line = saoy_json_print(entry);
    g_print("%s\n", line);
    return true;
}

static int
show(const char *path, bool json)
{
    g_autoptr(SaoyJson) list = json ? saoy_json_array() : NULL;
    g_autoptr(SaoyJson) out = saoy_json_object();
    g_autoptr(GError) error = NULL;

    if (!saoy_journal_each(path, on_entry, list, &error))
        return saoy_cli_fail(path, error);
    if (!json)
        return SAOY_EXIT_OK;
    saoy_json_set(out, "entries", g_steal_pointer(&list));
    saoy_cli_json(out);
    return SAOY_EXIT_OK;
}

/* --file, else the journal of the kiosk that --config describes. */
static char *
find_journal(char *file, const char *config_file, GError **error)
{
    g_autoptr(SaoyKioskConfig) config = NULL;

    if (file != NULL)
        return g_strdup(file);
    config = saoy_kiosk_config_read(config_file, error);
    if (config == NULL)
        return NULL;
    return g_build_filename(config->data_dir, "journal.jsonl", NULL);
}

int
saoy_cmd_journal(int argc, char **argv)
{
    g_autofree char *file = NULL;
    g_autofree char *config = NULL;
    gboolean json = FALSE;
    const GOptionEntry entries[] = {
        { "file", 0, 0, G_OPTION_ARG_FILENAME, &file, N_("the journal itself"),
          N_("FILE") },
        { "config", 0, 0, G_OPTION_ARG_FILENAME, &config,
          N_("the kiosk's configuration, which names its data folder"), N_("FILE") },
        { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("one JSON object on stdout"), NULL },
        { NULL },
    };
    g_autoptr(GError) error = NULL;
    int ended = 0;

    if (!saoy_cli_options(&argc, &argv, entries, N_("check|show"),
                          N_("Checks the journal's hash chain, or prints its entries."), 1,
                          1, &ended))
        return ended;

    bool checks = g_str_equal(argv[1], "check");
    if (!checks && !g_str_equal(argv[1], "show"))
        return saoy_cli_usage(_("journal %s is not known; see saoy journal --help"),
                              argv[1]);
    g_autofree char *path = find_journal(file, config, &error);
    if (path == NULL)
        return saoy_cli_fail(config, error);
    return checks ? check(path, json) : show(path, json);
}

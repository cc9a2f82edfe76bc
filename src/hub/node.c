#include "node.h"

#include "core/clock.h"

bool
saoy_node_open(SaoyNode *node, const SaoyHubConfig *config, const SaoyKeys *keys,
               SaoyBlobs *blobs, GError **error)
{
    g_autofree char *key_file = saoy_hub_config_path(config, config->vault_key);
    g_autofree char *address = g_str_equal(config->records_driver, "sqlite")
                                   ? saoy_hub_config_path(config, config->records_address)
                                   : g_strdup(config->records_address);

    *node = (SaoyNode){ .config = config, .keys = keys, .blobs = blobs };
    node->vault = saoy_vault_open(key_file, error);
    if (node->vault == NULL)
        return false;
    node->records = saoy_records_open(config->records_driver, address, error);
    return node->records != NULL;
}

void
saoy_node_close(SaoyNode *node)
{
    g_clear_pointer(&node->records, saoy_records_close);
    g_clear_pointer(&node->vault, saoy_vault_close);
}

bool
saoy_node_audit(SaoyNode *node, const char *who, const char *what, const char *subject,
                const char *note, GError **error)
{
    return saoy_records_run(node->records,
                            "INSERT INTO audit (at, who, what, subject, note) "
                            "VALUES (?, ?, ?, ?, ?)",
                            error, "itttt", saoy_clock_wall_us(), who, what, subject, note);
}

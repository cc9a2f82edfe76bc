#include "config.h"

#include "core/error.h"

#include <string.h>

static const char *const key_files_words[] = { "none", "insecure", NULL };

#define AT(member) offsetof(SaoyHubConfig, member)

/* clang-format off */
static const SaoyConfigKey keys[] = {
    { "hub", "unit", SAOY_CONFIG_STRING, AT(unit), "H26.132" },
    { "hub", "agency", SAOY_CONFIG_STRING, AT(agency), "TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG THÀNH PHỐ HÀ NỘI" },
    { "hub", "office", SAOY_CONFIG_STRING, AT(office), "Trung tâm Phục vụ hành chính công thành phố Hà Nội" },
    { "hub", "owner", SAOY_CONFIG_STRING, AT(owner), "TTPVHCC" },
    { "hub", "workers", SAOY_CONFIG_INT, AT(workers), "3", .min = 1, .max = 64 },
    { "api", "listen", SAOY_CONFIG_STRING, AT(api_listen), "127.0.0.1" },
    { "api", "port", SAOY_CONFIG_INT, AT(api_port), "8443", .min = 0, .max = 65535 },
    { "api", "cert", SAOY_CONFIG_STRING, AT(api_cert), "pki/tls.crt" },
    { "api", "key", SAOY_CONFIG_STRING, AT(api_key), "pki/tls.key" },
    { "api", "ca", SAOY_CONFIG_STRING, AT(api_ca), "pki/root.crt" },
    { "api", "denied", SAOY_CONFIG_STRING, AT(api_denied), "" },
    { "public", "listen", SAOY_CONFIG_STRING, AT(public_listen), "127.0.0.1" },
    { "public", "port", SAOY_CONFIG_INT, AT(public_port), "8080", .min = 0, .max = 65535 },
    { "public", "tls", SAOY_CONFIG_BOOL, AT(public_tls), "false" },
    { "public", "url", SAOY_CONFIG_STRING, AT(public_url), "http://localhost:8080" },
    { "records", "driver", SAOY_CONFIG_STRING, AT(records_driver), "sqlite" },
    { "records", "address", SAOY_CONFIG_STRING, AT(records_address), "hub.db" },
    { "blobs", "driver", SAOY_CONFIG_STRING, AT(blobs_driver), "dir" },
    { "blobs", "address", SAOY_CONFIG_STRING, AT(blobs_address), "blobs" },
    { "register", "book", SAOY_CONFIG_STRING, AT(book), "01/{year}-SCTĐT/BS" },
    { "keys", "files", SAOY_CONFIG_WORD, AT(key_files), "none", .words = key_files_words },
    { "keys", "folder", SAOY_CONFIG_STRING, AT(pki), "pki" },
    { "keys", "vault", SAOY_CONFIG_STRING, AT(vault_key), "vault.key" },
    { "keys", "officer", SAOY_CONFIG_STRING, AT(officer_signer), "" },
    { "keys", "agency", SAOY_CONFIG_STRING, AT(agency_signer), "" },
    { "keys", "seal", SAOY_CONFIG_STRING, AT(seal_signer), "" },
    { "trust", "official_roots", SAOY_CONFIG_STRING, AT(official_roots), "" },
    { "issue", "lease_s", SAOY_CONFIG_INT, AT(lease_s), "120", .min = 1, .max = 3600 },
    { "issue", "unsubmitted_s", SAOY_CONFIG_INT, AT(unsubmitted_s), "3600", .min = 1, .max = 86400 },
    { "issue", "token_s", SAOY_CONFIG_INT, AT(token_s), "3600", .min = 1, .max = 86400 },
    { "issue", "retry_s", SAOY_CONFIG_INT, AT(retry_s), "600", .min = 1, .max = 86400 },
    { "issue", "renew_days", SAOY_CONFIG_INT, AT(renew_days), "180", .min = 1, .max = 3650 },
    { "tsa", "url", SAOY_CONFIG_STRING, AT(tsa_url), "" },
    { "tsa", "policy", SAOY_CONFIG_STRING, AT(tsa_policy), "" },
    { "tsa", "timeout_s", SAOY_CONFIG_INT, AT(tsa_timeout_s), "10", .min = 1, .max = 120 },
    { "mail", "url", SAOY_CONFIG_STRING, AT(mail_url), "" },
    { "mail", "user", SAOY_CONFIG_STRING, AT(mail_user), "" },
    { "mail", "password", SAOY_CONFIG_STRING, AT(mail_password), "", .secret = true },
    { "mail", "from", SAOY_CONFIG_STRING, AT(mail_from), "saoy@localhost" },
    { "mail", "ca", SAOY_CONFIG_STRING, AT(mail_ca), "" },
    { "mail", "tls", SAOY_CONFIG_BOOL, AT(mail_tls), "true" },
};
/* clang-format on */

SaoyHubConfig *
saoy_hub_config_read(const char *dir, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "hub.conf", NULL);
    g_autoptr(SaoyHubConfig) config = g_new0(SaoyHubConfig, 1);

    if (!saoy_config_read(path, keys, G_N_ELEMENTS(keys), config, error))
        return NULL;
    if (strstr(config->book, "{year}") == NULL) /* numbers start at 1 each year */
        return saoy_null(error, SAOY_ERROR_MALFORMED,
                         "[register] book = %s does not name the {year}", config->book);
    config->dir = g_canonicalize_filename(dir, NULL);
    while (g_str_has_suffix(config->public_url, "/"))
        config->public_url[strlen(config->public_url) - 1] = '\0';
    return g_steal_pointer(&config);
}

void
saoy_hub_config_free(SaoyHubConfig *config)
{
    if (config == NULL)
        return;
    saoy_config_clear(keys, G_N_ELEMENTS(keys), config);
    g_free(config->dir);
    g_free(config);
}

char *
saoy_hub_config_path(const SaoyHubConfig *config, const char *path)
{
    return g_canonicalize_filename(path, config->dir);
}

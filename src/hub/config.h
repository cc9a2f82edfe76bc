#pragma once
#include "core/config.h"

/* DIR/hub.conf. Const after reading; relative paths are below DIR. */
typedef struct {
    char *dir;
    char *unit, *agency, *office, *owner;           /* [hub] */
    char *api_listen, *api_cert, *api_key, *api_ca; /* [api] */
    char *api_denied; /* [api] denied: SHA-256 of client certificates, apart by spaces */
    int api_port;
    char *public_listen, *public_url; /* [public]; url: what stands in links and QR codes */
    int public_port;
    bool public_tls;
    char *records_driver, *records_address; /* [records] */
    char *blobs_driver, *blobs_address;     /* [blobs] */
    char *book;                             /* [register] book: {year} is filled in */
    int key_files;                          /* [keys] files: none|insecure */
    char *pki, *vault_key;                  /* [keys] folder, vault */
    char *officer_signer,
        *agency_signer;                  /* [keys] officer agency seal: a provider's file */
    char *seal_signer;                   /* (signature/signer.h); "": key files */
    char *official_roots;                /* [trust] */
    int lease_s, unsubmitted_s, token_s; /* [issue] lease_s unsubmitted_s token_s */
    char *tsa_url, *tsa_policy; /* [tsa] url: empty: the hub's own; policy: to insist on */
    int tsa_timeout_s;          /* [tsa] timeout_s */
    int retry_s;                /* [issue] retry_s: until a copy below B-LTA is lifted */
    int renew_days; /* [issue] renew_days: before the last time stamp's certificate ends */
    int workers;
    char *mail_url, *mail_user, *mail_password, *mail_from, *mail_ca; /* [mail] */
    bool mail_tls;
} SaoyHubConfig;

SaoyHubConfig *saoy_hub_config_read(const char *dir, GError **error);
void saoy_hub_config_free(SaoyHubConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyHubConfig, saoy_hub_config_free)

/* A path of the configuration, absolute. Free with g_free. */
char *saoy_hub_config_path(const SaoyHubConfig *config, const char *path);

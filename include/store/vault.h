#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* Seals personal data at rest: AES-256-GCM under a data key kept in a key file (0600). The
 * purpose is bound as additional data. Errors: FAILED (file, OpenSSL), MALFORMED (a key
 * file of another size). One thread at a time. */
typedef struct SaoyVault SaoyVault;
SaoyVault *saoy_vault_open(const char *key_file, GError **error); /* makes it when absent */
void saoy_vault_close(SaoyVault *vault);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyVault, saoy_vault_close)
GBytes *saoy_vault_seal(SaoyVault *vault, const char *purpose, SaoyView plain,
                        GError **error);
GBytes *saoy_vault_open_sealed(SaoyVault *vault, const char *purpose, SaoyView sealed,
                               GError **error); /* UNTRUSTED when it was changed */

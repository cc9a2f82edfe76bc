#pragma once
#include "core/ossl.h"
#include "lds.h"

/* A test issuer: CSCA certificate and key, and security objects signed under it. */
typedef struct {
    X509 *certificate;
    EVP_PKEY *key;
} SaoyIssuer;

void saoy_issuer_clear(SaoyIssuer *issuer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyIssuer, saoy_issuer_clear)

bool saoy_issuer_new(const char *name, SaoyIssuer *out, GError **error);

/* csca.der and csca.key of a folder: read when both are there, else made and written. */
bool saoy_issuer_of_folder(const char *folder, SaoyIssuer *out, GError **error);

/* EF.SOD over groups[1..16] (data NULL: absent), by a fresh document signer of the issuer.
 */
GBytes *saoy_sod_sign(const SaoyIssuer *issuer, const SaoyView groups[SAOY_GROUP_MAX + 1],
                      GError **error);

/* EF.CardSecurity over SecurityInfos, in the same way. */
GBytes *saoy_card_security_sign(const SaoyIssuer *issuer, SaoyView infos, GError **error);

#pragma once
#include "core/ossl.h"
#include "lds.h"

/* A test issuer: CSCA certificate and key, document signers under it, what they sign
 * (persona-sign.c), and its revocation list. */
typedef struct {
    X509 *certificate;
    EVP_PKEY *key;
} SaoyIssuer;

void saoy_issuer_clear(SaoyIssuer *issuer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyIssuer, saoy_issuer_clear)

bool saoy_issuer_new(const char *name, SaoyIssuer *out, GError **error);

/* csca.der and csca.key of a folder: read when both are there, else made and written. */
bool saoy_issuer_of_folder(const char *folder, SaoyIssuer *out, GError **error);

/* How a document signer is made and signs. All zero: as it should be. */
typedef enum {
    SAOY_SIGNS_ECDSA, /* brainpoolP256r1 */
    SAOY_SIGNS_RSA,   /* 2048 bits, PKCS #1 */
    SAOY_SIGNS_PSS,   /* 2048 bits */
    SAOY_SIGNS_N
} SaoySigns;

typedef struct {
    SaoySigns kind;
    int digest;         /* NID, of the hash list too; 0: NID_sha256; NID_sha1 is one */
    int from_day, days; /* valid from day (0: yesterday) for days (0: eleven years), in days
                           from now: { .from_day = -400, .days = 365 } has expired */
} SaoySignerPlan;

/* Document signer of the issuer. plan: NULL as it should be. Takes CPU time for RSA. */
bool saoy_document_signer_new(const SaoyIssuer *issuer, const SaoySignerPlan *plan,
                              SaoyIssuer *out, GError **error);

/* EF.SOD over groups[1..16] (data NULL: absent), by this document signer. */
GBytes *saoy_sod_sign_by(const SaoyIssuer *signer, const SaoySignerPlan *plan,
                         const SaoyView groups[SAOY_GROUP_MAX + 1], GError **error);

/* Writes csca.crl in the folder: the issuer's revocation list that names this certificate
 * (NULL: nobody), from now for thirty days. */
bool saoy_crl_write(const char *folder, const SaoyIssuer *issuer, X509 *revoked,
                    GError **error);

/* EF.SOD in the same way, by a fresh document signer of the issuer. */
GBytes *saoy_sod_sign(const SaoyIssuer *issuer, const SaoyView groups[SAOY_GROUP_MAX + 1],
                      GError **error);

/* EF.CardSecurity over SecurityInfos, by a fresh document signer of the issuer. */
GBytes *saoy_card_security_sign(const SaoyIssuer *issuer, SaoyView infos, GError **error);

#pragma once
#include "signer-driver.h"

/* A token or HSM by PKCS #11 v2.40, called directly. */
typedef struct SaoyToken SaoyToken;

/* What says where a key is. Texts are borrowed for the time of the token. */
typedef struct {
    const char *module;       /* path of the shared library */
    const char *token;        /* its label; "" the only one there */
    const char *key;          /* CKA_LABEL; "" the credential's id */
    const char *key_id;       /* CKA_ID, hex; "" any */
    const char *certificates; /* PEM, signer first; a folder: <credential>.crt in it; NULL:
                               * those on the token */
    GBytes *pin;              /* NULL: the token asks for none */
} SaoyTokenAddress;

/* Loads the module, opens a session and logs in. Takes a reference of pin. NO_MEDIA no such
 * module; OFFLINE no such token; REFUSED the PIN: tried once, for a token counts. */
SaoyToken *saoy_token_open(const SaoyTokenAddress *address, GError **error);
void saoy_token_close(SaoyToken *token);

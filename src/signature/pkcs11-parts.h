#pragma once
#include "pkcs11.h"

#include <p11-kit/pkcs11.h>

struct SaoyToken {
    char *module, *label, *key, *key_id, *certificates;
    GBytes *pin;
    void *library;
    CK_FUNCTION_LIST_PTR call;
    CK_SESSION_HANDLE session; /* 0: none */
};

/* FAILED "what: CKR_…" (a number), OFFLINE when the token has gone. Returns false. */
bool saoy_token_fail(CK_RV rv, const char *what, GError **error);

/* Was it only that the session or the login is no more? */
bool saoy_token_lost(CK_RV rv);

/* Session and login, anew. */
bool saoy_token_log_in(SaoyToken *token, GError **error);

/* The private key of that id, or of the configured label and CKA_ID. NO_MEDIA; FAILED when
 * several answer to it. out_rv: why a search failed, for saoy_token_lost. */
bool saoy_token_find_key(SaoyToken *token, const char *credential, CK_OBJECT_HANDLE *out,
                         CK_RV *out_rv, GError **error);

/* X.509 certificates with that label, or all; array of GBytes DER. */
GPtrArray *saoy_token_certificates(SaoyToken *token, const char *label, GError **error);

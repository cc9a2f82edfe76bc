#pragma once
#include "csc-call.h"
#include "signer-driver.h"

/* Signing at a service of the CSC family. */
typedef struct {
    SaoyCsc *csc;
    SaoyHttp *http;         /* its own, or NULL: csc is borrowed */
    SaoyCscProfile profile; /* where http is its own */
    GPtrArray *texts;       /* what profile points at */
} SaoyCscSigner;

void saoy_csc_signer_free(SaoyCscSigner *self);

/* Request bodies in the profile's words. NULL: the members' file is no JSON object. */
SaoyJson *saoy_csc_authorize_body(const SaoyCsc *csc, const SaoySigningRun *run,
                                  GError **error);
SaoyJson *saoy_csc_sign_body(const SaoyCsc *csc, const SaoySigningRun *run, const char *sad,
                             GError **error);
/* {key: value, clientData}: authorizeCheck and signPolling. */
SaoyJson *saoy_csc_ask_body(const SaoyCsc *csc, const SaoySigningRun *run, const char *key,
                            const char *value, GError **error);

#pragma once
#include "signature/signer.h"

/* What a provider is to signer.c, its only caller. */

/* How far the signing of one hash is. Journalled before the step that it names. */
typedef enum {
    SAOY_SIGNING_NEW,     /* nothing asked, or surely refused: start */
    SAOY_SIGNING_CONFIRM, /* a person must confirm; nothing can be signed yet: poll */
    SAOY_SIGNING_ASKED,   /* the request that signs is on its way, its fate unknown */
    SAOY_SIGNING_PENDING, /* the provider has it: poll */
    SAOY_SIGNING_DONE,    /* the signature stands beside */
    SAOY_SIGNING_N
} SaoySigningStage;

typedef struct {
    const SaoySigning *asked;
    const char *credential; /* the provider's id of the key */
    GBytes *certificate;    /* pinned, borrowed */
    int64_t deadline_us;
    SaoySigningStage stage;
    char *handle;      /* CONFIRM, PENDING */
    int64_t until_s;   /* ASKED before: whoever asked may wait till then, wall clock */
    GBytes *signature; /* set by the driver, as it came; signer.c verifies it */
    char *text;        /* as journalled */
} SaoySigningRun;

/* Journals the stage, then it holds. Nothing that can sign is sent before ASKED is noted;
 * a handle is noted before it is polled; NEW when the provider surely did not sign. */
bool saoy_signing_note(SaoySigningRun *run, SaoySigningStage stage, const char *handle,
                       GError **error);

/* A key and its chain (GBytes DER, signer first). */
typedef struct {
    char *id;
    GPtrArray *chain;
} SaoySignerKey;
/* Takes both. */
SaoySignerKey *saoy_signer_key_new(char *id, GPtrArray *chain);
void saoy_signer_key_free(void *key);

/* Each blocks, until run->deadline_us at most. start: from NEW (or ASKED where a repetition
 * is harmless) as far as it goes without waiting. poll: one look, from CONFIRM or PENDING;
 * not ready is true with the stage as it was. cancel: see saoy_signer_cancel. */
typedef struct {
    const char *name;
    /* keys whose id is credential, NULL: all; array of SaoySignerKey; NO_MEDIA none */
    GPtrArray *(*certificates)(void *self, const char *credential, GCancellable *cancel,
                               GError **error);
    bool (*start)(void *self, SaoySigningRun *run, GCancellable *cancel, GError **error);
    bool (*poll)(void *self, SaoySigningRun *run, GCancellable *cancel, GError **error);
    bool (*cancel)(void *self, const SaoySigningRun *run, GError **error);
    void (*close)(void *self);
} SaoySignerDriver;

extern const SaoySignerDriver saoy_signer_csc;    /* self: SaoyCscSigner of csc-signer.h */
extern const SaoySignerDriver saoy_signer_pkcs11; /* self: SaoyToken of pkcs11.h */

struct SaoySigner {
    const SaoySignerDriver *driver;
    void *self;
    char *credential;    /* the provider's id where it is configured, or NULL */
    unsigned patience_s; /* 0: the caller's */
    bool repeats;        /* asked again under the same tag it gives the same signature */
    bool by_name;        /* the provider knows keys by our own ids */
    GHashTable *keys;    /* our credential id -> SaoySignerKey, pinned */
};

/* Takes self. */
SaoySigner *saoy_signer_new(const SaoySignerDriver *driver, void *self);

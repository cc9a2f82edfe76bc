#pragma once
#include "config.h"
#include "hsm.h"

#include "hub/blobs.h"
#include "hub/records.h"

#include "store/vault.h"

/* What one worker of the hub works with. Its records and vault are its own; the rest is
 * shared and const or safe from any thread. */
typedef struct {
    const SaoyHubConfig *config;
    const SaoyKeys *keys;
    SaoyBlobs *blobs;
    SaoyRecords *records;
    SaoyVault *vault;
    void (*changed)(void *user, const char *dossier); /* wakes long polls; any thread */
    void *user;
    int64_t swept_us; /* the finisher's: when it last looked for old dossiers */
} SaoyNode;

bool saoy_node_open(SaoyNode *node, const SaoyHubConfig *config, const SaoyKeys *keys,
                    SaoyBlobs *blobs, GError **error);
void saoy_node_close(SaoyNode *node); /* its own things only */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyNode, saoy_node_close)

/* Who did what to which id; never a name or number. Within the open transaction if any. */
bool saoy_node_audit(SaoyNode *node, const char *who, const char *what, const char *subject,
                     const char *note, GError **error);

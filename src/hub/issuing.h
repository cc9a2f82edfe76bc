#pragma once
#include "document/record.h"
#include "node.h"

/* Who finishes an approved document, and the steps on the way: lease and fence, prepared/1
 * and /2, signatures. The kiosk reaches them by HTTP, the hub's own finisher directly.
 * REFUSED messages begin with the word the protocol answers: "fence:", "differs:",
 * "lease:". */

/* out_dossier and *out_n: where the copy is. NO_MEDIA. Free with g_free. */
bool saoy_copy_find(SaoyNode *node, const char *copy_id, char **out_dossier,
                    unsigned *out_n, GError **error);
SaoyApproval *saoy_issuing_approval(SaoyNode *node, const char *dossier, unsigned n,
                                    GError **error);

/* Takes it unless another holds it and its time is not over; every taking has a new fence.
 */
bool saoy_lease_take(SaoyNode *node, const char *dossier, unsigned n, const char *holder,
                     int64_t *out_fence, int64_t *out_until_us, GError **error);
bool saoy_lease_renew(SaoyNode *node, const char *dossier, unsigned n, const char *holder,
                      int64_t fence, int64_t *out_until_us, GError **error);
bool saoy_lease_release(SaoyNode *node, const char *dossier, unsigned n, const char *holder,
                        int64_t fence, GError **error);
bool saoy_lease_check(SaoyNode *node, const char *dossier, unsigned n, const char *holder,
                      int64_t fence, GError **error);

/* The hub's own prepared/1: composed once, then kept. */
GBytes *saoy_issuing_base(SaoyNode *node, const char *dossier, unsigned n, GError **error);

/* Who finishes a document now. The fence is looked at again in the transaction of each
 * deed: who was overtaken meanwhile changes nothing. */
typedef struct {
    const char *dossier;
    unsigned n;
    const char *holder;
    int64_t fence;
} SaoyTurn;
bool saoy_turn_check(SaoyNode *node, const SaoyTurn *turn, GError **error);

/* part 1: must equal the hub's own byte for byte. part 2: the officer's signature embedded,
 * else the same. Afterwards the hash that signer may sign is known. */
bool saoy_issuing_prepared(SaoyNode *node, const SaoyTurn *turn, unsigned part, GBytes *pdf,
                           GError **error);
/* The signature value that was given under that tag, or NULL with *error NULL: none. */
GBytes *saoy_issuing_given(SaoyNode *node, const char *copy_id, unsigned signer,
                           GError **error);

/* The signature under tag "<copy id>/<signer 1|2>": the hash must be that of a prepared,
 * approved document. The same tag and hash always give the same answer. out_response_id
 * (may be NULL): free with g_free. */
GBytes *saoy_issuing_sign(SaoyNode *node, const char *tag, const char *credential,
                          const uint8_t hash[32], char **out_response_id, GError **error);
/* May this hash be signed under this tag now? */
bool saoy_issuing_may_sign(SaoyNode *node, const char *tag, const char *credential,
                           const uint8_t hash[32], GError **error);

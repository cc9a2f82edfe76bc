#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* Append-only Merkle log with the hashes of RFC 6962, 2.1. What is stored are the hashes of
 * complete subtrees: node (level, place) covers leaves [place·2^level, (place+1)·2^level).
 */
typedef struct {
    bool (*get)(void *user, unsigned level, uint64_t place, uint8_t out[32],
                GError **error);
    bool (*put)(void *user, unsigned level, uint64_t place, const uint8_t hash[32],
                GError **error);
    void *user;
} SaoyTlogStore;

#define SAOY_TLOG_LEVELS 48

/* SHA-256(00 ‖ entry). */
void saoy_tlog_leaf(SaoyView entry, uint8_t out[32]);

/* Appends leaf number `size` (the log's present size), at most SAOY_TLOG_LEVELS puts. */
bool saoy_tlog_append(const SaoyTlogStore *store, uint64_t size, const uint8_t leaf[32],
                      GError **error);

/* The tree's head at that size: SHA-256("") when empty. */
bool saoy_tlog_root(const SaoyTlogStore *store, uint64_t size, uint8_t out[32],
                    GError **error);

/* Audit path of one leaf in the tree of that size, nearest sibling first; 32 bytes each. */
bool saoy_tlog_proof(const SaoyTlogStore *store, uint64_t index, uint64_t size,
                     GByteArray *out, GError **error);

/* Does the path lead from the leaf to the root? (RFC 9162, 2.1.3.2) */
bool saoy_tlog_check(uint64_t index, uint64_t size, const uint8_t leaf[32], SaoyView proof,
                     const uint8_t root[32]);

#pragma once
#include "core/json.h"
#include "issuing.h"

/* Keep, find, prove. */

/* The final file of an approved document: prepared/2 with the agency's signature, behind it
 * nothing but what saoy_copy_issue writes there (saoy_copy_check_later). Archived, logged,
 * registered, mail queued; the document is issued. Answer: {sha256, log_index, tree_size,
 * root, proof[]}. */
SaoyJson *saoy_archive_put(SaoyNode *node, const SaoyTurn *turn, GBytes *pdf,
                           GError **error);
/* The answer of a file that is archived already; NULL with *error NULL: it is not.
 * copy_id: of this copy, or NULL. */
SaoyJson *saoy_archive_answer(SaoyNode *node, const char *sha256, const char *copy_id,
                              GError **error);

/* The newest archived file of a copy. */
GBytes *saoy_archive_get(SaoyNode *node, const char *copy_id, GError **error);

/* Copies whose last time stamp ends soon, or that were archived below B-LTA, get a further
 * revision. A few at a time; what cannot be had now is tried again later. */
bool saoy_archive_renew(SaoyNode *node, GError **error);

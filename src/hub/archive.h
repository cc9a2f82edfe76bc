#pragma once
#include "core/json.h"
#include "node.h"

/* Keep, find, prove. */

/* The final file of an approved document: prepared/2 with the agency's signature, plus
 * lawful later revisions. Archived, logged, registered, mail queued; the document is
 * issued. Answer: {sha256, log_index, tree_size, root, proof[]}. Again with the same file:
 * the same answer. */
SaoyJson *saoy_archive_put(SaoyNode *node, const char *dossier, unsigned n, GBytes *pdf,
                           GError **error);
/* The answer of a file that is archived already; NULL with *error NULL: it is not. */
SaoyJson *saoy_archive_answer(SaoyNode *node, const char *sha256, GError **error);

/* The newest archived file of a copy. */
GBytes *saoy_archive_get(SaoyNode *node, const char *copy_id, GError **error);

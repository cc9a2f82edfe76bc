#pragma once
#include "approval.h"
#include "archive.h"

/* What the archive's files share: what comes in (archive.c), the log (archive-log.c), what
 * must be stamped anew (archive-renew.c). */
static inline int64_t
saoy_archive_retry_us(const SaoyNode *node)
{
    return node->config->retry_s * (int64_t)G_USEC_PER_SEC;
}

/* What the register keeps of a revision besides its bytes. */
typedef struct {
    char level[16];   /* "B-B" … "B-LTA": the lower of the two signatures' */
    int64_t renew_at; /* wall time; 0: not this one */
} SaoyStanding;

/* Our validator on the whole file. longer: what follows the agency's signature is lawful
 * beyond doubt; else nothing follows. UNTRUSTED. */
bool saoy_archive_check(SaoyNode *node, const SaoyApproval *approval, GBytes *pdf,
                        bool longer, SaoyStanding *out, GError **error);

/* Within the open transaction: the log, the register's row. */
bool saoy_archive_add(SaoyNode *node, const char *copy_id, GBytes *pdf, const char *sha256,
                      const SaoyStanding *standing, GError **error);

/* A log entry is the archived file's SHA-256: what it says can be checked by who has the
 * file, and says nothing to who has not. */
bool saoy_archive_log(SaoyNode *node, GBytes *pdf, uint64_t *out_index, GError **error);

#pragma once
#include "document/pdf-write.h"
#include "issue/issue.h"

/* What the files of this folder share. */
extern const char *const saoy_signer_fields[SAOY_SIGNER_N];

/* The bytes of the field's /Contents, hex decoded. MALFORMED. */
GBytes *saoy_contents_of(GBytes *pdf, const SaoySignatureSpace *space, GError **error);

/* Our validator on the finished file: the two signatures and nothing else, as they must be.
 */
bool saoy_copy_self_check(GBytes *pdf, const SaoyApproval *approval, GError **error);

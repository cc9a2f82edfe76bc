#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* Signature placeholders and incremental revisions of files we composed. */
typedef struct {
    size_t range[4];      /* /ByteRange */
    size_t contents_at;   /* offset of '<' */
    size_t contents_size; /* bytes the hex string holds */
} SaoySignatureSpace;

/* Where field's signature is; NO_MEDIA when the field has no /V. */
bool saoy_pdf_signature_space(GBytes *pdf, const char *field, SaoySignatureSpace *out,
                              GError **error);

/* SHA-256 over the two ranges: what messageDigest must be. */
bool saoy_pdf_range_digest(GBytes *pdf, const SaoySignatureSpace *space, uint8_t out[32],
                           GError **error);

/* The same file with cms in field's /Contents, zero padded. MALFORMED when it does not fit.
 */
GBytes *saoy_pdf_fill(GBytes *pdf, const char *field, SaoyView cms, GError **error);

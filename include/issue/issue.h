#pragma once
#include "document/compose.h"
#include "signature/dss.h"

#include <gio/gio.h>

/* Composing, signing and archiving one approved document is this one procedure, run by the
 * kiosk while the citizen waits and by the hub for everything else. */

/* The file saoy_copy_issue starts from: makes both QR matrices, reads the JPEGs' headers,
 * composes prepared/1. UNTRUSTED when approval->templates or ->composer are not ours. */
GBytes *saoy_copy_prepare(GBytes *const *jpegs, const SaoyWords *words,
                          const SaoyBox *free_boxes, const int *dpi, size_t n_pages,
                          const SaoyApproval *approval, GError **error);

/* The hash signer n (0 officer, 1 agency) must sign in that prepared file: SHA-256 of the
 * DER signedAttrs over its /ByteRange. For n = 1 the officer's CMS must stand in the file.
 */
bool saoy_copy_hash(GBytes *prepared, unsigned signer, SaoyView certificate,
                    uint8_t out[32], GError **error);

/* Checks product.md §6 `prepared/2`: filled equals base outside the signer's /Contents, and
 * inside stands, byte for byte, what saoy_cms_build makes of its signature value and chain
 * (array of GBytes DER, the pinned certificate first): exactly our attributes, no other
 * certificate, nothing unsigned but the time stamp. recorded: the signature value that was
 * given away for it; NULL: any that is valid under the pinned certificate. stamp: the token
 * that was given away for it, which must stand there; NULL: none may. UNTRUSTED else. */
bool saoy_copy_check_filled(GBytes *base, GBytes *filled, unsigned signer,
                            const SaoyCredential *credential, GPtrArray *chain,
                            GBytes *recorded, GBytes *stamp, GError **error);

/* first: the file as both signed it, with which pdf begins. Checks that behind it stands
 * nothing but what saoy_copy_issue writes there: a DSS, a document time stamp over it, each
 * byte as our own writer makes it again of the proofs and the token in it. REFUSED, or
 * MALFORMED or UNTRUSTED, else; so is a copy finished by a version that writes otherwise.
 */
bool saoy_copy_check_later(GBytes *first, GBytes *pdf, GError **error);

/* What the finisher reaches through callbacks. Each blocks and may be cancelled; n = 0
 * officer, 1 agency. A lease that was lost is REFUSED: issue stops at once. */
typedef struct {
    bool (*step)(void *user, const char *name,
                 GError **error); /* journal + keep the lease */
    bool (*prepared)(void *user, unsigned n, GBytes *pdf, GCancellable *cancel,
                     GError **error);
    GPtrArray *(*chain)(void *user, unsigned n, GCancellable *cancel, GError **error);
    GBytes *(*sign)(void *user, unsigned n, const uint8_t hash[32], GCancellable *cancel,
                    GError **error);
    bool (*archive)(void *user, GBytes *pdf, GCancellable *cancel, GError **error);
    /* A time stamp token over a SHA-256: of signer n's signature value, always the same one
     * for the same value; n = SAOY_SIGNER_N: of the whole file. NULL: no authority. */
    GBytes *(*stamp)(void *user, unsigned n, const uint8_t imprint[32],
                     GCancellable *cancel, GError **error);
    SaoyFetchFunc *fetch; /* OCSP answers, CRLs, issuers; NULL: no way to ask */
} SaoyIssueHooks;

/* base: from saoy_copy_prepare. Returns the final PDF, self-checked by our own validator.
 * The level is B-LTA, or the highest that could be reached: a time stamp authority or a
 * responder that is away or answers wrongly does not hold up the copy, and the step
 * "level/B-B" … "level/B-LTA" says which it became (docs/decisions/0006). A revoked
 * certificate does: UNTRUSTED. */
GBytes *saoy_copy_issue(GBytes *base, const SaoyApproval *approval,
                        const SaoyIssueHooks *hooks, void *user, GCancellable *cancel,
                        GError **error);

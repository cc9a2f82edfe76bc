#pragma once
#include "core/json.h"

/* The approval record of product.md §6: all that composing needs besides the pages. Made by
 * the hub in the transaction that records the approval; the same for kiosk and hub. */
typedef struct {
    char *id;                    /* CSC credentialID */
    char certificate_sha256[65]; /* of the DER, lower-case hex: pinned */
    int contents_bytes;          /* room for the CMS, before hex */
} SaoyCredential;

enum { SAOY_SIGNER_OFFICER, SAOY_SIGNER_AGENCY, SAOY_SIGNER_N };

typedef struct {
    int64_t approved_at_us; /* whole seconds */
    unsigned number;
    char *book; /* "01/2025-SCTĐT/BS" */
    char *copy_id, *token;
    char *link;  /* https://host/v/<copy id>?t=<token> */
    char *seal;  /* complete QR text: link#base64url(COSE_Sign1) */
    char *title; /* of the original, NFC */
    char *officer_name, *officer_title;
    char *agency;
    bool official;                   /* false: «MẪU» on every page */
    char *appearance[SAOY_SIGNER_N]; /* what the drawn signature shows, "text" for now */
    SaoyCredential credentials[SAOY_SIGNER_N];
    char templates[65]; /* SHA-256 of the template set */
    char *composer;     /* "saoy-compose/2" */
} SaoyApproval;

/* Strings are its own. From JSON: every member is required and bounded, MALFORMED names it.
 */
void saoy_approval_free(SaoyApproval *approval);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyApproval, saoy_approval_free)
SaoyJson *saoy_approval_to_json(const SaoyApproval *approval);
SaoyApproval *saoy_approval_from_json(const SaoyJson *json, GError **error);

#pragma once
#include "attest.h"

/* From libharu's file to ours: every object written again, fonts set right, and what
 * libharu does not know added: XMP, output intent, fields, signature placeholders. */
typedef struct {
    unsigned block_page;             /* index of the page with the attestation block */
    SaoyArea widgets[SAOY_SIGNER_N]; /* on it */
    double first_top, block_top;     /* upper edges: of the first page, of the block */
    size_t n_pages;                  /* of the copy; then one page a drawn signature */
} SaoyLayout;

GBytes *saoy_assemble(GBytes *drawn, SaoyCanvas *canvas, const SaoyTemplates *templates,
                      const SaoyApproval *approval, const SaoyLayout *layout,
                      GError **error);

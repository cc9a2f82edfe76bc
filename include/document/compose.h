#pragma once
#include "core/words.h"
#include "document/record.h"

/* Composition is a pure function: no clock, no configuration, no fontconfig. Same input,
 * same bytes (product.md §5). Any thread, several at a time. */
typedef struct {
    GBytes *jpeg; /* embedded verbatim */
    int width, height, channels, dpi;
    SaoyWords words;
    SaoyBox free_box; /* of the attestation; only the last page's counts */
} SaoyCopyPage;

typedef struct {
    int size;
    const uint8_t *modules; /* size x size, 1 = dark */
} SaoyMatrix;

typedef struct {
    const SaoyCopyPage *pages;
    size_t n_pages;
    const SaoyApproval *approval;
    SaoyMatrix link_qr, seal_qr;
} SaoyCopy;

#define SAOY_COPY_MAX_PAGES 500 /* scanned ones */
#define SAOY_COMPOSER "saoy-compose/2"
#define SAOY_FIELD_OFFICER "SaoY-Officer"
#define SAOY_FIELD_AGENCY "SaoY-Agency"

/* SHA-256 (hex) of the template set: models/templates/ and the two pinned Tinos files.
 * Computed once. OFFLINE with the file's name when one is absent or differs from its pin.
 */
const char *saoy_templates_digest(GError **error);

/* prepared/1: first revision with the certification signature's placeholder (DocMDP P=2)
 * and second revision in which the agency's pre-made field gains /V: both /ByteRange final,
 * both /Contents zero. MALFORMED pages or records that cannot be composed. */
GBytes *saoy_compose(const SaoyCopy *copy, GError **error);

/* SHA-256(d1‖d2‖…), di = SHA-256 of page i's JPEG file (product.md §5). */
void saoy_content_digest(GBytes *const *jpegs, size_t n, uint8_t out[32]);

/* Number of pages the file will have: scanned pages, plus one if the attestation needs one.
 */
unsigned saoy_copy_file_pages(const SaoyCopyPage *pages, size_t n_pages);

/* Which pixels of the last page the attestation block will cover; w 0: none, it gets a page
 * of its own. The officer is shown this before deciding. */
SaoyBox saoy_copy_block_box(const SaoyCopyPage *last);

#pragma once
#include "document/record.h"

/* The printed sheet: a second, unsigned A4 PDF from the signed file's own pictures and
 * record (product.md §5). printed_at_us and kiosk_id stand on it. Not deterministic by
 * need. MALFORMED when it is no file of ours. Any thread. */
typedef struct {
    const SaoyApproval *approval;
    const char *system, *owner, *kiosk_id;
    int64_t printed_at_us;
    const char *look_up; /* address in words */
} SaoyPrintNote;
GBytes *saoy_print_edition(GBytes *signed_pdf, const SaoyPrintNote *note, GError **error);

#pragma once
#include "document/record.h"
#include "pdf-build.h"

/* The first revision, with the officer's placeholder, and the second, in which the agency's
 * field gains /V. */
typedef struct {
    SaoyPdfBuilder *builder;
    const char *trailer;
    unsigned value;   /* reserved for the officer's signature dictionary */
    unsigned field;   /* the agency's field */
    char *field_text; /* as the second revision has it */
    const SaoyApproval *approval;
} SaoyTwoRevisions;

/* Number the agency's signature dictionary will have. */
unsigned saoy_two_revisions_value(const SaoyTwoRevisions *two);
GBytes *saoy_write_two_revisions(const SaoyTwoRevisions *two, GError **error);

/* What stands behind /ByteRange until the length of the revision is known. */
extern const char saoy_range_blank[];
/* Writes the range of the signature dictionary that starts at `at`: all of out but its hex,
 * which holds so many bytes. */
void saoy_range_set(GByteArray *out, size_t at, size_t contents_bytes);

#pragma once
#include "kinds.h"

/* What bar codes and machine readable zones say, as fields: array of SaoyField without
 * boxes, clear func set, in the order of trust (a zone has check digits, a code has none).
 * Names of a zone are in plain letters. */
GArray *saoy_machine_fields(const SaoyPageFacts *facts, size_t n_pages);

/* Text of one bar code: the QR of a CCCD or căn cước ("number|old|name|ddMMyyyy|sex|…",
 * domain.md §4.2), of a driving licence, or of a BHYT card (name as hex of UTF-8). Adds
 * nothing for any other. page from 0. */
void saoy_code_fields(const char *text, unsigned page, GArray *fields);

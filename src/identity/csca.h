#pragma once
#include "core/ossl.h"
#include "identity/reader.h"
#include "lds.h"

/* Passive authentication (ICAO 9303-11, 5.1): raw bytes of what was read against the
 * security object, its signature, and its signer against the directory of CSCA
 * certificates. */
typedef struct {
    GBytes *sod;                        /* EF.SOD as read */
    GBytes *groups[SAOY_GROUP_MAX + 1]; /* the data groups as read; NULL: not read */
} SaoyLdsFiles;

/* *out_reason: static English text, "" when DONE. Wrong hash or signature, expired: FAILED.
 * Issuer unknown, no trust directory: UNDECIDED. *out_dg14: the SOD vouches for DG14's
 * bytes. */
SaoyProof saoy_passive_check(const SaoyLdsFiles *files, const char *trust,
                             const char **out_reason, bool *out_dg14);

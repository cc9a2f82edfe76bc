#pragma once
#include "core/ossl.h"
#include "identity/reader.h"
#include "lds.h"

/* Passive authentication (ICAO 9303-11, 5.1): raw bytes of what was read against the
 * security object, its signature, and its signer against the store of CSCA certificates. */
typedef struct {
    GBytes *sod;                        /* EF.SOD as read */
    GBytes *groups[SAOY_GROUP_MAX + 1]; /* the data groups as read; NULL: not read */
} SaoyLdsFiles;

/* *out_reason: msgid; when DONE it is "" or a remark (SHA-1 allowed by the policy, an old
 * revocation list). Wrong hash or signature, expired, revoked: FAILED. Issuer unknown, no
 * store, no document signer to be had: UNDECIDED. *out_vouched: the groups whose bytes the
 * SOD vouches for. policy: trust and allow_sha1 are looked at. */
SaoyProof saoy_passive_check(const SaoyLdsFiles *files, const SaoyReadPolicy *policy,
                             const char **out_reason, SaoyGroups *out_vouched);

/* EF.CardSecurity in the same way. DONE, UNDECIDED: its signature holds, and *out_infos is
 * what was signed (SecurityInfos, a SET; owned by the caller); else NULL. */
SaoyProof saoy_card_security_check(SaoyView file, const SaoyReadPolicy *policy,
                                   GBytes **out_infos);

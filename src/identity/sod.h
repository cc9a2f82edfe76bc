#pragma once
#include "core/ossl.h"
#include "lds.h"
#include "passive.h"

/* LDSSecurityObject: the hashes of the data groups (ICAO 9303-10, 4.6.2.3). */
typedef struct {
    const EVP_MD *digest;
    SaoyView hash[SAOY_GROUP_MAX + 1]; /* borrowed; data NULL: not listed */
} SaoySecurityObject;

/* NULL, or a msgid that says why not. */
const char *saoy_security_object_parse(SaoyView der, SaoySecurityObject *out);

/* NULL, or a msgid: a group that is not the signed one, or a signed one that is hidden. */
const char *saoy_security_object_compare(const SaoySecurityObject *object,
                                         const SaoyLdsFiles *files);

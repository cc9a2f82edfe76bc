#pragma once
#include "signature/seal.h"

/* The CWT claims of the seal, both ways (RFC 8392; private claim -65537). */
GBytes *saoy_claims_write(const SaoySeal *seal, const char *title);
bool saoy_claims_read(SaoyView payload, SaoySeal *out, GError **error);
/* What saoy_claims_read would refuse in its texts: MALFORMED. */
bool saoy_claims_check(const SaoySeal *seal, GError **error);

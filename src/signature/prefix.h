#pragma once
#include "core/ossl.h"

/* SHA-256 of two pieces, going on from the last first piece where the new one begins at the
 * same byte and is not shorter. The bytes may not change between calls. Start with zeros.
 */
typedef struct {
    EVP_MD_CTX *state; /* after seen */
    SaoyView seen;
} SaoyPrefix;
bool saoy_prefix_sha256(SaoyPrefix *self, const SaoyView data[2],
                        uint8_t out[SAOY_SHA256_SIZE]);
void saoy_prefix_clear(SaoyPrefix *self);

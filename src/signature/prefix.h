#pragma once
#include "core/ossl.h"

/* Digests of two pieces, by OpenSSL's number of the algorithm, going on from the last first
 * piece where the new one begins at the same byte and is not shorter. The bytes may not
 * change between calls. Start with zeros. */
enum { SAOY_PREFIX_KINDS = 8 };
typedef struct {
    struct {
        int algorithm;
        EVP_MD_CTX *state; /* after seen */
        SaoyView seen;
    } kinds[SAOY_PREFIX_KINDS];
    size_t digested; /* bytes, over all algorithms and calls */
} SaoyPrefix;

/* Returns the digest's size; 0: unknown algorithm, or more of them than a file has use for.
 */
size_t saoy_prefix_digest(SaoyPrefix *self, int algorithm, const SaoyView data[2],
                          uint8_t out[64]);
bool saoy_prefix_sha256(SaoyPrefix *self, const SaoyView data[2],
                        uint8_t out[SAOY_SHA256_SIZE]);
void saoy_prefix_clear(SaoyPrefix *self);

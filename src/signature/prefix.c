/* Every signature of a file covers what the one before it covers, from the file's first
 * byte: what was digested once need not be digested again. */
#include "prefix.h"

#include <openssl/objects.h>

#include <string.h>

/* The algorithm's place, or a free one; SAOY_PREFIX_KINDS: there is none. */
static size_t
place_of(const SaoyPrefix *self, int algorithm)
{
    size_t i = 0;

    while (i < SAOY_PREFIX_KINDS && self->kinds[i].state != NULL &&
           self->kinds[i].algorithm != algorithm)
        i++;
    return i;
}

static bool
begin(SaoyPrefix *self, size_t i, int algorithm)
{
    const EVP_MD *kind = EVP_get_digestbynid(algorithm);

    self->kinds[i].seen = (SaoyView){ NULL, 0 };
    self->kinds[i].algorithm = algorithm;
    if (kind == NULL || EVP_MD_get_size(kind) > 64)
        return false;
    if (self->kinds[i].state == NULL)
        self->kinds[i].state = EVP_MD_CTX_new();
    return self->kinds[i].state != NULL &&
           EVP_DigestInit_ex(self->kinds[i].state, kind, NULL) == 1;
}

static bool
continues(const SaoyPrefix *self, size_t i, SaoyView first)
{
    return self->kinds[i].state != NULL && self->kinds[i].seen.data == first.data &&
           self->kinds[i].seen.size <= first.size;
}

static bool
extend(SaoyPrefix *self, size_t i, SaoyView first)
{
    size_t old = self->kinds[i].seen.size;

    self->kinds[i].seen = first;
    self->digested += first.size - old;
    return EVP_DigestUpdate(self->kinds[i].state, first.data + old, first.size - old) == 1;
}

size_t
saoy_prefix_digest(SaoyPrefix *self, int algorithm, const SaoyView data[2], uint8_t out[64])
{
    g_autoptr(EVP_MD_CTX) whole = EVP_MD_CTX_new();
    size_t i = place_of(self, algorithm);
    unsigned size = 0;

    if (i == SAOY_PREFIX_KINDS || whole == NULL)
        return 0;
    bool good = (continues(self, i, data[0]) || begin(self, i, algorithm)) &&
                extend(self, i, data[0]) &&
                EVP_MD_CTX_copy_ex(whole, self->kinds[i].state) == 1 &&
                EVP_DigestUpdate(whole, data[1].data, data[1].size) == 1 &&
                EVP_DigestFinal_ex(whole, out, &size) == 1;
    self->digested += data[1].size;
    if (!good) {
        self->kinds[i].seen = (SaoyView){ NULL, 0 };
        ERR_clear_error();
    }
    return good ? size : 0;
}

bool
saoy_prefix_sha256(SaoyPrefix *self, const SaoyView data[2], uint8_t out[SAOY_SHA256_SIZE])
{
    uint8_t digest[64];
    bool good = saoy_prefix_digest(self, NID_sha256, data, digest) == SAOY_SHA256_SIZE;

    if (good)
        memcpy(out, digest, SAOY_SHA256_SIZE);
    return good;
}

void
saoy_prefix_clear(SaoyPrefix *self)
{
    for (size_t i = 0; i < SAOY_PREFIX_KINDS; i++)
        EVP_MD_CTX_free(self->kinds[i].state);
    *self = (SaoyPrefix){ 0 };
}

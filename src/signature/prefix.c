/* Every signature of a file covers what the one before it covers, from the file's first
 * byte: what was digested once need not be digested again. */
#include "prefix.h"

static bool
continues(const SaoyPrefix *self, SaoyView first)
{
    return self->state != NULL && self->seen.data == first.data &&
           self->seen.size <= first.size;
}

static bool
begin(SaoyPrefix *self)
{
    self->seen = (SaoyView){ NULL, 0 };
    if (self->state == NULL)
        self->state = EVP_MD_CTX_new();
    return self->state != NULL && EVP_DigestInit_ex(self->state, EVP_sha256(), NULL) == 1;
}

static bool
extend(SaoyPrefix *self, SaoyView first)
{
    size_t old = self->seen.size;

    self->seen = first;
    return EVP_DigestUpdate(self->state, first.data + old, first.size - old) == 1;
}

bool
saoy_prefix_sha256(SaoyPrefix *self, const SaoyView data[2], uint8_t out[SAOY_SHA256_SIZE])
{
    g_autoptr(EVP_MD_CTX) whole = EVP_MD_CTX_new();
    bool good = (continues(self, data[0]) || begin(self)) && extend(self, data[0]) &&
                whole != NULL && EVP_MD_CTX_copy_ex(whole, self->state) == 1 &&
                EVP_DigestUpdate(whole, data[1].data, data[1].size) == 1 &&
                EVP_DigestFinal_ex(whole, out, NULL) == 1;

    if (!good)
        saoy_prefix_clear(self);
    return good;
}

void
saoy_prefix_clear(SaoyPrefix *self)
{
    EVP_MD_CTX_free(self->state);
    *self = (SaoyPrefix){ 0 };
}

#include "tlog.h"

#include "core/error.h"
#include "core/ossl.h"

#include <string.h>

void
saoy_tlog_leaf(SaoyView entry, uint8_t out[32])
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    g_byte_array_append(bytes, (const uint8_t[]){ 0 }, 1);
    g_byte_array_append(bytes, entry.data, (unsigned)entry.size);
    saoy_sha256((SaoyView){ bytes->data, bytes->len }, out);
}

static void
join(const uint8_t left[32], const uint8_t right[32], uint8_t out[32])
{
    uint8_t bytes[65] = { 1 };

    memcpy(bytes + 1, left, 32);
    memcpy(bytes + 33, right, 32);
    saoy_sha256((SaoyView){ bytes, sizeof bytes }, out);
}

bool
saoy_tlog_append(const SaoyTlogStore *store, uint64_t size, const uint8_t leaf[32],
                 GError **error)
{
    uint8_t hash[32], left[32];
    uint64_t place = size;

    memcpy(hash, leaf, 32);
    for (unsigned level = 0; level < SAOY_TLOG_LEVELS; level++, place >>= 1) {
        if (!store->put(store->user, level, place, hash, error))
            return false;
        if ((place & 1) == 0)
            return true; /* a left child waits for its sibling */
        if (!store->get(store->user, level, place - 1, left, error))
            return false;
        join(left, hash, hash);
    }
    return saoy_fail(error, SAOY_ERROR_FAILED, "the log is full");
}

static unsigned
level_of(uint64_t n)
{
    unsigned level = 0;

    while (n >>= 1)
        level++;
    return level;
}

/* The head of the leaves [start, end): complete subtrees from the left, largest first, then
 * folded from the right. start is aligned to the first subtree. */
static bool
range_hash(const SaoyTlogStore *store, uint64_t start, uint64_t end, uint8_t out[32],
           GError **error)
{
    uint8_t parts[64][32];
    unsigned n = 0;

    while (start < end) {
        unsigned level = level_of(end - start);

        if (!store->get(store->user, level, start >> level, parts[n++], error))
            return false;
        start += (uint64_t)1 << level;
    }
    while (n > 1) {
        join(parts[n - 2], parts[n - 1], parts[n - 2]);
        n--;
    }
    memcpy(out, parts[0], 32);
    return true;
}

bool
saoy_tlog_root(const SaoyTlogStore *store, uint64_t size, uint8_t out[32], GError **error)
{
    if (size > 0)
        return range_hash(store, 0, size, out, error);
    saoy_sha256((SaoyView){ 0 }, out);
    return true;
}

bool
saoy_tlog_proof(const SaoyTlogStore *store, uint64_t index, uint64_t size, GByteArray *out,
                GError **error)
{
    uint8_t path[64][32];
    uint64_t start = 0, end = size;
    unsigned n = 0;

    if (index >= size)
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "no such entry in the log");
    while (end - start > 1) {
        uint64_t half = (uint64_t)1 << level_of(end - start - 1);
        bool right = index >= start + half;
        bool done = right ? range_hash(store, start, start + half, path[n], error)
                          : range_hash(store, start + half, end, path[n], error);

        if (!done)
            return false;
        if (right)
            start += half;
        else
            end = start + half;
        n++;
    }
    while (n > 0)
        g_byte_array_append(out, path[--n], 32);
    return true;
}

bool
saoy_tlog_check(uint64_t index, uint64_t size, const uint8_t leaf[32], SaoyView proof,
                const uint8_t root[32])
{
    uint64_t fn = index, sn = size - 1;
    uint8_t hash[32];

    if (index >= size || proof.size % 32 != 0)
        return false;
    memcpy(hash, leaf, 32);
    for (size_t i = 0; i < proof.size; i += 32) {
        if (sn == 0)
            return false;
        if ((fn & 1) != 0 || fn == sn) {
            join(proof.data + i, hash, hash);
            while ((fn & 1) == 0 && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            join(hash, proof.data + i, hash);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && memcmp(hash, root, 32) == 0;
}

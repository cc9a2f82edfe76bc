#include "signature/seal-list.h"

#include "cbor.h"
#include "cms-parts.h"
#include "cose.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"
#include "signature/chain.h"
#include "signature/revocation.h"

#include <string.h>

/* COSE_Sign1 over
 *   { 4: next update, 6: issued at,
 *     -65538: { 1: kind, 2: keys' [[certificate, from, to] …] or denied ids' bytes } }
 * under the seal root's key (RFC 8392; private claim beside the seal's -65537). Keys of a
 * map in bytewise order: 04, 06, 3a…. */
#define CLAIM_LIST (-65538)
#define MAX_LIST (4u << 20)
#define MAX_KEYS 10000
#define ID_SIZE 8

static const char *const kinds[SAOY_SEAL_LIST_N] = {
    [SAOY_SEAL_KEYS] = "keys", [SAOY_SEAL_DENIED] = "denied"
};

void
saoy_seal_list_clear(SaoySealList *list)
{
    g_clear_pointer(&list->keys, g_array_unref);
    g_clear_pointer(&list->denied, g_bytes_unref);
}

static void
clear_key(void *p)
{
    g_clear_pointer(&((SaoySealKey *)p)->certificate, g_bytes_unref);
}

GArray *
saoy_seal_keys_new(void)
{
    GArray *keys = g_array_new(FALSE, TRUE, sizeof(SaoySealKey));

    g_array_set_clear_func(keys, clear_key);
    return keys;
}

void
saoy_seal_denied_id(const char *copy_id, uint8_t out[8])
{
    uint8_t hash[32];

    saoy_sha256((SaoyView){ (const uint8_t *)copy_id, strlen(copy_id) }, hash);
    memcpy(out, hash, ID_SIZE);
}

static int
compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, ID_SIZE);
}

GBytes *
saoy_seal_denied_new(const char *const *copy_ids)
{
    g_autoptr(GByteArray) out = g_byte_array_new();

    for (; *copy_ids != NULL; copy_ids++) {
        uint8_t id[ID_SIZE];

        saoy_seal_denied_id(*copy_ids, id);
        g_byte_array_append(out, id, sizeof id);
    }
    if (out->len > 0)
        qsort(out->data, out->len / ID_SIZE, ID_SIZE, compare_ids);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

/* ---- writing ---- */

static void
add_keys(GByteArray *out, const GArray *keys)
{
    saoy_cbor_head(out, SAOY_CBOR_ARRAY, keys->len);
    for (guint i = 0; i < keys->len; i++) {
        const SaoySealKey *key = &g_array_index(keys, SaoySealKey, i);

        saoy_cbor_head(out, SAOY_CBOR_ARRAY, 3);
        saoy_cbor_bytes(out, saoy_view_of(key->certificate));
        saoy_cbor_int(out, key->from_s);
        saoy_cbor_int(out, key->to_s);
    }
}

GBytes *
saoy_seal_list_make(const SaoySealList *list, SaoyView root, SaoySealSigner *sign,
                    void *user, GError **error)
{
    g_autoptr(GByteArray) payload = g_byte_array_new();
    uint8_t root_hash[32], header[13], hash[32], signature[64] = { 0 };

    saoy_cbor_head(payload, SAOY_CBOR_MAP, 3);
    saoy_cbor_int(payload, 4);
    saoy_cbor_int(payload, list->next_update_s);
    saoy_cbor_int(payload, 6);
    saoy_cbor_int(payload, list->issued_at_s);
    saoy_cbor_int(payload, CLAIM_LIST);
    saoy_cbor_head(payload, SAOY_CBOR_MAP, 2);
    saoy_cbor_int(payload, 1);
    saoy_cbor_text(payload, kinds[list->kind]);
    saoy_cbor_int(payload, 2);
    if (list->kind == SAOY_SEAL_KEYS)
        add_keys(payload, list->keys);
    else
        saoy_cbor_bytes(payload, saoy_view_of(list->denied));
    saoy_sha256(root, root_hash);
    saoy_cose_header(root_hash, header);
    const SaoyCose cose = { .header = { header, sizeof header },
                            .payload = { payload->data, payload->len },
                            .signature = { signature, sizeof signature } };
    saoy_cose_hash(&cose, hash);
    return sign(user, hash, signature, error) ? saoy_cose_write(&cose) : NULL;
}

/* ---- reading ---- */

static bool
take_label(SaoyView *in, int64_t label, GError **error)
{
    int64_t found = 0;

    return saoy_cbor_take_int(in, &found, error) &&
           (found == label || saoy_fail(error, SAOY_ERROR_MALFORMED,
                                        "seal list: claim %" G_GINT64_FORMAT, found));
}

static bool
take_count(SaoyView *in, SaoyCborMajor major, uint64_t n, GError **error)
{
    uint64_t found = 0;

    return saoy_cbor_take(in, major, &found, error) &&
           (found == n || saoy_fail(error, SAOY_ERROR_MALFORMED, "seal list: wrong shape"));
}

static bool
take_keys(SaoyView *in, SaoySealList *out, GError **error)
{
    uint64_t n = 0;

    if (!saoy_cbor_take(in, SAOY_CBOR_ARRAY, &n, error))
        return false;
    if (n > MAX_KEYS)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "seal list: too many keys");
    out->keys = saoy_seal_keys_new();
    for (uint64_t i = 0; i < n; i++) {
        SaoySealKey key = { 0 };
        SaoyView der = { 0 };

        if (!take_count(in, SAOY_CBOR_ARRAY, 3, error) ||
            !saoy_cbor_take_bytes(in, &der, error) ||
            !saoy_cbor_take_int(in, &key.from_s, error) ||
            !saoy_cbor_take_int(in, &key.to_s, error))
            return false;
        key.certificate = g_bytes_new(der.data, der.size);
        g_array_append_val(out->keys, key);
    }
    return true;
}

/* Strictly rising, so that one list has one form. */
static bool
take_denied(SaoyView *in, SaoySealList *out, GError **error)
{
    SaoyView ids = { 0 };

    if (!saoy_cbor_take_bytes(in, &ids, error))
        return false;
    if (ids.size % ID_SIZE != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "seal list: broken ids");
    for (size_t i = ID_SIZE; i < ids.size; i += ID_SIZE)
        if (memcmp(ids.data + i - ID_SIZE, ids.data + i, ID_SIZE) > 0)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "seal list: ids out of order");
    out->denied = g_bytes_new(ids.data, ids.size);
    return true;
}

static bool
take_payload(SaoyView in, SaoySealListKind kind, SaoySealList *out, GError **error)
{
    g_autofree char *name = NULL;

    if (!take_count(&in, SAOY_CBOR_MAP, 3, error) || !take_label(&in, 4, error) ||
        !saoy_cbor_take_int(&in, &out->next_update_s, error) ||
        !take_label(&in, 6, error) || !saoy_cbor_take_int(&in, &out->issued_at_s, error) ||
        !take_label(&in, CLAIM_LIST, error) || !take_count(&in, SAOY_CBOR_MAP, 2, error) ||
        !take_label(&in, 1, error) || !saoy_cbor_take_text(&in, &name, error) ||
        !take_label(&in, 2, error))
        return false;
    if (!g_str_equal(name, kinds[kind]))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "seal list: another kind");
    if (!(kind == SAOY_SEAL_KEYS ? take_keys(&in, out, error)
                                 : take_denied(&in, out, error)))
        return false;
    return in.size == 0 ||
           saoy_fail(error, SAOY_ERROR_MALFORMED, "seal list: %zu bytes over", in.size);
}

/* ES256 */
static bool
holds(const SaoyCose *cose, SaoyView root)
{
    uint8_t hash[32];

    saoy_cose_hash(cose, hash);
    g_autoptr(GBytes) accepted = saoy_cms_accept(root, hash, cose->signature, NULL);
    return accepted != NULL;
}

/* A root of the directory with the key id; a list is signed by no other. */
static GBytes *
find_root(const SaoyCose *cose, const char *trust)
{
    g_autoptr(GPtrArray) certificates = saoy_trust_certificates(trust);

    for (size_t i = 0; i < certificates->len; i++) {
        SaoyView der = saoy_view_of(certificates->pdata[i]);
        uint8_t hash[32];

        saoy_sha256(der, hash);
        if (memcmp(hash, cose->key_id, sizeof cose->key_id) == 0 &&
            saoy_certificate_is_root(der))
            return g_bytes_ref(certificates->pdata[i]);
    }
    return NULL;
}

bool
saoy_seal_list_read(GBytes *bytes, SaoySealListKind kind, const char *trust,
                    SaoySealList *out, GError **error)
{
    SaoyCose cose = { 0 };
    g_auto(SaoySealList) list = { .kind = kind };
    g_autoptr(GBytes) root = NULL;

    if (g_bytes_get_size(bytes) > MAX_LIST)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "seal list: too large");
    if (!saoy_cose_read(saoy_view_of(bytes), &cose, error) ||
        !take_payload(cose.payload, kind, &list, error))
        return false;
    root = find_root(&cose, trust);
    if (root == NULL)
        return saoy_fail(error, SAOY_ERROR_OFFLINE,
                         "seal list: its root is not known here");
    if (!holds(&cose, saoy_view_of(root)))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "seal list: signature is wrong");
    *out = list;
    list = (SaoySealList){ 0 };
    return true;
}

bool
saoy_seal_list_denies(const SaoySealList *list, const char *copy_id)
{
    SaoyView ids = list->denied != NULL ? saoy_view_of(list->denied) : (SaoyView){ 0 };
    uint8_t id[ID_SIZE];

    saoy_seal_denied_id(copy_id, id);
    return ids.size > 0 &&
           bsearch(id, ids.data, ids.size / ID_SIZE, ID_SIZE, compare_ids) != NULL;
}

const SaoySealKey *
saoy_seal_list_key(const SaoySealList *list, const uint8_t key_id[8])
{
    for (guint i = 0; list->keys != NULL && i < list->keys->len; i++) {
        const SaoySealKey *key = &g_array_index(list->keys, SaoySealKey, i);
        uint8_t hash[32];

        saoy_sha256(saoy_view_of(key->certificate), hash);
        if (memcmp(hash, key_id, ID_SIZE) == 0)
            return key;
    }
    return NULL;
}

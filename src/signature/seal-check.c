#include "signature/seal.h"

#include "cose.h"
#include "seal-claims.h"

#include "core/clock.h"
#include "core/file.h"
#include "core/ossl.h"
#include "signature/chain.h"
#include "signature/seal-list.h"

#include <openssl/ecdsa.h>

#include <string.h>

#define MAX_LIST (4u << 20)

/* r‖s as the SEQUENCE OpenSSL verifies. */
static bool
verify_pair(EVP_PKEY *key, const uint8_t hash[32], SaoyView pair)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new(key, NULL);
    BIGNUM *r = BN_bin2bn(pair.data, 32, NULL), *s = BN_bin2bn(pair.data + 32, 32, NULL);
    ECDSA_SIG *both = ECDSA_SIG_new();
    unsigned char *der = NULL;
    int size = 0;

    if (both != NULL && ECDSA_SIG_set0(both, r, s) == 1)
        size = i2d_ECDSA_SIG(both, &der);
    bool good = ctx != NULL && size > 0 && EVP_PKEY_verify_init(ctx) == 1 &&
                EVP_PKEY_verify(ctx, der, (size_t)size, hash, 32) == 1;
    ECDSA_SIG_free(both);
    OPENSSL_free(der);
    ERR_clear_error();
    return good;
}

static bool
is_p256(EVP_PKEY *key)
{
    char group[32] = "";
    size_t size = 0;

    return key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
           EVP_PKEY_get_group_name(key, group, sizeof(group), &size) == 1 &&
           g_str_equal(group, "prime256v1");
}

static bool
was_valid(const X509 *certificate, int64_t at_s)
{
    time_t at = (time_t)at_s;

    return X509_cmp_time(X509_get0_notBefore(certificate), &at) < 0 &&
           X509_cmp_time(X509_get0_notAfter(certificate), &at) > 0;
}

static void
key_id_of(SaoyView certificate, uint8_t out[8])
{
    uint8_t hash[SAOY_SHA256_SIZE];

    saoy_sha256(certificate, hash);
    memcpy(out, hash, 8);
}

static void
list_free(void *list)
{
    saoy_seal_list_clear(list);
    g_free(list);
}

static bool
check_under(const SaoyCose *cose, const SaoySeal *claims, SaoyView der, GError **error)
{
    g_autoptr(X509) certificate = saoy_x509_parse(der, error);
    EVP_PKEY *key = certificate != NULL ? X509_get0_pubkey(certificate) : NULL;
    uint8_t hash[32];

    if (certificate == NULL)
        return false;
    if (!is_p256(key))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "seal certificate is not P-256");
    saoy_cose_hash(cose, hash);
    if (!verify_pair(key, hash, cose->signature))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "seal's signature is wrong");
    if (!was_valid(certificate, claims->issued_at_s))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                         "seal certificate was not valid when the seal was made");
    return true;
}

bool
saoy_seal_check_key(GBytes *bytes, SaoyView certificate, GError **error)
{
    g_auto(SaoySeal) claims = { 0 };
    SaoyCose cose = { 0 };
    uint8_t key_id[8];

    if (!saoy_cose_read(saoy_view_of(bytes), &cose, error) ||
        !saoy_claims_read(cose.payload, &claims, error))
        return false;
    key_id_of(certificate, key_id);
    if (memcmp(key_id, cose.key_id, sizeof(key_id)) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "seal names another certificate");
    return check_under(&cose, &claims, certificate, error);
}

bool
saoy_seal_is_by(GBytes *bytes, SaoyView certificate)
{
    g_autoptr(X509) holder = saoy_x509_parse(certificate, NULL);
    EVP_PKEY *key = holder != NULL ? X509_get0_pubkey(holder) : NULL;
    SaoyCose cose = { 0 };
    uint8_t hash[32];

    ERR_clear_error();
    if (!is_p256(key) || !saoy_cose_read(saoy_view_of(bytes), &cose, NULL))
        return false;
    saoy_cose_hash(&cose, hash);
    return verify_pair(key, hash, cose.signature);
}

/* ---- lists carried along ---- */

/* Every list of that kind in the directory that its root signed. */
static GPtrArray *
read_lists(const char *trust, SaoySealListKind kind)
{
    static const char *const suffixes[] = { ".cose", NULL };
    GPtrArray *lists = g_ptr_array_new_with_free_func(list_free);
    g_auto(GStrv) names = trust != NULL ? saoy_dir_list(trust, suffixes, NULL) : NULL;

    for (char **name = names; name != NULL && *name != NULL; name++) {
        g_autofree char *path = g_build_filename(trust, *name, NULL);
        g_autoptr(GBytes) file = saoy_file_read(path, MAX_LIST, NULL);
        SaoySealList *list = g_new0(SaoySealList, 1);

        g_ptr_array_add(lists, list);
        if (file == NULL || !saoy_seal_list_read(file, kind, trust, list, NULL))
            g_ptr_array_set_size(lists, (int)lists->len - 1);
    }
    return lists;
}

GPtrArray *
saoy_seal_certificates(const char *trust)
{
    g_autoptr(GPtrArray) lists = read_lists(trust, SAOY_SEAL_KEYS);
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    for (guint i = 0; i < lists->len; i++) {
        const SaoySealList *list = lists->pdata[i];

        for (guint k = 0; k < list->keys->len; k++)
            g_ptr_array_add(
                out, g_bytes_ref(g_array_index(list->keys, SaoySealKey, k).certificate));
    }
    return out;
}

bool
saoy_seal_keys_are_held(const char *trust)
{
    g_autoptr(GPtrArray) lists = read_lists(trust, SAOY_SEAL_KEYS);
    g_autoptr(GPtrArray) held = saoy_trust_certificates(trust);
    bool any = lists->len > 0;

    for (guint i = 0; i < held->len && !any; i++) {
        g_autoptr(X509) one = saoy_x509_parse(saoy_view_of(held->pdata[i]), NULL);

        any = one != NULL && X509_check_ca(one) == 0 && X509_self_signed(one, 0) == 0;
    }
    ERR_clear_error();
    return any;
}

bool
saoy_seal_lists_are_old(const char *trust, int64_t now_s)
{
    for (int kind = 0; kind < SAOY_SEAL_LIST_N; kind++) {
        g_autoptr(GPtrArray) lists = read_lists(trust, (SaoySealListKind)kind);

        for (guint i = 0; i < lists->len; i++) {
            const SaoySealList *list = lists->pdata[i];

            if (list->next_update_s < now_s)
                return true;
        }
    }
    return false;
}

static bool
is_denied(const char *trust, const char *copy_id)
{
    g_autoptr(GPtrArray) lists = read_lists(trust, SAOY_SEAL_DENIED);

    for (guint i = 0; i < lists->len; i++)
        if (saoy_seal_list_denies(lists->pdata[i], copy_id))
            return true;
    return false;
}

/* What the newest list that has the key says of it; borrowed. */
static const SaoySealKey *
newest_word(const GPtrArray *lists, const uint8_t key_id[8])
{
    const SaoySealKey *newest = NULL;
    int64_t issued_at_s = 0;

    for (guint i = 0; i < lists->len; i++) {
        const SaoySealList *list = lists->pdata[i];
        const SaoySealKey *key = saoy_seal_list_key(list, key_id);

        if (key == NULL || (newest != NULL && list->issued_at_s < issued_at_s))
            continue;
        newest = key;
        issued_at_s = list->issued_at_s;
    }
    return newest;
}

/* Whoever stole it can say any time: nothing it made is known to be its owner's. */
static bool
is_withdrawn(const SaoySealKey *key)
{
    return key->to_s < key->from_s;
}

bool
saoy_seal_is_withdrawn(GBytes *bytes, const char *trust)
{
    g_autoptr(GPtrArray) lists = read_lists(trust, SAOY_SEAL_KEYS);
    SaoyCose cose = { 0 };
    const SaoySealKey *key = saoy_cose_read(saoy_view_of(bytes), &cose, NULL)
                                 ? newest_word(lists, cose.key_id)
                                 : NULL;

    return key != NULL && is_withdrawn(key);
}

static bool
check_listed(GBytes *bytes, const SaoySealKey *key, int64_t made_s, char **out_signer,
             GError **error)
{
    bool withdrawn = is_withdrawn(key);

    if (!withdrawn && (made_s < key->from_s || made_s > key->to_s))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                         "seal was made outside its key's time");
    if (!saoy_seal_check_key(bytes, saoy_view_of(key->certificate), error))
        return false;
    if (withdrawn)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "the seal's key was stolen");
    *out_signer = saoy_certificate_name(saoy_view_of(key->certificate));
    return true;
}

/* A certificate that lies in the directory itself. */
static bool
check_held(GBytes *bytes, const SaoyCose *cose, const char *trust, char **out_signer,
           GError **error)
{
    g_autoptr(GPtrArray) certificates = saoy_trust_certificates(trust);
    uint8_t key_id[8];

    for (size_t i = 0; i < certificates->len; i++) {
        SaoyView der = saoy_view_of(certificates->pdata[i]);

        key_id_of(der, key_id);
        if (memcmp(key_id, cose->key_id, sizeof(key_id)) != 0)
            continue;
        if (!saoy_seal_check_key(bytes, der, error))
            return false;
        *out_signer = saoy_certificate_name(der);
        return true;
    }
    return saoy_fail(error, SAOY_ERROR_OFFLINE, "no certificate with the seal's key id");
}

/* Where a signed list of keys is held, it decides: a certificate that lies beside it does
 * not bring back a key it withdrew or never had. */
static bool
check_key(GBytes *bytes, const SaoyCose *cose, int64_t made_s, const char *trust,
          char **out_signer, GError **error)
{
    g_autoptr(GPtrArray) lists = read_lists(trust, SAOY_SEAL_KEYS);
    const SaoySealKey *key = newest_word(lists, cose->key_id);

    if (key != NULL)
        return check_listed(bytes, key, made_s, out_signer, error);
    if (lists->len > 0)
        return saoy_fail(error, SAOY_ERROR_OFFLINE, "no signed list has the seal's key id");
    return check_held(bytes, cose, trust, out_signer, error);
}

/* RFC 8392, 3.1.4: from its expiry on it is not accepted. */
bool
saoy_seal_is_over(const SaoySeal *seal, int64_t now_s)
{
    return seal->expires_at_s != 0 && now_s >= seal->expires_at_s;
}

bool
saoy_seal_check(GBytes *bytes, const char *trust, char **out_signer, GError **error)
{
    g_auto(SaoySeal) claims = { 0 };
    g_autofree char *signer = NULL;
    SaoyCose cose = { 0 };

    if (!saoy_cose_read(saoy_view_of(bytes), &cose, error) ||
        !saoy_claims_read(cose.payload, &claims, error) ||
        !check_key(bytes, &cose, claims.issued_at_s, trust, &signer, error))
        return false;
    if (is_denied(trust, claims.copy_id))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "the copy is on the deny-list");
    if (saoy_seal_is_over(&claims, saoy_clock_wall_us() / G_USEC_PER_SEC))
        return saoy_fail(error, SAOY_ERROR_REFUSED, "the seal is past its time");
    if (out_signer != NULL)
        *out_signer = g_steal_pointer(&signer);
    return true;
}

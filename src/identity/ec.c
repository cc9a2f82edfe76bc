#include "ec.h"

#include "tlv.h"

#include <openssl/core_names.h>

#include <string.h>

#define MAX_COORDINATE 66 /* P-521 */
#define MAX_POINT (1 + 2 * MAX_COORDINATE)
#define MAX_DRAWS \
    256 /* of a secret below the order: each succeeds with probability > 1/2 */

void
saoy_ec_pair_clear(SaoyEcPair *pair)
{
    BN_clear_free(pair->secret);
    EC_POINT_clear_free(pair->point);
    *pair = (SaoyEcPair){ 0 };
}

/* by drawing again until it fits */
BIGNUM *
saoy_ec_draw_secret(const BIGNUM *order, SaoyRandomFunc *random, GError **error)
{
    g_autoptr(BIGNUM) secret = BN_new();
    uint8_t bytes[MAX_COORDINATE];
    size_t size = (size_t)BN_num_bytes(order);
    unsigned spare = (unsigned)(size * 8 - (size_t)BN_num_bits(order));

    g_return_val_if_fail(size <= sizeof bytes, NULL);
    BN_set_flags(secret, BN_FLG_CONSTTIME);
    for (unsigned draw = 0; draw < MAX_DRAWS; draw++) {
        if (!random(bytes, size, error))
            return NULL;
        bytes[0] &= (uint8_t)(0xff >> spare);
        BN_bin2bn(bytes, (int)size, secret);
        explicit_bzero(bytes, sizeof bytes);
        if (!BN_is_zero(secret) && BN_cmp(secret, order) < 0)
            return g_steal_pointer(&secret);
    }
    return saoy_null(error, SAOY_ERROR_FAILED, "no random number below the order");
}

EC_POINT *
saoy_ec_multiply(const EC_GROUP *group, const BIGNUM *secret, const EC_POINT *peer,
                 GError **error)
{
    g_autoptr(EC_POINT) product = EC_POINT_new(group);

    if (EC_POINT_mul(group, product, NULL, peer, secret, NULL) != 1) {
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, "point multiplication");
        return NULL;
    }
    if (EC_POINT_is_at_infinity(group, product))
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "point at infinity");
    return g_steal_pointer(&product);
}

bool
saoy_ec_pair_new(const EC_GROUP *group, const EC_POINT *base, SaoyRandomFunc *random,
                 SaoyEcPair *out, GError **error)
{
    g_auto(SaoyEcPair) pair = { 0 };

    pair.secret = saoy_ec_draw_secret(EC_GROUP_get0_order(group), random, error);
    if (pair.secret == NULL)
        return false;
    pair.point = saoy_ec_multiply(
        group, pair.secret, base == NULL ? EC_GROUP_get0_generator(group) : base, error);
    if (pair.point == NULL)
        return false;
    *out = pair;
    pair = (SaoyEcPair){ 0 };
    return true;
}

EC_POINT *
saoy_ec_point_parse(const EC_GROUP *group, SaoyView bytes, GError **error)
{
    g_autoptr(EC_POINT) point = EC_POINT_new(group);
    size_t size = ((size_t)EC_GROUP_get_degree(group) + 7) / 8;

    if (bytes.size != 1 + 2 * size || bytes.data[0] != 0x04)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "point of %zu bytes", bytes.size);
    /* checks that the point is on the curve */
    if (EC_POINT_oct2point(group, point, bytes.data, bytes.size, NULL) != 1 ||
        EC_POINT_is_at_infinity(group, point)) {
        saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "point");
        return NULL;
    }
    return g_steal_pointer(&point);
}

bool
saoy_ec_point_put(const EC_GROUP *group, const EC_POINT *point, GByteArray *out,
                  GError **error)
{
    uint8_t bytes[MAX_POINT];
    size_t n = EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, bytes,
                                  sizeof bytes, NULL);

    if (n == 0)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "point encoding");
    g_byte_array_append(out, bytes, (unsigned)n);
    return true;
}

bool
saoy_ec_agree(const EC_GROUP *group, const BIGNUM *secret, const EC_POINT *peer,
              GByteArray *out, GError **error)
{
    g_autoptr(EC_POINT) shared = saoy_ec_multiply(group, secret, peer, error);
    g_autoptr(BIGNUM) x = BN_new();
    size_t size = ((size_t)EC_GROUP_get_degree(group) + 7) / 8;
    unsigned at = out->len;

    if (shared == NULL)
        return false;
    if (EC_POINT_get_affine_coordinates(group, shared, x, NULL, NULL) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "shared secret");
    g_byte_array_set_size(out, at + (unsigned)size);
    if (BN_bn2binpad(x, out->data + at, (int)size) < 0)
        return saoy_ossl_fail(error, SAOY_ERROR_FAILED, "shared secret");
    return true;
}

/* Prime fields of 192 to 521 bits, which is what passports use. */
static bool
is_ours(const EC_GROUP *group)
{
    int bits = EC_GROUP_order_bits(group);

    return EC_GROUP_get_field_type(group) == NID_X9_62_prime_field && bits >= 192 &&
           bits <= 8 * MAX_COORDINATE && EC_GROUP_get_degree(group) <= 8 * MAX_COORDINATE;
}

EC_GROUP *
saoy_ec_group_of(EVP_PKEY *key, GError **error)
{
    g_autoptr(EC_GROUP) group = NULL;
    char name[64] = "";

    /* OpenSSL names explicit parameters only if they are those of a built-in curve */
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
        EVP_PKEY_get_group_name(key, name, sizeof name, NULL) == 1)
        group = EC_GROUP_new_by_curve_name(OBJ_txt2nid(name));
    if (group == NULL || !is_ours(group)) {
        ERR_clear_error();
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "key on no curve of ours");
    }
    return g_steal_pointer(&group);
}

EC_POINT *
saoy_ec_point_of(EVP_PKEY *key, const EC_GROUP *group, GError **error)
{
    uint8_t bytes[MAX_POINT];
    size_t size = 0;

    if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, bytes, sizeof bytes,
                                        &size) != 1) {
        saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "public key");
        return NULL;
    }
    return saoy_ec_point_parse(group, (SaoyView){ bytes, size }, error);
}

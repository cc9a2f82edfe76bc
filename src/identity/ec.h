#pragma once
#include "core/bytes.h"
#include "core/ossl.h"
#include "link.h"

/* Elliptic-curve arithmetic for PACE and chip authentication. */
typedef struct {
    BIGNUM *secret;
    EC_POINT *point;
} SaoyEcPair;

void saoy_ec_pair_clear(SaoyEcPair *pair);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyEcPair, saoy_ec_pair_clear)

/* 1 <= secret < order, at most 66 bytes. */
BIGNUM *saoy_ec_draw_secret(const BIGNUM *order, SaoyRandomFunc *random, GError **error);

/* A fresh pair over the given base point (NULL: the curve's own). */
bool saoy_ec_pair_new(const EC_GROUP *group, const EC_POINT *base, SaoyRandomFunc *random,
                      SaoyEcPair *out, GError **error);

/* Uncompressed points only (04 ‖ x ‖ y). UNTRUSTED when not on the curve or at infinity. */
EC_POINT *saoy_ec_point_parse(const EC_GROUP *group, SaoyView bytes, GError **error);
bool saoy_ec_point_put(const EC_GROUP *group, const EC_POINT *point, GByteArray *out,
                       GError **error);

/* secret · peer as a point; never infinity. NULL and UNTRUSTED else. */
EC_POINT *saoy_ec_multiply(const EC_GROUP *group, const BIGNUM *secret,
                           const EC_POINT *peer, GError **error);

/* x coordinate of secret · peer, as long as the field: the shared secret of ECDH. */
bool saoy_ec_agree(const EC_GROUP *group, const BIGNUM *secret, const EC_POINT *peer,
                   GByteArray *out, GError **error);

/* The group of a public key whose parameters are named, or spelt out but equal to a named
 * curve, over a prime field of 192 to 521 bits; anything else is UNTRUSTED. */
EC_GROUP *saoy_ec_group_of(EVP_PKEY *key, GError **error);
EC_POINT *saoy_ec_point_of(EVP_PKEY *key, const EC_GROUP *group, GError **error);

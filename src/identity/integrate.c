/* PACE integrated mapping: two nonces to a number of the field, that to the group. */
#include "domain.h"

#include <string.h>

static const uint8_t c0_short[] = { 0xa6, 0x68, 0x89, 0x2a, 0x7c, 0x41, 0xe3, 0xca,
                                    0x73, 0x9f, 0x40, 0xb0, 0x57, 0xd8, 0x59, 0x04 };
static const uint8_t c1_short[] = { 0xa4, 0xe1, 0x36, 0xac, 0x72, 0x5f, 0x73, 0x8b,
                                    0x01, 0xc1, 0xf6, 0x02, 0x17, 0xc1, 0x88, 0xad };
static const uint8_t c0_long[] = {
    0xd4, 0x63, 0xd6, 0x52, 0x34, 0x12, 0x4e, 0xf7, 0x89, 0x70, 0x54,
    0x98, 0x6d, 0xca, 0x0a, 0x17, 0x4e, 0x28, 0xdf, 0x75, 0x8c, 0xba,
    0xa0, 0x3f, 0x24, 0x06, 0x16, 0x41, 0x4d, 0x5a, 0x16, 0x76,
};
static const uint8_t c1_long[] = {
    0x54, 0xbd, 0x72, 0x55, 0xf0, 0xaa, 0xf8, 0x31, 0xbe, 0xc3, 0x42,
    0x3f, 0xcf, 0x39, 0xd6, 0x9b, 0x6c, 0xbf, 0x06, 0x66, 0x77, 0xd0,
    0xfa, 0xae, 0x5a, 0xad, 0xd9, 0x9d, 0xf8, 0xe5, 0x35, 0x17,
};

/* int(x1 ‖ x2 ‖ … ‖ xn) mod p, with 64 bits more than p has */
static BIGNUM *
draw_number(const BIGNUM *p, SaoyCipher cipher, SaoyView nonce, SaoyView other,
            GError **error)
{
    size_t size = saoy_nonce_size(cipher), rounds;
    const uint8_t *c0 = size == 16 ? c0_short : c0_long;
    const uint8_t *c1 = size == 16 ? c1_short : c1_long;
    g_auto(SaoyKey) key = { .size = saoy_cipher_key(cipher) };
    g_auto(SaoyKey) next = { .size = size };
    g_autoptr(SaoyArray) digits = saoy_array_new(512);
    g_autoptr(BIGNUM) number = NULL;
    g_autoptr(BN_CTX) ctx = BN_CTX_new();

    if (nonce.size != size || other.size != key.size)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "PACE nonce of %zu bytes",
                         nonce.size);
    memcpy(key.bytes, other.data, other.size);
    if (!saoy_cbc(cipher, &key, NULL, true, nonce, next.bytes, error))
        return NULL;
    rounds = ((size_t)BN_num_bits(p) + 64 + size * 8 - 1) / (size * 8);
    for (size_t i = 0; i < rounds; i++) {
        memcpy(key.bytes, next.bytes, key.size);
        g_byte_array_set_size(digits, (unsigned)((i + 1) * size));
        if (!saoy_cbc(cipher, &key, NULL, true, (SaoyView){ c1, size },
                      digits->data + i * size, error) ||
            !saoy_cbc(cipher, &key, NULL, true, (SaoyView){ c0, size }, next.bytes, error))
            return NULL;
    }
    number = BN_bin2bn(digits->data, (int)digits->len, NULL);
    if (number == NULL || BN_nnmod(number, number, p, ctx) != 1)
        return NULL;
    return g_steal_pointer(&number);
}

typedef struct {
    BN_CTX *ctx;
    const BIGNUM *p, *a, *b;
} Curve;

/* x³ + ax + b */
static bool
right_side(const Curve *c, const BIGNUM *x, BIGNUM *out)
{
    return BN_mod_sqr(out, x, c->p, c->ctx) == 1 &&
           BN_mod_add(out, out, c->a, c->p, c->ctx) == 1 &&
           BN_mod_mul(out, out, x, c->p, c->ctx) == 1 &&
           BN_mod_add(out, out, c->b, c->p, c->ctx) == 1;
}

/* -b/a · (1 + 1/(α + α²)) */
static bool
first_x(const Curve *c, const BIGNUM *alpha, BIGNUM *out)
{
    g_autoptr(BIGNUM) inverse = BN_new();

    return BN_mod_sqr(out, alpha, c->p, c->ctx) == 1 &&
           BN_mod_add(out, out, alpha, c->p, c->ctx) == 1 && !BN_is_zero(out) &&
           BN_mod_inverse(out, out, c->p, c->ctx) != NULL && BN_add_word(out, 1) == 1 &&
           BN_mod_inverse(inverse, c->a, c->p, c->ctx) != NULL &&
           BN_mod_mul(out, out, inverse, c->p, c->ctx) == 1 &&
           BN_mod_mul(out, out, c->b, c->p, c->ctx) == 1 && BN_sub(out, c->p, out) == 1 &&
           BN_nnmod(out, out, c->p, c->ctx) == 1;
}

/* h ^ (p - 1 - (p + 1)/4): 1/√h where h is a square */
static bool
inverse_root(const Curve *c, const BIGNUM *h, BIGNUM *out)
{
    g_autoptr(BIGNUM) exponent = BN_dup(c->p);
    g_autoptr(BIGNUM) quarter = BN_dup(c->p);

    return BN_add_word(quarter, 1) == 1 && BN_rshift(quarter, quarter, 2) == 1 &&
           BN_sub_word(exponent, 1) == 1 && BN_sub(exponent, exponent, quarter) == 1 &&
           BN_mod_exp_mont_consttime(out, h, exponent, c->p, c->ctx, NULL) == 1;
}

/* Appendix B.2, affine: t to a point of the curve; p = 3 mod 4. */
static bool
encode_point(const Curve *c, const BIGNUM *t, BIGNUM *x, BIGNUM *y)
{
    g_autoptr(BIGNUM) alpha = BN_new();
    g_autoptr(BIGNUM) h = BN_new();
    g_autoptr(BIGNUM) root = BN_new();
    g_autoptr(BIGNUM) check = BN_new();

    if (BN_mod_sqr(alpha, t, c->p, c->ctx) != 1 || BN_sub(alpha, c->p, alpha) != 1 ||
        !first_x(c, alpha, x) || !right_side(c, x, h) || !inverse_root(c, h, root) ||
        BN_mod_sqr(check, root, c->p, c->ctx) != 1 ||
        BN_mod_mul(check, check, h, c->p, c->ctx) != 1 ||
        BN_mod_mul(y, root, h, c->p, c->ctx) != 1)
        return false;
    if (BN_is_one(check))
        return true;
    /* the other one: (α·x, root · t³ · h) */
    return BN_mod_mul(x, x, alpha, c->p, c->ctx) == 1 &&
           BN_mod_mul(y, y, t, c->p, c->ctx) == 1 &&
           BN_mod_mul(y, y, t, c->p, c->ctx) == 1 && BN_mod_mul(y, y, t, c->p, c->ctx) == 1;
}

static SaoyArray *
integrate_point(const SaoyDomain *domain, const BIGNUM *p, const BIGNUM *t, GError **error)
{
    g_autoptr(BN_CTX) ctx = BN_CTX_new();
    g_autoptr(BIGNUM) a = BN_new();
    g_autoptr(BIGNUM) b = BN_new();
    g_autoptr(BIGNUM) x = BN_new();
    g_autoptr(BIGNUM) y = BN_new();
    g_autoptr(EC_POINT) point = EC_POINT_new(domain->curve);
    g_autoptr(SaoyArray) octets = saoy_array_new(160);
    const Curve curve = { ctx, p, a, b };

    /* all curves of the standard have cofactor 1; set_affine checks the equation */
    if (EC_GROUP_get_curve(domain->curve, NULL, a, b, ctx) != 1 ||
        !encode_point(&curve, t, x, y) ||
        EC_POINT_set_affine_coordinates(domain->curve, point, x, y, ctx) != 1 ||
        !saoy_ec_point_put(domain->curve, point, octets, error)) {
        if (error == NULL || *error == NULL)
            saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "PACE integrated mapping");
        return NULL;
    }
    return g_steal_pointer(&octets);
}

/* t ^ ((p - 1) / q) */
static SaoyArray *
integrate_number(const SaoyDomain *domain, const BIGNUM *t, GError **error)
{
    g_autoptr(BN_CTX) ctx = BN_CTX_new();
    g_autoptr(BIGNUM) cofactor = BN_dup(domain->p);
    g_autoptr(BIGNUM) mapped = BN_new();
    g_autoptr(SaoyArray) octets = saoy_array_new(256);

    if (BN_sub_word(cofactor, 1) != 1 ||
        BN_div(cofactor, NULL, cofactor, domain->q, ctx) != 1 ||
        BN_mod_exp_mont_consttime(mapped, t, cofactor, domain->p, ctx, NULL) != 1 ||
        BN_is_zero(mapped) || BN_is_one(mapped))
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "PACE integrated mapping");
    g_byte_array_set_size(octets, (unsigned)BN_num_bytes(mapped));
    BN_bn2bin(mapped, octets->data);
    return g_steal_pointer(&octets);
}

SaoyArray *
saoy_domain_integrate(const SaoyDomain *domain, SaoyCipher cipher, SaoyView nonce,
                      SaoyView other, GError **error)
{
    g_autoptr(BIGNUM) p = BN_new();
    g_autoptr(BIGNUM) t = NULL;

    if (domain->curve == NULL) {
        t = draw_number(domain->p, cipher, nonce, other, error);
        return t == NULL ? NULL : integrate_number(domain, t, error);
    }
    EC_GROUP_get_curve(domain->curve, p, NULL, NULL, NULL);
    if (BN_mod_word(p, 4) != 3)
        return saoy_null(error, SAOY_ERROR_FAILED, "no integrated mapping on this curve");
    t = draw_number(p, cipher, nonce, other, error);
    return t == NULL ? NULL : integrate_point(domain, p, t, error);
}

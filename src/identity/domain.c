#include "domain.h"

#include <openssl/core_names.h>

#include <string.h>

#define MAX_NUMBER 512   /* bytes of the longest field */
#define MAX_EXPONENT 512 /* bits of a secret where the order is longer or not known */

static const struct {
    unsigned parameter;
    int nid;
    const char *field; /* or OpenSSL's name of a MODP group */
} known[] = {
    { 0, 0, "dh_1024_160" },           { 1, 0, "dh_2048_224" },
    { 2, 0, "dh_2048_256" },           { 8, NID_X9_62_prime192v1, NULL },
    { 9, NID_brainpoolP192r1, NULL },  { 10, NID_secp224r1, NULL },
    { 11, NID_brainpoolP224r1, NULL }, { 12, NID_X9_62_prime256v1, NULL },
    { 13, NID_brainpoolP256r1, NULL }, { 14, NID_brainpoolP320r1, NULL },
    { 15, NID_secp384r1, NULL },       { 16, NID_brainpoolP384r1, NULL },
    { 17, NID_brainpoolP512r1, NULL }, { 18, NID_secp521r1, NULL },
};

void
saoy_domain_free(SaoyDomain *domain)
{
    if (domain == NULL)
        return;
    EC_GROUP_free(domain->curve);
    BN_free(domain->p);
    BN_free(domain->q);
    BN_free(domain->g);
    g_free(domain);
}

void
saoy_domain_pair_clear(SaoyDomainPair *pair)
{
    BN_clear_free(pair->secret);
    if (pair->element != NULL)
        saoy_array_free(pair->element);
    *pair = (SaoyDomainPair){ 0 };
}

static bool
load_field(SaoyDomain *domain, const char *name)
{
    g_autoptr(EVP_PKEY_CTX) ctx = EVP_PKEY_CTX_new_from_name(NULL, "DHX", NULL);
    g_autoptr(EVP_PKEY) field = NULL;
    char group[16];
    OSSL_PARAM params[] = { OSSL_PARAM_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                            OSSL_PARAM_END };

    g_strlcpy(group, name, sizeof group);
    params[0].data_size = strlen(group);
    return EVP_PKEY_paramgen_init(ctx) == 1 && EVP_PKEY_CTX_set_params(ctx, params) == 1 &&
           EVP_PKEY_generate(ctx, &field) == 1 &&
           EVP_PKEY_get_bn_param(field, OSSL_PKEY_PARAM_FFC_P, &domain->p) == 1 &&
           EVP_PKEY_get_bn_param(field, OSSL_PKEY_PARAM_FFC_Q, &domain->q) == 1 &&
           EVP_PKEY_get_bn_param(field, OSSL_PKEY_PARAM_FFC_G, &domain->g) == 1;
}

SaoyDomain *
saoy_domain_new(unsigned parameter)
{
    g_autoptr(SaoyDomain) domain = g_new0(SaoyDomain, 1);

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (known[i].parameter != parameter)
            continue;
        if (known[i].field == NULL)
            domain->curve = EC_GROUP_new_by_curve_name(known[i].nid);
        else if (!load_field(domain, known[i].field))
            break;
        return g_steal_pointer(&domain);
    }
    ERR_clear_error();
    return NULL;
}

static SaoyArray *
array_of_number(const BIGNUM *number)
{
    SaoyArray *array = saoy_array_new(MAX_NUMBER);

    g_byte_array_set_size(array, (unsigned)BN_num_bytes(number));
    BN_bn2bin(number, array->data);
    return array;
}

static SaoyArray *
array_of_point(const EC_GROUP *curve, const EC_POINT *point, GError **error)
{
    g_autoptr(SaoyArray) array = saoy_array_new(160);

    return saoy_ec_point_put(curve, point, array, error) ? g_steal_pointer(&array) : NULL;
}

/* RFC 2631, 2.1.5: 1 < y < p - 1 and, where that is known, of the subgroup's order. */
static bool
is_element(const SaoyDomain *domain, const BIGNUM *y)
{
    g_autoptr(BN_CTX) ctx = BN_CTX_new();
    g_autoptr(BIGNUM) last = BN_dup(domain->p);
    g_autoptr(BIGNUM) power = BN_new();

    return !BN_is_zero(y) && !BN_is_one(y) && BN_sub_word(last, 1) == 1 &&
           BN_cmp(y, last) < 0 &&
           (domain->q == NULL ||
            (BN_mod_exp(power, y, domain->q, domain->p, ctx) == 1 && BN_is_one(power)));
}

static BIGNUM *
parse_number(const SaoyDomain *domain, SaoyView octets, GError **error)
{
    g_autoptr(BIGNUM) y = NULL;

    if (octets.size == 0 || octets.size > (size_t)BN_num_bytes(domain->p))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "number of %zu bytes", octets.size);
    y = BN_bin2bn(octets.data, (int)octets.size, NULL);
    if (y == NULL || !is_element(domain, y))
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "number outside the group");
    return g_steal_pointer(&y);
}

bool
saoy_domain_holds(const SaoyDomain *domain, SaoyView element, GError **error)
{
    g_autoptr(EC_POINT) point = NULL;
    g_autoptr(BIGNUM) number = NULL;

    if (domain->curve != NULL)
        point = saoy_ec_point_parse(domain->curve, element, error);
    else
        number = parse_number(domain, element, error);
    return point != NULL || number != NULL;
}

/* base ^ secret, in constant time */
static BIGNUM *
power_of(const SaoyDomain *domain, const BIGNUM *base, const BIGNUM *secret, GError **error)
{
    g_autoptr(BN_CTX) ctx = BN_CTX_new();
    g_autoptr(BIGNUM) power = BN_new();

    if (BN_mod_exp_mont_consttime(power, base, secret, domain->p, ctx, NULL) != 1) {
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, "exponentiation");
        return NULL;
    }
    return g_steal_pointer(&power);
}

static BIGNUM *
draw_exponent(const SaoyDomain *domain, SaoyRandomFunc *random, GError **error)
{
    g_autoptr(BIGNUM) limit = BN_new();

    if (domain->q != NULL && BN_num_bits(domain->q) <= MAX_EXPONENT)
        return saoy_ec_draw_secret(domain->q, random, error);
    BN_set_bit(limit, MAX_EXPONENT);
    return saoy_ec_draw_secret(limit, random, error);
}

static bool
pair_of_field(const SaoyDomain *domain, SaoyView base, SaoyRandomFunc *random,
              SaoyDomainPair *out, GError **error)
{
    g_autoptr(BIGNUM) own =
        base.size == 0 ? BN_dup(domain->g) : parse_number(domain, base, error);
    g_autoptr(BIGNUM) secret = own == NULL ? NULL : draw_exponent(domain, random, error);
    g_autoptr(BIGNUM) public = secret == NULL ? NULL : power_of(domain, own, secret, error);

    if (public == NULL)
        return false;
    out->secret = g_steal_pointer(&secret);
    out->element = array_of_number(public);
    return true;
}

bool
saoy_domain_pair(const SaoyDomain *domain, SaoyView base, SaoyRandomFunc *random,
                 SaoyDomainPair *out, GError **error)
{
    g_autoptr(EC_POINT) point = NULL;
    g_auto(SaoyEcPair) pair = { 0 };

    if (domain->curve == NULL)
        return pair_of_field(domain, base, random, out, error);
    if (base.size > 0 && (point = saoy_ec_point_parse(domain->curve, base, error)) == NULL)
        return false;
    if (!saoy_ec_pair_new(domain->curve, point, random, &pair, error))
        return false;
    out->element = array_of_point(domain->curve, pair.point, error);
    if (out->element == NULL)
        return false;
    out->secret = g_steal_pointer(&pair.secret);
    return true;
}

bool
saoy_domain_agree(const SaoyDomain *domain, const BIGNUM *secret, SaoyView peer,
                  GByteArray *out, GError **error)
{
    g_autoptr(EC_POINT) point = NULL;
    g_autoptr(BIGNUM) number = NULL;
    g_autoptr(BIGNUM) shared = NULL;
    unsigned at = out->len;
    int size;

    if (domain->curve != NULL) {
        point = saoy_ec_point_parse(domain->curve, peer, error);
        return point != NULL && saoy_ec_agree(domain->curve, secret, point, out, error);
    }
    number = parse_number(domain, peer, error);
    shared = number == NULL ? NULL : power_of(domain, number, secret, error);
    if (shared == NULL)
        return false;
    size = BN_num_bytes(domain->p);
    g_byte_array_set_size(out, at + (unsigned)size);
    BN_bn2binpad(shared, out->data + at, size);
    return true;
}

SaoyArray *
saoy_domain_multiply(const SaoyDomain *domain, const BIGNUM *secret, SaoyView peer,
                     GError **error)
{
    g_autoptr(EC_POINT) point = NULL;
    g_autoptr(EC_POINT) product = NULL;
    g_autoptr(BIGNUM) number = NULL;
    g_autoptr(BIGNUM) power = NULL;

    if (domain->curve == NULL) {
        number = parse_number(domain, peer, error);
        power = number == NULL ? NULL : power_of(domain, number, secret, error);
        return power == NULL ? NULL : array_of_number(power);
    }
    point = saoy_ec_point_parse(domain->curve, peer, error);
    product = point == NULL ? NULL : saoy_ec_multiply(domain->curve, secret, point, error);
    return product == NULL ? NULL : array_of_point(domain->curve, product, error);
}

static SaoyArray *
map_point(const SaoyDomain *domain, const BIGNUM *nonce, SaoyView shared, GError **error)
{
    g_autoptr(EC_POINT) h = saoy_ec_point_parse(domain->curve, shared, error);
    g_autoptr(EC_POINT) mapped = EC_POINT_new(domain->curve);

    if (h == NULL)
        return NULL;
    if (EC_POINT_mul(domain->curve, mapped, nonce, NULL, NULL, NULL) != 1 ||
        EC_POINT_add(domain->curve, mapped, mapped, h, NULL) != 1) {
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, "PACE mapping");
        return NULL;
    }
    if (EC_POINT_is_at_infinity(domain->curve, mapped))
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "PACE mapping to infinity");
    return array_of_point(domain->curve, mapped, error);
}

SaoyArray *
saoy_domain_map(const SaoyDomain *domain, SaoyView nonce, const BIGNUM *secret,
                SaoyView peer, GError **error)
{
    g_autoptr(BN_CTX) ctx = BN_CTX_new();
    g_autoptr(BIGNUM) s = BN_bin2bn(nonce.data, (int)nonce.size, NULL);
    g_autoptr(SaoyArray) shared = saoy_domain_multiply(domain, secret, peer, error);
    g_autoptr(BIGNUM) h = NULL;
    g_autoptr(BIGNUM) power = NULL;

    BN_set_flags(s, BN_FLG_CONSTTIME);
    if (shared == NULL)
        return NULL;
    if (domain->curve != NULL)
        return map_point(domain, s, saoy_view_array(shared), error);
    h = BN_bin2bn(shared->data, (int)shared->len, NULL);
    power = power_of(domain, domain->g, s, error);
    if (power == NULL || BN_mod_mul(h, h, power, domain->p, ctx) != 1)
        return NULL;
    if (BN_is_one(h))
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "PACE mapping to one");
    return array_of_number(h);
}

/* The group that a chip's static key names. */
#include "domain.h"

#include <openssl/core_names.h>

#define MIN_FIELD 1024
#define MAX_FIELD 4096

/* SubjectPublicKeyInfo by hand: algorithm, its parameters, the bits of the key. */
typedef struct {
    SaoyView oid, parameters, bits;
} Parts;

static bool
take_parts(SaoyView info, Parts *out, GError **error)
{
    SaoyView body = { 0 }, algorithm = { 0 };

    if (!saoy_tlv_take(&info, 0x30, &body, error) ||
        !saoy_tlv_take(&body, 0x30, &algorithm, error) ||
        !saoy_tlv_take(&algorithm, 0x06, &out->oid, error) ||
        !saoy_tlv_take(&body, 0x03, &out->bits, error))
        return false;
    out->parameters = algorithm;
    if (out->bits.size < 2 || out->bits.data[0] != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "public key of no bits");
    out->bits = (SaoyView){ out->bits.data + 1, out->bits.size - 1 };
    return true;
}

/* standardizedDomainParameters: only the id of the group stands there. */
static SaoyDomain *
take_standardised(const Parts *parts, SaoyArray **out_element, GError **error)
{
    SaoyView parameters = parts->parameters, id = { 0 }, bits = parts->bits;
    g_autoptr(SaoyDomain) domain = NULL;

    if (!saoy_tlv_take(&parameters, 0x02, &id, error))
        return NULL;
    domain = id.size == 1 ? saoy_domain_new(id.data[0]) : NULL;
    if (domain == NULL)
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "unknown domain parameters");
    if (domain->curve == NULL && !saoy_tlv_take(&bits, 0x02, &bits, error))
        return NULL;
    while (domain->curve == NULL && bits.size > 1 && bits.data[0] == 0)
        bits = (SaoyView){ bits.data + 1, bits.size - 1 };
    *out_element = saoy_array_new(bits.size);
    g_byte_array_append(*out_element, bits.data, (unsigned)bits.size);
    return g_steal_pointer(&domain);
}

static SaoyDomain *
take_curve(EVP_PKEY *key, SaoyArray **out_element, GError **error)
{
    g_autoptr(SaoyDomain) domain = g_new0(SaoyDomain, 1);
    g_autoptr(EC_POINT) point = NULL;
    g_autoptr(SaoyArray) element = saoy_array_new(160);

    domain->curve = saoy_ec_group_of(key, error);
    if (domain->curve == NULL)
        return NULL;
    point = saoy_ec_point_of(key, domain->curve, error);
    if (point == NULL || !saoy_ec_point_put(domain->curve, point, element, error))
        return NULL;
    *out_element = g_steal_pointer(&element);
    return g_steal_pointer(&domain);
}

/* What the issuer leaves out, the order of the subgroup, is known of the standard ones. */
static void
complete(SaoyDomain *domain)
{
    for (unsigned parameter = 0; domain->q == NULL && parameter <= 2; parameter++) {
        g_autoptr(SaoyDomain) known = saoy_domain_new(parameter);

        if (known != NULL && BN_cmp(known->p, domain->p) == 0 &&
            BN_cmp(known->g, domain->g) == 0)
            domain->q = BN_dup(known->q);
    }
}

static bool
is_field(const SaoyDomain *domain)
{
    int bits = BN_num_bits(domain->p);

    return bits >= MIN_FIELD && bits <= MAX_FIELD && BN_is_odd(domain->p) &&
           !BN_is_zero(domain->g) && !BN_is_one(domain->g) &&
           BN_cmp(domain->g, domain->p) < 0 &&
           (domain->q == NULL ||
            (BN_num_bits(domain->q) >= 160 && BN_cmp(domain->q, domain->p) < 0));
}

static SaoyDomain *
take_field(EVP_PKEY *key, SaoyArray **out_element, GError **error)
{
    g_autoptr(SaoyDomain) domain = g_new0(SaoyDomain, 1);
    g_autoptr(BIGNUM) y = NULL;

    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_P, &domain->p) != 1 ||
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_G, &domain->g) != 1 ||
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PUB_KEY, &y) != 1) {
        saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "public key");
        return NULL;
    }
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_Q, &domain->q) != 1)
        ERR_clear_error();
    complete(domain);
    if (!is_field(domain) || BN_is_negative(y))
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "domain parameters of %d bits",
                         BN_num_bits(domain->p));
    *out_element = saoy_array_new((size_t)BN_num_bytes(y));
    g_byte_array_set_size(*out_element, (unsigned)BN_num_bytes(y));
    BN_bn2bin(y, (*out_element)->data);
    return g_steal_pointer(&domain);
}

static SaoyDomain *
take_any(SaoyView info, SaoyArray **out_element, GError **error)
{
    static const uint8_t standardised[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x02 };
    const uint8_t *at = info.data;
    g_autoptr(EVP_PKEY) key = NULL;
    Parts parts = { 0 };

    if (!take_parts(info, &parts, error))
        return NULL;
    if (saoy_view_same(parts.oid, (SaoyView){ standardised, sizeof standardised }))
        return take_standardised(&parts, out_element, error);
    key = d2i_PUBKEY(NULL, &at, (long)info.size);
    if (key == NULL) {
        saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "public key");
        return NULL;
    }
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_EC:
        return take_curve(key, out_element, error);
    case EVP_PKEY_DH:
    case EVP_PKEY_DHX:
        return take_field(key, out_element, error);
    default:
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "public key of another kind");
    }
}

SaoyDomain *
saoy_domain_of_key(SaoyView info, SaoyArray **out_element, GError **error)
{
    g_autoptr(SaoyArray) element = NULL;
    g_autoptr(SaoyDomain) domain = take_any(info, &element, error);

    if (domain == NULL || !saoy_domain_holds(domain, saoy_view_array(element), error))
        return NULL;
    *out_element = g_steal_pointer(&element);
    return g_steal_pointer(&domain);
}

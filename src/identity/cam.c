#include "cam.h"

#include <string.h>

void
saoy_cam_clear(SaoyCam *cam)
{
    if (cam->mapping != NULL)
        saoy_array_free(cam->mapping);
    if (cam->data != NULL)
        saoy_array_free(cam->data);
    *cam = (SaoyCam){ 0 };
}

/* IV = E(KS_Enc, -1) */
static bool
make_iv(const SaoySm *sm, uint8_t iv[SAOY_BLOCK_MAX], GError **error)
{
    memset(iv, 0xff, SAOY_BLOCK_MAX);
    return saoy_cbc(sm->cipher, &sm->enc, NULL, true, (SaoyView){ iv, SAOY_BLOCK_MAX }, iv,
                    error);
}

bool
saoy_cam_seal(const SaoySm *sm, SaoyView data, GByteArray *out, GError **error)
{
    unsigned from = out->len;
    uint8_t iv[SAOY_BLOCK_MAX];

    g_byte_array_append(out, data.data, (unsigned)data.size);
    saoy_pad(out, from, SAOY_BLOCK_MAX);
    return make_iv(sm, iv, error) &&
           saoy_cbc(sm->cipher, &sm->enc, iv, true,
                    (SaoyView){ out->data + from, out->len - from }, out->data + from,
                    error);
}

bool
saoy_cam_open(const SaoySm *sm, SaoyView sealed, GByteArray *out, GError **error)
{
    uint8_t iv[SAOY_BLOCK_MAX];
    SaoyView plain = { 0 };

    if (sealed.size > 256)
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "chip authentication data of %zu bytes", sealed.size);
    g_byte_array_set_size(out, (unsigned)sealed.size);
    if (!make_iv(sm, iv, error) ||
        !saoy_cbc(sm->cipher, &sm->enc, iv, false, sealed, out->data, error))
        return false;
    plain = saoy_view_array(out);
    if (!saoy_unpad(&plain))
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "chip authentication data: padding");
    g_byte_array_set_size(out, (unsigned)plain.size);
    return true;
}

bool
saoy_cam_data(const SaoyDomain *domain, const BIGNUM *fixed, const BIGNUM *mapping,
              GByteArray *out, GError **error)
{
    const BIGNUM *order = EC_GROUP_get0_order(domain->curve);
    g_autoptr(BN_CTX) ctx = BN_CTX_new();
    g_autoptr(BIGNUM) secret = BN_dup(fixed);
    g_autoptr(BIGNUM) quotient = BN_new();
    unsigned from = out->len;
    int size = BN_num_bytes(order);

    BN_set_flags(secret, BN_FLG_CONSTTIME);
    if (BN_mod_inverse(quotient, secret, order, ctx) == NULL ||
        BN_mod_mul(quotient, quotient, mapping, order, ctx) != 1)
        return saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "chip authentication mapping");
    g_byte_array_set_size(out, from + (unsigned)size);
    return BN_bn2binpad(quotient, out->data + from, size) == size;
}

/* The point out of a SubjectPublicKeyInfo. Its algorithm may be spelt out, named, or a
 * standardised parameter id: only a point of PACE's own curve can fit, so that is asked. */
static bool
take_point(SaoyView info, SaoyView *out)
{
    SaoyView key = { 0 }, algorithm = { 0 }, bits = { 0 };

    if (!saoy_tlv_take(&info, 0x30, &key, NULL) ||
        !saoy_tlv_take(&key, 0x30, &algorithm, NULL) ||
        !saoy_tlv_take(&key, 0x03, &bits, NULL) || bits.size < 2 || bits.data[0] != 0)
        return false;
    *out = (SaoyView){ bits.data + 1, bits.size - 1 };
    return true;
}

/* data · static key = mapping key */
static bool
fits(const SaoyDomain *domain, const BIGNUM *data, const SaoyCam *cam, SaoyView point)
{
    g_autoptr(SaoyArray) product = saoy_domain_multiply(domain, data, point, NULL);

    return product != NULL &&
           saoy_view_same(saoy_view_array(product), saoy_view_array(cam->mapping));
}

bool
saoy_cam_check(unsigned parameter, const SaoyCam *cam, SaoyView infos, GError **error)
{
    static const uint8_t key_ecdh[] = {
        0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02
    };
    g_autoptr(SaoyDomain) domain = saoy_domain_new(parameter);
    g_autoptr(BIGNUM) data = BN_bin2bn(cam->data->data, (int)cam->data->len, NULL);
    SaoyView set = { 0 };

    if (domain == NULL || domain->curve == NULL || BN_is_zero(data) ||
        BN_cmp(data, EC_GROUP_get0_order(domain->curve)) >= 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "chip authentication data");
    if (!saoy_security_infos(infos, &set, error))
        return false;
    while (set.size > 0) {
        SaoySecurityInfo info = { 0 };
        SaoyView point = { 0 };

        if (!saoy_security_info_next(&set, &info, error))
            return false;
        if (saoy_view_same(info.oid, (SaoyView){ key_ecdh, sizeof key_ecdh }) &&
            take_point(info.required, &point) && fits(domain, data, cam, point))
            return true;
    }
    ERR_clear_error();
    return saoy_fail(error, SAOY_ERROR_UNTRUSTED,
                     "chip authentication mapping: not the key of EF.CardSecurity");
}

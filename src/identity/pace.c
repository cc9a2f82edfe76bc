#include "pace.h"

#include "ec.h"
#include "tlv.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <string.h>

/* id-PACE 0.4.0.127.0.7.2.2.4, then mapping and cipher */
static const uint8_t pace_arc[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04 };

/* ICAO 9303-11, table 6; 192-bit curves are left out as too weak */
static const struct {
    unsigned parameter;
    int nid;
} curves[] = {
    { 10, NID_secp224r1 },       { 11, NID_brainpoolP224r1 }, { 12, NID_X9_62_prime256v1 },
    { 13, NID_brainpoolP256r1 }, { 14, NID_brainpoolP320r1 }, { 15, NID_secp384r1 },
    { 16, NID_brainpoolP384r1 }, { 17, NID_brainpoolP512r1 }, { 18, NID_secp521r1 },
};

bool
saoy_pace_info(SaoyView oid, unsigned parameter, SaoyPaceInfo *out)
{
    unsigned mapping, cipher;

    if (oid.size != SAOY_PACE_OID_SIZE || memcmp(oid.data, pace_arc, sizeof pace_arc) != 0)
        return false;
    mapping = oid.data[8];
    cipher = oid.data[9];
    if (mapping < 1 || mapping > 6 || mapping == 5 || cipher < 1 || cipher > 4)
        return false;
    *out = (SaoyPaceInfo){ .mapping = (SaoyMapping)mapping,
                           .cipher = (SaoyCipher)(cipher - 1),
                           .parameter = parameter };
    memcpy(out->oid, oid.data, oid.size);
    return true;
}

EC_GROUP *
saoy_pace_group(unsigned parameter)
{
    for (size_t i = 0; i < G_N_ELEMENTS(curves); i++)
        if (curves[i].parameter == parameter)
            return EC_GROUP_new_by_curve_name(curves[i].nid);
    return NULL;
}

bool
saoy_pace_supported(const SaoyPaceInfo *info)
{
    if (info->mapping != SAOY_MAPPING_ECDH_GM)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(curves); i++)
        if (curves[i].parameter == info->parameter)
            return true;
    return false;
}

void
saoy_pace_password(const SaoyAccessKey *key, unsigned reference, SaoyKey *out)
{
    *out = (SaoyKey){ 0 };
    if (reference == SAOY_PASSWORD_CAN) {
        out->size = strlen(key->can);
        memcpy(out->bytes, key->can, out->size);
        return;
    }
    SHA1((const uint8_t *)key->mrz_key, strlen(key->mrz_key), out->bytes);
    out->size = SHA_DIGEST_LENGTH;
}

EC_POINT *
saoy_pace_map(const EC_GROUP *group, SaoyView nonce, const BIGNUM *secret,
              const EC_POINT *peer, GError **error)
{
    g_autoptr(BIGNUM) s = BN_bin2bn(nonce.data, (int)nonce.size, NULL);
    g_autoptr(EC_POINT) shared = saoy_ec_multiply(group, secret, peer, error);
    g_autoptr(EC_POINT) mapped = EC_POINT_new(group);

    if (shared == NULL)
        return NULL;
    BN_set_flags(s, BN_FLG_CONSTTIME);
    if (EC_POINT_mul(group, mapped, s, NULL, NULL, NULL) != 1 ||
        EC_POINT_add(group, mapped, mapped, shared, NULL) != 1) {
        saoy_ossl_fail(error, SAOY_ERROR_FAILED, "PACE mapping");
        return NULL;
    }
    if (EC_POINT_is_at_infinity(group, mapped))
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "PACE mapping to infinity");
    return g_steal_pointer(&mapped);
}

bool
saoy_pace_token(const SaoyPaceInfo *info, const EC_GROUP *group, const SaoyKey *mac,
                const EC_POINT *peer, uint8_t out[SAOY_MAC_SIZE], GError **error)
{
    g_autoptr(SaoyArray) point = saoy_array_new(160);
    g_autoptr(SaoyArray) body = saoy_array_new(192);
    g_autoptr(SaoyArray) message = saoy_array_new(208);

    if (!saoy_ec_point_put(group, peer, point, error))
        return false;
    saoy_tlv_put(body, 0x06, (SaoyView){ info->oid, sizeof info->oid });
    saoy_tlv_put(body, 0x86, saoy_view_array(point));
    saoy_tlv_put(message, 0x7f49, saoy_view_array(body));
    if (info->cipher == SAOY_CIPHER_3DES)
        saoy_pad(message, 0, 8);
    return saoy_mac(info->cipher, mac, saoy_view_array(message), out, error);
}

bool
saoy_general_authenticate(SaoyLink *link, bool more, uint32_t tag, SaoyView value,
                          uint32_t answer_tag, SaoyView *out, uint16_t *out_sw,
                          GError **error)
{
    g_autoptr(SaoyArray) inner = saoy_array_new(160);
    g_autoptr(SaoyArray) outer = saoy_array_new(160);
    SaoyApdu command = { .cla = more ? 0x10 : 0x00, .ins = 0x86, .le = 256 };
    SaoyView answer = { 0 };

    if (tag != 0)
        saoy_tlv_put(inner, tag, value);
    saoy_tlv_put(outer, 0x7c, saoy_view_array(inner));
    command.data = saoy_view_array(outer);
    if (!saoy_link_send(link, &command, &answer, out_sw, error))
        return false;
    *out = (SaoyView){ 0 };
    if (*out_sw != SAOY_SW_OK || answer_tag == 0)
        return true;
    return saoy_tlv_take(&answer, 0x7c, &answer, error) &&
           saoy_tlv_take(&answer, answer_tag, out, error);
}

static bool
refused(uint16_t sw, const char *step, GError **error)
{
    if (sw >> 8 == 0x63 || sw == 0x6983)
        return saoy_fail(error, SAOY_ERROR_REFUSED, "the chip refuses the key (%04x)", sw);
    return saoy_fail(error, SAOY_ERROR_FAILED, "PACE %s: the chip answers %04x", step, sw);
}

/* One step that must answer 9000. */
static bool
step(SaoyLink *link, uint32_t tag, SaoyView value, uint32_t answer_tag, SaoyView *out,
     const char *name, GError **error)
{
    uint16_t sw = 0;

    if (!saoy_general_authenticate(link, answer_tag != 0x86, tag, value, answer_tag, out,
                                   &sw, error))
        return false;
    return sw == SAOY_SW_OK || refused(sw, name, error);
}

/* Some chips want the parameter id named, others refuse what they did not ask for: without
 * it first, then with it. */
static bool
select_protocol(SaoyLink *link, const SaoyPaceInfo *info, unsigned reference,
                GError **error)
{
    uint16_t sw = 0;

    for (unsigned with_parameter = 0; with_parameter < 2; with_parameter++) {
        const uint8_t number = (uint8_t)reference, parameter = (uint8_t)info->parameter;
        g_autoptr(SaoyArray) data = saoy_array_new(32);
        SaoyApdu command = { .ins = 0x22, .p1 = 0xc1, .p2 = 0xa4 };
        SaoyView answer = { 0 };

        saoy_tlv_put(data, 0x80, (SaoyView){ info->oid, sizeof info->oid });
        saoy_tlv_put(data, 0x83, (SaoyView){ &number, 1 });
        if (with_parameter)
            saoy_tlv_put(data, 0x84, (SaoyView){ &parameter, 1 });
        command.data = saoy_view_array(data);
        if (!saoy_link_send(link, &command, &answer, &sw, error))
            return false;
        /* 63Cx here only warns how many tries are left */
        if (sw == SAOY_SW_OK || sw >> 8 == 0x63)
            return true;
    }
    return refused(sw, "MSE:Set AT", error);
}

static bool
take_nonce(SaoyLink *link, const SaoyPaceInfo *info, const SaoyKey *password, SaoyKey *out,
           GError **error)
{
    g_auto(SaoyKey) key = { 0 };
    SaoyView sealed = { 0 };

    if (!saoy_kdf(info->cipher, (SaoyView){ password->bytes, password->size },
                  SAOY_KDF_PASSWORD, &key, error) ||
        !step(link, 0, (SaoyView){ 0 }, 0x80, &sealed, "nonce", error))
        return false;
    if (sealed.size != 16 && sealed.size != 32)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "PACE nonce of %zu bytes",
                         sealed.size);
    out->size = sealed.size;
    return saoy_cbc(info->cipher, &key, NULL, false, sealed, out->bytes, error);
}

/* Sends our public key under tag, takes the chip's under tag + 1. */
static EC_POINT *
swap_points(SaoyLink *link, const EC_GROUP *group, uint32_t tag, const EC_POINT *own,
            const char *name, GError **error)
{
    g_autoptr(SaoyArray) bytes = saoy_array_new(160);
    g_autoptr(EC_POINT) peer = NULL;
    SaoyView answer = { 0 };

    if (!saoy_ec_point_put(group, own, bytes, error) ||
        !step(link, tag, saoy_view_array(bytes), tag + 1, &answer, name, error))
        return NULL;
    peer = saoy_ec_point_parse(group, answer, error);
    if (peer == NULL)
        return NULL;
    /* ICAO 9303-11, 4.4.1: the keys of both sides shall differ */
    if (EC_POINT_cmp(group, own, peer, NULL) == 0)
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "PACE: the chip returns our own key");
    return g_steal_pointer(&peer);
}

static EC_POINT *
agree_on_base(SaoyLink *link, const EC_GROUP *group, const SaoyKey *nonce, GError **error)
{
    g_auto(SaoyEcPair) own = { 0 };
    g_autoptr(EC_POINT) peer = NULL;

    if (!saoy_ec_pair_new(group, NULL, link->random, &own, error))
        return NULL;
    peer = swap_points(link, group, 0x81, own.point, "mapping", error);
    if (peer == NULL)
        return NULL;
    return saoy_pace_map(group, (SaoyView){ nonce->bytes, nonce->size }, own.secret, peer,
                         error);
}

static bool
prove_keys(SaoyLink *link, const SaoyPaceInfo *info, const EC_GROUP *group,
           const SaoySm *sm, const EC_POINT *own, const EC_POINT *peer, GError **error)
{
    uint8_t mine[SAOY_MAC_SIZE], theirs[SAOY_MAC_SIZE];
    SaoyView answer = { 0 };

    if (!saoy_pace_token(info, group, &sm->mac, peer, mine, error) ||
        !saoy_pace_token(info, group, &sm->mac, own, theirs, error) ||
        !step(link, 0x85, (SaoyView){ mine, sizeof mine }, 0x86, &answer, "token", error))
        return false;
    if (answer.size != sizeof theirs ||
        CRYPTO_memcmp(answer.data, theirs, sizeof theirs) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "PACE: wrong token of the chip");
    return true;
}

static bool
agree_on_keys(SaoyLink *link, const SaoyPaceInfo *info, const EC_GROUP *group,
              const EC_POINT *base, GError **error)
{
    g_auto(SaoyEcPair) own = { 0 };
    g_auto(SaoySm) sm = { 0 };
    g_autoptr(EC_POINT) peer = NULL;
    g_autoptr(SaoyArray) secret = saoy_array_new(80);

    if (!saoy_ec_pair_new(group, base, link->random, &own, error))
        return false;
    peer = swap_points(link, group, 0x83, own.point, "key agreement", error);
    if (peer == NULL || !saoy_ec_agree(group, own.secret, peer, secret, error) ||
        !saoy_sm_derive(&sm, info->cipher, saoy_view_array(secret), error) ||
        !prove_keys(link, info, group, &sm, own.point, peer, error))
        return false;
    link->sm = sm;
    return true;
}

bool
saoy_pace_run(SaoyLink *link, const SaoyPaceInfo *info, const SaoyAccessKey *key,
              unsigned reference, GError **error)
{
    g_autoptr(EC_GROUP) group = saoy_pace_group(info->parameter);
    g_auto(SaoyKey) password = { 0 };
    g_auto(SaoyKey) nonce = { 0 };
    g_autoptr(EC_POINT) base = NULL;

    if (group == NULL || !saoy_pace_supported(info))
        return saoy_fail(error, SAOY_ERROR_FAILED, "PACE variant %u.%u is not supported",
                         info->oid[8], info->oid[9]);
    saoy_sm_wipe(&link->sm);
    saoy_pace_password(key, reference, &password);
    if (!select_protocol(link, info, reference, error) ||
        !take_nonce(link, info, &password, &nonce, error))
        return false;
    base = agree_on_base(link, group, &nonce, error);
    return base != NULL && agree_on_keys(link, info, group, base, error);
}

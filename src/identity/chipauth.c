#include "chipauth.h"

#include "ec.h"
#include "tlv.h"

static EVP_PKEY *
parse_key(SaoyView der, GError **error)
{
    const uint8_t *at = der.data;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)der.size);

    if (key == NULL)
        saoy_ossl_fail(error, SAOY_ERROR_UNTRUSTED, "chip authentication key");
    return key;
}

static bool
select_protocol(SaoyLink *link, const SaoyDg14 *dg14, GError **error)
{
    const uint8_t id[] = { (uint8_t)(dg14->key_id >> 8), (uint8_t)dg14->key_id };
    size_t skip = dg14->key_id < 0x80 ? 1 : 0;
    g_autoptr(SaoyArray) data = saoy_array_new(32);
    SaoyApdu command = { .ins = 0x22, .p1 = 0x41, .p2 = 0xa4 };
    SaoyView answer = { 0 };
    uint16_t sw = 0;

    saoy_tlv_put(data, 0x80, (SaoyView){ dg14->oid, sizeof dg14->oid });
    if (dg14->key_id >= 0)
        saoy_tlv_put(data, 0x84, (SaoyView){ id + skip, sizeof id - skip });
    command.data = saoy_view_array(data);
    if (!saoy_link_send(link, &command, &answer, &sw, error))
        return false;
    return sw == SAOY_SW_OK || saoy_fail(error, SAOY_ERROR_FAILED,
                                         "chip authentication: the chip answers %04x", sw);
}

/* Our ephemeral key to the chip; the answer still travels under the old keys. */
static bool
send_key(SaoyLink *link, const EC_GROUP *group, const EC_POINT *own, GError **error)
{
    g_autoptr(SaoyArray) point = saoy_array_new(160);
    SaoyView answer = { 0 };
    uint16_t sw = 0;

    if (!saoy_ec_point_put(group, own, point, error) ||
        !saoy_general_authenticate(link, false, 0x80, saoy_view_array(point), 0, &answer,
                                   &sw, error))
        return false;
    return sw == SAOY_SW_OK || saoy_fail(error, SAOY_ERROR_FAILED,
                                         "chip authentication: the chip answers %04x", sw);
}

bool
saoy_chip_auth_run(SaoyLink *link, const SaoyDg14 *dg14, GError **error)
{
    g_autoptr(EVP_PKEY) key = parse_key(dg14->key, error);
    g_autoptr(EC_GROUP) group = key == NULL ? NULL : saoy_ec_group_of(key, error);
    g_autoptr(EC_POINT) peer = group == NULL ? NULL : saoy_ec_point_of(key, group, error);
    g_auto(SaoyEcPair) own = { 0 };
    g_auto(SaoySm) sm = { 0 };
    g_autoptr(SaoyArray) secret = saoy_array_new(80);

    if (peer == NULL || !saoy_ec_pair_new(group, NULL, link->random, &own, error) ||
        !saoy_ec_agree(group, own.secret, peer, secret, error) ||
        !saoy_sm_derive(&sm, dg14->cipher, saoy_view_array(secret), error))
        return false;
    if (!select_protocol(link, dg14, error) || !send_key(link, group, own.point, error))
        return false;
    link->sm = sm;
    return true;
}

#include "chipauth.h"

#include "domain.h"
#include "pace.h"
#include "tlv.h"

/* Key reference 84: the key id, without leading zeros. */
static void
put_key_id(SaoyArray *data, int64_t id)
{
    uint8_t octets[8];
    size_t skip = 0;

    if (id < 0)
        return;
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)(id >> (8 * (sizeof octets - 1 - i)));
    while (skip < sizeof octets - 1 && octets[skip] == 0)
        skip++;
    saoy_tlv_put(data, 0x84, (SaoyView){ octets + skip, sizeof octets - skip });
}

static bool
accepted(uint16_t sw, GError **error)
{
    return sw == SAOY_SW_OK || saoy_fail(error, SAOY_ERROR_FAILED,
                                         "chip authentication: the chip answers %04x", sw);
}

/* MSE:Set KAT carries key and reference at once: the form of 3DES (9303-11, 6.2.4.1). */
static bool
send_at_once(SaoyLink *link, const SaoyChipAuthOffer *offer, SaoyView own, GError **error)
{
    g_autoptr(SaoyArray) data = saoy_array_new(own.size + 32);
    SaoyApdu command = { .ins = 0x22, .p1 = 0x41, .p2 = 0xa6 };
    SaoyView answer = { 0 };
    uint16_t sw = 0;

    saoy_tlv_put(data, 0x91, own);
    put_key_id(data, offer->key_id);
    command.data = saoy_view_array(data);
    return saoy_link_send(link, &command, &answer, &sw, error) && accepted(sw, error);
}

/* MSE:Set AT, then GENERAL AUTHENTICATE: the form of AES (9303-11, 6.2.4.2). */
static bool
send_in_two(SaoyLink *link, const SaoyChipAuthOffer *offer, SaoyView own, GError **error)
{
    g_autoptr(SaoyArray) data = saoy_array_new(32);
    SaoyApdu command = { .ins = 0x22, .p1 = 0x41, .p2 = 0xa4 };
    SaoyView answer = { 0 };
    uint16_t sw = 0;

    saoy_tlv_put(data, 0x80, (SaoyView){ offer->oid, sizeof offer->oid });
    put_key_id(data, offer->key_id);
    command.data = saoy_view_array(data);
    return saoy_link_send(link, &command, &answer, &sw, error) && accepted(sw, error) &&
           saoy_general_authenticate(link, false, 0x80, own, 0, &answer, &sw, error) &&
           accepted(sw, error);
}

/* AES is agreed upon in two steps; so may 3DES be, with a chip that does not know the one
 * step, while the session still stands. */
static bool
send_key(SaoyLink *link, const SaoyChipAuthOffer *offer, SaoyView own, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (offer->cipher != SAOY_CIPHER_3DES)
        return send_in_two(link, offer, own, error);
    if (send_at_once(link, offer, own, &why))
        return true;
    if (g_error_matches(why, SAOY_ERROR, SAOY_ERROR_FAILED) && link->sm.active)
        return send_in_two(link, offer, own, error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

/* The first offer whose key is one; the error is that of the last. */
static const SaoyChipAuthOffer *
choose(const SaoyDg14 *dg14, SaoyDomain **out_domain, SaoyArray **out_key, GError **error)
{
    for (size_t i = 0; i < dg14->n_offers; i++) {
        g_clear_error(error);
        *out_domain = saoy_domain_of_key(dg14->offers[i].key, out_key, error);
        if (*out_domain != NULL)
            return &dg14->offers[i];
    }
    g_clear_error(error);
    return saoy_null(error, SAOY_ERROR_UNTRUSTED, "chip authentication: no usable key");
}

/* The answer still travels under the old keys. */
bool
saoy_chip_auth_run(SaoyLink *link, const SaoyDg14 *dg14, GError **error)
{
    g_autoptr(SaoyDomain) domain = NULL;
    g_autoptr(SaoyArray) key = NULL;
    g_autoptr(SaoyArray) secret = saoy_array_new(512);
    g_auto(SaoyDomainPair) own = { 0 };
    g_auto(SaoySm) sm = { 0 };
    const SaoyChipAuthOffer *offer = choose(dg14, &domain, &key, error);

    if (offer == NULL ||
        !saoy_domain_pair(domain, (SaoyView){ 0 }, link->random, &own, error) ||
        !saoy_domain_agree(domain, own.secret, saoy_view_array(key), secret, error) ||
        !saoy_sm_derive(&sm, offer->cipher, saoy_view_array(secret), error) ||
        !send_key(link, offer, saoy_view_array(own.element), error))
        return false;
    link->sm = sm;
    return true;
}

#include "pace.h"

#include "cam.h"
#include "tlv.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <string.h>

/* id-PACE 0.4.0.127.0.7.2.2.4, then mapping and cipher */
static const uint8_t pace_arc[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x04 };

#define P224 10      /* p = 1 mod 4: no integrated mapping */
#define LAST_FIELD 2 /* parameters 0–2 are prime fields, 8–18 curves */

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

bool
saoy_pace_integrates(const SaoyPaceInfo *info)
{
    return info->mapping == SAOY_MAPPING_DH_IM || info->mapping == SAOY_MAPPING_ECDH_IM;
}

bool
saoy_pace_supported(const SaoyPaceInfo *info)
{
    switch (info->mapping) {
    case SAOY_MAPPING_DH_GM:
    case SAOY_MAPPING_DH_IM:
        return info->parameter <= LAST_FIELD;
    case SAOY_MAPPING_ECDH_GM:
        return info->parameter >= 8 && info->parameter <= 18;
    case SAOY_MAPPING_ECDH_IM:
        return info->parameter >= 8 && info->parameter <= 18 && info->parameter != P224;
    case SAOY_MAPPING_ECDH_CAM:
        return info->parameter >= 8 && info->parameter <= 18 &&
               info->cipher != SAOY_CIPHER_3DES;
    default:
        return false;
    }
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

bool
saoy_pace_token(const SaoyPaceInfo *info, const SaoyKey *mac, SaoyView peer,
                uint8_t out[SAOY_MAC_SIZE], GError **error)
{
    g_autoptr(SaoyArray) body = saoy_array_new(300);
    g_autoptr(SaoyArray) message = saoy_array_new(320);
    bool field = info->mapping == SAOY_MAPPING_DH_GM || info->mapping == SAOY_MAPPING_DH_IM;

    saoy_tlv_put(body, 0x06, (SaoyView){ info->oid, sizeof info->oid });
    saoy_tlv_put(body, field ? 0x84 : 0x86, peer);
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
    g_autoptr(SaoyArray) inner = saoy_array_new(300);
    g_autoptr(SaoyArray) outer = saoy_array_new(300);
    SaoyApdu command = { .cla = more ? 0x10 : 0x00, .ins = 0x86, .le = 256 };
    SaoyView answer = { 0 };

    if (tag != 0)
        saoy_tlv_put(inner, tag, value);
    saoy_tlv_put(outer, 0x7c, saoy_view_array(inner));
    command.data = saoy_view_array(outer);
    if (command.data.size > 255)
        command.le = 65536; /* a long key comes back, too */
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
    if (saoy_pace_integrates(info) ? sealed.size != saoy_nonce_size(info->cipher)
                                   : sealed.size != 16 && sealed.size != 32)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "PACE nonce of %zu bytes",
                         sealed.size);
    out->size = sealed.size;
    return saoy_cbc(info->cipher, &key, NULL, false, sealed, out->bytes, error);
}

/* Sends our public key under tag, takes the chip's under tag + 1. */
static SaoyArray *
swap_keys(SaoyLink *link, uint32_t tag, SaoyView own, const char *name, GError **error)
{
    g_autoptr(SaoyArray) peer = NULL;
    SaoyView answer = { 0 };

    if (!step(link, tag, own, tag + 1, &answer, name, error))
        return NULL;
    /* ICAO 9303-11, 4.4.1: the keys of both sides shall differ */
    if (saoy_view_same(own, answer))
        return saoy_null(error, SAOY_ERROR_UNTRUSTED, "PACE: the chip returns our own key");
    peer = saoy_array_new(answer.size);
    g_byte_array_append(peer, answer.data, (unsigned)answer.size);
    return g_steal_pointer(&peer);
}

static SaoyArray *
map_generic(SaoyLink *link, const SaoyDomain *domain, SaoyView nonce, SaoyArray **out_peer,
            GError **error)
{
    g_auto(SaoyDomainPair) own = { 0 };

    if (!saoy_domain_pair(domain, (SaoyView){ 0 }, link->random, &own, error))
        return NULL;
    *out_peer = swap_keys(link, 0x81, saoy_view_array(own.element), "mapping", error);
    return *out_peer == NULL ? NULL
                             : saoy_domain_map(domain, nonce, own.secret,
                                               saoy_view_array(*out_peer), error);
}

static SaoyArray *
map_integrated(SaoyLink *link, const SaoyPaceInfo *info, const SaoyDomain *domain,
               SaoyView nonce, GError **error)
{
    g_auto(SaoyKey) other = { .size = saoy_cipher_key(info->cipher) };
    SaoyView sent = { other.bytes, other.size }, none = { 0 };

    if (!link->random(other.bytes, other.size, error) ||
        !step(link, 0x81, sent, 0, &none, "mapping", error))
        return NULL;
    return saoy_domain_integrate(domain, info->cipher, nonce, sent, error);
}

/* Object 8A stands behind the token, in the same answer. */
static bool
take_cam(SaoyLink *link, const SaoySm *sm, SaoyArray **out, GError **error)
{
    g_autoptr(SaoyArray) data = saoy_array_new(256);
    SaoyView answer = saoy_view_array(link->answer), value = { 0 };
    uint32_t tag = 0;

    if (!saoy_tlv_take(&answer, 0x7c, &answer, error))
        return false;
    while (tag != 0x8a)
        if (!saoy_tlv_next(&answer, &tag, &value, error))
            return false;
    if (!saoy_cam_open(sm, value, data, error))
        return false;
    *out = g_steal_pointer(&data);
    return true;
}

static bool
prove_keys(SaoyLink *link, const SaoyPaceInfo *info, const SaoySm *sm, SaoyView own,
           SaoyView peer, GError **error)
{
    uint8_t mine[SAOY_MAC_SIZE], theirs[SAOY_MAC_SIZE];
    SaoyView answer = { 0 };

    if (!saoy_pace_token(info, &sm->mac, peer, mine, error) ||
        !saoy_pace_token(info, &sm->mac, own, theirs, error) ||
        !step(link, 0x85, (SaoyView){ mine, sizeof mine }, 0x86, &answer, "token", error))
        return false;
    if (answer.size != sizeof theirs ||
        CRYPTO_memcmp(answer.data, theirs, sizeof theirs) != 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "PACE: wrong token of the chip");
    return true;
}

static bool
agree_on_keys(SaoyLink *link, const SaoyPaceInfo *info, const SaoyDomain *domain,
              SaoyView base, SaoyCam *cam, GError **error)
{
    g_auto(SaoyDomainPair) own = { 0 };
    g_auto(SaoySm) sm = { 0 };
    g_autoptr(SaoyArray) peer = NULL;
    g_autoptr(SaoyArray) secret = saoy_array_new(256);
    SaoyView mine = { 0 };

    if (!saoy_domain_pair(domain, base, link->random, &own, error))
        return false;
    mine = saoy_view_array(own.element);
    peer = swap_keys(link, 0x83, mine, "key agreement", error);
    if (peer == NULL ||
        !saoy_domain_agree(domain, own.secret, saoy_view_array(peer), secret, error) ||
        !saoy_sm_derive(&sm, info->cipher, saoy_view_array(secret), error) ||
        !prove_keys(link, info, &sm, mine, saoy_view_array(peer), error))
        return false;
    if (info->mapping == SAOY_MAPPING_ECDH_CAM && !take_cam(link, &sm, &cam->data, error))
        return false;
    link->sm = sm;
    return true;
}

bool
saoy_pace_run(SaoyLink *link, const SaoyPaceInfo *info, const SaoyAccessKey *key,
              unsigned reference, SaoyCam *out_cam, GError **error)
{
    g_autoptr(SaoyDomain) domain =
        saoy_pace_supported(info) ? saoy_domain_new(info->parameter) : NULL;
    g_auto(SaoyKey) password = { 0 };
    g_auto(SaoyKey) nonce = { 0 };
    g_auto(SaoyCam) cam = { 0 };
    g_autoptr(SaoyArray) base = NULL;
    SaoyView s = { 0 };

    if (domain == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "PACE variant %u.%u is not supported",
                         info->oid[8], info->oid[9]);
    saoy_sm_wipe(&link->sm);
    saoy_pace_password(key, reference, &password);
    if (!select_protocol(link, info, reference, error) ||
        !take_nonce(link, info, &password, &nonce, error))
        return false;
    s = (SaoyView){ nonce.bytes, nonce.size };
    base = saoy_pace_integrates(info) ? map_integrated(link, info, domain, s, error)
                                      : map_generic(link, domain, s, &cam.mapping, error);
    if (base == NULL ||
        !agree_on_keys(link, info, domain, saoy_view_array(base), &cam, error))
        return false;
    if (info->mapping == SAOY_MAPPING_ECDH_CAM) {
        *out_cam = cam;
        cam = (SaoyCam){ 0 };
    }
    return true;
}

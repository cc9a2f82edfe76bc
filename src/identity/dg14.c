#include "lds.h"

#include "core/ossl.h"
#include "tlv.h"

#include <string.h>

#define MAX_KEYS 4
#define MAX_PROTOCOLS 16

/* 0.4.0.127.0.7.2.2, then 1.1 a key for DH, 1.2 for ECDH, 3.1.n and 3.2.n their protocols
 */
static const uint8_t arc[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02 };
enum { OF_KEY = 1, OF_PROTOCOL = 3, KIND_DH = 1, KIND_ECDH = 2 };

typedef struct {
    uint8_t kind;
    SaoyView info; /* SubjectPublicKeyInfo */
    int64_t id;
} Key;

typedef struct {
    uint8_t kind, cipher; /* the OID's last two */
    int64_t id;
} Protocol;

typedef struct {
    Key keys[MAX_KEYS];
    Protocol protocols[MAX_PROTOCOLS];
    size_t n_keys, n_protocols;
} Found;

static void
note_key(Found *found, const SaoySecurityInfo *info)
{
    const uint8_t *oid = info->oid.data;

    if (info->oid.size == sizeof arc + 2 && oid[7] == OF_KEY && found->n_keys < MAX_KEYS)
        found->keys[found->n_keys++] =
            (Key){ .kind = oid[8], .info = info->required, .id = info->number };
}

/* Version 1 only: 2 and 3 are for terminals that authenticate themselves. */
static void
note_protocol(Found *found, const SaoySecurityInfo *info)
{
    const uint8_t *oid = info->oid.data;
    int64_t version = 0;

    if (info->oid.size == sizeof arc + 3 && oid[7] == OF_PROTOCOL && oid[9] >= 1 &&
        oid[9] <= SAOY_CIPHER_N && found->n_protocols < MAX_PROTOCOLS &&
        saoy_lds_number(info->required, &version, NULL) && version == 1)
        found->protocols[found->n_protocols++] =
            (Protocol){ .kind = oid[8], .cipher = oid[9], .id = info->number };
}

/* ActiveAuthenticationInfo, 2.23.136.1.1.5: version, then an algorithm of BSI TR-03111,
 * ecdsa-plain-signatures 0.4.0.127.0.7.1.1.4.1.n. */
static bool
note_active(const SaoySecurityInfo *info, int *out, GError **error)
{
    static const uint8_t active[] = { 0x67, 0x81, 0x08, 0x01, 0x01, 0x05 };
    static const uint8_t plain[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01 };
    static const int digests[] = { NID_sha1, NID_sha224, NID_sha256, NID_sha384,
                                   NID_sha512 };
    SaoyView rest = info->rest, oid = { 0 };
    unsigned n;

    if (!saoy_view_same(info->oid, (SaoyView){ active, sizeof active }))
        return true;
    if (!saoy_tlv_take(&rest, 0x06, &oid, error))
        return false;
    n = oid.size == sizeof plain + 1 ? oid.data[sizeof plain] : 0;
    *out =
        n >= 1 && n <= G_N_ELEMENTS(digests) && memcmp(oid.data, plain, sizeof plain) == 0
            ? digests[n - 1]
            : -1;
    return true;
}

static bool
is_stronger(const SaoyChipAuthOffer *a, const SaoyChipAuthOffer *b)
{
    return a->cipher != b->cipher ? a->cipher > b->cipher : a->oid[8] > b->oid[8];
}

/* Sorted in, the strongest first; of equals the one that stands first. */
static void
add_offer(SaoyDg14 *out, const Key *key, unsigned cipher)
{
    SaoyChipAuthOffer offer = { .cipher = (SaoyCipher)(cipher - 1),
                                .key = key->info,
                                .key_id = key->id };
    size_t at = out->n_offers;

    if (at == SAOY_OFFERS_MAX)
        return;
    memcpy(offer.oid, arc, sizeof arc);
    offer.oid[7] = OF_PROTOCOL;
    offer.oid[8] = key->kind;
    offer.oid[9] = (uint8_t)cipher;
    out->n_offers++;
    for (; at > 0 && is_stronger(&offer, &out->offers[at - 1]); at--)
        out->offers[at] = out->offers[at - 1];
    out->offers[at] = offer;
}

/* Protocol and key belong together by their id; a single key also where only one of the two
 * names it, as some issuers do. A key without any protocol is of the time when there was
 * but 3DES. */
static void
match(const Found *found, const Key *key, SaoyDg14 *out)
{
    bool named = false;

    for (size_t i = 0; i < found->n_protocols; i++) {
        const Protocol *protocol = &found->protocols[i];
        bool loose = found->n_keys == 1 && (protocol->id < 0 || key->id < 0);

        if (protocol->kind != key->kind)
            continue;
        named = true;
        if (protocol->id == key->id || loose)
            add_offer(out, key, protocol->cipher);
    }
    if (!named)
        add_offer(out, key, SAOY_CIPHER_3DES + 1);
}

bool
saoy_dg14_parse(SaoyView file, SaoyDg14 *out, GError **error)
{
    SaoyView body = { 0 }, set = { 0 };
    SaoyDg14 dg14 = { 0 };
    Found found = { 0 };

    if (!saoy_tlv_take(&file, 0x6e, &body, error) ||
        !saoy_security_infos(body, &set, error))
        return false;
    while (set.size > 0) {
        SaoySecurityInfo info = { 0 };

        if (!saoy_security_info_next(&set, &info, error) ||
            !note_active(&info, &dg14.active_digest, error))
            return false;
        if (info.oid.size < sizeof arc || memcmp(info.oid.data, arc, sizeof arc) != 0)
            continue;
        note_key(&found, &info);
        note_protocol(&found, &info);
    }
    for (size_t i = 0; i < found.n_keys; i++)
        if (found.keys[i].kind == KIND_DH || found.keys[i].kind == KIND_ECDH)
            match(&found, &found.keys[i], &dg14);
    dg14.offered = found.n_keys > 0;
    dg14.supported = dg14.n_offers > 0;
    *out = dg14;
    return true;
}

#include "lds.h"

#include "core/error.h"
#include "tlv.h"

#include <string.h>

enum {
    INTEGER = 0x02,
    OBJECT_IDENTIFIER = 0x06,
    SEQUENCE = 0x30,
    SET = 0x31,
};

static const uint8_t tags[SAOY_GROUP_MAX + 1] = {
    0,    0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68,
    0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70,
};

uint16_t
saoy_group_file(unsigned group)
{
    return (uint16_t)(0x0100 + group);
}

bool
saoy_der_number(SaoyView element, int64_t *out, GError **error)
{
    SaoyView value = { 0 };
    int64_t number = 0;

    if (!saoy_tlv_take(&element, INTEGER, &value, error))
        return false;
    if (value.size == 0 || value.size > 7 || value.data[0] > 0x7f)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "integer of %zu bytes", value.size);
    for (size_t i = 0; i < value.size; i++)
        number = number << 8 | value.data[i];
    *out = number;
    return true;
}

bool
saoy_security_infos(SaoyView file, SaoyView *out_set, GError **error)
{
    return saoy_tlv_take(&file, SET, out_set, error);
}

bool
saoy_security_info_next(SaoyView *set, SaoySecurityInfo *out, GError **error)
{
    SaoyView body = { 0 }, value = { 0 }, before = { 0 };
    SaoySecurityInfo info = { .number = -1 };
    uint32_t tag = 0;

    if (!saoy_tlv_take(set, SEQUENCE, &body, error) ||
        !saoy_tlv_take(&body, OBJECT_IDENTIFIER, &info.oid, error))
        return false;
    before = body;
    if (!saoy_tlv_next(&body, &tag, &value, error))
        return false;
    info.required = (SaoyView){ before.data, before.size - body.size };
    info.rest = body;
    /* what is no key's or parameter's number may be as large as it likes */
    if (saoy_tlv_peek(body) == INTEGER && !saoy_der_number(body, &info.number, NULL))
        info.number = -1;
    *out = info;
    return true;
}

static unsigned
mapping_rank(const SaoyPaceInfo *info)
{
    if (info->mapping == SAOY_MAPPING_ECDH_CAM)
        return 2;
    return saoy_pace_integrates(info) ? 0 : 1;
}

/* Stronger first: not the 1024-bit field, then the cipher by key length, then the group by
 * its id; a mapping that proves the chip before generic, that before integrated. */
static bool
is_better(const SaoyPaceInfo *a, const SaoyPaceInfo *b)
{
    if ((a->parameter == 0) != (b->parameter == 0))
        return a->parameter != 0;
    if (a->cipher == b->cipher && a->parameter == b->parameter)
        return mapping_rank(a) > mapping_rank(b);
    return a->cipher != b->cipher ? a->cipher > b->cipher : a->parameter > b->parameter;
}

bool
saoy_card_access_parse(SaoyView file, SaoyPaceInfo *out, bool *out_announced,
                       GError **error)
{
    SaoyView set = { 0 };
    SaoyPaceInfo best = { 0 };
    bool found = false;

    *out_announced = false;
    if (!saoy_security_infos(file, &set, error))
        return false;
    while (set.size > 0) {
        SaoySecurityInfo info = { 0 };
        SaoyPaceInfo pace = { 0 };

        if (!saoy_security_info_next(&set, &info, error))
            return false;
        if (!saoy_pace_info(info.oid, info.number < 0 ? G_MAXUINT : (unsigned)info.number,
                            &pace))
            continue;
        *out_announced = true;
        if (saoy_pace_supported(&pace) && (!found || is_better(&pace, &best))) {
            best = pace;
            found = true;
        }
    }
    if (!found)
        return saoy_fail(error, SAOY_ERROR_FAILED,
                         *out_announced ? "no announced PACE variant is supported"
                                        : "EF.CardAccess announces no PACE");
    *out = best;
    return true;
}

static bool
are_digits(SaoyView text, size_t size)
{
    for (size_t i = 0; i < text.size; i++)
        if (!g_ascii_isdigit(text.data[i]))
            return false;
    return text.size == size;
}

static SaoyGroups
groups_of(SaoyView list)
{
    SaoyGroups groups = 0;

    for (size_t i = 0; i < list.size; i++)
        for (unsigned n = 1; n <= SAOY_GROUP_MAX; n++)
            if (tags[n] == list.data[i])
                groups |= SAOY_GROUP(n);
    return groups;
}

bool
saoy_com_parse(SaoyView file, SaoyGroups *out, GError **error)
{
    SaoyView body = { 0 }, value = { 0 };
    SaoyGroups groups = 0;
    bool listed = false;

    if (!saoy_tlv_take(&file, 0x60, &body, error))
        return false;
    while (body.size > 0) {
        uint32_t tag = 0;

        if (!saoy_tlv_next(&body, &tag, &value, error))
            return false;
        if ((tag == 0x5f01 && !are_digits(value, 4)) ||
            (tag == 0x5f36 && !are_digits(value, 6)))
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "EF.COM: version");
        if (tag == 0x5c) {
            listed = true;
            groups |= groups_of(value);
        }
    }
    if (!listed)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "EF.COM lists no data groups");
    *out = groups;
    return true;
}

bool
saoy_dg1_parse(SaoyView file, SaoyMrz *out, GError **error)
{
    SaoyView body = { 0 }, zone = { 0 };

    if (!saoy_tlv_take(&file, 0x61, &body, error) ||
        !saoy_tlv_take(&body, 0x5f1f, &zone, error))
        return false;
    if (zone.size != 90 && zone.size != 72 && zone.size != 88)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "DG1: MRZ of %zu characters",
                         zone.size);
    return saoy_mrz_parse(zone, out, error);
}

/* 0.4.0.127.0.7.2.2.1.2: a chip authentication key for ECDH; …2.2.3.2.n: its protocol */
static const uint8_t key_ecdh[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x01, 0x02 };
static const uint8_t key_dh[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x01, 0x01 };
static const uint8_t protocol_ecdh[] = { 0x04, 0x00, 0x7f, 0x00, 0x07,
                                         0x02, 0x02, 0x03, 0x02 };

static bool
starts_with(SaoyView oid, const uint8_t *prefix, size_t size)
{
    return oid.size >= size && memcmp(oid.data, prefix, size) == 0;
}

/* The first ECDH key. */
static bool
take_keys(SaoyView set, SaoyDg14 *out, GError **error)
{
    while (set.size > 0) {
        SaoySecurityInfo info = { 0 };

        if (!saoy_security_info_next(&set, &info, error))
            return false;
        if (starts_with(info.oid, key_dh, sizeof key_dh))
            out->offered = true;
        if (!starts_with(info.oid, key_ecdh, sizeof key_ecdh) || out->key.size > 0)
            continue;
        out->offered = true;
        out->key = info.required;
        out->key_id = info.number;
    }
    return true;
}

/* The strongest protocol for that key: AES only, as 3DES is for older passports. */
static bool
take_protocol(SaoyView set, SaoyDg14 *out, GError **error)
{
    while (set.size > 0) {
        SaoySecurityInfo info = { 0 };
        unsigned cipher;

        if (!saoy_security_info_next(&set, &info, error))
            return false;
        if (info.oid.size != sizeof protocol_ecdh + 1 ||
            !starts_with(info.oid, protocol_ecdh, sizeof protocol_ecdh) ||
            info.number != out->key_id)
            continue;
        cipher = info.oid.data[sizeof protocol_ecdh];
        if (cipher < 2 || cipher > 4 || (out->supported && cipher - 1 <= out->cipher))
            continue;
        out->supported = true;
        out->cipher = (SaoyCipher)(cipher - 1);
        memcpy(out->oid, info.oid.data, info.oid.size);
    }
    return true;
}

/* ActiveAuthenticationInfo, 2.23.136.1.1.5: version, then an algorithm of BSI TR-03111,
 * ecdsa-plain-signatures 0.4.0.127.0.7.1.1.4.1.n. */
static bool
take_active(SaoyView set, SaoyDg14 *out, GError **error)
{
    static const uint8_t active[] = { 0x67, 0x81, 0x08, 0x01, 0x01, 0x05 };
    static const uint8_t plain[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01 };
    static const int digests[] = { NID_sha1, NID_sha224, NID_sha256, NID_sha384,
                                   NID_sha512 };

    while (set.size > 0) {
        SaoySecurityInfo info = { 0 };
        SaoyView oid = { 0 };
        unsigned n;

        if (!saoy_security_info_next(&set, &info, error))
            return false;
        if (info.oid.size != sizeof active || !starts_with(info.oid, active, sizeof active))
            continue;
        if (!saoy_tlv_take(&info.rest, OBJECT_IDENTIFIER, &oid, error))
            return false;
        out->active_digest = -1;
        if (oid.size != sizeof plain + 1 || !starts_with(oid, plain, sizeof plain))
            continue;
        n = oid.data[sizeof plain];
        if (n >= 1 && n <= G_N_ELEMENTS(digests))
            out->active_digest = digests[n - 1];
    }
    return true;
}

bool
saoy_dg14_parse(SaoyView file, SaoyDg14 *out, GError **error)
{
    SaoyView body = { 0 }, set = { 0 };
    SaoyDg14 found = { .key_id = -1 };

    if (!saoy_tlv_take(&file, 0x6e, &body, error) ||
        !saoy_security_infos(body, &set, error) || !take_keys(set, &found, error) ||
        !take_active(set, &found, error))
        return false;
    if (found.key.size > 0 && !take_protocol(set, &found, error))
        return false;
    *out = found;
    return true;
}

bool
saoy_dg15_parse(SaoyView file, SaoyView *out_key, GError **error)
{
    SaoyView body = { 0 };

    if (!saoy_tlv_take(&file, 0x6f, &body, error))
        return false;
    if (saoy_tlv_peek(body) != SEQUENCE)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "DG15 holds no public key");
    *out_key = body;
    return true;
}

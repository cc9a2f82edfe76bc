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
saoy_lds_number(SaoyView element, int64_t *out, GError **error)
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
    if (saoy_tlv_peek(body) == INTEGER && !saoy_lds_number(body, &info.number, NULL))
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

bool
saoy_pace_is_better(const SaoyPaceInfo *a, const SaoyPaceInfo *b)
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
        if (saoy_pace_supported(&pace) && (!found || saoy_pace_is_better(&pace, &best))) {
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

/* DG11 and DG12: a list of tags, then the elements (ICAO 9303-10, 4.7.11 and 4.7.12). */
#include "lds.h"

#include "tlv.h"

#include <string.h>

enum {
    NAME = 0x5f0e,
    OTHER_NAME = 0x5f0f,
    NUMBER = 0x5f10,
    BIRTH = 0x5f2b,
    AUTHORITY = 0x5f19,
    ISSUED = 0x5f26,
    SEVERAL = 0xa0,
};

/* Other names stand behind one another, by the letter of the book with their count in a
 * template, in some passports without. */
static bool
take_other_names(SaoyView template, SaoyDg11 *out, GError **error)
{
    while (template.size > 0) {
        SaoyView value = { 0 };
        uint32_t tag = 0;

        if (!saoy_tlv_next(&template, &tag, &value, error))
            return false;
        if (tag == OTHER_NAME && out->n_other_names < SAOY_OTHER_NAMES)
            out->other_names[out->n_other_names++] = value;
    }
    return true;
}

bool
saoy_dg11_parse(SaoyView file, SaoyDg11 *out, GError **error)
{
    SaoyView body = { 0 };
    SaoyDg11 found = { 0 };

    if (!saoy_tlv_take(&file, 0x6b, &body, error))
        return false;
    while (body.size > 0) {
        SaoyView before = body, value = { 0 };
        uint32_t tag = 0;

        if (!saoy_tlv_next(&body, &tag, &value, error))
            return false;
        before.size -= body.size;
        if (tag == NAME)
            found.name = value;
        else if (tag == NUMBER)
            found.number = value;
        else if (tag == BIRTH)
            (void)saoy_lds_date(value, found.birth);
        else if ((tag == OTHER_NAME || tag == SEVERAL) &&
                 !take_other_names(tag == SEVERAL ? value : before, &found, error))
            return false;
    }
    *out = found;
    explicit_bzero(&found, sizeof found);
    return true;
}

bool
saoy_dg12_parse(SaoyView file, SaoyDg12 *out, GError **error)
{
    SaoyView body = { 0 };
    SaoyDg12 found = { 0 };

    if (!saoy_tlv_take(&file, 0x6c, &body, error))
        return false;
    while (body.size > 0) {
        SaoyView value = { 0 };
        uint32_t tag = 0;

        if (!saoy_tlv_next(&body, &tag, &value, error))
            return false;
        if (tag == AUTHORITY)
            found.authority = value;
        else if (tag == ISSUED)
            (void)saoy_lds_date(value, found.issued);
    }
    *out = found;
    return true;
}

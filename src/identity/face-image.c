#include "lds.h"

#include "core/error.h"
#include "tlv.h"

#include <string.h>

/* ISO 19794-5 */
enum { FACIAL_HEADER = 14, RECORD_INFO = 20, FEATURE_POINT = 8, IMAGE_INFO = 12 };

static unsigned
u16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static bool
is_jpeg(SaoyView picture)
{
    return picture.size > 4 && memcmp(picture.data, "\xff\xd8\xff", 3) == 0;
}

static bool
is_jpeg2000(SaoyView picture)
{
    static const uint8_t box[] = { 0, 0, 0, 12, 'j', 'P', ' ', ' ' };

    return picture.size > 12 && (memcmp(picture.data, box, sizeof box) == 0 ||
                                 memcmp(picture.data, "\xff\x4f\xff\x51", 4) == 0);
}

/* The first facial record behind the header "FAC\0" "010\0" length count. */
static bool
take_record(SaoyView block, SaoyView *out, GError **error)
{
    SaoyView head = { 0 };
    size_t length = 0;

    if (!saoy_view_take(&block, FACIAL_HEADER, &head, error))
        return false;
    if (memcmp(head.data, "FAC\0", 4) != 0 || u16(head.data + 12) == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "DG2: no ISO 19794-5 face");
    if (block.size < 4)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "DG2: facial record");
    length = (size_t)u16(block.data) << 16 | u16(block.data + 2);
    return saoy_view_take(&block, length, out, error);
}

static bool
parse_record(SaoyView record, SaoyFaceImage *out, GError **error)
{
    SaoyView info = { 0 }, points = { 0 }, image = { 0 };

    if (!saoy_view_take(&record, RECORD_INFO, &info, error) ||
        !saoy_view_take(&record, (size_t)u16(info.data + 4) * FEATURE_POINT, &points,
                        error) ||
        !saoy_view_take(&record, IMAGE_INFO, &image, error))
        return false;
    /* the picture's own first bytes count: the type byte is known to lie */
    if (!is_jpeg(record) && !is_jpeg2000(record))
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "DG2: the picture is neither JPEG nor JPEG 2000");
    *out = (SaoyFaceImage){ .picture = record,
                            .width = u16(image.data + 2),
                            .height = u16(image.data + 4),
                            .jpeg2000 = is_jpeg2000(record) };
    return true;
}

bool
saoy_dg2_parse(SaoyView file, SaoyFaceImage *out, GError **error)
{
    SaoyView group = { 0 }, template = { 0 }, count = { 0 }, header = { 0 }, record = { 0 };

    if (!saoy_tlv_take(&file, 0x75, &group, error) ||
        !saoy_tlv_take(&group, 0x7f61, &group, error) ||
        !saoy_tlv_take(&group, 0x02, &count, error) ||
        !saoy_tlv_take(&group, 0x7f60, &template, error))
        return false;
    if (saoy_tlv_peek(template) == 0xa1 && !saoy_tlv_take(&template, 0xa1, &header, error))
        return false;
    if (saoy_tlv_peek(template) == 0x7f2e)
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "DG2: faces in ISO 39794-5 are not read yet");
    return saoy_tlv_take(&template, 0x5f2e, &template, error) &&
           take_record(template, &record, error) && parse_record(record, out, error);
}

/* DG2 (ICAO 9303-10, 4.7.2): a list of biometric templates, each a header and a block of
 * faces in ISO 19794-5 (here) or ISO 39794-5 (face-image-der.c). */
#include "face-image.h"

#include "core/error.h"
#include "tlv.h"

#include <string.h>

enum { FACIAL_HEADER = 14, RECORD_INFO = 20, FEATURE_POINT = 8, IMAGE_INFO = 12 };

static unsigned
u16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static size_t
u32(const uint8_t *at)
{
    return (size_t)u16(at) << 16 | u16(at + 2);
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

static bool
is_larger(const SaoyFaceImage *a, const SaoyFaceImage *b)
{
    uint64_t area = (uint64_t)a->width * a->height, other = (uint64_t)b->width * b->height;

    return area != other ? area > other : a->picture.size > b->picture.size;
}

/* The picture's own first bytes count: the byte that names its kind is known to lie. */
void
saoy_face_offer(SaoyFaceChoice *choice, SaoyView picture, unsigned width, unsigned height,
                bool frontal)
{
    const SaoyFaceImage image = { picture, width, height, is_jpeg2000(picture) };

    if (!is_jpeg(picture) && !image.jpeg2000)
        return;
    if (choice->found &&
        (choice->frontal != frontal ? choice->frontal : !is_larger(&image, &choice->image)))
        return;
    *choice = (SaoyFaceChoice){ image, true, frontal };
}

/* Its length, then 16 bytes about the person, feature points, 12 bytes about the picture,
 * the picture. */
static bool
take_record(SaoyView *records, SaoyFaceChoice *choice, GError **error)
{
    SaoyView record = { 0 }, info = { 0 }, points = { 0 }, image = { 0 };

    if (records->size < 4)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "DG2: facial record");
    if (!saoy_view_take(records, u32(records->data), &record, error) ||
        !saoy_view_take(&record, RECORD_INFO, &info, error) ||
        !saoy_view_take(&record, (size_t)u16(info.data + 4) * FEATURE_POINT, &points,
                        error) ||
        !saoy_view_take(&record, IMAGE_INFO, &image, error))
        return false;
    saoy_face_offer(choice, record, u16(image.data + 2), u16(image.data + 4),
                    image.data[0] != 0);
    return true;
}

/* "FAC\0" "010\0" length count: of the 2005 edition, the only one that ICAO 9303-10 names.
 * Behind the announced length some issuers pad. */
static bool
take_block(SaoyView block, SaoyFaceChoice *choice, GError **error)
{
    SaoyView whole = block, head = { 0 };
    size_t length = 0;
    unsigned count = 0;

    if (!saoy_view_take(&block, FACIAL_HEADER, &head, error))
        return false;
    if (memcmp(head.data, "FAC\0", 4) != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "DG2: no ISO 19794-5 face");
    if (memcmp(head.data + 4, "010\0", 4) != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "DG2: another edition of ISO 19794-5 than that of 2005");
    length = u32(head.data + 8);
    count = u16(head.data + 12);
    if (length < FACIAL_HEADER || length > whole.size || count == 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "DG2: %u faces in %zu of %zu bytes",
                         count, length, whole.size);
    block.size = length - FACIAL_HEADER;
    for (unsigned i = 0; i < count; i++)
        if (!take_record(&block, choice, error))
            return false;
    return true;
}

/* A header comes first or is left out; what is encrypted or signed by itself is not read.
 */
static bool
take_template(SaoyView template, SaoyFaceChoice *choice, GError **error)
{
    while (template.size > 0) {
        SaoyView value = { 0 };
        uint32_t tag = 0;

        if (!saoy_tlv_next(&template, &tag, &value, error))
            return false;
        if (tag == 0x5f2e)
            return take_block(value, choice, error);
        if (tag == 0x7f2e)
            return saoy_face_der(value, choice, error);
    }
    return saoy_fail(error, SAOY_ERROR_MALFORMED, "DG2: a template without a face");
}

/* A template that does not parse hides none of the others; the first fault is told when no
 * face is left. */
static void
take_templates(SaoyView group, unsigned count, SaoyFaceChoice *choice, GError **error)
{
    for (unsigned i = 0; i < count; i++) {
        g_autoptr(GError) why = NULL;
        SaoyView template = { 0 };

        if (saoy_tlv_take(&group, 0x7f60, &template, &why) &&
            take_template(template, choice, &why))
            continue;
        if (error != NULL && *error == NULL)
            *error = g_steal_pointer(&why);
        if (template.data == NULL)
            return;
    }
}

bool
saoy_dg2_parse(SaoyView file, SaoyFaceImage *out, GError **error)
{
    SaoyView group = { 0 }, count = { 0 };
    SaoyFaceChoice choice = { 0 };
    g_autoptr(GError) why = NULL;

    if (!saoy_tlv_take(&file, 0x75, &group, error) ||
        !saoy_tlv_take(&group, 0x7f61, &group, error) ||
        !saoy_tlv_take(&group, 0x02, &count, error))
        return false;
    if (count.size != 1)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "DG2: number of templates");
    take_templates(group, count.data[0], &choice, &why);
    if (!choice.found && why != NULL) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (!choice.found)
        return saoy_fail(error, SAOY_ERROR_MALFORMED,
                         "DG2: no picture in JPEG or JPEG 2000");
    *out = choice.image;
    return true;
}

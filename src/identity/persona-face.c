/* DG2 of a synthetic person, in both encodings of a face. */
#include "persona-files.h"

#include "core/error.h"
#include "tlv.h"

#include <string.h>

typedef struct {
    SaoyView bytes;
    unsigned width, height;
    bool jpeg2000;
} Picture;

/* Width and height out of the first start-of-frame marker of a JPEG. */
static bool
measure_jpeg(SaoyView picture, unsigned *width, unsigned *height)
{
    size_t at = 2;

    while (at + 9 < picture.size && picture.data[at] == 0xff) {
        const uint8_t *marker = picture.data + at;

        if (marker[1] >= 0xc0 && marker[1] <= 0xcf && marker[1] != 0xc4 &&
            marker[1] != 0xc8 && marker[1] != 0xcc) {
            *height = (unsigned)marker[5] << 8 | marker[6];
            *width = (unsigned)marker[7] << 8 | marker[8];
            return true;
        }
        at += 2 + ((size_t)marker[2] << 8 | marker[3]);
    }
    return false;
}

/* Image header box "ihdr" of a JPEG 2000 file. */
static bool
measure_jpeg2000(SaoyView picture, unsigned *width, unsigned *height)
{
    for (size_t at = 0; at + 12 < MIN(picture.size, 256); at++) {
        const uint8_t *box = picture.data + at;

        if (memcmp(box, "ihdr", 4) != 0)
            continue;
        *height = (unsigned)box[6] << 8 | box[7];
        *width = (unsigned)box[10] << 8 | box[11];
        return true;
    }
    return false;
}

static bool
measure(Picture *picture)
{
    SaoyView bytes = picture->bytes;

    if (bytes.size > 4 && memcmp(bytes.data, "\xff\xd8\xff", 3) == 0)
        return measure_jpeg(bytes, &picture->width, &picture->height);
    picture->jpeg2000 = true;
    return bytes.size > 12 && memcmp(bytes.data + 4, "jP  ", 4) == 0 &&
           measure_jpeg2000(bytes, &picture->width, &picture->height);
}

static void
put_u32(uint8_t *at, size_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* ISO 19794-5: facial header, one record without feature points, image information. */
static SaoyArray *
make_record(const Picture *picture)
{
    SaoyArray *record = saoy_array_new(picture->bytes.size + 64);
    uint8_t head[46] = { 'F', 'A', 'C', 0, '0', '1', '0', 0 };
    uint8_t *image = head + 34;

    put_u32(head + 8, sizeof head + picture->bytes.size);
    head[13] = 1;
    put_u32(head + 14, sizeof head - 14 + picture->bytes.size);
    image[0] = 1; /* full frontal */
    image[1] = picture->jpeg2000;
    image[2] = (uint8_t)(picture->width >> 8);
    image[3] = (uint8_t)picture->width;
    image[4] = (uint8_t)(picture->height >> 8);
    image[5] = (uint8_t)picture->height;
    image[6] = 1; /* sRGB */
    image[7] = 2; /* static, digital camera */
    g_byte_array_append(record, head, sizeof head);
    g_byte_array_append(record, picture->bytes.data, (unsigned)picture->bytes.size);
    return record;
}

/* An element around what is there so far. */
static void
wrap(SaoyArray **content, uint32_t tag)
{
    SaoyArray *outer = saoy_array_new((*content)->len + 8);

    saoy_tlv_put(outer, tag, saoy_view_array(*content));
    saoy_array_free(*content);
    *content = outer;
}

static void
put_numbers(GByteArray *out, uint32_t tag, unsigned first, unsigned second)
{
    const uint8_t bytes[] = { 0x80, 0x02, (uint8_t)(first >> 8),  (uint8_t)first,
                              0x81, 0x02, (uint8_t)(second >> 8), (uint8_t)second };

    saoy_tlv_put(out, tag, (SaoyView){ bytes, sizeof bytes });
}

/* ISO 39794-5: one representation; what it says of the picture is its format (2 JPEG, 3
 * JPEG 2000), that it is of a travel document, and its size. */
static SaoyArray *
make_block(const Picture *picture)
{
    const uint8_t format[] = { 0xa0, 0x03, 0x80, 0x01, picture->jpeg2000 ? 3 : 2,
                               0xa1, 0x03, 0x80, 0x01, 0 };
    static const uint8_t version[] = { 0x80, 0x01, 0x03, 0x81, 0x02, 0x07, 0xe3 };
    static const uint8_t id[] = { 0x80, 0x01, 0x01 };
    g_autoptr(SaoyArray) about = saoy_array_new(64);
    g_autoptr(SaoyArray) one = saoy_array_new(picture->bytes.size + 64);
    SaoyArray *block = saoy_array_new(picture->bytes.size + 128);
    SaoyArray *image = saoy_array_new(picture->bytes.size + 64);

    g_byte_array_append(about, format, sizeof format);
    put_numbers(about, 0xa7, picture->width, picture->height);
    saoy_tlv_put(image, 0x80, picture->bytes);
    saoy_tlv_put(image, 0xa1, saoy_view_array(about));
    wrap(&image, 0xa0);
    wrap(&image, 0xa0);
    wrap(&image, 0xa1);
    g_byte_array_append(one, id, sizeof id);
    g_byte_array_append(one, image->data, image->len);
    saoy_array_free(image);
    saoy_tlv_put(block, 0xa0, (SaoyView){ version, sizeof version });
    image = saoy_array_new(one->len + 16);
    saoy_tlv_put(image, 0x30, saoy_view_array(one));
    wrap(&image, 0xa1);
    g_byte_array_append(block, image->data, image->len);
    saoy_array_free(image);
    wrap(&block, 0x65);
    wrap(&block, 0xa1);
    return block;
}

GBytes *
saoy_persona_dg2(SaoyView portrait, bool iso39794, GError **error)
{
    /* biometric type: face; format: ISO/IEC JTC1 SC37, 19794-5 or 39794-5 */
    uint8_t header[] = { 0xa1, 0x0e, 0x81, 0x01, 0x02, 0x82, 0x01, 0x00,
                         0x87, 0x02, 0x01, 0x01, 0x88, 0x02, 0x00, 0x08 };
    static const uint8_t one[] = { 0x02, 0x01, 0x01 };
    Picture picture = { .bytes = portrait };
    g_autoptr(SaoyArray) face = NULL;
    g_autoptr(SaoyArray) block = saoy_array_new(portrait.size + 256);
    g_autoptr(SaoyArray) group = saoy_array_new(portrait.size + 256);
    SaoyArray *file = NULL;

    if (portrait.size > 100000 || !measure(&picture))
        return saoy_null(error, SAOY_ERROR_MALFORMED,
                         "the portrait is no JPEG or JPEG 2000 file of at most 100 kB");
    face = iso39794 ? make_block(&picture) : make_record(&picture);
    header[sizeof header - 1] = iso39794 ? 0x28 : 0x08;
    g_byte_array_append(block, header, sizeof header);
    saoy_tlv_put(block, iso39794 ? 0x7f2e : 0x5f2e, saoy_view_array(face));
    g_byte_array_append(group, one, sizeof one);
    saoy_tlv_put(group, 0x7f60, saoy_view_array(block));
    file = saoy_array_new(group->len + 16);
    g_byte_array_append(file, group->data, group->len);
    wrap(&file, 0x7f61);
    wrap(&file, 0x75);
    return g_byte_array_free_to_bytes(file);
}

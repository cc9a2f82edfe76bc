/* ISO 39794-5:2019 in the profile of ICAO 9303-10, 8th edition: FaceImageDataBlock
 * [APPLICATION 5] { version [0], representations [1] SEQUENCE OF {
 *   id [0], image [1] { base [0] { 2D [0] { data [0], information [1] … } } } … } … } */
#include "face-image.h"

#include "core/error.h"
#include "tlv.h"

enum {
    CONTENT_0 = 0x80, /* [0] primitive … */
    CONTENT_1 = 0x81,
    WRAP_0 = 0xa0, /* [0] constructed … */
    WRAP_1 = 0xa1,
    WRAP_7 = 0xa7,
    SEQUENCE = 0x30,
    DATA_BLOCK = 0x65,
};

/* The first member with that tag; empty when there is none. */
static bool
find(SaoyView body, uint32_t wanted, SaoyView *out, GError **error)
{
    *out = (SaoyView){ 0 };
    while (body.size > 0) {
        SaoyView value = { 0 };
        uint32_t tag = 0;

        if (!saoy_tlv_next(&body, &tag, &value, error))
            return false;
        if (tag == wanted) {
            *out = value;
            return true;
        }
    }
    return true;
}

/* 0 when it is not said, or no number of pixels. */
static unsigned
number_in(SaoyView body, uint32_t tag)
{
    SaoyView value = { 0 };
    unsigned number = 0;

    if (!find(body, tag, &value, NULL) || value.size > 3)
        return 0;
    for (size_t i = 0; i < value.size; i++)
        number = number << 8 | value.data[i];
    return number;
}

/* The kind "mrtd (0)" is the portrait of a travel document, "generalPurpose (1)" is not. */
static bool
take_representation(SaoyView body, SaoyFaceChoice *choice, GError **error)
{
    SaoyView image = { 0 }, base = { 0 }, flat = { 0 }, picture = { 0 };
    SaoyView about = { 0 }, kind = { 0 }, size = { 0 };

    if (!find(body, WRAP_1, &image, error) || !find(image, WRAP_0, &base, error) ||
        !find(base, WRAP_0, &flat, error) || !find(flat, CONTENT_0, &picture, error) ||
        !find(flat, WRAP_1, &about, error) || !find(about, WRAP_1, &kind, error) ||
        !find(about, WRAP_7, &size, error))
        return false;
    saoy_face_offer(choice, picture, number_in(size, CONTENT_0), number_in(size, CONTENT_1),
                    number_in(kind, CONTENT_0) == 0);
    return true;
}

bool
saoy_face_der(SaoyView block, SaoyFaceChoice *choice, GError **error)
{
    SaoyView list = { 0 };

    if (saoy_tlv_peek(block) == WRAP_1 && !saoy_tlv_take(&block, WRAP_1, &block, error))
        return false;
    if (!saoy_tlv_take(&block, DATA_BLOCK, &block, error) ||
        !find(block, WRAP_1, &list, error))
        return false;
    while (list.size > 0) {
        SaoyView one = { 0 };

        if (!saoy_tlv_take(&list, SEQUENCE, &one, error) ||
            !take_representation(one, choice, error))
            return false;
    }
    return true;
}

/* DG2: the face in its two containers. What is found lies within what was given. */
#include "fuzz.h"
#include "lds.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    SaoyFaceImage face = { 0 };

    if (saoy_dg2_parse((SaoyView){ data, size }, &face, NULL))
        g_assert_true(face.picture.data >= data && face.picture.size > 0 &&
                      face.picture.data + face.picture.size <= data + size);
    return 0;
}

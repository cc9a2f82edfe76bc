/* The picture of DG2, through the decoders of our libraries under our limits. */
#include "fuzz.h"
#include "vision/image.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) file = g_bytes_new(data, size);
    g_autoptr(SaoyImage) image = saoy_image_decode(file, NULL);

    if (image != NULL)
        g_assert_true(image->width > 0 && image->height > 0 &&
                      (int64_t)image->width * image->height <= SAOY_IMAGE_MAX_PIXELS &&
                      image->stride >= image->width * image->channels);
    return 0;
}

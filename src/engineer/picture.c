#include "picture.h"
#include "core/file.h"

#define MAX_PICTURE_FILE ((size_t)256 << 20)

SaoyImage *
saoy_engineer_picture(const char *path, size_t *out_bytes, GError **error)
{
    g_autoptr(GBytes) file = saoy_file_read(path, MAX_PICTURE_FILE, error);

    if (file == NULL)
        return NULL;
    if (out_bytes != NULL)
        *out_bytes = g_bytes_get_size(file);
    return saoy_image_decode(file, error);
}

#pragma once
#include "core/bytes.h"
#include "vision/image.h"

/* One picture format each: told apart by codec.c, decoded under the limits of image.h. */
SaoyImage *saoy_jpeg_decode(SaoyView file, GError **error);
SaoyImage *saoy_png_decode(SaoyView file, GError **error);
SaoyImage *saoy_tiff_decode(SaoyView file, GError **error);
SaoyImage *saoy_pnm_decode(GBytes *file, GError **error);
SaoyImage *saoy_jp2_decode(SaoyView file, GError **error);

/* EXIF and TIFF orientation 1..8 made upright; takes image, NULL on failure. */
SaoyImage *saoy_image_upright(SaoyImage *image, int orientation, GError **error);

/* A picture whose rows lie in file as they are: holds it, copies nothing. */
SaoyImage *saoy_image_lent(GBytes *file, SaoyView rows, int width, int height, int channels,
                           GError **error);

/* As saoy_image_encode_jpeg(), or progressive (T.81, annex G): a seventh smaller. */
GBytes *saoy_jpeg_encode(const SaoyImage *image, int quality, bool full_chroma,
                         bool progressive, GError **error);

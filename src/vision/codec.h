#pragma once
#include "core/bytes.h"
#include "vision/image.h"

/* One picture format each: told apart by codec.c, decoded under the limits of image.h. */
SaoyImage *saoy_jpeg_decode(SaoyView file, GError **error);
SaoyImage *saoy_png_decode(SaoyView file, GError **error);
SaoyImage *saoy_tiff_decode(SaoyView file, GError **error);
SaoyImage *saoy_pnm_decode(SaoyView file, GError **error);
SaoyImage *saoy_jp2_decode(SaoyView file, GError **error);

/* EXIF and TIFF orientation 1..8 made upright; takes image, NULL on failure. */
SaoyImage *saoy_image_upright(SaoyImage *image, int orientation, GError **error);

#pragma once
#include "core/box.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

/* Pictures: any thread, deterministic. Of the C headers only vision's say G_BEGIN_DECLS:
 * its .cc files include them. */
G_BEGIN_DECLS

/* 8 bits a sample, rows top down; channels 1 (grey) or 3 (RGB). Owns its pixels, or holds
 * the file they lie in as they are: a scanner's page is not copied to be looked at, and
 * nobody writes into a picture he did not make. */
typedef struct {
    int width, height, stride, channels, dpi; /* dpi 0: unknown */
    uint8_t *pixels;
    GBytes *lender; /* NULL: its own */
} SaoyImage;

/* 64 Mpx and 20,000 on a side at most: more is refused before it is allocated. */
#define SAOY_IMAGE_MAX_PIXELS (64u << 20)
#define SAOY_IMAGE_MAX_SIDE 20000

/* Zeroed; rows lie close. MALFORMED over the limits or no channels of ours. */
SaoyImage *saoy_image_new(int width, int height, int channels, int dpi, GError **error);
SaoyImage *saoy_image_copy(const SaoyImage *image);
void saoy_image_free(SaoyImage *image); /* wipes the pixels: a page or a face */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyImage, saoy_image_free)

/* Quarter turns clockwise: 0..3. */
SaoyImage *saoy_image_rotate(const SaoyImage *image, int quarters, GError **error);
/* Fits within max_side, area averaging; a copy when already smaller. */
SaoyImage *saoy_image_thumbnail(const SaoyImage *image, int max_side, GError **error);

/* JPEG, PNG, TIFF, PNM, JPEG 2000, told apart by their first bytes, whatever the file is
 * called. MALFORMED in one sentence for everything else, truncated, over the limits, or of
 * several pictures (pages of a TIFF, an animated PNG). EXIF turning is applied. */
SaoyImage *saoy_image_decode(GBytes *file, GError **error);

/* Baseline JPEG, quality 1..100 (luma), full_chroma: 4:4:4. Deterministic; JFIF dpi set. */
GBytes *saoy_image_encode_jpeg(const SaoyImage *image, int quality, bool full_chroma,
                               GError **error);
GBytes *saoy_image_encode_png(const SaoyImage *image, GError **error);

/* Reads only a JPEG's frame header. MALFORMED when it is no baseline or progressive JPEG.
 */
bool saoy_jpeg_info(GBytes *jpeg, int *width, int *height, int *channels, int *dpi,
                    GError **error);

G_END_DECLS

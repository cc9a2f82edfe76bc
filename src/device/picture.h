#pragma once
#include "vision/image.h"

#include <gio/gio.h>
#include <stdbool.h>

/* Picture files as the emulated devices keep them, and PNM as the real ones make it. */

/* "001.png", "front.JPG", "3.ppm" …: by the name's end. */
bool saoy_picture_is_name(const char *name);

/* "001-back.png" is the back of "001.png"; free with g_free. */
bool saoy_picture_is_back(const char *name);
char *saoy_picture_back_of(const char *name);

/* Names of the pictures in a folder, in order; fronts: without the backs. Array of char *,
 * owned by it; empty when there is no such folder. */
GPtrArray *saoy_picture_list(const char *folder, bool fronts);

/* Out of a PNG's pHYs or a JPEG's JFIF header; fallback when the file does not say. */
int saoy_picture_dpi(GBytes *file, int fallback);

/* A grey PNM, all of one value; white is 255. */
GBytes *saoy_picture_grey(int width, int height, uint8_t value);
GBytes *saoy_picture_white(int width, int height);

/* PNM's header for 8-bit samples, channels 1 (P5) or 3 (P6). Free with g_free. */
char *saoy_picture_header(int width, int height, int channels);

/* Decodes, and makes three channels of one. */
SaoyImage *saoy_picture_rgb(GBytes *file, GError **error);

#pragma once
#include "core/json.h"
#include "vision/image.h"

/* The picture in a file; out_bytes (may be NULL) gets the file's size. */
SaoyImage *saoy_cli_picture(const char *path, size_t *out_bytes, GError **error);

/* JSON [x,y,w,h]. */
SaoyJson *saoy_cli_box(SaoyBox box);

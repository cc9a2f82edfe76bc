#pragma once
#include "core/words.h"
#include "vision/image.h"

/* The picture in a file; out_bytes (may be NULL) gets the file's size. */
SaoyImage *saoy_engineer_picture(const char *path, size_t *out_bytes, GError **error);

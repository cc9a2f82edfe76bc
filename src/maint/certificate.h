#pragma once
#include <glib.h>
#include <stdbool.h>

/* Days until the first certificate of a PEM file runs out, negative when it has. NO_MEDIA,
 * MALFORMED. */
bool saoy_certificate_days_left(const char *path, int *out_days, GError **error);

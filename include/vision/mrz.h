#pragma once
#include "vision/image.h"

G_BEGIN_DECLS

/* Machine readable zones (ICAO 9303-3, 4: OCR-B) of cards and passports held before a
 * camera, tilted by ten degrees at most, a character ten pixels wide or more. Each text
 * is two lines as they look, of 30, 36 or 44 characters, parted by '\n': of a TD1 the first
 * or the last two of its three; '?' where nothing is like a character. Nothing is checked:
 * O and 0 are what they look like. NULL-terminated, g_strfreev; none is an empty list. Any
 * thread. */
char **saoy_mrz_see(const SaoyImage *frame, GError **error);

G_END_DECLS

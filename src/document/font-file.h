#pragma once
#include "canvas.h"

/* A TrueType file without what a CIDFontType2 does not need (ISO 32000-1, 9.9): names,
 * glyph names, cmap and OS/2 go, and metrics of glyphs that are not in it become zero.
 * glyphs: SaoyGlyph. NULL when it is no TrueType file. */
GBytes *saoy_font_slim(SaoyView file, const GArray *glyphs);

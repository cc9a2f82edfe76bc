#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* A TrueType file read once and kept: what a character looks like, how wide it is, and the
 * file with only the glyphs that are shown. Immutable after opening; any thread. */
typedef struct SaoyFont SaoyFont;

/* One character that is shown; width in 1/1000 em. */
typedef struct {
    uint16_t code, glyph, width;
} SaoyGlyph;

SaoyFont *saoy_font_open(GBytes *file, GError **error); /* MALFORMED */
void saoy_font_close(SaoyFont *font);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyFont, saoy_font_close)

/* A character that the font lacks shows the question mark's glyph under its own code. */
SaoyGlyph saoy_font_glyph(const SaoyFont *font, uint16_t code);

/* Glyph numbers stay; outlines and metrics of others are left out, and so are the tables
 * that a CIDFontType2 does not need (ISO 32000-1, 9.9). glyphs: SaoyGlyph. */
GBytes *saoy_font_subset(const SaoyFont *font, const GArray *glyphs);

/* "/Flags … /StemV …" of its FontDescriptor (9.8). Free with g_free. */
char *saoy_font_descriptor(const SaoyFont *font, bool bold);

#pragma once
#include "canvas.h"
#include "pdf-build.h"

/* libharu's two fonts as PDF/A wants them: one Type 0 font a face, W and CIDToGIDMap of the
 * characters used, a valid ToUnicode. References of the source to its fonts lead to them.
 */
bool saoy_fonts_replace(SaoyPdfBuilder *builder, SaoyPdf *pdf, SaoyCanvas *canvas,
                        const char *tag, GError **error);

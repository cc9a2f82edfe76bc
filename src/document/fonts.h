#pragma once
#include "canvas.h"
#include "pdf-build.h"

/* The two faces as PDF/A wants them, in place of libharu's place holders: a Type 0 font
 * with the subset, W and CIDToGIDMap of the characters used, a valid ToUnicode. References
 * of the source to its fonts lead to them. tag: five capitals before the face's letter, its
 * own in each kind of file. */
void saoy_fonts_replace(SaoyPdfBuilder *builder, SaoyPdf *pdf, SaoyCanvas *canvas,
                        const char *tag);

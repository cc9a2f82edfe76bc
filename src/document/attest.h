#pragma once
#include "canvas.h"

/* What we add to the scan: strip, watermark, attestation block, drawn signatures. Lengths
 * in points, origin bottom left of the page. */
typedef struct {
    double x, y, w, h;
} SaoyArea;

static inline double
saoy_mm(double length)
{
    return length * 72 / 25.4;
}

typedef enum { SAOY_LEFT, SAOY_CENTRE, SAOY_RIGHT } SaoyAlign;

/* text within width w from the top of area on; lines that do not fit are cut with "…".
 * Returns the height used. */
double saoy_draw_paragraph(SaoyCanvas *canvas, SaoyFace face, double size, SaoyAlign align,
                           SaoyArea area, const char *text);
/* One line, set smaller rather than wider than w; y is the baseline. */
void saoy_draw_line(SaoyCanvas *canvas, SaoyFace face, double size, SaoyAlign align,
                    double x, double y, double w, const char *text);

/* The same, text with {key} replaced by value. */
void saoy_draw_filled(SaoyCanvas *canvas, SaoyFace face, double size, SaoyAlign align,
                      double x, double y, double w, const char *text, const char *key,
                      const char *value);

/* https://host/v/<copy id>?t=… -> host/v/<copy id>. Free with g_free. */
char *saoy_look_up_address(const char *link);

void saoy_draw_strip(SaoyCanvas *canvas, const SaoyTemplates *templates,
                     const SaoyCopy *copy, unsigned page, unsigned pages, SaoyArea strip);
void saoy_draw_watermark(SaoyCanvas *canvas, const SaoyTemplates *templates, bool official,
                         SaoyArea page);
/* out: where the two signatures' widgets stand, by signer. */
void saoy_draw_block(SaoyCanvas *canvas, const SaoyTemplates *templates,
                     const SaoyCopy *copy, double x, double top,
                     SaoyArea out[SAOY_SIGNER_N]);
/* The drawn signature, from (0, 0) to the size saoy_draw_block gave it. */
void saoy_draw_signature(SaoyCanvas *canvas, const SaoyTemplates *templates,
                         const SaoyApproval *approval, int signer, SaoyArea size);

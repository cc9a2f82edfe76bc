#pragma once
#include "vision/image.h"

G_BEGIN_DECLS

typedef struct {
    double skew_deg;  /* how far the scan was turned; positive = clockwise */
    SaoyBox crop;     /* in the scan's pixels, before turning */
    int rotation;     /* quarter turns clockwise applied */
    double sharpness; /* 0 blurred .. 1 crisp */
    double ink;       /* share of the page that is not paper */
    bool blank, blurred, too_dark, cut_edge, low_resolution;
    SaoyBox free_box; /* clear rectangle for the attestation, cleaned page's pixels; w 0:
                         none */
} SaoyPageReport;

/* Straightens (within 15 degrees), trims dark surroundings, turns upright by quarter turns;
 * resamples once and never changes ink. A scan without believable dpi is taken for A4. The
 * lines of writing tell angle and side; where there are none the sheet's edges do, and a
 * page without lines is not turned. MALFORMED when there is no page in it. CPU bound, any
 * thread, deterministic. */
SaoyImage *saoy_page_clean(const SaoyImage *scan, SaoyPageReport *out, GError **error);

/* Judges a page that is clean already, as when a person turned it by hand: the quality and
 * the free box of *inout are written anew, skew, crop and rotation stay. */
bool saoy_page_assess(const SaoyImage *page, SaoyPageReport *inout, GError **error);

/* The smallest JPEG within the quality rule of product.md §5 (luma >= 60, 4:4:4 where there
 * is colour ink, cap 1.2 MB); the quality chosen goes to *out_quality. */
GBytes *saoy_page_encode(const SaoyImage *page, int *out_quality, GError **error);

/* A hint in plain English (a msgid) for the worst fault, or NULL when the page is good. */
const char *saoy_page_hint(const SaoyPageReport *report);

G_END_DECLS

#pragma once
#include "vision/image.h"

G_BEGIN_DECLS

/* Colour ink on a clean page, as far as a scanner's colours tell it: the red of a round
 * seal, the blue of a hand. */
typedef struct {
    bool colour;      /* the picture has colours at all; else nothing below is known */
    double red, blue; /* share of the page under such ink */
    SaoyBox seal;     /* the largest round red region of a seal's size; w 0: none */
    SaoyBox hand;     /* the largest blue region of a signature's size; w 0: none */
} SaoyInkReport;

/* A grey picture has none. CPU bound, about 10 ms a page; any thread, deterministic. */
bool saoy_ink_see(const SaoyImage *page, SaoyInkReport *out, GError **error);

G_END_DECLS

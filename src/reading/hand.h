#pragma once
#include "reading/reading.h"

/* A signature in black: strokes that were read as no word, higher than a line and loose, in
 * the lower two thirds of the page. words: of that page. w 0: none. CPU bound, 0.1 s. */
SaoyBox saoy_hand_of(const SaoyImage *page, const SaoyWords *words);

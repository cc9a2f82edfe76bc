#pragma once
#include "ocr.h"

/* Ink that no word covers, as far as it hangs together. */
typedef struct {
    SaoyBox box;
    double dense; /* share of its box that is inked, in squares of four pixels */
} SaoyPiece;

/* Of a grey page and its words, boxes in the grey page's pixels: array of SaoyPiece, from
 * the top; bounded. */
GArray *saoy_pieces_of(const SaoyGrey *grey, const SaoyWords *words);

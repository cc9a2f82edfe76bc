#pragma once
#include "ocr.h"

/* A straight line of ink that is no writing: of a table, a form, under a heading. */
typedef struct {
    int x0, y0, x1, y1; /* x1, y1: the first pixel behind it */
} SaoyRule;

/* Takes all rules of 10 mm and more off the grey page, so that the engine sees writing
 * alone: arrays of SaoyRule, those across and those down. What stands on a rule stays. */
void saoy_rules_take(SaoyGrey *grey, GArray **out_across, GArray **out_down);

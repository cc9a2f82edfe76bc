#pragma once
#include "kinds.h"

/* The title as printed: its words, spelt as the kind spells them where their marks or a
 * letter were misread; without what a stamp left beside it. g_free. */
char *saoy_title_text(const SaoyKindRule *rule, const SaoyTitle *title, SaoyBox *out_box,
                      int *out_confidence);

/* Whether the word is one of the title's. */
bool saoy_title_has(const SaoyTitle *title, const SaoyWord *word);

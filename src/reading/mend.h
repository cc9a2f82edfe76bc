#pragma once
#include "core/words.h"

/* Lines of borders and rules that were read as letters go, as do a table's rules ("|") and
 * signatures. */
void saoy_words_drop_rubbish(SaoyWords *words);

/* Vietnamese post-correction of one page as the engine read it; boxes, lines and numbers
 * stay. In the order of doing:
 *   alphabet   a letter that no Vietnamese word has becomes the one it looks like
 *   placement  a tone mark stands where its syllable bears it; hoà and hòa both stay
 *   spelling   what is no syllable becomes the one word of this page, or of the titles and
 *              labels of our kinds, that differs by one mark or look-alike
 * What holds a digit or a sign within is a number or a code and is left alone. */
void saoy_words_mend(SaoyWords *words);

/* The letters between the signs around a word, at most SAOY_CORE bytes; false: it is no
 * syllable's, but a number or a code. */
#define SAOY_CORE 32 /* no syllable is longer, and most words by far are not */
bool saoy_word_core(const char *word, const char **out_from, const char **out_to);

/* Whether it may be a line of a machine readable zone: fillers in it. */
bool saoy_is_zone_text(const char *text);

/* Digits with little beside them, or a syllable of two letters or more. */
bool saoy_says_something(const char *text);

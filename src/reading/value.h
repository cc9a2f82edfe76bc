#pragma once
#include "kinds.h"

/* A value as it stands on paper made comparable: dates "YYYY-MM-DD", names NFC without
 * titles, codes without spaces; it has the grammar (NULL: any), or as many of its first
 * words as have. NULL when the text holds none. *out_words: how many of the words it took,
 * from the first. Free with g_free. */
char *saoy_value_of(SaoyValue value, const GRegex *grammar, const SaoyWord *words, size_t n,
                    size_t *out_words);

/* Punctuation, or the dots of a form that is not filled in. */
bool saoy_value_is_leader(const char *word);

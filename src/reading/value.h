#pragma once
#include "kinds.h"

/* A value as it stands on paper made comparable: dates "YYYY-MM-DD", names NFC without
 * titles, codes without spaces. NULL when the text holds none. *out_words: how many of the
 * words it took, from the first. Free with g_free. */
char *saoy_value_of(SaoyValue value, const SaoyWord *words, size_t n, size_t *out_words);

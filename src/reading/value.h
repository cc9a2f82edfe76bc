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

/* The word without the punctuation and dotted leaders around it. g_free. */
char *saoy_value_bare(const char *word);

/* The values of one kind each, as above. */
char *saoy_name_of(const SaoyWord *words, size_t n, size_t *out_words);
char *saoy_date_of(const SaoyWord *words, size_t n, size_t *out_words);
char *saoy_date_words_of(const SaoyWord *words, size_t n, size_t *out_words);
char *saoy_sex_of(const SaoyWord *words, size_t n, size_t *out_words);
char saoy_sex_letter(const char *value); /* 'M', 'F'; 0: neither */
char *saoy_code_of(const SaoyWord *words, size_t n, size_t *out_words);
char *saoy_digits_of(const SaoyWord *words, size_t n, size_t *out_words);

/* Makes of digits and of what is read for them digits alone, in place; false, and half
 * done, when another sign or no digit is among them. */
bool saoy_put_digits(char *text);

/* The code itself, or the one that has the grammar and differs from it by look-alikes of
 * letters and digits (as few as can be); takes it. NULL: none has, or several. */
char *saoy_code_fitted(char *code, const GRegex *grammar);

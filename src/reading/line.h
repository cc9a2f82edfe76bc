#pragma once
#include "core/words.h"

/* Words of one page as lines, with what comparing needs. Borrows the words. */
typedef struct {
    const SaoyWord *words; /* first of n */
    size_t n;
    char *text;   /* joined by one space */
    char *folded; /* saoy_text_fold of it, punctuation out */
    char **folds; /* so each word of it */
    int top, bottom;
} SaoyLine;

GArray *saoy_lines_of(const SaoyWords *page); /* of SaoyLine */

/* Upper case ASCII letters, digits and single spaces. Free with g_free. */
char *saoy_line_fold(const char *text);

/* 0..1: 1 the same, by edit distance over the longer. */
double saoy_line_alike(const char *a, const char *b);

/* Share of letters that are capitals. */
double saoy_line_capitals(const char *text);

SaoyBox saoy_words_box(const SaoyWord *words, size_t n);

#pragma once
#include "core/words.h"

#include <stdbool.h>

/* Words of one page as lines, with what comparing needs. Borrows the words. */
typedef struct {
    const SaoyWord *words; /* first of n */
    size_t n;
    char *text;   /* joined by one space */
    char *folded; /* saoy_text_fold of it, punctuation out */
    char **folds; /* so each word of it */
    int top, bottom;
    guint row; /* which line of the page it is, from 0 */
    bool part; /* a column of that line */
} SaoyLine;

GArray *saoy_lines_of(const SaoyWords *page); /* of SaoyLine */

/* The lines, and behind each that has wide gaps what stands between them: array of SaoyLine
 * that borrows the same words. */
GArray *saoy_columns_of(const GArray *lines);

/* Whether a gap as between columns is before word i > 0. */
bool saoy_line_gap(const SaoyLine *line, size_t i);
/* The first word of the column that word i is in, and the first behind it. */
size_t saoy_line_column(const SaoyLine *line, size_t i);
size_t saoy_line_column_end(const SaoyLine *line, size_t i);

/* Upper case ASCII letters, digits and single spaces. Free with g_free. */
char *saoy_line_fold(const char *text);

/* 0..1: 1 the same, by edit distance over the longer. */
double saoy_line_alike(const char *a, const char *b);

/* Share of letters that are capitals. */
double saoy_line_capitals(const char *text);

SaoyBox saoy_words_box(const SaoyWord *words, size_t n);

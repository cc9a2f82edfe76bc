#pragma once
#include "kinds.h"

/* What all checks look at. */
typedef struct {
    const SaoyKindRule *rule; /* NULL: unknown kind */
    const SaoyWords *pages;
    const SaoyPageFacts *facts; /* NULL: words alone */
    size_t n;
    const GArray *fields;
} SaoyCase;

/* A page is told a rule once. text is a msgid, copied. */
void saoy_flag_add(GArray *flags, const char *rule, unsigned page, SaoyBox box,
                   const char *text);
/* The same, for each place of a rule that has several on a page. */
void saoy_flag_add_place(GArray *flags, const char *rule, unsigned page, SaoyBox box,
                         const char *text);

/* What stands on the pages in words: a copy's marks, secrecy, unlawful words, a paper
 * nobody confirmed, another language. */
void saoy_check_phrases(const SaoyCase *c, GArray *flags);
/* Page numbers, pages twice, sides and originals. */
void saoy_check_pages(const SaoyCase *c, GArray *flags);
/* Legibility, seal, signature, cut corners, glare: what vision saw. */
void saoy_check_sight(const SaoyCase *c, GArray *flags);

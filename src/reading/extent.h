#pragma once
#include "kinds.h"

/* Where the words of a value stand: n of them, one behind the other on the page. */
typedef struct {
    const SaoyWord *words;
    size_t n;
    size_t rest;          /* of them, those of the next line: an address goes on there */
    const SaoyLine *line; /* that the first is in */
    size_t from;          /* which of its words that is */
} SaoyExtent;

/* The value of the label that begins at word `label` of line `at` and ends before `from`:
 * behind it, or under it when nothing stands behind it. False: there is none. */
bool saoy_extent_of(const SaoyKindRule *rule, const SaoyFieldRule *field,
                    const GArray *lines, guint at, size_t label, size_t from,
                    SaoyExtent *out);

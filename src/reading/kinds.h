#pragma once
#include "line.h"
#include "reading/reading.h"

typedef enum {
    SAOY_VALUE_TEXT,
    SAOY_VALUE_NAME,
    SAOY_VALUE_DATE,
    SAOY_VALUE_CODE,
    SAOY_VALUE_TITLE, /* the title line itself */
    SAOY_VALUE_N
} SaoyValue;

typedef struct {
    char *name;
    SaoyValue value;
    char **labels; /* folded: as saoy_line_fold makes them */
} SaoyFieldRule;

/* One models/kinds/<id>.ini. `kind` stands first: a SaoyKind * of ours is a SaoyKindRule *.
 */
typedef struct {
    SaoyKind kind;
    int order;
    char **titles, **anchors; /* folded */
    char **title_texts;       /* as written in the file */
    GArray *fields;           /* of SaoyFieldRule */
} SaoyKindRule;

/* NULL for "unknown". */
const SaoyKindRule *saoy_kind_rule(const SaoyKind *kind);

/* The line (or two joined) that is this kind's title; false when there is none. */
bool saoy_kind_title(const SaoyKindRule *rule, const GArray *lines, int page_height,
                     size_t *out_line, size_t *out_n, double *out_score);

#pragma once
#include "line.h"
#include "reading/reading.h"

typedef enum {
    SAOY_VALUE_TEXT,
    SAOY_VALUE_NAME,
    SAOY_VALUE_DATE,
    SAOY_VALUE_WORDS, /* a date in words: "ngày ba mươi tháng tư năm …" */
    SAOY_VALUE_CODE,
    SAOY_VALUE_DIGITS, /* a code of digits alone: look-alikes are put right */
    SAOY_VALUE_TITLE,  /* the title line itself */
    SAOY_VALUE_AREA,   /* text with square metres in it */
    SAOY_VALUE_N
} SaoyValue;

typedef struct {
    char *name;
    SaoyValue value;
    char **labels;   /* folded: as saoy_line_fold makes them; ",…": behind a comma */
    GRegex *grammar; /* what a value must look like; NULL: anything */
} SaoyFieldRule;

/* One models/kinds/<id>.ini. `kind` stands first: a SaoyKind * of ours is a SaoyKindRule *.
 */
typedef struct {
    SaoyKind kind;
    int order;
    char **titles, **anchors; /* folded */
    char **title_texts;       /* as written in the file, as the two below */
    char **label_texts;       /* of all fields */
    char **copy_marks;        /* folded: what makes it no original */
    unsigned sides;           /* pages the whole has at least; 0: any */
    bool seal;                /* bears a red seal */
    bool code, zone;          /* a bar code, a machine readable zone may stand on it */
    char *void_since;         /* "YYYY-MM-DD": of no use from that day on, or NULL */
    int valid_months;         /* from the date of issue; 0: for ever, or as it says */
    GArray *fields;           /* of SaoyFieldRule */
} SaoyKindRule;

/* Loaded once, in their order; of SaoyKindRule *. */
const GPtrArray *saoy_kind_rules(void);

/* NULL for "unknown". */
const SaoyKindRule *saoy_kind_rule(const SaoyKind *kind);

/* The line (or two joined) that is this kind's title; false when there is none. */
bool saoy_kind_title(const SaoyKindRule *rule, const GArray *lines, int page_height,
                     size_t *out_line, size_t *out_n, double *out_score);

/* The kind whose title stands on the page, NULL when there is none: a page without is the
 * next of the one before. */
const SaoyKind *saoy_kind_titled(const SaoyWords *words, int page_height);

/* The first field of that name, NULL when there is none; fields may be NULL. */
const SaoyField *saoy_field_find(const GArray *fields, const char *name);

/* All titles and labels, for their spelling. */
typedef void SaoyKindTextFunc(const char *text, void *user);
void saoy_kind_each_text(SaoyKindTextFunc *each, void *user);

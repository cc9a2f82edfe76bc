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
    SAOY_VALUE_SEX,    /* "Nam", "Nữ", "Nữ / F" as printed */
    SAOY_VALUE_N
} SaoyValue;

/* Where a label may stand; how the file says so. */
typedef enum {
    SAOY_LABEL_ANYWHERE,
    SAOY_LABEL_PHRASE, /* "Số": one word, so a phrase begins with it */
    SAOY_LABEL_PLACE,  /* ",ngày": behind a place, "Hà Nội, ngày" */
    SAOY_LABEL_COLUMN, /* "^ngày": the first of its line or column */
    SAOY_LABEL_ALONE,  /* "=": none, the value fills a column and has the grammar */
} SaoyLabelWhere;

typedef struct {
    char *text;  /* folded: as saoy_line_fold makes it; NULL ends a list */
    char *spelt; /* in small letters with its marks */
    SaoyLabelWhere where;
} SaoyLabel;

typedef struct {
    char *name;
    SaoyValue value;
    SaoyLabel *labels; /* the surest first */
    GRegex *grammar;   /* what a value must look like; NULL: anything */
} SaoyFieldRule;

/* One models/kinds/<id>.ini. `kind` stands first: a SaoyKind * of ours is a SaoyKindRule *.
 */
typedef struct {
    SaoyKind kind;
    int order;
    char **titles, **anchors; /* folded */
    char **title_texts;       /* as written in the file, as the two below */
    char **label_texts;       /* its own of all fields, without their signs */
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

/* Labels of all kinds, and of no field of ours ("Dân tộc"): a value ends before them
 * whether its kind has the field or not. */
const SaoyLabel *saoy_kind_ends(void);

/* Lines, or columns of lines, that are a title together. Borrows the lines. */
#define SAOY_TITLE_LINES 4
typedef struct {
    const SaoyLine *lines[SAOY_TITLE_LINES];
    size_t n;
    double score;
} SaoyTitle;

/* This kind's title among columns (saoy_columns_of); page_height 0: anywhere. False when
 * there is none. */
bool saoy_kind_title(const SaoyKindRule *rule, const GArray *columns, int page_height,
                     SaoyTitle *out);

/* The kind whose title stands on the page, NULL when there is none: a page without is the
 * next of the one before. */
const SaoyKind *saoy_kind_titled(const SaoyWords *words, int page_height);

/* The first field of that name, NULL when there is none; fields may be NULL. */
const SaoyField *saoy_field_find(const GArray *fields, const char *name);

/* All titles and labels, for their spelling. */
typedef void SaoyKindTextFunc(const char *text, void *user);
void saoy_kind_each_text(SaoyKindTextFunc *each, void *user);

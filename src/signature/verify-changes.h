#pragma once
#include "verify-parts.h"

/* The difference between two neighbouring revisions while it is being judged. */
typedef struct {
    const char *what;
    SaoyLater verdict;
} SaoyJudgement;

typedef struct {
    SaoyCheck *check;
    size_t before, after;
    int64_t catalog;        /* object number, in the revision before */
    GHashTable *old_dss;    /* objects only for validation data, before */
    GHashTable *referenced; /* numbers anything else referred to, before */
    GHashTable *judged;     /* number -> SaoyJudgement */
} SaoyDiff;

/* NULL when the object is not there. */
const SaoyPdfValue *saoy_diff_old(const SaoyDiff *diff, int64_t number);
const SaoyPdfValue *saoy_diff_new(const SaoyDiff *diff, int64_t number);

/* The worst verdict on an object stays. */
void saoy_diff_judge(SaoyDiff *diff, int64_t number, const char *what, SaoyLater verdict);
/* Everything new that value leads to. */
void saoy_diff_explain(SaoyDiff *diff, const SaoyPdfValue *value, const char *what,
                       SaoyLater verdict);

/* verify-rules.c: the rules themselves. */
void saoy_diff_judge_trailer(SaoyDiff *diff);
void saoy_diff_judge_catalog(SaoyDiff *diff);
void saoy_diff_judge_change(SaoyDiff *diff, int64_t number, const SaoyPdfValue *before,
                            const SaoyPdfValue *after);

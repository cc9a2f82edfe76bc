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
    bool certified;         /* by a signature of the revision before or an older one */
    unsigned permission;    /* the strictest DocMDP /P of these; 0: none */
    int64_t catalog;        /* object number, in the revision before */
    GHashTable *outside;    /* objects of all but validation data and extensions, before */
    GHashTable *claimed;    /* what these lead to, theirs alone or not, before */
    GHashTable *old_dss;    /* what is theirs alone and nothing else, before */
    size_t n_odd;           /* values in them that their grammar does not know, before */
    GHashTable *drawn;      /* objects only for the appearance of form fields, before */
    GHashTable *referenced; /* numbers anything else referred to, before */
    GHashTable *judged;     /* number -> SaoyJudgement */
    GHashTable *appended;   /* number -> 1 + SaoyLater of saoy_diff_judge_new */
    GHashTable *explained[SAOY_LATER_FORBIDDEN + 1]; /* new objects, by verdict */
} SaoyDiff;

static inline bool
saoy_diff_has(GHashTable *set, int64_t number)
{
    return g_hash_table_contains(set, GSIZE_TO_POINTER((size_t)number));
}

/* verify-diff.c: from check, before and after all the rest. */
void saoy_diff_prepare(SaoyDiff *diff);
void saoy_diff_clear(SaoyDiff *diff);

/* NULL when the object is not there. */
const SaoyPdfValue *saoy_diff_old(const SaoyDiff *diff, int64_t number);
const SaoyPdfValue *saoy_diff_new(const SaoyDiff *diff, int64_t number);

/* The worst verdict on an object stays. */
void saoy_diff_judge(SaoyDiff *diff, int64_t number, const char *what, SaoyLater verdict);
/* Everything new that value leads to. */
void saoy_diff_explain(SaoyDiff *diff, const SaoyPdfValue *value, const char *what,
                       SaoyLater verdict);

/* verify-dss.c: what was validation data before, of what is not outside; what is now. */
void saoy_diff_collect_validation(SaoyDiff *diff);
void saoy_diff_judge_validation(SaoyDiff *diff);

/* verify-rules.c: trailer, catalog, and what an object that was there may become. */
void saoy_diff_judge_trailer(SaoyDiff *diff);
void saoy_diff_judge_catalog(SaoyDiff *diff);
void saoy_diff_judge_change(SaoyDiff *diff, int64_t number, const SaoyPdfValue *before,
                            const SaoyPdfValue *after);

/* verify-metadata.c: an XMP packet, and the dictionary of document information. */
SaoyLater saoy_diff_judge_metadata(SaoyDiff *diff, const SaoyPdfValue *before,
                                   const SaoyPdfValue *after);
SaoyLater saoy_diff_judge_information(SaoyDiff *diff, const SaoyPdfValue *before,
                                      const SaoyPdfValue *after);

/* verify-fields.c: the form, its fields, and arrays that may only grow by them. */
SaoyLater saoy_diff_judge_form(SaoyDiff *diff, const SaoyPdfValue *before,
                               const SaoyPdfValue *after);
SaoyLater saoy_diff_judge_array(SaoyDiff *diff, const SaoyPdfValue *before,
                                const SaoyPdfValue *after);
/* The same for an entry that holds such an array, perhaps as an object of its own. */
SaoyLater saoy_diff_judge_grown(SaoyDiff *diff, const SaoyPdfValue *before,
                                const SaoyPdfValue *after, const char *what);
/* A form field that was there: signed now, filled in, or something worse. *what: its name.
 */
SaoyLater saoy_diff_judge_field(SaoyDiff *diff, const SaoyPdfValue *before,
                                const SaoyPdfValue *after, const char **what);
bool saoy_diff_is_field(SaoyDiff *diff, const SaoyPdfValue *dict);
bool saoy_diff_is_signature_field(SaoyDiff *diff, const SaoyPdfValue *field);
bool saoy_diff_is_stamp_value(SaoyDiff *diff, const SaoyPdfValue *value);
/* The field's own entry, else its parents', now. */
const SaoyPdfValue *saoy_diff_inherited(SaoyDiff *diff, const SaoyPdfValue *field,
                                        const char *key);

/* verify-new.c: what a reference leads to that was appended to fields or annotations. */
SaoyLater saoy_diff_judge_new(SaoyDiff *diff, const SaoyPdfValue *reference);

/* verify-stamp.c: the new field of a document time stamp, but for its area: its place in
 * the form, its name, its value, its entries; and those of each of its widgets. */
SaoyLater saoy_diff_judge_stamp(SaoyDiff *diff, const SaoyPdfValue *field, int64_t number);
SaoyLater saoy_diff_judge_stamp_widget(const SaoyDiff *diff, const SaoyPdfValue *widget);
/* Has a field or widget an action, or something that turns it on and off? */
bool saoy_diff_acts(const SaoyPdfValue *dict);

/* FORBIDDEN under a certification, else SUSPICIOUS. */
SaoyLater saoy_diff_unless_certified(const SaoyDiff *diff);
/* What a filled-in field is worth: FORBIDDEN where DocMDP closes the form. */
SaoyLater saoy_diff_filled(const SaoyDiff *diff);

/* The worst of what the rule says of the entries that differ. */
typedef SaoyLater SaoyEntryRule(SaoyDiff *diff, const SaoyPdfValue *key,
                                const SaoyPdfValue *before, const SaoyPdfValue *after);
SaoyLater saoy_diff_entries(SaoyDiff *diff, const SaoyPdfValue *before,
                            const SaoyPdfValue *after, SaoyEntryRule *rule);

const SaoyPdfValue *saoy_diff_before_at(SaoyDiff *diff, const SaoyPdfValue *value);
const SaoyPdfValue *saoy_diff_now_at(SaoyDiff *diff, const SaoyPdfValue *value);
const SaoyPdfValue *saoy_diff_now_get(SaoyDiff *diff, const SaoyPdfValue *dict,
                                      const char *key);
bool saoy_diff_key_is(const SaoyPdfValue *key, const char *const *names);

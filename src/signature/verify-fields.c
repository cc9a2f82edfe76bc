#include "verify-changes.h"

/* Form fields (ISO 32000-1, 12.7). Allowed after a certification: the prepared field gains
 * /V; a new field for a document time stamp without area or appearance (product.md §5).
 * Another's second signature or a filled-in form, where nothing is certified, is for a
 * person to judge; what is no form field has no business in a signed file. */

enum { MAX_PARENTS = 32 };

const SaoyPdfValue *
saoy_diff_inherited(SaoyDiff *diff, const SaoyPdfValue *field, const char *key)
{
    for (int i = 0; field != NULL && field->type == SAOY_PDF_DICT && i < MAX_PARENTS; i++) {
        const SaoyPdfValue *value = saoy_diff_now_get(diff, field, key);

        if (value != NULL || !saoy_check_spend(diff->check, 2 * SAOY_LOOK_UP))
            return value;
        field = saoy_diff_now_get(diff, field, "Parent");
    }
    return NULL;
}

bool
saoy_diff_is_signature_field(SaoyDiff *diff, const SaoyPdfValue *field)
{
    return saoy_pdf_is_name(saoy_diff_inherited(diff, field, "FT"), "Sig");
}

bool
saoy_diff_is_field(SaoyDiff *diff, const SaoyPdfValue *dict)
{
    const SaoyPdfValue *kind = saoy_pdf_get_raw(dict, "Subtype");

    return saoy_diff_inherited(diff, dict, "FT") != NULL &&
           (kind == NULL || saoy_pdf_is_name(kind, "Widget"));
}

bool
saoy_diff_is_stamp_value(SaoyDiff *diff, const SaoyPdfValue *value)
{
    return value != NULL && value->type == SAOY_PDF_DICT &&
           saoy_pdf_is_name(saoy_diff_now_get(diff, value, "SubFilter"), "ETSI.RFC3161");
}

SaoyLater
saoy_diff_judge_array(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after)
{
    size_t kept = before != NULL ? before->n : 0;
    SaoyLater worst = SAOY_LATER_NONE;

    if (after == NULL || after->type != SAOY_PDF_ARRAY || after->n < kept ||
        (before != NULL && before->type != SAOY_PDF_ARRAY))
        return SAOY_LATER_FORBIDDEN;
    for (size_t i = 0; i < kept; i++)
        if (!saoy_values_equal(diff->check, &before->items[i], &after->items[i]))
            return SAOY_LATER_FORBIDDEN;
    for (size_t i = kept; i < after->n && saoy_check_spend(diff->check, 1); i++)
        worst = MAX(worst, saoy_diff_judge_new(diff, &after->items[i]));
    return worst;
}

SaoyLater
saoy_diff_judge_grown(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after,
                      const char *what)
{
    SaoyLater verdict = saoy_diff_judge_array(diff, saoy_diff_before_at(diff, before),
                                              saoy_diff_now_at(diff, after));

    if (after != NULL && after->type == SAOY_PDF_REF)
        saoy_diff_judge(diff, after->number, what, verdict);
    return verdict;
}

/* ---- the form ---- */

/* SignaturesExist and AppendOnly are set, never taken back; there are no others. */
static SaoyLater
judge_flags(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after)
{
    const SaoyPdfValue *old = saoy_diff_before_at(diff, before);
    const SaoyPdfValue *now = saoy_diff_now_at(diff, after);
    int64_t had = old != NULL && old->type == SAOY_PDF_INT ? old->number : 0;
    bool grown = now != NULL && now->type == SAOY_PDF_INT && (now->number & ~3) == 0 &&
                 (had & ~now->number) == 0;

    return grown ? SAOY_LATER_ALLOWED : saoy_diff_unless_certified(diff);
}

static SaoyLater
form_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
           const SaoyPdfValue *after)
{
    static const char *const resources[] = { "DR",  "DA", "NeedAppearances", "CO", "Q",
                                             "XFA", NULL };

    if (saoy_pdf_is_name(key, "Fields"))
        return saoy_diff_judge_grown(diff, before, after, "form");
    if (saoy_pdf_is_name(key, "SigFlags"))
        return judge_flags(diff, before, after);
    /* a second form behind the first: some readers would show it instead of the pages */
    if (!saoy_diff_key_is(key, resources) ||
        (before == NULL && saoy_pdf_is_name(key, "XFA")))
        return SAOY_LATER_FORBIDDEN;
    saoy_diff_explain(diff, after, "form resources", saoy_diff_unless_certified(diff));
    return saoy_diff_unless_certified(diff);
}

/* The array behind an unchanged reference is no entry that differs: it is looked at too. */
SaoyLater
saoy_diff_judge_form(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after)
{
    static const SaoyPdfValue none = { .type = SAOY_PDF_DICT };
    const SaoyPdfValue *old_fields = saoy_pdf_get_raw(before, "Fields");
    const SaoyPdfValue *fields = saoy_pdf_get_raw(after, "Fields");
    SaoyLater verdict = SAOY_LATER_NONE;

    if (after == NULL || after->type != SAOY_PDF_DICT ||
        (before != NULL && before->type != SAOY_PDF_DICT))
        return SAOY_LATER_FORBIDDEN;
    verdict = saoy_diff_entries(diff, before != NULL ? before : &none, after, form_entry);
    if (fields != NULL && fields->type == SAOY_PDF_REF && old_fields != NULL &&
        saoy_values_equal(diff->check, old_fields, fields) &&
        !saoy_values_equal(diff->check, saoy_diff_before_at(diff, old_fields),
                           saoy_diff_now_at(diff, fields)))
        verdict = MAX(verdict, saoy_diff_judge_grown(diff, old_fields, fields, "form"));
    return verdict;
}

/* ---- fields that were there before ---- */

static bool
has_value(const SaoyPdfValue *field)
{
    return saoy_pdf_get_raw(field, "V") != NULL;
}

/* Entries of a signature field that was prepared and is signed now. */
static SaoyLater
prepared_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
               const SaoyPdfValue *after)
{
    static const char *const looks[] = { "AP", "M", "F", "MK", "Lock", "AS", NULL };
    const SaoyPdfValue *value = after != NULL ? saoy_diff_now_at(diff, after) : NULL;

    if (saoy_pdf_is_name(key, "V") && before == NULL && value != NULL &&
        value->type == SAOY_PDF_DICT && saoy_pdf_get_raw(value, "ByteRange") != NULL) {
        bool closed = diff->permission == 1 && !saoy_diff_is_stamp_value(diff, value);
        SaoyLater verdict = closed ? SAOY_LATER_FORBIDDEN : SAOY_LATER_ALLOWED;

        saoy_diff_explain(diff, after, "signature", verdict);
        return verdict;
    }
    if (!saoy_diff_key_is(key, looks) || after == NULL)
        return SAOY_LATER_FORBIDDEN;
    saoy_diff_explain(diff, after, "signature appearance", saoy_diff_filled(diff));
    return saoy_diff_filled(diff);
}

/* Of a field already signed, or not signed even now, nothing changes. */
static SaoyLater
signed_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
             const SaoyPdfValue *after)
{
    saoy_diff_explain(diff, after, "signature appearance", SAOY_LATER_FORBIDDEN);
    return SAOY_LATER_FORBIDDEN;
}

/* Filling in: allowed to others by DocMDP 2 and 3, but none of our files has such fields.
 */
static SaoyLater
filled_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
             const SaoyPdfValue *after)
{
    static const char *const filled[] = { "V",  "AP", "AS", "M",  "MK",
                                          "DA", "I",  "RV", "Ff", NULL };

    if (after == NULL || !saoy_diff_key_is(key, filled))
        return SAOY_LATER_FORBIDDEN;
    saoy_diff_explain(diff, after, "filled field", saoy_diff_filled(diff));
    return saoy_diff_filled(diff);
}

SaoyLater
saoy_diff_judge_field(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after,
                      const char **what)
{
    bool signature = saoy_diff_is_signature_field(diff, before);
    bool gains = signature && !has_value(before) && has_value(after);

    *what = signature ? "signature field" : "form field";
    if (!signature && saoy_check_is_locked(diff->check, diff->before, before))
        return SAOY_LATER_FORBIDDEN;
    return saoy_diff_entries(diff, before, after,
                             !signature ? filled_entry
                             : gains    ? prepared_entry
                                        : signed_entry);
}

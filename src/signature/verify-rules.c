#include "verify-changes.h"

/* What product.md §5 allows after a certification: the agency's field gains /V; catalog
 * /DSS and /Extensions; a new field for a document time stamp without area or appearance,
 * appended to /Fields and one page's /Annots. What honest software of others also does
 * (document information, filled form fields) is suspicious: a person judges. */

static SaoyLater
unless_certified(const SaoyDiff *diff)
{
    return diff->check->has_certification ? SAOY_LATER_FORBIDDEN : SAOY_LATER_SUSPICIOUS;
}

/* ---- dictionaries ---- */

typedef SaoyLater EntryRule(SaoyDiff *diff, const SaoyPdfValue *key,
                            const SaoyPdfValue *before, const SaoyPdfValue *after);

static const SaoyPdfValue *
entry(const SaoyPdfValue *dict, const SaoyPdfValue *key)
{
    g_autofree char *name = g_strndup((const char *)key->text.data, key->text.size);

    return saoy_pdf_get_raw(dict, name);
}

/* The worst of what the rule says of the entries that differ. */
static SaoyLater
compare_entries(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after,
                EntryRule *rule)
{
    SaoyLater worst = SAOY_LATER_NONE;

    for (size_t i = 0; i < before->n; i++) {
        const SaoyPdfValue *key = &before->items[2 * i], *old = &before->items[2 * i + 1];
        const SaoyPdfValue *now = entry(after, key);

        if (now == NULL || !saoy_values_equal(old, now))
            worst = MAX(worst, rule(diff, key, old, now));
    }
    for (size_t i = 0; i < after->n; i++) {
        const SaoyPdfValue *key = &after->items[2 * i];

        if (entry(before, key) == NULL)
            worst = MAX(worst, rule(diff, key, NULL, &after->items[2 * i + 1]));
    }
    return worst;
}

static const SaoyPdfValue *
now_at(SaoyDiff *diff, const SaoyPdfValue *value)
{
    return saoy_pdf_resolve(diff->check->pdf, diff->after, value);
}

static const SaoyPdfValue *
before_at(SaoyDiff *diff, const SaoyPdfValue *value)
{
    return saoy_pdf_resolve(diff->check->pdf, diff->before, value);
}

static const SaoyPdfValue *
now_get(SaoyDiff *diff, const SaoyPdfValue *dict, const char *key)
{
    return saoy_pdf_get(diff->check->pdf, diff->after, dict, key);
}

/* ---- signature fields ---- */

static bool
is_signature_field(SaoyDiff *diff, const SaoyPdfValue *field)
{
    for (int i = 0; field != NULL && field->type == SAOY_PDF_DICT && i < 32; i++) {
        const SaoyPdfValue *type = now_get(diff, field, "FT");

        if (type != NULL)
            return saoy_pdf_is_name(type, "Sig");
        field = now_get(diff, field, "Parent");
    }
    return false;
}

static bool
is_empty_area(SaoyDiff *diff, const SaoyPdfValue *widget)
{
    const SaoyPdfValue *rect = now_get(diff, widget, "Rect");

    if (rect == NULL || rect->type != SAOY_PDF_ARRAY || rect->n != 4)
        return false;
    return saoy_values_equal(&rect->items[0], &rect->items[2]) &&
           saoy_values_equal(&rect->items[1], &rect->items[3]);
}

static bool
is_stamp_value(SaoyDiff *diff, const SaoyPdfValue *value)
{
    return value != NULL && value->type == SAOY_PDF_DICT &&
           saoy_pdf_is_name(now_get(diff, value, "SubFilter"), "ETSI.RFC3161");
}

/* A new field: the time stamp's is allowed; any other widget, also a signed one, is not. */
static SaoyLater
judge_new_field(SaoyDiff *diff, const SaoyPdfValue *reference)
{
    const SaoyPdfValue *field = now_at(diff, reference);
    SaoyLater verdict = unless_certified(diff);

    if (reference->type != SAOY_PDF_REF || field == NULL || field->type != SAOY_PDF_DICT ||
        saoy_diff_old(diff, reference->number) != NULL)
        return SAOY_LATER_FORBIDDEN;
    if (is_signature_field(diff, field) &&
        is_stamp_value(diff, now_get(diff, field, "V")) && is_empty_area(diff, field))
        verdict =
            saoy_pdf_get_raw(field, "AP") == NULL && saoy_pdf_get_raw(field, "Kids") == NULL
                ? SAOY_LATER_ALLOWED
                : SAOY_LATER_SUSPICIOUS;
    saoy_diff_explain(diff, reference,
                      verdict == SAOY_LATER_ALLOWED ? "document time stamp" : "new field",
                      verdict);
    return verdict;
}

/* An array that only grew, by references to new fields. */
static SaoyLater
judge_grown_array(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after)
{
    size_t kept = before != NULL ? before->n : 0;
    SaoyLater worst = SAOY_LATER_NONE;

    if (after == NULL || after->type != SAOY_PDF_ARRAY || after->n < kept ||
        (before != NULL && before->type != SAOY_PDF_ARRAY))
        return SAOY_LATER_FORBIDDEN;
    for (size_t i = 0; i < kept; i++)
        if (!saoy_values_equal(&before->items[i], &after->items[i]))
            return SAOY_LATER_FORBIDDEN;
    for (size_t i = kept; i < after->n; i++)
        worst = MAX(worst, judge_new_field(diff, &after->items[i]));
    return worst;
}

/* An entry that holds such an array, perhaps as an object of its own. */
static SaoyLater
judge_grown_entry(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after,
                  const char *what)
{
    SaoyLater verdict =
        judge_grown_array(diff, before_at(diff, before), now_at(diff, after));

    if (after != NULL && after->type == SAOY_PDF_REF)
        saoy_diff_judge(diff, after->number, what, verdict);
    return verdict;
}

/* ---- the form ---- */

static SaoyLater
form_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
           const SaoyPdfValue *after)
{
    if (saoy_pdf_is_name(key, "Fields"))
        return judge_grown_entry(diff, before, after, "form");
    if (saoy_pdf_is_name(key, "SigFlags"))
        return SAOY_LATER_ALLOWED;
    if (saoy_pdf_is_name(key, "DR") || saoy_pdf_is_name(key, "DA") ||
        saoy_pdf_is_name(key, "NeedAppearances")) {
        saoy_diff_explain(diff, after, "form resources", unless_certified(diff));
        return unless_certified(diff);
    }
    return SAOY_LATER_FORBIDDEN;
}

/* The array behind an unchanged reference is no entry that differs: it is looked at too. */
static SaoyLater
judge_form(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after)
{
    const SaoyPdfValue *old_fields = saoy_pdf_get_raw(before, "Fields");
    const SaoyPdfValue *fields = saoy_pdf_get_raw(after, "Fields");
    SaoyLater verdict = SAOY_LATER_NONE;

    if (before == NULL && after != NULL && after->type == SAOY_PDF_DICT)
        return form_entry(diff,
                          &(SaoyPdfValue){ .type = SAOY_PDF_NAME,
                                           .text = { (const uint8_t *)"Fields", 6 } },
                          NULL, fields);
    if (before == NULL || after == NULL || before->type != SAOY_PDF_DICT ||
        after->type != SAOY_PDF_DICT)
        return SAOY_LATER_FORBIDDEN;
    verdict = compare_entries(diff, before, after, form_entry);
    if (fields != NULL && fields->type == SAOY_PDF_REF && old_fields != NULL &&
        saoy_values_equal(old_fields, fields) &&
        !saoy_values_equal(before_at(diff, old_fields), now_at(diff, fields)))
        verdict = MAX(verdict, judge_grown_entry(diff, old_fields, fields, "form"));
    return verdict;
}

/* ---- the catalog ---- */

static SaoyLater
judge_form_entry(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after)
{
    SaoyLater verdict = judge_form(diff, before_at(diff, before), now_at(diff, after));

    if (after != NULL && after->type == SAOY_PDF_REF)
        saoy_diff_judge(diff, after->number, "form", verdict);
    return verdict;
}

static SaoyLater
catalog_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
              const SaoyPdfValue *after)
{
    if (saoy_pdf_is_name(key, "DSS") || saoy_pdf_is_name(key, "Extensions")) {
        if (after == NULL)
            return SAOY_LATER_FORBIDDEN;
        saoy_diff_explain(diff, after, "validation data", SAOY_LATER_ALLOWED);
        return SAOY_LATER_ALLOWED;
    }
    if (saoy_pdf_is_name(key, "AcroForm"))
        return judge_form_entry(diff, before, after);
    if (saoy_pdf_is_name(key, "Metadata") || saoy_pdf_is_name(key, "Version")) {
        saoy_diff_explain(diff, after, "metadata", unless_certified(diff));
        return unless_certified(diff);
    }
    /* a first signature of another's: who certifies afterwards certified nothing before */
    return SAOY_LATER_FORBIDDEN;
}

void
saoy_diff_judge_catalog(SaoyDiff *diff)
{
    const SaoyPdfValue *before = saoy_diff_old(diff, diff->catalog);
    const SaoyPdfValue *after = saoy_diff_new(diff, diff->catalog);
    const SaoyPdfValue *old_form = saoy_pdf_get_raw(before, "AcroForm");
    const SaoyPdfValue *form = saoy_pdf_get_raw(after, "AcroForm");
    SaoyLater verdict = SAOY_LATER_NONE;

    if (before == NULL || after == NULL || before->type != SAOY_PDF_DICT ||
        after->type != SAOY_PDF_DICT) {
        saoy_diff_judge(diff, diff->catalog, "catalog", SAOY_LATER_FORBIDDEN);
        return;
    }
    verdict = compare_entries(diff, before, after, catalog_entry);
    if (verdict != SAOY_LATER_NONE)
        saoy_diff_judge(diff, diff->catalog, "catalog", verdict);
    if (form != NULL && form->type == SAOY_PDF_REF && old_form != NULL &&
        saoy_values_equal(old_form, form))
        judge_form_entry(diff, old_form, form);
}

/* ---- the trailer ---- */

void
saoy_diff_judge_trailer(SaoyDiff *diff)
{
    SaoyCheck *check = diff->check;
    const SaoyPdfValue *before = saoy_pdf_trailer(check->pdf, diff->before);
    const SaoyPdfValue *after = saoy_pdf_trailer(check->pdf, diff->after);
    const SaoyPdfValue *old_info = saoy_pdf_get_raw(before, "Info");
    const SaoyPdfValue *info = saoy_pdf_get_raw(after, "Info");

    if (!saoy_values_equal(saoy_pdf_get_raw(before, "Root"),
                           saoy_pdf_get_raw(after, "Root"))) {
        saoy_changed(check, diff->after, diff->catalog, "catalog", SAOY_LATER_FORBIDDEN);
        saoy_found(check, SAOY_FOUND_CHANGE_FORBIDDEN, diff->catalog, 0);
    }
    if (saoy_values_equal(before_at(diff, old_info), now_at(diff, info)))
        return;
    if (info != NULL && info->type == SAOY_PDF_REF) {
        saoy_diff_judge(diff, info->number, "document information", unless_certified(diff));
        return;
    }
    saoy_changed(check, diff->after, 0, "document information", unless_certified(diff));
    saoy_found(check,
               diff->check->has_certification ? SAOY_FOUND_CHANGE_FORBIDDEN
                                              : SAOY_FOUND_CHANGE_SUSPICIOUS,
               0, 0);
}

/* ---- objects that were there before ---- */

/* Entries of a signature field that was prepared and is now signed. */
static SaoyLater
signed_field_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
                   const SaoyPdfValue *after)
{
    const SaoyPdfValue *value = after != NULL ? now_at(diff, after) : NULL;
    bool gains = saoy_pdf_is_name(key, "V") && before == NULL && value != NULL &&
                 value->type == SAOY_PDF_DICT &&
                 saoy_pdf_get_raw(value, "ByteRange") != NULL;

    if (gains) {
        bool closed = diff->check->permission == 1 && !is_stamp_value(diff, value);
        SaoyLater verdict = closed ? SAOY_LATER_FORBIDDEN : SAOY_LATER_ALLOWED;

        saoy_diff_explain(diff, after, "signature", verdict);
        return verdict;
    }
    if (saoy_pdf_is_name(key, "AP") || saoy_pdf_is_name(key, "M") ||
        saoy_pdf_is_name(key, "F") || saoy_pdf_is_name(key, "Lock")) {
        saoy_diff_explain(diff, after, "signature appearance", unless_certified(diff));
        return unless_certified(diff);
    }
    return SAOY_LATER_FORBIDDEN;
}

/* Filling in: allowed to others by DocMDP 2 and 3, but none of our files has such fields.
 */
static SaoyLater
filled_field_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
                   const SaoyPdfValue *after)
{
    static const char *const filled[] = { "V", "AP", "AS", "M", "MK", "DA" };
    SaoyLater verdict =
        diff->check->permission == 1 ? SAOY_LATER_FORBIDDEN : SAOY_LATER_SUSPICIOUS;

    for (size_t i = 0; after != NULL && i < G_N_ELEMENTS(filled); i++) {
        if (!saoy_pdf_is_name(key, filled[i]))
            continue;
        saoy_diff_explain(diff, after, "filled field", verdict);
        return verdict;
    }
    return SAOY_LATER_FORBIDDEN;
}

static SaoyLater
page_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
           const SaoyPdfValue *after)
{
    if (saoy_pdf_is_name(key, "Annots"))
        return judge_grown_entry(diff, before, after, "annotations");
    return SAOY_LATER_FORBIDDEN;
}

static bool
is_form_field(SaoyDiff *diff, const SaoyPdfValue *dict)
{
    return now_get(diff, dict, "FT") != NULL ||
           (saoy_pdf_is_name(saoy_pdf_get_raw(dict, "Subtype"), "Widget") &&
            now_get(diff, dict, "Parent") != NULL);
}

static void
judge_dictionary(SaoyDiff *diff, int64_t number, const SaoyPdfValue *before,
                 const SaoyPdfValue *after)
{
    const SaoyPdfValue *type = saoy_pdf_get_raw(before, "Type");
    EntryRule *rule = NULL;
    const char *what = "dictionary";

    if (saoy_pdf_is_name(type, "Page")) {
        rule = page_entry;
        what = "page";
    } else if (is_signature_field(diff, before)) {
        rule = signed_field_entry;
        what = "signature field";
    } else if (is_form_field(diff, before)) {
        rule = filled_field_entry;
        what = "form field";
    } else if (saoy_pdf_is_name(type, "Pages")) {
        what = "page tree";
    } else if (saoy_pdf_is_name(type, "Annot")) {
        what = "annotation";
    } else if (saoy_pdf_is_name(type, "Font")) {
        what = "font";
    }
    saoy_diff_judge(diff, number, what,
                    rule != NULL ? compare_entries(diff, before, after, rule)
                                 : SAOY_LATER_FORBIDDEN);
}

void
saoy_diff_judge_change(SaoyDiff *diff, int64_t number, const SaoyPdfValue *before,
                       const SaoyPdfValue *after)
{
    bool metadata = saoy_pdf_is_name(saoy_pdf_get_raw(before, "Type"), "Metadata") &&
                    saoy_pdf_is_name(saoy_pdf_get_raw(after, "Type"), "Metadata");

    if (before->type == SAOY_PDF_DICT && after->type == SAOY_PDF_DICT)
        judge_dictionary(diff, number, before, after);
    else if (before->type == SAOY_PDF_ARRAY && after->type == SAOY_PDF_ARRAY)
        saoy_diff_judge(diff, number, "annotations",
                        judge_grown_array(diff, before, after));
    else if (metadata)
        saoy_diff_judge(diff, number, "metadata", unless_certified(diff));
    else
        saoy_diff_judge(diff, number, "content", SAOY_LATER_FORBIDDEN);
}

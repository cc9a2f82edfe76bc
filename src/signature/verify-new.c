#include "verify-changes.h"

/* Fields that a later revision adds to the form or to a page: a document time stamp,
 * another's signature, or something that only pretends (ISO 32000-1, 12.7.4.5). */

enum { MAX_PARENTS = 32, MAX_KIDS = 64 };

/* Every widget of the field: itself, or its kids. */
static const SaoyPdfValue *
widget_of(SaoyDiff *diff, const SaoyPdfValue *field, size_t i)
{
    const SaoyPdfValue *kids = saoy_diff_now_get(diff, field, "Kids");

    if (kids == NULL)
        return i == 0 ? field : NULL;
    return kids->type == SAOY_PDF_ARRAY && i < MIN(kids->n, (size_t)MAX_KIDS)
               ? saoy_diff_now_at(diff, &kids->items[i])
               : NULL;
}

static bool
is_empty_area(SaoyDiff *diff, const SaoyPdfValue *widget)
{
    const SaoyPdfValue *rect = saoy_diff_now_get(diff, widget, "Rect");

    if (rect == NULL || rect->type != SAOY_PDF_ARRAY || rect->n != 4)
        return false;
    for (size_t i = 0; i < 4; i++)
        if (rect->items[i].type != SAOY_PDF_INT && rect->items[i].type != SAOY_PDF_REAL)
            return false;
    return saoy_values_equal(diff->check, &rect->items[0], &rect->items[2]) &&
           saoy_values_equal(diff->check, &rect->items[1], &rect->items[3]);
}

/* The stamp's own field without anything to look at: allowed; with something: to judge. A
 * field with an area of its own shows there, whatever its kids are. */
static SaoyLater
judge_stamp_field(SaoyDiff *diff, const SaoyPdfValue *field, int64_t number)
{
    const SaoyPdfValue *widget = NULL;
    SaoyLater worst = saoy_diff_judge_stamp(diff, field, number);
    bool shows = saoy_pdf_get_raw(field, "Rect") != NULL && !is_empty_area(diff, field);

    for (size_t i = 0; (widget = widget_of(diff, field, i)) != NULL; i++) {
        shows = shows || !is_empty_area(diff, widget);
        worst = MAX(worst, saoy_diff_judge_stamp_widget(diff, widget));
    }
    return shows ? MAX(worst, saoy_diff_unless_certified(diff)) : worst;
}

/* A field without a type of its own that only groups signature fields. */
static bool
is_signature_group(SaoyDiff *diff, const SaoyPdfValue *field)
{
    const SaoyPdfValue *kids = saoy_diff_now_get(diff, field, "Kids");
    bool all = kids != NULL && kids->type == SAOY_PDF_ARRAY && kids->n > 0 &&
               kids->n <= MAX_KIDS && saoy_diff_now_get(diff, field, "FT") == NULL;

    for (size_t i = 0; all && i < kids->n; i++)
        all = saoy_diff_is_signature_field(diff, saoy_diff_now_at(diff, &kids->items[i]));
    return all;
}

static bool
is_signed_in_the_end(SaoyDiff *diff, int64_t number)
{
    SaoyPdf *pdf = diff->check->pdf;
    size_t newest = saoy_pdf_revisions(pdf) - 1;
    const SaoyPdfValue *field = saoy_pdf_object(pdf, newest, number, NULL);

    for (int i = 0; field != NULL && i < MAX_PARENTS; i++) {
        if (saoy_pdf_get_raw(field, "V") != NULL)
            return true;
        field = saoy_pdf_get(pdf, newest, field, "Parent");
    }
    return false;
}

/* Shows something where a signature would be, and is none. */
static bool
only_looks_signed(SaoyDiff *diff, const SaoyPdfValue *field, int64_t number)
{
    const SaoyPdfValue *widget = NULL;

    for (size_t i = 0; (widget = widget_of(diff, field, i)) != NULL; i++)
        if (saoy_pdf_get_raw(widget, "AP") != NULL && !is_empty_area(diff, widget))
            return saoy_diff_inherited(diff, field, "V") == NULL &&
                   !is_signed_in_the_end(diff, number);
    return false;
}

/* Itself, what it hangs on as far as that is new, and its widgets. */
static bool
does_something(SaoyDiff *diff, const SaoyPdfValue *field)
{
    const SaoyPdfValue *widget = NULL, *above = field;

    for (int i = 0; above != NULL && i < MAX_PARENTS; i++) {
        const SaoyPdfValue *parent = saoy_pdf_get_raw(above, "Parent");

        if (saoy_diff_acts(above))
            return true;
        above = parent != NULL && parent->type == SAOY_PDF_REF &&
                        saoy_diff_old(diff, parent->number) != NULL
                    ? NULL
                    : saoy_diff_now_at(diff, parent);
    }
    for (size_t i = 0; (widget = widget_of(diff, field, i)) != NULL; i++)
        if (saoy_diff_acts(widget))
            return true;
    return false;
}

/* Its value is a signature that the form lists under it or under what it hangs on: another
 * widget could show whatever it likes beside it. */
static bool
is_its_signature(SaoyDiff *diff, const SaoyPdfValue *field, int64_t number)
{
    const GArray *places = diff->check->places;

    for (int i = 0; field != NULL && i < MAX_PARENTS; i++) {
        const SaoyPdfValue *parent = saoy_pdf_get_raw(field, "Parent");

        for (guint k = 0; k < places->len; k++) {
            const SaoyPdfSignature *one = &g_array_index(places, SaoyPdfSignature, k);

            if (one->field_object == number && one->revision >= diff->after)
                return true;
        }
        number = parent != NULL && parent->type == SAOY_PDF_REF ? parent->number : 0;
        field = number != 0 ? saoy_diff_now_at(diff, parent) : NULL;
    }
    return false;
}

static SaoyLater
verdict_on_new(SaoyDiff *diff, const SaoyPdfValue *field, int64_t number, const char **what)
{
    const SaoyPdfValue *kind = saoy_pdf_get_raw(field, "Subtype");

    *what = "annotation";
    if (saoy_pdf_is_name(saoy_pdf_get_raw(field, "Type"), "StructElem")) {
        *what = "structure of the text";
        return saoy_diff_unless_certified(diff);
    }
    if (kind != NULL && !saoy_pdf_is_name(kind, "Widget"))
        return SAOY_LATER_FORBIDDEN;
    *what = "action";
    if (does_something(diff, field))
        return SAOY_LATER_FORBIDDEN;
    *what = "new field";
    if (is_signature_group(diff, field))
        return saoy_diff_unless_certified(diff);
    if (!saoy_diff_is_signature_field(diff, field) ||
        only_looks_signed(diff, field, number))
        return SAOY_LATER_FORBIDDEN;
    if (saoy_diff_inherited(diff, field, "V") != NULL &&
        !is_its_signature(diff, field, number))
        return SAOY_LATER_FORBIDDEN;
    if (!saoy_diff_is_stamp_value(diff, saoy_diff_inherited(diff, field, "V")))
        return saoy_diff_unless_certified(diff);
    *what = "document time stamp";
    return judge_stamp_field(diff, field, number);
}

static SaoyLater
judge_once(SaoyDiff *diff, const SaoyPdfValue *reference)
{
    enum { AN_OBJECT = 2 * MAX_KIDS * SAOY_LOOK_UP }; /* looks, its widgets included */
    const SaoyPdfValue *field = saoy_diff_now_at(diff, reference);
    const char *what = NULL;

    if (!saoy_check_spend(diff->check, AN_OBJECT) || field == NULL ||
        field->type != SAOY_PDF_DICT || saoy_diff_old(diff, reference->number) != NULL)
        return SAOY_LATER_FORBIDDEN;
    SaoyLater verdict = verdict_on_new(diff, field, reference->number, &what);
    saoy_diff_explain(diff, reference, what, verdict);
    return verdict;
}

/* A list may name one object a million times, and pages share their lists. */
SaoyLater
saoy_diff_judge_new(SaoyDiff *diff, const SaoyPdfValue *reference)
{
    gpointer key = GSIZE_TO_POINTER((size_t)reference->number);
    size_t known = 0;

    if (reference->type != SAOY_PDF_REF)
        return SAOY_LATER_FORBIDDEN;
    known = GPOINTER_TO_SIZE(g_hash_table_lookup(diff->appended, key));
    if (known == 0) {
        known = 1 + (size_t)judge_once(diff, reference);
        g_hash_table_insert(diff->appended, key, GSIZE_TO_POINTER(known));
    }
    return (SaoyLater)(known - 1);
}

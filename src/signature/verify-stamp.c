#include "verify-changes.h"

/* A later document time stamp's own field (product.md §5, ETSI EN 319 142-1, 5.4.3): all of
 * it is new, it is listed in the form under a name of its own, and nothing in it acts. */

enum { MAX_PARENTS = 32 };

static SaoyLater
judge_key(const SaoyDiff *diff, const SaoyPdfValue *key)
{
    static const char *const plain[] = { "Type", "Subtype", "FT", "T", "F",
                                         "Rect", "P",       "V",  NULL };
    static const char *const looks[] = {
        "AP", "MK", "DR",           "DA",   "Ff",     "TU", "M",
        "BS", "C",  "Border",       "Lock", "SV",     "NM", "Lang",
        "Q",  "H",  "StructParent", "Kids", "Parent", NULL
    };
    static const char *const acts[] = { "A", "AA", "OC", "PMD", NULL };

    if (saoy_diff_key_is(key, plain))
        return SAOY_LATER_ALLOWED;
    if (saoy_diff_key_is(key, looks))
        return SAOY_LATER_SUSPICIOUS;
    return saoy_diff_key_is(key, acts) ? SAOY_LATER_FORBIDDEN
                                       : saoy_diff_unless_certified(diff);
}

SaoyLater
saoy_diff_judge_stamp_widget(const SaoyDiff *diff, const SaoyPdfValue *widget)
{
    SaoyLater worst = SAOY_LATER_ALLOWED;

    for (size_t i = 0; widget->type == SAOY_PDF_DICT && i < widget->n; i++)
        worst = MAX(worst, judge_key(diff, &widget->items[2 * i]));
    return worst;
}

/* The outermost field's number; 0 when it hangs on something that was there before. */
static int64_t
top_of(const SaoyDiff *diff, const SaoyPdfValue *field, int64_t number)
{
    for (int i = 0; i < MAX_PARENTS; i++) {
        const SaoyPdfValue *parent = saoy_pdf_get_raw(field, "Parent");

        if (parent == NULL)
            return number;
        if (parent->type != SAOY_PDF_REF || saoy_diff_old(diff, parent->number) != NULL)
            return 0;
        number = parent->number;
        field = saoy_diff_new(diff, number);
    }
    return 0;
}

/* Another signature of that full name, made no later. */
static bool
is_name_signed(const SaoyDiff *diff, int64_t number)
{
    const GArray *places = diff->check->places;
    const char *name = NULL;

    for (guint i = 0; i < places->len && name == NULL; i++)
        if (g_array_index(places, SaoyPdfSignature, i).field_object == number)
            name = g_array_index(places, SaoyPdfSignature, i).field;
    for (guint i = 0; name != NULL && i < places->len; i++) {
        const SaoyPdfSignature *other = &g_array_index(places, SaoyPdfSignature, i);

        if (other->field_object != number && other->revision <= diff->after &&
            g_str_equal(other->field, name))
            return true;
    }
    return false;
}

/* In /Fields, and no other field there bears its name. */
static bool
is_own_field(SaoyDiff *diff, int64_t number)
{
    const SaoyPdfValue *form =
        saoy_diff_now_get(diff, saoy_diff_new(diff, diff->catalog), "AcroForm");
    const SaoyPdfValue *fields = saoy_diff_now_get(diff, form, "Fields");
    const SaoyPdfValue *name = saoy_diff_now_get(diff, saoy_diff_new(diff, number), "T");
    bool listed = false;

    if (name == NULL || name->type != SAOY_PDF_STRING || fields == NULL ||
        fields->type != SAOY_PDF_ARRAY)
        return false;
    for (size_t i = 0; i < fields->n; i++) {
        const SaoyPdfValue *item = &fields->items[i];
        const SaoyPdfValue *other =
            saoy_diff_now_get(diff, saoy_diff_now_at(diff, item), "T");

        if (item->type == SAOY_PDF_REF && item->number == number)
            listed = true;
        else if (other != NULL && saoy_values_equal(name, other))
            return false;
    }
    return listed && !is_name_signed(diff, number);
}

static SaoyLater
judge_value(SaoyDiff *diff, const SaoyPdfValue *field)
{
    static const char *const keys[] = { "Type", "Filter",     "SubFilter", "Contents",
                                        "V",    "ByteRange",  "M",         "Name",
                                        "R",    "Reason",     "Location",  "ContactInfo",
                                        "Cert", "Prop_Build", NULL };
    const SaoyPdfValue *value = NULL;
    SaoyLater worst = SAOY_LATER_ALLOWED;

    for (int i = 0; field != NULL && value == NULL && i < MAX_PARENTS; i++) {
        value = saoy_pdf_get_raw(field, "V");
        field = saoy_diff_now_get(diff, field, "Parent");
    }
    if (value != NULL && value->type == SAOY_PDF_REF)
        value = saoy_diff_old(diff, value->number) == NULL
                    ? saoy_diff_new(diff, value->number)
                    : NULL;
    if (value == NULL || value->type != SAOY_PDF_DICT)
        return SAOY_LATER_FORBIDDEN;
    for (size_t i = 0; i < value->n; i++)
        if (!saoy_diff_key_is(&value->items[2 * i], keys))
            worst = saoy_diff_unless_certified(diff);
    return worst;
}

SaoyLater
saoy_diff_judge_stamp(SaoyDiff *diff, const SaoyPdfValue *field, int64_t number)
{
    int64_t top = top_of(diff, field, number);

    if (top == 0 || !is_own_field(diff, top))
        return SAOY_LATER_FORBIDDEN;
    return MAX(judge_value(diff, field), saoy_diff_judge_stamp_widget(diff, field));
}

#include "verify-changes.h"

#include "core/file.h"

/* A later document time stamp's own field (product.md §5, ETSI EN 319 142-1, 5.4.3): all of
 * it is new, it is listed in the form under a name of its own, and nothing in it acts. */

enum { MAX_PARENTS = 32, MAX_LOOKS = 4096 };

static const char *const acts[] = { "A", "AA", "OC", "PMD", NULL };

bool
saoy_diff_acts(const SaoyPdfValue *dict)
{
    for (size_t i = 0; dict != NULL && dict->type == SAOY_PDF_DICT && i < dict->n; i++)
        if (saoy_diff_key_is(&dict->items[2 * i], acts))
            return true;
    return false;
}

/* /AP with one stream of nothing, as iText and PDFBox give to every stamp. */
static bool
draws_nothing(const SaoyDiff *diff, const SaoyPdfValue *looks)
{
    SaoyPdf *pdf = diff->check->pdf;
    const SaoyPdfValue *dict = saoy_pdf_resolve(pdf, diff->after, looks);
    const SaoyPdfValue *stream = saoy_pdf_get(pdf, diff->after, dict, "N");
    g_autoptr(GBytes) content = NULL;
    bool blank = true;

    if (stream == NULL || stream->type != SAOY_PDF_STREAM || dict->n != 1)
        return false;
    content = saoy_pdf_stream(pdf, diff->after, stream, MAX_LOOKS, NULL);
    SaoyView all = content != NULL ? saoy_view_of(content) : (SaoyView){ 0 };
    for (size_t i = 0; i < all.size; i++)
        blank = blank && g_ascii_isspace(all.data[i]);
    return content != NULL && blank;
}

/* Others' stamps carry what shows nothing at a point; ours have none of it. */
static SaoyLater
judge_looks(const SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *value)
{
    if (saoy_pdf_is_name(key, "AP") && !draws_nothing(diff, value))
        return saoy_diff_unless_certified(diff);
    return diff->check->sealed ? saoy_diff_unless_certified(diff) : SAOY_LATER_SUSPICIOUS;
}

/* /P: a page that was there. */
static bool
is_page(const SaoyDiff *diff, const SaoyPdfValue *value)
{
    return value->type == SAOY_PDF_REF &&
           saoy_pdf_is_name(saoy_pdf_get_raw(saoy_diff_old(diff, value->number), "Type"),
                            "Page") &&
           saoy_pdf_resolve(diff->check->pdf, diff->after, value) != NULL;
}

static bool
is_of(const SaoyPdfValue *value, SaoyPdfType type)
{
    return value->type == type;
}

/* Entries that say what a stamp's field is, each of its kind; the area is looked at by
 * itself. */
static bool
is_plain(const SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *value)
{
    static const char *const area[] = { "Rect", "V", NULL };

    return saoy_diff_key_is(key, area) ||
           (saoy_pdf_is_name(key, "Type") && saoy_pdf_is_name(value, "Annot")) ||
           (saoy_pdf_is_name(key, "Subtype") && saoy_pdf_is_name(value, "Widget")) ||
           (saoy_pdf_is_name(key, "FT") && saoy_pdf_is_name(value, "Sig")) ||
           (saoy_pdf_is_name(key, "T") && is_of(value, SAOY_PDF_STRING)) ||
           (saoy_pdf_is_name(key, "F") && is_of(value, SAOY_PDF_INT)) ||
           (saoy_pdf_is_name(key, "P") && is_page(diff, value));
}

static SaoyLater
judge_key(const SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *value)
{
    static const char *const looks[] = {
        "AP", "MK", "DR",           "DA",   "Ff",     "TU", "M",
        "BS", "C",  "Border",       "Lock", "SV",     "NM", "Lang",
        "Q",  "H",  "StructParent", "Kids", "Parent", NULL
    };

    if (is_plain(diff, key, value))
        return SAOY_LATER_ALLOWED;
    if (saoy_diff_key_is(key, looks))
        return judge_looks(diff, key, value);
    return saoy_diff_key_is(key, acts) ? SAOY_LATER_FORBIDDEN
                                       : saoy_diff_unless_certified(diff);
}

SaoyLater
saoy_diff_judge_stamp_widget(const SaoyDiff *diff, const SaoyPdfValue *widget)
{
    SaoyLater worst = SAOY_LATER_ALLOWED;

    for (size_t i = 0; widget->type == SAOY_PDF_DICT && i < widget->n; i++)
        worst =
            MAX(worst, judge_key(diff, &widget->items[2 * i], &widget->items[2 * i + 1]));
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
    for (size_t i = 0; i < fields->n && saoy_check_spend(diff->check, 2 * SAOY_LOOK_UP);
         i++) {
        const SaoyPdfValue *item = &fields->items[i];
        const SaoyPdfValue *other =
            saoy_diff_now_get(diff, saoy_diff_now_at(diff, item), "T");

        if (item->type == SAOY_PDF_REF && item->number == number)
            listed = true;
        else if (other != NULL && saoy_values_equal(diff->check, name, other))
            return false;
    }
    return listed && !is_name_signed(diff, number);
}

/* All items are of that type. */
static bool
is_list(const SaoyPdfValue *value, SaoyPdfType type)
{
    bool all = value->type == SAOY_PDF_ARRAY;

    for (size_t i = 0; all && i < value->n; i++)
        all = is_of(&value->items[i], type);
    return all;
}

/* What software made the stamp: dictionaries of names, numbers and texts, each in its
 * place. */
static bool
is_software(const SaoyPdfValue *build)
{
    static const char *const parts[] = { "Filter", "PubSec", "App", "SigQ", NULL };

    if (build->type != SAOY_PDF_DICT)
        return false;
    for (size_t i = 0; i < build->n; i++) {
        const SaoyPdfValue *part = &build->items[2 * i + 1];

        if (!saoy_diff_key_is(&build->items[2 * i], parts) || part->type != SAOY_PDF_DICT)
            return false;
        for (size_t k = 0; k < part->n; k++) {
            const SaoyPdfValue *item = &part->items[2 * k + 1];

            if (item->type >= SAOY_PDF_ARRAY && !is_list(item, SAOY_PDF_NAME))
                return false;
        }
    }
    return true;
}

static const struct {
    const char *key;
    SaoyPdfType type;
} entries[] = {
    { "Filter", SAOY_PDF_NAME },     { "SubFilter", SAOY_PDF_NAME },
    { "Contents", SAOY_PDF_STRING }, { "V", SAOY_PDF_INT },
    { "M", SAOY_PDF_STRING },        { "Name", SAOY_PDF_STRING },
    { "R", SAOY_PDF_INT },           { "Reason", SAOY_PDF_STRING },
    { "Location", SAOY_PDF_STRING }, { "ContactInfo", SAOY_PDF_STRING },
    { "Cert", SAOY_PDF_STRING },
};

/* Each entry of the stamp itself is what the standard says, in place (12.8.1). */
static bool
is_entry(const SaoyPdfValue *key, const SaoyPdfValue *value)
{
    static const char *const types[] = { "DocTimeStamp", "Sig", NULL };

    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++)
        if (saoy_pdf_is_name(key, entries[i].key) && is_of(value, entries[i].type))
            return true;
    return (saoy_pdf_is_name(key, "Type") && saoy_diff_key_is(value, types)) ||
           (saoy_pdf_is_name(key, "ByteRange") && is_list(value, SAOY_PDF_INT)) ||
           (saoy_pdf_is_name(key, "Cert") && is_list(value, SAOY_PDF_STRING)) ||
           (saoy_pdf_is_name(key, "Prop_Build") && is_software(value));
}

static SaoyLater
judge_value(SaoyDiff *diff, const SaoyPdfValue *field)
{
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
        if (!is_entry(&value->items[2 * i], &value->items[2 * i + 1]))
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

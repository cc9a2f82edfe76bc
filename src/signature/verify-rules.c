#include "verify-changes.h"

/* What product.md §5 allows after a certification: the agency's field gains /V; catalog
 * /DSS and /Extensions; a document time stamp. What honest software of others also does
 * (document information, metadata, the text's structure) is suspicious: a person judges. */

SaoyLater
saoy_diff_unless_certified(const SaoyDiff *diff)
{
    return diff->certified ? SAOY_LATER_FORBIDDEN : SAOY_LATER_SUSPICIOUS;
}

SaoyLater
saoy_diff_filled(const SaoyDiff *diff)
{
    return diff->permission == 1 ? SAOY_LATER_FORBIDDEN : SAOY_LATER_SUSPICIOUS;
}

bool
saoy_diff_key_is(const SaoyPdfValue *key, const char *const *names)
{
    for (; *names != NULL; names++)
        if (saoy_pdf_is_name(key, *names))
            return true;
    return false;
}

/* ---- dictionaries ---- */

static const SaoyPdfValue *
entry(const SaoyPdfValue *dict, const SaoyPdfValue *key)
{
    g_autofree char *name = g_strndup((const char *)key->text.data, key->text.size);

    return saoy_pdf_get_raw(dict, name);
}

const SaoyPdfValue *
saoy_diff_now_at(SaoyDiff *diff, const SaoyPdfValue *value)
{
    return saoy_pdf_resolve(diff->check->pdf, diff->after, value);
}

const SaoyPdfValue *
saoy_diff_before_at(SaoyDiff *diff, const SaoyPdfValue *value)
{
    return saoy_pdf_resolve(diff->check->pdf, diff->before, value);
}

const SaoyPdfValue *
saoy_diff_now_get(SaoyDiff *diff, const SaoyPdfValue *dict, const char *key)
{
    return saoy_pdf_get(diff->check->pdf, diff->after, dict, key);
}

/* Writers turn references into what they refer to, and back. */
static bool
means_the_same(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after)
{
    if (saoy_values_equal(diff->check, before, after))
        return true;
    return (before->type == SAOY_PDF_REF) != (after->type == SAOY_PDF_REF) &&
           saoy_values_equal(diff->check, saoy_diff_before_at(diff, before),
                             saoy_diff_now_at(diff, after));
}

SaoyLater
saoy_diff_entries(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after,
                  SaoyEntryRule *rule)
{
    SaoyLater worst = SAOY_LATER_NONE;

    if (!saoy_check_spend(diff->check, before->n + after->n))
        return SAOY_LATER_FORBIDDEN;
    for (size_t i = 0; i < before->n; i++) {
        const SaoyPdfValue *key = &before->items[2 * i], *old = &before->items[2 * i + 1];
        const SaoyPdfValue *now = entry(after, key);

        if (now == NULL || !means_the_same(diff, old, now))
            worst = MAX(worst, rule(diff, key, old, now));
    }
    for (size_t i = 0; i < after->n; i++) {
        const SaoyPdfValue *key = &after->items[2 * i];

        if (entry(before, key) == NULL)
            worst = MAX(worst, rule(diff, key, NULL, &after->items[2 * i + 1]));
    }
    return worst;
}

/* ---- the catalog ---- */

static SaoyLater
judge_form_entry(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after)
{
    SaoyLater verdict = saoy_diff_judge_form(diff, saoy_diff_before_at(diff, before),
                                             saoy_diff_now_at(diff, after));

    if (after != NULL && after->type == SAOY_PDF_REF)
        saoy_diff_judge(diff, after->number, "form", verdict);
    return verdict;
}

static SaoyLater
catalog_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
              const SaoyPdfValue *after)
{
    static const char *const validation[] = { "DSS", "Extensions", NULL };
    static const char *const quiet[] = {
        "Version",   "StructTreeRoot", "MarkInfo", "Lang", "ViewerPreferences",
        "PieceInfo", "Perms",          "Legal",    NULL
    };
    SaoyLater verdict = SAOY_LATER_FORBIDDEN;
    const char *what = "catalog";

    if (saoy_pdf_is_name(key, "AcroForm"))
        return judge_form_entry(diff, before, after);
    if (saoy_diff_key_is(key, validation) && saoy_diff_now_at(diff, after) != NULL) {
        verdict = SAOY_LATER_ALLOWED;
        what = "validation data";
    } else if (saoy_pdf_is_name(key, "Metadata")) {
        verdict = saoy_diff_judge_metadata(diff, saoy_diff_before_at(diff, before),
                                           saoy_diff_now_at(diff, after));
        what = "metadata";
    } else if (saoy_diff_key_is(key, quiet)) {
        /* /Perms: who certifies afterwards certified nothing before */
        verdict = saoy_diff_unless_certified(diff);
    }
    saoy_diff_explain(diff, after, what, verdict);
    return verdict;
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
    verdict = saoy_diff_entries(diff, before, after, catalog_entry);
    if (verdict != SAOY_LATER_NONE)
        saoy_diff_judge(diff, diff->catalog, "catalog", verdict);
    if (form != NULL && form->type == SAOY_PDF_REF && old_form != NULL &&
        saoy_values_equal(diff->check, old_form, form))
        judge_form_entry(diff, old_form, form);
}

/* ---- the trailer ---- */

static void
note_trailer(SaoyDiff *diff, int64_t object, const char *what, SaoyLater verdict)
{
    if (saoy_check_is_spent(diff->check))
        return;
    saoy_changed(diff->check, diff->after, object, what, verdict);
    saoy_found(diff->check,
               verdict == SAOY_LATER_FORBIDDEN ? SAOY_FOUND_CHANGE_FORBIDDEN
                                               : SAOY_FOUND_CHANGE_SUSPICIOUS,
               object, 0);
}

/* The first half names the file and stays (14.4). */
static bool
is_identifier(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *value)
{
    bool fits = value->type == SAOY_PDF_ARRAY && value->n == 2 &&
                value->items[0].type == SAOY_PDF_STRING &&
                value->items[1].type == SAOY_PDF_STRING;

    return fits && (before == NULL || before->type != SAOY_PDF_ARRAY || before->n != 2 ||
                    saoy_values_equal(diff->check, &before->items[0], &value->items[0]));
}

static void
on_any_reference(void *user, const SaoyPdfValue *reference)
{
    bool *any = user;

    *any = true;
}

/* What an update's trailer says of its own; what it copies says nothing new. */
static bool
is_trailer_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
                 const SaoyPdfValue *value)
{
    static const char *const own[] = { "Type",   "Size",        "Prev",   "W", "Index",
                                       "Filter", "DecodeParms", "Length", NULL };
    static const char *const judged[] = { "Root", "Info", "Encrypt", "XRefStm", NULL };
    bool refers = false;

    saoy_values_walk(diff->check, value, NULL, on_any_reference, &refers);
    return (saoy_diff_key_is(key, own) && !refers) || saoy_diff_key_is(key, judged) ||
           (saoy_pdf_is_name(key, "ID") && is_identifier(diff, before, value)) ||
           saoy_values_equal(diff->check, before, value);
}

/* Objects from /Size on are none (7.5.5). */
static bool
is_large_enough(const SaoyDiff *diff, const SaoyPdfValue *trailer)
{
    const SaoyPdfValue *size = saoy_pdf_get_raw(trailer, "Size");

    return size != NULL && size->type == SAOY_PDF_INT &&
           size->number > saoy_pdf_max_object(diff->check->pdf, diff->after);
}

static void
judge_trailer_entries(SaoyDiff *diff, const SaoyPdfValue *before, const SaoyPdfValue *after)
{
    bool fits = is_large_enough(diff, after);

    for (size_t i = 0; fits && i < after->n; i++) {
        const SaoyPdfValue *key = &after->items[2 * i];

        fits = is_trailer_entry(diff, key, saoy_pdf_find(before, key->text),
                                &after->items[2 * i + 1]);
    }
    if (!fits)
        note_trailer(diff, 0, "trailer", saoy_diff_unless_certified(diff));
}

void
saoy_diff_judge_trailer(SaoyDiff *diff)
{
    const SaoyPdfValue *before = saoy_pdf_trailer(diff->check->pdf, diff->before);
    const SaoyPdfValue *after = saoy_pdf_trailer(diff->check->pdf, diff->after);
    const SaoyPdfValue *old_info =
        saoy_diff_before_at(diff, saoy_pdf_get_raw(before, "Info"));
    const SaoyPdfValue *raw_info = saoy_pdf_get_raw(after, "Info");
    const SaoyPdfValue *info = saoy_diff_now_at(diff, raw_info);

    if (!saoy_values_equal(diff->check, saoy_pdf_get_raw(before, "Root"),
                           saoy_pdf_get_raw(after, "Root")))
        note_trailer(diff, diff->catalog, "catalog", SAOY_LATER_FORBIDDEN);
    if (!saoy_values_equal(diff->check, saoy_pdf_get_raw(before, "Encrypt"),
                           saoy_pdf_get_raw(after, "Encrypt")))
        note_trailer(diff, 0, "encryption", SAOY_LATER_FORBIDDEN);
    /* a second table that only some readers look at: never by honest update */
    if (after->type == SAOY_PDF_DICT && saoy_pdf_get_raw(after, "XRefStm") != NULL &&
        !saoy_values_equal(diff->check, saoy_pdf_get_raw(before, "XRefStm"),
                           saoy_pdf_get_raw(after, "XRefStm")))
        note_trailer(diff, 0, "hybrid table", SAOY_LATER_FORBIDDEN);
    judge_trailer_entries(diff, before, after);
    if (saoy_values_equal(diff->check, old_info, info))
        return;
    SaoyLater verdict = saoy_diff_judge_information(diff, old_info, info);
    if (raw_info != NULL && raw_info->type == SAOY_PDF_REF)
        saoy_diff_judge(diff, raw_info->number, "document information", verdict);
    else
        note_trailer(diff, 0, "document information", verdict);
}

/* ---- objects that were there before ---- */

static SaoyLater
page_entry(SaoyDiff *diff, const SaoyPdfValue *key, const SaoyPdfValue *before,
           const SaoyPdfValue *after)
{
    static const char *const quiet[] = { "LastModified", "PieceInfo", "StructParents",
                                         "Tabs", NULL };

    if (saoy_pdf_is_name(key, "Annots"))
        return saoy_diff_judge_grown(diff, before, after, "annotations");
    return saoy_diff_key_is(key, quiet) ? saoy_diff_unless_certified(diff)
                                        : SAOY_LATER_FORBIDDEN;
}

/* What tells a screen reader how to read; nothing of it is drawn. */
static bool
is_structure(const SaoyPdfValue *dict)
{
    static const char *const types[] = { "StructElem", "StructTreeRoot", NULL };

    return saoy_diff_key_is(saoy_pdf_get_raw(dict, "Type"), types) ||
           saoy_pdf_get_raw(dict, "Nums") != NULL;
}

static const char *
name_of(const SaoyPdfValue *type)
{
    static const char *const names[][2] = { { "Pages", "page tree" },
                                            { "Annot", "annotation" },
                                            { "Font", "font" },
                                            { "FontDescriptor", "font" },
                                            { "OCG", "layer" } };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (saoy_pdf_is_name(type, names[i][0]))
            return names[i][1];
    return "dictionary";
}

static void
judge_dictionary(SaoyDiff *diff, int64_t number, const SaoyPdfValue *before,
                 const SaoyPdfValue *after)
{
    const SaoyPdfValue *type = saoy_pdf_get_raw(before, "Type");
    const char *what = name_of(type);
    SaoyLater verdict = SAOY_LATER_FORBIDDEN;

    if (saoy_pdf_is_name(type, "Page")) {
        verdict = saoy_diff_entries(diff, before, after, page_entry);
        what = "page";
    } else if (saoy_diff_is_field(diff, before)) {
        verdict = saoy_diff_judge_field(diff, before, after, &what);
    } else if (is_structure(before) && is_structure(after)) {
        verdict = saoy_diff_unless_certified(diff);
        what = "structure of the text";
    }
    saoy_diff_judge(diff, number, what, verdict);
}

void
saoy_diff_judge_change(SaoyDiff *diff, int64_t number, const SaoyPdfValue *before,
                       const SaoyPdfValue *after)
{
    bool metadata = saoy_pdf_is_name(saoy_pdf_get_raw(before, "Type"), "Metadata") &&
                    saoy_pdf_is_name(saoy_pdf_get_raw(after, "Type"), "Metadata");

    if (g_hash_table_contains(diff->drawn, GSIZE_TO_POINTER((size_t)number)))
        saoy_diff_judge(diff, number, "filled field", saoy_diff_filled(diff));
    else if (before->type == SAOY_PDF_DICT && after->type == SAOY_PDF_DICT)
        judge_dictionary(diff, number, before, after);
    else if (before->type == SAOY_PDF_ARRAY && after->type == SAOY_PDF_ARRAY)
        saoy_diff_judge(diff, number, "list", saoy_diff_judge_array(diff, before, after));
    else if (metadata)
        saoy_diff_judge(diff, number, "metadata",
                        saoy_diff_judge_metadata(diff, before, after));
    else
        saoy_diff_judge(diff, number, "content", SAOY_LATER_FORBIDDEN);
}

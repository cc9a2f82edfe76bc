#include "verify-changes.h"

/* Validation data by its grammar (ISO 32000-2, 12.8.4.3; extensions: 7.12), not by what can
 * be reached from it: an entry of no meaning must not make a page the DSS's own. */

typedef enum {
    PART_DSS,
    PART_ENTRIES, /* the VRI: any key */
    PART_ENTRY,
    PART_LIST,
    PART_STREAM,
    PART_EXTENSIONS, /* any key */
    PART_EXTENSION,
    PART_TYPE, /* a name of one of these dictionaries */
    PART_NAME,
    PART_NUMBER,
    PART_TEXT,
    PART_FILTER, /* a name, or several */
    PART_PARAMETERS,
    PART_ODD,
} Kind;

static const struct {
    Kind in;
    const char *key; /* NULL: any other */
    Kind kind;
} grammar[] = {
    { PART_DSS, "Type", PART_TYPE },
    { PART_DSS, "Certs", PART_LIST },
    { PART_DSS, "OCSPs", PART_LIST },
    { PART_DSS, "CRLs", PART_LIST },
    { PART_DSS, "VRI", PART_ENTRIES },
    { PART_ENTRIES, "Type", PART_TYPE },
    { PART_ENTRIES, NULL, PART_ENTRY },
    { PART_ENTRY, "Type", PART_TYPE },
    { PART_ENTRY, "Cert", PART_LIST },
    { PART_ENTRY, "OCSP", PART_LIST },
    { PART_ENTRY, "CRL", PART_LIST },
    { PART_ENTRY, "TS", PART_STREAM },
    { PART_ENTRY, "TU", PART_TEXT },
    { PART_STREAM, "Length", PART_NUMBER },
    { PART_STREAM, "Filter", PART_FILTER },
    { PART_STREAM, "DecodeParms", PART_PARAMETERS },
    { PART_PARAMETERS, "Predictor", PART_NUMBER },
    { PART_PARAMETERS, "Colors", PART_NUMBER },
    { PART_PARAMETERS, "BitsPerComponent", PART_NUMBER },
    { PART_PARAMETERS, "Columns", PART_NUMBER },
    { PART_EXTENSIONS, "Type", PART_TYPE },
    { PART_EXTENSIONS, NULL, PART_EXTENSION },
    { PART_EXTENSION, "Type", PART_TYPE },
    { PART_EXTENSION, "BaseVersion", PART_NAME },
    { PART_EXTENSION, "ExtensionLevel", PART_NUMBER },
    { PART_EXTENSION, "ExtensionRevision", PART_TEXT },
    { PART_EXTENSION, "URL", PART_TEXT },
};

typedef struct {
    const SaoyPdfValue *value;
    Kind kind;
    int64_t holder; /* the object that the value stands in */
} Part;

/* What is done with a reference of the grammar, and with a value that it does not know. */
typedef struct Walk Walk;
struct Walk {
    SaoyDiff *diff;
    size_t revision;
    GHashTable *seen;
    GArray *parts;
    size_t n_odd;
    int64_t holder; /* of the value being looked at */
    void (*on_reference)(Walk *walk, int64_t number);
    void (*on_odd)(Walk *walk, const SaoyPdfValue *value);
};

static bool
has(GHashTable *set, int64_t number)
{
    return g_hash_table_contains(set, GSIZE_TO_POINTER((size_t)number));
}

static Kind
kind_in(Kind in, const SaoyPdfValue *key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(grammar); i++)
        if (grammar[i].in == in &&
            (grammar[i].key == NULL || saoy_pdf_is_name(key, grammar[i].key)))
            return grammar[i].kind;
    return PART_ODD;
}

static void
push(Walk *walk, const SaoyPdfValue *value, Kind kind, int64_t holder)
{
    Part part = { value, kind, holder };

    if (value != NULL && value->type != SAOY_PDF_NULL)
        g_array_append_val(walk->parts, part);
}

static bool
fits(const SaoyPdfValue *value, Kind kind)
{
    static const char *const types[] = { "DSS", "VRI", "Extensions", "DeveloperExtensions",
                                         NULL };

    switch (kind) {
    case PART_LIST:
        return value->type == SAOY_PDF_ARRAY;
    case PART_STREAM:
        return value->type == SAOY_PDF_STREAM;
    case PART_EXTENSION: /* of one developer: one, or an array of them */
        return value->type == SAOY_PDF_DICT || value->type == SAOY_PDF_ARRAY;
    case PART_TYPE:
        return saoy_pdf_is_any_name(value, types);
    case PART_NAME:
        return value->type == SAOY_PDF_NAME;
    case PART_NUMBER:
        return value->type == SAOY_PDF_INT;
    case PART_TEXT:
        return value->type == SAOY_PDF_STRING;
    case PART_FILTER:
        return value->type == SAOY_PDF_NAME || value->type == SAOY_PDF_ARRAY;
    case PART_PARAMETERS:
        return value->type == SAOY_PDF_DICT || value->type == SAOY_PDF_ARRAY;
    case PART_ODD:
        return false;
    default:
        return value->type == SAOY_PDF_DICT;
    }
}

static Kind
item_of(Kind list)
{
    return list == PART_LIST ? PART_STREAM : list == PART_FILTER ? PART_NAME : list;
}

static bool
is_keyed(const SaoyPdfValue *value)
{
    return value->type == SAOY_PDF_DICT || value->type == SAOY_PDF_STREAM;
}

static void
look_inside(Walk *walk, const Part *part)
{
    const SaoyPdfValue *value = part->value;

    if (!fits(value, part->kind)) {
        walk->n_odd++;
        walk->on_odd(walk, value);
        return;
    }
    for (size_t i = 0; value->type == SAOY_PDF_ARRAY && i < value->n; i++)
        push(walk, &value->items[i], item_of(part->kind), part->holder);
    for (size_t i = 0; is_keyed(value) && i < value->n; i++)
        push(walk, &value->items[2 * i + 1], kind_in(part->kind, &value->items[2 * i]),
             part->holder);
}

static void
take(Walk *walk, const Part *part)
{
    int64_t number = part->value->number;

    walk->holder = part->holder;
    if (part->value->type != SAOY_PDF_REF || part->kind == PART_ODD) {
        look_inside(walk, part);
        return;
    }
    walk->on_reference(walk, number);
    saoy_check_spend(walk->diff->check, SAOY_LOOK_UP);
    if (g_hash_table_add(walk->seen, GSIZE_TO_POINTER((size_t)number)))
        push(walk, saoy_pdf_object(walk->diff->check->pdf, walk->revision, number, NULL),
             part->kind, number);
}

static void
walk_validation(Walk *walk)
{
    SaoyDiff *diff = walk->diff;
    const SaoyPdfValue *catalog =
        saoy_pdf_object(diff->check->pdf, walk->revision, diff->catalog, NULL);

    walk->seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    walk->parts = g_array_new(FALSE, FALSE, sizeof(Part));
    push(walk, saoy_pdf_get_raw(catalog, "DSS"), PART_DSS, diff->catalog);
    push(walk, saoy_pdf_get_raw(catalog, "Extensions"), PART_EXTENSIONS, diff->catalog);
    while (walk->parts->len > 0 && saoy_check_spend(diff->check, 1)) {
        Part part = g_array_index(walk->parts, Part, walk->parts->len - 1);

        g_array_set_size(walk->parts, walk->parts->len - 1);
        take(walk, &part);
    }
    g_hash_table_unref(walk->seen);
    g_array_unref(walk->parts);
}

/* ---- before ---- */

static void
claim(Walk *walk, int64_t number)
{
    SaoyDiff *diff = walk->diff;

    g_hash_table_add(diff->claimed, GSIZE_TO_POINTER((size_t)number));
    if (!has(diff->outside, number))
        g_hash_table_add(diff->old_dss, GSIZE_TO_POINTER((size_t)number));
}

static void
on_odd_reference(void *user, const SaoyPdfValue *reference)
{
    g_hash_table_add(user, GSIZE_TO_POINTER((size_t)reference->number));
}

static void
claim_odd(Walk *walk, const SaoyPdfValue *value)
{
    saoy_values_walk(walk->diff->check, value, NULL, on_odd_reference, walk->diff->claimed);
}

void
saoy_diff_collect_validation(SaoyDiff *diff)
{
    Walk walk = {
        .diff = diff, .revision = diff->before, .on_reference = claim, .on_odd = claim_odd
    };

    walk_validation(&walk);
    diff->n_odd = walk.n_odd;
}

/* ---- after ---- */

/* An object that the document uses for something else becomes the DSS's. */
static bool
is_seized(const SaoyDiff *diff, int64_t number)
{
    return has(diff->outside, number) && !has(diff->claimed, number);
}

static void
judge_reference(Walk *walk, int64_t number)
{
    if (is_seized(walk->diff, number))
        saoy_diff_judge(walk->diff, walk->holder, "validation data", SAOY_LATER_FORBIDDEN);
    else if (saoy_diff_old(walk->diff, number) == NULL)
        saoy_diff_judge(walk->diff, number, "validation data", SAOY_LATER_ALLOWED);
}

static void
judge_odd_reference(void *user, const SaoyPdfValue *reference)
{
    Walk *walk = user;

    judge_reference(walk, reference->number);
}

static void
judge_odd(Walk *walk, const SaoyPdfValue *value)
{
    SaoyDiff *diff = walk->diff;
    SaoyLater verdict = saoy_diff_unless_certified(diff);

    saoy_values_walk(walk->diff->check, value, NULL, judge_odd_reference, walk);
    if (walk->n_odd <= diff->n_odd)
        return;
    saoy_diff_judge(diff, walk->holder, "validation data", verdict);
    saoy_diff_explain(diff, value, "validation data", verdict);
}

void
saoy_diff_judge_validation(SaoyDiff *diff)
{
    Walk walk = { .diff = diff,
                  .revision = diff->after,
                  .on_reference = judge_reference,
                  .on_odd = judge_odd };

    walk_validation(&walk);
}

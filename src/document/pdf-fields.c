#include "pdf-parts.h"

#include <string.h>

/* The AcroForm's signature fields (ISO 32000-1, 12.7.3 and 12.7.4.5): a walk over /Fields
 * and /Kids with its own stack, each object once. */
enum {
    MAX_FIELDS = 200000,
    MAX_LOOKED = 1000000, /* entries of /Fields and /Kids, shared arrays counted again */
    MAX_NESTED = 100,
    MAX_SIGNED = 128,
    MAX_NAME = 1000,
};

typedef struct {
    const SaoyPdfValue *dict;
    int64_t object;
    int parent; /* index, or -1 */
    int depth;
    bool signature; /* /FT Sig, here or inherited */
} Field;

typedef struct {
    SaoyPdf *pdf;
    size_t newest, looked;
    GArray *fields, *stack; /* Field, all that were met; int: still to be looked at */
    GHashTable *seen;       /* their dictionaries */
    GArray *out;            /* SaoyPdfSignature */
} Walk;

void
saoy_pdf_signature_clear(SaoyPdfSignature *signature)
{
    g_clear_pointer(&signature->field, g_free);
}

/* Text string (7.9.2.2): UTF-16BE or UTF-8 by its mark, else Latin-1, which is close enough
 * to PDFDocEncoding for names. */
static char *
text_string(const SaoyPdfValue *value)
{
    SaoyView text = { 0 };
    char *utf8 = NULL;

    if (value == NULL || value->type != SAOY_PDF_STRING)
        return NULL;
    text = value->text;
    if (text.size >= 2 && memcmp(text.data, "\xfe\xff", 2) == 0)
        utf8 = g_convert((const char *)text.data + 2, (gssize)text.size - 2, "UTF-8",
                         "UTF-16BE", NULL, NULL, NULL);
    else if (text.size >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
        utf8 = g_utf8_make_valid((const char *)text.data + 3, (gssize)text.size - 3);
    else
        utf8 = g_convert((const char *)text.data, (gssize)text.size, "UTF-8", "ISO-8859-1",
                         NULL, NULL, NULL);
    return utf8;
}

/* The full name, with its parents'; empty when it has none or an unreasonable one. */
static char *
full_name(const Walk *walk, int i)
{
    g_autoptr(GString) name = g_string_new(NULL);

    while (i >= 0) {
        const Field *field = &g_array_index(walk->fields, Field, i);
        g_autofree char *own =
            text_string(saoy_pdf_get(walk->pdf, walk->newest, field->dict, "T"));

        if (own != NULL && name->len > 0)
            g_string_prepend_c(name, '.');
        if (own != NULL)
            g_string_prepend(name, own);
        if (name->len > MAX_NAME)
            return g_strdup("");
        i = field->parent;
    }
    return g_string_free(g_steal_pointer(&name), FALSE);
}

static bool
push_field(Walk *walk, const SaoyPdfValue *item, int parent, GError **error)
{
    const SaoyPdfValue *dict = saoy_pdf_resolve(walk->pdf, walk->newest, item);
    const SaoyPdfValue *type = saoy_pdf_get(walk->pdf, walk->newest, dict, "FT");
    const Field *above = parent >= 0 ? &g_array_index(walk->fields, Field, parent) : NULL;
    Field field = { .dict = dict, .parent = parent };
    int own = (int)walk->fields->len;

    if (dict == NULL || dict->type != SAOY_PDF_DICT ||
        !g_hash_table_add(walk->seen, (void *)(uintptr_t)dict))
        return true;
    field.object = item->type == SAOY_PDF_REF ? item->number : 0;
    field.depth = above != NULL ? above->depth + 1 : 0;
    field.signature =
        type != NULL ? saoy_pdf_is_name(type, "Sig") : above != NULL && above->signature;
    if (own >= MAX_FIELDS || field.depth > MAX_NESTED)
        return saoy_pdf_fail(error, dict->at, "too many form fields");
    g_array_append_val(walk->fields, field);
    g_array_append_val(walk->stack, own);
    return true;
}

static bool
push_kids(Walk *walk, const SaoyPdfValue *kids, int parent, GError **error)
{
    if (kids == NULL || kids->type != SAOY_PDF_ARRAY)
        return true;
    walk->looked += kids->n;
    if (walk->looked > MAX_LOOKED)
        return saoy_pdf_fail(error, kids->at, "too many form fields");
    for (size_t i = kids->n; i-- > 0;)
        if (!push_field(walk, &kids->items[i], parent, error))
            return false;
    return true;
}

/* /V of that field as that revision sees it, NULL when it is no dictionary there. */
static const SaoyPdfValue *
value_in(SaoyPdf *pdf, size_t revision, int64_t object)
{
    const SaoyPdfValue *field = saoy_pdf_object(pdf, revision, object, NULL);
    const SaoyPdfValue *value = saoy_pdf_get(pdf, revision, field, "V");

    return value != NULL && value->type == SAOY_PDF_DICT ? value : NULL;
}

/* The last revision, not newer than that one, which wrote the field or its value. */
static size_t
last_written(SaoyPdf *pdf, size_t revision, int64_t object)
{
    const SaoyPdfValue *field = saoy_pdf_object(pdf, revision, object, NULL);
    const SaoyPdfValue *raw = saoy_pdf_get_raw(field, "V");
    int written = saoy_pdf_object_written_in(pdf, revision, object);

    if (raw != NULL && raw->type == SAOY_PDF_REF) {
        const SaoyPdfValue *value = saoy_pdf_object(pdf, revision, raw->number, NULL);

        if (value != NULL && value->type == SAOY_PDF_REF)
            return revision; /* a reference to a reference: one step at a time */
        written = MAX(written, saoy_pdf_object_written_in(pdf, revision, raw->number));
    }
    return (size_t)MAX(written, 0);
}

/* The oldest revision from which on the field has had a value. */
static size_t
born_in(SaoyPdf *pdf, size_t newest, int64_t field_object)
{
    size_t born = newest;

    if (field_object == 0)
        return newest;
    for (born = last_written(pdf, newest, field_object);
         born > 0 && value_in(pdf, born - 1, field_object) != NULL;)
        born = last_written(pdf, born - 1, field_object);
    return born;
}

static void
note_signature(Walk *walk, int i)
{
    const Field *field = &g_array_index(walk->fields, Field, i);
    const SaoyPdfValue *raw = saoy_pdf_get_raw(field->dict, "V");
    const SaoyPdfValue *value = saoy_pdf_resolve(walk->pdf, walk->newest, raw);
    SaoyPdfSignature signature = { .dict = value, .field_object = field->object };

    if (!field->signature || value == NULL || value->type != SAOY_PDF_DICT ||
        walk->out->len >= MAX_SIGNED)
        return;
    signature.field = full_name(walk, i);
    signature.value_object = raw->type == SAOY_PDF_REF ? raw->number : 0;
    signature.revision = born_in(walk->pdf, walk->newest, field->object);
    g_array_append_val(walk->out, signature);
}

static int
by_age(const void *a, const void *b)
{
    const SaoyPdfSignature *x = a, *y = b;

    if (x->revision != y->revision)
        return x->revision > y->revision ? 1 : -1;
    return (x->dict->at > y->dict->at) - (x->dict->at < y->dict->at);
}

static bool
walk_fields(Walk *walk, GError **error)
{
    const SaoyPdfValue *root = saoy_pdf_get(
        walk->pdf, walk->newest, saoy_pdf_trailer(walk->pdf, walk->newest), "Root");
    const SaoyPdfValue *form = saoy_pdf_get(walk->pdf, walk->newest, root, "AcroForm");

    if (!push_kids(walk, saoy_pdf_get(walk->pdf, walk->newest, form, "Fields"), -1, error))
        return false;
    while (walk->stack->len > 0) {
        int i = g_array_index(walk->stack, int, walk->stack->len - 1);
        const SaoyPdfValue *dict = g_array_index(walk->fields, Field, i).dict;

        g_array_set_size(walk->stack, walk->stack->len - 1);
        note_signature(walk, i);
        if (!push_kids(walk, saoy_pdf_get(walk->pdf, walk->newest, dict, "Kids"), i, error))
            return false;
    }
    return true;
}

GArray *
saoy_pdf_signatures(SaoyPdf *pdf, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autoptr(GArray) fields = g_array_new(FALSE, FALSE, sizeof(Field));
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(int));
    g_autoptr(GArray) out = g_array_new(FALSE, TRUE, sizeof(SaoyPdfSignature));
    Walk walk = { pdf, saoy_pdf_revisions(pdf) - 1, 0, fields, stack, seen, out };

    g_array_set_clear_func(out, (GDestroyNotify)saoy_pdf_signature_clear);
    if (!walk_fields(&walk, error))
        return NULL;
    g_array_sort(out, by_age);
    return g_steal_pointer(&out);
}

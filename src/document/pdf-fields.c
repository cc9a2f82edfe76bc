#include "pdf-parts.h"

#include <string.h>

/* The AcroForm's signature fields (ISO 32000-1, 12.7.3 and 12.7.4.5): a walk over /Fields
 * and /Kids with its own stack, each object once. */
enum { MAX_FIELDS = 20000, MAX_NAME = 1000 };

typedef struct {
    const SaoyPdfValue *dict;
    int64_t object;
    char *name;     /* full, with its parents' */
    bool signature; /* /FT Sig, here or inherited */
} Field;

static void
clear_field(void *p)
{
    Field *field = p;

    g_clear_pointer(&field->name, g_free);
}

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

static void
push_field(SaoyPdf *pdf, size_t revision, GArray *stack, GHashTable *seen,
           const SaoyPdfValue *item, const Field *parent)
{
    const SaoyPdfValue *dict = saoy_pdf_resolve(pdf, revision, item);
    const SaoyPdfValue *type = saoy_pdf_get(pdf, revision, dict, "FT");
    g_autofree char *own = NULL;
    Field field = { .dict = dict };

    if (dict == NULL || dict->type != SAOY_PDF_DICT || stack->len >= MAX_FIELDS ||
        g_hash_table_size(seen) >= MAX_FIELDS ||
        !g_hash_table_add(seen, (void *)(uintptr_t)dict))
        return;
    own = text_string(saoy_pdf_get(pdf, revision, dict, "T"));
    field.object = item->type == SAOY_PDF_REF ? item->number : 0;
    field.signature =
        type != NULL ? saoy_pdf_is_name(type, "Sig") : parent != NULL && parent->signature;
    if (own != NULL && parent != NULL && parent->name != NULL)
        field.name = g_strconcat(parent->name, ".", own, NULL);
    else
        field.name = g_strdup(own != NULL ? own : parent != NULL ? parent->name : NULL);
    if (field.name != NULL && strlen(field.name) > MAX_NAME)
        g_clear_pointer(&field.name, g_free);
    g_array_append_val(stack, field);
}

static void
push_kids(SaoyPdf *pdf, size_t revision, GArray *stack, GHashTable *seen,
          const SaoyPdfValue *kids, const Field *parent)
{
    if (kids == NULL || kids->type != SAOY_PDF_ARRAY)
        return;
    for (size_t i = kids->n; i-- > 0;)
        push_field(pdf, revision, stack, seen, &kids->items[i], parent);
}

/* /V of that field as that revision sees it, NULL when it is no dictionary there. */
static const SaoyPdfValue *
value_in(SaoyPdf *pdf, size_t revision, int64_t object)
{
    const SaoyPdfValue *field = saoy_pdf_object(pdf, revision, object, NULL);
    const SaoyPdfValue *value = saoy_pdf_get(pdf, revision, field, "V");

    return value != NULL && value->type == SAOY_PDF_DICT ? value : NULL;
}

/* The oldest revision from which on the field has had a value. */
static size_t
born_in(SaoyPdf *pdf, size_t newest, const SaoyPdfSignature *signature)
{
    size_t born = newest;

    if (signature->field_object == 0)
        return newest;
    while (born > 0 && value_in(pdf, born - 1, signature->field_object) != NULL)
        born--;
    return born;
}

static void
note_signature(SaoyPdf *pdf, size_t newest, const Field *field, GArray *out)
{
    const SaoyPdfValue *raw = saoy_pdf_get_raw(field->dict, "V");
    const SaoyPdfValue *value = saoy_pdf_resolve(pdf, newest, raw);
    SaoyPdfSignature signature = { .dict = value, .field_object = field->object };

    if (!field->signature || value == NULL || value->type != SAOY_PDF_DICT)
        return;
    signature.field = g_strdup(field->name != NULL ? field->name : "");
    signature.value_object = raw->type == SAOY_PDF_REF ? raw->number : 0;
    signature.revision = born_in(pdf, newest, &signature);
    g_array_append_val(out, signature);
}

static int
by_age(const void *a, const void *b)
{
    const SaoyPdfSignature *x = a, *y = b;

    if (x->revision != y->revision)
        return x->revision > y->revision ? 1 : -1;
    return (x->dict->at > y->dict->at) - (x->dict->at < y->dict->at);
}

GArray *
saoy_pdf_signatures(SaoyPdf *pdf, GError **error)
{
    size_t newest = saoy_pdf_revisions(pdf) - 1;
    const SaoyPdfValue *root =
        saoy_pdf_get(pdf, newest, saoy_pdf_trailer(pdf, newest), "Root");
    const SaoyPdfValue *form = saoy_pdf_get(pdf, newest, root, "AcroForm");
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autoptr(GArray) stack = g_array_new(FALSE, TRUE, sizeof(Field));
    GArray *out = g_array_new(FALSE, TRUE, sizeof(SaoyPdfSignature));

    g_array_set_clear_func(out, (GDestroyNotify)saoy_pdf_signature_clear);
    push_kids(pdf, newest, stack, seen, saoy_pdf_get(pdf, newest, form, "Fields"), NULL);
    while (stack->len > 0) {
        Field field = g_array_index(stack, Field, stack->len - 1);

        g_array_set_size(stack, stack->len - 1);
        note_signature(pdf, newest, &field, out);
        push_kids(pdf, newest, stack, seen, saoy_pdf_get(pdf, newest, field.dict, "Kids"),
                  &field);
        clear_field(&field);
    }
    g_array_sort(out, by_age);
    return out;
}

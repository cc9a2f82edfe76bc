#include "document/pdf-update.h"

#include "pdf-sign.h"

#include "core/error.h"

#include <string.h>

/* The place of a document time stamp (ISO 32000-2, 12.8.5; ETSI EN 319 142-1, 5.4.3): only
 * what product.md §5 allows after a certification. */
enum { MAX_TREE = 64 };

typedef struct {
    SaoyPdf *pdf;
    SaoyPdfUpdate *update;
    size_t newest;
    int64_t field, value;
} Stamp;

static const SaoyPdfValue *
get(const Stamp *stamp, const SaoyPdfValue *dict, const char *key)
{
    return saoy_pdf_get(stamp->pdf, stamp->newest, dict, key);
}

static const SaoyPdfValue *
root_of(const Stamp *stamp, int64_t *out_number)
{
    const SaoyPdfValue *trailer = saoy_pdf_trailer(stamp->pdf, stamp->newest);
    const SaoyPdfValue *reference = saoy_pdf_get_raw(trailer, "Root");
    const SaoyPdfValue *root = saoy_pdf_resolve(stamp->pdf, stamp->newest, reference);

    if (reference == NULL || reference->type != SAOY_PDF_REF || root == NULL ||
        root->type != SAOY_PDF_DICT)
        return NULL;
    *out_number = reference->number;
    return root;
}

/* The first leaf of the page tree. */
static const SaoyPdfValue *
first_page(const Stamp *stamp, const SaoyPdfValue *root, int64_t *out_number)
{
    const SaoyPdfValue *node = get(stamp, root, "Pages");

    for (int depth = 0; node != NULL && depth < MAX_TREE; depth++) {
        const SaoyPdfValue *kids = get(stamp, node, "Kids");

        if (kids == NULL)
            return node->type == SAOY_PDF_DICT && depth > 0 ? node : NULL;
        if (kids->type != SAOY_PDF_ARRAY || kids->n == 0 ||
            kids->items[0].type != SAOY_PDF_REF)
            return NULL;
        *out_number = kids->items[0].number;
        node = saoy_pdf_resolve(stamp->pdf, stamp->newest, &kids->items[0]);
    }
    return NULL;
}

/* The array `key` of dict gains our field: as an object of its own, or within its owner's
 * text, which is then returned. */
static char *
grow(const Stamp *stamp, const SaoyPdfValue *dict, const char *key, const char *more)
{
    const SaoyPdfValue *raw = saoy_pdf_get_raw(dict, key);
    const SaoyPdfValue *array = get(stamp, dict, key);
    const char *const without[] = { key, NULL };
    g_autofree char *grown = saoy_pdf_update_grown(
        stamp->update, array != NULL && array->type == SAOY_PDF_ARRAY ? array : NULL,
        stamp->field);
    g_autofree char *entry = g_strdup_printf("/%s%s%s", key, grown, more);

    if (raw == NULL || raw->type != SAOY_PDF_REF)
        return saoy_pdf_update_dict(stamp->update, dict, without, entry);
    saoy_pdf_update_set(stamp->update, raw->number, grown);
    return more[0] == '\0' ? NULL : saoy_pdf_update_dict(stamp->update, dict, NULL, more);
}

static void
add_to_page(const Stamp *stamp, const SaoyPdfValue *page, int64_t number)
{
    g_autofree char *text = grow(stamp, page, "Annots", "");

    if (text != NULL)
        saoy_pdf_update_set(stamp->update, number, text);
}

static void
add_to_form(const Stamp *stamp, const SaoyPdfValue *root, int64_t number)
{
    static const char *const without[] = { "AcroForm", NULL };
    const SaoyPdfValue *raw = saoy_pdf_get_raw(root, "AcroForm");
    const SaoyPdfValue *form = get(stamp, root, "AcroForm");
    bool flagged = form != NULL && saoy_pdf_get_raw(form, "SigFlags") != NULL;
    g_autofree char *text = grow(stamp, form, "Fields", flagged ? "" : "/SigFlags 3");

    if (text == NULL)
        return;
    if (raw != NULL && raw->type == SAOY_PDF_REF) {
        saoy_pdf_update_set(stamp->update, raw->number, text);
        return;
    }
    g_autofree char *entry = g_strconcat("/AcroForm", text, NULL);
    g_autofree char *catalog = saoy_pdf_update_dict(stamp->update, root, without, entry);
    saoy_pdf_update_set(stamp->update, number, catalog);
}

/* /F 132: print, locked; without area it needs no appearance (12.7.4.5). */
static void
add_field(const Stamp *stamp, int64_t page, const char *name, size_t room)
{
    g_autofree char *field = g_strdup_printf(
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(%s)/F 132/Rect[0 0 0 0]/P %" G_GINT64_FORMAT
        " 0 R/V %" G_GINT64_FORMAT " 0 R>>",
        name, page, stamp->value);
    g_autofree char *zero = g_strnfill(2 * room, '0');
    g_autofree char *value =
        g_strdup_printf("<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161"
                        "/V 0/ByteRange%s/Contents<%s>>>",
                        saoy_range_blank, zero);

    saoy_pdf_update_set(stamp->update, stamp->field, field);
    saoy_pdf_update_set(stamp->update, stamp->value, value);
}

static GBytes *
finish(const Stamp *stamp, size_t room, GError **error)
{
    g_autoptr(GHashTable) offsets = g_hash_table_new(g_direct_hash, g_direct_equal);
    GBytes *file = saoy_pdf_update_finish(stamp->update, offsets, error);

    if (file == NULL)
        return NULL;
    GByteArray *bytes = g_bytes_unref_to_array(file);
    size_t at = GPOINTER_TO_SIZE(
        g_hash_table_lookup(offsets, GSIZE_TO_POINTER((size_t)stamp->value)));
    saoy_range_set(bytes, at, room);
    return g_byte_array_free_to_bytes(bytes);
}

GBytes *
saoy_pdf_append_stamp(GBytes *file, size_t room, char **out_field, GError **error)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, error);
    g_autoptr(SaoyPdfUpdate) update = pdf != NULL ? saoy_pdf_update_new(pdf, error) : NULL;
    const SaoyPdfValue *root = NULL, *page = NULL;
    int64_t catalog = 0, page_number = 0;
    GBytes *out = NULL;

    if (update == NULL)
        return NULL;
    Stamp stamp = { pdf, update, saoy_pdf_revisions(pdf) - 1, 0, 0 };
    root = root_of(&stamp, &catalog);
    page = root != NULL ? first_page(&stamp, root, &page_number) : NULL;
    if (page == NULL)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "the file has no first page");
    stamp.field = saoy_pdf_update_reserve(update);
    stamp.value = saoy_pdf_update_reserve(update);
    g_autofree char *name = g_strdup_printf("SaoY-Stamp-%" G_GINT64_FORMAT, stamp.field);
    add_field(&stamp, page_number, name, room);
    add_to_page(&stamp, page, page_number);
    add_to_form(&stamp, root, catalog);
    out = finish(&stamp, room, error);
    if (out != NULL)
        *out_field = g_steal_pointer(&name);
    return out;
}

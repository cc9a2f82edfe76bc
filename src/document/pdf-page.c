#include "document/pdf.h"

#include "core/error.h"
#include "core/file.h"

#include <string.h>

enum { MAX_TREE = 100000, MAX_PICTURES = 20, MAX_XMP = 1 << 20 };

/* Attributes that pages inherit (7.7.3.4) are looked up through /Parent, boundedly. */
const SaoyPdfValue *
saoy_pdf_page_key(SaoyPdf *pdf, const SaoyPdfValue *page, const char *key)
{
    size_t newest = saoy_pdf_revisions(pdf) - 1;

    for (int i = 0; page != NULL && i < 50; i++) {
        const SaoyPdfValue *value = saoy_pdf_get(pdf, newest, page, key);

        if (value != NULL)
            return value;
        page = saoy_pdf_get(pdf, newest, page, "Parent");
    }
    return NULL;
}

GPtrArray *
saoy_pdf_page_list(SaoyPdf *pdf, GError **error)
{
    size_t newest = saoy_pdf_revisions(pdf) - 1;
    const SaoyPdfValue *root =
        saoy_pdf_get(pdf, newest, saoy_pdf_trailer(pdf, newest), "Root");
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autoptr(GPtrArray) stack = g_ptr_array_new(), pages = g_ptr_array_new();

    g_ptr_array_add(stack, (void *)(uintptr_t)saoy_pdf_get(pdf, newest, root, "Pages"));
    while (stack->len > 0) {
        const SaoyPdfValue *node = g_ptr_array_steal_index(stack, stack->len - 1);
        const SaoyPdfValue *kids = saoy_pdf_get(pdf, newest, node, "Kids");

        if (node == NULL || node->type != SAOY_PDF_DICT ||
            !g_hash_table_add(seen, (void *)(uintptr_t)node) ||
            g_hash_table_size(seen) > MAX_TREE)
            return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: bad page tree");
        if (kids == NULL) {
            g_ptr_array_add(pages, (void *)(uintptr_t)node);
            continue;
        }
        if (kids->type != SAOY_PDF_ARRAY ||
            kids->n + stack->len + g_hash_table_size(seen) > MAX_TREE)
            return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: bad page tree");
        for (size_t i = kids->n; i-- > 0;)
            g_ptr_array_add(
                stack, (void *)(uintptr_t)saoy_pdf_resolve(pdf, newest, &kids->items[i]));
    }
    return g_steal_pointer(&pages);
}

/* DCTDecode and nothing else, as a name or an array of one. */
static bool
is_jpeg(SaoyPdf *pdf, size_t revision, const SaoyPdfValue *image)
{
    const SaoyPdfValue *filter = saoy_pdf_get(pdf, revision, image, "Filter");

    if (filter != NULL && filter->type == SAOY_PDF_ARRAY && filter->n == 1)
        filter = saoy_pdf_resolve(pdf, revision, &filter->items[0]);
    return saoy_pdf_is_name(filter, "DCTDecode");
}

/* The page's only image, a JPEG file as it is; NULL without error when it has none. */
static bool
page_jpeg(SaoyPdf *pdf, const SaoyPdfValue *page, GBytes **out, GError **error)
{
    size_t newest = saoy_pdf_revisions(pdf) - 1;
    const SaoyPdfValue *resources = saoy_pdf_page_key(pdf, page, "Resources");
    const SaoyPdfValue *objects = saoy_pdf_get(pdf, newest, resources, "XObject");

    if (objects == NULL || objects->type != SAOY_PDF_DICT)
        return true;
    if (objects->n > MAX_PICTURES)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "pdf: too many pictures on a page");
    for (size_t i = 0; i < objects->n; i++) {
        const SaoyPdfValue *image =
            saoy_pdf_resolve(pdf, newest, &objects->items[2 * i + 1]);

        if (!saoy_pdf_is_name(saoy_pdf_get(pdf, newest, image, "Subtype"), "Image"))
            continue;
        if (*out != NULL || !is_jpeg(pdf, newest, image))
            return saoy_fail(error, SAOY_ERROR_MALFORMED,
                             "pdf: a page's picture is not one JPEG file");
        *out = saoy_pdf_stream(pdf, newest, image, G_MAXINT32, error);
        if (*out == NULL)
            return false;
    }
    return true;
}

GPtrArray *
saoy_pdf_jpegs(SaoyPdf *pdf, GError **error)
{
    g_autoptr(GPtrArray) pages = saoy_pdf_page_list(pdf, error);
    g_autoptr(GPtrArray) jpegs =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);

    for (guint i = 0; pages != NULL && i < pages->len; i++) {
        g_autoptr(GBytes) jpeg = NULL;

        if (!page_jpeg(pdf, g_ptr_array_index(pages, i), &jpeg, error))
            return NULL;
        if (jpeg != NULL)
            g_ptr_array_add(jpegs, g_steal_pointer(&jpeg));
    }
    return pages != NULL ? g_steal_pointer(&jpegs) : NULL;
}

/* What stands between <saoy:seal> and </saoy:seal>; our packets have no other form of it.
 */
static char *
cut_seal(GBytes *packet)
{
    static const char open[] = "<saoy:seal>", close[] = "</saoy:seal>";
    SaoyView all = saoy_view_of(packet);
    const char *text = (const char *)all.data, *start = NULL, *end = NULL;
    g_autofree char *raw = NULL;
    g_auto(GStrv) parts = NULL;

    start = memmem(text, all.size, open, sizeof open - 1);
    if (start == NULL)
        return NULL;
    start += sizeof open - 1;
    end = memmem(start, all.size - (size_t)(start - text), close, sizeof close - 1);
    if (end == NULL || memchr(start, '<', (size_t)(end - start)) != NULL)
        return NULL;
    raw = g_strndup(start, (gsize)(end - start));
    parts = g_strsplit(raw, "&amp;", -1);
    return g_strjoinv("&", parts);
}

char *
saoy_pdf_seal(SaoyPdf *pdf, GError **error)
{
    const SaoyPdfValue *root = saoy_pdf_get(pdf, 0, saoy_pdf_trailer(pdf, 0), "Root");
    const SaoyPdfValue *metadata = saoy_pdf_get(pdf, 0, root, "Metadata");
    g_autoptr(GBytes) packet = NULL;
    char *seal = NULL;

    if (metadata != NULL && metadata->type == SAOY_PDF_STREAM) {
        packet = saoy_pdf_stream(pdf, 0, metadata, MAX_XMP, error);
        if (packet == NULL)
            return NULL;
        seal = cut_seal(packet);
    }
    if (seal == NULL)
        return saoy_null(error, SAOY_ERROR_NO_MEDIA, "pdf: no seal in its metadata");
    return seal;
}

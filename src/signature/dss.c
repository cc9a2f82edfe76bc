#include "signature/dss.h"

#include "cms-parts.h"

#include "core/error.h"
#include "core/file.h"
#include "core/ossl.h"
#include "document/pdf-update.h"
#include "document/pdf-write.h"

#include <string.h>

/* The document security store: reading, and the revision that writes it. */
enum { MAX_ITEMS = 1000, MAX_STREAM = 16 << 20, MAX_ALL = 64 << 20 };

/* The lists of the DSS, and the same of a VRI. */
static const struct {
    const char *all, *one;
    size_t offset;
} lists[] = {
    { "Certs", "Cert", offsetof(SaoyProofs, certificates) },
    { "OCSPs", "OCSP", offsetof(SaoyProofs, ocsps) },
    { "CRLs", "CRL", offsetof(SaoyProofs, crls) },
};

static GPtrArray *
list_of(const SaoyProofs *proofs, size_t i)
{
    return *(GPtrArray *const *)(const void *)((const char *)proofs + lists[i].offset);
}

char *
saoy_dss_key(SaoyView contents)
{
    g_autofree char *key =
        g_compute_checksum_for_data(G_CHECKSUM_SHA1, contents.data, contents.size);

    return g_ascii_strup(key, -1);
}

static const SaoyPdfValue *
catalog_of(SaoyPdf *pdf, size_t revision)
{
    return saoy_pdf_get(pdf, revision, saoy_pdf_trailer(pdf, revision), "Root");
}

/* ---- reading ---- */

typedef struct {
    SaoyPdf *pdf;
    size_t revision, bytes;
} Reader;

static bool
read_list(Reader *reader, const SaoyPdfValue *array, GPtrArray *out, GError **error)
{
    if (array == NULL)
        return true;
    if (array->type != SAOY_PDF_ARRAY || array->n > MAX_ITEMS)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "DSS: a list is none");
    for (size_t i = 0; i < array->n; i++) {
        const SaoyPdfValue *stream =
            saoy_pdf_resolve(reader->pdf, reader->revision, &array->items[i]);
        g_autoptr(GBytes) der = NULL;

        if (stream == NULL || stream->type != SAOY_PDF_STREAM)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "DSS: an entry is no stream");
        der = saoy_pdf_stream(reader->pdf, reader->revision, stream, MAX_STREAM, error);
        if (der == NULL)
            return false;
        reader->bytes += g_bytes_get_size(der);
        if (reader->bytes > MAX_ALL)
            return saoy_fail(error, SAOY_ERROR_MALFORMED, "DSS: too large");
        saoy_proofs_add(out, der);
    }
    return true;
}

bool
saoy_dss_read(SaoyPdf *pdf, size_t revision, SaoyView contents, SaoyProofs *out,
              GError **error)
{
    const SaoyPdfValue *dss = saoy_pdf_get(pdf, revision, catalog_of(pdf, revision), "DSS");
    g_auto(SaoyProofs) proofs = { 0 };
    Reader reader = { pdf, revision, 0 };

    if (dss != NULL && contents.data != NULL) {
        g_autofree char *key = saoy_dss_key(contents);

        dss = saoy_pdf_get(pdf, revision, saoy_pdf_get(pdf, revision, dss, "VRI"), key);
    }
    if (dss == NULL)
        return false;
    if (dss->type != SAOY_PDF_DICT)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "DSS is no dictionary");
    saoy_proofs_init(&proofs);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const char *key = contents.data != NULL ? lists[i].one : lists[i].all;

        if (!read_list(&reader, saoy_pdf_get(pdf, revision, dss, key), list_of(&proofs, i),
                       error))
            return false;
    }
    *out = proofs;
    proofs = (SaoyProofs){ 0 };
    return true;
}

/* ---- writing ---- */

typedef struct {
    SaoyPdf *pdf;
    SaoyPdfUpdate *update;
    size_t newest;
    GHashTable *known; /* GBytes -> object number, as pointers */
    GString *listed[G_N_ELEMENTS(lists)];
} Writer;

static void
writer_clear(Writer *writer)
{
    g_clear_pointer(&writer->known, g_hash_table_unref);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        if (writer->listed[i] != NULL)
            g_string_free(writer->listed[i], TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Writer, writer_clear)

static void
put_reference(GString *out, int64_t number)
{
    g_string_append_printf(out, "%s%" G_GINT64_FORMAT " 0 R", out->len > 0 ? " " : "",
                           number);
}

/* What the file's DSS has stays where it is. */
static void
take_old(Writer *writer, const SaoyPdfValue *dss)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const SaoyPdfValue *array =
            saoy_pdf_get(writer->pdf, writer->newest, dss, lists[i].all);

        for (size_t k = 0; array != NULL && array->type == SAOY_PDF_ARRAY && k < array->n;
             k++) {
            const SaoyPdfValue *item = &array->items[k];
            const SaoyPdfValue *stream =
                saoy_pdf_resolve(writer->pdf, writer->newest, item);
            g_autoptr(GBytes) der =
                item->type == SAOY_PDF_REF && item->generation == 0 && stream != NULL
                    ? saoy_pdf_stream(writer->pdf, writer->newest, stream, MAX_STREAM, NULL)
                    : NULL;

            if (der != NULL && !g_hash_table_contains(writer->known, der)) {
                put_reference(writer->listed[i], item->number);
                g_hash_table_insert(writer->known, g_steal_pointer(&der),
                                    GSIZE_TO_POINTER((size_t)item->number));
            }
        }
    }
}

static int64_t
place_of(Writer *writer, size_t list, GBytes *der)
{
    int64_t number = (int64_t)GPOINTER_TO_SIZE(g_hash_table_lookup(writer->known, der));

    if (number != 0)
        return number;
    number = saoy_pdf_update_add_stream(writer->update, saoy_view_of(der));
    g_hash_table_insert(writer->known, g_bytes_ref(der), GSIZE_TO_POINTER((size_t)number));
    put_reference(writer->listed[list], number);
    return number;
}

/* One VRI: what the file had for this signature, and what is new. */
static void
put_entry(Writer *writer, GString *vri, const SaoyDssEntry *entry)
{
    SaoyView contents = saoy_view_of(entry->contents);
    g_autofree char *key = saoy_dss_key(contents);
    g_auto(SaoyProofs) all = { 0 };

    if (!saoy_dss_read(writer->pdf, writer->newest, contents, &all, NULL))
        saoy_proofs_init(&all);
    g_string_append_printf(vri, "/%s<<", key);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        GPtrArray *have = list_of(&all, i), *more = list_of(&entry->proofs, i);
        g_autoptr(GString) references = g_string_new(NULL);

        for (size_t k = 0; k < more->len; k++)
            saoy_proofs_add(have, more->pdata[k]);
        for (size_t k = 0; k < have->len; k++)
            put_reference(references, place_of(writer, i, have->pdata[k]));
        if (references->len > 0)
            g_string_append_printf(vri, "/%s[%s]", lists[i].one, references->str);
    }
    g_string_append(vri, ">>");
}

static bool
is_entry(const GArray *entries, SaoyView key)
{
    for (guint i = 0; i < entries->len; i++) {
        const SaoyDssEntry *entry = &g_array_index(entries, SaoyDssEntry, i);
        g_autofree char *own = saoy_dss_key(saoy_view_of(entry->contents));

        if (key.size == strlen(own) && memcmp(key.data, own, key.size) == 0)
            return true;
    }
    return false;
}

/* VRI of signatures that gained nothing are kept as they are. */
static char *
vri_text(Writer *writer, const SaoyPdfValue *dss, const GArray *entries)
{
    const SaoyPdfValue *old = saoy_pdf_get(writer->pdf, writer->newest, dss, "VRI");
    GString *vri = g_string_new("<<");

    for (size_t i = 0; old != NULL && old->type == SAOY_PDF_DICT && i < old->n; i++) {
        SaoyView key = old->items[2 * i].text;

        if (is_entry(entries, key))
            continue;
        g_autofree char *name = saoy_pdf_update_text(writer->update, &old->items[2 * i]);
        g_autofree char *text =
            saoy_pdf_update_text(writer->update, &old->items[2 * i + 1]);
        g_string_append_printf(vri, "%s %s", name, text);
    }
    for (guint i = 0; i < entries->len; i++)
        put_entry(writer, vri, &g_array_index(entries, SaoyDssEntry, i));
    g_string_append(vri, ">>");
    return g_string_free(vri, FALSE);
}

/* ISO 32000-1, 7.12: what of ISO 32000-2 a 1.7 file uses: DSS and document time stamps by
 * ETSI's prefix and by Adobe's. What the file says already stays. */
static char *
extensions_text(const Writer *writer, const SaoyPdfValue *root)
{
    static const char *const without[] = { "Type", NULL };
    const SaoyPdfValue *old = saoy_pdf_get(writer->pdf, writer->newest, root, "Extensions");
    const SaoyPdfValue *dict = old != NULL && old->type == SAOY_PDF_DICT ? old : NULL;
    g_autofree char *more =
        g_strconcat(dict != NULL && saoy_pdf_get_raw(dict, "ESIC") != NULL
                        ? ""
                        : "/ESIC<</BaseVersion/1.7/ExtensionLevel 5>>",
                    dict != NULL && saoy_pdf_get_raw(dict, "ADBE") != NULL
                        ? ""
                        : "/ADBE<</BaseVersion/1.7/ExtensionLevel 8>>",
                    NULL);

    return saoy_pdf_update_dict(writer->update, dict, without, more);
}

static void
write_catalog(Writer *writer, const SaoyPdfValue *root, int64_t dss)
{
    static const char *const without[] = { "DSS", "Extensions", NULL };
    const SaoyPdfValue *reference =
        saoy_pdf_get_raw(saoy_pdf_trailer(writer->pdf, writer->newest), "Root");
    g_autofree char *extensions = extensions_text(writer, root);
    g_autofree char *entries =
        g_strdup_printf("/Extensions%s/DSS %" G_GINT64_FORMAT " 0 R", extensions, dss);
    g_autofree char *text = saoy_pdf_update_dict(writer->update, root, without, entries);

    saoy_pdf_update_set(writer->update, reference->number, text);
}

/* A new object each time, so that the catalog says that something is new. */
static void
write_dss(Writer *writer, const SaoyPdfValue *root, const GArray *entries)
{
    const SaoyPdfValue *dss = saoy_pdf_get(writer->pdf, writer->newest, root, "DSS");
    int64_t number = saoy_pdf_update_reserve(writer->update);
    g_autoptr(GString) out = g_string_new("<</Type/DSS");

    take_old(writer, dss);
    g_autofree char *vri = vri_text(writer, dss, entries);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        if (writer->listed[i]->len > 0)
            g_string_append_printf(out, "/%s[%s]", lists[i].all, writer->listed[i]->str);
    g_string_append_printf(out, "/VRI%s>>", vri);
    saoy_pdf_update_set(writer->update, number, out->str);
    write_catalog(writer, root, number);
}

GBytes *
saoy_dss_append(GBytes *file, const GArray *entries, GError **error)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, error);
    g_autoptr(SaoyPdfUpdate) update = pdf != NULL ? saoy_pdf_update_new(pdf, error) : NULL;
    g_auto(Writer) writer = { .pdf = pdf, .update = update };
    const SaoyPdfValue *root = NULL, *reference = NULL;

    if (update == NULL)
        return NULL;
    writer.newest = saoy_pdf_revisions(pdf) - 1;
    writer.known = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
                                         (GDestroyNotify)g_bytes_unref, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        writer.listed[i] = g_string_new(NULL);
    reference = saoy_pdf_get_raw(saoy_pdf_trailer(pdf, writer.newest), "Root");
    root = catalog_of(pdf, writer.newest);
    if (root == NULL || root->type != SAOY_PDF_DICT || reference->type != SAOY_PDF_REF)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "the file has no catalog");
    write_dss(&writer, root, entries);
    return saoy_pdf_update_finish(update, NULL, error);
}

#include "pdf-parts.h"

#include "core/file.h"

#include <string.h>

/* Files and their objects by number, as one revision sees them. */
static const SaoyPdfValue null_value = { .type = SAOY_PDF_NULL };

void
saoy_pdf_close(SaoyPdf *pdf)
{
    if (pdf == NULL)
        return;
    g_clear_pointer(&pdf->revisions, g_array_unref);
    g_clear_pointer(&pdf->index, g_array_unref);
    g_clear_pointer(&pdf->objects, g_hash_table_unref);
    g_clear_pointer(&pdf->packs, g_hash_table_unref);
    g_clear_pointer(&pdf->blocks, g_ptr_array_unref);
    g_clear_pointer(&pdf->file, g_bytes_unref);
    g_free(pdf->damage);
    g_free(pdf);
}

bool
saoy_pdf_is_name(const SaoyPdfValue *value, const char *name)
{
    return value != NULL && value->type == SAOY_PDF_NAME &&
           value->text.size == strlen(name) &&
           memcmp(value->text.data, name, value->text.size) == 0;
}

bool
saoy_pdf_is_any_name(const SaoyPdfValue *value, const char *const *names)
{
    for (; names != NULL && *names != NULL; names++)
        if (saoy_pdf_is_name(value, *names))
            return true;
    return false;
}

bool
saoy_pdf_is_container(const SaoyPdfValue *value)
{
    const SaoyPdfValue *type = saoy_pdf_get_raw(value, "Type");

    return value != NULL && value->type == SAOY_PDF_STREAM &&
           (saoy_pdf_is_name(type, "XRef") || saoy_pdf_is_name(type, "ObjStm"));
}

const SaoyPdfValue *
saoy_pdf_get_raw(const SaoyPdfValue *dict, const char *key)
{
    return saoy_pdf_find(dict, (SaoyView){ (const uint8_t *)key, strlen(key) });
}

const SaoyPdfValue *
saoy_pdf_object(SaoyPdf *pdf, size_t revision, int64_t number, GError **error)
{
    const SaoyPdfEntry *entry = saoy_pdf_entry(pdf, revision, number);

    if (entry == NULL || entry->place == SAOY_PDF_FREE)
        return &null_value;
    return entry->place == SAOY_PDF_PLAIN
               ? saoy_pdf_plain_object(pdf, revision, entry, error)
               : saoy_pdf_packed_object(pdf, revision, entry, error);
}

const SaoyPdfValue *
saoy_pdf_resolve(SaoyPdf *pdf, size_t revision, const SaoyPdfValue *value)
{
    for (int i = 0; value != NULL && value->type == SAOY_PDF_REF; i++) {
        if (saoy_pdf_entry(pdf, revision, value->number) == NULL ||
            i >= SAOY_PDF_MAX_FOLLOW ||
            saoy_pdf_object_generation(pdf, revision, value->number) != value->generation)
            return NULL;
        value = saoy_pdf_object(pdf, revision, value->number, NULL);
    }
    return value != NULL && value->type == SAOY_PDF_NULL ? NULL : value;
}

const SaoyPdfValue *
saoy_pdf_get(SaoyPdf *pdf, size_t revision, const SaoyPdfValue *dict, const char *key)
{
    return saoy_pdf_resolve(pdf, revision, saoy_pdf_get_raw(dict, key));
}

GBytes *
saoy_pdf_bytes(const SaoyPdf *pdf)
{
    return pdf->file;
}

bool
saoy_pdf_is_encrypted(const SaoyPdf *pdf)
{
    return pdf->encrypted;
}

bool
saoy_pdf_is_hybrid(const SaoyPdf *pdf)
{
    return pdf->hybrid;
}

bool
saoy_pdf_is_ambiguous(const SaoyPdf *pdf)
{
    return pdf->ambiguous;
}

size_t
saoy_pdf_revisions(const SaoyPdf *pdf)
{
    return pdf->revisions->len;
}

size_t
saoy_pdf_revision_end(const SaoyPdf *pdf, size_t revision)
{
    g_return_val_if_fail(revision < pdf->revisions->len, 0);
    return g_array_index(pdf->revisions, SaoyPdfRevision, revision).end;
}

size_t
saoy_pdf_revision_start(const SaoyPdf *pdf, size_t revision)
{
    g_return_val_if_fail(revision < pdf->revisions->len, 0);
    return g_array_index(pdf->revisions, SaoyPdfRevision, revision).start;
}

const SaoyPdfValue *
saoy_pdf_trailer(const SaoyPdf *pdf, size_t revision)
{
    g_return_val_if_fail(revision < pdf->revisions->len, NULL);
    return g_array_index(pdf->revisions, SaoyPdfRevision, revision).trailer;
}

static bool
check_header(SaoyView all, GError **error)
{
    if (all.size < 8 || memcmp(all.data, "%PDF-", 5) != 0 || all.data[6] != '.' ||
        (all.data[5] != '1' && all.data[5] != '2') || !g_ascii_isdigit(all.data[7]))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "pdf: no PDF header");
    return true;
}

static bool
check_root(SaoyPdf *pdf, GError **error)
{
    size_t newest = pdf->revisions->len - 1;
    const SaoyPdfValue *root = saoy_pdf_get_raw(saoy_pdf_trailer(pdf, newest), "Root");
    const SaoyPdfValue *catalog = NULL;

    /* as it was made: a later trailer's word does not turn plain objects into others */
    pdf->encrypted = saoy_pdf_get_raw(saoy_pdf_trailer(pdf, 0), "Encrypt") != NULL;
    if (pdf->encrypted)
        return true; /* its object streams cannot be read; who asks learns why */
    if (root == NULL || root->type != SAOY_PDF_REF)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "pdf: trailer without /Root");
    catalog = saoy_pdf_object(pdf, newest, root->number, error);
    if (catalog == NULL)
        return false;
    if (catalog->type != SAOY_PDF_DICT)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "pdf: /Root is no catalog");
    return true;
}

SaoyPdf *
saoy_pdf_new(GBytes *file)
{
    SaoyPdf *pdf = g_new0(SaoyPdf, 1);

    pdf->file = g_bytes_ref(file);
    pdf->all = saoy_view_of(file);
    pdf->blocks = g_ptr_array_new_with_free_func(g_free);
    pdf->objects = g_hash_table_new(g_int64_hash, g_int64_equal);
    pdf->packs = saoy_pdf_packs_new();
    return pdf;
}

SaoyPdf *
saoy_pdf_open(GBytes *file, GError **error)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_new(file);

    if (!check_header(pdf->all, error) || !saoy_pdf_load_revisions(pdf, error) ||
        !check_root(pdf, error))
        return NULL;
    return g_steal_pointer(&pdf);
}

/* ---- damaged files ---- */

/* Readers forgive what a mail or a server put in front. */
static bool
has_late_header(SaoyView all)
{
    return all.size > 0 &&
           memmem(all.data, MIN(all.size, (size_t)1024), "%PDF-", 5) != NULL;
}

/* A revision whose catalog cannot be read shows nothing: what it added is left over as
 * bytes behind the last one that can. */
static bool
drop_unreadable(SaoyPdf *pdf)
{
    for (; pdf->revisions->len > 0;
         g_array_set_size(pdf->revisions, pdf->revisions->len - 1))
        if (check_root(pdf, NULL))
            return true;
    return false;
}

SaoyPdf *
saoy_pdf_open_damaged(GBytes *file, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(file, &why);
    const char *at = NULL;

    if (pdf != NULL)
        return g_steal_pointer(&pdf);
    pdf = saoy_pdf_new(file);
    if (!has_late_header(pdf->all) || !saoy_pdf_rebuild_revisions(pdf, NULL) ||
        !drop_unreadable(pdf)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return NULL;
    }
    pdf->damage = g_strdup(why->message);
    at = g_strrstr(pdf->damage, " at offset ");
    pdf->damage_at = at != NULL ? (size_t)g_ascii_strtoull(at + 11, NULL, 10) : 0;
    return g_steal_pointer(&pdf);
}

const char *
saoy_pdf_damage(const SaoyPdf *pdf, size_t *out_at)
{
    *out_at = pdf->damage_at;
    return pdf->damage;
}

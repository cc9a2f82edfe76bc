#include "issue-parts.h"

#include "core/error.h"
#include "core/file.h"
#include "signature/dss.h"

/* What may stand behind the agency's signature as a finisher hands the copy in: the
 * revisions that our own procedure writes there, and nothing else. They are made again from
 * what they hold, proofs and token, and compared byte for byte: nothing is judged that one
 * reader might see otherwise than the next. */
enum { LATER = 2 }; /* DSS, document time stamp */

static void
clear_entry(void *p)
{
    SaoyDssEntry *entry = p;

    g_clear_pointer(&entry->contents, g_bytes_unref);
    saoy_proofs_clear(&entry->proofs);
}

/* What the revision's DSS says of each signature of `first`. */
static GArray *
entries_of(GBytes *first, SaoyPdf *pdf, size_t revision, GError **error)
{
    g_autoptr(SaoyPdf) before = saoy_pdf_open(first, error);
    g_autoptr(GArray) places = before != NULL ? saoy_pdf_signatures(before, error) : NULL;
    g_autoptr(GArray) entries = g_array_new(FALSE, TRUE, sizeof(SaoyDssEntry));

    g_array_set_clear_func(entries, clear_entry);
    for (guint i = 0; places != NULL && i < places->len; i++) {
        const SaoyPdfSignature *one = &g_array_index(places, SaoyPdfSignature, i);
        const SaoyPdfValue *contents = saoy_pdf_get_raw(one->dict, "Contents");
        SaoyDssEntry entry = { 0 };
        g_autoptr(GError) why = NULL;

        if (contents == NULL || contents->type != SAOY_PDF_STRING ||
            !saoy_dss_read(pdf, revision, contents->text, &entry.proofs, &why))
            return saoy_null(error, SAOY_ERROR_UNTRUSTED, "%s: %s", one->field,
                             why != NULL ? why->message : "not in the DSS");
        entry.contents = g_bytes_new(contents->text.data, contents->text.size);
        g_array_append_val(entries, entry);
    }
    return places != NULL ? g_steal_pointer(&entries) : NULL;
}

static bool
are_proofs(GBytes *first, GBytes *proven, SaoyPdf *pdf, size_t revision, GError **error)
{
    g_autoptr(GArray) entries = entries_of(first, pdf, revision, error);
    g_autoptr(GBytes) again =
        entries != NULL ? saoy_dss_append(first, entries, error) : NULL;

    return again != NULL &&
           (g_bytes_equal(again, proven) ||
            saoy_fail(error, SAOY_ERROR_UNTRUSTED, "more than validation data"));
}

static GBytes *
on_token(void *user, const uint8_t imprint[32], GCancellable *cancel, GError **error)
{
    return g_bytes_ref(user);
}

/* The token with the zeros behind it fills its room; whether they are zeros is the
 * validator's to see. */
static bool
is_stamp(GBytes *proven, GBytes *pdf, SaoyPdf *open, GError **error)
{
    g_autoptr(GArray) places = saoy_pdf_signatures(open, error);
    const SaoyPdfSignature *last = NULL;
    const SaoyPdfValue *contents = NULL;

    if (places == NULL)
        return false;
    if (places->len > 0)
        last = &g_array_index(places, SaoyPdfSignature, places->len - 1);
    contents = last != NULL ? saoy_pdf_get_raw(last->dict, "Contents") : NULL;
    if (contents == NULL || contents->type != SAOY_PDF_STRING || contents->text.size == 0)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "no document time stamp");
    g_autoptr(GBytes) token = g_bytes_new(contents->text.data, contents->text.size);
    g_autoptr(GBytes) again =
        saoy_dss_stamp(proven, contents->text.size, on_token, token, NULL, error);
    return again != NULL &&
           (g_bytes_equal(again, pdf) ||
            saoy_fail(error, SAOY_ERROR_UNTRUSTED, "more than a document time stamp"));
}

static bool
check_later(GBytes *first, GBytes *pdf, GError **error)
{
    g_autoptr(SaoyPdf) open = saoy_pdf_open(pdf, error);
    size_t n = open != NULL ? saoy_pdf_revisions(open) : 0, revision = 0;

    if (open == NULL)
        return false;
    while (revision < n && saoy_pdf_revision_end(open, revision) <= g_bytes_get_size(first))
        revision++;
    if (revision == n || n - revision > LATER)
        return saoy_fail(error, SAOY_ERROR_UNTRUSTED, "%zu revisions instead of one or two",
                         n - revision);
    g_autoptr(GBytes) proven =
        g_bytes_new_from_bytes(pdf, 0, saoy_pdf_revision_end(open, revision));
    if (!are_proofs(first, proven, open, revision, error))
        return false;
    return n - revision == LATER
               ? is_stamp(proven, pdf, open, error)
               : g_bytes_equal(proven, pdf) ||
                     saoy_fail(error, SAOY_ERROR_UNTRUSTED, "bytes behind the end");
}

bool
saoy_copy_check_later(GBytes *first, GBytes *pdf, GError **error)
{
    g_return_val_if_fail(g_bytes_get_size(pdf) >= g_bytes_get_size(first), false);
    if (g_bytes_get_size(pdf) == g_bytes_get_size(first) || check_later(first, pdf, error))
        return true;
    g_prefix_error_literal(error, "behind the signatures: ");
    return false;
}

#include "pdf-parts.h"

#include <string.h>

/* The file's revisions: sections followed from the last startxref through /Prev, each
 * offset once, then put together oldest first. */
enum { TAIL = 2048, HEAD = 1024 };

static void
clear_section(void *p)
{
    SaoyPdfSection *section = p;

    g_clear_pointer(&section->entries, g_array_unref);
}

/* Entries of `over` win, unless they are free and yield. */
static GArray *
merge(const GArray *over, const GArray *under, bool yield, bool *clash)
{
    g_autoptr(GHashTable) known = g_hash_table_new(g_direct_hash, g_direct_equal);
    GArray *both = g_array_new(FALSE, FALSE, sizeof(SaoyPdfEntry));

    for (guint i = 0; i < over->len; i++)
        g_hash_table_insert(known,
                            GUINT_TO_POINTER(g_array_index(over, SaoyPdfEntry, i).number),
                            &g_array_index(over, SaoyPdfEntry, i));
    for (guint i = 0; i < under->len; i++) {
        const SaoyPdfEntry *entry = &g_array_index(under, SaoyPdfEntry, i);
        const SaoyPdfEntry *other =
            g_hash_table_lookup(known, GUINT_TO_POINTER(entry->number));

        if (other != NULL && yield && other->place == SAOY_PDF_FREE)
            g_hash_table_remove(known, GUINT_TO_POINTER(entry->number));
        else if (other != NULL && entry->place != SAOY_PDF_FREE &&
                 (other->place != entry->place || other->where != entry->where))
            *clash = true;
        if (!g_hash_table_contains(known, GUINT_TO_POINTER(entry->number)))
            g_array_append_val(both, *entry);
    }
    for (guint i = 0; i < over->len; i++) {
        const SaoyPdfEntry *entry = &g_array_index(over, SaoyPdfEntry, i);

        if (g_hash_table_contains(known, GUINT_TO_POINTER(entry->number)))
            g_array_append_val(both, *entry);
    }
    g_array_sort(both, saoy_pdf_by_number);
    return both;
}

static bool
find_start(SaoyPdf *pdf, size_t *out, GError **error)
{
    static const char word[] = "startxref";
    size_t size = pdf->all.size, stop = size > TAIL ? size - TAIL : 0, end = 0;
    int64_t start = 0;

    for (size_t at = size; at-- > stop;) {
        if (size - at < sizeof word - 1 ||
            memcmp(pdf->all.data + at, word, sizeof word - 1) != 0)
            continue;
        if (!saoy_pdf_take_end(pdf, at, &start, &end) || (uint64_t)start >= size)
            return saoy_pdf_fail(error, at, "bad startxref");
        *out = (size_t)start;
        return true;
    }
    return saoy_pdf_fail(error, size, "no startxref");
}

/* Newest first. Every offset is read once, so a cycle is found at its first return. */
static bool
follow(SaoyPdf *pdf, GArray *sections, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
    size_t at = 0;

    if (!find_start(pdf, &at, error))
        return false;
    for (;;) {
        SaoyPdfSection section = { 0 };
        bool ok = false;

        if (!g_hash_table_add(seen, GSIZE_TO_POINTER(at)))
            return saoy_pdf_fail(error, at, "cross-reference sections in a circle");
        if (sections->len >= 2 * SAOY_PDF_MAX_REVISIONS)
            return saoy_pdf_fail(error, at, "too many revisions");
        ok = saoy_pdf_take_section(pdf, at, &section, error);
        g_array_append_val(sections, section);
        if (!ok)
            return false;
        if (section.prev < 0)
            return true;
        at = (size_t)section.prev;
    }
}

/* A linearized file says so in its first object (Annex F); then, and only then, its oldest
 * two sections are one revision: the front one points forward to the main one. */
static bool
is_linearized(const SaoyPdf *pdf)
{
    return memmem(pdf->all.data, MIN(pdf->all.size, (size_t)HEAD), "/Linearized", 11) !=
           NULL;
}

/* Every startxref leads to the section it ends, so that no reader begins elsewhere. */
static bool
check_start(const SaoyPdf *pdf, const SaoyPdfSection *section, size_t at, GError **error)
{
    SaoyPdfLexer said = { pdf->all, (size_t)section->start, true };
    SaoyPdfLexer is = { pdf->all, at, true };

    saoy_pdf_skip(&said);
    saoy_pdf_skip(&is);
    if (said.at != is.at)
        return saoy_pdf_fail(error, section->after, "startxref leads elsewhere");
    return true;
}

/* sections[i], or sections[i - 1] and [i] of a linearized file. */
static bool
add_revision(SaoyPdf *pdf, const SaoyPdfSection *section, const SaoyPdfSection *front,
             GError **error)
{
    guint n = pdf->revisions != NULL ? pdf->revisions->len : 0;
    g_autoptr(GArray) entries = NULL;
    bool clash = false; /* of no meaning here: the front one's objects come first */

    /* F.3.4: only behind a linearized file's front section there need be none */
    if (section->open)
        return saoy_pdf_fail(error, section->after, "no startxref and %%EOF");
    if (!check_start(pdf, section, front != NULL ? front->at : section->at, error))
        return false;
    if (n >= SAOY_PDF_MAX_REVISIONS)
        return saoy_pdf_fail(error, section->at, "too many revisions");
    if (n > 0 && saoy_pdf_revision_end(pdf, n - 1) > section->at)
        return saoy_pdf_fail(error, section->at, "revisions out of order");
    entries = front != NULL ? merge(front->entries, section->entries, false, &clash)
                            : g_array_ref(section->entries);
    saoy_pdf_add_revision(pdf, (size_t)section->start, section->end,
                          front != NULL ? front->trailer : section->trailer, entries);
    return true;
}

/* 7.5.8.4: what the table calls free or leaves out is in the stream. Listed as used in both
 * at two places, it is one thing to one reader and another to the next. A stream that an
 * older section named already is only a trailer copied by the writer of this one. */
static bool
take_hybrid(SaoyPdf *pdf, SaoyPdfSection *section, GHashTable *seen, GError **error)
{
    const SaoyPdfValue *where = saoy_pdf_get_raw(section->trailer, "XRefStm");
    SaoyPdfSection stream = { 0 };
    bool ok = false;

    if (where == NULL || section->trailer->type == SAOY_PDF_STREAM)
        return true;
    pdf->hybrid = true;
    if (where->type != SAOY_PDF_INT || where->number < 0 ||
        (uint64_t)where->number >= pdf->all.size)
        return saoy_pdf_fail(error, where->at, "bad /XRefStm");
    if (!g_hash_table_add(seen, GSIZE_TO_POINTER((size_t)where->number)))
        return true;
    stream.at = (size_t)where->number;
    stream.entries = g_array_new(FALSE, FALSE, sizeof(SaoyPdfEntry));
    ok = saoy_pdf_take_xref_stream(pdf, &stream, error);
    if (ok) {
        GArray *both = merge(section->entries, stream.entries, true, &pdf->ambiguous);

        g_array_unref(section->entries);
        section->entries = both;
    }
    g_array_unref(stream.entries);
    return ok;
}

bool
saoy_pdf_load_revisions(SaoyPdf *pdf, GError **error)
{
    g_autoptr(GArray) sections = g_array_new(FALSE, TRUE, sizeof(SaoyPdfSection));
    g_autoptr(GHashTable) streams = g_hash_table_new(g_direct_hash, g_direct_equal);

    g_array_set_clear_func(sections, clear_section);
    if (!follow(pdf, sections, error))
        return false;
    while (sections->len > 0) {
        guint i = sections->len - 1;
        SaoyPdfSection *section = &g_array_index(sections, SaoyPdfSection, i);
        bool oldest = pdf->revisions == NULL;
        bool two = i > 0 && oldest && is_linearized(pdf) && section[-1].at < section->at;

        if (!take_hybrid(pdf, section, streams, error) ||
            !add_revision(pdf, section, two ? section - 1 : NULL, error))
            return false;
        g_array_set_size(sections, two ? i - 1 : i);
    }
    saoy_pdf_sort_index(pdf);
    return true;
}

#include "pdf-parts.h"

#include "core/file.h"

#include <string.h>

/* What lenient readers do with a file whose cross-reference sections do not hold: objects
 * are looked for in the bytes themselves. Each stretch up to %%EOF is a revision, in which
 * the last object of a number wins. Never a basis for calling a file good: only for naming
 * what is wrong with it. */
typedef struct {
    SaoyPdf *pdf;
    SaoyPdfLexer lexer;
    GHashTable *found; /* number -> SaoyPdfEntry, of this revision */
    const SaoyPdfValue *trailer;
    GArray *revisions;
    size_t broken; /* objects that could not be read: each costs a search */
} Rebuild;

enum { MAX_BROKEN = 10000 };

static void
note(Rebuild *rebuild, const SaoyPdfEntry *entry)
{
    if (entry->number < 8388608)
        g_hash_table_insert(rebuild->found, GUINT_TO_POINTER(entry->number),
                            g_memdup2(entry, sizeof *entry));
}

/* Objects of an object stream: its table says their numbers (7.5.7). */
static void
note_packed(Rebuild *rebuild, uint32_t home, const SaoyPdfValue *stream)
{
    const SaoyPdfValue *n = saoy_pdf_get_raw(stream, "N");
    g_autoptr(GBytes) bytes =
        saoy_pdf_stream(rebuild->pdf, 0, stream, SAOY_PDF_MAX_OBJSTM, NULL);
    SaoyPdfLexer lexer = { .all = bytes != NULL ? saoy_view_of(bytes) : (SaoyView){ 0 } };

    if (bytes == NULL || n == NULL || n->type != SAOY_PDF_INT)
        return;
    rebuild->pdf->unpacked += lexer.all.size;
    if (rebuild->pdf->unpacked > SAOY_PDF_MAX_UNPACKED)
        return;
    for (int64_t i = 0; i < n->number; i++) {
        int64_t number = 0, offset = 0;

        saoy_pdf_skip(&lexer);
        if (!saoy_pdf_integer(&lexer, &number) || number >= 8388608)
            return;
        saoy_pdf_skip(&lexer);
        if (!saoy_pdf_integer(&lexer, &offset))
            return;
        note(rebuild,
             &(SaoyPdfEntry){ (uint32_t)number, (uint32_t)i, home, SAOY_PDF_PACKED });
    }
}

/* Past an object that cannot be read whole: behind its stream, if it has one. */
static size_t
skip_broken(SaoyView all, size_t at)
{
    const uint8_t *from = all.data + at;
    const uint8_t *end = memmem(from, all.size - at, "endobj", 6);
    size_t near = end != NULL ? (size_t)(end - from) : all.size - at;
    const uint8_t *stream = memmem(from, near, "stream", 6);

    if (stream != NULL) {
        size_t behind = (size_t)(stream - all.data) + 6;

        end = memmem(all.data + behind, all.size - behind, "endstream", 9);
    }
    return end != NULL ? (size_t)(end - all.data) + 6 : all.size;
}

static bool
is_header(SaoyPdfLexer lexer, int64_t *number, int64_t *generation)
{
    if (!saoy_pdf_integer(&lexer, number) || *number > G_MAXUINT32)
        return false;
    saoy_pdf_skip(&lexer);
    if (!saoy_pdf_integer(&lexer, generation) || *generation > 65535)
        return false;
    saoy_pdf_skip(&lexer);
    return saoy_pdf_keyword(&lexer, "obj");
}

static void
take_object(Rebuild *rebuild, int64_t number, int64_t generation)
{
    SaoyPdfEntry entry = { (uint32_t)number, (uint32_t)generation, rebuild->lexer.at,
                           SAOY_PDF_PLAIN };
    const SaoyPdfValue *value = NULL;
    size_t after = 0;
    bool varies = false;

    note(rebuild, &entry);
    value = saoy_pdf_object_at(rebuild->pdf, rebuild->lexer.at, -1, NULL, NULL, &after,
                               &varies, NULL);
    if (value == NULL) {
        rebuild->broken++;
        rebuild->lexer.at = skip_broken(rebuild->lexer.all, rebuild->lexer.at);
        return;
    }
    rebuild->lexer.at = after;
    if (value->type != SAOY_PDF_STREAM)
        return;
    if (saoy_pdf_is_name(saoy_pdf_get_raw(value, "Type"), "XRef"))
        rebuild->trailer = value;
    else if (saoy_pdf_is_name(saoy_pdf_get_raw(value, "Type"), "ObjStm"))
        note_packed(rebuild, entry.number, value);
}

static void
take_trailer(Rebuild *rebuild)
{
    SaoyPdfValue *trailer = saoy_pdf_alloc(rebuild->pdf, sizeof *trailer);

    if (trailer != NULL && saoy_pdf_value(rebuild->pdf, &rebuild->lexer, trailer, NULL) &&
        saoy_pdf_get_raw(trailer, "Root") != NULL)
        rebuild->trailer = trailer;
}

static int
by_number(const void *a, const void *b)
{
    const SaoyPdfEntry *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static void
end_revision(Rebuild *rebuild)
{
    SaoyPdfRevision revision = { rebuild->lexer.at, rebuild->trailer,
                                 g_array_new(FALSE, FALSE, sizeof(SaoyPdfEntry)) };
    GHashTableIter iter;
    void *entry = NULL;

    if (g_hash_table_size(rebuild->found) == 0) {
        g_array_unref(revision.entries);
        return;
    }
    g_hash_table_iter_init(&iter, rebuild->found);
    while (g_hash_table_iter_next(&iter, NULL, &entry))
        g_array_append_vals(revision.entries, entry, 1);
    g_array_sort(revision.entries, by_number);
    g_hash_table_remove_all(rebuild->found);
    g_array_append_val(rebuild->revisions, revision);
}

/* %%EOF and its line end; false when the comment is another. */
static bool
take_eof(SaoyPdfLexer *lexer)
{
    const uint8_t *at = lexer->all.data + lexer->at;
    size_t left = lexer->all.size - lexer->at;

    if (left < 5 || memcmp(at, "%%EOF", 5) != 0)
        return false;
    lexer->at += 5;
    if (left > 5 && at[5] == '\r')
        lexer->at++;
    if (lexer->at < lexer->all.size && lexer->all.data[lexer->at] == '\n')
        lexer->at++;
    return true;
}

static void
skip_line(SaoyPdfLexer *lexer)
{
    while (lexer->at < lexer->all.size && lexer->all.data[lexer->at] != '\n' &&
           lexer->all.data[lexer->at] != '\r')
        lexer->at++;
}

static void
skip_word(SaoyPdfLexer *lexer)
{
    lexer->at++;
    while (lexer->at < lexer->all.size && !saoy_pdf_is_space(lexer->all.data[lexer->at]) &&
           !saoy_pdf_is_delimiter(lexer->all.data[lexer->at]))
        lexer->at++;
}

static void
step(Rebuild *rebuild)
{
    SaoyPdfLexer *lexer = &rebuild->lexer;
    uint8_t c = lexer->all.data[lexer->at];
    int64_t number = 0, generation = 0;

    if (saoy_pdf_is_space(c))
        lexer->at++;
    else if (c == '%' && take_eof(lexer))
        end_revision(rebuild);
    else if (c == '%')
        skip_line(lexer);
    else if (g_ascii_isdigit(c) && is_header(*lexer, &number, &generation))
        take_object(rebuild, number, generation);
    else if (saoy_pdf_keyword(lexer, "trailer"))
        take_trailer(rebuild);
    else
        skip_word(lexer);
}

static void
clear_revision(void *p)
{
    SaoyPdfRevision *revision = p;

    g_clear_pointer(&revision->entries, g_array_unref);
}

/* A revision before the first trailer borrows the oldest one. */
static void
lend_trailers(GArray *revisions)
{
    const SaoyPdfValue *trailer = NULL;

    for (guint i = revisions->len; i-- > 0;) {
        SaoyPdfRevision *revision = &g_array_index(revisions, SaoyPdfRevision, i);

        if (revision->trailer == NULL)
            revision->trailer = trailer;
        trailer = revision->trailer;
    }
}

bool
saoy_pdf_rebuild_revisions(SaoyPdf *pdf, GError **error)
{
    g_autoptr(GHashTable) found =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    g_autoptr(GArray) revisions = g_array_new(FALSE, TRUE, sizeof(SaoyPdfRevision));
    Rebuild rebuild = { pdf, { pdf->all, 0, true }, found, NULL, revisions, 0 };

    g_array_set_clear_func(revisions, clear_revision);
    while (rebuild.lexer.at < pdf->all.size) {
        step(&rebuild);
        if (revisions->len > SAOY_PDF_MAX_REVISIONS || rebuild.broken > MAX_BROKEN ||
            g_hash_table_size(found) > SAOY_PDF_MAX_OBJECTS)
            return saoy_pdf_fail(error, rebuild.lexer.at, "too many revisions or objects");
    }
    end_revision(&rebuild);
    lend_trailers(revisions);
    if (revisions->len == 0 ||
        g_array_index(revisions, SaoyPdfRevision, revisions->len - 1).trailer == NULL)
        return saoy_pdf_fail(error, pdf->all.size, "no objects, or no trailer");
    g_clear_pointer(&pdf->revisions, g_array_unref);
    pdf->revisions = g_steal_pointer(&revisions);
    return true;
}

#include "pdf-parts.h"

#include "core/file.h"

#include <string.h>

/* What lenient readers do with a file whose cross-reference sections do not hold: objects
 * are looked for in the bytes themselves. Each stretch up to %%EOF is a revision, in which
 * the last object of a number wins. Never a basis for calling a file good: only for naming
 * what is wrong with it. */
typedef struct {
    SaoyPdf *pdf;
    SaoyPdf *scrap; /* reads what is only looked at; a new one when it is full */
    SaoyPdfLexer lexer;
    GHashTable *found; /* number -> SaoyPdfEntry, of this revision */
    const SaoyPdfValue *trailer;
    size_t scanned, unpacked, broken;
} Rebuild;

enum { MAX_BROKEN = 100000, MAX_SCRAP = 1 << 20 };

static void
note(Rebuild *rebuild, const SaoyPdfEntry *entry)
{
    if (entry->number > SAOY_PDF_MAX_NUMBER)
        return;
    rebuild->pdf->n_entries++;
    g_hash_table_insert(rebuild->found, GUINT_TO_POINTER(entry->number),
                        g_memdup2(entry, sizeof *entry));
}

static void
empty_scrap(Rebuild *rebuild)
{
    rebuild->scanned += rebuild->scrap->scanned;
    rebuild->scrap->scanned = 0;
    if (rebuild->scrap->memory < MAX_SCRAP)
        return;
    size_t worked = rebuild->scrap->worked;
    saoy_pdf_close(rebuild->scrap);
    rebuild->scrap = saoy_pdf_new(rebuild->pdf->file);
    rebuild->scrap->worked = worked;
}

/* Objects of an object stream: its table says their numbers (7.5.7). */
static void
note_packed(Rebuild *rebuild, uint32_t home, const SaoyPdfValue *stream)
{
    const SaoyPdfValue *n = saoy_pdf_get_raw(stream, "N");
    g_autoptr(GBytes) bytes =
        saoy_pdf_stream(rebuild->scrap, 0, stream, SAOY_PDF_MAX_OBJSTM, NULL);
    SaoyPdfLexer lexer = { .all = bytes != NULL ? saoy_view_of(bytes) : (SaoyView){ 0 } };

    if (bytes == NULL || n == NULL || n->type != SAOY_PDF_INT)
        return;
    rebuild->unpacked += lexer.all.size;
    if (rebuild->unpacked > SAOY_PDF_MAX_UNPACKED)
        return;
    for (int64_t i = 0; i < n->number; i++) {
        int64_t number = 0, offset = 0;

        saoy_pdf_skip(&lexer);
        if (!saoy_pdf_integer(&lexer, &number) || number > SAOY_PDF_MAX_NUMBER)
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
                           SAOY_PDF_PLAIN, 0 };
    SaoyPdfRead read = { 0 };

    note(rebuild, &entry);
    if (!saoy_pdf_read(rebuild->scrap, entry.where, -1, &read, NULL)) {
        rebuild->broken++;
        rebuild->lexer.at = skip_broken(rebuild->lexer.all, entry.where);
        return;
    }
    rebuild->lexer.at = read.after;
    if (read.value->type != SAOY_PDF_STREAM)
        return;
    if (saoy_pdf_is_name(saoy_pdf_get_raw(read.value, "Type"), "ObjStm"))
        note_packed(rebuild, entry.number, read.value);
    else if (saoy_pdf_is_name(saoy_pdf_get_raw(read.value, "Type"), "XRef") &&
             saoy_pdf_read(rebuild->pdf, entry.where, -1, &read, NULL))
        rebuild->trailer = read.value;
}

static void
take_trailer(Rebuild *rebuild)
{
    SaoyPdfLexer lexer = rebuild->lexer;
    SaoyPdfValue *trailer = saoy_pdf_alloc(rebuild->pdf, sizeof *trailer);
    bool ok = trailer != NULL && saoy_pdf_value(rebuild->pdf, &lexer, trailer, NULL);

    rebuild->scanned += lexer.at - rebuild->lexer.at;
    if (ok)
        rebuild->lexer = lexer;
    if (ok && saoy_pdf_get_raw(trailer, "Root") != NULL)
        rebuild->trailer = trailer;
}

static void
end_revision(Rebuild *rebuild)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(SaoyPdfEntry));
    GHashTableIter iter;
    void *entry = NULL;

    if (g_hash_table_size(rebuild->found) == 0)
        return;
    g_hash_table_iter_init(&iter, rebuild->found);
    while (g_hash_table_iter_next(&iter, NULL, &entry))
        g_array_append_vals(entries, entry, 1);
    g_array_sort(entries, saoy_pdf_by_number);
    g_hash_table_remove_all(rebuild->found);
    saoy_pdf_add_revision(rebuild->pdf, 0, rebuild->lexer.at, rebuild->trailer, entries);
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
skip_space(SaoyPdfLexer *lexer)
{
    while (lexer->at < lexer->all.size && saoy_pdf_is_space(lexer->all.data[lexer->at]))
        lexer->at++;
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
    while (lexer->at < lexer->all.size && saoy_pdf_classes[lexer->all.data[lexer->at]] == 0)
        lexer->at++;
}

static void
step(Rebuild *rebuild)
{
    SaoyPdfLexer *lexer = &rebuild->lexer;
    uint8_t c = lexer->all.data[lexer->at];
    int64_t number = 0, generation = 0;

    if (saoy_pdf_is_space(c))
        skip_space(lexer);
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

static bool
is_too_much(const Rebuild *rebuild)
{
    const SaoyPdf *pdf = rebuild->pdf;
    size_t most = SAOY_PDF_SCAN_TIMES * pdf->all.size + SAOY_PDF_SCAN_SPARE;

    return pdf->n_entries > SAOY_PDF_MAX_OBJECTS || rebuild->broken > MAX_BROKEN ||
           rebuild->scanned > most + rebuild->unpacked ||
           (pdf->revisions != NULL && pdf->revisions->len >= SAOY_PDF_MAX_REVISIONS);
}

static bool
find_all(Rebuild *rebuild, GError **error)
{
    while (rebuild->lexer.at < rebuild->lexer.all.size) {
        step(rebuild);
        empty_scrap(rebuild);
        if (is_too_much(rebuild))
            return saoy_pdf_fail(error, rebuild->lexer.at, "too many revisions or objects");
    }
    end_revision(rebuild);
    return true;
}

bool
saoy_pdf_rebuild_revisions(SaoyPdf *pdf, GError **error)
{
    g_autoptr(GHashTable) found =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    Rebuild rebuild = { .pdf = pdf,
                        .scrap = saoy_pdf_new(pdf->file),
                        .lexer = { pdf->all, 0, true },
                        .found = found };
    bool ok = find_all(&rebuild, error);

    saoy_pdf_close(rebuild.scrap);
    if (!ok)
        return false;
    if (pdf->revisions == NULL)
        return saoy_pdf_fail(error, pdf->all.size, "no objects");
    lend_trailers(pdf->revisions);
    saoy_pdf_sort_index(pdf);
    return saoy_pdf_trailer(pdf, saoy_pdf_revisions(pdf) - 1) != NULL ||
           saoy_pdf_fail(error, pdf->all.size, "no trailer");
}

#include "pdf-parts.h"

#include "core/file.h"

/* Object streams (ISO 32000-1, 7.5.7): opened once, their values read as they are asked
 * for.
 */
typedef struct {
    GBytes *bytes;
    SaoyView all;
    size_t n; /* 0 as well when it could not be opened */
    uint32_t *numbers;
    size_t *offsets; /* value i starts there */
    const SaoyPdfValue **values;
} Pack;

enum { MAX_INSIDE = 3 }; /* a stream's filter or length may be in another */

/* What could not be read is not tried again. */
static const SaoyPdfValue broken = { .type = SAOY_PDF_NULL };

static void
pack_free(void *p)
{
    Pack *pack = p;

    g_clear_pointer(&pack->bytes, g_bytes_unref);
    g_free(pack);
}

GHashTable *
saoy_pdf_packs_new(void)
{
    return g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, pack_free);
}

/* White space alone: a comment's end is where readers differ first. */
static void
skip_blanks(SaoyPdfLexer *lexer)
{
    while (lexer->at < lexer->all.size && saoy_pdf_is_space(lexer->all.data[lexer->at]))
        lexer->at++;
}

static bool
take_pair(SaoyPdfLexer *lexer, int64_t *number, int64_t *offset)
{
    skip_blanks(lexer);
    if (!saoy_pdf_integer(lexer, number))
        return false;
    skip_blanks(lexer);
    return saoy_pdf_integer(lexer, offset);
}

/* Pairs before /First, offsets rising, the first value right behind: what a reader finds by
 * offset is what it finds by going through. */
static bool
take_pack_table(Pack *pack, size_t first)
{
    SaoyPdfLexer lexer = { pack->all, 0, false };

    for (size_t i = 0; i < pack->n; i++) {
        int64_t number = 0, offset = 0;

        if (!take_pair(&lexer, &number, &offset) || number > SAOY_PDF_MAX_NUMBER ||
            (uint64_t)offset >= pack->all.size - first)
            return false;
        pack->numbers[i] = (uint32_t)number;
        pack->offsets[i] = first + (size_t)offset;
        if (i > 0 && pack->offsets[i] <= pack->offsets[i - 1])
            return false;
    }
    if (lexer.at > first)
        return false;
    skip_blanks(&lexer);
    return pack->n == 0 || lexer.at >= pack->offsets[0];
}

/* Direct values all; /Extends, of which nothing depends here, refers to another one. */
static bool
is_pack(const SaoyPdfValue *stream)
{
    const SaoyPdfValue *n = saoy_pdf_get_raw(stream, "N");
    const SaoyPdfValue *first = saoy_pdf_get_raw(stream, "First");
    const SaoyPdfValue *extends = saoy_pdf_get_raw(stream, "Extends");

    return saoy_pdf_is_name(saoy_pdf_get_raw(stream, "Type"), "ObjStm") && n != NULL &&
           n->type == SAOY_PDF_INT && n->number >= 0 && first != NULL &&
           first->type == SAOY_PDF_INT && first->number >= 0 &&
           (extends == NULL || extends->type == SAOY_PDF_REF);
}

static bool
fill_pack(SaoyPdf *pdf, size_t revision, const SaoyPdfValue *stream, Pack *pack,
          GError **error)
{
    uint64_t n = 0, first = 0;

    if (!is_pack(stream))
        return saoy_pdf_fail(error, stream->at, "no object stream");
    n = (uint64_t)saoy_pdf_get_raw(stream, "N")->number;
    first = (uint64_t)saoy_pdf_get_raw(stream, "First")->number;
    pack->bytes = saoy_pdf_stream(pdf, revision, stream, SAOY_PDF_MAX_OBJSTM, error);
    if (pack->bytes == NULL)
        return false;
    pack->all = saoy_view_of(pack->bytes);
    pdf->unpacked += pack->all.size;
    if (n > pack->all.size / 2 || first > pack->all.size ||
        pdf->unpacked > SAOY_PDF_MAX_UNPACKED)
        return saoy_pdf_fail(error, stream->at, "bad object stream");
    pack->n = (size_t)n;
    pack->numbers = saoy_pdf_alloc(pdf, pack->n * sizeof *pack->numbers);
    pack->offsets = saoy_pdf_alloc(pdf, pack->n * sizeof *pack->offsets);
    pack->values = saoy_pdf_alloc(pdf, pack->n * sizeof *pack->values);
    return (pack->values != NULL && take_pack_table(pack, (size_t)first)) ||
           saoy_pdf_fail(error, stream->at, "bad object stream");
}

static const Pack *
open_pack(SaoyPdf *pdf, size_t revision, const SaoyPdfValue *stream, GError **error)
{
    Pack *pack = g_hash_table_lookup(pdf->packs, stream);

    if (pack != NULL)
        return pack;
    if (pdf->depth >= MAX_INSIDE)
        return saoy_pdf_null(error, stream->at, "object streams within one another");
    pack = g_new0(Pack, 1);
    g_hash_table_insert(pdf->packs, (void *)(uintptr_t)stream, pack);
    pdf->depth++;
    bool ok = fill_pack(pdf, revision, stream, pack, error);
    pdf->depth--;
    if (ok)
        return pack;
    pack->n = 0;
    g_clear_pointer(&pack->bytes, g_bytes_unref);
    return NULL;
}

/* Up to the next value there is nothing but white space: a reader that cuts there and one
 * that reads on see the same. No value is a mere reference (7.5.7). */
static bool
is_whole(const Pack *pack, size_t i, SaoyPdfLexer lexer, const SaoyPdfValue *value)
{
    size_t next = i + 1 < pack->n ? pack->offsets[i + 1] : pack->all.size;

    if (lexer.at > next || value->type == SAOY_PDF_REF)
        return false;
    skip_blanks(&lexer);
    return lexer.at >= next;
}

static const SaoyPdfValue *
read_packed(SaoyPdf *pdf, const Pack *pack, size_t i, size_t at, GError **error)
{
    SaoyPdfLexer lexer = { pack->all, pack->offsets[i], false };
    SaoyPdfValue *value = saoy_pdf_alloc(pdf, sizeof *value);

    if (value == NULL)
        return saoy_pdf_null(error, at, "values too large");
    if (!saoy_pdf_spend(pdf, 0, at, error) || !saoy_pdf_value(pdf, &lexer, value, error) ||
        !saoy_pdf_spend(pdf, lexer.at - pack->offsets[i], at, error))
        return NULL;
    if (!is_whole(pack, i, lexer, value))
        return saoy_pdf_null(error, at,
                             "object stream whose objects do not stand one behind another");
    return value;
}

/* Under another /Length it would be another stream, and none of its objects is listed as
 * written then. */
static bool
is_length_later(const SaoyPdf *pdf, size_t revision, const SaoyPdfEntry *home,
                const SaoyPdfValue *stream)
{
    const SaoyPdfValue *length = saoy_pdf_get_raw(stream, "Length");

    return length != NULL && length->type == SAOY_PDF_REF &&
           saoy_pdf_object_written_in(pdf, revision, length->number) > (int)home->revision;
}

const SaoyPdfValue *
saoy_pdf_packed_object(SaoyPdf *pdf, size_t revision, const SaoyPdfEntry *entry,
                       GError **error)
{
    const SaoyPdfEntry *home = saoy_pdf_entry(pdf, revision, (int64_t)entry->where);
    const SaoyPdfValue *stream = NULL, *value = NULL;
    const Pack *pack = NULL;
    size_t i = entry->generation;

    if (home == NULL || home->place != SAOY_PDF_PLAIN)
        return saoy_pdf_null(error, entry->where, "object stream missing: number");
    stream = saoy_pdf_plain_object(pdf, revision, home, error);
    if (stream == NULL)
        return NULL;
    if (is_length_later(pdf, revision, home, stream))
        return saoy_pdf_null(error, stream->at, "object stream of changing length");
    pack = open_pack(pdf, revision, stream, error);
    if (pack == NULL)
        return NULL;
    if (i >= pack->n || pack->numbers[i] != entry->number || pack->values[i] == &broken)
        return saoy_pdf_null(error, stream->at, "object not in its object stream");
    if (pack->values[i] != NULL)
        return pack->values[i];
    value = read_packed(pdf, pack, i, stream->at, error);
    pack->values[i] = value != NULL ? value : &broken;
    return value;
}

bool
saoy_pdf_is_pack_listed(SaoyPdf *pdf, size_t revision, int64_t number)
{
    const SaoyPdfValue *stream = saoy_pdf_object(pdf, revision, number, NULL);
    const Pack *pack = stream != NULL && stream->type == SAOY_PDF_STREAM
                           ? open_pack(pdf, revision, stream, NULL)
                           : NULL;
    bool all = pack != NULL && pack->n > 0;

    for (size_t i = 0; all && i < pack->n; i++) {
        const SaoyPdfEntry *entry = saoy_pdf_entry(pdf, revision, pack->numbers[i]);

        all = entry != NULL && entry->place == SAOY_PDF_PACKED &&
              entry->revision == revision && entry->where == (size_t)number &&
              entry->generation == i;
    }
    return all;
}

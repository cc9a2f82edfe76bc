#include "pdf-parts.h"

#include <string.h>

/* Objects by their place in the file (ISO 32000-1, 7.3.8 and 7.3.10). What was read is kept
 * by place, so that an object shared by a thousand revisions is read once; what could not
 * be read is not tried again. */
typedef struct {
    int64_t key; /* place, and the revision if another sees another /Length */
    SaoyPdfRead read;
    int length_in;   /* revision that wrote the object its /Length is */
    const char *why; /* not NULL: it is broken */
} Known;

static bool
take_header(SaoyPdfLexer *lexer, int64_t *number, unsigned *generation)
{
    int64_t second = 0;

    saoy_pdf_skip(lexer);
    if (!saoy_pdf_integer(lexer, number))
        return false;
    saoy_pdf_skip(lexer);
    if (!saoy_pdf_integer(lexer, &second) || second > 65535)
        return false;
    *generation = (unsigned)second;
    saoy_pdf_skip(lexer);
    return saoy_pdf_keyword(lexer, "obj");
}

/* The number at the place of an object: "12 0 obj 345". */
static bool
read_integer(SaoyPdf *pdf, size_t at, int64_t number, int64_t *out)
{
    SaoyPdfLexer lexer = { pdf->all, at, true };
    int64_t found = 0;
    unsigned generation = 0;
    bool ok = at < pdf->all.size && take_header(&lexer, &found, &generation);

    saoy_pdf_skip(&lexer);
    return saoy_pdf_spend(pdf, lexer.at - at, at, NULL) && ok && found == number &&
           saoy_pdf_integer(&lexer, out);
}

/* The integer that /Length refers to: a plain object, or one in an object stream whose own
 * /Length is direct or plain; pdf->depth sees to it that this never goes round. */
static bool
find_length(SaoyPdf *pdf, int64_t number, int revision, bool packed_too, int64_t *out)
{
    const SaoyPdfEntry *entry =
        revision >= 0 ? saoy_pdf_entry(pdf, (size_t)revision, number) : NULL;
    const SaoyPdfValue *value = NULL;

    if (entry != NULL && entry->place == SAOY_PDF_PLAIN)
        return read_integer(pdf, entry->where, number, out);
    if (entry == NULL || entry->place != SAOY_PDF_PACKED || !packed_too || pdf->depth > 0)
        return false;
    pdf->depth++;
    value = saoy_pdf_object(pdf, (size_t)revision, number, NULL);
    pdf->depth--;
    if (value == NULL || value->type != SAOY_PDF_INT)
        return false;
    *out = value->number;
    return true;
}

/* Behind the keyword stream: its line end, /Length bytes, endstream. */
static bool
take_stream(SaoyPdf *pdf, SaoyPdfLexer *lexer, int revision, SaoyPdfValue *dict,
            int64_t *length_object, GError **error)
{
    const SaoyPdfValue *length = saoy_pdf_get_raw(dict, "Length");
    const uint8_t *data = lexer->all.data;
    bool packed_too = !saoy_pdf_is_name(saoy_pdf_get_raw(dict, "Type"), "ObjStm");
    int64_t size = 0;

    if (lexer->at < lexer->all.size && data[lexer->at] == '\r')
        lexer->at++;
    if (lexer->at >= lexer->all.size || data[lexer->at] != '\n')
        return saoy_pdf_fail(error, lexer->at, "stream without line end");
    lexer->at++;
    if (length == NULL || (length->type != SAOY_PDF_INT && length->type != SAOY_PDF_REF))
        return saoy_pdf_fail(error, dict->at, "stream without /Length");
    size = length->number;
    *length_object = length->type == SAOY_PDF_REF ? length->number : 0;
    if (length->type == SAOY_PDF_REF &&
        !find_length(pdf, length->number, revision, packed_too, &size))
        return saoy_pdf_fail(error, length->at, "bad /Length");
    if (size < 0 || (uint64_t)size > lexer->all.size - lexer->at)
        return saoy_pdf_fail(error, dict->at, "stream longer than the file");
    dict->type = SAOY_PDF_STREAM;
    dict->text = (SaoyView){ data + lexer->at, (size_t)size };
    lexer->at += (size_t)size;
    while (lexer->at < lexer->all.size && saoy_pdf_is_space(data[lexer->at]))
        lexer->at++;
    if (!saoy_pdf_keyword(lexer, "endstream"))
        return saoy_pdf_fail(error, lexer->at, "/Length does not lead to endstream");
    dict->end = lexer->at;
    return true;
}

static bool
take_object(SaoyPdf *pdf, SaoyPdfLexer *lexer, int revision, SaoyPdfRead *out,
            SaoyPdfValue *value, GError **error)
{
    if (!take_header(lexer, &out->number, &out->generation))
        return saoy_pdf_fail(error, lexer->at, "no object");
    if (!saoy_pdf_value(pdf, lexer, value, error))
        return false;
    saoy_pdf_skip(lexer);
    if (value->type == SAOY_PDF_DICT && saoy_pdf_keyword(lexer, "stream")) {
        if (!take_stream(pdf, lexer, revision, value, &out->length, error))
            return false;
        saoy_pdf_skip(lexer);
    }
    if (!saoy_pdf_keyword(lexer, "endobj"))
        return saoy_pdf_fail(error, lexer->at, "object without endobj");
    return true;
}

bool
saoy_pdf_read(SaoyPdf *pdf, size_t at, int revision, SaoyPdfRead *out, GError **error)
{
    SaoyPdfLexer lexer = { pdf->all, at, true };
    SaoyPdfValue *value = saoy_pdf_alloc(pdf, sizeof *value);

    *out = (SaoyPdfRead){ .value = value };
    if (value == NULL)
        return saoy_pdf_fail(error, at, "values too large");
    if (!saoy_pdf_spend(pdf, 0, at, error))
        return false;
    bool ok = take_object(pdf, &lexer, revision, out, value, error);
    out->after = lexer.at;
    if (value->type == SAOY_PDF_STREAM)
        at += value->text.size; /* stepped over, not read */
    return saoy_pdf_spend(pdf, lexer.at - at, at, ok ? error : NULL) && ok;
}

/* ---- by number ---- */

static const char *
keep_reason(SaoyPdf *pdf, const GError *error)
{
    size_t size = strlen(error->message) + 1;
    char *kept = saoy_pdf_alloc(pdf, size);

    return kept != NULL ? memcpy(kept, error->message, size) : "pdf: values too large";
}

static const Known *
known(SaoyPdf *pdf, size_t at, size_t revision)
{
    int64_t key = (int64_t)at << 16, varying = key + (int64_t)revision + 1;
    const Known *found = g_hash_table_lookup(pdf->objects, &key);

    if (found == NULL || found->read.length == 0 ||
        found->length_in == saoy_pdf_object_written_in(pdf, revision, found->read.length))
        return found;
    return g_hash_table_lookup(pdf->objects, &varying);
}

static const Known *
read_known(SaoyPdf *pdf, size_t revision, size_t at, GError **error)
{
    Known *fresh = saoy_pdf_alloc(pdf, sizeof *fresh);
    g_autoptr(GError) why = NULL;

    if (fresh == NULL)
        return saoy_pdf_null(error, at, "values too large");
    fresh->key = (int64_t)at << 16;
    if (g_hash_table_contains(pdf->objects, &fresh->key))
        fresh->key += (int64_t)revision + 1;
    if (!saoy_pdf_read(pdf, at, (int)revision, &fresh->read, &why))
        fresh->why = keep_reason(pdf, why);
    if (fresh->read.length != 0)
        fresh->length_in = saoy_pdf_object_written_in(pdf, revision, fresh->read.length);
    if (fresh->why == NULL || pdf->depth == 0)
        g_hash_table_add(pdf->objects, fresh);
    return fresh;
}

const SaoyPdfValue *
saoy_pdf_plain_object(SaoyPdf *pdf, size_t revision, const SaoyPdfEntry *entry,
                      GError **error)
{
    const Known *found = NULL;

    /* what a revision holds may not stand in bytes that were added after it */
    if (entry->where >= saoy_pdf_revision_end(pdf, entry->revision))
        return saoy_pdf_null(error, entry->where, "object behind its revision");
    found = known(pdf, entry->where, revision);
    if (found == NULL)
        found = read_known(pdf, revision, entry->where, error);
    if (found == NULL)
        return NULL;
    if (found->why != NULL)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "%s", found->why);
    if (found->read.number != entry->number || found->read.generation != entry->generation)
        return saoy_pdf_null(error, entry->where, "another object than the table says");
    return found->read.value;
}

#include "pdf-parts.h"

#include "core/file.h"

#include <string.h>

/* One cross-reference section: a table or a stream (ISO 32000-1, 7.5.4 and 7.5.8). */
static bool
add_entry(SaoyPdf *pdf, GArray *entries, const SaoyPdfEntry *entry, size_t at,
          GError **error)
{
    if (pdf->n_entries >= SAOY_PDF_MAX_OBJECTS || entry->number > SAOY_PDF_MAX_NUMBER)
        return saoy_pdf_fail(error, at, "too many objects");
    pdf->n_entries++;
    g_array_append_val(entries, *entry);
    return true;
}

/* "nnnnnnnnnn ggggg n": ten digits, five digits, n or f. */
static bool
take_line(SaoyPdfLexer *lexer, SaoyPdfEntry *out)
{
    int64_t where = 0, generation = 0;

    saoy_pdf_skip(lexer);
    if (!saoy_pdf_integer(lexer, &where))
        return false;
    saoy_pdf_skip(lexer);
    if (!saoy_pdf_integer(lexer, &generation) || generation > 99999)
        return false;
    saoy_pdf_skip(lexer);
    out->where = (size_t)where;
    out->generation = (uint32_t)generation;
    out->place = SAOY_PDF_PLAIN;
    if (saoy_pdf_keyword(lexer, "n"))
        return generation <= 65535;
    out->place = SAOY_PDF_FREE; /* MuPDF's first one has generation 65536 */
    return saoy_pdf_keyword(lexer, "f");
}

static bool
take_subsection(SaoyPdf *pdf, SaoyPdfLexer *lexer, GArray *entries, GError **error)
{
    int64_t first = 0, count = 0;
    size_t at = lexer->at;

    if (!saoy_pdf_integer(lexer, &first))
        return saoy_pdf_fail(error, at, "bad subsection of the cross-reference table");
    saoy_pdf_skip(lexer);
    if (!saoy_pdf_integer(lexer, &count) || first > SAOY_PDF_MAX_OBJECTS * INT64_C(4) ||
        (uint64_t)count > (lexer->all.size - lexer->at) / 18)
        return saoy_pdf_fail(error, at, "bad subsection of the cross-reference table");
    for (int64_t i = 0; i < count; i++) {
        SaoyPdfEntry entry = { .number = (uint32_t)(first + i) };

        at = lexer->at;
        if (!take_line(lexer, &entry))
            return saoy_pdf_fail(error, at, "bad line in the cross-reference table");
        if (!add_entry(pdf, entries, &entry, at, error))
            return false;
    }
    return true;
}

static bool
sort_entries(GArray *entries, size_t at, GError **error)
{
    const SaoyPdfEntry *all = (const SaoyPdfEntry *)(void *)entries->data;
    bool sorted = true;

    for (guint i = 1; sorted && i < entries->len; i++)
        sorted = all[i - 1].number < all[i].number;
    if (!sorted)
        g_array_sort(entries, saoy_pdf_by_number);
    all = (const SaoyPdfEntry *)(void *)entries->data;
    for (guint i = 1; !sorted && i < entries->len; i++)
        if (all[i].number == all[i - 1].number)
            return saoy_pdf_fail(error, at, "an object listed twice");
    return true;
}

static bool
take_table(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfSection *out, GError **error)
{
    SaoyPdfValue *trailer = saoy_pdf_alloc(pdf, sizeof *trailer);

    saoy_pdf_skip(lexer);
    while (!saoy_pdf_keyword(lexer, "trailer")) {
        if (!take_subsection(pdf, lexer, out->entries, error))
            return false;
        saoy_pdf_skip(lexer);
    }
    if (trailer == NULL)
        return saoy_pdf_fail(error, lexer->at, "values too large");
    if (!saoy_pdf_value(pdf, lexer, trailer, error))
        return false;
    if (trailer->type != SAOY_PDF_DICT)
        return saoy_pdf_fail(error, trailer->at, "trailer is no dictionary");
    out->trailer = trailer;
    out->after = lexer->at;
    return sort_entries(out->entries, out->at, error);
}

/* Widths of a cross-reference stream's three fields (7.5.8.2). Of more, some readers make
 * longer rows. */
static bool
take_widths(const SaoyPdfValue *dict, size_t out[3])
{
    const SaoyPdfValue *widths = saoy_pdf_get_raw(dict, "W");

    if (widths == NULL || widths->type != SAOY_PDF_ARRAY || widths->n != 3)
        return false;
    for (size_t i = 0; i < 3; i++) {
        const SaoyPdfValue *width = &widths->items[i];

        if (width->type != SAOY_PDF_INT || width->number < 0 || width->number > 8)
            return false;
        out[i] = (size_t)width->number;
    }
    return out[0] + out[1] + out[2] > 0;
}

static uint64_t
big_endian(const uint8_t *data, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number = number << 8 | data[i];
    return number;
}

/* Types of times to come mean nothing by the standard and anything by what is there. */
static bool
decode_line(const uint8_t *row, const size_t width[3], SaoyPdfEntry *out)
{
    uint64_t type = width[0] > 0 ? big_endian(row, width[0]) : 1;
    uint64_t where = big_endian(row + width[0], width[1]);
    uint64_t generation = big_endian(row + width[0] + width[1], width[2]);

    out->place = type == 1 ? SAOY_PDF_PLAIN : type == 2 ? SAOY_PDF_PACKED : SAOY_PDF_FREE;
    out->where = (size_t)where;
    out->generation = (uint32_t)MIN(generation, G_MAXUINT32);
    return type <= 2 && (type != 1 || generation <= 65535);
}

static bool
take_rows(SaoyPdf *pdf, SaoyView *rows, const size_t width[3], int64_t first, int64_t count,
          SaoyPdfSection *out, GError **error)
{
    size_t row = width[0] + width[1] + width[2];

    if (first < 0 || count < 0 || (uint64_t)count > rows->size / row ||
        first > SAOY_PDF_MAX_OBJECTS * INT64_C(4))
        return saoy_pdf_fail(error, out->at, "cross-reference stream too short");
    for (int64_t i = 0; i < count; i++) {
        SaoyPdfEntry entry = { .number = (uint32_t)(first + i) };

        if (!decode_line(rows->data, width, &entry))
            return saoy_pdf_fail(error, out->at, "cross-reference stream with a bad line");
        if (!add_entry(pdf, out->entries, &entry, out->at, error))
            return false;
        *rows = (SaoyView){ rows->data + row, rows->size - row };
    }
    return true;
}

static bool
take_index(SaoyPdf *pdf, const SaoyPdfValue *dict, SaoyView rows, const size_t width[3],
           SaoyPdfSection *out, GError **error)
{
    const SaoyPdfValue *index = saoy_pdf_get_raw(dict, "Index");
    const SaoyPdfValue *size = saoy_pdf_get_raw(dict, "Size");

    if (size == NULL || size->type != SAOY_PDF_INT)
        return saoy_pdf_fail(error, out->at, "cross-reference stream without /Size");
    if (index == NULL)
        return take_rows(pdf, &rows, width, 0, size->number, out, error);
    if (index->type != SAOY_PDF_ARRAY || index->n % 2 != 0)
        return saoy_pdf_fail(error, out->at, "cross-reference stream with a bad /Index");
    for (size_t i = 0; i < index->n; i += 2) {
        const SaoyPdfValue *pair = &index->items[i];

        if (pair[0].type != SAOY_PDF_INT || pair[1].type != SAOY_PDF_INT ||
            pair[0].number > size->number - pair[1].number)
            return saoy_pdf_fail(error, out->at,
                                 "cross-reference stream with a bad /Index");
        if (!take_rows(pdf, &rows, width, pair[0].number, pair[1].number, out, error))
            return false;
    }
    return true;
}

bool
saoy_pdf_take_xref_stream(SaoyPdf *pdf, SaoyPdfSection *out, GError **error)
{
    const SaoyPdfValue *stream = NULL;
    g_autoptr(GBytes) rows = NULL;
    size_t width[3] = { 0 };
    SaoyPdfRead read = { 0 };

    if (!saoy_pdf_read(pdf, out->at, -1, &read, error))
        return false;
    stream = read.value;
    if (stream->type != SAOY_PDF_STREAM ||
        !saoy_pdf_is_name(saoy_pdf_get_raw(stream, "Type"), "XRef") ||
        !take_widths(stream, width))
        return saoy_pdf_fail(error, out->at, "no cross-reference section");
    rows = saoy_pdf_stream(pdf, 0, stream, SAOY_PDF_MAX_OBJSTM, error);
    if (rows == NULL)
        return false;
    pdf->unpacked += g_bytes_get_size(rows);
    if (pdf->unpacked > SAOY_PDF_MAX_UNPACKED)
        return saoy_pdf_fail(error, out->at, "cross-reference streams too large");
    out->trailer = stream;
    out->after = read.after;
    return take_index(pdf, stream, saoy_view_of(rows), width, out, error) &&
           sort_entries(out->entries, out->at, error);
}

bool
saoy_pdf_take_end(SaoyPdf *pdf, size_t after, int64_t *start, size_t *end)
{
    SaoyPdfLexer lexer = { pdf->all, after, true };

    saoy_pdf_skip(&lexer);
    if (!saoy_pdf_keyword(&lexer, "startxref"))
        return false;
    saoy_pdf_skip(&lexer);
    if (!saoy_pdf_integer(&lexer, start))
        return false;
    while (lexer.at < lexer.all.size && saoy_pdf_is_space(lexer.all.data[lexer.at]))
        lexer.at++;
    if (lexer.all.size - lexer.at < 5 || memcmp(lexer.all.data + lexer.at, "%%EOF", 5) != 0)
        return false;
    lexer.at += 5;
    if (lexer.at < lexer.all.size && lexer.all.data[lexer.at] == '\r')
        lexer.at++;
    if (lexer.at < lexer.all.size && lexer.all.data[lexer.at] == '\n')
        lexer.at++;
    *end = lexer.at;
    return true;
}

static bool
take_prev(SaoyPdfSection *section, size_t size, GError **error)
{
    const SaoyPdfValue *prev = saoy_pdf_get_raw(section->trailer, "Prev");

    section->prev = -1;
    if (prev == NULL)
        return true;
    if (prev->type != SAOY_PDF_INT || prev->number < 0 || (uint64_t)prev->number >= size)
        return saoy_pdf_fail(error, section->at, "bad /Prev");
    section->prev = prev->number;
    return true;
}

bool
saoy_pdf_take_section(SaoyPdf *pdf, size_t at, SaoyPdfSection *out, GError **error)
{
    SaoyPdfLexer lexer = { pdf->all, at, true };
    bool ok = false;

    out->at = at;
    out->entries = g_array_new(FALSE, FALSE, sizeof(SaoyPdfEntry));
    saoy_pdf_skip(&lexer);
    ok = saoy_pdf_keyword(&lexer, "xref") ? take_table(pdf, &lexer, out, error)
                                          : saoy_pdf_take_xref_stream(pdf, out, error);
    if (!ok || !take_prev(out, pdf->all.size, error))
        return false;
    out->end = out->after;
    out->open = !saoy_pdf_take_end(pdf, out->after, &out->start, &out->end);
    return saoy_pdf_spend(pdf, out->end - at, at, error);
}

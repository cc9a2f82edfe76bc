#include "pdf-parts.h"

#include <string.h>

/* Cross-reference sections (ISO 32000-1, 7.5.4 and 7.5.8), followed from the last startxref
 * through /Prev, each offset once. */
enum { TAIL = 2048, HEAD = 1024 };

static void
clear_section(void *p)
{
    SaoyPdfSection *section = p;

    g_clear_pointer(&section->entries, g_array_unref);
}

static bool
add_entry(SaoyPdf *pdf, GArray *entries, const SaoyPdfEntry *entry, size_t at,
          GError **error)
{
    if (pdf->n_entries >= SAOY_PDF_MAX_OBJECTS || entry->number >= 8388608)
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
    if (!saoy_pdf_integer(lexer, &generation) || generation > 65535)
        return false;
    saoy_pdf_skip(lexer);
    out->where = (size_t)where;
    out->generation = (uint32_t)generation;
    out->place = SAOY_PDF_PLAIN;
    if (saoy_pdf_keyword(lexer, "n"))
        return true;
    out->place = SAOY_PDF_FREE;
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
    return true;
}

/* Widths of a cross-reference stream's three fields (7.5.8.2). */
static bool
take_widths(const SaoyPdfValue *dict, size_t out[3])
{
    const SaoyPdfValue *widths = saoy_pdf_get_raw(dict, "W");

    if (widths == NULL || widths->type != SAOY_PDF_ARRAY || widths->n < 3)
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

static SaoyPdfEntry
decode_line(const uint8_t *row, const size_t width[3], uint32_t number)
{
    uint64_t type = width[0] > 0 ? big_endian(row, width[0]) : 1;
    uint64_t where = big_endian(row + width[0], width[1]);
    uint64_t generation = big_endian(row + width[0] + width[1], width[2]);
    SaoyPdfEntry entry = { .number = number, .place = SAOY_PDF_FREE };

    if (type == 1 || type == 2)
        entry.place = type == 1 ? SAOY_PDF_PLAIN : SAOY_PDF_PACKED;
    entry.where = (size_t)where;
    entry.generation = (uint32_t)MIN(generation, G_MAXUINT32);
    return entry;
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
        SaoyPdfEntry entry = decode_line(rows->data, width, (uint32_t)(first + i));

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

        if (pair[0].type != SAOY_PDF_INT || pair[1].type != SAOY_PDF_INT)
            return saoy_pdf_fail(error, out->at,
                                 "cross-reference stream with a bad /Index");
        if (!take_rows(pdf, &rows, width, pair[0].number, pair[1].number, out, error))
            return false;
    }
    return true;
}

static bool
take_stream(SaoyPdf *pdf, SaoyPdfSection *out, GError **error)
{
    const SaoyPdfValue *stream = NULL;
    g_autoptr(GBytes) rows = NULL;
    size_t width[3] = { 0 };
    gsize size = 0;
    bool varies = false;

    stream = saoy_pdf_object_at(pdf, out->at, -1, NULL, NULL, &out->after, &varies, error);
    if (stream == NULL)
        return false;
    if (stream->type != SAOY_PDF_STREAM ||
        !saoy_pdf_is_name(saoy_pdf_get_raw(stream, "Type"), "XRef") ||
        !take_widths(stream, width))
        return saoy_pdf_fail(error, out->at, "no cross-reference section");
    rows = saoy_pdf_stream(pdf, 0, stream, SAOY_PDF_MAX_OBJSTM, error);
    if (rows == NULL)
        return false;
    out->trailer = stream;
    const uint8_t *data = g_bytes_get_data(rows, &size);
    return take_index(pdf, stream, (SaoyView){ data, size }, width, out, error);
}

static int
by_number(const void *a, const void *b)
{
    const SaoyPdfEntry *x = a, *y = b;

    return (x->number > y->number) - (x->number < y->number);
}

static bool
sort_entries(GArray *entries, size_t at, GError **error)
{
    const SaoyPdfEntry *all = (const SaoyPdfEntry *)(void *)entries->data;

    g_array_sort(entries, by_number);
    all = (const SaoyPdfEntry *)(void *)entries->data;
    for (guint i = 1; i < entries->len; i++)
        if (all[i].number == all[i - 1].number)
            return saoy_pdf_fail(error, at, "an object listed twice");
    return true;
}

/* "startxref <offset> %%EOF" behind a section; end is behind its line end. */
static bool
take_end(SaoyPdf *pdf, size_t after, int64_t *start, size_t *end)
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
    g_array_sort(both, by_number);
    return both;
}

static bool
take_section(SaoyPdf *pdf, size_t at, SaoyPdfSection *out, GError **error)
{
    SaoyPdfLexer lexer = { pdf->all, at, true };
    bool ok = false;

    out->at = at;
    out->entries = g_array_new(FALSE, FALSE, sizeof(SaoyPdfEntry));
    saoy_pdf_skip(&lexer);
    ok = saoy_pdf_keyword(&lexer, "xref") ? take_table(pdf, &lexer, out, error)
                                          : take_stream(pdf, out, error);
    if (!ok || !sort_entries(out->entries, at, error) ||
        !take_prev(out, pdf->all.size, error))
        return false;
    if (!take_end(pdf, out->after, &out->start, &out->end))
        return saoy_pdf_fail(error, out->after, "no startxref and %%EOF");
    return true;
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
        if (!take_end(pdf, at, &start, &end) || (uint64_t)start >= size)
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
        ok = take_section(pdf, at, &section, error);
        g_array_append_val(sections, section);
        if (!ok)
            return false;
        if (section.prev < 0)
            return true;
        at = (size_t)section.prev;
    }
}

static void
clear_revision(void *p)
{
    SaoyPdfRevision *revision = p;

    g_clear_pointer(&revision->entries, g_array_unref);
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
    SaoyPdfRevision revision = { section->end, section->trailer, NULL };
    const SaoyPdfRevision *last = NULL;
    bool clash = false; /* of no meaning here: the front one's objects come first */

    if (!check_start(pdf, section, front != NULL ? front->at : section->at, error))
        return false;
    if (front != NULL)
        revision.trailer = front->trailer;
    revision.entries = front != NULL
                           ? merge(front->entries, section->entries, false, &clash)
                           : g_array_ref(section->entries);
    g_array_append_val(pdf->revisions, revision);
    last = &g_array_index(pdf->revisions, SaoyPdfRevision, pdf->revisions->len - 1);
    if (pdf->revisions->len > 1 && last[-1].end > section->at)
        return saoy_pdf_fail(error, section->at, "revisions out of order");
    if (pdf->revisions->len > SAOY_PDF_MAX_REVISIONS)
        return saoy_pdf_fail(error, section->at, "too many revisions");
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
    ok = take_stream(pdf, &stream, error) && sort_entries(stream.entries, stream.at, error);
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

    pdf->revisions = g_array_new(FALSE, TRUE, sizeof(SaoyPdfRevision));
    g_array_set_clear_func(sections, clear_section);
    g_array_set_clear_func(pdf->revisions, clear_revision);
    if (!follow(pdf, sections, error))
        return false;
    for (guint i = sections->len; i-- > 0;) {
        SaoyPdfSection *section = &g_array_index(sections, SaoyPdfSection, i);
        const SaoyPdfSection *front = NULL;

        if (!take_hybrid(pdf, section, streams, error))
            return false;

        if (i > 0 && i == sections->len - 1 && is_linearized(pdf) &&
            section[-1].at < section->at) {
            front = section - 1;
            i--;
        }
        if (!add_revision(pdf, section, front, error))
            return false;
    }
    return true;
}

const SaoyPdfEntry *
saoy_pdf_entry(const SaoyPdf *pdf, size_t revision, int64_t number, int *written_in)
{
    SaoyPdfEntry key = { .number = (uint32_t)number };

    if (number < 0 || number > G_MAXUINT32 || pdf->revisions->len == 0)
        return NULL;
    for (size_t r = MIN(revision, pdf->revisions->len - 1) + 1; r-- > 0;) {
        const GArray *entries = g_array_index(pdf->revisions, SaoyPdfRevision, r).entries;
        const SaoyPdfEntry *found = NULL;

        if (entries->len > 0)
            found = bsearch(&key, entries->data, entries->len, sizeof key, by_number);
        if (found != NULL) {
            if (written_in != NULL)
                *written_in = (int)r;
            return found;
        }
    }
    return NULL;
}

static int
by_size(const void *a, const void *b)
{
    const size_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

GArray *
saoy_pdf_places(const SaoyPdf *pdf)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(size_t));

    for (guint r = 0; r < pdf->revisions->len; r++) {
        const GArray *entries = g_array_index(pdf->revisions, SaoyPdfRevision, r).entries;

        for (guint i = 0; i < entries->len; i++) {
            const SaoyPdfEntry *entry = &g_array_index(entries, SaoyPdfEntry, i);

            if (entry->place == SAOY_PDF_PLAIN)
                g_array_append_val(places, entry->where);
        }
    }
    g_array_sort(places, by_size);
    return places;
}

GArray *
saoy_pdf_listed(const SaoyPdf *pdf, size_t revision)
{
    const GArray *entries =
        g_array_index(pdf->revisions, SaoyPdfRevision, revision).entries;
    GArray *numbers = g_array_sized_new(FALSE, FALSE, sizeof(int64_t), entries->len);

    for (guint i = 0; i < entries->len; i++) {
        int64_t number = g_array_index(entries, SaoyPdfEntry, i).number;

        g_array_append_val(numbers, number);
    }
    return numbers;
}

#include "pdf-parts.h"

#include "core/file.h"

#include <string.h>

/* Objects by number as one revision sees them. Parsed values are kept by place, so that an
 * object shared by a thousand revisions is read once. */

/* An object read, and what it calls itself. */
typedef struct {
    const SaoyPdfValue *value;
    int64_t number;
    unsigned generation;
} Known;

/* An object stream opened: value i starts at first + offsets[i]. */
typedef struct {
    GBytes *bytes;
    SaoyView all;
    size_t n;
    uint32_t *numbers;
    size_t *offsets;
    const SaoyPdfValue **values;
} Pack;

static const SaoyPdfValue null_value = { .type = SAOY_PDF_NULL };

static void
pack_free(void *p)
{
    Pack *pack = p;

    g_clear_pointer(&pack->bytes, g_bytes_unref);
    g_free(pack->numbers);
    g_free(pack->offsets);
    g_free(pack->values);
    g_free(pack);
}

void
saoy_pdf_close(SaoyPdf *pdf)
{
    if (pdf == NULL)
        return;
    g_clear_pointer(&pdf->revisions, g_array_unref);
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

const SaoyPdfValue *
saoy_pdf_get_raw(const SaoyPdfValue *dict, const char *key)
{
    if (dict == NULL || (dict->type != SAOY_PDF_DICT && dict->type != SAOY_PDF_STREAM))
        return NULL;
    for (size_t i = 0; i < dict->n; i++)
        if (saoy_pdf_is_name(&dict->items[2 * i], key))
            return &dict->items[2 * i + 1];
    return NULL;
}

/* The integer that /Length refers to: a plain object, or one in an object stream whose own
 * /Length is direct or plain; pdf->depth sees to it that this never goes round. */
static bool
find_length(SaoyPdf *pdf, const SaoyPdfValue *reference, int revision, bool packed_too,
            int64_t *out, GError **error)
{
    const SaoyPdfEntry *entry = NULL;
    SaoyPdfLexer lexer = { pdf->all, 0, true };
    int64_t number = 0, generation = 0;

    if (revision >= 0)
        entry = saoy_pdf_entry(pdf, (size_t)revision, reference->number, NULL);
    if (entry != NULL && entry->place == SAOY_PDF_PACKED && packed_too && pdf->depth == 0) {
        const SaoyPdfValue *value = NULL;

        pdf->depth++;
        value = saoy_pdf_object(pdf, (size_t)revision, reference->number, error);
        pdf->depth--;
        if (value == NULL)
            return false;
        *out = value->number;
        return value->type == SAOY_PDF_INT && value->number >= 0
                   ? true
                   : saoy_pdf_fail(error, reference->at, "bad /Length");
    }
    if (entry == NULL || entry->place != SAOY_PDF_PLAIN || entry->where >= pdf->all.size)
        return saoy_pdf_fail(error, reference->at, "bad /Length");
    lexer.at = entry->where;
    saoy_pdf_skip(&lexer);
    if (!saoy_pdf_integer(&lexer, &number) || number != reference->number)
        return saoy_pdf_fail(error, reference->at, "bad /Length");
    saoy_pdf_skip(&lexer);
    if (!saoy_pdf_integer(&lexer, &generation))
        return saoy_pdf_fail(error, reference->at, "bad /Length");
    saoy_pdf_skip(&lexer);
    if (!saoy_pdf_keyword(&lexer, "obj"))
        return saoy_pdf_fail(error, reference->at, "bad /Length");
    saoy_pdf_skip(&lexer);
    if (!saoy_pdf_integer(&lexer, out))
        return saoy_pdf_fail(error, reference->at, "bad /Length");
    return true;
}

/* Behind the keyword stream (7.3.8): its line end, /Length bytes, endstream. */
static bool
take_stream(SaoyPdf *pdf, SaoyPdfLexer *lexer, int revision, SaoyPdfValue *dict,
            bool *varies, GError **error)
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
    *varies = length->type == SAOY_PDF_REF;
    if (*varies && !find_length(pdf, length, revision, packed_too, &size, error))
        return false;
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

const SaoyPdfValue *
saoy_pdf_object_at(SaoyPdf *pdf, size_t at, int revision, int64_t *number,
                   unsigned *generation, size_t *after, bool *varies, GError **error)
{
    SaoyPdfLexer lexer = { pdf->all, at, true };
    SaoyPdfValue *value = saoy_pdf_alloc(pdf, sizeof *value);
    int64_t found_number = 0;
    unsigned found_generation = 0;

    *varies = false;
    if (value == NULL)
        return saoy_pdf_null(error, at, "values too large");
    if (!take_header(&lexer, &found_number, &found_generation))
        return saoy_pdf_null(error, at, "no object");
    if (!saoy_pdf_value(pdf, &lexer, value, error))
        return NULL;
    saoy_pdf_skip(&lexer);
    if (value->type == SAOY_PDF_DICT && saoy_pdf_keyword(&lexer, "stream")) {
        if (!take_stream(pdf, &lexer, revision, value, varies, error))
            return NULL;
        saoy_pdf_skip(&lexer);
    }
    if (!saoy_pdf_keyword(&lexer, "endobj"))
        return saoy_pdf_null(error, lexer.at, "object without endobj");
    if (number != NULL)
        *number = found_number;
    if (generation != NULL)
        *generation = found_generation;
    if (after != NULL)
        *after = lexer.at;
    return value;
}

static int64_t *
place_key(size_t at, size_t revision, bool varies)
{
    int64_t key = (int64_t)at * 1024 + (varies ? (int64_t)revision + 1 : 0);

    return g_memdup2(&key, sizeof key);
}

static const Known *
known(SaoyPdf *pdf, size_t at, size_t revision)
{
    int64_t key = (int64_t)at * 1024, varying = key + (int64_t)revision + 1;
    const Known *found = g_hash_table_lookup(pdf->objects, &key);

    return found != NULL ? found : g_hash_table_lookup(pdf->objects, &varying);
}

static const Known *
read_object(SaoyPdf *pdf, size_t revision, size_t at, GError **error)
{
    Known *fresh = saoy_pdf_alloc(pdf, sizeof *fresh);
    bool varies = false;

    if (fresh == NULL)
        return saoy_pdf_null(error, at, "values too large");
    fresh->value = saoy_pdf_object_at(pdf, at, (int)revision, &fresh->number,
                                      &fresh->generation, NULL, &varies, error);
    if (fresh->value == NULL)
        return NULL;
    g_hash_table_insert(pdf->objects, place_key(at, revision, varies), fresh);
    return fresh;
}

static const SaoyPdfValue *
plain_object(SaoyPdf *pdf, size_t revision, const SaoyPdfEntry *entry, GError **error)
{
    const Known *found = NULL;
    int written_in = 0;

    /* what a revision holds may not stand in bytes that were added after it */
    saoy_pdf_entry(pdf, revision, entry->number, &written_in);
    if (entry->where >= saoy_pdf_revision_end(pdf, (size_t)written_in))
        return saoy_pdf_null(error, entry->where, "object behind its revision");
    found = known(pdf, entry->where, revision);
    if (found == NULL)
        found = read_object(pdf, revision, entry->where, error);
    if (found == NULL)
        return NULL;
    if (found->number != entry->number || found->generation != entry->generation)
        return saoy_pdf_null(error, entry->where, "another object than the table says");
    return found->value;
}

static bool
take_pack_table(Pack *pack, size_t first)
{
    SaoyPdfLexer lexer = { pack->all, 0, false };

    for (size_t i = 0; i < pack->n; i++) {
        int64_t number = 0, offset = 0;

        saoy_pdf_skip(&lexer);
        if (!saoy_pdf_integer(&lexer, &number) || number > G_MAXUINT32)
            return false;
        saoy_pdf_skip(&lexer);
        if (!saoy_pdf_integer(&lexer, &offset) || (uint64_t)offset > pack->all.size - first)
            return false;
        pack->numbers[i] = (uint32_t)number;
        pack->offsets[i] = first + (size_t)offset;
    }
    return true;
}

/* Opens an object stream (7.5.7) once. */
static Pack *
open_pack(SaoyPdf *pdf, size_t revision, const SaoyPdfValue *stream, GError **error)
{
    const SaoyPdfValue *n = saoy_pdf_get_raw(stream, "N");
    const SaoyPdfValue *first = saoy_pdf_get_raw(stream, "First");
    Pack *pack = g_hash_table_lookup(pdf->packs, stream);

    if (pack != NULL)
        return pack;
    if (!saoy_pdf_is_name(saoy_pdf_get_raw(stream, "Type"), "ObjStm") || n == NULL ||
        n->type != SAOY_PDF_INT || first == NULL || first->type != SAOY_PDF_INT)
        return saoy_pdf_null(error, stream->at, "no object stream");
    g_autoptr(GBytes) bytes =
        saoy_pdf_stream(pdf, revision, stream, SAOY_PDF_MAX_OBJSTM, error);
    if (bytes == NULL)
        return NULL;
    pdf->unpacked += g_bytes_get_size(bytes);
    if (n->number < 0 || (uint64_t)n->number > g_bytes_get_size(bytes) / 2 ||
        first->number < 0 || (uint64_t)first->number > g_bytes_get_size(bytes) ||
        pdf->unpacked > SAOY_PDF_MAX_UNPACKED)
        return saoy_pdf_null(error, stream->at, "bad object stream");
    pack = g_new0(Pack, 1);
    pack->n = (size_t)n->number;
    pack->all = saoy_view_of(bytes);
    pack->bytes = g_steal_pointer(&bytes);
    pack->numbers = g_new0(uint32_t, pack->n);
    pack->offsets = g_new0(size_t, pack->n);
    pack->values = g_new0(const SaoyPdfValue *, pack->n);
    g_hash_table_insert(pdf->packs, (void *)(uintptr_t)stream, pack);
    if (!take_pack_table(pack, (size_t)first->number)) {
        pack->n = 0;
        return saoy_pdf_null(error, stream->at, "bad object stream");
    }
    return pack;
}

static const SaoyPdfValue *
packed_object(SaoyPdf *pdf, size_t revision, const SaoyPdfEntry *entry, GError **error)
{
    const SaoyPdfEntry *home = saoy_pdf_entry(pdf, revision, (int64_t)entry->where, NULL);
    const SaoyPdfValue *stream = NULL;
    SaoyPdfValue *value = NULL;
    Pack *pack = NULL;

    if (home == NULL || home->place != SAOY_PDF_PLAIN)
        return saoy_pdf_null(error, entry->where, "object stream missing: number");
    stream = plain_object(pdf, revision, home, error);
    if (stream == NULL)
        return NULL;
    pack = open_pack(pdf, revision, stream, error);
    if (pack == NULL)
        return NULL;
    if (entry->generation >= pack->n || pack->numbers[entry->generation] != entry->number)
        return saoy_pdf_null(error, stream->at, "object not in its object stream");
    if (pack->values[entry->generation] != NULL)
        return pack->values[entry->generation];
    SaoyPdfLexer lexer = { pack->all, pack->offsets[entry->generation], false };
    value = saoy_pdf_alloc(pdf, sizeof *value);
    if (value == NULL)
        return saoy_pdf_null(error, stream->at, "values too large");
    if (!saoy_pdf_value(pdf, &lexer, value, error))
        return NULL;
    pack->values[entry->generation] = value;
    return value;
}

const SaoyPdfValue *
saoy_pdf_object(SaoyPdf *pdf, size_t revision, int64_t number, GError **error)
{
    const SaoyPdfEntry *entry = saoy_pdf_entry(pdf, revision, number, NULL);

    if (entry == NULL || entry->place == SAOY_PDF_FREE)
        return &null_value;
    return entry->place == SAOY_PDF_PLAIN ? plain_object(pdf, revision, entry, error)
                                          : packed_object(pdf, revision, entry, error);
}

int
saoy_pdf_object_written_in(const SaoyPdf *pdf, size_t revision, int64_t number)
{
    int written_in = -1, home_in = -1;
    const SaoyPdfEntry *entry = saoy_pdf_entry(pdf, revision, number, &written_in);

    if (entry != NULL && entry->place == SAOY_PDF_PACKED) {
        saoy_pdf_entry(pdf, revision, (int64_t)entry->where, &home_in);
        written_in = MAX(written_in, home_in);
    }
    return written_in;
}

int64_t
saoy_pdf_max_object(const SaoyPdf *pdf, size_t revision)
{
    int64_t max = 0;

    for (size_t r = 0; r <= revision && r < pdf->revisions->len; r++) {
        const GArray *entries = g_array_index(pdf->revisions, SaoyPdfRevision, r).entries;

        if (entries->len > 0)
            max = MAX(max, g_array_index(entries, SaoyPdfEntry, entries->len - 1).number);
    }
    return max;
}

const SaoyPdfValue *
saoy_pdf_resolve(SaoyPdf *pdf, size_t revision, const SaoyPdfValue *value)
{
    for (int i = 0; value != NULL && value->type == SAOY_PDF_REF; i++) {
        const SaoyPdfEntry *entry = saoy_pdf_entry(pdf, revision, value->number, NULL);
        unsigned generation = 0;

        if (entry == NULL || i >= SAOY_PDF_MAX_FOLLOW)
            return NULL;
        generation = entry->place == SAOY_PDF_PLAIN ? entry->generation : 0;
        if (generation != value->generation)
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

static SaoyPdf *
pdf_new(GBytes *file)
{
    SaoyPdf *pdf = g_new0(SaoyPdf, 1);

    pdf->file = g_bytes_ref(file);
    pdf->all = saoy_view_of(file);
    pdf->blocks = g_ptr_array_new_with_free_func(g_free);
    pdf->objects = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    pdf->packs = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, pack_free);
    return pdf;
}

SaoyPdf *
saoy_pdf_open(GBytes *file, GError **error)
{
    g_autoptr(SaoyPdf) pdf = pdf_new(file);

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
    return memmem(all.data, MIN(all.size, (size_t)1024), "%PDF-", 5) != NULL;
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
    pdf = pdf_new(file);
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

#include "document/pdf-update.h"

#include "core/file.h"
#include "pdf-parts.h"
#include "pdf-value.h"

#include <string.h>

enum { REAL_DECIMALS = 10 }; /* the file's own may be finer than ours */

struct SaoyPdfUpdate {
    SaoyPdf *pdf;
    size_t newest;
    int64_t next;
    GHashTable *objects; /* number -> GBytes: all between "obj" and "endobj" */
};

SaoyPdfUpdate *
saoy_pdf_update_new(SaoyPdf *pdf, GError **error)
{
    SaoyPdfUpdate *update = NULL;

    if (saoy_pdf_is_encrypted(pdf))
        return saoy_null(error, SAOY_ERROR_REFUSED, "the file is encrypted");
    if (saoy_pdf_is_hybrid(pdf))
        return saoy_null(error, SAOY_ERROR_REFUSED, "the file has two tables of contents");
    update = g_new0(SaoyPdfUpdate, 1);
    update->pdf = pdf;
    update->newest = saoy_pdf_revisions(pdf) - 1;
    update->next = saoy_pdf_max_object(pdf, update->newest) + 1;
    update->objects = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                            (GDestroyNotify)g_bytes_unref);
    return update;
}

void
saoy_pdf_update_free(SaoyPdfUpdate *update)
{
    g_hash_table_unref(update->objects);
    g_free(update);
}

/* ---- objects ---- */

int64_t
saoy_pdf_update_reserve(SaoyPdfUpdate *update)
{
    return update->next++;
}

void
saoy_pdf_update_set(SaoyPdfUpdate *update, int64_t number, const char *text)
{
    g_hash_table_replace(update->objects, GSIZE_TO_POINTER((size_t)number),
                         g_bytes_new(text, strlen(text)));
}

int64_t
saoy_pdf_update_add_stream(SaoyPdfUpdate *update, SaoyView data)
{
    int64_t number = saoy_pdf_update_reserve(update);
    g_autofree char *head = g_strdup_printf("<</Length %zu>>\nstream\n", data.size);
    GByteArray *whole = g_byte_array_new();

    g_byte_array_append(whole, (const uint8_t *)head, (guint)strlen(head));
    g_byte_array_append(whole, data.data, (guint)data.size);
    g_byte_array_append(whole, (const uint8_t *)"\nendstream", 10);
    g_hash_table_replace(update->objects, GSIZE_TO_POINTER((size_t)number),
                         g_byte_array_free_to_bytes(whole));
    return number;
}

/* ---- values as text ---- */

/* A value on its way out, or what closes one. */
typedef struct {
    const SaoyPdfValue *value; /* NULL: close */
    const char *close;
} Piece;

static void
push(GArray *stack, const SaoyPdfValue *value, const char *close)
{
    const Piece piece = { value, close };

    g_array_append_val(stack, piece);
}

/* The file's own words. None where a NUL stands among them, as white space or in a string:
 * text ends there. */
static SaoyView
words_of(const SaoyPdfUpdate *update, const SaoyPdfValue *value)
{
    SaoyView words = { update->pdf->all.data + value->at, value->end - value->at };

    return value->at != 0 && value->end > value->at &&
                   memchr(words.data, '\0', words.size) == NULL
               ? words
               : (SaoyView){ 0 };
}

static void
put_piece(const SaoyPdfUpdate *update, GString *out, GArray *stack,
          const SaoyPdfValue *value)
{
    SaoyView words = words_of(update, value);
    bool dict = value->type == SAOY_PDF_DICT;

    if (words.size > 0) {
        g_string_append_len(out, (const char *)words.data, (gssize)words.size);
    } else if (dict || value->type == SAOY_PDF_ARRAY) {
        g_string_append(out, dict ? "<<" : "[");
        push(stack, NULL, dict ? ">>" : "]");
        for (size_t i = dict ? 2 * value->n : value->n; i-- > 0;)
            push(stack, &value->items[i], NULL);
    } else if (value->type == SAOY_PDF_REF) {
        g_string_append_printf(out, "%" G_GINT64_FORMAT " %u R", value->number,
                               value->generation);
    } else {
        saoy_pdf_put_plain(out, value, REAL_DECIMALS);
    }
}

static void
put_value(const SaoyPdfUpdate *update, GString *out, const SaoyPdfValue *value)
{
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(Piece));

    push(stack, value, NULL);
    while (stack->len > 0) {
        Piece piece = g_array_index(stack, Piece, stack->len - 1);

        g_array_set_size(stack, stack->len - 1);
        if (out->len > 0 && piece.value != NULL)
            g_string_append_c(out, ' ');
        if (piece.value == NULL)
            g_string_append(out, piece.close);
        else
            put_piece(update, out, stack, piece.value);
    }
}

char *
saoy_pdf_update_text(const SaoyPdfUpdate *update, const SaoyPdfValue *value)
{
    GString *out = g_string_new(NULL);

    put_value(update, out, value);
    return g_string_free(out, FALSE);
}

char *
saoy_pdf_update_dict(const SaoyPdfUpdate *update, const SaoyPdfValue *dict,
                     const char *const *without, const char *with)
{
    GString *out = g_string_new("<<");

    for (size_t i = 0; dict != NULL && i < dict->n; i++) {
        if (saoy_pdf_is_any_name(&dict->items[2 * i], without))
            continue;
        saoy_pdf_put_name(out, dict->items[2 * i].text);
        put_value(update, out, &dict->items[2 * i + 1]);
    }
    g_string_append_printf(out, "%s>>", with);
    return g_string_free(out, FALSE);
}

char *
saoy_pdf_update_grown(const SaoyPdfUpdate *update, const SaoyPdfValue *array,
                      int64_t number)
{
    GString *out = g_string_new("[");

    for (size_t i = 0; array != NULL && i < array->n; i++)
        put_value(update, out, &array->items[i]);
    g_string_append_printf(out, "%s%" G_GINT64_FORMAT " 0 R]", out->len > 1 ? " " : "",
                           number);
    return g_string_free(out, FALSE);
}

/* ---- the revision ---- */

typedef struct {
    int64_t number;
    size_t at;
    unsigned generation;
} Place;

static int
by_number(const void *a, const void *b)
{
    int64_t x = ((const Place *)a)->number, y = ((const Place *)b)->number;

    return (x > y) - (x < y);
}

static void
append(GByteArray *out, const char *text)
{
    g_byte_array_append(out, (const uint8_t *)text, (guint)strlen(text));
}

static GArray *
list_objects(const SaoyPdfUpdate *update)
{
    GArray *places = g_array_new(FALSE, TRUE, sizeof(Place));
    GHashTableIter iter;
    void *key = NULL;

    g_hash_table_iter_init(&iter, update->objects);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        Place place = { .number = (int64_t)GPOINTER_TO_SIZE(key) };
        const SaoyPdfEntry *old = saoy_pdf_entry(update->pdf, update->newest, place.number);

        if (old != NULL && old->place == SAOY_PDF_PLAIN)
            place.generation = old->generation;
        g_array_append_val(places, place);
    }
    g_array_sort(places, by_number);
    return places;
}

static void
write_objects(const SaoyPdfUpdate *update, GByteArray *out, GArray *places)
{
    for (guint i = 0; i < places->len; i++) {
        Place *place = &g_array_index(places, Place, i);
        SaoyView text = saoy_view_of(
            g_hash_table_lookup(update->objects, GSIZE_TO_POINTER((size_t)place->number)));
        g_autofree char *head = g_strdup_printf("%" G_GINT64_FORMAT " %u obj\n",
                                                place->number, place->generation);

        place->at = out->len;
        append(out, head);
        g_byte_array_append(out, text.data, (guint)text.size);
        append(out, "\nendobj\n");
    }
}

/* The offset behind the word startxref with which the file ends. */
static size_t
last_table(const SaoyPdfUpdate *update)
{
    size_t at = saoy_pdf_revision_end(update->pdf, update->newest);
    const uint8_t *all = update->pdf->all.data;
    size_t number = 0;

    while (at > 9 && memcmp(all + at - 9, "startxref", 9) != 0)
        at--;
    while (at < update->pdf->all.size && saoy_pdf_is_space(all[at]))
        at++;
    for (; at < update->pdf->all.size && g_ascii_isdigit(all[at]); at++)
        number = number * 10 + (size_t)(all[at] - '0');
    return number;
}

/* /Root, /Info and /ID as the file has them. */
static char *
trailer_entries(const SaoyPdfUpdate *update, int64_t size)
{
    static const char *const kept[] = { "Root", "Info", "ID" };
    const SaoyPdfValue *trailer = saoy_pdf_trailer(update->pdf, update->newest);
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "/Size %" G_GINT64_FORMAT, size);
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        const SaoyPdfValue *value = saoy_pdf_get_raw(trailer, kept[i]);

        if (value == NULL)
            continue;
        g_string_append_printf(out, "/%s", kept[i]);
        put_value(update, out, value);
    }
    g_string_append_printf(out, "/Prev %zu", last_table(update));
    return g_string_free(out, FALSE);
}

/* 7.5.4 */
static void
write_table(const SaoyPdfUpdate *update, GByteArray *out, GArray *places)
{
    g_autofree char *entries = trailer_entries(update, update->next);
    size_t at = out->len;

    append(out, "xref\n0 1\n0000000000 65535 f \n");
    for (guint i = 0, run = 0; i < places->len; i = run) {
        const Place *first = &g_array_index(places, Place, i);

        for (run = i + 1; run < places->len && g_array_index(places, Place, run).number ==
                                                   first->number + (int64_t)(run - i);)
            run++;
        g_autofree char *head =
            g_strdup_printf("%" G_GINT64_FORMAT " %u\n", first->number, run - i);
        append(out, head);
        for (guint k = i; k < run; k++) {
            const Place *place = &g_array_index(places, Place, k);
            g_autofree char *line =
                g_strdup_printf("%010zu %05u n \n", place->at, place->generation);

            append(out, line);
        }
    }
    g_autofree char *tail =
        g_strdup_printf("trailer\n<<%s>>\nstartxref\n%zu\n%%%%EOF\n", entries, at);
    append(out, tail);
}

static void
put_field(GByteArray *rows, uint64_t number, unsigned bytes)
{
    while (bytes-- > 0) {
        uint8_t byte = (uint8_t)(number >> (8 * bytes));

        g_byte_array_append(rows, &byte, 1);
    }
}

/* 7.5.8: the stream lists itself too. */
static void
write_stream(SaoyPdfUpdate *update, GByteArray *out, GArray *places)
{
    const Place own = { saoy_pdf_update_reserve(update), out->len, 0 };
    g_autofree char *entries = trailer_entries(update, update->next);
    g_autoptr(GByteArray) rows = g_byte_array_new();
    g_autoptr(GString) index = g_string_new(NULL);

    g_array_append_val(places, own);
    for (guint i = 0; i < places->len; i++) {
        const Place *place = &g_array_index(places, Place, i);

        g_string_append_printf(index, "%s%" G_GINT64_FORMAT " 1", i > 0 ? " " : "",
                               place->number);
        put_field(rows, 1, 1);
        put_field(rows, place->at, 4);
        put_field(rows, place->generation, 2);
    }
    g_autofree char *head =
        g_strdup_printf("%" G_GINT64_FORMAT
                        " 0 obj\n<</Type/XRef/W[1 4 2]/Index[%s]%s/Length %u>>\nstream\n",
                        own.number, index->str, entries, rows->len);
    append(out, head);
    g_byte_array_append(out, rows->data, rows->len);
    g_autofree char *tail =
        g_strdup_printf("\nendstream\nendobj\nstartxref\n%zu\n%%%%EOF\n", own.at);
    append(out, tail);
}

static bool
is_complete(const SaoyPdfUpdate *update, GError **error)
{
    int64_t first = saoy_pdf_max_object(update->pdf, update->newest) + 1;

    for (int64_t n = first; n < update->next; n++)
        if (!g_hash_table_contains(update->objects, GSIZE_TO_POINTER((size_t)n)))
            return saoy_fail(error, SAOY_ERROR_FAILED,
                             "object %" G_GINT64_FORMAT " not set", n);
    return true;
}

GBytes *
saoy_pdf_update_finish(SaoyPdfUpdate *update, GHashTable *offsets, GError **error)
{
    const SaoyPdfValue *trailer = saoy_pdf_trailer(update->pdf, update->newest);
    SaoyView all = update->pdf->all;
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GArray) places = list_objects(update);

    if (!is_complete(update, error))
        return NULL;
    if (all.size > G_MAXINT32 - (1u << 26))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "the file is too large");
    g_byte_array_append(out, all.data, (guint)all.size);
    if (all.size > 0 && all.data[all.size - 1] != '\n')
        append(out, "\n");
    write_objects(update, out, places);
    for (guint i = 0; offsets != NULL && i < places->len; i++) {
        const Place *place = &g_array_index(places, Place, i);

        g_hash_table_insert(offsets, GSIZE_TO_POINTER((size_t)place->number),
                            GSIZE_TO_POINTER(place->at));
    }
    if (saoy_pdf_is_name(saoy_pdf_get_raw(trailer, "Type"), "XRef"))
        write_stream(update, out, places);
    else
        write_table(update, out, places);
    return g_byte_array_free_to_bytes(g_steal_pointer(&out));
}

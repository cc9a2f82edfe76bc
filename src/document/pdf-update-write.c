#include "pdf-update.h"

#include "core/file.h"

#include <string.h>

/* The new revision behind the file's bytes: its objects, its table or table stream. */

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
        saoy_pdf_update_put(update, out, value);
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

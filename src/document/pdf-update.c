#include "pdf-update.h"

#include "pdf-value.h"

#include <string.h>

enum { REAL_DECIMALS = 10 }; /* the file's own may be finer than ours */

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

void
saoy_pdf_update_put(const SaoyPdfUpdate *update, GString *out, const SaoyPdfValue *value)
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

    saoy_pdf_update_put(update, out, value);
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
        saoy_pdf_update_put(update, out, &dict->items[2 * i + 1]);
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
        saoy_pdf_update_put(update, out, &array->items[i]);
    g_string_append_printf(out, "%s%" G_GINT64_FORMAT " 0 R]", out->len > 1 ? " " : "",
                           number);
    return g_string_free(out, FALSE);
}

#include "pdf-build.h"

#include "core/clock.h"
#include "core/error.h"
#include "pdf-value.h"

#include <string.h>
#include <zlib.h>

enum { MAX_PRINT_DEPTH = 64, DEFLATE_LEVEL = 9, REAL_DECIMALS = 5 };

typedef struct {
    char *text;   /* dictionary or other value; NULL: reserved, not yet set */
    GBytes *data; /* of a stream, or NULL */
} Object;

struct SaoyPdfBuilder {
    GArray *objects;     /* Object */
    SaoyPdf *source;     /* borrowed */
    GHashTable *numbers; /* of the source: its number -> ours */
    GHashTable *sources; /* source -> its numbers */
    GQueue *wanted;      /* source's numbers still to be imported */
    bool failed;
};

static void
clear_object(void *p)
{
    Object *object = p;

    g_clear_pointer(&object->text, g_free);
    g_clear_pointer(&object->data, g_bytes_unref);
}

SaoyPdfBuilder *
saoy_pdf_builder_new(void)
{
    SaoyPdfBuilder *builder = g_new0(SaoyPdfBuilder, 1);

    builder->objects = g_array_new(FALSE, TRUE, sizeof(Object));
    g_array_set_clear_func(builder->objects, clear_object);
    builder->sources = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
                                             (GDestroyNotify)g_hash_table_unref);
    builder->wanted = g_queue_new();
    return builder;
}

void
saoy_pdf_builder_free(SaoyPdfBuilder *builder)
{
    if (builder == NULL)
        return;
    g_array_unref(builder->objects);
    g_hash_table_unref(builder->sources);
    g_queue_free(builder->wanted);
    g_free(builder);
}

unsigned
saoy_pdf_builder_count(const SaoyPdfBuilder *builder)
{
    return builder->objects->len;
}

unsigned
saoy_pdf_builder_reserve(SaoyPdfBuilder *builder)
{
    g_array_append_val(builder->objects, ((Object){ NULL, NULL }));
    return builder->objects->len;
}

static void
set_text(SaoyPdfBuilder *builder, unsigned number, char *take)
{
    Object *object = &g_array_index(builder->objects, Object, number - 1);

    g_free(object->text);
    object->text = take;
}

void
saoy_pdf_builder_set(SaoyPdfBuilder *builder, unsigned number, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_text(builder, number, g_strdup_vprintf(format, args));
    va_end(args);
}

unsigned
saoy_pdf_builder_add(SaoyPdfBuilder *builder, const char *format, ...)
{
    unsigned number = saoy_pdf_builder_reserve(builder);
    va_list args;

    va_start(args, format);
    set_text(builder, number, g_strdup_vprintf(format, args));
    va_end(args);
    return number;
}

static GBytes *
deflate_all(SaoyView data)
{
    uLongf size = compressBound((uLong)data.size);
    uint8_t *out = g_malloc(size);

    if (compress2(out, &size, data.data, (uLong)data.size, DEFLATE_LEVEL) != Z_OK)
        size = 0; /* cannot be: the room is compressBound's */
    return g_bytes_new_take(out, size);
}

static unsigned
add_data(SaoyPdfBuilder *builder, const char *entries, const char *filter, GBytes *take)
{
    unsigned number = saoy_pdf_builder_reserve(builder);
    Object *object = &g_array_index(builder->objects, Object, number - 1);

    object->text = g_strdup_printf("<<%s%s/Length %zu>>", entries, filter,
                                   (size_t)g_bytes_get_size(take));
    object->data = take;
    return number;
}

unsigned
saoy_pdf_builder_add_stream(SaoyPdfBuilder *builder, const char *entries, SaoyView data,
                            bool deflate)
{
    return add_data(builder, entries, deflate ? "/Filter/FlateDecode" : "",
                    deflate ? deflate_all(data) : g_bytes_new(data.data, data.size));
}

void
saoy_pdf_builder_source(SaoyPdfBuilder *builder, SaoyPdf *pdf)
{
    builder->source = pdf;
    builder->numbers = g_hash_table_lookup(builder->sources, pdf);
    if (builder->numbers != NULL)
        return;
    builder->numbers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_hash_table_insert(builder->sources, pdf, builder->numbers);
}

void
saoy_pdf_builder_map(SaoyPdfBuilder *builder, int64_t source, unsigned number)
{
    g_hash_table_insert(builder->numbers, g_memdup2(&source, sizeof source),
                        GUINT_TO_POINTER(number));
}

/* Our number for the source's object, queued for import when it is new. */
static unsigned
number_for(SaoyPdfBuilder *builder, int64_t source)
{
    unsigned number = GPOINTER_TO_UINT(g_hash_table_lookup(builder->numbers, &source));

    if (number == 0) {
        number = saoy_pdf_builder_reserve(builder);
        saoy_pdf_builder_map(builder, source, number);
        g_queue_push_tail(builder->wanted, GSIZE_TO_POINTER((gsize)source));
    }
    return number;
}

static void print_value(SaoyPdfBuilder *builder, GString *out, const SaoyPdfValue *value,
                        unsigned depth);

/* libharu's /Filter [/X] as /Filter /X, which says at a glance that there is only one. */
static const SaoyPdfValue *
plain(const SaoyPdfValue *key, const SaoyPdfValue *value)
{
    bool lone =
        saoy_pdf_is_name(key, "Filter") && value->type == SAOY_PDF_ARRAY && value->n == 1;

    return lone ? &value->items[0] : value;
}

/* Dictionaries and streams: all entries but /Length, which is ours to write. */
static void
print_entries(SaoyPdfBuilder *builder, GString *out, const SaoyPdfValue *value,
              unsigned depth)
{
    for (size_t i = 0; i < value->n; i++) {
        const SaoyPdfValue *pair = &value->items[2 * i], *what = plain(&pair[0], &pair[1]);

        if (value->type == SAOY_PDF_STREAM && saoy_pdf_is_name(&pair[0], "Length"))
            continue;
        saoy_pdf_put_name(out, pair[0].text);
        if (what->type != SAOY_PDF_NAME && what->type != SAOY_PDF_DICT)
            g_string_append_c(out, ' ');
        print_value(builder, out, what, depth + 1);
    }
}

static void
print_items(SaoyPdfBuilder *builder, GString *out, const SaoyPdfValue *value,
            unsigned depth)
{
    for (size_t i = 0; i < value->n; i++) {
        if (i > 0)
            g_string_append_c(out, ' ');
        print_value(builder, out, &value->items[i], depth + 1);
    }
}

static void
print_value(SaoyPdfBuilder *builder, GString *out, const SaoyPdfValue *value,
            unsigned depth)
{
    if (depth > MAX_PRINT_DEPTH) {
        builder->failed = true;
        return;
    }
    switch (value->type) {
    case SAOY_PDF_REF:
        g_string_append_printf(out, "%u 0 R", number_for(builder, value->number));
        break;
    case SAOY_PDF_ARRAY:
        g_string_append_c(out, '[');
        print_items(builder, out, value, depth);
        g_string_append_c(out, ']');
        break;
    case SAOY_PDF_DICT:
        g_string_append(out, "<<");
        print_entries(builder, out, value, depth);
        g_string_append(out, ">>");
        break;
    case SAOY_PDF_STREAM:
        print_entries(builder, out, value, depth);
        break;
    default:
        saoy_pdf_put_plain(out, value, REAL_DECIMALS);
    }
}

static GBytes *
stream_bytes(SaoyPdfBuilder *builder, const SaoyPdfValue *stream)
{
    GBytes *file = saoy_pdf_bytes(builder->source);
    const uint8_t *start = g_bytes_get_data(file, NULL);

    return g_bytes_new_from_bytes(file, (gsize)(stream->text.data - start),
                                  stream->text.size);
}

static void
import_object(SaoyPdfBuilder *builder, int64_t source)
{
    size_t newest = saoy_pdf_revisions(builder->source) - 1;
    const SaoyPdfValue *value = saoy_pdf_object(builder->source, newest, source, NULL);
    unsigned number = GPOINTER_TO_UINT(g_hash_table_lookup(builder->numbers, &source));
    g_autoptr(GString) text = g_string_new(NULL);
    Object *object = NULL;

    if (value == NULL) {
        builder->failed = true;
        return;
    }
    print_value(builder, text, value, 0);
    object = &g_array_index(builder->objects, Object, number - 1);
    if (value->type == SAOY_PDF_STREAM) {
        object->data = stream_bytes(builder, value);
        object->text = g_strdup_printf("<<%s/Length %zu>>", text->str, value->text.size);
    } else {
        object->text = g_strdup(text->str);
    }
}

static void
import_wanted(SaoyPdfBuilder *builder)
{
    while (!g_queue_is_empty(builder->wanted))
        import_object(builder,
                      (int64_t)GPOINTER_TO_SIZE(g_queue_pop_head(builder->wanted)));
}

char *
saoy_pdf_builder_import(SaoyPdfBuilder *builder, const SaoyPdfValue *value)
{
    GString *out = g_string_new(NULL);

    print_value(builder, out, value, 0);
    import_wanted(builder);
    return g_string_free(out, FALSE);
}

unsigned
saoy_pdf_builder_import_stream(SaoyPdfBuilder *builder, const SaoyPdfValue *stream,
                               const char *entries)
{
    static const char *const kept[] = { "Filter", "DecodeParms" };
    g_autoptr(GString) filter = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        const SaoyPdfValue key = { .type = SAOY_PDF_NAME,
                                   .text = { (const uint8_t *)kept[i], strlen(kept[i]) } };
        const SaoyPdfValue *value = saoy_pdf_get_raw(stream, kept[i]);

        if (value == NULL)
            continue;
        g_string_append_printf(filter, "/%s ", kept[i]);
        print_value(builder, filter, plain(&key, value), 0);
    }
    import_wanted(builder);
    return add_data(builder, entries, filter->str, stream_bytes(builder, stream));
}

static void
append(GByteArray *out, const char *text)
{
    g_byte_array_append(out, (const uint8_t *)text, (guint)strlen(text));
}

static bool
append_object(GByteArray *out, const Object *object, unsigned number, GError **error)
{
    g_autofree char *head = g_strdup_printf("%u 0 obj\n", number);
    gsize size = 0;

    if (object->text == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "pdf: object %u was never set", number);
    append(out, head);
    append(out, object->text);
    if (object->data != NULL) {
        const uint8_t *data = g_bytes_get_data(object->data, &size);

        append(out, "\nstream\n");
        g_byte_array_append(out, data, (guint)size);
        append(out, "\nendstream");
    }
    append(out, "\nendobj\n");
    return true;
}

static void
append_table(GByteArray *out, const GArray *offsets, const char *trailer)
{
    size_t start = out->len;
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "xref\n0 %u\n0000000000 65535 f \n", offsets->len + 1);
    for (guint i = 0; i < offsets->len; i++)
        g_string_append_printf(text, "%010zu 00000 n \n",
                               g_array_index(offsets, size_t, i));
    g_string_append_printf(text, "trailer\n<</Size %u%s>>\nstartxref\n%zu\n%%%%EOF\n",
                           offsets->len + 1, trailer, start);
    append(out, text->str);
}

GByteArray *
saoy_pdf_builder_finish(SaoyPdfBuilder *builder, const char *trailer, GArray *offsets,
                        GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GArray) own = g_array_new(FALSE, FALSE, sizeof(size_t));

    if (builder->failed)
        return saoy_null(error, SAOY_ERROR_MALFORMED,
                         "pdf: what was to be taken is broken");
    /* 7.5.2: a comment of four bytes above 127 says that the file is binary */
    append(out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
    for (guint i = 0; i < builder->objects->len; i++) {
        size_t at = out->len;

        g_array_append_val(own, at);
        if (!append_object(out, &g_array_index(builder->objects, Object, i), i + 1, error))
            return NULL;
    }
    append_table(out, own, trailer);
    if (offsets != NULL)
        g_array_append_vals(offsets, own->data, own->len);
    return g_steal_pointer(&out);
}

char *
saoy_pdf_text_string(const char *utf8)
{
    GString *out = g_string_new("<FEFF");
    gsize size = 0;
    g_autofree char *utf16 = g_convert(utf8, -1, "UTF-16BE", "UTF-8", NULL, &size, NULL);

    for (gsize i = 0; utf16 != NULL && i < size; i++)
        g_string_append_printf(out, "%02X", (uint8_t)utf16[i]);
    g_string_append_c(out, '>');
    return g_string_free(out, FALSE);
}

char *
saoy_pdf_date(int64_t wall_us)
{
    g_autofree char *text = saoy_time_rfc3339(wall_us);

    /* 2025-11-10T14:05:33+07:00 */
    return g_strdup_printf("(D:%.4s%.2s%.2s%.2s%.2s%.2s%.3s'%.2s')", text, text + 5,
                           text + 8, text + 11, text + 14, text + 17, text + 19, text + 23);
}

#include "pdf-parts.h"

/* A stream's data as its dictionary says (ISO 32000-1, 7.3.8.2, table 5). Forms of it that
 * readers take differently are refused rather than guessed: under them one file is two. */
enum { MAX_FILTERS = 4 };

typedef struct {
    size_t n;
    const SaoyPdfValue *filters[MAX_FILTERS];
    const SaoyPdfValue *parameters[MAX_FILTERS]; /* NULL: none */
} Recipe;

/* Data in another file, and what only inline images may say (8.9.7). */
static const char *const strange[] = { "F", "FFilter", "FDecodeParms", "DP", NULL };

typedef struct {
    SaoyPdf *pdf;
    size_t revision;
    /* Table streams and object streams say all they say directly (7.5.7, 7.5.8.2): while
     * they are read there is nothing to look a reference up in, or another revision's. */
    bool direct;
} Place;

/* NULL: a reference that may not stand here or leads nowhere. */
static const SaoyPdfValue *
follow(const Place *place, const SaoyPdfValue *value)
{
    if (value->type != SAOY_PDF_REF)
        return value;
    return place->direct ? NULL : saoy_pdf_resolve(place->pdf, place->revision, value);
}

static bool
take_one(const Place *place, const SaoyPdfValue *filter, const SaoyPdfValue *parameters,
         Recipe *out)
{
    const SaoyPdfValue *name = follow(place, filter);
    const SaoyPdfValue *dict = parameters != NULL ? follow(place, parameters) : NULL;

    if (out->n >= MAX_FILTERS || name == NULL || name->type != SAOY_PDF_NAME ||
        (parameters != NULL &&
         (dict == NULL || (dict->type != SAOY_PDF_DICT && dict->type != SAOY_PDF_NULL))))
        return false;
    out->filters[out->n] = name;
    out->parameters[out->n++] = dict != NULL && dict->type == SAOY_PDF_DICT ? dict : NULL;
    return true;
}

static bool
is_strange(const SaoyPdfValue *stream)
{
    for (size_t i = 0; strange[i] != NULL; i++)
        if (saoy_pdf_get_raw(stream, strange[i]) != NULL)
            return true;
    return false;
}

/* Lists of one length. A null among the filters ends the list for one reader and is stepped
 * over by the next. */
static bool
take_all(const Place *place, const SaoyPdfValue *filters, const SaoyPdfValue *parameters,
         Recipe *out)
{
    if (parameters != NULL &&
        (parameters->type != SAOY_PDF_ARRAY || parameters->n != filters->n))
        return false;
    for (size_t i = 0; i < filters->n; i++)
        if (!take_one(place, &filters->items[i],
                      parameters != NULL ? &parameters->items[i] : NULL, out))
            return false;
    return true;
}

/* A name with one dictionary, or lists. */
static bool
take_recipe(const Place *place, const SaoyPdfValue *stream, Recipe *out)
{
    const SaoyPdfValue *filter = saoy_pdf_get_raw(stream, "Filter");
    const SaoyPdfValue *parameters = saoy_pdf_get_raw(stream, "DecodeParms");

    if (is_strange(stream))
        return false;
    if (filter == NULL)
        return true;
    filter = follow(place, filter);
    if (parameters != NULL && (parameters = follow(place, parameters)) == NULL)
        return false;
    if (filter != NULL && filter->type == SAOY_PDF_ARRAY)
        return take_all(place, filter, parameters, out);
    return filter != NULL && (parameters == NULL || parameters->type == SAOY_PDF_DICT) &&
           take_one(place, filter, parameters, out);
}

GBytes *
saoy_pdf_stream(SaoyPdf *pdf, size_t revision, const SaoyPdfValue *stream, size_t max,
                GError **error)
{
    Place place = { pdf, revision, saoy_pdf_is_container(stream) };
    g_autoptr(GByteArray) out = NULL;
    Recipe recipe = { 0 };
    SaoyView in = { 0 };

    if (stream == NULL || stream->type != SAOY_PDF_STREAM)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: not a stream");
    if (!take_recipe(&place, stream, &recipe))
        return saoy_pdf_null(error, stream->at, "filters that readers take differently");
    in = stream->text;
    if (recipe.n == 1 && saoy_pdf_is_name(recipe.filters[0], "DCTDecode"))
        recipe.n = 0; /* a file of its own */
    for (size_t i = 0; i < recipe.n; i++) {
        GByteArray *next = NULL;

        if (pdf->worked > SAOY_PDF_MAX_WORKED)
            return saoy_pdf_null(error, stream->at, "streams unpack to too much");
        next = saoy_pdf_filter(recipe.filters[i], recipe.parameters[i], in, max,
                               &pdf->worked, error);
        if (next == NULL)
            return NULL;
        g_clear_pointer(&out, g_byte_array_unref);
        out = next;
        in = (SaoyView){ out->data, out->len };
    }
    if (in.size > max)
        return saoy_pdf_null(error, stream->at, "stream unpacks to too much");
    if (out != NULL)
        return g_byte_array_free_to_bytes(g_steal_pointer(&out));
    return g_bytes_new_from_bytes(pdf->file, (gsize)(in.data - pdf->all.data), in.size);
}

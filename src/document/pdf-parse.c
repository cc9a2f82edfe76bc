#include "pdf-parts.h"

#include <string.h>

/* Values of ISO 32000-1, 7.3, without recursion: open arrays and dictionaries stand on a
 * stack of at most SAOY_PDF_MAX_DEPTH. */
typedef struct {
    SaoyPdfType type;
    size_t at, first; /* first: index of its first child among the pending values */
} Open;

typedef struct {
    SaoyPdf *pdf;
    SaoyPdfLexer lexer;
    GArray *pending, *opens; /* SaoyPdfValue, Open */
} Parse;

static uint8_t
peek(const SaoyPdfLexer *lexer, size_t ahead)
{
    size_t left = lexer->all.size - MIN(lexer->at, lexer->all.size);

    return ahead < left ? lexer->all.data[lexer->at + ahead] : 0;
}

/* Offsets of the file only; a value in an object stream has none. */
static size_t
place_of(const SaoyPdfLexer *lexer, size_t at)
{
    return lexer->in_file ? at : 0;
}

/* "12 0 R": the lexer stands on R and the two last pending values become one. */
static bool
make_reference(Parse *parse, size_t first, GError **error)
{
    SaoyPdfLexer *lexer = &parse->lexer;
    GArray *pending = parse->pending;
    SaoyPdfValue *number = NULL;

    if (pending->len - first >= 2)
        number = &g_array_index(pending, SaoyPdfValue, pending->len - 2);
    if (!saoy_pdf_keyword(lexer, "R") || number == NULL || number[0].type != SAOY_PDF_INT ||
        number[1].type != SAOY_PDF_INT || number[0].number < 0 || number[1].number < 0 ||
        number[1].number > 65535)
        return saoy_pdf_fail(error, lexer->at, "R without object number");
    number->type = SAOY_PDF_REF;
    number->generation = (uint16_t)number[1].number;
    number->end = place_of(lexer, lexer->at);
    g_array_set_size(pending, pending->len - 1);
    return true;
}

static int
compare_names(SaoyView x, SaoyView y)
{
    int order = memcmp(x.data, y.data, MIN(x.size, y.size));

    return order != 0 ? order : (x.size > y.size) - (x.size < y.size);
}

static int
by_key(const void *a, const void *b, void *pairs)
{
    const SaoyPdfValue *items = pairs;

    return compare_names(items[2 * *(const uint32_t *)a].text,
                         items[2 * *(const uint32_t *)b].text);
}

/* Behind a dictionary's pairs stand their numbers in the order of their keys. */
static uint32_t *
order_of(const SaoyPdfValue *items, size_t n)
{
    return (uint32_t *)(void *)(uintptr_t)(items + 2 * n);
}

const SaoyPdfValue *
saoy_pdf_find(const SaoyPdfValue *dict, SaoyView key)
{
    size_t low = 0, high = 0;

    if (dict == NULL || (dict->type != SAOY_PDF_DICT && dict->type != SAOY_PDF_STREAM))
        return NULL;
    for (high = dict->n; low < high;) {
        size_t middle = (low + high) / 2;
        size_t pair = order_of(dict->items, dict->n)[middle];
        int order = compare_names(key, dict->items[2 * pair].text);

        if (order == 0)
            return &dict->items[2 * pair + 1];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* Two equal keys are how parsers are made to disagree (7.3.7 leaves them undefined). */
static bool
order_keys(const SaoyPdfValue *items, size_t n)
{
    uint32_t *order = order_of(items, n);

    for (size_t i = 0; i < n; i++) {
        if (items[2 * i].type != SAOY_PDF_NAME)
            return false;
        order[i] = (uint32_t)i;
    }
    if (n > 1)
        g_qsort_with_data(order, (int)n, sizeof *order, by_key, (void *)(uintptr_t)items);
    for (size_t i = 1; i < n; i++)
        if (by_key(&order[i - 1], &order[i], (void *)(uintptr_t)items) == 0)
            return false;
    return true;
}

static bool
close_group(Parse *parse, const Open *open, GError **error)
{
    bool dict = open->type == SAOY_PDF_DICT;
    size_t n = parse->pending->len - open->first;
    SaoyPdfValue *items = saoy_pdf_alloc(
        parse->pdf, n * sizeof *items + (dict ? n / 2 * sizeof(uint32_t) : 0));
    SaoyPdfValue whole = { .type = open->type, .items = items, .n = dict ? n / 2 : n };

    if (items == NULL)
        return saoy_pdf_fail(error, open->at, "values too large");
    if (n > 0)
        memcpy(items, &g_array_index(parse->pending, SaoyPdfValue, open->first),
               n * sizeof *items);
    if (dict && (n % 2 != 0 || !order_keys(items, n / 2)))
        return saoy_pdf_fail(error, open->at, "bad keys in a dictionary");
    parse->lexer.at += dict ? 2 : 1;
    whole.at = place_of(&parse->lexer, open->at);
    whole.end = place_of(&parse->lexer, parse->lexer.at);
    g_array_set_size(parse->pending, (guint)open->first);
    g_array_append_val(parse->pending, whole);
    return true;
}

/* One token: opens, closes, or adds a value. */
static bool
step(Parse *parse, GError **error)
{
    SaoyPdfLexer *lexer = &parse->lexer;
    uint8_t c = peek(lexer, 0);
    bool twin = (c == '<' || c == '>') && peek(lexer, 1) == c;
    SaoyPdfValue value = { 0 };
    Open open = { c == '[' || c == ']' ? SAOY_PDF_ARRAY : SAOY_PDF_DICT, lexer->at,
                  parse->pending->len };
    Open top = { SAOY_PDF_N, 0, 0 };

    if (parse->opens->len > 0)
        top = g_array_index(parse->opens, Open, parse->opens->len - 1);
    if (lexer->at >= lexer->all.size)
        return saoy_pdf_fail(error, lexer->at, "value cut off");
    if (c == '[' || (c == '<' && twin)) {
        if (parse->opens->len >= SAOY_PDF_MAX_DEPTH)
            return saoy_pdf_fail(error, lexer->at, "nested too deep");
        lexer->at += c == '[' ? 1 : 2;
        g_array_append_val(parse->opens, open);
        return true;
    }
    if (c == ']' || (c == '>' && twin)) {
        if (top.type != open.type)
            return saoy_pdf_fail(error, lexer->at, "closes what was not opened");
        g_array_set_size(parse->opens, parse->opens->len - 1);
        return close_group(parse, &top, error);
    }
    if (c == 'R' && parse->opens->len > 0)
        return make_reference(parse, top.first, error);
    if (parse->pending->len >= SAOY_PDF_MAX_PENDING)
        return saoy_pdf_fail(error, lexer->at, "too many values in one object");
    if (!saoy_pdf_scalar(parse->pdf, lexer, &value, error))
        return false;
    g_array_append_val(parse->pending, value);
    return true;
}

/* A lone "12 0 R" as an object's whole value: looked for here, where no group is open. */
static void
join_reference(SaoyPdfLexer *lexer, SaoyPdfValue *value)
{
    SaoyPdfLexer ahead = *lexer;
    int64_t generation = 0;

    if (value->type != SAOY_PDF_INT || value->number < 0)
        return;
    saoy_pdf_skip(&ahead);
    if (!saoy_pdf_integer(&ahead, &generation) || generation > 65535)
        return;
    saoy_pdf_skip(&ahead);
    if (!saoy_pdf_keyword(&ahead, "R"))
        return;
    value->type = SAOY_PDF_REF;
    value->generation = (uint16_t)generation;
    value->end = place_of(lexer, ahead.at);
    *lexer = ahead;
}

bool
saoy_pdf_value(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error)
{
    g_autoptr(GArray) pending = g_array_new(FALSE, FALSE, sizeof(SaoyPdfValue));
    g_autoptr(GArray) opens = g_array_new(FALSE, FALSE, sizeof(Open));
    Parse parse = { pdf, *lexer, pending, opens };
    bool ok = true;

    do {
        saoy_pdf_skip(&parse.lexer);
        ok = step(&parse, error);
    } while (ok && opens->len > 0);
    *lexer = parse.lexer;
    if (!ok)
        return false;
    *out = g_array_index(pending, SaoyPdfValue, 0);
    join_reference(lexer, out);
    return true;
}

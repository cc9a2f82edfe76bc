#include "pdf-parts.h"

#include <string.h>

/* The values of ISO 32000-1, 7.3, read strictly and without recursion: open arrays and
 * dictionaries stand on a stack of at most SAOY_PDF_MAX_DEPTH. */
typedef struct {
    SaoyPdfType type;
    size_t at, first; /* first: index of its first child among the pending values */
} Open;

enum { BLOCK = 64 * 1024 };

void *
saoy_pdf_alloc(SaoyPdf *pdf, size_t size)
{
    size_t wanted = (MAX(size, (size_t)1) + 15) & ~(size_t)15;
    void *out = NULL;

    if (wanted < size || wanted > SAOY_PDF_MAX_MEMORY - pdf->memory)
        return NULL;
    if (wanted > pdf->block_left) {
        pdf->block_left = MAX(wanted, (size_t)BLOCK);
        pdf->block = g_malloc0(pdf->block_left);
        g_ptr_array_add(pdf->blocks, pdf->block);
    }
    out = pdf->block;
    pdf->block += wanted;
    pdf->block_left -= wanted;
    pdf->memory += wanted;
    return out;
}

bool
saoy_pdf_is_space(uint8_t c)
{
    return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

bool
saoy_pdf_is_delimiter(uint8_t c)
{
    return memchr("()<>[]{}/%", c, 10) != NULL;
}

static bool
at_end(const SaoyPdfLexer *lexer)
{
    return lexer->at >= lexer->all.size;
}

static uint8_t
peek(const SaoyPdfLexer *lexer, size_t ahead)
{
    size_t at = lexer->at + ahead;

    return at < lexer->all.size ? lexer->all.data[at] : 0;
}

/* True where a token ends: end of input, white space or delimiter. */
static bool
at_boundary(const SaoyPdfLexer *lexer)
{
    return at_end(lexer) || saoy_pdf_is_space(peek(lexer, 0)) ||
           saoy_pdf_is_delimiter(peek(lexer, 0));
}

void
saoy_pdf_skip(SaoyPdfLexer *lexer)
{
    bool comment = false;

    for (; !at_end(lexer); lexer->at++) {
        uint8_t c = peek(lexer, 0);

        if (c == '\n' || c == '\r')
            comment = false;
        else if (c == '%')
            comment = true;
        else if (!comment && !saoy_pdf_is_space(c))
            return;
    }
}

bool
saoy_pdf_keyword(SaoyPdfLexer *lexer, const char *word)
{
    SaoyPdfLexer after = *lexer;
    size_t length = strlen(word);

    if (length > lexer->all.size - MIN(lexer->at, lexer->all.size) ||
        memcmp(lexer->all.data + lexer->at, word, length) != 0)
        return false;
    after.at += length;
    if (!at_boundary(&after))
        return false;
    *lexer = after;
    return true;
}

bool
saoy_pdf_integer(SaoyPdfLexer *lexer, int64_t *out)
{
    SaoyPdfLexer after = *lexer;
    int64_t number = 0;

    for (; g_ascii_isdigit(peek(&after, 0)); after.at++) {
        if (number > G_MAXINT64 / 10 - 1)
            return false;
        number = number * 10 + (peek(&after, 0) - '0');
    }
    if (after.at == lexer->at || !at_boundary(&after))
        return false;
    *lexer = after;
    *out = number;
    return true;
}

static bool
take_number(SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error)
{
    size_t start = lexer->at;
    int64_t whole = 0;
    double scale = 1, fraction = 0;
    bool negative = false, point = false;
    unsigned digits = 0;

    if (peek(lexer, 0) == '+' || peek(lexer, 0) == '-')
        negative = lexer->all.data[lexer->at++] == '-';
    for (; !at_boundary(lexer); lexer->at++) {
        uint8_t c = peek(lexer, 0);

        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (!g_ascii_isdigit(c) || whole > G_MAXINT64 / 10 - 1)
            return saoy_pdf_fail(error, start, "not a number");
        digits++;
        if (!point)
            whole = whole * 10 + (c - '0');
        else
            fraction += (c - '0') * (scale /= 10);
    }
    if (digits == 0)
        return saoy_pdf_fail(error, start, "not a number");
    out->type = point ? SAOY_PDF_REAL : SAOY_PDF_INT;
    out->number = negative ? -whole : whole;
    out->real = negative ? -((double)whole + fraction) : (double)whole + fraction;
    return true;
}

static bool
take_name(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error)
{
    size_t start = ++lexer->at, length = 0;
    uint8_t *decoded = NULL;
    bool escaped = false;

    for (; !at_boundary(lexer); lexer->at++)
        escaped |= peek(lexer, 0) == '#';
    out->type = SAOY_PDF_NAME;
    out->text = (SaoyView){ lexer->all.data + start, lexer->at - start };
    if (!escaped)
        return true;
    decoded = saoy_pdf_alloc(pdf, out->text.size);
    if (decoded == NULL)
        return saoy_pdf_fail(error, start, "values too large");
    for (size_t i = 0; i < out->text.size; i++) {
        int high = 0, low = 0, byte = out->text.data[i];

        if (byte == '#' && i + 2 < out->text.size) {
            high = g_ascii_xdigit_value((char)out->text.data[i + 1]);
            low = g_ascii_xdigit_value((char)out->text.data[i + 2]);
            byte = high < 0 || low < 0 ? 0 : high * 16 + low;
            i += 2;
        } else if (byte == '#') {
            byte = 0;
        }
        if (byte == 0)
            return saoy_pdf_fail(error, start, "bad escape in a name");
        decoded[length++] = (uint8_t)byte;
    }
    out->text = (SaoyView){ decoded, length };
    return true;
}

static bool
take_hex(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error)
{
    size_t start = lexer->at++, n = 0;
    const uint8_t *stop =
        memchr(lexer->all.data + lexer->at, '>', lexer->all.size - lexer->at);
    uint8_t *decoded = NULL;

    if (stop == NULL)
        return saoy_pdf_fail(error, start, "hex string without end");
    decoded = saoy_pdf_alloc(pdf, (size_t)(stop - lexer->all.data) - start);
    if (decoded == NULL)
        return saoy_pdf_fail(error, start, "values too large");
    for (; peek(lexer, 0) != '>'; lexer->at++) {
        int digit = g_ascii_xdigit_value((char)peek(lexer, 0));

        if (digit < 0 && !saoy_pdf_is_space(peek(lexer, 0)))
            return saoy_pdf_fail(error, lexer->at, "not a hex digit");
        if (digit >= 0) {
            decoded[n / 2] = (uint8_t)(decoded[n / 2] | digit << (n % 2 == 0 ? 4 : 0));
            n++;
        }
    }
    lexer->at++;
    out->type = SAOY_PDF_STRING;
    out->is_hex = true;
    out->text = (SaoyView){ decoded, (n + 1) / 2 };
    return true;
}

/* Finds the end of a literal string: lexer behind the closing parenthesis. */
static bool
span_literal(SaoyPdfLexer *lexer, bool *plain)
{
    size_t open = 0;

    *plain = true;
    for (; !at_end(lexer); lexer->at++) {
        uint8_t c = peek(lexer, 0);

        if (c == '\\' || c == '\r')
            *plain = false;
        if (c == '\\')
            lexer->at++;
        else if (c == '(')
            open++;
        else if (c == ')' && --open == 0) {
            lexer->at++;
            return true;
        }
    }
    return false;
}

/* One escape sequence behind a backslash (7.3.4.2): bytes read; *out < 0 when it means
 * none. */
static size_t
unescape(SaoyView raw, int *out)
{
    static const char from[] = "nrtbf()\\", to[] = "\n\r\t\b\f()\\";
    const char *known = raw.data[0] != 0 ? strchr(from, raw.data[0]) : NULL;
    size_t n = 0;
    int octal = 0;

    *out = raw.data[0];
    if (known != NULL) {
        *out = (uint8_t)to[known - from];
        return 1;
    }
    if (raw.data[0] == '\r' || raw.data[0] == '\n') {
        *out = -1;
        return raw.data[0] == '\r' && raw.size > 1 && raw.data[1] == '\n' ? 2 : 1;
    }
    while (n < 3 && n < raw.size && raw.data[n] >= '0' && raw.data[n] <= '7')
        octal = octal * 8 + (raw.data[n++] - '0');
    if (n == 0)
        return 1;
    *out = octal & 0xff;
    return n;
}

static SaoyView
decode_literal(SaoyView raw, uint8_t *decoded)
{
    size_t n = 0;

    for (size_t i = 0; i < raw.size;) {
        int c = raw.data[i++];

        if (c == '\\' && i < raw.size) {
            i += unescape((SaoyView){ raw.data + i, raw.size - i }, &c);
        } else if (c == '\r') {
            i += i < raw.size && raw.data[i] == '\n';
            c = '\n';
        }
        if (c >= 0)
            decoded[n++] = (uint8_t)c;
    }
    return (SaoyView){ decoded, n };
}

static bool
take_literal(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error)
{
    size_t start = lexer->at;
    uint8_t *decoded = NULL;
    bool plain = true;

    if (!span_literal(lexer, &plain))
        return saoy_pdf_fail(error, start, "string without end");
    out->type = SAOY_PDF_STRING;
    out->text = (SaoyView){ lexer->all.data + start + 1, lexer->at - start - 2 };
    if (plain)
        return true;
    decoded = saoy_pdf_alloc(pdf, out->text.size);
    if (decoded == NULL)
        return saoy_pdf_fail(error, start, "values too large");
    out->text = decode_literal(out->text, decoded);
    return true;
}

static bool
take_word(SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error)
{
    if (saoy_pdf_keyword(lexer, "true"))
        *out = (SaoyPdfValue){ .type = SAOY_PDF_BOOL, .number = 1 };
    else if (saoy_pdf_keyword(lexer, "false"))
        *out = (SaoyPdfValue){ .type = SAOY_PDF_BOOL };
    else if (saoy_pdf_keyword(lexer, "null"))
        *out = (SaoyPdfValue){ .type = SAOY_PDF_NULL };
    else
        return saoy_pdf_fail(error, lexer->at, "unknown word");
    return true;
}

/* "12 0 R": the lexer stands on R and the two last pending values become one. */
static bool
make_reference(SaoyPdfLexer *lexer, GArray *pending, size_t first, GError **error)
{
    SaoyPdfValue *number = NULL;
    size_t n = pending->len - first;

    if (n >= 2)
        number = &g_array_index(pending, SaoyPdfValue, pending->len - 2);
    lexer->at++;
    if (!at_boundary(lexer) || number == NULL || number[0].type != SAOY_PDF_INT ||
        number[1].type != SAOY_PDF_INT || number[0].number < 0 || number[1].number < 0 ||
        number[1].number > 65535)
        return saoy_pdf_fail(error, lexer->at, "R without object number");
    number->type = SAOY_PDF_REF;
    number->generation = (unsigned)number[1].number;
    number->end = lexer->in_file ? lexer->at : 0;
    g_array_set_size(pending, pending->len - 1);
    return true;
}

static int
by_name(const void *a, const void *b)
{
    const SaoyView *x = &((const SaoyPdfValue *)a)->text,
                   *y = &((const SaoyPdfValue *)b)->text;
    int order = memcmp(x->data, y->data, MIN(x->size, y->size));

    return order != 0 ? order : (x->size > y->size) - (x->size < y->size);
}

/* Two equal keys are how parsers are made to disagree (7.3.7 leaves them undefined). */
static bool
check_keys(const SaoyPdfValue *pairs, size_t n)
{
    g_autofree SaoyPdfValue *keys = g_new(SaoyPdfValue, n + 1);

    for (size_t i = 0; i < n; i++) {
        if (pairs[2 * i].type != SAOY_PDF_NAME)
            return false;
        keys[i] = pairs[2 * i];
    }
    qsort(keys, n, sizeof *keys, by_name);
    for (size_t i = 1; i < n; i++)
        if (by_name(&keys[i - 1], &keys[i]) == 0)
            return false;
    return true;
}

static bool
close_group(SaoyPdf *pdf, SaoyPdfLexer *lexer, GArray *pending, const Open *open,
            size_t end, GError **error)
{
    size_t n = pending->len - open->first;
    SaoyPdfValue *items = saoy_pdf_alloc(pdf, n * sizeof *items);
    SaoyPdfValue whole = { .type = open->type, .items = items };

    if (items == NULL)
        return saoy_pdf_fail(error, open->at, "values too large");
    if (n > 0)
        memcpy(items, &g_array_index(pending, SaoyPdfValue, open->first),
               n * sizeof *items);
    if (open->type == SAOY_PDF_DICT && (n % 2 != 0 || !check_keys(items, n / 2)))
        return saoy_pdf_fail(error, open->at, "bad keys in a dictionary");
    whole.n = open->type == SAOY_PDF_DICT ? n / 2 : n;
    whole.at = lexer->in_file ? open->at : 0;
    whole.end = lexer->in_file ? end : 0;
    g_array_set_size(pending, (guint)open->first);
    g_array_append_val(pending, whole);
    lexer->at = end;
    return true;
}

static bool
take_scalar(SaoyPdf *pdf, SaoyPdfLexer *lexer, GArray *pending, GError **error)
{
    SaoyPdfValue value = { 0 };
    size_t at = lexer->at;
    uint8_t c = peek(lexer, 0);
    bool ok = false;

    if (pending->len >= SAOY_PDF_MAX_PENDING)
        return saoy_pdf_fail(error, at, "too many values in one object");
    if (c == '/')
        ok = take_name(pdf, lexer, &value, error);
    else if (c == '(')
        ok = take_literal(pdf, lexer, &value, error);
    else if (c == '<')
        ok = take_hex(pdf, lexer, &value, error);
    else if (g_ascii_isdigit(c) || c == '+' || c == '-' || c == '.')
        ok = take_number(lexer, &value, error);
    else
        ok = take_word(lexer, &value, error);
    if (!ok)
        return false;
    value.at = lexer->in_file ? at : 0;
    value.end = lexer->in_file ? lexer->at : 0;
    g_array_append_val(pending, value);
    return true;
}

/* One token: opens, closes, or adds a value. */
static bool
step(SaoyPdf *pdf, SaoyPdfLexer *lexer, GArray *pending, GArray *opens, GError **error)
{
    uint8_t c = peek(lexer, 0);
    bool twin = (c == '<' || c == '>') && peek(lexer, 1) == c;
    Open *top = opens->len > 0 ? &g_array_index(opens, Open, opens->len - 1) : NULL;

    if (at_end(lexer))
        return saoy_pdf_fail(error, lexer->at, "value cut off");
    if (c == '[' || (c == '<' && twin)) {
        Open open = { c == '[' ? SAOY_PDF_ARRAY : SAOY_PDF_DICT, lexer->at, pending->len };

        if (opens->len >= SAOY_PDF_MAX_DEPTH)
            return saoy_pdf_fail(error, lexer->at, "nested too deep");
        lexer->at += c == '[' ? 1 : 2;
        g_array_append_val(opens, open);
        return true;
    }
    if (c == ']' || (c == '>' && twin)) {
        SaoyPdfType type = c == ']' ? SAOY_PDF_ARRAY : SAOY_PDF_DICT;
        Open open = { 0 };

        if (top == NULL || top->type != type)
            return saoy_pdf_fail(error, lexer->at, "closes what was not opened");
        open = *top;
        g_array_set_size(opens, opens->len - 1);
        return close_group(pdf, lexer, pending, &open, lexer->at + (c == ']' ? 1 : 2),
                           error);
    }
    if (c == 'R' && top != NULL)
        return make_reference(lexer, pending, top->first, error);
    return take_scalar(pdf, lexer, pending, error);
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
    value->generation = (unsigned)generation;
    value->end = lexer->in_file ? ahead.at : 0;
    *lexer = ahead;
}

bool
saoy_pdf_value(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error)
{
    g_autoptr(GArray) pending = g_array_new(FALSE, FALSE, sizeof(SaoyPdfValue));
    g_autoptr(GArray) opens = g_array_new(FALSE, FALSE, sizeof(Open));
    SaoyPdfLexer at = *lexer;

    do {
        saoy_pdf_skip(&at);
        if (!step(pdf, &at, pending, opens, error))
            return false;
    } while (opens->len > 0);
    *out = g_array_index(pending, SaoyPdfValue, 0);
    join_reference(&at, out);
    *lexer = at;
    return true;
}

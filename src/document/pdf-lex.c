#include "pdf-parts.h"

#include <string.h>

/* Tokens of ISO 32000-1, 7.2 and 7.3, read strictly. */
enum { BLOCK = 64 * 1024 };
#define MAX_UNIT 1000000000000 /* a fraction's further digits say nothing */

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
saoy_pdf_spend(SaoyPdf *pdf, size_t size, size_t at, GError **error)
{
    size_t most = SAOY_PDF_SCAN_TIMES * (pdf->all.size + pdf->unpacked);

    pdf->scanned += size;
    return pdf->scanned <= most + SAOY_PDF_SCAN_SPARE ||
           saoy_pdf_fail(error, at, "objects lie in one another");
}

const uint8_t saoy_pdf_classes[256] = {
    [0] = SAOY_PDF_SPACE,       ['\t'] = SAOY_PDF_SPACE,    ['\n'] = SAOY_PDF_SPACE,
    ['\f'] = SAOY_PDF_SPACE,    ['\r'] = SAOY_PDF_SPACE,    [' '] = SAOY_PDF_SPACE,
    ['('] = SAOY_PDF_DELIMITER, [')'] = SAOY_PDF_DELIMITER, ['<'] = SAOY_PDF_DELIMITER,
    ['>'] = SAOY_PDF_DELIMITER, ['['] = SAOY_PDF_DELIMITER, [']'] = SAOY_PDF_DELIMITER,
    ['{'] = SAOY_PDF_DELIMITER, ['}'] = SAOY_PDF_DELIMITER, ['/'] = SAOY_PDF_DELIMITER,
    ['%'] = SAOY_PDF_DELIMITER,
};

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
    return at_end(lexer) || saoy_pdf_classes[lexer->all.data[lexer->at]] != 0;
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

bool
saoy_pdf_number(SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error)
{
    const uint8_t *start = lexer->all.data + MIN(lexer->at, lexer->all.size);
    const uint8_t *at = start, *end = lexer->all.data + lexer->all.size;
    int64_t whole = 0, fraction = 0, unit = 1; /* fraction / unit, exact so far */
    bool negative = at < end && *at == '-', point = false, any = false;

    if (at < end && (*at == '+' || *at == '-'))
        at++;
    for (; at < end && saoy_pdf_classes[*at] == 0; at++) {
        unsigned digit = (unsigned)*at - '0';

        if (*at == '.' && !point) {
            point = true;
            continue;
        }
        if (digit > 9 || whole > G_MAXINT64 / 10 - 1)
            return saoy_pdf_fail(error, lexer->at, "not a number");
        any = true;
        if (!point) {
            whole = whole * 10 + digit;
        } else if (unit < MAX_UNIT) {
            fraction = fraction * 10 + digit;
            unit *= 10;
        }
    }
    if (!any)
        return saoy_pdf_fail(error, lexer->at, "not a number");
    lexer->at += (size_t)(at - start);
    out->type = point ? SAOY_PDF_REAL : SAOY_PDF_INT;
    out->number = negative ? -whole : whole;
    out->real = (double)whole + (double)fraction / (double)unit;
    if (negative)
        out->real = -out->real;
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

    if (stop == NULL) {
        lexer->at = lexer->all.size;
        return saoy_pdf_fail(error, start, "hex string without end");
    }
    decoded = saoy_pdf_alloc(pdf, ((size_t)(stop - lexer->all.data) - start) / 2 + 1);
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

bool
saoy_pdf_scalar(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error)
{
    size_t at = lexer->at;
    uint8_t c = peek(lexer, 0);
    bool ok = false;

    if (c == '/')
        ok = take_name(pdf, lexer, out, error);
    else if (c == '(')
        ok = take_literal(pdf, lexer, out, error);
    else if (c == '<')
        ok = take_hex(pdf, lexer, out, error);
    else if (g_ascii_isdigit(c) || c == '+' || c == '-' || c == '.')
        ok = saoy_pdf_number(lexer, out, error);
    else
        ok = take_word(lexer, out, error);
    out->at = lexer->in_file ? at : 0;
    out->end = lexer->in_file ? lexer->at : 0;
    return ok;
}

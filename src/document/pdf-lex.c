#include "pdf-parts.h"

#include <string.h>

/* Tokens of ISO 32000-1, 7.2 and 7.3, read strictly; strings are in pdf-string.c. */
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

/* True where a token ends: end of input, white space or delimiter. */
static bool
at_boundary(const SaoyPdfLexer *lexer)
{
    return saoy_pdf_at_end(lexer) || saoy_pdf_classes[lexer->all.data[lexer->at]] != 0;
}

void
saoy_pdf_skip(SaoyPdfLexer *lexer)
{
    bool comment = false;

    for (; !saoy_pdf_at_end(lexer); lexer->at++) {
        uint8_t c = saoy_pdf_peek(lexer);

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

    for (; g_ascii_isdigit(saoy_pdf_peek(&after)); after.at++) {
        if (number > G_MAXINT64 / 10 - 1 || after.at - lexer->at >= SAOY_PDF_MAX_DIGITS)
            return false;
        number = number * 10 + (saoy_pdf_peek(&after) - '0');
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
        if (digit > 9 || whole > G_MAXINT64 / 10 - 1 || at - start >= SAOY_PDF_MAX_DIGITS)
            return saoy_pdf_fail(error, lexer->at, "not a number");
        any = true;
        if (!point) {
            whole = whole * 10 + digit;
        } else if (unit < MAX_UNIT) {
            fraction = fraction * 10 + digit;
            unit *= 10;
        }
    }
    if (!any || (!point && whole > (int64_t)G_MAXINT32 + negative))
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
    size_t start = ++lexer->at, length = 0, to_escape = 0;
    uint8_t *decoded = NULL;
    bool escaped = false;

    for (; !at_boundary(lexer); lexer->at++) {
        escaped |= saoy_pdf_peek(lexer) == '#';
        to_escape += !g_ascii_isgraph((char)saoy_pdf_peek(lexer));
    }
    out->type = SAOY_PDF_NAME;
    out->text = (SaoyView){ lexer->all.data + start, lexer->at - start };
    if (out->text.size + 2 * to_escape > SAOY_PDF_MAX_NAME)
        return saoy_pdf_fail(error, start, "name too long");
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
    uint8_t c = saoy_pdf_peek(lexer);
    bool ok = false;

    if (c == '/')
        ok = take_name(pdf, lexer, out, error);
    else if (c == '(')
        ok = saoy_pdf_literal(pdf, lexer, out, error);
    else if (c == '<')
        ok = saoy_pdf_hex(pdf, lexer, out, error);
    else if (g_ascii_isdigit(c) || c == '+' || c == '-' || c == '.')
        ok = saoy_pdf_number(lexer, out, error);
    else
        ok = take_word(lexer, out, error);
    out->at = lexer->in_file ? at : 0;
    out->end = lexer->in_file ? lexer->at : 0;
    return ok;
}

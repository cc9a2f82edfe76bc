#include "pdf-parts.h"

#include <string.h>

/* Strings of ISO 32000-1, 7.3.4: literal and hexadecimal. */

bool
saoy_pdf_hex(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error)
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
    for (; saoy_pdf_peek(lexer) != '>'; lexer->at++) {
        int digit = g_ascii_xdigit_value((char)saoy_pdf_peek(lexer));

        if (digit < 0 && !saoy_pdf_is_space(saoy_pdf_peek(lexer)))
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
    for (; !saoy_pdf_at_end(lexer); lexer->at++) {
        uint8_t c = saoy_pdf_peek(lexer);

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

bool
saoy_pdf_literal(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error)
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

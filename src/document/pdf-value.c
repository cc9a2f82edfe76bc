#include "pdf-value.h"

#include "pdf-parts.h"

#include <string.h>

void
saoy_pdf_put_name(GString *out, SaoyView name)
{
    g_string_append_c(out, '/');
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];

        if (c <= ' ' || c > '~' || c == '#' || saoy_pdf_is_delimiter(c))
            g_string_append_printf(out, "#%02X", c);
        else
            g_string_append_c(out, (char)c);
    }
}

static void
write_string(GString *out, SaoyView text)
{
    g_string_append_c(out, '<');
    for (size_t i = 0; i < text.size; i++)
        g_string_append_printf(out, "%02X", text.data[i]);
    g_string_append_c(out, '>');
}

static void
write_real(GString *out, double value, unsigned decimals)
{
    g_autofree char *format = g_strdup_printf("%%.%uf", decimals);
    char text[512] = "";
    char *end = NULL;

    g_ascii_formatd(text, sizeof text, format, value);
    for (end = text + strlen(text); end[-1] == '0'; end--)
        ;
    end[end[-1] == '.' ? -1 : 0] = '\0';
    g_string_append(out, text);
}

void
saoy_pdf_put_plain(GString *out, const SaoyPdfValue *value, unsigned decimals)
{
    switch (value->type) {
    case SAOY_PDF_BOOL:
        g_string_append(out, value->number != 0 ? "true" : "false");
        break;
    case SAOY_PDF_INT:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, value->number);
        break;
    case SAOY_PDF_REAL:
        write_real(out, value->real, decimals);
        break;
    case SAOY_PDF_STRING:
        write_string(out, value->text);
        break;
    case SAOY_PDF_NAME:
        saoy_pdf_put_name(out, value->text);
        break;
    default:
        g_string_append(out, "null");
    }
}

#pragma once
#include "core/error.h"
#include "document/pdf.h"

#include <string.h>

/* Small PDFs written by hand: object i has number i + 1; the first is the catalog. */
typedef struct {
    GString *text;
    size_t offsets[64];
    unsigned n;
    size_t table; /* of the last revision */
} SmallPdf;

static inline void
small_start(SmallPdf *small)
{
    *small = (SmallPdf){ .text = g_string_new("%PDF-1.7\n") };
}

static inline void
small_object(SmallPdf *small, const char *value)
{
    small->offsets[small->n++] = small->text->len;
    g_string_append_printf(small->text, "%u 0 obj\n%s\nendobj\n", small->n, value);
}

/* trailer: entries besides /Size and /Root. */
static inline GBytes *
small_finish(SmallPdf *small, const char *trailer)
{
    small->table = small->text->len;
    g_string_append_printf(small->text, "xref\n0 %u\n0000000000 65535 f \n", small->n + 1);
    for (unsigned i = 0; i < small->n; i++)
        g_string_append_printf(small->text, "%010zu 00000 n \n", small->offsets[i]);
    g_string_append_printf(small->text,
                           "trailer\n<</Size %u/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n",
                           small->n + 1, trailer, small->table);
    gsize size = small->text->len;
    return g_bytes_new_take(g_string_free(small->text, FALSE), size);
}

static inline GBytes *
small_of(const char *second, const char *trailer)
{
    SmallPdf small = { 0 };

    small_start(&small);
    small_object(&small, "<</Type/Catalog>>");
    if (second != NULL)
        small_object(&small, second);
    return small_finish(&small, trailer);
}

#pragma once
#include "document/pdf.h"

/* A PDF being put together: objects by number, then a classic cross-reference table. Only
 * for what we make ourselves; imported values come from our own reader over our own
 * library's output or from a file of ours. */
typedef struct SaoyPdfBuilder SaoyPdfBuilder;

SaoyPdfBuilder *saoy_pdf_builder_new(void);
void saoy_pdf_builder_free(SaoyPdfBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyPdfBuilder, saoy_pdf_builder_free)

unsigned saoy_pdf_builder_count(const SaoyPdfBuilder *builder);

/* Numbers start at 1. A reserved object must be set before the end. */
unsigned saoy_pdf_builder_reserve(SaoyPdfBuilder *builder);
void saoy_pdf_builder_set(SaoyPdfBuilder *builder, unsigned number, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
unsigned saoy_pdf_builder_add(SaoyPdfBuilder *builder, const char *format, ...)
    G_GNUC_PRINTF(2, 3);
/* entries: of the dictionary, without << >>, /Length and /Filter. */
unsigned saoy_pdf_builder_add_stream(SaoyPdfBuilder *builder, const char *entries,
                                     SaoyView data, bool deflate);

/* From now on, imports read here; what was imported from another file stays, and is known
 * again when that file is the source again. Borrowed. */
void saoy_pdf_builder_source(SaoyPdfBuilder *builder, SaoyPdf *pdf);
/* The source's object has already been made as `number`: references lead there. */
void saoy_pdf_builder_map(SaoyPdfBuilder *builder, int64_t source, unsigned number);
/* value of the source as text, what it refers to imported. Free with g_free. */
char *saoy_pdf_builder_import(SaoyPdfBuilder *builder, const SaoyPdfValue *value);
/* A stream of the source with other entries; its filters and bytes stay. */
unsigned saoy_pdf_builder_import_stream(SaoyPdfBuilder *builder, const SaoyPdfValue *stream,
                                        const char *entries);

/* The whole file: header, objects in order, table, trailer. trailer: entries besides /Size.
 * offsets: where each object starts (index number - 1), or NULL. FAILED when an object was
 * reserved and never set, or what was imported could not be read. */
GByteArray *saoy_pdf_builder_finish(SaoyPdfBuilder *builder, const char *trailer,
                                    GArray *offsets, GError **error);

/* "<FEFF…>" for a text string, "(D:20251110140533+07'00')" for a time. Free with g_free. */
char *saoy_pdf_text_string(const char *utf8);
char *saoy_pdf_date(int64_t wall_us);

#pragma once
#include "document/pdf.h"
#include "document/print.h"

/* The newest revision's pages in order: borrowed const SaoyPdfValue *, at most 10,000
 * nodes. */
GPtrArray *saoy_pdf_page_list(SaoyPdf *pdf, GError **error);
/* Own or inherited; NULL when absent. */
const SaoyPdfValue *saoy_pdf_page_key(SaoyPdf *pdf, const SaoyPdfValue *page,
                                      const char *key);

#pragma once
#include "document/pdf-update.h"
#include "pdf-parts.h"

/* What the two files of an update share. */
struct SaoyPdfUpdate {
    SaoyPdf *pdf;
    size_t newest;
    int64_t next;
    GHashTable *objects; /* number -> GBytes: all between "obj" and "endobj" */
};

/* pdf-update.c: the value in the file's own words where it has any, behind a blank where
 * out is not empty. */
void saoy_pdf_update_put(const SaoyPdfUpdate *update, GString *out,
                         const SaoyPdfValue *value);

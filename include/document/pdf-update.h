#pragma once
#include "document/pdf.h"

/* One more revision for a file that is there already (ISO 32000-1, 7.5.6): objects new and
 * changed, then a cross-reference section of the kind the file ends with. What the file was
 * stays byte for byte. The same calls give the same bytes. One thread at a time. */
typedef struct SaoyPdfUpdate SaoyPdfUpdate;

/* pdf is borrowed. REFUSED when the file is encrypted or hybrid. */
SaoyPdfUpdate *saoy_pdf_update_new(SaoyPdf *pdf, GError **error);
void saoy_pdf_update_free(SaoyPdfUpdate *update);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyPdfUpdate, saoy_pdf_update_free)

/* A number nobody has yet; it must be set before the end. */
int64_t saoy_pdf_update_reserve(SaoyPdfUpdate *update);
/* An object's text; a later one replaces an earlier one. */
void saoy_pdf_update_set(SaoyPdfUpdate *update, int64_t number, const char *text);
int64_t saoy_pdf_update_add_stream(SaoyPdfUpdate *update, SaoyView data);

/* A value of the file as text, the file's own words where it has them. g_free. */
char *saoy_pdf_update_text(const SaoyPdfUpdate *update, const SaoyPdfValue *value);
/* A dictionary without these keys (NULL-terminated) and with these entries besides; dict
 * NULL: only those. g_free. */
char *saoy_pdf_update_dict(const SaoyPdfUpdate *update, const SaoyPdfValue *dict,
                           const char *const *without, const char *with);
/* An array with this reference behind its last; array NULL: alone. g_free. */
char *saoy_pdf_update_grown(const SaoyPdfUpdate *update, const SaoyPdfValue *array,
                            int64_t number);

/* The whole file. offsets (may be NULL): int64_t number -> size_t place of its object, as
 * pointers. FAILED when a reserved object was never set. */
GBytes *saoy_pdf_update_finish(SaoyPdfUpdate *update, GHashTable *offsets, GError **error);

/* The file with one more revision: a field without area on the first page (12.8.5), whose
 * value is a document time stamp with room for so many bytes, /ByteRange final, /Contents
 * zero. out_field: its name, g_free. */
GBytes *saoy_pdf_append_stamp(GBytes *file, size_t room, char **out_field, GError **error);

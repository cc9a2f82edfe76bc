#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* Strict PDF reader: xref tables, xref streams, object streams; hybrid and encrypted files
 * are named and refused where noted. Bounded: no recursion on input, at most 20,000
 * revisions, 1,000,000 objects, depth 60, 500,000 values in one object; a few seconds and
 * 300 MB besides the file itself, which is borrowed and never copied. Refused as MALFORMED
 * because parsers disagree on them: equal keys in a dictionary, an object listed twice in
 * one table or found under another number, a startxref that leads elsewhere, sections out
 * of order unless linearized, an object in bytes added after its revision, /Length that
 * does not lead to endstream, an object stream whose values do not stand one behind another
 * in order, numbers of more than 32 characters or integers of more than 32 bits, names of
 * more than 127 bytes, rows of a table stream that are not three fields. A hybrid file's
 * /XRefStm is read for objects its table does not hold. One thread at a time; all results
 * live as long as the file. */
typedef struct SaoyPdf SaoyPdf;

typedef enum {
    SAOY_PDF_NULL,
    SAOY_PDF_BOOL,
    SAOY_PDF_INT,
    SAOY_PDF_REAL,
    SAOY_PDF_STRING,
    SAOY_PDF_NAME,
    SAOY_PDF_ARRAY,
    SAOY_PDF_DICT,
    SAOY_PDF_STREAM,
    SAOY_PDF_REF,
    SAOY_PDF_N
} SaoyPdfType;

/* A parsed value. Plain data; owned by the SaoyPdf. */
typedef struct SaoyPdfValue SaoyPdfValue;
struct SaoyPdfValue {
    SaoyPdfType type;
    uint16_t generation; /* REF */
    bool is_hex;         /* STRING was <…> */
    int64_t number;      /* INT, BOOL; REF: object number */
    double real;
    SaoyView text; /* STRING (decoded), NAME (without '/'), STREAM: raw data */
    size_t at,
        end;  /* file offsets of its first byte and behind its last; 0: in an objstm */
    size_t n; /* ARRAY elements; DICT, STREAM: entries */
    const SaoyPdfValue *items; /* ARRAY: n values; DICT: n pairs key, value */
};

SaoyPdf *saoy_pdf_open(GBytes *file,
                       GError **error); /* MALFORMED, with reason and offset */
/* As saoy_pdf_open, but a file with a PDF header whose structure does not hold is opened
 * from the objects that stand in its bytes; saoy_pdf_damage() then says why. For judging,
 * never for using. */
SaoyPdf *saoy_pdf_open_damaged(GBytes *file, GError **error);
/* NULL: none. *out_at: offset of it, 0 when unknown. */
const char *saoy_pdf_damage(const SaoyPdf *pdf, size_t *out_at);
void saoy_pdf_close(SaoyPdf *pdf);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyPdf, saoy_pdf_close)
GBytes *saoy_pdf_bytes(const SaoyPdf *pdf);
bool saoy_pdf_is_encrypted(const SaoyPdf *pdf);
bool saoy_pdf_is_hybrid(const SaoyPdf *pdf);
bool saoy_pdf_is_ambiguous(const SaoyPdf *pdf); /* hybrid, its tables contradict */

/* Revisions: 0 is the oldest. start = what its startxref says (0 in a damaged file), end =
 * offset behind its %%EOF line. */
size_t saoy_pdf_revisions(const SaoyPdf *pdf);
size_t saoy_pdf_revision_start(const SaoyPdf *pdf, size_t revision);
size_t saoy_pdf_revision_end(const SaoyPdf *pdf, size_t revision);
const SaoyPdfValue *saoy_pdf_trailer(const SaoyPdf *pdf, size_t revision);

/* Object as that revision sees it; NULL value when free. NULL + MALFORMED when broken. */
const SaoyPdfValue *saoy_pdf_object(SaoyPdf *pdf, size_t revision, int64_t number,
                                    GError **error);
/* Numbers of the objects that this revision's own table lists, sorted: array of int64_t. */
GArray *saoy_pdf_listed(const SaoyPdf *pdf, size_t revision);
/* Offsets of all objects any table lists, sorted: array of size_t. */
GArray *saoy_pdf_places(const SaoyPdf *pdf);
/* Does the revision's own table name all that its object stream of that number holds, each
 * where it stands there? A repairing reader takes the stream's word for it. */
bool saoy_pdf_is_pack_listed(SaoyPdf *pdf, size_t revision, int64_t number);
int64_t saoy_pdf_max_object(const SaoyPdf *pdf, size_t revision);
/* Revision that last wrote or freed this object as seen from `revision`, or wrote the
 * object stream that holds it, whichever is later; -1 when no table lists it. */
int saoy_pdf_object_written_in(const SaoyPdf *pdf, size_t revision, int64_t number);
/* The generation that a reference must name to mean this object. */
unsigned saoy_pdf_object_generation(const SaoyPdf *pdf, size_t revision, int64_t number);

/* Follows references (bounded). key without '/'. NULL when absent. */
const SaoyPdfValue *saoy_pdf_resolve(SaoyPdf *pdf, size_t revision,
                                     const SaoyPdfValue *value);
const SaoyPdfValue *saoy_pdf_get(SaoyPdf *pdf, size_t revision, const SaoyPdfValue *dict,
                                 const char *key);
const SaoyPdfValue *saoy_pdf_get_raw(const SaoyPdfValue *dict,
                                     const char *key);                     /* no follow */
const SaoyPdfValue *saoy_pdf_find(const SaoyPdfValue *dict, SaoyView key); /* the same */
bool saoy_pdf_is_name(const SaoyPdfValue *value, const char *name);
bool saoy_pdf_is_any_name(const SaoyPdfValue *value,
                          const char *const *names);   /* NULL: no */
bool saoy_pdf_is_container(const SaoyPdfValue *value); /* table stream, object stream */

/* Decodes a stream's filters (FlateDecode with predictors; DCTDecode alone is left as it
 * is); at most max bytes out. MALFORMED where readers unpack it differently: /Filter and
 * /DecodeParms of different shapes, parameters that are no direct integers, short names,
 * /F, /DP, a predictor row cut off. */
GBytes *saoy_pdf_stream(SaoyPdf *pdf, size_t revision, const SaoyPdfValue *stream,
                        size_t max, GError **error);

/* Every signature field with /V in that revision. */
typedef struct {
    char *field; /* full name */
    int64_t field_object, value_object;
    const SaoyPdfValue *dict;
    size_t revision; /* in which /V came to be */
} SaoyPdfSignature;
void saoy_pdf_signature_clear(SaoyPdfSignature *signature);
GArray *saoy_pdf_signatures(SaoyPdf *pdf, GError **error); /* newest view, oldest first */

/* The newest revision's pages in order: borrowed const SaoyPdfValue *, at most 100,000
 * nodes. */
GPtrArray *saoy_pdf_page_list(SaoyPdf *pdf, GError **error);
/* Own or inherited; NULL when absent. */
const SaoyPdfValue *saoy_pdf_page_key(SaoyPdf *pdf, const SaoyPdfValue *page,
                                      const char *key);
/* The page pictures of one of our files, in order, verbatim: array of GBytes. */
GPtrArray *saoy_pdf_jpegs(SaoyPdf *pdf, GError **error);
/* XMP saoy:seal of the first revision; NULL + NO_MEDIA when absent. Free with g_free. */
char *saoy_pdf_seal(SaoyPdf *pdf, GError **error);

/* A dark rectangle filled by a page's own content, in points; those filled at once share a
 * group. Without a size: another path. MALFORMED too when there is more to see than these:
 * an inline picture, a shading, sizes that are no numbers. */
typedef struct {
    double x, y, w, h;
    unsigned group;
} SaoyPdfBox;
GArray *saoy_pdf_dark_boxes(SaoyPdf *pdf, const SaoyPdfValue *page, GError **error);

#pragma once
#include "core/error.h"
#include "document/pdf.h"

/* The reader's parts among themselves: lexer and values (pdf-lex.c), cross-reference
 * sections (pdf-xref.c), filters (pdf-stream.c), objects (pdf.c). Limits are those of ISO
 * 32000-1 Annex C or what a file of ours times a hundred needs, whichever is larger. */
enum {
    SAOY_PDF_MAX_REVISIONS = 1000,
    SAOY_PDF_MAX_OBJECTS = 2000000,
    SAOY_PDF_MAX_DEPTH = 64,
    SAOY_PDF_MAX_FOLLOW = 32,
    SAOY_PDF_MAX_PENDING = 1000000,          /* values of one object */
    SAOY_PDF_MAX_MEMORY = 128 * 1024 * 1024, /* of all parsed values */
    SAOY_PDF_MAX_OBJSTM = 64 * 1024 * 1024,  /* one object stream, decoded */
    SAOY_PDF_MAX_UNPACKED = 128 * 1024 * 1024,
};

typedef enum { SAOY_PDF_FREE, SAOY_PDF_PLAIN, SAOY_PDF_PACKED } SaoyPdfPlace;

/* One line of a cross-reference section. */
typedef struct {
    uint32_t number;
    uint32_t generation; /* PACKED: index within the object stream */
    size_t where;        /* PLAIN: offset; PACKED: number of the object stream */
    SaoyPdfPlace place;
} SaoyPdfEntry;

/* One cross-reference section; a linearized file's two count as one revision. */
typedef struct {
    size_t at,
        after; /* of the keyword or object; behind the trailer or the stream object */
    const SaoyPdfValue *trailer;
    GArray *entries; /* SaoyPdfEntry, by number */
    int64_t prev;    /* -1: none */
    int64_t start;   /* what its startxref says */
    size_t end;      /* behind %%EOF and its line end */
} SaoyPdfSection;

typedef struct {
    size_t end;
    const SaoyPdfValue *trailer;
    GArray *entries;
} SaoyPdfRevision;

struct SaoyPdf {
    GBytes *file;
    SaoyView all;
    GPtrArray *blocks; /* of the values' memory */
    uint8_t *block;
    size_t block_left, memory, unpacked, n_entries;
    GArray *revisions;   /* SaoyPdfRevision, oldest first */
    GHashTable *objects; /* place -> what stands there, see pdf.c */
    GHashTable *packs;   /* stream value -> Pack */
    bool encrypted, hybrid;
    bool ambiguous;   /* hybrid, and its two tables differ about an object */
    char *damage;     /* why the strict reading failed; NULL: it did not */
    size_t damage_at; /* offset of it */
    unsigned depth;   /* 1 while a /Length is looked up in an object stream */
};

/* A place in bytes being read. base: offset in the file that `at` counts from is 0 always;
 * a lexer over an object stream has in_file false and gives its values no offsets. */
typedef struct {
    SaoyView all;
    size_t at;
    bool in_file;
} SaoyPdfLexer;

#define saoy_pdf_fail(error, where, what) \
    saoy_fail(error, SAOY_ERROR_MALFORMED, "pdf: %s at offset %zu", what, (size_t)(where))
#define saoy_pdf_null(error, where, what) \
    saoy_null(error, SAOY_ERROR_MALFORMED, "pdf: %s at offset %zu", what, (size_t)(where))

/* Zeroed, freed with the file; NULL when SAOY_PDF_MAX_MEMORY is spent. */
void *saoy_pdf_alloc(SaoyPdf *pdf, size_t size);

bool saoy_pdf_is_space(uint8_t c);
bool saoy_pdf_is_delimiter(uint8_t c);
void saoy_pdf_skip(SaoyPdfLexer *lexer); /* white space and comments */
bool saoy_pdf_keyword(SaoyPdfLexer *lexer,
                      const char *word);                  /* steps over it if it is there */
bool saoy_pdf_integer(SaoyPdfLexer *lexer, int64_t *out); /* digits only */

/* One value, arrays and dictionaries whole. */
bool saoy_pdf_value(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error);

/* "N G obj value [stream] endobj". revision < 0: /Length must be direct (the
 * cross-reference table is not there yet). *varies: another revision may see another
 * /Length. */
const SaoyPdfValue *saoy_pdf_object_at(SaoyPdf *pdf, size_t at, int revision,
                                       int64_t *number, unsigned *generation, size_t *after,
                                       bool *varies, GError **error);

/* Fills pdf->revisions from the last startxref on. */
bool saoy_pdf_load_revisions(SaoyPdf *pdf, GError **error);

/* The same from the objects that stand in the bytes, tables or not (pdf-rebuild.c). */
bool saoy_pdf_rebuild_revisions(SaoyPdf *pdf, GError **error);

const SaoyPdfEntry *saoy_pdf_entry(const SaoyPdf *pdf, size_t revision, int64_t number,
                                   int *written_in);

#pragma once
#include "core/error.h"
#include "document/pdf.h"

/* The reader's parts among themselves: tokens (pdf-lex.c, pdf-string.c), values
 * (pdf-parse.c), objects and object streams (pdf-object.c, pdf-pack.c), cross-reference
 * sections (pdf-xref.c), revisions (pdf-revision.c), streams and their filters
 * (pdf-stream.c, pdf-filter.c). All limits together keep the reader
 * below 300 MB whatever the file says. */
enum {
    SAOY_PDF_MAX_REVISIONS = 20000,
    SAOY_PDF_MAX_OBJECTS = 1000000, /* lines of all tables */
    SAOY_PDF_MAX_NUMBER = 8388607,  /* ISO 32000-1, Annex C */
    SAOY_PDF_MAX_DEPTH = 60,        /* PDFium gives up at 64 and goes on without a word */
    SAOY_PDF_MAX_DIGITS = 32,       /* of a number; PDFium cuts words at 255 characters */
    SAOY_PDF_MAX_NAME = 127,        /* bytes of a name, escapes and all; Annex C */
    SAOY_PDF_MAX_FOLLOW = 32,
    SAOY_PDF_MAX_PENDING = 500000,          /* values of one object */
    SAOY_PDF_MAX_MEMORY = 80 * 1024 * 1024, /* of all parsed values */
    SAOY_PDF_MAX_OBJSTM = 64 * 1024 * 1024, /* one object stream, decoded */
    SAOY_PDF_MAX_UNPACKED = 64 * 1024 * 1024,
    SAOY_PDF_MAX_WORKED = 512 * 1024 * 1024, /* bytes into and out of all filters */
    SAOY_PDF_SCAN_TIMES = 4, /* how often the file may be gone over; see saoy_pdf_spend */
    SAOY_PDF_SCAN_SPARE = 16 * 1024 * 1024,
};

typedef enum { SAOY_PDF_FREE, SAOY_PDF_PLAIN, SAOY_PDF_PACKED } SaoyPdfPlace;

/* One line of a cross-reference section. */
typedef struct {
    uint32_t number;
    uint32_t generation; /* PACKED: index within the object stream */
    size_t where;        /* PLAIN: offset; PACKED: number of the object stream */
    SaoyPdfPlace place;
    uint32_t revision; /* set when the sections have become revisions */
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
    bool open;       /* neither startxref nor %%EOF stand behind it */
} SaoyPdfSection;

typedef struct {
    size_t start, end; /* start: what its startxref says */
    const SaoyPdfValue *trailer;
    GArray *numbers; /* uint32_t: what its own table lists, sorted */
} SaoyPdfRevision;

struct SaoyPdf {
    GBytes *file;
    SaoyView all;
    GPtrArray *blocks; /* of the values' memory */
    uint8_t *block;
    size_t block_left, memory, unpacked, scanned, worked, drawn, n_entries;
    GArray *revisions;   /* SaoyPdfRevision, oldest first */
    GArray *index;       /* SaoyPdfEntry of all revisions, by number, then revision */
    GHashTable *objects; /* what stands at a place, see pdf-object.c */
    GHashTable *packs;   /* stream value -> what it holds, see pdf-pack.c */
    bool is_indexed, encrypted, hybrid;
    bool ambiguous;   /* hybrid, and its two tables differ about an object */
    char *damage;     /* why the strict reading failed; NULL: it did not */
    size_t damage_at; /* offset of it */
    unsigned depth;   /* of object streams being opened for one another's sake */
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

/* Nothing read yet. */
SaoyPdf *saoy_pdf_new(GBytes *file);

/* Zeroed, freed with the file; NULL when SAOY_PDF_MAX_MEMORY is spent. */
void *saoy_pdf_alloc(SaoyPdf *pdf, size_t size);
/* So many bytes of syntax were read. MALFORMED when it comes to several times what there
 * is: in a file of good faith objects do not lie in one another. */
bool saoy_pdf_spend(SaoyPdf *pdf, size_t size, size_t at, GError **error);

/* What ends a token (7.2.2): looked up, as every byte of every content is asked. */
enum { SAOY_PDF_SPACE = 1, SAOY_PDF_DELIMITER = 2 };
extern const uint8_t saoy_pdf_classes[256];

static inline bool
saoy_pdf_is_space(uint8_t c)
{
    return (saoy_pdf_classes[c] & SAOY_PDF_SPACE) != 0;
}

static inline bool
saoy_pdf_is_delimiter(uint8_t c)
{
    return (saoy_pdf_classes[c] & SAOY_PDF_DELIMITER) != 0;
}

static inline bool
saoy_pdf_at_end(const SaoyPdfLexer *lexer)
{
    return lexer->at >= lexer->all.size;
}

/* The next byte; 0 at the end. */
static inline uint8_t
saoy_pdf_peek(const SaoyPdfLexer *lexer)
{
    return saoy_pdf_at_end(lexer) ? 0 : lexer->all.data[lexer->at];
}

void saoy_pdf_skip(SaoyPdfLexer *lexer); /* white space and comments */
bool saoy_pdf_keyword(SaoyPdfLexer *lexer,
                      const char *word);                  /* steps over it if it is there */
bool saoy_pdf_integer(SaoyPdfLexer *lexer, int64_t *out); /* digits only */
/* An integer or real (7.3.3); both out->number and out->real are set. Integers of more than
 * 32 bits and tokens of more than SAOY_PDF_MAX_DIGITS are none: readers cut or wrap them,
 * each its own way. */
bool saoy_pdf_number(SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error);
/* The lexer stands on "(" or "<" of a string (7.3.4). */
bool saoy_pdf_literal(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error);
bool saoy_pdf_hex(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error);

/* One value, arrays and dictionaries whole, or one that is neither. The lexer stands behind
 * it, or where it broke. */
bool saoy_pdf_value(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error);
bool saoy_pdf_scalar(SaoyPdf *pdf, SaoyPdfLexer *lexer, SaoyPdfValue *out, GError **error);

/* "N G obj value [stream] endobj". */
typedef struct {
    const SaoyPdfValue *value;
    int64_t number;
    int64_t length; /* the object its /Length is; 0: it is direct */
    unsigned generation;
    size_t after;
} SaoyPdfRead;

/* revision < 0: /Length must be direct (the cross-reference table is not there yet). */
bool saoy_pdf_read(SaoyPdf *pdf, size_t at, int revision, SaoyPdfRead *out, GError **error);

/* The object that stands in an object stream. */
const SaoyPdfValue *saoy_pdf_packed_object(SaoyPdf *pdf, size_t revision,
                                           const SaoyPdfEntry *entry, GError **error);
GHashTable *saoy_pdf_packs_new(void);
/* The object at the entry's offset. */
const SaoyPdfValue *saoy_pdf_plain_object(SaoyPdf *pdf, size_t revision,
                                          const SaoyPdfEntry *entry, GError **error);

/* One filter by its name undone, then its predictor; parameters NULL: none. *work grows by
 * the bytes in and out. */
GByteArray *saoy_pdf_filter(const SaoyPdfValue *filter, const SaoyPdfValue *parameters,
                            SaoyView in, size_t max, size_t *work, GError **error);

/* The section at out->at; its /XRefStm or itself as a cross-reference stream. */
bool saoy_pdf_take_section(SaoyPdf *pdf, size_t at, SaoyPdfSection *out, GError **error);
bool saoy_pdf_take_xref_stream(SaoyPdf *pdf, SaoyPdfSection *out, GError **error);
/* "startxref <offset> %%EOF" behind a section; end is behind its line end. */
bool saoy_pdf_take_end(SaoyPdf *pdf, size_t after, int64_t *start, size_t *end);

/* Fills pdf->revisions from the last startxref on. */
bool saoy_pdf_load_revisions(SaoyPdf *pdf, GError **error);
/* The same from the objects that stand in the bytes, tables or not (pdf-rebuild.c). */
bool saoy_pdf_rebuild_revisions(SaoyPdf *pdf, GError **error);

/* pdf-index.c: one more revision, newer than those before, with its entries by number; when
 * all are there, the order in which saoy_pdf_entry looks. */
void saoy_pdf_add_revision(SaoyPdf *pdf, size_t start, size_t end,
                           const SaoyPdfValue *trailer, const GArray *entries);
void saoy_pdf_sort_index(SaoyPdf *pdf);
int saoy_pdf_by_number(const void *a, const void *b); /* SaoyPdfEntry */
/* NULL when no table of that revision or an older one lists it, or before they are sorted.
 */
const SaoyPdfEntry *saoy_pdf_entry(const SaoyPdf *pdf, size_t revision, int64_t number);

#pragma once
#include "core/words.h"
#include "vision/ink.h"
#include "vision/page.h"
#include "vision/tamper.h"

#include <gio/gio.h>

/* What does the paper say? One engine per worker, warm; one thread at a time. */
typedef struct SaoyReader SaoyReader;

/* Tesseract `vie`; OFFLINE when it is not installed. */
SaoyReader *saoy_reader_open(GError **error);
void saoy_reader_close(SaoyReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyReader, saoy_reader_close)
/* Drops all it knows of the last page (WIPE). */
void saoy_reader_forget(SaoyReader *reader);

/* Words and boxes of one clean page. Cancellable within a line. */
bool saoy_reader_read(SaoyReader *reader, const SaoyImage *page, SaoyWords *out,
                      GCancellable *cancel, GError **error);

/* The same of a page as cleaning gave it, whose side up is a judgement: where what was read
 * makes no sense, or runs down the page, it is read another way up, and when that reads
 * better *page becomes the turned picture and *report says so (saoy_page_turn). What reads
 * well is read once; else four lines are tried first, and the page is read twice more at
 * most. */
bool saoy_reader_read_upright(SaoyReader *reader, SaoyImage **page, SaoyPageReport *report,
                              SaoyWords *out, GCancellable *cancel, GError **error);

/* One cell of a ruled table, in the page's pixels. */
typedef struct {
    SaoyBox box;
    unsigned table, row, column; /* from 0 */
    unsigned rows, columns;      /* how many it spans */
} SaoyCell;

/* The cells that rules draw on a clean page, row by row: array of SaoyCell. CPU bound,
 * about 0.1 s; any thread. */
GArray *saoy_page_cells(const SaoyImage *page);

/* [{"table","row","column","rows","columns","box","text"}, …], counted from 1. */
SaoyJson *saoy_cells_to_json(const GArray *cells, const SaoyWords *words);

/* Kinds are data: models/kinds/<id>.ini. Unknown is an answer ("unknown"). */
typedef struct {
    const char *id;    /* "diploma", "birth-certificate", "land-use", "certificate", … */
    const char *title; /* Vietnamese: «Bằng tốt nghiệp» */
    const char *title_en;
    const char *app; /* where the person holds it already ("VNeID"), or NULL */
} SaoyKind;
const SaoyKind *saoy_kind_list(size_t *n);      /* loaded once; for CHOOSE's tiles */
const SaoyKind *saoy_kind_find(const char *id); /* never NULL: "unknown" */
const SaoyKind *saoy_kind_of(const SaoyWords *words, int page_height);

/* Beside its words: what a page shows to a machine. */
typedef struct {
    int width, height;
    SaoyPageReport report;
    SaoyInkReport ink;
    char **codes;        /* texts of bar codes; NULL: none, or none was looked for */
    char **zones;        /* machine readable zones as vision/mrz.h sees them; NULL: none */
    SaoyTampers tampers; /* of paper; a card has none of these */
    SaoyBox hand;        /* a signature of any colour; w 0: none, or none was looked for */
} SaoyPageFacts;

/* Bar codes are looked for where the kind of paper bears one (0.5 s of CPU else). Texts are
 * personal: clear wipes them. */
bool saoy_page_facts_of(const SaoyImage *page, const SaoyPageReport *report,
                        const SaoyWords *words, SaoyPageFacts *out, GError **error);
void saoy_page_facts_copy(SaoyPageFacts *to, const SaoyPageFacts *from);
void saoy_page_facts_clear(SaoyPageFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SaoyPageFacts, saoy_page_facts_clear)

/* Which original each of the pages belongs to, 0 the first: a page with the title of
 * another kind than the page before, or of the same kind but with another number or
 * another holder, or with a title and numbered 1, begins one; any other goes on. facts
 * NULL: unknown heights. */
void saoy_pages_group(const SaoyWords *pages, const SaoyPageFacts *facts, size_t n_pages,
                      unsigned *out_originals);

typedef struct {
    const char *name; /* "number", "holder", "birth_date", "issue_date", "title" … */
    char *value;      /* normalised, NFC */
    unsigned page;    /* 0 is the first */
    SaoyBox box;
    double confidence; /* 0..1 */
} SaoyField;
void saoy_field_clear(SaoyField *field);

/* [{"name","value","page","box","confidence"}, …], pages from 1 (product.md §6, §7). fields
 * NULL: none. */
SaoyJson *saoy_fields_to_json(const GArray *fields);

/* Fields of that kind out of one document's pages: array of SaoyField, clear func set. What
 * the print does not give, its bar code or machine readable zone may (box of width 0).
 * facts NULL: the print alone. */
GArray *saoy_fields_of(const SaoyKind *kind, const SaoyWords *pages,
                       const SaoyPageFacts *facts, size_t n_pages);

/* The grounds on which an original may not be copied, Điều 22 of 23/2015/NĐ-CP in their
 * order; and what makes it no original, what is not whole, whose it is. */
typedef enum {
    SAOY_GROUND_NONE, /* to be looked at, no ground of refusal by itself */
    SAOY_GROUND_ALTERED,
    SAOY_GROUND_DAMAGED,
    SAOY_GROUND_SECRET,
    SAOY_GROUND_UNLAWFUL,
    SAOY_GROUND_FOREIGN,
    SAOY_GROUND_UNCONFIRMED,
    SAOY_GROUND_NO_ORIGINAL, /* Điều 2: what a bản chính is */
    SAOY_GROUND_N
} SaoyGround;

/* Which ground a flag's rule leads to, and the clause to cite ("khoản 3 Điều 22 …", NULL
 * for NONE). */
SaoyGround saoy_ground_of(const char *rule);
const char *saoy_ground_clause(SaoyGround ground);
#define SAOY_FLAGS_MAX \
    200 /* of a document: as many as a hub takes; later ones are left out */

/* Every rule a flag can have, NULL-terminated. */
const char *const *saoy_rules(void);

typedef struct {
    const char *rule; /* "copy-not-original", "secret", "holder-differs", "expired" … */
    unsigned page;
    SaoyBox box;
    char *text; /* plain English msgid of what the officer and citizen should look at */
} SaoyFlag;
void saoy_flag_clear(SaoyFlag *flag);

/* [{"rule","page","box","text","ground","clause"}, …], pages from 1; text is the msgid, or
 * with translated in the language now set; ground 1 to 6 as in Điều 22, else absent, and so
 * is the clause when there is none. flags NULL: none. */
SaoyJson *saoy_flags_to_json(const GArray *flags, bool translated);

/* Against the chip identity (name_vi, number, birth_date "YYYY-MM-DD"; any may be NULL),
 * across pages, against the refusal grounds of Điều 22: array of SaoyFlag. facts NULL:
 * words alone. Never refuses by itself. */
GArray *saoy_collate(const SaoyKind *kind, const SaoyWords *pages,
                     const SaoyPageFacts *facts, size_t n_pages, GArray *fields,
                     const char *name_vi, const char *number, const char *birth_date);

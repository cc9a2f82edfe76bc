#pragma once
#include "core/words.h"
#include "vision/image.h"

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

/* Fields of that kind out of one document's pages: array of SaoyField, clear func set. */
GArray *saoy_fields_of(const SaoyKind *kind, const SaoyWords *pages, size_t n_pages);

typedef struct {
    const char *rule; /* "copy-not-original", "secret", "holder-differs", "expired" … */
    unsigned page;
    SaoyBox box;
    char *text; /* plain English msgid of what the officer and citizen should look at */
} SaoyFlag;
void saoy_flag_clear(SaoyFlag *flag);

/* [{"rule","page","box","text"}, …], pages from 1; text is the msgid, or with translated in
 * the language now set. flags NULL: none. */
SaoyJson *saoy_flags_to_json(const GArray *flags, bool translated);

/* Against the chip identity (name_vi, number, birth_date "YYYY-MM-DD"; any may be NULL),
 * across pages, against the refusal grounds of Điều 22: array of SaoyFlag. Never refuses by
 * itself. */
GArray *saoy_collate(const SaoyKind *kind, const SaoyWords *pages, size_t n_pages,
                     GArray *fields, const char *name_vi, const char *number,
                     const char *birth_date);

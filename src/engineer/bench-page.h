#pragma once
#include "bench.h"

#include "reading/reading.h"

/* `saoy bench page` over pages whose truth is known (tests/specimen/pages). */

/* What is true of one page: its FILE.json. json NULL: nothing is known. */
typedef struct {
    char *file;
    SaoyJson *json;
    const char *kind;   /* NULL: the page is of none */
    const char *tamper; /* what a forger did; NULL: nothing */
    bool degraded, held_out;
    bool has_text; /* its text and fields are known too */
    int quarter;
    double angle;
} SaoyBenchPage;

/* The pictures of a folder in the order of their names, or one file; clear func set.
 * MALFORMED when there are none, too many, or a truth is not one. */
GArray *saoy_bench_pages(const char *path, GError **error);

/* Edits that make what was read what is true, and the length of what is true. */
typedef struct {
    unsigned edits, length;
} SaoyEdits;

/* NFC; white space folded; dashes and quotes as ASCII has them; words of dots alone (the
 * lines values are written on) left out; without marks also no diacritics. g_free. */
char *saoy_bench_normal(const char *text, bool marks);
/* Of letters with the spaces between words, or of words. Both normal; at most 20,000
 * letters are looked at, more read count as so many edits. */
SaoyEdits saoy_bench_letters(const char *truth, const char *read);
SaoyEdits saoy_bench_words(const char *truth, const char *read);

/* One engine on one page. */
typedef struct {
    bool ran;
    double cpu_s;
    SaoyEdits letters, words, plain_letters, plain_words;
} SaoyBenchText;

/* Against the lines by rows and the lines block by block, whichever is nearer: a head of
 * two columns may be read in both ways. */
void saoy_bench_compare(const SaoyBenchPage *page, const char *read, SaoyBenchText *out);

enum { SAOY_PEER_TESSERACT, SAOY_PEER_OCRMYPDF, SAOY_PEER_N };

typedef struct {
    const SaoyBenchPage *page;
    bool failed; /* no page was seen in it, or nothing could be read */
    double clean_s, read_s, encode_s, facts_s;
    size_t bytes;
    int quality;
    SaoyPageReport report;
    const char *kind; /* as it was read */
    bool kind_right;
    unsigned fields, fields_right, fields_more; /* true, given as they are, given besides */
    GPtrArray *wrong;                           /* fields in words, owned */
    GPtrArray *rules;                           /* of the flags, each once; static */
    bool altered;                               /* a flag of ground 1 among them */
    SaoyBenchText ours, peers[SAOY_PEER_N];
} SaoyBenchRow;

/* The kind and the fields against the truth, and the flags. */
void saoy_bench_judge(SaoyBenchRow *row, const SaoyKind *kind, const GArray *fields,
                      const GArray *flags);

/* Text of a peer on a page, and the CPU seconds it took; g_free. Of a page with its truth
 * it is kept in FILE.<peer>.json and taken from there the next time: a peer does not change
 * when we do, and is slow. */
char *saoy_bench_peer_text(int peer, const SaoyBenchPage *page, double *out_cpu_s,
                           GError **error);

/* The quarter turns of cleaning undid those of the scan. */
bool saoy_bench_is_upright(const SaoyBenchRow *row);
/* Sentences about pages that were read badly, and kinds and fields that were wrong. */
SaoyJson *saoy_bench_wrong(const SaoyBenchRow *rows, size_t n);
/* Time, size and edits of each page: slices of a set can be put together from them. */
SaoyJson *saoy_bench_each(const SaoyBenchRow *rows, size_t n);
/* All figures of all rows. */
void saoy_bench_report(const SaoyBenchRow *rows, size_t n, SaoyJson *out);

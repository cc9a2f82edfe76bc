#include "verify-parts.h"

#include <string.h>

/* What another reader finds. When a table or a reference does not hold, readers go through
 * the bytes for "12 0 obj" and "trailer", in strings and streams too, and the last one of a
 * number wins. None may be found that no table lists: behind the signature anywhere, before
 * it between the listed things at least. */

enum { TABLE_HEAD = 512, MAX_HEADER = 64 };

typedef struct {
    SaoyCheck *check;
    GHashTable *own; /* offsets of the words that belong to the tables */
    size_t signed_end, strict_end;
} Scan;

typedef struct {
    size_t from, to;
} Span;

/* ---- what the tables know ---- */

static bool
is_line_end(uint8_t c)
{
    return c == '\n' || c == '\r';
}

/* To anybody: 0 and '\v' are blanks to some, the no-break space to readers in script. */
static bool
is_blank(uint8_t c)
{
    return g_ascii_isspace(c) || c == 0 || c == '\v' || c == 0xa0;
}

static size_t
skip_blanks(SaoyView all, size_t at)
{
    for (bool comment = false; at < all.size; at++) {
        comment = !is_line_end(all.data[at]) && (comment || all.data[at] == '%');
        if (!comment && !is_blank(all.data[at]))
            break;
    }
    return at;
}

static size_t
skip_digits(SaoyView all, size_t at)
{
    while (at < all.size && g_ascii_isdigit(all.data[at]))
        at++;
    return at;
}

static bool
has_word(SaoyView all, size_t at, const char *word)
{
    size_t length = strlen(word);

    return at <= all.size && all.size - at >= length &&
           memcmp(all.data + at, word, length) == 0;
}

static void
add_own(Scan *scan, size_t at, const char *word)
{
    if (has_word(scan->check->all, at, word))
        g_hash_table_add(scan->own, GSIZE_TO_POINTER(at));
}

static void
add_listed(Scan *scan)
{
    g_autoptr(GArray) places = saoy_pdf_places(scan->check->pdf);
    SaoyView all = scan->check->all;

    for (guint i = 0; i < places->len; i++) {
        size_t place = MIN(g_array_index(places, size_t, i), all.size);
        SaoyView header = { all.data + place, MIN(all.size - place, (size_t)MAX_HEADER) };
        size_t at = skip_blanks(header, 0);

        at = skip_blanks(header, skip_digits(header, at));
        at = skip_blanks(header, skip_digits(header, at));
        add_own(scan, place + at, "obj");
    }
}

/* Where the comment begins that ends at `end`, if it may be one: with a number or nothing
 * in front of it; else `end`. */
static size_t
before_comment(SaoyView all, size_t end)
{
    size_t line = end;

    while (line > 0 && !is_line_end(all.data[line - 1]))
        line--;
    for (size_t at = line; at < end; at++) {
        size_t front = at;

        if (all.data[at] != '%')
            continue;
        while (front > line && is_blank(all.data[front - 1]))
            front--;
        if (front == line || g_ascii_isdigit(all.data[front - 1]))
            return at;
    }
    return end;
}

/* Back over blanks and comments. */
static size_t
skip_back(SaoyView all, size_t at)
{
    for (;;) {
        bool broken = false;

        for (; at > 0 && is_blank(all.data[at - 1]); at--)
            broken = broken || is_line_end(all.data[at - 1]);
        size_t comment = broken ? before_comment(all, at) : at;
        if (comment == at)
            return at;
        at = comment;
    }
}

/* A header is two numbers and the word, which some readers take without a blank in front:
 * "% the objects" is none. *number: the first, INT64_MAX when it is longer. */
static bool
is_header(SaoyView all, size_t obj, int64_t *number)
{
    size_t at = obj;

    for (int i = 0; i < 2; i++) {
        size_t end = skip_back(all, at), start = end;

        while (start > 0 && g_ascii_isdigit(all.data[start - 1]))
            start--;
        if (start == end || (i == 1 && end == at))
            return false;
        at = start > 0 && (all.data[start - 1] == '+' || all.data[start - 1] == '-')
                 ? start - 1
                 : start;
        *number = 0;
        for (; start < end; start++)
            *number =
                *number < INT64_MAX / 16 ? *number * 10 + all.data[start] - '0' : INT64_MAX;
    }
    return true;
}

/* A table stream need not list itself, if no other object has its number. */
static void
add_table(Scan *scan, const SaoyPdfValue *trailer)
{
    SaoyPdf *pdf = scan->check->pdf;
    SaoyView all = scan->check->all;
    bool is_stream = trailer->type == SAOY_PDF_STREAM;
    size_t length = is_stream ? 3 : 7, at = skip_back(all, trailer->at);
    int64_t number = 0;

    if (trailer->at == 0 || at < length)
        return;
    if (!is_stream)
        add_own(scan, at - length, "trailer");
    else if (is_header(all, at - length, &number) &&
             saoy_pdf_object_written_in(pdf, saoy_pdf_revisions(pdf) - 1, number) < 0)
        add_own(scan, at - length, "obj");
}

/* ---- words that belong to nothing ---- */

/* The tables of a linearized file's two halves are objects no table needs to list. */
static bool
is_table(SaoyView all, size_t at)
{
    return memmem(all.data + at, MIN(all.size - at, (size_t)TABLE_HEAD), "/XRef", 5) !=
           NULL;
}

static bool
hides_object(const Scan *scan, Span span, size_t *out)
{
    SaoyView all = scan->check->all;
    const uint8_t *at = all.data + span.from, *end = all.data + span.to;
    int64_t number = 0;

    for (; (at = memmem(at, (size_t)(end - at), "obj", 3)) != NULL; at += 3) {
        size_t where = (size_t)(at - all.data);

        if (g_hash_table_contains(scan->own, GSIZE_TO_POINTER(where)) ||
            !is_header(all, where, &number) ||
            (where < scan->signed_end && is_table(all, where)))
            continue;
        *out = where;
        return true;
    }
    return false;
}

/* Nothing of ours says trailer or xref in passing; another's text may. */
static bool
hides_word(const Scan *scan, Span span, const char *word, size_t *out)
{
    SaoyView all = scan->check->all;
    const uint8_t *at = all.data + span.from, *end = all.data + span.to;
    size_t length = strlen(word);

    for (; (at = memmem(at, (size_t)(end - at), word, length)) != NULL; at += length) {
        size_t where = (size_t)(at - all.data);

        if (!g_hash_table_contains(scan->own, GSIZE_TO_POINTER(where)) &&
            (where >= scan->strict_end ? is_blank(at[-1]) : is_line_end(at[-1]))) {
            *out = where;
            return true;
        }
    }
    return false;
}

/* ---- gaps ---- */

static int
by_start(const void *a, const void *b)
{
    const Span *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

static void
add_value(const SaoyPdfValue *value, GArray *spans)
{
    Span span = { value->at, value->end };

    if (value->at > 0)
        g_array_append_val(spans, span);
}

/* Every object any revision wrote, and the trailers. Where nothing is signed, this is also
 * where the first object that cannot be read is named. */
static GArray *
collect_spans(SaoyCheck *check)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(Span));
    size_t n = saoy_pdf_revisions(check->pdf);
    bool named = check->n_marks > 0;

    for (size_t r = 0; r < n; r++) {
        g_autoptr(GArray) numbers = saoy_pdf_listed(check->pdf, r);

        for (guint i = 0; i < numbers->len && saoy_check_spend(check, SAOY_LOOK_UP); i++) {
            int64_t number = g_array_index(numbers, int64_t, i);
            const SaoyPdfValue *value = saoy_pdf_object(check->pdf, r, number, NULL);

            if (value != NULL)
                add_value(value, spans);
            else if (!named)
                saoy_found(check, SAOY_FOUND_OBJECT_UNREADABLE, number, 0);
            named = named || value == NULL;
        }
        if (saoy_pdf_trailer(check->pdf, r) != NULL)
            add_value(saoy_pdf_trailer(check->pdf, r), spans);
    }
    g_array_sort(spans, by_start);
    return spans;
}

/* Whether it failed. */
static bool
check_gaps(Scan *scan)
{
    g_autoptr(GArray) spans = collect_spans(scan->check);
    size_t at = 0, where = 0, size = scan->check->all.size;
    bool hidden = false;

    for (guint i = 0; i <= spans->len; i++) {
        Span span = i < spans->len ? g_array_index(spans, Span, i) : (Span){ size, size };
        Span gap = { at, span.from };

        at = MAX(at, span.to);
        if (gap.to <= gap.from || !hides_object(scan, gap, &where))
            continue;
        if (where >= scan->signed_end) {
            saoy_found(scan->check, SAOY_FOUND_OBJECT_UNLISTED, 0, where);
            return true;
        }
        if (!hidden)
            saoy_found(scan->check, SAOY_FOUND_OBJECT_HIDDEN, 0, where);
        hidden = true;
    }
    return false;
}

/* Where nothing binds what may follow, a text of good faith may look like an object. */
static void
check_later_bytes(Scan *scan)
{
    Span later = { scan->signed_end, scan->check->all.size };
    size_t where = 0;

    if (later.from >= later.to || (!hides_object(scan, later, &where) &&
                                   !hides_word(scan, later, "trailer", &where) &&
                                   !hides_word(scan, later, "xref", &where)))
        return;
    saoy_found(scan->check,
               where >= scan->strict_end ? SAOY_FOUND_OBJECT_UNLISTED
                                         : SAOY_FOUND_OBJECT_HIDDEN,
               0, where);
}

void
saoy_layout_gaps(SaoyCheck *check, size_t signed_end)
{
    g_autoptr(GHashTable) own = g_hash_table_new(g_direct_hash, g_direct_equal);
    Scan scan = { check, own, signed_end, saoy_strict_end(check, NULL) };

    add_listed(&scan);
    for (size_t r = 0; r < saoy_pdf_revisions(check->pdf); r++) {
        add_own(&scan, saoy_pdf_revision_start(check->pdf, r), "xref");
        if (saoy_pdf_trailer(check->pdf, r) != NULL)
            add_table(&scan, saoy_pdf_trailer(check->pdf, r));
    }
    if (!check_gaps(&scan))
        check_later_bytes(&scan);
}

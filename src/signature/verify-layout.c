#include "verify-parts.h"

#include <string.h>

/* Where bytes lie. A cross-reference table of the signed revision may point anywhere in the
 * file, also behind the signed bytes or into the signature's own hole: nothing it points to
 * may be there. And between what the tables list may be nothing another reader could find.
 */

enum { HEADER_MAX = 32, TABLE_HEAD = 512, MAX_LOOKS = 8000000 };

static bool
lies_within(const SaoyMark *mark, const SaoyPdfValue *value)
{
    size_t end = mark->range[2] + mark->range[3];

    if (value->at == 0)
        return true; /* in an object stream, which is looked at as an object of its own */
    if (value->end > end)
        return false;
    if (value->at >= mark->range[2] || value->end <= mark->range[1])
        return true;
    /* the one object around the hole is the signature dictionary */
    return value == mark->place.dict ||
           (value->at < mark->range[1] && value->end > mark->range[2] &&
            value->type == SAOY_PDF_DICT);
}

/* Looks that the whole check may take: files made to be slow are said to be too complex. */
static bool
spend(SaoyCheck *check, size_t looks)
{
    bool was_left = check->looks <= MAX_LOOKS;

    check->looks += looks;
    if (check->looks <= MAX_LOOKS)
        return true;
    if (was_left)
        saoy_found(check, SAOY_FOUND_TOO_COMPLEX, 0, 0);
    return false;
}

/* One revision's own objects as the signed revision sees them; false ends the search. */
static bool
check_listed(SaoyCheck *check, const SaoyMark *mark, size_t revision)
{
    g_autoptr(GArray) numbers = saoy_pdf_listed(check->pdf, revision);

    if (!spend(check, numbers->len))
        return false;
    for (guint i = 0; i < numbers->len; i++) {
        int64_t n = g_array_index(numbers, int64_t, i);
        const SaoyPdfValue *value =
            n > 0 ? saoy_pdf_object(check->pdf, mark->revision, n, NULL) : NULL;

        if (n > 0 && value == NULL) {
            saoy_found(check, SAOY_FOUND_OBJECT_UNREADABLE, n, 0);
            return false;
        }
        if (n > 0 && !lies_within(mark, value)) {
            saoy_found(check, SAOY_FOUND_OBJECT_OUTSIDE, n, value->at);
            return false;
        }
    }
    return true;
}

void
saoy_layout_check(SaoyCheck *check, const SaoyMark *mark)
{
    for (size_t r = 0; r <= mark->revision; r++)
        if (!check_listed(check, mark, r))
            return;
}

/* ---- gaps ---- */

typedef struct {
    size_t from, to;
} Span;

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

        for (guint i = 0; i < numbers->len && spend(check, 1); i++) {
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

/* Listed, though perhaps unreadable: its header, "12 0 ", stands right in front. */
static bool
is_listed(const GArray *places, size_t obj)
{
    size_t low = 0, high = places->len;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (g_array_index(places, size_t, middle) < obj)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && obj - g_array_index(places, size_t, low - 1) <= HEADER_MAX;
}

/* The tables of a linearized file's two halves are objects no table needs to list. */
static bool
is_table(SaoyView all, size_t at)
{
    return memmem(all.data + at, MIN(all.size - at, (size_t)TABLE_HEAD), "/XRef", 5) !=
           NULL;
}

/* Goes back over blanks; whether over a line's end. */
static bool
skip_back(SaoyView all, size_t from, size_t *at)
{
    bool broken = false;

    for (; *at > from && (g_ascii_isspace(all.data[*at - 1]) || all.data[*at - 1] == 0);
         --*at)
        broken = broken || all.data[*at - 1] == '\n' || all.data[*at - 1] == '\r';
    return broken;
}

/* A header is two numbers and the word: "% the objects" in a comment is none. Across the
 * end of a line a comment may hide the number: then it may be one. */
static bool
is_header(SaoyView all, size_t from, size_t obj)
{
    for (int i = 0; i < 2; i++) {
        if (skip_back(all, from, &obj))
            return true;
        if (obj == from || !g_ascii_isdigit(all.data[obj - 1]))
            return false;
        while (obj > from && g_ascii_isdigit(all.data[obj - 1]))
            obj--;
    }
    return true;
}

/* The bytes between two listed things hold headers and tables. An "obj" whose value is not
 * listed starts inside the gap and does not end with it. */
static bool
hides_object(const SaoyCheck *check, const GArray *places, Span gap, size_t signed_end,
             size_t *out)
{
    const uint8_t *start = check->all.data, *at = start + gap.from, *end = start + gap.to;

    for (; (at = memmem(at, (size_t)(end - at), "obj", 3)) != NULL; at += 3) {
        const uint8_t *rest = at + 3;
        size_t where = (size_t)(at - start);

        if (where == gap.from || !g_ascii_isspace(at[-1]) || is_listed(places, where) ||
            !is_header(check->all, gap.from, where))
            continue;
        while (rest < end && (g_ascii_isspace(*rest) || *rest == 0))
            rest++;
        if (rest == end || (where < signed_end && is_table(check->all, where)))
            continue;
        *out = where;
        return true;
    }
    return false;
}

void
saoy_layout_gaps(SaoyCheck *check, size_t signed_end)
{
    g_autoptr(GArray) spans = collect_spans(check);
    g_autoptr(GArray) places = saoy_pdf_places(check->pdf);
    size_t at = 0, where = 0;
    bool hidden = false;

    for (guint i = 0; i <= spans->len; i++) {
        Span span = i < spans->len ? g_array_index(spans, Span, i)
                                   : (Span){ check->all.size, check->all.size };
        Span gap = { at, span.from };

        at = MAX(at, span.to);
        if (gap.to <= gap.from || !hides_object(check, places, gap, signed_end, &where))
            continue;
        if (where >= signed_end) {
            saoy_found(check, SAOY_FOUND_OBJECT_UNLISTED, 0, where);
            return;
        }
        if (!hidden)
            saoy_found(check, SAOY_FOUND_OBJECT_HIDDEN, 0, where);
        hidden = true;
    }
}

#include "verify-parts.h"

#include <string.h>

/* What stands behind one of our copies, or behind another's certification, byte by byte:
 * objects of the revision, its table, its end, and so on (ISO 32000-1, 7.5). A comment in
 * front of the table, a number in front of an object, a thousand blanks behind the end are
 * no matter to one reader and make the next one put the file together anew. */

enum { MAX_BLANKS = 512, LINE = 20 }; /* readers look for the end in the last 1,024 bytes */

typedef struct {
    const SaoyCheck *check;
    SaoyView all;
    GHashTable *places; /* that the tables name */
    size_t at, revision;
    size_t table;  /* where this revision's table or table stream begins; 0: not yet */
    size_t packed; /* the first table stream or object stream; 0: none */
} Tail;

size_t
saoy_strict_end(const SaoyCheck *check, size_t *revision)
{
    const SaoyMark *first = NULL;

    for (size_t i = 0; i < check->n_marks; i++) {
        const SaoyMark *mark = &check->marks[i];

        if (mark->coverage != SAOY_COVERAGE_PARTIAL &&
            (check->sealed || mark->permission > 0) &&
            (first == NULL || mark->revision < first->revision))
            first = mark;
    }
    if (first == NULL)
        return SIZE_MAX;
    if (revision != NULL)
        *revision = first->revision;
    return first->range[2] + first->range[3];
}

/* ---- small steps ---- */

static uint8_t
peek(const Tail *tail)
{
    return tail->at < tail->all.size ? tail->all.data[tail->at] : 0;
}

static void
skip_blanks(Tail *tail)
{
    while (tail->at < tail->all.size && (g_ascii_isspace(peek(tail)) || peek(tail) == 0))
        tail->at++;
}

static bool
take_word(Tail *tail, const char *word)
{
    size_t length = strlen(word);

    if (tail->all.size - tail->at < length ||
        memcmp(tail->all.data + tail->at, word, length) != 0)
        return false;
    tail->at += length;
    return true;
}

static bool
take_line_end(Tail *tail)
{
    return take_word(tail, "\r\n") || take_word(tail, "\n") || take_word(tail, "\r");
}

/* No sign, no zeros in front. */
static bool
take_number(Tail *tail, int64_t *out)
{
    size_t start = tail->at;

    for (*out = 0; g_ascii_isdigit(peek(tail)) && tail->at - start < 12; tail->at++)
        *out = *out * 10 + peek(tail) - '0';
    return tail->at > start && (tail->all.data[start] != '0' || tail->at == start + 1);
}

/* Of words only, and not one of those that say something: "%%EOF", "%PDF-1.7". */
static bool
take_comment(Tail *tail)
{
    if (peek(tail) != '%' || take_word(tail, "%%") || take_word(tail, "%PDF"))
        return false;
    while (peek(tail) >= ' ' && peek(tail) <= '~')
        tail->at++;
    return take_line_end(tail);
}

static void
skip_between(Tail *tail)
{
    do
        skip_blanks(tail);
    while (take_comment(tail));
}

/* ---- the parts of a revision ---- */

/* The table stream need not list itself. */
static const SaoyPdfValue *
value_of(const Tail *tail, int64_t number, int64_t generation)
{
    SaoyPdf *pdf = tail->check->pdf;
    const SaoyPdfValue *trailer = saoy_pdf_trailer(pdf, tail->revision);
    int written = saoy_pdf_object_written_in(pdf, tail->revision, number);
    bool listed = written == (int)tail->revision &&
                  saoy_pdf_object_generation(pdf, tail->revision, number) == generation;

    if (listed)
        return saoy_pdf_object(pdf, tail->revision, number, NULL);
    return written < 0 && trailer->type == SAOY_PDF_STREAM ? trailer : NULL;
}

static bool
take_object(Tail *tail)
{
    const SaoyPdfValue *value = NULL;
    size_t start = tail->at;
    uint8_t before = tail->all.data[start - 1];
    int64_t number = 0, generation = 0;

    if ((before != '\n' && before != '\r') || !take_number(tail, &number) ||
        !take_word(tail, " ") || !take_number(tail, &generation) ||
        !take_word(tail, " obj"))
        return false;
    skip_blanks(tail);
    value = value_of(tail, number, generation);
    if (value == NULL || value->at != tail->at)
        return false;
    if (value->at == saoy_pdf_trailer(tail->check->pdf, tail->revision)->at)
        tail->table = start;
    else if (!g_hash_table_contains(tail->places, GSIZE_TO_POINTER(start)))
        return false;
    if (tail->packed == 0 && saoy_pdf_is_container(value))
        tail->packed = start;
    tail->at = value->end;
    skip_blanks(tail);
    return take_word(tail, "endobj") && take_line_end(tail);
}

static bool
take_line(Tail *tail)
{
    static const char form[] = "dddddddddd ddddd ";
    const uint8_t *line = tail->all.data + tail->at;

    if (tail->all.size - tail->at < LINE)
        return false;
    for (size_t i = 0; i < sizeof form - 1; i++)
        if (form[i] == 'd' ? !g_ascii_isdigit(line[i]) : line[i] != form[i])
            return false;
    tail->at += LINE;
    return (line[17] == 'n' || line[17] == 'f') &&
           (memcmp(line + 18, " \n", 2) == 0 || memcmp(line + 18, " \r", 2) == 0 ||
            memcmp(line + 18, "\r\n", 2) == 0);
}

static bool
take_table(Tail *tail)
{
    const SaoyPdfValue *trailer = saoy_pdf_trailer(tail->check->pdf, tail->revision);
    int64_t first = 0, count = 0;

    tail->table = tail->at;
    if (!take_word(tail, "xref") || !take_line_end(tail))
        return false;
    while (!take_word(tail, "trailer")) {
        if (!take_number(tail, &first) || !take_word(tail, " ") ||
            !take_number(tail, &count))
            return false;
        take_word(tail, " ");
        if (!take_line_end(tail))
            return false;
        while (count-- > 0)
            if (!take_line(tail))
                return false;
    }
    skip_blanks(tail);
    if (trailer->type != SAOY_PDF_DICT || trailer->at != tail->at)
        return false;
    tail->at = trailer->end;
    return true;
}

static bool
is_number(const SaoyPdfValue *value, int64_t low, int64_t high)
{
    return value != NULL && value->type == SAOY_PDF_INT && value->number >= low &&
           value->number <= high;
}

/* Objects from /Size on are none to strict readers; to others it is wrong (7.5.5). */
static bool
has_right_numbers(const Tail *tail)
{
    SaoyPdf *pdf = tail->check->pdf;
    const SaoyPdfValue *trailer = saoy_pdf_trailer(pdf, tail->revision);
    const SaoyPdfValue *old =
        saoy_pdf_get_raw(saoy_pdf_trailer(pdf, tail->revision - 1), "Size");
    int64_t least = saoy_pdf_max_object(pdf, tail->revision) + 1;
    int64_t before = (int64_t)saoy_pdf_revision_start(pdf, tail->revision - 1);
    int64_t most =
        old != NULL && old->type == SAOY_PDF_INT ? MAX(old->number, least) : least;

    /* a table stream that does not list itself has a number too */
    most += trailer->type == SAOY_PDF_STREAM;
    return is_number(saoy_pdf_get_raw(trailer, "Size"), least, most) &&
           is_number(saoy_pdf_get_raw(trailer, "Prev"), before, before);
}

static bool
take_revision(Tail *tail)
{
    int64_t start = 0;

    tail->table = 0;
    skip_between(tail);
    while (g_ascii_isdigit(peek(tail)) && tail->table == 0) {
        if (!take_object(tail))
            return false;
        skip_between(tail);
    }
    if (tail->table == 0 && !take_table(tail))
        return false;
    skip_between(tail);
    if (!has_right_numbers(tail) || !take_word(tail, "startxref") || !take_line_end(tail) ||
        !take_number(tail, &start) || (size_t)start != tail->table ||
        !take_line_end(tail) || !take_word(tail, "%%EOF"))
        return false;
    tail->revision++;
    return take_line_end(tail) || tail->at == tail->all.size;
}

static void
check_blanks(SaoyCheck *check, size_t end)
{
    SaoyView all = check->all;
    const uint8_t *zero = memchr(all.data + end, 0, all.size - end);
    size_t at = end;

    while (at < all.size && (g_ascii_isspace(all.data[at]) || all.data[at] == 0))
        at++;
    if (at < all.size || at - end > MAX_BLANKS)
        saoy_found(check, SAOY_FOUND_TRAILING_BYTES, 0, MIN(at, all.size - 1));
    else if (zero != NULL)
        saoy_found(check, SAOY_FOUND_TRAILING_ZEROS, 0, (size_t)(zero - all.data));
}

static GHashTable *
collect_places(SaoyPdf *pdf)
{
    GHashTable *set = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autoptr(GArray) places = saoy_pdf_places(pdf);

    for (guint i = 0; i < places->len; i++)
        g_hash_table_add(set, GSIZE_TO_POINTER(g_array_index(places, size_t, i)));
    return set;
}

bool
saoy_tail_check(SaoyCheck *check)
{
    g_autoptr(GHashTable) places = collect_places(check->pdf);
    size_t revision = 0, end = saoy_strict_end(check, &revision);
    size_t n = saoy_pdf_revisions(check->pdf);
    Tail tail = { .check = check, .all = check->all, .places = places };

    if (end == SIZE_MAX)
        return false;
    tail.at = MAX(end, saoy_pdf_revision_end(check->pdf, revision));
    tail.revision = revision + 1;
    while (tail.revision < n)
        if (!take_revision(&tail)) {
            saoy_found(check,
                       check->sealed ? SAOY_FOUND_STRUCTURE_BROKEN
                                     : SAOY_FOUND_STRUCTURE_DAMAGED,
                       0, tail.at);
            return true;
        }
    /* ours and our renewals have none; another's is lawful, and as good as its unpacking */
    if (check->sealed && tail.packed != 0)
        saoy_found(check, SAOY_FOUND_UPDATE_PACKED, 0, tail.packed);
    check_blanks(check, tail.at);
    return true;
}

#include "extent.h"
#include "label.h"
#include "value.h"

#include <string.h>

#define BELOW_HEIGHTS 2 /* a value under its label is no farther */
#define BELOW_RIGHT 12  /* and begins no farther to the right */
#define EDGE_WORDS 4    /* of a line that may show the right margin */
#define FLUSH_HEIGHTS 1
#define MOST_REST_OF_NAME 3

static int
right_of(const SaoyLine *line)
{
    SaoyBox last = line->words[line->n - 1].box;

    return last.x + last.w;
}

/* Where the next column or the next label begins: a line may hold two. */
static size_t
end_of_value(const SaoyKindRule *rule, const SaoyLine *line, size_t from)
{
    for (size_t i = from; i < line->n; i++)
        if ((i > from && saoy_line_gap(line, i)) || saoy_label_any(rule, line, i))
            return i;
    return line->n;
}

static bool
is_empty(const SaoyLine *line, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (!saoy_value_is_leader(line->words[i].text))
            return false;
    return true;
}

/* The nearest line under this one that reaches under the word; NULL: none. */
static const SaoyLine *
line_under(const GArray *lines, guint at, size_t word)
{
    const SaoyLine *line = &g_array_index(lines, SaoyLine, at);
    SaoyBox box = line->words[word].box;

    for (guint i = at + 1; i < lines->len; i++) {
        const SaoyLine *next = &g_array_index(lines, SaoyLine, i);

        if (next->top > line->top + (line->bottom - line->top) / 2 &&
            right_of(next) > box.x)
            return next;
    }
    return NULL;
}

/* Where a label begins of which only what stands behind its slash was known:
 * "Họ và tên / Full name". */
static size_t
start_of_label(const SaoyLine *line, size_t at)
{
    bool slash = strchr(line->words[at].text, '/') != NULL ||
                 (at > 0 && strchr(line->words[at - 1].text, '/') != NULL);

    return slash ? saoy_line_column(line, at) : at;
}

/* The column of the line that stands under the label, to the right bound of the label's
 * own; false: there is none, or it begins with another label. */
static bool
below(const SaoyKindRule *rule, const SaoyLine *label, size_t at, size_t next,
      const SaoyLine *line, size_t *out_from, size_t *out_end)
{
    int high = label->bottom - label->top, left = label->words[at].box.x - high;
    int right = next < label->n ? label->words[next].box.x - high / 2 : G_MAXINT;
    size_t from = 0, end = 0;

    if (line->top - label->bottom > BELOW_HEIGHTS * high)
        return false;
    while (at > 0 && from < line->n && line->words[from].box.x < left)
        from++;
    if (from == line->n || line->words[from].box.x > left + BELOW_RIGHT * high)
        return false;
    /* what counts a label stands left of it, the value under both: "2. Địa chỉ"; and a
     * label in the middle of the page heads the whole line */
    if (saoy_line_column(label, at) + 1 == at || saoy_line_column_end(label, 0) == label->n)
        from = saoy_line_column(line, from);
    for (end = from; end < line->n && line->words[end].box.x < right; end++)
        if (saoy_label_any(rule, line, end))
            break;
    *out_from = from;
    *out_end = end;
    return end > from;
}

/* Words that leave a place's name open: the rest stands on the next line. */
static bool
is_open(const char *word)
{
    static const char *const words[] = { "THANH", "TINH", "PHUONG", "XA",   "QUAN", "HUYEN",
                                         "THI",   "PHO",  "DUONG",  "SO",   "THON", "TO",
                                         "KHU",   "VIEN", "TRUONG", "NHAN", "VA" };
    g_autofree char *folded = saoy_line_fold(word);

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_equal(folded, words[i]))
            return true;
    return g_str_has_suffix(word, ",") || g_str_has_suffix(word, "-");
}

/* Whether two lines begin at one margin. */
static bool
is_flush(const SaoyLine *a, const SaoyLine *b)
{
    return ABS(a->words[0].box.x - b->words[0].box.x) <=
           FLUSH_HEIGHTS * (a->bottom - a->top);
}

/* The line had no room for the next word, as others that begin where it does show; and what
 * follows is its end: a short line. */
static bool
is_wrapped(const GArray *lines, const SaoyLine *line, const SaoyLine *next)
{
    int edge = 0, space = (line->bottom - line->top) / 3;

    for (guint i = 0; i < lines->len; i++) {
        const SaoyLine *other = &g_array_index(lines, SaoyLine, i);

        if (other->n >= EDGE_WORDS && is_flush(line, other))
            edge = MAX(edge, right_of(other));
    }
    return is_flush(line, next) && right_of(line) + space + next->words[0].box.w > edge &&
           right_of(next) < right_of(line) - (right_of(line) - line->words[0].box.x) / 5;
}

/* A name goes on in the next line when the line had no room for it, or one word alone
 * stands on it. */
static bool
name_goes_on(const GArray *lines, const SaoyLine *line, size_t words, const SaoyLine *next)
{
    if (next->n > MOST_REST_OF_NAME ||
        saoy_line_capitals(next->text) != saoy_line_capitals(line->words[line->n - 1].text))
        return false;
    return words == 1 || is_wrapped(lines, line, next);
}

static bool
goes_on(const SaoyFieldRule *field, const GArray *lines, const SaoyLine *line, size_t words,
        const SaoyLine *next)
{
    if (field->grammar != NULL || next->top - line->bottom > line->bottom - line->top ||
        next->words != line->words + line->n)
        return false;
    if (field->value == SAOY_VALUE_NAME)
        return name_goes_on(lines, line, words, next);
    return (field->value == SAOY_VALUE_TEXT || field->value == SAOY_VALUE_WORDS) &&
           (is_open(line->words[line->n - 1].text) ||
            g_unichar_islower(g_utf8_get_char(next->words[0].text)) ||
            is_wrapped(lines, line, next));
}

/* How many words of the next line go on with the value that ends this one. */
static size_t
rest_of(const SaoyKindRule *rule, const SaoyLine *next)
{
    size_t n = 0;

    if (saoy_label_opens(rule, next))
        return 0;
    while (n < next->n && !saoy_label_any(rule, next, n) &&
           (n == 0 || !saoy_line_gap(next, n)) &&
           !g_str_has_suffix(next->words[n].text, ":"))
        n++;
    return n == next->n ? n : 0; /* a label of another form: no rest of ours */
}

bool
saoy_extent_of(const SaoyKindRule *rule, const SaoyFieldRule *field, const GArray *lines,
               guint at, size_t label, size_t from, SaoyExtent *out)
{
    const SaoyLine *line = &g_array_index(lines, SaoyLine, at);
    size_t end = end_of_value(rule, line, from), rest = 0;

    if (is_empty(line, from, end)) {
        const SaoyLine *under = line_under(lines, at, label);

        label = start_of_label(line, label);
        if (under == NULL || !below(rule, line, label, end, under, &from, &end))
            return false;
        line = under;
        end = MIN(end, end_of_value(rule, line, from));
    }
    bool last = line == &g_array_index(lines, SaoyLine, lines->len - 1);
    if (end == line->n && end > from && !last &&
        goes_on(field, lines, line, end - from, line + 1))
        rest = rest_of(rule, line + 1);
    *out = (SaoyExtent){ line->words + from, end - from + rest, rest, line, from };
    return true;
}

#include "core/text.h"
#include "kinds.h"
#include "machine.h"
#include "value.h"

#include <string.h>

#define GAP_HEIGHTS 2.5 /* a wider gap in a line is the next column */
#define BELOW_HEIGHTS 2 /* a value under its label is no farther */
#define BELOW_RIGHT 12  /* and begins no farther to the right */
#define MOST_TAIL 7     /* words of a label that no rule knows */
#define MOST_TITLE 200
#define TITLE_CAPITALS 0.7
#define EDGE_WORDS 4 /* of a line that may show the right margin */
#define MOST_WORD 30u

void
saoy_field_clear(SaoyField *field)
{
    g_free((char *)field->name);
    g_free(field->value);
}

/* A letter may be misread in a long word, in a short one it makes another. */
static bool
same_word(const char *said, size_t m, const char *label, size_t n)
{
    size_t worst = n < 4 ? 0 : n < 7 ? 1 : 2;
    char a[MOST_WORD + 1], b[MOST_WORD + 1];

    if (m == n && strncmp(said, label, n) == 0)
        return n > 0;
    if (MAX(m, n) - MIN(m, n) > worst || MAX(m, n) > MOST_WORD || worst == 0)
        return false;
    g_strlcpy(a, said, m + 1);
    g_strlcpy(b, label, n + 1);
    return saoy_line_alike(a, b) >= 1 - (double)worst / (double)MAX(n, m);
}

/* "Nội," of "Hà Nội, ngày 10 tháng 11 năm 2025". */
static bool
is_place(const char *word)
{
    return (g_str_has_suffix(word, ",") || g_str_has_suffix(word, ".")) &&
           g_unichar_isupper(g_utf8_get_char(word));
}

/* How many words from i on say this label; 0: they do not. "SO/NO" may say one or two of
 * its words, and end it: "Ngày sinh/Date of birth". */
static size_t
label_at(const SaoyLine *line, size_t i, const char *label)
{
    bool behind_comma = label[0] == ',';
    const char *want = label + behind_comma;
    size_t n = 0;

    if (behind_comma && (i == 0 || !is_place(line->words[i - 1].text)))
        return 0;
    while (want[0] != '\0') {
        if (i + n >= line->n)
            return 0;
        for (const char *part = line->folds[i + n]; part[0] != '\0';
             part += strcspn(part, " "), part += part[0] == ' ') {
            if (want[0] == '\0' && part != line->folds[i + n] &&
                strchr(line->words[i + n].text, '/') != NULL)
                return n + 1;
            if (!same_word(part, strcspn(part, " "), want, strcspn(want, " ")))
                return 0;
            want += strcspn(want, " ");
            want += want[0] == ' ';
        }
        if (want[0] != '\0' && g_str_has_suffix(line->words[i + n].text, ":"))
            return 0; /* "tên: VÕ" is no "tên vợ" */
        n++;
    }
    return n;
}

/* A label of one word alone, as "Trường" is to the name Tường, says so with a colon. */
static bool
ends_value(const SaoyLine *line, size_t i, const char *label)
{
    if (strlen(label) <= 4 || label[0] == ',')
        return false;
    return label_at(line, i, label) > 0 &&
           (strchr(label, ' ') != NULL || g_str_has_suffix(line->words[i].text, ":"));
}

/* Any field's label, long enough not to stand in a value by chance. */
static bool
is_label(const SaoyKindRule *rule, const SaoyLine *line, size_t i)
{
    for (guint f = 0; f < rule->fields->len; f++) {
        const SaoyFieldRule *field = &g_array_index(rule->fields, SaoyFieldRule, f);

        for (size_t l = 0; field->labels[l] != NULL; l++)
            if (ends_value(line, i, field->labels[l]))
                return true;
    }
    return false;
}

static bool
is_gap(const SaoyLine *line, size_t i)
{
    const SaoyBox *box = &line->words[i].box, *last = &line->words[i - 1].box;

    return box->x - last->x - last->w > GAP_HEIGHTS * (line->bottom - line->top);
}

/* Where the next column or the next label begins: a line may hold two. */
static size_t
end_of_value(const SaoyKindRule *rule, const SaoyLine *line, size_t from)
{
    for (size_t i = from; i < line->n; i++) {
        if ((i > from && is_gap(line, i)) || is_label(rule, line, i))
            return i;
    }
    return line->n;
}

static void
add_field(GArray *fields, const char *name, char *value, unsigned page,
          const SaoyWord *words, size_t n)
{
    int confidence = 100;

    for (size_t i = 0; i < n; i++)
        confidence = MIN(confidence, words[i].confidence);
    SaoyField field = { g_strdup(name), value, page, saoy_words_box(words, n),
                        confidence / 100.0 };
    g_array_append_val(fields, field);
}

/* Behind what is still the label: "/ Full name:", "khai sinh:". */
static size_t
end_of_label(const SaoyLine *line, size_t from)
{
    const char *last = line->words[from - 1].text;
    bool slash = strchr(last, '/') != NULL;

    if (g_str_has_suffix(last, ":"))
        return from;
    for (size_t i = from; i < line->n && i < from + MOST_TAIL; i++) {
        const char *word = line->words[i].text;

        if (is_gap(line, i))
            return slash ? i : from;
        slash = slash || strchr(word, '/') != NULL;
        if (strpbrk(word, "0123456789") != NULL ||
            (!slash && !g_unichar_islower(g_utf8_get_char(word))))
            return from;
        if (g_str_has_suffix(word, ":"))
            return i + 1;
    }
    return slash && line->n < from + MOST_TAIL ? line->n : from;
}

static bool
is_empty(const SaoyLine *line, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (!saoy_value_is_leader(line->words[i].text))
            return false;
    return true;
}

/* The words of the line below that stand under the label, or under its column when the line
 * holds another; false: there are none, or it has a label of its own. */
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
    if (from < line->n && line->words[from].box.x > left + BELOW_RIGHT * high)
        return false;
    for (end = from; end < line->n && line->words[end].box.x < right; end++)
        if (is_label(rule, line, end))
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

static int
right_of(const SaoyLine *line)
{
    SaoyBox last = line->words[line->n - 1].box;

    return last.x + last.w;
}

/* The line had no room for the next word, and what follows is its end: a short line. */
static bool
is_wrapped(const GArray *lines, const SaoyLine *line, const SaoyLine *next)
{
    int edge = 0, space = (line->bottom - line->top) / 3;

    for (guint i = 0; i < lines->len; i++)
        if (g_array_index(lines, SaoyLine, i).n >= EDGE_WORDS)
            edge = MAX(edge, right_of(&g_array_index(lines, SaoyLine, i)));
    return right_of(line) + space + next->words[0].box.w > edge &&
           right_of(next) < right_of(line) - (right_of(line) - line->words[0].box.x) / 5;
}

/* How many words of the next line go on with the value that ends this one. */
static size_t
rest_of(const SaoyKindRule *rule, const GArray *lines, const SaoyLine *line,
        const SaoyLine *next)
{
    size_t n = 0;

    if (next->top - line->bottom > line->bottom - line->top ||
        next->words != line->words + line->n ||
        !(is_open(line->words[line->n - 1].text) ||
          g_unichar_islower(g_utf8_get_char(next->words[0].text)) ||
          is_wrapped(lines, line, next)))
        return 0;
    while (n < next->n && !is_label(rule, next, n) && (n == 0 || !is_gap(next, n)) &&
           !g_str_has_suffix(next->words[n].text, ":"))
        n++;
    return n == next->n ? n : 0; /* a label of another form: no rest of ours */
}

/* The nearest line under this one that stands under the word; NULL: none. */
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

/* The value behind the label, or under it when nothing stands behind it. */
static bool
take_value(const SaoyKindRule *rule, const SaoyFieldRule *field, const GArray *lines,
           guint at, size_t label, size_t from, unsigned page, GArray *fields)
{
    const SaoyLine *line = &g_array_index(lines, SaoyLine, at);
    size_t used = 0, end = end_of_value(rule, line, from), rest = 0;

    if (is_empty(line, from, end)) {
        const SaoyLine *under = line_under(lines, at, label);

        if (under == NULL || !below(rule, line, label, end, under, &from, &end))
            return false;
        line = under;
        end = MIN(end, end_of_value(rule, line, from));
    }
    bool last = line == &g_array_index(lines, SaoyLine, lines->len - 1);
    const SaoyLine *next = last ? NULL : line + 1;
    if (end == line->n && end > from && next != NULL && field->grammar == NULL &&
        (field->value == SAOY_VALUE_TEXT || field->value == SAOY_VALUE_WORDS))
        rest = rest_of(rule, lines, line, next);
    char *value = saoy_value_of(field->value, field->grammar, line->words + from,
                                end - from + rest, &used);
    if (value == NULL)
        return false;
    add_field(fields, field->name, value, page, line->words + from, MAX(used, 1));
    return true;
}

/* A label that is part of a longer one of another field: "ngày" of "Sinh ngày". */
static bool
is_part_of_label(const SaoyKindRule *rule, const SaoyFieldRule *own, const SaoyLine *line,
                 size_t at, size_t n)
{
    for (guint f = 0; f < rule->fields->len; f++) {
        const SaoyFieldRule *field = &g_array_index(rule->fields, SaoyFieldRule, f);

        for (size_t l = 0; field != own && field->labels[l] != NULL; l++)
            for (size_t i = at >= 4 ? at - 4 : 0; i <= at; i++) {
                size_t said = label_at(line, i, field->labels[l]);

                if (said > n && i + said >= at + n)
                    return true;
            }
    }
    return false;
}

static bool
find_in_line(const SaoyKindRule *rule, const SaoyFieldRule *field, const char *label,
             bool longer, const GArray *lines, guint at, unsigned page, GArray *fields)
{
    const SaoyLine *line = &g_array_index(lines, SaoyLine, at);

    for (size_t i = 0; i < line->n; i++) {
        size_t n = label_at(line, i, label);
        size_t from = n > 0 ? end_of_label(line, i + n) : 0;

        if (n > 0 && (from > i + n) == longer &&
            !is_part_of_label(rule, field, line, i, n) &&
            take_value(rule, field, lines, at, i, from, page, fields))
            return true;
    }
    return false;
}

/* Labels in the order of the rule: the surest stands first; all of them as they are, then
 * with more behind them, as "Địa chỉ" of "Địa chỉ thường trú:". */
static bool
find_field(const SaoyKindRule *rule, const SaoyFieldRule *field, const GArray *lines,
           unsigned page, GArray *fields)
{
    for (int longer = 0; longer < 2; longer++)
        for (size_t l = 0; field->labels[l] != NULL; l++)
            for (guint i = 0; i < lines->len; i++)
                if (find_in_line(rule, field, field->labels[l], longer != 0, lines, i, page,
                                 fields))
                    return true;
    return false;
}

/* One word of a title, with a letter misread; never a figure. */
static bool
is_title_word(const char *said, const char *known)
{
    if (g_str_equal(said, known))
        return true;
    return strlen(known) >= 3 && strpbrk(known, "0123456789") == NULL &&
           saoy_line_alike(said, known) >=
               1 - 1.0 / (double)MAX(strlen(known), strlen(said)) - 1e-9;
}

/* The next word of a title that is no sign; a sign before it goes to *out_sign. */
static const char *
next_word(char **want, size_t *at, const char **out_sign)
{
    *out_sign = NULL;
    for (; want[*at] != NULL; ++*at) {
        g_autofree char *folded = saoy_line_fold(want[*at]);

        if (folded[0] != '\0')
            return want[*at];
        *out_sign = want[*at];
    }
    return NULL;
}

/* One sign, or one letter that a sign was read as. */
static bool
is_sign(const char *text)
{
    g_autofree char *folded = saoy_line_fold(text);

    return folded[0] == '\0' || (g_utf8_strlen(text, -1) == 1 && !g_ascii_isdigit(text[0]));
}

static void
append(GString *out, const char *text, size_t n)
{
    g_string_append_printf(out, "%s%.*s", out->len > 0 ? " " : "", (int)n, text);
}

/* The words from i on say this title: as the kind spells it, a sign between them as read,
 * and what follows as read. NULL: they do not. */
static char *
spelt(const SaoyWord *words, size_t n, size_t i, const char *title)
{
    g_auto(GStrv) want = g_strsplit(title, " ", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    const char *sign = NULL;
    bool printed = false;
    size_t at = 0;

    for (; i < n; i++) {
        const char *known = next_word(want, &at, &sign);
        g_autofree char *said = saoy_line_fold(words[i].text);
        g_autofree char *folded = known != NULL ? saoy_line_fold(known) : NULL;
        bool same = known != NULL && is_title_word(said, folded);

        if (known == NULL &&
            (is_sign(words[i].text) || saoy_line_capitals(words[i].text) < TITLE_CAPITALS))
            break; /* what a stamp or a ground left behind it */
        if (!same && known != NULL && (at == 0 || !is_sign(words[i].text)))
            return NULL;
        if (!same) {
            bool printed_so =
                strpbrk(words[i].text, "-/") != NULL || g_str_equal(words[i].text, "–");
            const char *text = sign != NULL && !printed_so ? sign : words[i].text;

            append(out, text, strlen(text));
            printed = true;
            continue;
        }
        if (sign != NULL && !printed)
            append(out, sign, strlen(sign)); /* too fine to be read */
        append(out, known, strcspn(known, ",;"));
        g_string_append(out, g_str_has_suffix(words[i].text, ",") ? "," : "");
        printed = false;
        at++;
    }
    return next_word(want, &at, &sign) == NULL ? g_string_free(g_steal_pointer(&out), FALSE)
                                               : NULL;
}

/* A known title whose marks were misread is still known: "BANG CƯ NHAN"; what a stamp left
 * before it is no part of it. Takes value. */
static char *
with_marks(const SaoyKindRule *rule, const SaoyWord *words, size_t n, char *value)
{
    size_t most = 0;
    char *best = NULL;

    for (size_t i = 0; rule->titles[i] != NULL; i++)
        for (size_t from = 0; from < n; from++) {
            g_autofree char *text = spelt(words, n, from, rule->title_texts[i]);

            if (text == NULL || strlen(rule->titles[i]) <= most)
                continue;
            most = strlen(rule->titles[i]);
            g_free(best);
            best = saoy_text_clean(text, MOST_TITLE);
        }
    if (best == NULL)
        return value;
    g_free(value);
    return best;
}

static bool
find_title(const SaoyKindRule *rule, const SaoyFieldRule *field, const GArray *lines,
           unsigned page, GArray *fields)
{
    size_t line = 0, n = 0, used = 0;
    double score = 0;

    if (!saoy_kind_title(rule, lines, 0, &line, &n, &score))
        return false;
    const SaoyLine *first = &g_array_index(lines, SaoyLine, line);
    size_t words = 0;
    for (size_t i = 0; i < n; i++)
        words += first[i].n;
    char *value = saoy_value_of(SAOY_VALUE_TITLE, NULL, first->words, words, &used);
    if (value == NULL)
        return false;
    add_field(fields, field->name, with_marks(rule, first->words, words, value), page,
              first->words, words);
    return true;
}

const SaoyField *
saoy_field_find(const GArray *fields, const char *name)
{
    for (guint i = 0; fields != NULL && i < fields->len; i++) {
        const SaoyField *field = &g_array_index(fields, SaoyField, i);

        if (g_str_equal(field->name, name))
            return field;
    }
    return NULL;
}

/* What only a machine could read. */
static void
add_machine(const GArray *machine, const char *name, GArray *fields)
{
    const SaoyField *read = saoy_field_find(machine, name);

    if (read == NULL)
        return;
    SaoyField field = { g_strdup(name), g_strdup(read->value), read->page, read->box,
                        read->confidence };
    g_array_append_val(fields, field);
}

GArray *
saoy_fields_of(const SaoyKind *kind, const SaoyWords *pages, const SaoyPageFacts *facts,
               size_t n_pages)
{
    const SaoyKindRule *rule = saoy_kind_rule(kind);
    g_autoptr(GArray) machine = saoy_machine_fields(facts, n_pages);
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(SaoyField));

    g_array_set_clear_func(fields, (GDestroyNotify)saoy_field_clear);
    for (guint f = 0; rule != NULL && f < rule->fields->len; f++) {
        const SaoyFieldRule *field = &g_array_index(rule->fields, SaoyFieldRule, f);
        bool found = false;

        for (size_t p = 0; p < n_pages && !found; p++) {
            g_autoptr(GArray) lines = saoy_lines_of(&pages[p]);

            found = field->value == SAOY_VALUE_TITLE
                        ? find_title(rule, field, lines, (unsigned)p, fields)
                        : find_field(rule, field, lines, (unsigned)p, fields);
        }
        if (!found)
            add_machine(machine, field->name, fields);
    }
    return fields;
}

SaoyJson *
saoy_fields_to_json(const GArray *fields)
{
    SaoyJson *list = saoy_json_array();

    for (guint i = 0; fields != NULL && i < fields->len; i++) {
        const SaoyField *field = &g_array_index(fields, SaoyField, i);
        SaoyJson *item = saoy_json_object();

        saoy_json_set_string(item, "name", field->name);
        saoy_json_set_string(item, "value", field->value != NULL ? field->value : "");
        saoy_json_set_int(item, "page", field->page + 1);
        saoy_json_set(item, "box", saoy_box_to_json(field->box));
        saoy_json_set_real(item, "confidence", field->confidence);
        saoy_json_append(list, item);
    }
    return list;
}

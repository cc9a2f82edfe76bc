#include "kinds.h"
#include "machine.h"
#include "value.h"

#include <string.h>

#define GAP_HEIGHTS 2.5 /* a wider gap in a line is the next column */

void
saoy_field_clear(SaoyField *field)
{
    g_free((char *)field->name);
    g_free(field->value);
}

/* A letter may be misread in a long word, in a short one it makes another. */
static bool
same_word(const char *said, const char *label)
{
    size_t n = strlen(label);
    double worst = n < 4 ? 0 : n < 7 ? 1 : 2;

    return saoy_line_alike(said, label) >= 1 - worst / (double)MAX(n, strlen(said));
}

/* "Nội," of "Hà Nội, ngày 10 tháng 11 năm 2025". */
static bool
is_place(const char *word)
{
    return g_str_has_suffix(word, ",") && g_unichar_isupper(g_utf8_get_char(word));
}

/* How many words from i on say this label; 0: they do not. */
static size_t
label_at(const SaoyLine *line, size_t i, const char *label)
{
    bool behind_comma = label[0] == ',';
    g_auto(GStrv) want = g_strsplit(label + behind_comma, " ", -1);
    size_t n = 0, said = 0;

    if (behind_comma && (i == 0 || !is_place(line->words[i - 1].text)))
        return 0;

    while (want[said] != NULL) {
        if (i + n >= line->n)
            return 0;
        g_autofree char *folded = saoy_line_fold(line->words[i + n].text);
        g_auto(GStrv) parts = g_strsplit(folded, " ", -1);

        for (size_t k = 0; parts[k] != NULL && parts[k][0] != '\0'; k++, said++)
            if (want[said] == NULL || !same_word(parts[k], want[said]))
                return 0;
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

/* Where the next column or the next label begins: a line may hold two. */
static size_t
end_of_value(const SaoyKindRule *rule, const SaoyLine *line, size_t from)
{
    for (size_t i = from; i < line->n; i++) {
        const SaoyBox *box = &line->words[i].box,
                      *last = &line->words[i > 0 ? i - 1 : 0].box;
        bool gap = box->x - last->x - last->w > GAP_HEIGHTS * (line->bottom - line->top);

        if ((i > from && gap) || is_label(rule, line, i))
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

static bool
is_empty(const SaoyLine *line, size_t from)
{
    for (size_t i = from; i < line->n; i++)
        if (!saoy_value_is_leader(line->words[i].text))
            return false;
    return true;
}

/* The value behind the label, or on the line below when nothing stands behind it. */
static bool
take_value(const SaoyKindRule *rule, const SaoyFieldRule *field, const GArray *lines,
           guint at, size_t from, unsigned page, GArray *fields)
{
    const SaoyLine *line = &g_array_index(lines, SaoyLine, at);
    size_t used = 0;

    if (is_empty(line, from) && at + 1 < lines->len) {
        line = &g_array_index(lines, SaoyLine, at + 1);
        from = 0;
    }
    size_t end = end_of_value(rule, line, from);
    char *value =
        saoy_value_of(field->value, field->grammar, line->words + from, end - from, &used);
    if (value == NULL)
        return false;
    add_field(fields, field->name, value, page, line->words + from, MAX(used, 1));
    return true;
}

static bool
find_in_line(const SaoyKindRule *rule, const SaoyFieldRule *field, const char *label,
             const GArray *lines, guint at, unsigned page, GArray *fields)
{
    const SaoyLine *line = &g_array_index(lines, SaoyLine, at);

    for (size_t i = 0; i < line->n; i++) {
        size_t n = label_at(line, i, label);

        if (n > 0 && take_value(rule, field, lines, at, i + n, page, fields))
            return true;
    }
    return false;
}

/* Labels in the order of the rule: the surest stands first. */
static bool
find_field(const SaoyKindRule *rule, const SaoyFieldRule *field, const GArray *lines,
           unsigned page, GArray *fields)
{
    for (size_t l = 0; field->labels[l] != NULL; l++)
        for (guint i = 0; i < lines->len; i++)
            if (find_in_line(rule, field, field->labels[l], lines, i, page, fields))
                return true;
    return false;
}

/* The title, with a letter or two misread, or with something else before it. */
static bool
is_title(const char *folded, const char *title)
{
    size_t have = strlen(folded), want = strlen(title);

    if (have + 1 >= want && have <= want + 1)
        return saoy_line_alike(folded, title) >= 0.9;
    return have > want && folded[have - want - 1] == ' ' && g_str_has_suffix(folded, title);
}

/* A known title whose marks were misread is still known: "BANG CƯ NHAN"; what a stamp left
 * before it is no part of it. Takes value. */
static char *
with_marks(const SaoyKindRule *rule, char *value)
{
    g_autofree char *read = value;
    g_autofree char *folded = saoy_line_fold(value);

    for (size_t i = 0; rule->titles[i] != NULL; i++)
        if (is_title(folded, rule->titles[i]))
            return g_strdup(rule->title_texts[i]);
    return g_steal_pointer(&read);
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
    size_t words = first->n + (n == 2 ? first[1].n : 0);
    char *value = saoy_value_of(SAOY_VALUE_TITLE, NULL, first->words, words, &used);
    if (value == NULL)
        return false;
    add_field(fields, field->name, with_marks(rule, value), page, first->words, words);
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

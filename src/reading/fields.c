#include "kinds.h"
#include "value.h"

#include <string.h>

#define LABEL_ALIKE 0.8
#define MOST_LABEL_WORDS 8u

void
saoy_field_clear(SaoyField *field)
{
    g_free((char *)field->name);
    g_free(field->value);
}

/* How many words from i on say this label; 0: they do not. The first letter must be right:
 * a label is short, and one wrong letter of three is another word. */
static size_t
label_at(const SaoyLine *line, size_t i, const char *label)
{
    g_autoptr(GString) said = g_string_new(NULL);
    size_t best = 0;
    double most = LABEL_ALIKE;

    for (size_t n = 0; i + n < line->n && n < MOST_LABEL_WORDS; n++) {
        g_autofree char *folded = saoy_line_fold(line->words[i + n].text);

        if (folded[0] != '\0')
            g_string_append_printf(said, "%s%s", said->len > 0 ? " " : "", folded);
        double alike = saoy_line_alike(said->str, label);
        if (said->len > 0 && said->str[0] == label[0] && alike >= most &&
            (strlen(label) > 4 || alike == 1)) {
            most = alike + 0.001;
            best = n + 1;
        }
    }
    return best;
}

/* Where the next label of any field begins: a line may hold two. */
static size_t
end_of_value(const SaoyKindRule *rule, const SaoyLine *line, size_t from)
{
    for (size_t i = from; i < line->n; i++)
        for (guint f = 0; f < rule->fields->len; f++) {
            const SaoyFieldRule *field = &g_array_index(rule->fields, SaoyFieldRule, f);

            for (size_t l = 0; field->labels[l] != NULL; l++)
                if (strlen(field->labels[l]) > 4 && label_at(line, i, field->labels[l]) > 0)
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

/* The value behind the label, or alone on the line below it. */
static bool
take_value(const SaoyKindRule *rule, const SaoyFieldRule *field, const GArray *lines,
           guint at, size_t from, unsigned page, GArray *fields)
{
    const SaoyLine *line = &g_array_index(lines, SaoyLine, at);
    size_t end = end_of_value(rule, line, from), used = 0;
    char *value = saoy_value_of(field->value, line->words + from, end - from, &used);

    if (value == NULL && end == line->n && at + 1 < lines->len &&
        field->value != SAOY_VALUE_TEXT) {
        line = &g_array_index(lines, SaoyLine, at + 1);
        from = 0;
        end = end_of_value(rule, line, 0);
        value = saoy_value_of(field->value, line->words, end, &used);
    }
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
    char *value = saoy_value_of(SAOY_VALUE_TITLE, first->words, words, &used);
    if (value == NULL)
        return false;
    add_field(fields, field->name, value, page, first->words, words);
    return true;
}

GArray *
saoy_fields_of(const SaoyKind *kind, const SaoyWords *pages, size_t n_pages)
{
    const SaoyKindRule *rule = saoy_kind_rule(kind);
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
    }
    return fields;
}

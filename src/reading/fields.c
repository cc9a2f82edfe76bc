#include "core/text.h"
#include "extent.h"
#include "kinds.h"
#include "label.h"
#include "machine.h"
#include "title.h"
#include "value.h"

#include <string.h>

/* One page of the paper, and what is asked of it. */
typedef struct {
    const SaoyKindRule *rule;
    GArray *lines, *columns;
    SaoyTitle title; /* n 0: it has none */
    unsigned number; /* from 0 */
} Page;

void
saoy_field_clear(SaoyField *field)
{
    g_free((char *)field->name);
    g_free(field->value);
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

/* How sure a place must be to be taken, the surest first. */
typedef enum {
    STRICT, /* the label as the rule has it; a date of issue fills its column */
    LONGER, /* more words in the label, as "Địa chỉ" of "Địa chỉ thường trú:" */
    LOOSE,
    N_PASSES
} Pass;

/* A label that finds its value by where it stands is sure when nothing follows. */
static bool
is_strict(const SaoyLabel *label)
{
    return label->where == SAOY_LABEL_PLACE || label->where == SAOY_LABEL_COLUMN;
}

static bool
take_value(const Page *page, const SaoyFieldRule *field, const SaoyExtent *extent,
           bool whole, GArray *fields)
{
    size_t used = 0;
    char *value =
        saoy_value_of(field->value, field->grammar, extent->words, extent->n, &used);
    size_t end = saoy_line_column_end(extent->line, extent->from) - extent->from;

    if (value == NULL)
        return false;
    if (whole && used < end) {
        g_free(value);
        return false;
    }
    add_field(fields, field->name, value, page->number, extent->words, MAX(used, 1));
    return true;
}

/* A label is no part of the title, nor of another field's label. */
static bool
is_own_label(const Page *page, const SaoyFieldRule *field, const SaoyLine *line, size_t i,
             size_t n)
{
    if (saoy_title_has(&page->title, &line->words[i]) &&
        saoy_line_capitals(line->words[i].text) == 1)
        return false;
    return !saoy_label_is_part(page->rule, field, line, i, n);
}

static bool
find_at(const Page *page, const SaoyFieldRule *field, const SaoyLabel *label, Pass pass,
        guint at, size_t i, GArray *fields)
{
    const SaoyLine *line = &g_array_index(page->lines, SaoyLine, at);
    size_t n = saoy_label_at(line, i, label);
    size_t from = n > 0 ? saoy_label_end(line, i + n) : 0;
    SaoyExtent extent = { 0 };

    if (n == 0 || (is_strict(label) ? pass == LONGER : (from > i + n) != (pass == LONGER)))
        return false;
    return is_own_label(page, field, line, i, n) &&
           saoy_extent_of(page->rule, field, page->lines, at, i, from, &extent) &&
           take_value(page, field, &extent, is_strict(label) && pass == STRICT, fields);
}

/* A value that stands alone in its column and has the grammar of its field. */
static bool
find_alone(const Page *page, const SaoyFieldRule *field, guint at, size_t i, GArray *fields)
{
    const SaoyLine *line = &g_array_index(page->lines, SaoyLine, at);
    SaoyExtent extent = { line->words + i, saoy_line_column_end(line, i) - i, 0, line, i };

    return field->grammar != NULL && saoy_line_column(line, i) == i &&
           take_value(page, field, &extent, true, fields);
}

static bool
find_label(const Page *page, const SaoyFieldRule *field, const SaoyLabel *label, Pass pass,
           GArray *fields)
{
    for (guint at = 0; at < page->lines->len; at++) {
        const SaoyLine *line = &g_array_index(page->lines, SaoyLine, at);

        for (size_t i = 0; i < line->n; i++)
            if (label->where == SAOY_LABEL_ALONE
                    ? pass == LOOSE && find_alone(page, field, at, i, fields)
                    : find_at(page, field, label, pass, at, i, fields))
                return true;
    }
    return false;
}

/* Labels in the order of the rule: the surest stands first; all of them as they are, then
 * with more behind them. */
static bool
find_field(const Page *page, const SaoyFieldRule *field, GArray *fields)
{
    for (Pass pass = STRICT; pass < N_PASSES; pass++)
        for (const SaoyLabel *label = field->labels; label->text != NULL; label++)
            if ((pass != LOOSE || label->where >= SAOY_LABEL_PLACE) &&
                find_label(page, field, label, pass, fields))
                return true;
    return false;
}

static bool
find_title(const Page *page, const SaoyFieldRule *field, GArray *fields)
{
    SaoyBox box = { 0 };
    int confidence = 0;

    if (page->title.n == 0)
        return false;
    char *text = saoy_title_text(page->rule, &page->title, &box, &confidence);
    if (text == NULL)
        return false;
    SaoyField title = { g_strdup(field->name), text, page->number, box,
                        confidence / 100.0 };
    g_array_append_val(fields, title);
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

static void
page_clear(Page *page)
{
    g_clear_pointer(&page->columns, g_array_unref);
    g_clear_pointer(&page->lines, g_array_unref);
}

static GArray *
pages_of(const SaoyKindRule *rule, const SaoyWords *words, size_t n)
{
    GArray *pages = g_array_new(FALSE, FALSE, sizeof(Page));

    g_array_set_clear_func(pages, (GDestroyNotify)page_clear);
    for (size_t p = 0; p < n; p++) {
        Page page = { .rule = rule, .number = (unsigned)p };

        page.lines = saoy_lines_of(&words[p]);
        page.columns = saoy_columns_of(page.lines);
        if (!saoy_kind_title(rule, page.columns, 0, &page.title))
            page.title.n = 0;
        g_array_append_val(pages, page);
    }
    return pages;
}

/* The first page that has it. */
static bool
find_in_pages(const GArray *pages, const SaoyFieldRule *field, GArray *fields)
{
    for (guint p = 0; p < pages->len; p++) {
        const Page *page = &g_array_index(pages, Page, p);

        if (field->value == SAOY_VALUE_TITLE ? find_title(page, field, fields)
                                             : find_field(page, field, fields))
            return true;
    }
    return false;
}

GArray *
saoy_fields_of(const SaoyKind *kind, const SaoyWords *words, const SaoyPageFacts *facts,
               size_t n_pages)
{
    const SaoyKindRule *rule = saoy_kind_rule(kind);
    g_autoptr(GArray) machine = saoy_machine_fields(facts, n_pages);
    g_autoptr(GArray) pages = rule != NULL ? pages_of(rule, words, n_pages) : NULL;
    GArray *fields = g_array_new(FALSE, FALSE, sizeof(SaoyField));

    g_array_set_clear_func(fields, (GDestroyNotify)saoy_field_clear);
    for (guint f = 0; rule != NULL && f < rule->fields->len; f++) {
        const SaoyFieldRule *field = &g_array_index(rule->fields, SaoyFieldRule, f);

        if (!find_in_pages(pages, field, fields))
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

#pragma once
/* One field asked of a paper of text. */
#include "paper.h"
#include "reading/reading.h"

static inline const char *
value_of(const GArray *fields, const char *name)
{
    for (guint i = 0; i < fields->len; i++)
        if (g_str_equal(g_array_index(fields, SaoyField, i).name, name))
            return g_array_index(fields, SaoyField, i).value;
    return NULL;
}

static inline void
assert_field(const char *kind, const char *text, const char *name, const char *value)
{
    g_auto(SaoyWords) words = page_of(text);
    g_autoptr(GArray) fields = saoy_fields_of(saoy_kind_find(kind), &words, NULL, 1);

    g_assert_cmpstr(value_of(fields, name), ==, value);
}

#include "web.h"

#include <gio/gio.h>
#include <string.h>

#define DEPTH_MAX 12

GResource *saoy_hub_files_get_resource(void);

/* The objects we are inside of, innermost last. */
typedef struct {
    const SaoyJson *at[DEPTH_MAX];
    size_t n;
} Scope;

static void fill(GString *out, const char *text, const char *end, Scope *scope);

char *
saoy_web_file(const char *path)
{
    g_autofree char *name = g_strconcat("/saoy/hub/", path, NULL);
    g_autoptr(GBytes) bytes = g_resource_lookup_data(saoy_hub_files_get_resource(), name,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

    g_assert(bytes != NULL);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static const SaoyJson *
look_up(const Scope *scope, const char *key)
{
    if (g_str_equal(key, "."))
        return scope->at[scope->n - 1];
    for (size_t i = scope->n; i > 0; i--) {
        const SaoyJson *found = saoy_json_member(scope->at[i - 1], key);

        if (found != NULL)
            return found;
    }
    return NULL;
}

static bool
is_list(const SaoyJson *value)
{
    return saoy_json_length(value) > 0; /* an empty one is nothing, and never gets here */
}

/* true, false, null, numbers and text as the printed JSON says: enough to tell them apart.
 */
static bool
is_something(const SaoyJson *value)
{
    if (value == NULL)
        return false;
    if (saoy_json_text(value) != NULL)
        return saoy_json_text(value)[0] != '\0';
    if (is_list(value) || saoy_json_number(value) != 0)
        return true;

    g_autofree char *printed = saoy_json_print(value);
    return printed != NULL && !g_str_equal(printed, "false") &&
           !g_str_equal(printed, "null") && !g_str_equal(printed, "0") &&
           !g_str_equal(printed, "[]");
}

static void
put_value(GString *out, const SaoyJson *value)
{
    const char *text = value != NULL ? saoy_json_text(value) : NULL;
    g_autofree char *escaped = NULL;

    if (value == NULL)
        return;
    if (text == NULL) {
        g_string_append_printf(out, "%" G_GINT64_FORMAT, saoy_json_number(value));
        return;
    }
    escaped = g_markup_escape_text(text, -1);
    g_string_append(out, escaped);
}

/* The end of section `key` that starts at text: its closing tag, nested ones skipped. */
static const char *
section_end(const char *text, const char *end, const char *key)
{
    g_autofree char *open = g_strdup_printf("{{#%s}}", key);
    g_autofree char *open_not = g_strdup_printf("{{^%s}}", key);
    g_autofree char *close = g_strdup_printf("{{/%s}}", key);
    unsigned depth = 1;

    for (const char *at = text; at < end; at++) {
        if (at[0] != '{')
            continue;
        if (g_str_has_prefix(at, open) || g_str_has_prefix(at, open_not))
            depth++;
        else if (g_str_has_prefix(at, close) && --depth == 0)
            return at;
    }
    return end;
}

static void
put_section(GString *out, const SaoyJson *value, const char *text, const char *end,
            Scope *scope)
{
    size_t n = is_list(value) ? saoy_json_length(value) : 1;

    if (scope->n == DEPTH_MAX)
        return;
    for (size_t i = 0; i < n; i++) {
        scope->at[scope->n++] = is_list(value) ? saoy_json_at(value, i) : value;
        fill(out, text, end, scope);
        scope->n--;
    }
}

static void
put_partial(GString *out, const char *name, Scope *scope)
{
    g_autofree char *path = g_strdup_printf("web/%s.html", name);
    g_autofree char *text = saoy_web_file(path);

    fill(out, text, text + strlen(text), scope);
}

/* One {{tag}} at text; returns where to go on. Recursion is as deep as our own templates.
 */
static const char *
take_tag(GString *out, const char *text, const char *end, Scope *scope)
{
    const char *close = g_strstr_len(text, end - text, "}}");
    g_autofree char *tag = close != NULL ? g_strndup(text + 2, close - text - 2) : NULL;
    const char *key = tag != NULL && strchr("#^>", tag[0]) != NULL ? tag + 1 : tag;

    if (tag == NULL || tag[0] == '\0')
        return end;
    text = close + 2;
    if (tag[0] == '>') {
        put_partial(out, key, scope);
        return text;
    }
    const SaoyJson *value = look_up(scope, key);
    if (key == tag) {
        put_value(out, value);
        return text;
    }
    const char *stop = section_end(text, end, key);
    if (tag[0] == '#' && is_something(value))
        put_section(out, value, text, stop, scope);
    if (tag[0] == '^' && !is_something(value))
        fill(out, text, stop, scope);
    return MIN(end, stop + strlen(key) + 5);
}

static void
fill(GString *out, const char *text, const char *end, Scope *scope)
{
    while (text < end) {
        const char *tag = g_strstr_len(text, end - text, "{{");

        g_string_append_len(out, text, (tag != NULL ? tag : end) - text);
        if (tag == NULL)
            return;
        text = take_tag(out, tag, end, scope);
    }
}

char *
saoy_web_render_text(const char *text, const SaoyJson *values)
{
    GString *out = g_string_new(NULL);
    Scope scope = { .at = { values }, .n = 1 };

    fill(out, text, text + strlen(text), &scope);
    return g_string_free(out, FALSE);
}

char *
saoy_web_render(const char *name, const SaoyJson *values)
{
    g_autofree char *path = g_strdup_printf("web/%s.html", name);
    g_autofree char *text = saoy_web_file(path);

    return saoy_web_render_text(text, values);
}

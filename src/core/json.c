#include "core/json.h"

#include "core/error.h"

#include <jansson.h>

#include <malloc.h>
#include <string.h>

#define DEPTH_MAX 32

/* PINs and tokens pass through here in copies that nobody else can reach. */
static void
free_wiped(void *p)
{
    if (p != NULL)
        explicit_bzero(p, malloc_usable_size(p));
    g_free(p);
}

/* Before the first value is made. */
static void
use_own_allocator(void)
{
    static gsize done;

    if (g_once_init_enter(&done)) {
        json_set_alloc_funcs(g_malloc, free_wiped);
        g_once_init_leave(&done, 1);
    }
}

/* SaoyJson is jansson's json_t under another name: no header of ours knows the library. */
static json_t *
own(const SaoyJson *json)
{
    return (json_t *)(uintptr_t)json;
}

static SaoyJson *
theirs(json_t *json)
{
    return (SaoyJson *)json;
}

/* jansson recurses per level: the depth is looked at before it sees the text. */
static bool
check_depth(SaoyView text, GError **error)
{
    unsigned depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];

        if (quoted) {
            if (c == '\\')
                i++;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > DEPTH_MAX)
                return saoy_fail(error, SAOY_ERROR_MALFORMED, "JSON deeper than %d levels",
                                 DEPTH_MAX);
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return true;
}

SaoyJson *
saoy_json_parse(SaoyView text, size_t max, GError **error)
{
    json_error_t why;

    use_own_allocator();
    if (text.size > max)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "JSON larger than %zu bytes", max);
    if (!check_depth(text, error))
        return NULL;

    json_t *json = json_loadb((const char *)text.data, text.size,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (json == NULL)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "JSON, line %d: %s", why.line,
                         why.text);
    return theirs(json);
}

SaoyJson *
saoy_json_ref(SaoyJson *json)
{
    return theirs(json_incref(own(json)));
}

void
saoy_json_unref(SaoyJson *json)
{
    json_decref(own(json));
}

static char *
print(const SaoyJson *json, size_t flags)
{
    char *text = json_dumps(own(json), flags | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
    char *copy = g_strdup(text);

    free_wiped(text); /* jansson's own allocation */
    return copy;
}

char *
saoy_json_print(const SaoyJson *json)
{
    return print(json, JSON_COMPACT);
}

char *
saoy_json_print_pretty(const SaoyJson *json)
{
    return print(json, JSON_INDENT(2));
}

SaoyJson *
saoy_json_object(void)
{
    use_own_allocator();
    return theirs(json_object());
}

SaoyJson *
saoy_json_array(void)
{
    use_own_allocator();
    return theirs(json_array());
}

void
saoy_json_set(SaoyJson *object, const char *key, SaoyJson *take)
{
    json_object_set_new(own(object), key, own(take));
}

static json_t *
string_of(const char *text)
{
    if (text == NULL)
        return json_null();

    json_t *json = json_string(text);
    return json != NULL ? json : json_null(); /* not UTF-8: never happens to our own text */
}

void
saoy_json_set_string(SaoyJson *object, const char *key, const char *text)
{
    json_object_set_new(own(object), key, string_of(text));
}

void
saoy_json_set_int(SaoyJson *object, const char *key, int64_t number)
{
    json_object_set_new(own(object), key, json_integer(number));
}

void
saoy_json_set_real(SaoyJson *object, const char *key, double number)
{
    json_object_set_new(own(object), key, json_real(number));
}

void
saoy_json_set_bool(SaoyJson *object, const char *key, bool value)
{
    json_object_set_new(own(object), key, json_boolean(value));
}

void
saoy_json_append(SaoyJson *array, SaoyJson *take)
{
    json_array_append_new(own(array), own(take));
}

void
saoy_json_append_string(SaoyJson *array, const char *text)
{
    json_array_append_new(own(array), string_of(text));
}

void
saoy_json_append_int(SaoyJson *array, int64_t number)
{
    json_array_append_new(own(array), json_integer(number));
}

SaoyJson *
saoy_json_member(const SaoyJson *object, const char *key)
{
    return theirs(json_object_get(own(object), key));
}

const char *
saoy_json_string(const SaoyJson *object, const char *key, size_t max, GError **error)
{
    const json_t *member = json_object_get(own(object), key);

    if (!json_is_string(member))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "\"%s\" must be a text", key);
    if (json_string_length(member) > max)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "\"%s\" is longer than %zu bytes",
                         key, max);
    return json_string_value(member);
}

bool
saoy_json_int(const SaoyJson *object, const char *key, int64_t min, int64_t max,
              int64_t *out, GError **error)
{
    const json_t *member = json_object_get(own(object), key);

    if (!json_is_integer(member))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "\"%s\" must be a whole number", key);

    int64_t number = json_integer_value(member);
    if (number < min || number > max)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "\"%s\" is out of range", key);
    *out = number;
    return true;
}

bool
saoy_json_real(const SaoyJson *object, const char *key, double *out, GError **error)
{
    const json_t *member = json_object_get(own(object), key);

    if (!json_is_number(member))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "\"%s\" must be a number", key);
    *out = json_number_value(member);
    return true;
}

bool
saoy_json_bool(const SaoyJson *object, const char *key, bool *out, GError **error)
{
    const json_t *member = json_object_get(own(object), key);

    if (!json_is_boolean(member))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "\"%s\" must be true or false", key);
    *out = json_is_true(member);
    return true;
}

SaoyJson *
saoy_json_array_of(const SaoyJson *object, const char *key, size_t max, GError **error)
{
    json_t *member = json_object_get(own(object), key);

    if (!json_is_array(member))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "\"%s\" must be a list", key);
    if (json_array_size(member) > max)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "\"%s\" has more than %zu elements",
                         key, max);
    return theirs(member);
}

SaoyJson *
saoy_json_object_of(const SaoyJson *object, const char *key, GError **error)
{
    json_t *member = json_object_get(own(object), key);

    if (!json_is_object(member))
        return saoy_null(error, SAOY_ERROR_MALFORMED, "\"%s\" must be an object", key);
    return theirs(member);
}

const char *
saoy_json_string_or(const SaoyJson *object, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(own(object), key));

    return text != NULL ? text : fallback;
}

int64_t
saoy_json_int_or(const SaoyJson *object, const char *key, int64_t fallback)
{
    const json_t *member = json_object_get(own(object), key);

    return json_is_integer(member) ? json_integer_value(member) : fallback;
}

bool
saoy_json_bool_or(const SaoyJson *object, const char *key, bool fallback)
{
    const json_t *member = json_object_get(own(object), key);

    return json_is_boolean(member) ? json_is_true(member) : fallback;
}

size_t
saoy_json_length(const SaoyJson *array)
{
    return json_array_size(own(array));
}

SaoyJson *
saoy_json_at(const SaoyJson *array, size_t i)
{
    return theirs(json_array_get(own(array), i));
}

const char *
saoy_json_text(const SaoyJson *value)
{
    return json_string_value(own(value));
}

int64_t
saoy_json_number(const SaoyJson *value)
{
    return json_integer_value(own(value));
}

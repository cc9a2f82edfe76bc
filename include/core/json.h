#pragma once
#include "core/bytes.h"

#include <gio/gio.h>

/* One JSON value (jansson behind our limits). Reference counted; one thread at a time. */
typedef struct SaoyJson SaoyJson;

/* Strict UTF-8 JSON, at most max bytes, at most 32 deep, no duplicate keys. MALFORMED else.
 */
SaoyJson *saoy_json_parse(SaoyView text, size_t max, GError **error);
SaoyJson *saoy_json_ref(SaoyJson *json);
void saoy_json_unref(SaoyJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyJson, saoy_json_unref)

/* Compact, keys in the order they were set. Free with g_free. */
char *saoy_json_print(const SaoyJson *json);
char *saoy_json_print_pretty(const SaoyJson *json);

/* Building. Setters copy strings and take the reference of values. NULL text is JSON null.
 */
SaoyJson *saoy_json_object(void);
SaoyJson *saoy_json_array(void);
void saoy_json_set(SaoyJson *object, const char *key, SaoyJson *take);
void saoy_json_set_string(SaoyJson *object, const char *key, const char *text);
void saoy_json_set_int(SaoyJson *object, const char *key, int64_t number);
void saoy_json_set_real(SaoyJson *object, const char *key, double number);
void saoy_json_set_bool(SaoyJson *object, const char *key, bool value);
void saoy_json_append(SaoyJson *array, SaoyJson *take);
void saoy_json_append_string(SaoyJson *array, const char *text);
void saoy_json_append_int(SaoyJson *array, int64_t number);

/* Required members: MALFORMED with the key's name when absent, of another type, or out of
 * bounds. Strings are borrowed from the object; max is in bytes. */
const char *saoy_json_string(const SaoyJson *object, const char *key, size_t max,
                             GError **error);
bool saoy_json_int(const SaoyJson *object, const char *key, int64_t min, int64_t max,
                   int64_t *out, GError **error);
bool saoy_json_real(const SaoyJson *object, const char *key, double *out, GError **error);
bool saoy_json_bool(const SaoyJson *object, const char *key, bool *out, GError **error);
SaoyJson *saoy_json_array_of(const SaoyJson *object, const char *key, size_t max,
                             GError **error); /* borrowed; at most max elements */
SaoyJson *saoy_json_object_of(const SaoyJson *object, const char *key,
                              GError **error); /* borrowed */

/* Optional: the fallback when absent or of another type. */
const char *saoy_json_string_or(const SaoyJson *object, const char *key,
                                const char *fallback);
int64_t saoy_json_int_or(const SaoyJson *object, const char *key, int64_t fallback);
bool saoy_json_bool_or(const SaoyJson *object, const char *key, bool fallback);
SaoyJson *saoy_json_member(const SaoyJson *object, const char *key); /* borrowed, or NULL */

/* Arrays, and values standing alone. */
size_t saoy_json_length(const SaoyJson *array);
SaoyJson *saoy_json_at(const SaoyJson *array, size_t i); /* borrowed, or NULL */
const char *saoy_json_text(const SaoyJson *value);       /* a string's text, or NULL */
int64_t saoy_json_number(const SaoyJson *value);         /* an integer, or 0 */

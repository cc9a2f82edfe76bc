#include "core/config.h"

#include "core/error.h"
#include "core/file.h"

#include <stdint.h>
#include <string.h>

static const SaoyConfigKey *
find(const SaoyConfigKey *keys, size_t n, const char *section, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (g_str_equal(keys[i].section, section) && g_str_equal(keys[i].key, key))
            return &keys[i];
    return NULL;
}

static bool
set_int(const SaoyConfigKey *key, const char *text, int *out, GString *mistakes)
{
    gint64 number = 0;

    if (g_ascii_string_to_signed(text, 10, key->min, key->max, &number, NULL)) {
        *out = (int)number;
        return true;
    }
    g_string_append_printf(mistakes, "; [%s] %s must be a number from %d to %d",
                           key->section, key->key, key->min, key->max);
    return false;
}

static bool
set_word(const SaoyConfigKey *key, const char *text, int *out, GString *mistakes)
{
    for (int i = 0; key->words[i] != NULL; i++)
        if (g_str_equal(key->words[i], text)) {
            *out = i;
            return true;
        }

    g_autofree char *choices = g_strjoinv(", ", (char **)(uintptr_t)key->words);
    g_string_append_printf(mistakes, "; [%s] %s must be one of: %s", key->section, key->key,
                           choices);
    return false;
}

static bool
set_bool(const SaoyConfigKey *key, const char *text, bool *out, GString *mistakes)
{
    bool yes = g_str_equal(text, "true") || g_str_equal(text, "yes");

    if (yes || g_str_equal(text, "false") || g_str_equal(text, "no")) {
        *out = yes;
        return true;
    }
    g_string_append_printf(mistakes, "; [%s] %s must be true or false", key->section,
                           key->key);
    return false;
}

static bool
set(const SaoyConfigKey *key, const char *text, void *out, GString *mistakes)
{
    void *at = (char *)out + key->offset;

    switch (key->type) {
    case SAOY_CONFIG_STRING: {
        char **field = at;
        g_free(*field);
        *field = g_strdup(text);
        return true;
    }
    case SAOY_CONFIG_INT:
        return set_int(key, text, at, mistakes);
    case SAOY_CONFIG_BOOL:
        return set_bool(key, text, at, mistakes);
    case SAOY_CONFIG_WORD:
        return set_word(key, text, at, mistakes);
    }
    return false;
}

static void
take_group(GKeyFile *file, const char *section, const SaoyConfigKey *keys, size_t n,
           void *out, bool *given, GString *mistakes)
{
    g_auto(GStrv) names = g_key_file_get_keys(file, section, NULL, NULL);

    for (char **name = names; name != NULL && *name != NULL; name++) {
        const SaoyConfigKey *key = find(keys, n, section, *name);
        g_autofree char *text = g_key_file_get_string(file, section, *name, NULL);

        if (key == NULL)
            g_string_append_printf(mistakes, "; [%s] %s is not known", section, *name);
        else if (text == NULL)
            g_string_append_printf(mistakes, "; [%s] %s cannot be read", section, *name);
        else if (set(key, text, out, mistakes))
            given[key - keys] = true;
    }
}

static void
take_file(const char *path, const SaoyConfigKey *keys, size_t n, void *out, bool *given,
          GString *mistakes)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;

    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &error)) {
        g_string_append_printf(mistakes, "; %s: %s", path, error->message);
        return;
    }

    g_auto(GStrv) sections = g_key_file_get_groups(file, NULL);
    for (char **section = sections; *section != NULL; section++)
        take_group(file, *section, keys, n, out, given, mistakes);
}

static void
take_folder(const char *path, const SaoyConfigKey *keys, size_t n, void *out, bool *given,
            GString *mistakes)
{
    g_autofree char *beside = g_path_get_dirname(path);
    g_autofree char *folder = g_build_filename(beside, "conf.d", NULL);
    g_auto(GStrv) names =
        saoy_dir_list(folder, (const char *const[]){ ".conf", NULL }, NULL);

    for (char **name = names; name != NULL && *name != NULL; name++) {
        g_autofree char *file = g_build_filename(folder, *name, NULL);

        take_file(file, keys, n, out, given, mistakes);
    }
}

bool
saoy_config_read(const char *path, const SaoyConfigKey *keys, size_t n, void *out,
                 GError **error)
{
    g_autoptr(GString) mistakes = g_string_new(NULL);
    g_autofree bool *given = g_new0(bool, n);

    if (path != NULL && !g_file_test(path, G_FILE_TEST_EXISTS))
        return saoy_fail(error, SAOY_ERROR_NO_MEDIA, "%s: no such file", path);
    for (size_t i = 0; i < n; i++)
        if (keys[i].fallback != NULL)
            given[i] = set(&keys[i], keys[i].fallback, out, mistakes);
    if (path != NULL) {
        take_file(path, keys, n, out, given, mistakes);
        take_folder(path, keys, n, out, given, mistakes);
    }
    for (size_t i = 0; i < n; i++)
        if (!given[i] && keys[i].fallback == NULL)
            g_string_append_printf(mistakes, "; [%s] %s is missing", keys[i].section,
                                   keys[i].key);

    if (mistakes->len == 0)
        return true;
    saoy_config_clear(keys, n, out);
    return saoy_fail(error, SAOY_ERROR_MALFORMED, "configuration: %s", mistakes->str + 2);
}

void
saoy_config_clear(const SaoyConfigKey *keys, size_t n, void *config)
{
    for (size_t i = 0; i < n; i++)
        if (keys[i].type == SAOY_CONFIG_STRING) {
            char **field = (char **)(void *)((char *)config + keys[i].offset);

            g_clear_pointer(field, g_free);
        }
}

static void
print_value(const SaoyConfigKey *key, const void *config, GString *out)
{
    const void *at = (const char *)config + key->offset;

    switch (key->type) {
    case SAOY_CONFIG_STRING: {
        const char *text = *(const char *const *)at;
        g_string_append(out, key->secret && text != NULL && *text != '\0' ? "***" : text);
        break;
    }
    case SAOY_CONFIG_INT:
        g_string_append_printf(out, "%d", *(const int *)at);
        break;
    case SAOY_CONFIG_BOOL:
        g_string_append(out, *(const bool *)at ? "true" : "false");
        break;
    case SAOY_CONFIG_WORD:
        g_string_append(out, key->words[*(const int *)at]);
        break;
    }
}

char *
saoy_config_print(const SaoyConfigKey *keys, size_t n, const void *config)
{
    GString *out = g_string_new(NULL);

    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(out, "%s.%s = ", keys[i].section, keys[i].key);
        print_value(&keys[i], config, out);
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

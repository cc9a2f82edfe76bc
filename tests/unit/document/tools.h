#pragma once
#include <glib.h>
#include <glib/gstdio.h>
#include <stdbool.h>

/* Runs an independent tool; its standard output, and standard error joined to it in *err.
 */
static inline char *
tool(char **err, int *status, const char *first, ...)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    GSpawnFlags flags =
        G_SPAWN_SEARCH_PATH | (err == NULL ? G_SPAWN_STDERR_TO_DEV_NULL : 0);
    char *out = NULL;
    va_list args;

    va_start(args, first);
    for (const char *arg = first; arg != NULL; arg = va_arg(args, const char *))
        g_ptr_array_add(argv, (char *)arg);
    va_end(args);
    g_ptr_array_add(argv, NULL);
    g_spawn_sync(NULL, (char **)argv->pdata, NULL, flags, NULL, NULL, &out, err, status,
                 &error);
    g_assert_no_error(error);
    return out;
}

/* The same, when only its doing counts. */
#define tool_run(...) g_free(tool(NULL, &(int){ 0 }, __VA_ARGS__))

/* A folder of this test's own, gone when the test program is asked to clean it. */
static inline char *
scratch_dir(void)
{
    g_autoptr(GError) error = NULL;
    char *dir = g_dir_make_tmp("saoy-document-XXXXXX", &error);

    g_assert_no_error(error);
    return dir;
}

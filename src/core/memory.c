#include "core/memory.h"

#include "core/error.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* tcache keeps small freed chunks whole, and GLib's slices never free: neither is used. The
 * number is a byte, any but 0: malloc fills what is freed with it, and what it hands out
 * with its complement. */
#define TUNABLES "glibc.malloc.tcache_count=0:glibc.malloc.perturb=165"
#define STACK_USED (192u << 10) /* deeper than our deepest call; threads have 8 MiB */

#ifdef __has_feature /* clang's way to say it */
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

static char **
own_arguments(void)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autofree char *text = NULL;
    gsize size = 0;

    if (!g_file_get_contents("/proc/self/cmdline", &text, &size, NULL))
        return NULL;
    for (const char *at = text; at < text + size; at += strlen(at) + 1)
        g_ptr_array_add(list, g_strdup(at));
    g_ptr_array_add(list, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
}

/* Comes back only when it cannot. */
static void
run_again(void)
{
    const char *given = g_getenv("GLIBC_TUNABLES");
    g_autofree char *tunables =
        given != NULL ? g_strconcat(given, ":" TUNABLES, NULL) : g_strdup(TUNABLES);
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_auto(GStrv) arguments = own_arguments();

    g_setenv("GLIBC_TUNABLES", tunables, TRUE);
    g_setenv("G_SLICE", "always-malloc", TRUE);
    if (program != NULL && arguments != NULL)
        execv(program, arguments);
}

static bool
is_prepared(void)
{
    const char *tunables = g_getenv("GLIBC_TUNABLES");

    return tunables != NULL && g_str_has_suffix(tunables, TUNABLES) &&
           g_strcmp0(g_getenv("G_SLICE"), "always-malloc") == 0;
}

bool
saoy_memory_harden(GError **error)
{
    const struct rlimit none = { 0, 0 };

    if (sanitized)
        return true;
    if (!is_prepared()) {
        run_again();
        return saoy_fail(error, SAOY_ERROR_FAILED, "cannot run itself: %s",
                         g_strerror(errno));
    }
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "core dumps cannot be switched off");
    return true;
}

static void G_GNUC_NO_INLINE
overwrite_stack(void)
{
    uint8_t below[STACK_USED];

    explicit_bzero(below, sizeof below);
}

void
saoy_memory_forget(void)
{
    overwrite_stack();
    malloc_trim(0);
}

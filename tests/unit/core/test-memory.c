/* What saoy_memory_harden and saoy_memory_forget promise, asked of a process of its own:
 * the program runs itself again, and memory is read as a stranger would, through /proc. */
#include "core/json.h"
#include "core/memory.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SMALL = 48, LARGE = 4000, DEEP = 64 << 10, FREE_LINKS = 16, LAST = 8, RUN = 12 };

#ifdef __SANITIZE_ADDRESS__
static const bool sanitized = true;
#else
static const bool sanitized = false;
#endif

/* A run of the byte, longer than any address: one alone may be part of a pointer. */
static bool
holds(uintptr_t at, size_t size, uint8_t byte)
{
    static uint8_t
        copy[DEEP]; /* of the heap it might be the very place that is looked at */
    int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    size_t run = 0;
    bool any = false;

    g_assert_cmpuint(size, <=, sizeof copy);
    g_assert_cmpint(pread(fd, copy, size, (off_t)at), ==, (ssize_t)size);
    for (size_t i = 0; i < size; i++) {
        run = copy[i] == byte ? run + 1 : 0;
        any |= run >= RUN;
    }
    close(fd);
    return any;
}

static void
check_heap(size_t size)
{
    uint8_t *first = g_malloc(size), *secret = g_malloc(size), *last = g_malloc(size);
    uintptr_t at = (uintptr_t)secret;

    memset(secret, 'S', size);
    g_assert_true(holds(at, size, 'S'));
    g_free(secret);
    g_assert_false(holds(at + FREE_LINKS, size - FREE_LINKS - LAST, 'S'));
    g_free(first);
    g_free(last);
}

/* In any program, hardened or not. */
static void
test_json_forgets(void)
{
    SaoyJson *json = saoy_json_object();
    char *pin = g_strnfill(LARGE, 'S');
    uintptr_t at = 0;

    saoy_json_set_string(json, "pin", pin);
    at = (uintptr_t)saoy_json_string_or(json, "pin", NULL);
    g_assert_true(holds(at, LARGE, 'S'));
    saoy_json_unref(json);
    g_assert_false(holds(at, LARGE, 'S'));
    g_free(pin);
}

static uintptr_t G_GNUC_NO_INLINE
use_stack(void)
{
    volatile uint8_t secret[DEEP];
    uintptr_t at = (uintptr_t)secret;

    for (size_t i = 0; i < sizeof secret; i++)
        secret[i] = 'S';
    return at;
}

static void
test_hardened(void)
{
    struct rlimit core = { 1, 1 };
    g_autoptr(GError) error = NULL;
    uintptr_t stack = 0;

    if (!g_test_subprocess()) {
        g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
        g_test_trap_assert_passed();
        return;
    }
    g_assert_true(saoy_memory_harden(&error));
    g_assert_no_error(error);
    g_assert_cmpint(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), ==, 0);
    g_assert_cmpint(getrlimit(RLIMIT_CORE, &core), ==, 0);
    g_assert_cmpuint(core.rlim_cur | core.rlim_max, ==, 0);
    check_heap(SMALL);
    check_heap(LARGE);
    stack = use_stack();
    g_assert_true(holds(stack + DEEP / 4, DEEP / 2, 'S'));
    saoy_memory_forget();
    g_assert_false(holds(stack, DEEP, 'S'));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    if (sanitized)
        return 77; /* it has its own allocator, and reads our memory itself */
    g_test_add_func("/memory/hardened", test_hardened);
    g_test_add_func("/memory/json", test_json_forgets);
    return g_test_run();
}

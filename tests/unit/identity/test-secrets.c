/* No session key is left in memory once card and reader are done. The keys looked for are
 * kept masked, so that the search does not find its own copy. */
#include "chip-state.h"
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define MASK 0xa5
#define KEY 16

typedef struct {
    uint8_t masked[4]
                  [KEY]; /* encryption and MAC key of PACE, then of chip authentication */
    const SaoyChip *chip;
    unsigned n;
} Seen;

static void
keep(Seen *seen, const SaoyKey *key)
{
    g_assert_cmpuint(key->size, ==, KEY);
    for (size_t i = 0; i < KEY; i++)
        seen->masked[seen->n][i] = key->bytes[i] ^ MASK;
    seen->n++;
}

static void
on_step(const char *step, unsigned done, unsigned total, void *user)
{
    Seen *seen = user;

    if (!g_str_equal(step, "select") && !g_str_equal(step, "CA"))
        return;
    keep(seen, &seen->chip->sm.enc);
    keep(seen, &seen->chip->sm.mac);
}

static unsigned
count_in(const uint8_t *bytes, size_t size, const uint8_t masked[KEY])
{
    unsigned n = 0;

    for (size_t at = 0; at + KEY <= size; at++) {
        size_t i = 0;

        while (i < KEY && bytes[at + i] == (masked[i] ^ MASK))
            i++;
        n += i == KEY;
    }
    return n;
}

/* All writable memory of this process, read through the kernel: no page is touched. */
static unsigned
count_everywhere(const uint8_t masked[KEY])
{
    g_autofree char *maps = NULL;
    g_auto(GStrv) lines = NULL;
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    unsigned n = 0;

    g_assert_cmpint(memory, >=, 0);
    g_assert_true(g_file_get_contents("/proc/self/maps", &maps, NULL, NULL));
    lines = g_strsplit(maps, "\n", -1);
    for (size_t i = 0; lines[i] != NULL; i++) {
        unsigned long from = 0, to = 0;
        char rights[5] = "";

        if (sscanf(lines[i], "%lx-%lx %4s", &from, &to, rights) != 3 || rights[1] != 'w')
            continue;
        g_autofree uint8_t *copy = g_malloc(to - from);
        ssize_t got = pread(memory, copy, to - from, (off_t)from);
        n += got > 0 ? count_in(copy, (size_t)got, masked) : 0;
        explicit_bzero(copy, to - from);
    }
    close(memory);
    return n;
}

static void
test_no_key_is_left(Fixture *fix, const void *data)
{
    Seen seen = { .chip = fix->chip };

    g_assert_true(saoy_identity_read(saoy_chip_channel(fix->chip), &fix->key,
                                     &(SaoyReadPolicy){ .trust = fix->dir }, on_step, &seen,
                                     &fix->who, NULL, NULL));
    g_assert_cmpuint(seen.n, ==, 4);
    /* the reader has forgotten; the chip is still in its session: the search can find */
    g_assert_cmpuint(count_everywhere(seen.masked[2]), ==, 1);
    g_assert_cmpuint(count_everywhere(seen.masked[3]), ==, 1);
    g_clear_pointer(&fix->chip, saoy_chip_close);
    for (unsigned i = 0; i < seen.n; i++)
        g_assert_cmpuint(count_everywhere(seen.masked[i]), ==, 0);
}

static void
test_no_key_is_left_after_a_failure(Fixture *fix, const void *data)
{
    Seen seen = { .chip = fix->chip };
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_chip_fault(fix->chip, "pulled-after 20"));
    g_assert_false(saoy_identity_read(saoy_chip_channel(fix->chip), &fix->key,
                                      &(SaoyReadPolicy){ .trust = fix->dir }, on_step,
                                      &seen, &fix->who, NULL, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_OFFLINE);
    g_assert_cmpuint(seen.n, ==, 4);
    saoy_chip_reset(fix->chip); /* power gone */
    for (unsigned i = 0; i < seen.n; i++)
        g_assert_cmpuint(count_everywhere(seen.masked[i]), ==, 0);
}

static void
test_a_cleared_identity_is_zero(Fixture *fix, const void *data)
{
    const SaoyIdentity none = { 0 };

    g_assert_true(read_chip(fix, fix->dir, false, NULL, NULL));
    saoy_identity_clear(&fix->who);
    g_assert_cmpmem(&fix->who, sizeof fix->who, &none, sizeof none);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#ifdef __SANITIZE_ADDRESS__ /* its shadow is larger than what we can search */
    g_print("skipped: built with AddressSanitizer\n");
    return 77;
#endif
    g_test_add("/secrets/keys", Fixture, NULL, set_up, test_no_key_is_left, tear_down);
    g_test_add("/secrets/failure", Fixture, NULL, set_up,
               test_no_key_is_left_after_a_failure, tear_down);
    g_test_add("/secrets/identity", Fixture, NULL, set_up, test_a_cleared_identity_is_zero,
               tear_down);
    return g_test_run();
}

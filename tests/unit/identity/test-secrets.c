/* No session key is left in memory once card and reader are done. The keys looked for are
 * kept masked, so that the search does not find its own copy. */
#include "chip-state.h"
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define MASK 0xa5
#define KEY 16

/* Whatever session the chip has stood in: PACE or BAC, then chip authentication. */
typedef struct {
    uint8_t masked[8][KEY]; /* encryption key, MAC key, and so on */
    const SaoyChip *chip;
    unsigned n;
} Seen;

static bool
is_kept(const Seen *seen, const SaoyKey *key)
{
    for (unsigned n = 0; n < seen->n; n++) {
        unsigned same = 0;

        for (size_t i = 0; i < KEY; i++)
            same += seen->masked[n][i] == (key->bytes[i] ^ MASK);
        if (same == KEY)
            return true;
    }
    return false;
}

/* the first sixteen bytes of it */
static void
keep(Seen *seen, const SaoyKey *key)
{
    g_assert_cmpuint(key->size, >=, KEY);
    if (is_kept(seen, key))
        return;
    g_assert_cmpuint(seen->n, <, G_N_ELEMENTS(seen->masked));
    for (size_t i = 0; i < KEY; i++)
        seen->masked[seen->n][i] = key->bytes[i] ^ MASK;
    seen->n++;
}

static void
on_step(const char *step, unsigned done, unsigned total, void *user)
{
    Seen *seen = user;

    if (!seen->chip->sm.active)
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
        /* not from the heap, which it might be about to copy into itself */
        uint8_t *copy = mmap(NULL, to - from, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        g_assert_true(copy != MAP_FAILED);
        ssize_t got = pread(memory, copy, to - from, (off_t)from);
        n += got > 0 ? count_in(copy, (size_t)got, masked) : 0;
        munmap(copy, to - from);
    }
    close(memory);
    return n;
}

static void
assert_none_is_left(const Seen *seen)
{
    for (unsigned i = 0; i < seen->n; i++)
        g_assert_cmpuint(count_everywhere(seen->masked[i]), ==, 0);
}

static void
use_bac(Fixture *fix)
{
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(fix->path, &text, NULL, NULL));
    g_autofree char *line = g_strndup(strstr(text, "\"IDVNM") + 1, 90);
    g_assert_true(saoy_access_key_parse(line, &fix->key, NULL));
    g_assert_true(saoy_chip_fault(fix->chip, "no-pace"));
}

/* cipher 0: BAC; else of PACE, as the last byte of its name */
static void
test_no_key_is_left(Fixture *fix, const void *data)
{
    unsigned cipher = GPOINTER_TO_UINT(data);
    g_autofree char *hex = g_strdup_printf("31143012060a04007f000702020402%02x02010202010d",
                                           cipher == 0 ? 2 : cipher);
    Seen seen = { .chip = fix->chip };
    g_autoptr(GError) error = NULL;

    g_bytes_unref(fix->chip->card_access);
    fix->chip->card_access = unhex(hex);
    if (cipher == 0)
        use_bac(fix);
    saoy_identity_read(saoy_chip_channel(fix->chip), &fix->key,
                       &(SaoyReadPolicy){ .trust = fix->dir, .allow_bac = true }, on_step,
                       &seen, &fix->who, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(fix->who.access, ==, cipher == 0 ? "BAC" : "PACE-CAN");
    g_assert_cmpuint(seen.n, ==, 4);
    /* the reader has forgotten; the chip is still in its session: the search can find */
    g_assert_cmpuint(count_everywhere(seen.masked[2]), ==, 1);
    g_assert_cmpuint(count_everywhere(seen.masked[3]), ==, 1);
    g_clear_pointer(&fix->chip, saoy_chip_close);
    assert_none_is_left(&seen);
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
    assert_none_is_left(&seen);
}

/* What waits for the card to come back waits without keys; what it has read goes with it.
 */
static void
test_a_waiting_reading_holds_no_key(Fixture *fix, const void *data)
{
    const SaoyReadPolicy policy = { .trust = fix->dir };
    SaoyReading *reading = saoy_reading_new(&fix->key, &policy);
    SaoyView dg13 = saoy_view_of(fix->chip->files[13]);
    Seen seen = { .chip = fix->chip }, file = { 0 };
    SaoyKey middle = { .size = KEY };
    unsigned before;

    memcpy(middle.bytes, dg13.data + dg13.size / 2, KEY);
    keep(&file, &middle);
    saoy_key_wipe(&middle);
    before = count_everywhere(file.masked[0]);
    g_assert_true(saoy_chip_fault(fix->chip, "pulled-after 27"));
    g_assert_false(saoy_reading_run(reading, saoy_chip_channel(fix->chip), on_step, &seen,
                                    &fix->who, NULL, NULL));
    g_assert_cmpuint(seen.n, ==, 4);
    saoy_chip_reset(fix->chip);
    assert_none_is_left(&seen);
    g_assert_cmpuint(count_everywhere(file.masked[0]), ==, before + 1); /* it is kept */
    saoy_chip_fault(fix->chip, "clear");
    seen.n = 0;
    g_assert_true(saoy_reading_run(reading, saoy_chip_channel(fix->chip), on_step, &seen,
                                   &fix->who, NULL, NULL));
    saoy_reading_free(reading);
    saoy_identity_clear(&fix->who);
    g_clear_pointer(&fix->chip, saoy_chip_close);
    assert_none_is_left(&seen);
    g_assert_cmpuint(count_everywhere(file.masked[0]), <=, before);
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
    g_test_add("/secrets/bac", Fixture, GUINT_TO_POINTER(0), set_up, test_no_key_is_left,
               tear_down);
    for (unsigned cipher = 1; cipher <= 4; cipher++) {
        g_autofree char *path = g_strdup_printf("/secrets/pace-%u", cipher);

        g_test_add(path, Fixture, GUINT_TO_POINTER(cipher), set_up, test_no_key_is_left,
                   tear_down);
    }
    g_test_add("/secrets/waiting", Fixture, NULL, set_up,
               test_a_waiting_reading_holds_no_key, tear_down);
    g_test_add("/secrets/failure", Fixture, NULL, set_up,
               test_no_key_is_left_after_a_failure, tear_down);
    g_test_add("/secrets/identity", Fixture, NULL, set_up, test_a_cleared_identity_is_zero,
               tear_down);
    return g_test_run();
}

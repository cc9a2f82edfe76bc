#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "maint/maint.h"

#include <glib/gstdio.h>
#include <string.h>

static int64_t now_us = 1762760000ll * 1000000;

static int64_t
wall(void)
{
    return now_us;
}

static const SaoyClock clock_of_test = { wall, wall };

typedef struct {
    char *dir, *path;
} Fixture;

static void
set_up(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;

    fix->dir = g_dir_make_tmp("pin-XXXXXX", NULL);
    fix->path = g_build_filename(fix->dir, "pin", NULL);
    saoy_clock_set(&clock_of_test);
    g_assert_true(saoy_pin_set(fix->path, "246813", &error));
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fix, const void *data)
{
    saoy_clock_set(NULL);
    saoy_dir_remove(fix->dir, NULL);
    g_free(fix->dir);
    g_free(fix->path);
}

static bool
is_refused(const Fixture *fix, const char *pin)
{
    g_autoptr(GError) error = NULL;

    return !saoy_pin_check(fix->path, pin, &error) &&
           g_error_matches(error, SAOY_ERROR, SAOY_ERROR_REFUSED);
}

static void
test_only_the_right_pin_opens(Fixture *fix, const void *data)
{
    g_assert_true(is_refused(fix, "246814"));
    g_assert_true(is_refused(fix, ""));
    g_assert_true(saoy_pin_check(fix->path, "246813", NULL));
}

static void
test_the_file_does_not_hold_the_pin(Fixture *fix, const void *data)
{
    /* as long as may be: six digits stand in a hash of 96 once in 200,000 */
    static const char pin[] = "246813579024";
    g_autofree char *one = NULL, *two = NULL;
    GStatBuf st;

    g_assert_true(saoy_pin_set(fix->path, pin, NULL));
    g_assert_true(g_file_get_contents(fix->path, &one, NULL, NULL));
    g_assert_null(strstr(one, pin));
    g_assert_cmpint(g_stat(fix->path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 077, ==, 0);
    g_assert_true(saoy_pin_set(fix->path, pin, NULL));
    g_assert_true(g_file_get_contents(fix->path, &two, NULL, NULL));
    g_assert_cmpstr(one, !=, two); /* salted */
}

static void
test_five_wrong_ones_lock_also_the_right_one(Fixture *fix, const void *data)
{
    for (int i = 0; i < 5; i++)
        g_assert_true(is_refused(fix, "000000"));
    g_assert_true(is_refused(fix, "246813"));
    now_us += 59 * 1000000ll;
    g_assert_true(is_refused(fix, "246813"));
    now_us += 2 * 1000000ll;
    g_assert_true(saoy_pin_check(fix->path, "246813", NULL));
}

static void
test_the_lock_grows(Fixture *fix, const void *data)
{
    for (int i = 0; i < 5; i++)
        g_assert_true(is_refused(fix, "000000"));
    now_us += 61 * 1000000ll;
    g_assert_true(is_refused(fix, "000000")); /* the sixth */
    now_us += 61 * 1000000ll;
    g_assert_true(is_refused(fix, "246813"));
    now_us += 61 * 1000000ll;
    g_assert_true(saoy_pin_check(fix->path, "246813", NULL));
}

static void
test_a_right_one_forgives(Fixture *fix, const void *data)
{
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 4; i++)
            g_assert_true(is_refused(fix, "000000"));
        g_assert_true(saoy_pin_check(fix->path, "246813", NULL));
    }
}

static void
test_a_clock_set_back_does_not_lock_for_years(Fixture *fix, const void *data)
{
    for (int i = 0; i < 5; i++)
        g_assert_true(is_refused(fix, "000000"));
    now_us -= 400ll * 24 * 3600 * 1000000;
    g_assert_true(saoy_pin_check(fix->path, "246813", NULL));
}

static void
test_bad_files_let_nobody_in(Fixture *fix, const void *data)
{
    g_autoptr(GError) error = NULL;
    static const char *const bad[] = { "", "scrypt", "scrypt 00 00", "scrypt zz yy\n",
                                       "plain 246813\n" };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_true(g_file_set_contents(fix->path, bad[i], -1, NULL));
        g_assert_false(saoy_pin_check(fix->path, "246813", &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        g_clear_error(&error);
    }
    g_assert_cmpint(g_unlink(fix->path), ==, 0);
    g_assert_false(saoy_pin_check(fix->path, "246813", &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_NO_MEDIA);
}

static void
test_a_pin_has_four_to_twelve_digits(Fixture *fix, const void *data)
{
    g_assert_false(saoy_pin_set(fix->path, "123", NULL));
    g_assert_false(saoy_pin_set(fix->path, "12a4", NULL));
    g_assert_false(saoy_pin_set(fix->path, "1234567890123", NULL));
    g_assert_true(saoy_pin_check(fix->path, "246813", NULL)); /* the old one still holds */
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, test) g_test_add("/pin/" name, Fixture, NULL, set_up, test, tear_down)
    CASE("right", test_only_the_right_pin_opens);
    CASE("file", test_the_file_does_not_hold_the_pin);
    CASE("lock", test_five_wrong_ones_lock_also_the_right_one);
    CASE("lock-grows", test_the_lock_grows);
    CASE("forgives", test_a_right_one_forgives);
    CASE("clock-back", test_a_clock_set_back_does_not_lock_for_years);
    CASE("bad-files", test_bad_files_let_nobody_in);
    CASE("digits", test_a_pin_has_four_to_twelve_digits);
    return g_test_run();
}

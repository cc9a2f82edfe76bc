/* All devices together: what is ready, what is not and why, what was left behind. */
#include "core/file.h"
#include "device/bench.h"

#include <string.h>

typedef struct {
    char *dir;
    SaoyDeviceAddress at[SAOY_DEVICE_N];
} Fixture;

static void
set_up(Fixture *fix, const void *data)
{
    fix->dir = g_dir_make_tmp("bench-XXXXXX", NULL);
    fix->at[SAOY_DEVICE_SCANNER] = (SaoyDeviceAddress){ "emu", fix->dir };
    fix->at[SAOY_DEVICE_PRINTER] = (SaoyDeviceAddress){ "emu", fix->dir };
    fix->at[SAOY_DEVICE_PAYMENT] = (SaoyDeviceAddress){ "none", "" };
    fix->at[SAOY_DEVICE_CAMERA] = (SaoyDeviceAddress){ "emu", "/nowhere/at/all" };
}

static void
tear_down(Fixture *fix, const void *data)
{
    saoy_dir_remove(fix->dir, NULL);
    g_free(fix->dir);
}

static void
pull(const Fixture *fix, const char *lever)
{
    g_autofree char *path = g_build_filename(fix->dir, lever, NULL);

    g_assert_true(g_file_set_contents(path, "", 0, NULL));
}

static void
test_absent_devices_are_no_error(Fixture *fix, const void *data)
{
    g_autoptr(SaoyBench) bench = saoy_bench_open(fix->at);

    g_assert_nonnull(bench->scanner);
    g_assert_nonnull(bench->printer);
    g_assert_null(bench->camera);
    g_assert_cmpint(bench->health[SAOY_DEVICE_SCANNER], ==, SAOY_HEALTH_READY);
    g_assert_cmpint(bench->health[SAOY_DEVICE_CAMERA], ==, SAOY_HEALTH_ABSENT);
    g_assert_nonnull(strstr(bench->reason[SAOY_DEVICE_CAMERA], "/nowhere/at/all"));
    g_assert_true(bench->configured[SAOY_DEVICE_CAMERA]);
    g_assert_false(bench->configured[SAOY_DEVICE_PAYMENT]);
    g_assert_false(bench->configured[SAOY_DEVICE_CARD]);
}

static void
test_health_follows_the_device(Fixture *fix, const void *data)
{
    g_autoptr(SaoyBench) bench = saoy_bench_open(fix->at);

    g_assert_cmpint(saoy_bench_poll(bench, SAOY_DEVICE_PRINTER), ==, SAOY_HEALTH_READY);
    pull(fix, "out-of-paper");
    g_assert_cmpint(saoy_bench_poll(bench, SAOY_DEVICE_PRINTER), ==, SAOY_HEALTH_ATTENTION);
    pull(fix, "jam");
    g_assert_cmpint(saoy_bench_poll(bench, SAOY_DEVICE_PRINTER), ==, SAOY_HEALTH_FAILED);
    pull(fix, "offline");
    g_assert_cmpint(saoy_bench_poll(bench, SAOY_DEVICE_PRINTER), ==, SAOY_HEALTH_ABSENT);
}

static void
test_what_was_left_behind_is_found(Fixture *fix, const void *data)
{
    g_autoptr(SaoyBench) bench = saoy_bench_open(fix->at);

    g_assert_false(saoy_bench_leftovers(bench).paper_on_glass);
    pull(fix, "glass");
    g_assert_true(saoy_bench_leftovers(bench).paper_on_glass);
    g_assert_cmpint(bench->health[SAOY_DEVICE_SCANNER], ==, SAOY_HEALTH_ATTENTION);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define CASE(name, test) g_test_add("/bench/" name, Fixture, NULL, set_up, test, tear_down)
    CASE("absent", test_absent_devices_are_no_error);
    CASE("health", test_health_follows_the_device);
    CASE("left-behind", test_what_was_left_behind_is_found);
    return g_test_run();
}

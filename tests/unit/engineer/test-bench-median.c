/* The figures saoy bench prints. */
#include "bench.h"

static void
test_medians(void)
{
    double odd[] = { 9, 1, 5 }, even[] = { 4, 1, 3, 2 };

    g_assert_cmpfloat(saoy_bench_median(odd, 3), ==, 5);
    g_assert_cmpfloat(saoy_bench_median(even, 4), ==, 2.5);
    g_assert_cmpfloat(saoy_bench_median(odd, 0), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engineer/bench/median", test_medians);
    return g_test_run();
}

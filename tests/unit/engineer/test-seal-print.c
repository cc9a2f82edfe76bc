/* A few of the trials of `saoy bench seal`: the longest seal survives paper. */
#include "bench.h"

static void
test_printed_copied_and_scanned_it_still_reads(void)
{
    char *argv[] = { (char *)"seal", (char *)"10", NULL };
    g_autoptr(SaoyJson) out = saoy_json_object();

    g_assert_true(saoy_bench_seal.run(2, argv, out, NULL));
    g_assert_cmpint(saoy_json_int_or(out, "trials", 0), ==, 10);
    const SaoyJson *sizes = saoy_json_member(out, "sizes");
    g_assert_cmpuint(saoy_json_length(sizes), ==,
                     2); /* in the file, on the kiosk's sheet */
    for (size_t i = 0; i < saoy_json_length(sizes); i++) {
        const SaoyJson *row = saoy_json_at(sizes, i);

        g_assert_cmpint(saoy_json_int_or(row, "read_200_dpi", 0), >=, 9);
        g_assert_cmpint(saoy_json_int_or(row, "read_300_dpi", 0), >=, 9);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/seal-print/reads", test_printed_copied_and_scanned_it_still_reads);
    return g_test_run();
}

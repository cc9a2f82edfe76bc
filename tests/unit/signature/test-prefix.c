/* What was digested once is not digested again, and nobody can tell. */
#include "prefix.h"

#include "cms-parts.h"

#include <openssl/objects.h>
#include <string.h>

#define SIZE 3000

static void
fill(uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(i * 167 + i / 251);
}

static void
compare(SaoyPrefix *prefix, SaoyView first, SaoyView second)
{
    const SaoyView data[2] = { first, second };
    uint8_t expected[64], got[SAOY_SHA256_SIZE];

    g_assert_cmpuint(saoy_cms_digest(NID_sha256, data, expected), ==, sizeof got);
    g_assert_true(saoy_prefix_sha256(prefix, data, got));
    g_assert_cmpmem(got, sizeof got, expected, sizeof got);
}

static void
test_longer_shorter_and_the_same_again(void)
{
    const size_t ends[] = { 0, 1, 63, 64, 65, 2000, 2000, 1999, 10, SIZE };
    uint8_t bytes[SIZE];
    SaoyPrefix prefix = { 0 };

    fill(bytes, SIZE);
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        compare(&prefix, (SaoyView){ bytes, ends[i] },
                (SaoyView){ bytes + ends[i], SIZE - ends[i] });
    saoy_prefix_clear(&prefix);
    g_assert_null(prefix.state);
}

static void
test_other_bytes_begin_anew(void)
{
    uint8_t one[SIZE], other[SIZE];
    SaoyPrefix prefix = { 0 };

    fill(one, SIZE);
    memset(other, 7, SIZE);
    compare(&prefix, (SaoyView){ one, 1000 }, (SaoyView){ one, 10 });
    compare(&prefix, (SaoyView){ other, 1000 }, (SaoyView){ other, 10 });
    compare(&prefix, (SaoyView){ other + 1, 1500 }, (SaoyView){ one, 0 });
    compare(&prefix, (SaoyView){ one, 1001 }, (SaoyView){ other, SIZE });
    saoy_prefix_clear(&prefix);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/prefix/lengths", test_longer_shorter_and_the_same_again);
    g_test_add_func("/prefix/bytes", test_other_bytes_begin_anew);
    return g_test_run();
}

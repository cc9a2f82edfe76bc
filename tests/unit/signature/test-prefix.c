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

static const int algorithms[] = { NID_sha256, NID_sha512, NID_sha1, NID_sha3_384 };

static void
compare(SaoyPrefix *prefix, SaoyView first, SaoyView second)
{
    const SaoyView data[2] = { first, second };
    uint8_t expected[64], got[64];

    for (size_t i = 0; i < G_N_ELEMENTS(algorithms); i++) {
        size_t size = saoy_cms_digest(algorithms[i], data, expected);

        g_assert_cmpuint(saoy_prefix_digest(prefix, algorithms[i], data, got), ==, size);
        g_assert_cmpmem(got, size, expected, size);
    }
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
    g_assert_null(prefix.kinds[0].state);
}

/* Whatever the algorithm: the first piece once, the second each time. */
static void
test_each_byte_is_digested_once(void)
{
    enum { TIMES = 50, REST = 10 };
    uint8_t bytes[SIZE], out[64];
    SaoyPrefix prefix = { 0 };

    fill(bytes, SIZE);
    for (size_t i = 1; i <= TIMES; i++)
        for (size_t k = 0; k < G_N_ELEMENTS(algorithms); k++) {
            const SaoyView data[2] = { { bytes, SIZE * i / TIMES }, { bytes, REST } };

            g_assert_cmpuint(saoy_prefix_digest(&prefix, algorithms[k], data, out), >, 0);
        }
    g_assert_cmpuint(prefix.digested, ==, G_N_ELEMENTS(algorithms) * (SIZE + TIMES * REST));
    saoy_prefix_clear(&prefix);
}

static void
test_what_is_unknown_has_no_digest(void)
{
    const int many[] = { NID_sha256, NID_sha384,   NID_sha512,   NID_sha224,  NID_sha1,
                         NID_md5,    NID_sha3_256, NID_sha3_384, NID_sha3_512 };
    const SaoyView data[2] = { { (const uint8_t *)"ab", 2 }, { (const uint8_t *)"", 0 } };
    SaoyPrefix prefix = { 0 };
    uint8_t out[64];
    size_t n = 0;

    g_assert_cmpuint(saoy_prefix_digest(&prefix, NID_commonName, data, out), ==, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(many); i++)
        n += saoy_prefix_digest(&prefix, many[i], data, out) > 0;
    g_assert_cmpuint(n, ==, SAOY_PREFIX_KINDS);
    saoy_prefix_clear(&prefix);
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
    g_test_add_func("/prefix/once", test_each_byte_is_digested_once);
    g_test_add_func("/prefix/unknown", test_what_is_unknown_has_no_digest);
    g_test_add_func("/prefix/bytes", test_other_bytes_begin_anew);
    return g_test_run();
}

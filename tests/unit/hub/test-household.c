/* Whose share of the costly lane a request takes. */
#include "household.h"

#include <glib.h>

static void
test_a_household_is_one(void)
{
    static const struct {
        const char *peer, *forwarded, *household;
    } rows[] = {
        { "203.0.113.7", NULL, "203.0.113.7" },
        { "203.0.113.7", "198.51.100.1", "203.0.113.7" }, /* no proxy of ours */
        { "127.0.0.1", NULL, NULL },
        { "127.0.0.1", "198.51.100.1", "198.51.100.1" },
        { "127.0.0.1", "10.1.1.1, 198.51.100.1 ", "198.51.100.1" },
        { "::1", "198.51.100.1", "198.51.100.1" },
        { "127.0.0.1", "unknown", NULL },
        { "127.0.0.1", "", NULL },
        { "2001:db8:1:2:3:4:5:6", NULL, "2001:db8:1:2::" },
        { "2001:db8:1:2:ffff::1", NULL, "2001:db8:1:2::" },
        { "127.0.0.1", "2001:db8:1:2:ffff::1", "2001:db8:1:2::" },
        { "", NULL, NULL },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *household = saoy_household(rows[i].peer, rows[i].forwarded);

        g_assert_cmpstr(household, ==, rows[i].household);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/household/one", test_a_household_is_one);
    return g_test_run();
}

/* Every genuine card is read, however its vendor has read the standards: the quirks of the
 * software chip with each other, and each by BAC. Alone they are in test-levers.c. */
#include "fixture.h"

/* quirks of honest cards that any two of may meet */
static const char *const quirks[] = {
    "selects-mf",        "access-in-mf",
    "no-p2-0c",          "select-wants-le",
    "select-refuses-le", "mse-wants-le",
    "mse-refuses-le",    "auth-wants-le",
    "auth-refuses-le",   "mse-strict",
    "short-answers 100", "strict-end",
    "exact-le",          "get-response",
    "sfi-only",          "no-sfi",
    "extended 2048",     "extended 65000",
    "extended-lies",     "no-extended",
    "pss-signer",        "access-in-application",
};

static void
use_mrz(Fixture *fix)
{
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(fix->path, &text, NULL, NULL));
    g_autofree char *line = g_strndup(strstr(text, "\"IDVNM") + 1, 90);
    g_assert_true(saoy_access_key_parse(line, &fix->key, NULL));
}

/* words are parted by "+" */
static void
assert_read(Fixture *fix, const char *words, bool by_bac)
{
    g_auto(GStrv) each = g_strsplit(words, "+", -1);
    g_autoptr(GError) error = NULL;

    g_assert_true(saoy_chip_fault(fix->chip, "clear"));
    saoy_chip_reset(fix->chip);
    for (char **word = each; *word != NULL; word++)
        g_assert_true(saoy_chip_fault(fix->chip, *word));
    read_chip(fix, fix->dir, by_bac, NULL, &error);
    g_test_message("%s", words);
    g_assert_no_error(error);
    g_assert_cmpint(saoy_identity_verdict(&fix->who), ==, SAOY_VERDICT_GENUINE);
    g_assert_cmpstr(fix->who.number, ==, NUMBER);
    g_assert_cmpstr(fix->who.access, ==, by_bac ? "BAC" : "PACE-CAN");
}

static void
test_each_by_bac(Fixture *fix, const void *data)
{
    use_mrz(fix);
    for (size_t i = 0; i < G_N_ELEMENTS(quirks); i++) {
        g_autofree char *words = g_strdup_printf("%s+no-pace", quirks[i]);

        assert_read(fix, words, true);
    }
}

static bool
contradicts(const char *a, const char *b)
{
    static const char *const groups[][4] = {
        { "extended 2048", "extended 65000", "extended-lies", "no-extended" },
        { "access-in-mf", "access-in-application" },
        { "select-wants-le", "select-refuses-le" },
        { "mse-wants-le", "mse-refuses-le" },
        { "auth-wants-le", "auth-refuses-le" },
        { "sfi-only", "no-sfi" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) {
        unsigned n = 0;

        for (size_t k = 0; k < G_N_ELEMENTS(groups[i]); k++)
            n += g_strcmp0(groups[i][k], a) == 0 || g_strcmp0(groups[i][k], b) == 0;
        if (n == 2)
            return true;
    }
    return false;
}

/* Each with two others; all of them would take too long. */
static void
test_two_at_once(Fixture *fix, const void *data)
{
    static const size_t steps[] = { 1, 9 };

    for (size_t i = 0; i < G_N_ELEMENTS(quirks); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(steps); k++) {
            const char *other = quirks[(i + steps[k]) % G_N_ELEMENTS(quirks)];
            g_autofree char *words = g_strdup_printf("%s+%s", quirks[i], other);

            if (!contradicts(quirks[i], other))
                assert_read(fix, words, false);
        }
    }
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *fix, const void *data);
    } tests[] = {
        { "/quirks/bac", test_each_by_bac },
        { "/quirks/two", test_two_at_once },
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}

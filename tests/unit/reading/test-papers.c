/* Papers set down from the printed forms before the rules were tried on them. */
#include "papers.h"

#include "filled.h"

#define ROUNDS 1u

static void
test_every_kind_has_papers(void)
{
    size_t n = 0;
    const SaoyKind *kinds = saoy_kind_list(&n);

    for (size_t k = 0; k < n; k++) {
        unsigned layouts = 0;

        for (size_t i = 0; i < G_N_ELEMENTS(papers); i++)
            layouts += g_str_equal(papers[i].kind, kinds[k].id);
        if (layouts < 2 && !g_str_equal(kinds[k].id, "unknown"))
            g_test_fail_printf("%s has %u papers", kinds[k].id, layouts);
    }
}

static void
test_clean(void)
{
    Score score = score_all(papers, G_N_ELEMENTS(papers), ROUNDS, false);

    g_assert_cmpuint(score.kinds, ==, score.papers);
    g_assert_cmpuint(score.right * 100, >=, score.fields * 97);
}

static void
test_degraded(void)
{
    Score score = score_all(papers, G_N_ELEMENTS(papers), ROUNDS, true);

    g_assert_cmpuint(score.kinds * 100, >=, score.papers * 98);
    g_assert_cmpuint(score.right * 100, >=, score.fields * 93);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/papers/kinds", test_every_kind_has_papers);
    g_test_add_func("/papers/clean", test_clean);
    g_test_add_func("/papers/degraded", test_degraded);
    return g_test_run();
}

/* Kind and fields of every kind of paper, as printed and with an engine's mistakes: words
 * with boxes, no engine. What is counted is printed; bounds are the product's. */
#include "filled.h"

#define ROUNDS 4u

static void
test_every_kind_has_a_form(void)
{
    size_t n = 0;
    const SaoyKind *kinds = saoy_kind_list(&n);

    for (size_t k = 0; k < n; k++) {
        unsigned layouts = 0;

        for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
            layouts += g_str_equal(forms[i].kind, kinds[k].id);
        if (layouts < 2 && !g_str_equal(kinds[k].id, "unknown"))
            g_test_fail_printf("%s has %u layouts", kinds[k].id, layouts);
    }
}

static void
test_clean_papers(void)
{
    Score score = score_all(forms, G_N_ELEMENTS(forms), ROUNDS, false);

    g_assert_cmpuint(score.kinds * 100, >=, score.papers * 98);
    g_assert_cmpuint(score.right * 100, >=, score.fields * 95);
}

static void
test_degraded_papers(void)
{
    Score score = score_all(forms, G_N_ELEMENTS(forms), ROUNDS, true);

    g_assert_cmpuint(score.kinds * 100, >=, score.papers * 98);
    g_assert_cmpuint(score.right * 100, >=, score.fields * 85);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/kinds/forms", test_every_kind_has_a_form);
    g_test_add_func("/kinds/clean", test_clean_papers);
    g_test_add_func("/kinds/degraded", test_degraded_papers);
    return g_test_run();
}

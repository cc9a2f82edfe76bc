#include "approval.h"

static void
test_approved_is_the_point_of_no_return(void)
{
    for (int move = 0; move < SAOY_MOVE_N; move++) {
        SaoyStage to = SAOY_STAGE_N;

        if (!saoy_stage_match(SAOY_STAGE_APPROVED, (SaoyMove)move, &to))
            continue;
        g_assert_true(to == SAOY_STAGE_ISSUED || to == SAOY_STAGE_NOT_ISSUED);
    }
}

static void
test_only_what_an_officer_has_open_is_decided(void)
{
    for (int from = 0; from < SAOY_STAGE_N; from++) {
        SaoyStage to = SAOY_STAGE_N;

        g_assert_true(saoy_stage_match((SaoyStage)from, SAOY_MOVE_APPROVE, &to) ==
                      (from == SAOY_STAGE_OPENED));
        g_assert_true(saoy_stage_match((SaoyStage)from, SAOY_MOVE_REFUSE, &to) ==
                      (from == SAOY_STAGE_OPENED));
    }
}

static void
test_every_undecided_document_can_be_withdrawn_and_no_other(void)
{
    for (int from = 0; from < SAOY_STAGE_N; from++) {
        SaoyStage to = SAOY_STAGE_N;

        g_assert_true(saoy_stage_match((SaoyStage)from, SAOY_MOVE_WITHDRAW, &to) ==
                      (from <= SAOY_STAGE_OPENED));
    }
}

static void
test_final_is_final(void)
{
    static const bool final[SAOY_STAGE_N] = {
        [SAOY_STAGE_REFUSED] = true,
        [SAOY_STAGE_ISSUED] = true,
        [SAOY_STAGE_WITHDRAWN] = true,
        [SAOY_STAGE_NOT_ISSUED] = true,
    };

    for (int from = 0; from < SAOY_STAGE_N; from++) {
        g_assert_true(saoy_stage_is_final((SaoyStage)from) == final[from]);
        g_assert_true(saoy_stage_of(saoy_stage_name((SaoyStage)from)) == (SaoyStage)from);
    }
    g_assert_true(saoy_stage_of("nothing") == SAOY_STAGE_N);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stage/no-return", test_approved_is_the_point_of_no_return);
    g_test_add_func("/stage/opened", test_only_what_an_officer_has_open_is_decided);
    g_test_add_func("/stage/withdraw",
                    test_every_undecided_document_can_be_withdrawn_and_no_other);
    g_test_add_func("/stage/final", test_final_is_final);
    return g_test_run();
}

#include "flow/flow.h"

#include <string.h>

/* Every state x event x class x all the facts guards look at: small enough to try them all.
 */
enum { FACT_BITS = 11, FACT_SETS = 1 << FACT_BITS };

static SaoyFacts
facts_of(unsigned bits)
{
    return (SaoyFacts){
        .tries = (bits & 1) ? 2 : 0,
        .pages = (bits & 2) ? 1 : 0,
        .unreadable = (bits & 4) ? 1 : 0,
        .approved = (bits & 8) ? 1 : 0,
        .chip_proven = (bits & 16) != 0,
        .has_email = (bits & 32) != 0,
        .opened = (bits & 64) != 0,
        .submitted = (bits & 128) != 0,
        .fee_open = (bits & 256) != 0,
        .fee_due = (bits & 512) != 0,
        .busy = (bits & 1024) != 0,
        .consented = true,
        .has_key = true,
        .room = true,
    };
}

typedef void Visitor(SaoyState state, const SaoyEvent *event, const SaoyFacts *facts,
                     const SaoyTransition *row);

static void
for_all(Visitor *visit)
{
    for (int s = 0; s < SAOY_STATE_N; s++)
        for (int e = 0; e < SAOY_EV_N; e++)
            for (int w = 0; w <= SAOY_CLASS_REFUSE; w++)
                for (unsigned bits = 0; bits < FACT_SETS; bits++) {
                    const SaoyFacts facts = facts_of(bits);
                    const SaoyEvent event = { (SaoyEventType)e, (SaoyErrorClass)w, 0 };

                    visit((SaoyState)s, &event, &facts,
                          saoy_flow_match((SaoyState)s, &event, &facts));
                }
}

static bool
is_leaving(SaoyEventType type)
{
    return type == SAOY_EV_EXIT || type == SAOY_EV_PATIENCE || type == SAOY_EV_AWAY;
}

static bool
is_visit(SaoyState state)
{
    return state > SAOY_STATE_WELCOME && state < SAOY_STATE_WIPE &&
           state != SAOY_STATE_MAINT;
}

/* ---- every way ends in WIPE */

static void
check_leaving(SaoyState state, const SaoyEvent *event, const SaoyFacts *facts,
              const SaoyTransition *row)
{
    static const SaoyEvent patience = { .type = SAOY_EV_PATIENCE };
    const SaoyTransition *second = NULL;

    if (!is_visit(state) || !is_leaving(event->type))
        return;
    g_assert_nonnull(row);
    if (row->to == SAOY_STATE_WIPE)
        return;
    /* by way of the slip and "take your original", each bounded by patience */
    g_assert_true(row->to == SAOY_STATE_DELIVER || row->to == SAOY_STATE_DONE);
    g_assert_cmpuint(saoy_flow_patience_s(row->to), >, 0);
    second = saoy_flow_match(row->to, &patience, facts);
    if (second->to != SAOY_STATE_WIPE)
        second = saoy_flow_match(second->to, &patience, facts);
    g_assert_cmpint(second->to, ==, SAOY_STATE_WIPE);
}

static void
test_every_way_out_ends_in_wipe(void)
{
    for_all(check_leaving);
}

static void
check_no_dead_end(SaoyState state, const SaoyEvent *event, const SaoyFacts *facts,
                  const SaoyTransition *row)
{
    if (row == NULL)
        return;
    /* WELCOME is reached through WIPE alone, and a wipe really runs on the way into it */
    if (row->to == SAOY_STATE_WELCOME)
        g_assert_cmpint(state, ==, SAOY_STATE_WIPE);
    if (row->to == SAOY_STATE_WIPE)
        g_assert_true(row->effect == SAOY_DO_WIPE || row->effect == SAOY_DO_WITHDRAW ||
                      row->effect == SAOY_DO_RELEASE);
    if (is_visit(state) && state != SAOY_STATE_LOOKUP)
        g_assert_cmpuint(saoy_flow_patience_s(state), >, 0);
}

static void
test_wipe_is_the_only_door_to_welcome(void)
{
    for_all(check_no_dead_end);
}

/* ---- approval is the point of no return */

static void
check_approved(SaoyState state, const SaoyEvent *event, const SaoyFacts *facts,
               const SaoyTransition *row)
{
    if (row == NULL || state < SAOY_STATE_SIGN || state > SAOY_STATE_DONE)
        return;
    g_assert_cmpint(row->effect, !=, SAOY_DO_WITHDRAW);
}

static void
test_nothing_behind_the_officer_withdraws(void)
{
    for_all(check_approved);
}

static void
check_officer(SaoyState state, const SaoyEvent *event, const SaoyFacts *facts,
              const SaoyTransition *row)
{
    bool found = facts->has_email || facts->chip_proven;

    if (state != SAOY_STATE_OFFICER)
        return;
    if (event->type == SAOY_EV_EXIT) {
        g_assert_cmpint(row->effect, ==, SAOY_DO_WITHDRAW);
    } else if (event->type == SAOY_EV_PATIENCE || event->type == SAOY_EV_AWAY ||
               event->type == SAOY_EV_CANNOT_WAIT) {
        g_assert_cmpint(row->effect, ==, found ? SAOY_DO_RELEASE : SAOY_DO_WITHDRAW);
    } else if (event->type == SAOY_EV_DECIDED) {
        g_assert_cmpint(row->to, ==,
                        facts->approved > 0 ? SAOY_STATE_SIGN : SAOY_STATE_SORRY);
        g_assert_cmpint(row->effect, !=, SAOY_DO_WITHDRAW);
    }
}

static void
test_only_a_confirmed_exit_withdraws_at_the_officer(void)
{
    for_all(check_officer);
}

static void
check_one_approved(SaoyState state, const SaoyEvent *event, const SaoyFacts *facts,
                   const SaoyTransition *row)
{
    /* a fault of ours never takes back what the officer approved and the hub has */
    if (state == SAOY_STATE_OFFICER && event->type == SAOY_EV_FAILED && facts->submitted &&
        facts->approved > 0)
        g_assert_cmpint(row->effect, !=, SAOY_DO_WITHDRAW);
}

static void
test_a_fault_at_the_officer_keeps_an_approval(void)
{
    for_all(check_one_approved);
}

/* ---- what was opened, and its fee */

static void
check_unsubmitted(SaoyState state, const SaoyEvent *event, const SaoyFacts *facts,
                  const SaoyTransition *row)
{
    if (row == NULL || !is_visit(state) || state >= SAOY_STATE_OFFICER ||
        !(facts->opened || facts->fee_open))
        return;
    if (row->to == SAOY_STATE_SORRY ||
        (row->to == SAOY_STATE_WIPE && event->type != SAOY_EV_BACK))
        g_assert_cmpint(row->effect, ==, SAOY_DO_WITHDRAW);
}

static void
test_leaving_an_open_dossier_withdraws_it(void)
{
    for_all(check_unsubmitted);
}

static void
check_back(SaoyState state, const SaoyEvent *event, const SaoyFacts *facts,
           const SaoyTransition *row)
{
    /* once opened there is no way back behind DELIVERY: what the hub has stays as it is */
    if (facts->opened && (state == SAOY_STATE_DELIVERY || state == SAOY_STATE_PAY) &&
        row != NULL)
        g_assert_true(row->to >= SAOY_STATE_DELIVERY);
}

static void
test_an_open_dossier_is_not_edited(void)
{
    for_all(check_back);
}

static void
test_nobody_submits_before_paying(void)
{
    const SaoyEvent next = { .type = SAOY_EV_NEXT };

    g_assert_null(saoy_flow_match(SAOY_STATE_PAY, &next, &(SaoyFacts){ .fee_due = true }));
    g_assert_cmpint(saoy_flow_match(SAOY_STATE_PAY, &next, &(SaoyFacts){ 0 })->effect, ==,
                    SAOY_DO_SUBMIT);
}

/* ---- the rest */

static void
test_retries_are_bounded(void)
{
    static const SaoyState states[] = { SAOY_STATE_CARD, SAOY_STATE_FACE, SAOY_STATE_SCAN,
                                        SAOY_STATE_DELIVERY, SAOY_STATE_PAY };

    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        const SaoyEvent slow = { .type = SAOY_EV_FAILED, .why = SAOY_CLASS_RETRY };
        const SaoyTransition *row = NULL;

        row = saoy_flow_match(states[i], &slow, &(SaoyFacts){ .tries = 1 });
        g_assert_cmpint(row->to, ==, states[i]);
        row = saoy_flow_match(states[i], &slow, &(SaoyFacts){ .tries = 2 });
        g_assert_cmpint(row->to, ==, SAOY_STATE_SORRY);
    }
}

static void
test_a_forged_chip_is_not_tried_again(void)
{
    const SaoyEvent forged = { .type = SAOY_EV_FAILED, .why = SAOY_CLASS_REFUSE };

    g_assert_cmpint(saoy_flow_match(SAOY_STATE_CARD, &forged, &(SaoyFacts){ 0 })->to, ==,
                    SAOY_STATE_SORRY);
}

static void
test_a_failed_wipe_closes(void)
{
    const SaoyEvent failed = { .type = SAOY_EV_FAILED, .why = SAOY_CLASS_SERVICE };

    for (unsigned bits = 0; bits < FACT_SETS; bits++) {
        const SaoyFacts facts = facts_of(bits);

        g_assert_cmpint(saoy_flow_match(SAOY_STATE_WIPE, &failed, &facts)->to, ==,
                        SAOY_STATE_CLOSED);
    }
}

static void
test_nothing_starts_without_consent(void)
{
    const SaoyEvent next = { .type = SAOY_EV_NEXT };

    g_assert_null(saoy_flow_match(SAOY_STATE_CONSENT, &next, &(SaoyFacts){ 0 }));
}

static void
test_unknown_events_are_ignored(void)
{
    const SaoyFacts facts = { 0 };

    for (int s = 0; s < SAOY_STATE_N; s++) {
        const SaoyEvent strange = { .type = SAOY_EV_N };
        const SaoyEvent page = { .type = SAOY_EV_PAGE };

        g_assert_null(saoy_flow_match((SaoyState)s, &strange, &facts));
        g_assert_null(saoy_flow_match((SaoyState)s, &page, &facts));
    }
    g_assert_null(
        saoy_flow_match(SAOY_STATE_WELCOME, &(SaoyEvent){ .type = SAOY_EV_EXIT }, &facts));
    g_assert_null(saoy_flow_match(SAOY_STATE_MAINT,
                                  &(SaoyEvent){ .type = SAOY_EV_PATIENCE }, &facts));
}

/* A row that can never match is a mistake in the order of rows. */
static size_t rows_seen[256];

static void
count_row(SaoyState state, const SaoyEvent *event, const SaoyFacts *facts,
          const SaoyTransition *row)
{
    size_t n = 0;

    if (row != NULL)
        rows_seen[row - saoy_flow_rows(&n)]++;
}

static void
test_every_row_can_match(void)
{
    size_t n = 0;
    const SaoyTransition *rows = saoy_flow_rows(&n);

    g_assert_cmpuint(n, <, G_N_ELEMENTS(rows_seen));
    for_all(count_row);
    for (size_t i = 0; i < n; i++) {
        if (rows_seen[i] == 0)
            g_test_message("%s on %s never matches", saoy_state_name(rows[i].from),
                           saoy_event_name(rows[i].on));
        g_assert_cmpuint(rows_seen[i], >, 0);
    }
}

static void
test_everything_has_a_name(void)
{
    for (int i = 0; i <= SAOY_STATE_N; i++)
        g_assert_cmpstr(saoy_state_name((SaoyState)i), !=, "?");
    for (int i = 0; i < SAOY_EV_N; i++)
        g_assert_cmpstr(saoy_event_name((SaoyEventType)i), !=, "?");
    for (int i = 0; i < SAOY_DO_N; i++)
        g_assert_cmpstr(saoy_effect_name((SaoyEffect)i), !=, "?");
    g_assert_cmpstr(saoy_state_name((SaoyState)99), ==, "?");
}

static void
test_the_diagram_shows_every_row(void)
{
    g_autofree char *text = saoy_flow_print_markdown();
    size_t n = 0, lines = 0;

    saoy_flow_rows(&n);
    for (const char *p = text; (p = strstr(p, " --> ")) != NULL; p++)
        lines++;
    g_assert_cmpuint(lines, ==, n + 1); /* and the arrow into WELCOME */
    g_assert_nonnull(strstr(text, "| OFFICER | EXIT |  | WIPE | WITHDRAW |"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/table/every-way-out-ends-in-wipe", test_every_way_out_ends_in_wipe);
    g_test_add_func("/table/wipe-is-the-only-door", test_wipe_is_the_only_door_to_welcome);
    g_test_add_func("/table/nothing-behind-the-officer-withdraws",
                    test_nothing_behind_the_officer_withdraws);
    g_test_add_func("/table/only-a-confirmed-exit-withdraws",
                    test_only_a_confirmed_exit_withdraws_at_the_officer);
    g_test_add_func("/table/a-fault-keeps-an-approval",
                    test_a_fault_at_the_officer_keeps_an_approval);
    g_test_add_func("/table/leaving-an-open-dossier-withdraws",
                    test_leaving_an_open_dossier_withdraws_it);
    g_test_add_func("/table/an-open-dossier-is-not-edited",
                    test_an_open_dossier_is_not_edited);
    g_test_add_func("/table/nobody-submits-before-paying",
                    test_nobody_submits_before_paying);
    g_test_add_func("/table/retries-are-bounded", test_retries_are_bounded);
    g_test_add_func("/table/a-forged-chip-is-final", test_a_forged_chip_is_not_tried_again);
    g_test_add_func("/table/a-failed-wipe-closes", test_a_failed_wipe_closes);
    g_test_add_func("/table/nothing-without-consent", test_nothing_starts_without_consent);
    g_test_add_func("/table/unknown-events-are-ignored", test_unknown_events_are_ignored);
    g_test_add_func("/table/every-row-can-match", test_every_row_can_match);
    g_test_add_func("/table/everything-has-a-name", test_everything_has_a_name);
    g_test_add_func("/table/the-diagram-shows-every-row", test_the_diagram_shows_every_row);
    return g_test_run();
}

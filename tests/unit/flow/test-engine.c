#include "flow/engine.h"

#include <string.h>

/* A visit without threads, devices or waiting: hooks write down what they were asked. */
typedef struct {
    GString *order; /* j s a r: which hook, in which order */
    SaoyEffect last;
    SaoyFacts outside;
    bool journal_fails;
    SaoyState shown;
} Log;

static bool
journal(void *user, const SaoyTransition *row, GError **error)
{
    Log *log = user;

    g_string_append_c(log->order, 'j');
    return !log->journal_fails || saoy_fail(error, SAOY_ERROR_FAILED, "disk full");
}

static void
act(void *user, SaoyEffect effect, unsigned turn, GCancellable *cancel)
{
    Log *log = user;

    g_string_append_c(log->order, 'a');
    log->last = effect;
}

static void
show(void *user, SaoyState state, const SaoyFacts *facts)
{
    Log *log = user;

    g_string_append_c(log->order, 's');
    log->shown = state;
}

static void
refresh(void *user, SaoyFacts *facts)
{
    Log *log = user;
    unsigned tries = facts->tries;

    g_string_append_c(log->order, 'r');
    *facts = log->outside;
    facts->tries = tries;
}

static const SaoyFlowHooks hooks = { journal, act, show, refresh };

typedef struct {
    Log log;
    SaoyFlow flow;
} Fixture;

static void
set_up(Fixture *f, const void *data)
{
    f->log = (Log){ .order = g_string_new(NULL) };
    f->flow = (SaoyFlow){ .hooks = &hooks, .user = &f->log, .turn = 1 };
}

static void
tear_down(Fixture *f, const void *data)
{
    g_string_free(f->log.order, TRUE);
    g_clear_object(&f->flow.cancel);
}

static void
post(Fixture *f, SaoyEventType type)
{
    saoy_flow_post(&f->flow, (SaoyEvent){ .type = type });
}

static void
test_journal_then_show_then_act(Fixture *f, const void *data)
{
    f->flow.state = SAOY_STATE_CHOOSE;
    post(f, SAOY_EV_NEXT);
    g_assert_cmpstr(f->log.order->str, ==, "rjsa");
    g_assert_cmpint(f->flow.state, ==, SAOY_STATE_SCAN);
    g_assert_cmpint(f->log.last, ==, SAOY_DO_SCAN);
}

static void
test_facts_are_fresh_at_every_match(Fixture *f, const void *data)
{
    f->flow.state = SAOY_STATE_CONSENT;
    post(f, SAOY_EV_NEXT);
    g_assert_cmpint(f->flow.state, ==, SAOY_STATE_CONSENT);
    f->log.outside.consented = true;
    post(f, SAOY_EV_NEXT);
    g_assert_cmpint(f->flow.state, ==, SAOY_STATE_CARD);
}

static void
test_late_answers_are_dropped(Fixture *f, const void *data)
{
    unsigned asked = 0;

    f->flow.state = SAOY_STATE_CHOOSE;
    post(f, SAOY_EV_NEXT);
    asked = f->flow.turn;
    post(f, SAOY_EV_EXIT);
    g_assert_cmpint(f->flow.state, ==, SAOY_STATE_WIPE);
    saoy_flow_done(&f->flow, asked, NULL); /* the scanner answers after the person left */
    g_assert_cmpint(f->flow.state, ==, SAOY_STATE_WIPE);
    saoy_flow_done(&f->flow, f->flow.turn, NULL);
    g_assert_cmpint(f->flow.state, ==, SAOY_STATE_WELCOME);
}

static void
test_leaving_cancels_what_runs(Fixture *f, const void *data)
{
    g_autoptr(GCancellable) running = NULL;

    f->flow.state = SAOY_STATE_CHOOSE;
    post(f, SAOY_EV_NEXT);
    running = g_object_ref(f->flow.cancel);
    post(f, SAOY_EV_EXIT);
    g_assert_true(g_cancellable_is_cancelled(running));
    g_assert_false(g_cancellable_is_cancelled(f->flow.cancel));
}

static void
test_only_failures_count_as_tries(Fixture *f, const void *data)
{
    g_autoptr(GError) offline = g_error_new(SAOY_ERROR, SAOY_ERROR_OFFLINE, "x");

    f->log.outside.room = true;
    f->flow.state = SAOY_STATE_SCAN;
    for (int i = 0; i < 10; i++)
        post(f, SAOY_EV_AGAIN); /* ten sheets on a flatbed are no trouble */
    g_assert_cmpuint(f->flow.facts.tries, ==, 0);
    saoy_flow_done(&f->flow, f->flow.turn, offline);
    saoy_flow_done(&f->flow, f->flow.turn, offline);
    g_assert_cmpuint(f->flow.facts.tries, ==, 2);
    g_assert_cmpint(f->flow.state, ==, SAOY_STATE_SCAN);
    saoy_flow_done(&f->flow, f->flow.turn, offline);
    g_assert_cmpint(f->flow.state, ==, SAOY_STATE_SORRY);
}

static void
test_what_is_not_written_is_not_done(Fixture *f, const void *data)
{
    f->flow.state = SAOY_STATE_PAY;
    f->log.journal_fails = true;
    post(f, SAOY_EV_DONE);
    g_assert_cmpint(f->flow.state, ==, SAOY_STATE_CLOSED);
    g_assert_cmpint(f->log.last, ==,
                    SAOY_DO_WIPE); /* not SUBMIT; and nobody stays behind */
}

static void
test_ignored_events_leave_no_trace(Fixture *f, const void *data)
{
    unsigned turn = f->flow.turn;

    post(f, SAOY_EV_DONE);
    g_assert_cmpstr(f->log.order->str, ==, "r");
    g_assert_cmpuint(f->flow.turn, ==, turn);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(path, test) g_test_add(path, Fixture, NULL, set_up, test, tear_down)
    ADD("/engine/journal-then-show-then-act", test_journal_then_show_then_act);
    ADD("/engine/facts-are-fresh", test_facts_are_fresh_at_every_match);
    ADD("/engine/late-answers-are-dropped", test_late_answers_are_dropped);
    ADD("/engine/leaving-cancels", test_leaving_cancels_what_runs);
    ADD("/engine/only-failures-count", test_only_failures_count_as_tries);
    ADD("/engine/not-written-not-done", test_what_is_not_written_is_not_done);
    ADD("/engine/ignored-events", test_ignored_events_leave_no_trace);
    return g_test_run();
}

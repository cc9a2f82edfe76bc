/* Runs the .scn files of tests/scenario: whole visits as documents, on the table and the
 * engine alone, so that no visit takes longer than reading it. Lines: fact NAME NUMBER what
 * the session would say from now on post EVENT          a person, or patience done the
 * effect that runs ended well fail CLASS          … or failed: retry user service refuse
 * late an answer to the question before the last transition expect STATE EFFECT where the
 * visit is now, and what was started last */
#include "flow/engine.h"

#include <string.h>

typedef struct {
    SaoyFlow flow;
    SaoyFacts facts;
    SaoyEffect effect;
    unsigned asked;
    unsigned journalled;
} Run;

static bool
journal(void *user, const SaoyTransition *row, GError **error)
{
    Run *run = user;

    run->journalled++;
    run->effect = row->effect;
    return true;
}

static void
act(void *user, SaoyEffect effect, unsigned turn, GCancellable *cancel)
{
    Run *run = user;

    run->asked = turn;
}

static void
show(void *user, SaoyState state, const SaoyFacts *facts)
{
}

static void
refresh(void *user, SaoyFacts *facts)
{
    const Run *run = user;
    unsigned tries = facts->tries;

    *facts = run->facts;
    facts->tries = tries;
}

static const SaoyFlowHooks hooks = { journal, act, show, refresh };

#define FACT(name)                                                      \
    {                                                                   \
#name, offsetof(SaoyFacts, name), sizeof((SaoyFacts){ 0 }.name) \
    }
static const struct {
    const char *name;
    size_t offset, size;
} facts[] = {
    FACT(pages),     FACT(pending), FACT(approved),  FACT(refused),  FACT(chip_proven),
    FACT(has_email), FACT(opened),  FACT(submitted), FACT(fee_open), FACT(fee_due),
    FACT(consented), FACT(has_key), FACT(busy),      FACT(room),     FACT(unreadable),
};

static void
do_fact(Run *run, const char *name, const char *value)
{
    unsigned number = (unsigned)g_ascii_strtoull(value, NULL, 10);

    for (size_t i = 0; i < G_N_ELEMENTS(facts); i++) {
        if (!g_str_equal(facts[i].name, name))
            continue;
        if (facts[i].size == sizeof(bool))
            G_STRUCT_MEMBER(bool, &run->facts, facts[i].offset) = number != 0;
        else
            G_STRUCT_MEMBER(unsigned, &run->facts, facts[i].offset) = number;
        return;
    }
    g_error("no fact %s", name);
}

static void
do_post(Run *run, const char *name, const char *unused)
{
    for (int e = 0; e < SAOY_EV_N; e++) {
        if (!g_str_equal(saoy_event_name((SaoyEventType)e), name))
            continue;
        saoy_flow_post(&run->flow, (SaoyEvent){ .type = (SaoyEventType)e });
        return;
    }
    g_error("no event %s", name);
}

static void
do_done(Run *run, const char *unused, const char *unused_too)
{
    saoy_flow_done(&run->flow, run->flow.turn, NULL);
}

static void
do_fail(Run *run, const char *name, const char *unused)
{
    static const struct {
        const char *name;
        SaoyErrorCode code;
    } classes[] = { { "retry", SAOY_ERROR_OFFLINE },
                    { "user", SAOY_ERROR_REFUSED },
                    { "service", SAOY_ERROR_JAM },
                    { "refuse", SAOY_ERROR_UNTRUSTED } };

    for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
        g_autoptr(GError) error = g_error_new(SAOY_ERROR, (int)classes[i].code, "x");

        if (g_str_equal(classes[i].name, name))
            saoy_flow_done(&run->flow, run->flow.turn, error);
    }
}

static void
do_late(Run *run, const char *unused, const char *unused_too)
{
    saoy_flow_done(&run->flow, run->flow.turn - 1, NULL);
}

static void
do_expect(Run *run, const char *state, const char *effect)
{
    g_assert_cmpstr(saoy_state_name(run->flow.state), ==, state);
    g_assert_cmpstr(saoy_effect_name(run->effect), ==, effect);
}

static const struct {
    const char *verb;
    void (*run)(Run *run, const char *first, const char *second);
} verbs[] = {
    { "fact", do_fact }, { "post", do_post }, { "done", do_done },
    { "fail", do_fail }, { "late", do_late }, { "expect", do_expect },
};

static void
run_line(Run *run, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 3);
    guint n = g_strv_length(words);

    if (line[0] == '\0' || line[0] == '#')
        return;
    g_test_message("%s", line);
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (!g_str_equal(verbs[i].verb, words[0]))
            continue;
        verbs[i].run(run, n > 1 ? words[1] : "", n > 2 ? words[2] : "");
        return;
    }
    g_error("no verb in: %s", line);
}

static void
run_scenario(const void *path)
{
    Run run = { 0 };
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    run.flow = (SaoyFlow){ .hooks = &hooks, .user = &run, .turn = 1 };
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        run_line(&run, *line);
    /* whatever happened, the machine ends at WELCOME, or closed */
    g_assert_true(run.flow.state == SAOY_STATE_WELCOME ||
                  run.flow.state == SAOY_STATE_CLOSED);
    g_clear_object(&run.flow.cancel);
}

int
main(int argc, char **argv)
{
    g_autofree char *folder = g_build_filename(SAOY_SOURCE_DIR, "tests/scenario", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name = NULL;

    g_test_init(&argc, &argv, NULL);
    g_assert_nonnull(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *test = g_strdup_printf("/scenario/%s", name);

        if (g_str_has_suffix(name, ".scn"))
            g_test_add_data_func_full(test, g_build_filename(folder, name, NULL),
                                      run_scenario, g_free);
    }
    return g_test_run();
}

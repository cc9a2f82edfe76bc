/* CARD with a card that is taken away in the midst of it: the visit asks for the card, not
 * for the digits, and what was read is kept. */
#include "camera-visit.h"
#include "identity/chip.h"

#define WAIT_TURNS 20000

static void
set_up(Fixture *f, const void *lever)
{
    g_autoptr(GBytes) picture = saoy_file_read(
        SAOY_SOURCE_DIR "/tests/data/personas/an/portrait.jpg", 1 << 20, NULL);
    g_autofree char *card = NULL;
    const SaoyPersona persona = { .name_vi = "Nguyễn Văn An",
                                  .number = "001090000001",
                                  .birth_date = "1990-01-01",
                                  .sex = "M",
                                  .portrait = picture };

    open_visit(f, "https://example.vn", 6);
    card = g_build_filename(f->folder, "nobody.json", NULL);
    g_assert_true(saoy_persona_make(&persona, card, NULL));
    saoy_visit_post(f->visit, SAOY_EV_NEXT);
    saoy_visit_post(f->visit, SAOY_EV_NEXT);
    saoy_session_set_consent(f->visit, true, false);
    saoy_visit_post(f->visit, SAOY_EV_NEXT);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_CARD);
}

static void
pull(const Fixture *f, const char *lever)
{
    g_autofree char *path = g_build_filename(f->folder, "nobody.json.fault", NULL);

    g_assert_true(g_file_set_contents(path, lever, -1, NULL));
}

static void
read_card(Fixture *f, const char *lever)
{
    pull(f, lever);
    g_assert_true(saoy_session_set_key(f->visit, "000001"));
    saoy_visit_post(f->visit, SAOY_EV_NEXT);
    g_assert_true(saoy_visit_session(f->visit)->busy);
}

static void
wait_for_problem(Fixture *f)
{
    for (int i = 0; i < WAIT_TURNS && saoy_visit_session(f->visit)->problem == NULL; i++)
        turn();
    g_assert_nonnull(saoy_visit_session(f->visit)->problem);
}

static void
wait_while_card(Fixture *f)
{
    for (int i = 0; i < WAIT_TURNS; i++) {
        const SaoySession *session = saoy_visit_session(f->visit);

        if (saoy_visit_state(f->visit) != SAOY_STATE_CARD || !session->busy)
            return;
        turn();
    }
    g_assert_not_reached();
}

static void
test_the_card_is_asked_for_again(Fixture *f, const void *lever)
{
    const SaoySession *session = saoy_visit_session(f->visit);
    unsigned done = 0;

    read_card(f, "pulled-after 20");
    wait_for_problem(f);
    pull(f, "absent");
    done = session->card_done;
    g_assert_cmpuint(done, >, 0);
    g_assert_nonnull(strstr(session->problem, "again"));
    g_assert_true(session->busy); /* nothing to be typed: it only waits for the card */
    for (int i = 0; i < 100; i++)
        turn();
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_CARD);
    g_assert_true(session->busy);
    g_assert_cmpuint(session->card_done, >=, done);
    pull(f, "");
    wait_while_card(f);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_FACE);
    g_assert_true(session->identified);
    g_assert_cmpstr(session->identity.number, ==, "001090000001");
    g_assert_null(session->problem);
}

/* It gets somewhere each time, and so it ends by itself. */
static void
test_a_hasty_hand_gets_there(Fixture *f, const void *lever)
{
    read_card(f, "pulled-after 20");
    wait_while_card(f);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_FACE);
}

/* It never gets beyond the opening: that ends, too, and says so. */
static void
test_a_card_that_never_stays(Fixture *f, const void *lever)
{
    read_card(f, "pulled-after 4");
    wait_while_card(f);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_CARD);
    g_assert_nonnull(saoy_visit_session(f->visit)->problem);
    g_assert_true(saoy_visit_session(f->visit)->facts.has_key); /* still not asked again */
}

static void
test_leaving_while_it_waits(Fixture *f, const void *lever)
{
    read_card(f, "pulled-after 20");
    wait_for_problem(f);
    pull(f, "absent");
    saoy_visit_post(f->visit, SAOY_EV_EXIT);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_WIPE);
    for (int i = 0; i < WAIT_TURNS && saoy_visit_state(f->visit) != SAOY_STATE_WELCOME; i++)
        turn();
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_WELCOME);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/lost-card/again", Fixture, NULL, set_up, test_the_card_is_asked_for_again,
               tear_down);
    g_test_add("/lost-card/hasty", Fixture, NULL, set_up, test_a_hasty_hand_gets_there,
               tear_down);
    g_test_add("/lost-card/never", Fixture, NULL, set_up, test_a_card_that_never_stays,
               tear_down);
    g_test_add("/lost-card/leave", Fixture, NULL, set_up, test_leaving_while_it_waits,
               tear_down);
    return g_test_run();
}

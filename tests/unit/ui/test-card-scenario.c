/* Runs the .scn files of tests/scenario/card: what a citizen meets when her card, or the
 * chip on it, is not as it should be. A real visit with its workers and the emulated
 * reader; no window, but the words that it would show, in Vietnamese. Each file begins
 * where the card is asked for. Lines: card LEVER       the card is like that from now on
 * (saoy_chip_fault); "clear" not digits NUMBER    she types six digits, and the reading
 * ends well or not expect STATE     where she is then; CHOOSE is behind the card, as no
 * camera is there says TEXT        what stands on the screen, or a part of it verdict NAME
 * what the officer will be told of the card holder NUMBER    whose card was read leave she
 * goes, and comes again */
#include "core/error.h"
#include "core/file.h"
#include "core/language.h"
#include "flow/visit.h"
#include "identity/chip.h"
#include "sentences.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define NUMBER "001090000001"
enum { NAP_US = 2000, NAPS = 60000 };

typedef struct {
    char *folder, *card, *fault;
    GString *levers;
    SaoyKioskConfig *config;
    SaoyVisit *visit;
} World;

static void
show(void *user, SaoyState state, const SaoySession *session)
{
}

static void
make_card(World *world)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) portrait = saoy_file_read(
        SAOY_SOURCE_DIR "/tests/data/personas/an/portrait.jpg", 1 << 20, &error);
    const SaoyPersona persona = { .name_vi = "Nguyễn Văn An",
                                  .number = NUMBER,
                                  .birth_date = "1990-01-01",
                                  .portrait = portrait };

    g_assert_no_error(error);
    world->card = g_build_filename(world->folder, "csca", "an.json", NULL);
    world->fault = g_strconcat(world->card, ".fault", NULL);
    saoy_persona_make(&persona, world->card, &error);
    g_assert_no_error(error);
}

static void
read_config(World *world)
{
    g_autofree char *file = g_build_filename(world->folder, "kiosk.conf", NULL);
    g_autofree char *text = g_strdup_printf(
        "[kiosk]\ndata = %1$s/data\n[hub]\nurl = http://127.0.0.1:9\n"
        "[scanner]\naddress = %1$s/feed\n[camera]\naddress = %1$s/live\n"
        "[printer]\ndriver = none\n[card]\naddress = %2$s\n[trust]\ncsca = %1$s/csca\n"
        "[emu]\nspeed = 0\n",
        world->folder, world->card);
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(file, text, -1, NULL));
    world->config = saoy_kiosk_config_read(file, &error);
    g_assert_no_error(error);
}

static void
open_world(World *world)
{
    static const char *const folders[] = { "data", "feed", "live", "csca" };
    g_autoptr(GError) error = NULL;

    world->folder = g_dir_make_tmp("saoy-card-scenario-XXXXXX", NULL);
    world->levers = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(world->folder, folders[i], NULL);

        g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
    }
    make_card(world);
    read_config(world);
    world->visit = saoy_visit_new(world->config, show, NULL, &error);
    g_assert_no_error(error);
}

static void
close_world(World *world)
{
    saoy_visit_free(world->visit);
    saoy_kiosk_config_free(world->config);
    g_assert_true(saoy_dir_remove(world->folder, NULL));
    g_string_free(world->levers, TRUE);
    g_free(world->folder);
    g_free(world->card);
    g_free(world->fault);
}

static void
turn(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_usleep(NAP_US);
}

static void
wait_for(World *world, SaoyState state)
{
    for (unsigned i = 0; i < NAPS && saoy_visit_state(world->visit) != state; i++)
        turn();
    g_assert_cmpint(saoy_visit_state(world->visit), ==, state);
}

static void
go_to_card(World *world)
{
    wait_for(world, SAOY_STATE_WELCOME);
    saoy_visit_post(world->visit, SAOY_EV_NEXT);
    saoy_visit_post(world->visit, SAOY_EV_NEXT);
    saoy_session_set_consent(world->visit, true, false);
    saoy_visit_post(world->visit, SAOY_EV_NEXT);
    g_assert_cmpint(saoy_visit_state(world->visit), ==, SAOY_STATE_CARD);
}

/* --- the verbs --- */

static void
do_card(World *world, const char *lever)
{
    if (g_str_equal(lever, "clear"))
        g_string_truncate(world->levers, 0);
    else
        g_string_append_printf(world->levers, "%s\n", lever);
    g_assert_true(g_file_set_contents(world->fault, world->levers->str, -1, NULL));
}

static void
do_digits(World *world, const char *digits)
{
    const SaoySession *session = saoy_visit_session(world->visit);

    g_assert_true(saoy_session_set_key(world->visit, digits));
    saoy_visit_post(world->visit, SAOY_EV_NEXT);
    for (unsigned i = 0; i < NAPS; i++) {
        if (saoy_visit_state(world->visit) != SAOY_STATE_CARD || !session->busy)
            return;
        turn();
    }
    g_assert_not_reached();
}

static void
do_expect(World *world, const char *state)
{
    for (unsigned i = 0; i < NAPS; i++) {
        if (g_str_equal(saoy_state_name(saoy_visit_state(world->visit)), state))
            return;
        turn();
    }
    g_assert_cmpstr(saoy_state_name(saoy_visit_state(world->visit)), ==, state);
}

static void
do_says(World *world, const char *text)
{
    const SaoySession *session = saoy_visit_session(world->visit);
    SaoySentences sorry = { "", "", "" };
    g_autofree char *all = NULL;

    if (saoy_visit_state(world->visit) == SAOY_STATE_SORRY)
        sorry = saoy_sentences_for(&session->sorry);
    all = g_strjoin("\n", session->problem == NULL ? "" : _(session->problem),
                    _(sorry.what), _(sorry.means), _(sorry.todo), NULL);
    if (strstr(all, text) == NULL)
        g_assert_cmpstr(all, ==, text);
}

static void
do_verdict(World *world, const char *name)
{
    const SaoySession *session = saoy_visit_session(world->visit);

    g_assert_cmpstr(saoy_verdict_name(saoy_identity_verdict(&session->identity)), ==, name);
}

static void
do_holder(World *world, const char *number)
{
    g_assert_cmpstr(saoy_visit_session(world->visit)->identity.number, ==, number);
}

static void
do_leave(World *world, const char *unused)
{
    do_card(world, "clear");
    saoy_visit_post(world->visit, SAOY_EV_EXIT);
    go_to_card(world);
}

static const struct {
    const char *verb;
    void (*run)(World *world, const char *rest);
} verbs[] = {
    { "card", do_card },     { "digits", do_digits }, { "expect", do_expect },
    { "says", do_says },     { "leave", do_leave },   { "verdict", do_verdict },
    { "holder", do_holder },
};

static void
run_line(World *world, char *line)
{
    char *rest = NULL;
    size_t word;

    g_strstrip(line);
    if (line[0] == '\0' || line[0] == '#')
        return;
    g_test_message("%s", line);
    word = strcspn(line, " ");
    rest = g_strstrip(line + word);
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (strlen(verbs[i].verb) == word && strncmp(verbs[i].verb, line, word) == 0) {
            verbs[i].run(world, rest);
            return;
        }
    g_test_fail_printf("no verb in: %s", line);
}

static World world;

static void
run_scenario(const void *path)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line != NULL; line++)
        run_line(&world, *line);
    do_leave(&world, "");
}

int
main(int argc, char **argv)
{
    g_autofree char *folder =
        g_build_filename(SAOY_SOURCE_DIR, "tests/scenario/card", NULL);
    g_auto(GStrv) names = NULL;
    int failed;

    g_setenv("LANGUAGE", "vi", TRUE);
    saoy_language_start();
    g_test_init(&argc, &argv, NULL);
    names = saoy_dir_list(folder, (const char *const[]){ ".scn", NULL }, NULL);
    open_world(&world);
    go_to_card(&world);
    for (char **name = names; *name != NULL; name++) {
        g_autofree char *test = g_strdup_printf("/card-scenario/%s", *name);

        g_test_add_data_func_full(test, g_build_filename(folder, *name, NULL), run_scenario,
                                  g_free);
    }
    failed = g_test_run();
    close_world(&world);
    return failed;
}

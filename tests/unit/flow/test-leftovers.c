/* What lay in the machine when it was switched on is said before anybody is served. */
#include "visit-private.h"

#include "core/file.h"

#include <glib/gstdio.h>

enum { TURNS_MAX = 20000 };

typedef struct {
    char *folder;
    SaoyKioskConfig *config;
    SaoyVisit *visit;
} Fixture;

static void
show(void *user, SaoyState state, const SaoySession *session)
{
}

static void
put(const Fixture *f, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(f->folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* data: what stands in [emu] */
static void
set_up(Fixture *f, const void *data)
{
    g_autofree char *text = NULL, *path = NULL, *feed = NULL;
    g_autoptr(GError) error = NULL;

    f->folder = g_dir_make_tmp("saoy-left-XXXXXX", NULL);
    feed = g_build_filename(f->folder, "feed", NULL);
    g_assert_cmpint(g_mkdir(feed, 0700), ==, 0);
    put(f, "card.json", "{}"); /* it lies there; what it is does not matter here */
    text = g_strdup_printf("[kiosk]\ndata = %1$s/data\n[hub]\nurl = http://127.0.0.1:9\n"
                           "[scanner]\naddress = %1$s/feed\n[camera]\ndriver = none\n"
                           "[printer]\ndriver = none\n[card]\naddress = %1$s/card.json\n"
                           "[emu]\nspeed = 0\n%2$s",
                           f->folder, (const char *)data);
    put(f, "kiosk.conf", text);
    path = g_build_filename(f->folder, "kiosk.conf", NULL);
    f->config = saoy_kiosk_config_read(path, &error);
    g_assert_no_error(error);
    f->visit = saoy_visit_new(f->config, show, NULL, &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *f, const void *data)
{
    saoy_visit_free(f->visit);
    saoy_kiosk_config_free(f->config);
    g_assert_true(saoy_dir_remove(f->folder, NULL));
    g_free(f->folder);
}

static void
test_a_card_left_behind_is_said_first(Fixture *f, const void *data)
{
    const SaoySession *session = saoy_visit_session(f->visit);

    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_SORRY);
    g_assert_true(session->sorry.card_left);
    g_assert_false(session->sorry.paper_left);
    saoy_visit_post(f->visit, SAOY_EV_NEXT);
    for (int i = 0; i < TURNS_MAX && saoy_visit_state(f->visit) == SAOY_STATE_WIPE; i++) {
        while (g_main_context_iteration(NULL, FALSE))
            ;
        g_usleep(5000);
    }
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_WELCOME);
    g_assert_false(saoy_visit_session(f->visit)->sorry.card_left);
}

static void
test_an_emulated_card_is_no_news(Fixture *f, const void *data)
{
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_WELCOME);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/leftovers/card", Fixture, "leftovers = true\n", set_up,
               test_a_card_left_behind_is_said_first, tear_down);
    g_test_add("/leftovers/emulated", Fixture, "", set_up, test_an_emulated_card_is_no_news,
               tear_down);
    return g_test_run();
}

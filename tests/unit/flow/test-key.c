/* A visit up to CARD: the card's QR code or its machine readable zone before the camera is
 * the key. Where no card lies, the reading only begins. */
#include "../vision/zones.h"
#include "camera-visit.h"

#include "core/json.h"
#include "identity/chip.h"

static void
go_to_card(Fixture *f)
{
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_WELCOME);
    saoy_visit_post(f->visit, SAOY_EV_NEXT);
    saoy_visit_post(f->visit, SAOY_EV_NEXT);
    saoy_session_set_consent(f->visit, true, false);
    saoy_visit_post(f->visit, SAOY_EV_NEXT);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_CARD);
}

static void
set_up(Fixture *f, const void *text)
{
    open_visit(f, text, 6);
    go_to_card(f);
}

/* A person whose chip lies on the reader; returns her zone, its lines parted by blanks. */
static char *
lay_down_a_card(const Fixture *f)
{
    g_autofree char *path = g_build_filename(f->folder, "nobody.json", NULL);
    g_autofree char *lever = g_strconcat(path, ".fault", NULL);
    g_autoptr(GBytes) portrait = saoy_file_read(
        SAOY_SOURCE_DIR "/tests/data/personas/an/portrait.jpg", 1 << 20, NULL);
    const SaoyPersona persona = { .name_vi = "Nguyễn Thị Ánh",
                                  .number = "001190000001",
                                  .birth_date = "1990-02-28",
                                  .sex = "F",
                                  .expiry_date = "2035-02-28",
                                  .portrait = portrait };
    g_autoptr(GError) error = NULL;

    g_unlink(lever);
    g_unlink(path);
    saoy_persona_make(&persona, path, &error);
    g_assert_no_error(error);
    g_autoptr(GBytes) text = saoy_file_read(path, 1 << 20, NULL);
    g_autoptr(SaoyJson) json = saoy_json_parse(saoy_view_of(text), 1 << 20, NULL);
    const char *zone = saoy_json_string_or(json, "mrz", "");
    return g_strdup_printf("%.30s %.30s %.30s", zone, zone + 30, zone + 60);
}

/* the back of her card in the place of a code */
static void
set_up_zone(Fixture *f, const void *text)
{
    open_visit(f, text, 6);
    g_autofree char *zone = lay_down_a_card(f);
    g_autofree char *live = g_build_filename(f->folder, "live", NULL);
    char *argv[] = { (char *)SAOY_SOURCE_DIR "/tests/specimen/mrz", live, (char *)"--zone",
                     zone, NULL };
    int status = 1;

    g_assert_true(g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                               &status, NULL));
    g_assert_cmpint(status, ==, 0);
    go_to_card(f);
}

/* until the camera has shown something, or the key is there */
static bool
turn_until(const Fixture *f, bool key)
{
    const SaoySession *session = saoy_visit_session(f->visit);

    for (int i = 0; i < TURNS_MAX; i++) {
        if (key ? session->facts.has_key : session->mirror != NULL)
            return true;
        turn();
    }
    return false;
}

static void
test_the_code_on_the_card_opens_it(Fixture *f, const void *text)
{
    const SaoySession *session = saoy_visit_session(f->visit);

    g_assert_true(turn_until(f, true));
    g_assert_cmpstr(session->key.can, ==, "000001");
    g_assert_true(session->busy); /* the reading began by itself */
    g_assert_null(session->mirror);
    g_assert_false(session->key_camera);
    saoy_visit_post(f->visit, SAOY_EV_EXIT);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_WIPE);
}

static void
test_the_zone_on_the_card_opens_it(Fixture *f, const void *text)
{
    const SaoySession *session = saoy_visit_session(f->visit);

    g_assert_true(turn_until(f, true));
    g_assert_cmpstr(session->key.mrz_key, ==, "190000001590022813502284");
    g_assert_cmpstr(session->key.can, ==, "");
    for (int i = 0; i < 4 * TURNS_MAX && !session->identified; i++)
        turn();
    g_assert_true(session->identified);
    g_assert_cmpstr(session->identity.number, ==, "001190000001");
    g_assert_cmpstr(session->identity.access, ==, "PACE-MRZ");
    g_assert_cmpstr(session->identity.contradiction, ==, "");
}

static void
test_another_code_is_no_key(Fixture *f, const void *text)
{
    const SaoySession *session = saoy_visit_session(f->visit);

    g_assert_true(turn_until(f, false));
    g_assert_true(session->key_camera);
    g_assert_nonnull(session->problem); /* and she is told so */
    g_assert_false(session->facts.has_key);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_CARD);
    /* digits end the looking */
    g_assert_true(saoy_session_set_key(f->visit, "123456"));
    g_assert_false(session->key_camera);
    g_assert_null(session->problem);
    g_assert_null(session->mirror);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/key/card-code", Fixture,
               "001090000001||Nguyễn Văn An|01011990|Nam|Số 1 Tràng Tiền, Hà Nội|01012022",
               set_up, test_the_code_on_the_card_opens_it, tear_down);
    g_test_add("/key/card-zone", Fixture, "x", set_up_zone,
               test_the_zone_on_the_card_opens_it, tear_down);
    g_test_add("/key/another-code", Fixture, "https://example.vn/khuyen-mai", set_up,
               test_another_code_is_no_key, tear_down);
    return g_test_run();
}

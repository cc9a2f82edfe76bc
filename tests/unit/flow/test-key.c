/* A visit up to CARD: the card's QR code or its machine readable zone before the camera is
 * the key. No card lies there, so the reading only begins. */
#include "../vision/zones.h"
#include "camera-visit.h"

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

/* the back of a card in the place of a code */
static void
set_up_zone(Fixture *f, const void *text)
{
    g_auto(Zone) zone = zone_of(0);
    g_autoptr(GBytes) png = saoy_image_encode_png(zone.picture, NULL);

    open_visit(f, text, 6);
    g_autofree char *path = g_build_filename(f->folder, "live", "000.png", NULL);
    g_assert_true(saoy_file_write(path, saoy_view_of(png), NULL));
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
    g_auto(Zone) zone = zone_of(0);
    g_auto(SaoyAccessKey) truth = { 0 };

    g_assert_true(saoy_access_key_parse(zone.text, &truth, NULL));
    g_assert_true(turn_until(f, true));
    g_assert_cmpstr(session->key.mrz_key, ==, truth.mrz_key);
    g_assert_cmpstr(session->key.can, ==, "");
    g_assert_true(session->busy);
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

/* A visit with its real workers and emulated devices, up to CARD: the card's QR code before
 * the camera is the key. No card lies there, so the reading only begins. */
#include "visit-private.h"

#include "core/bytes.h"
#include "core/file.h"
#include "vision/symbol.h"

#include <glib/gstdio.h>
#include <string.h>

enum { MODULE = 6, MARGIN = 60, TURNS_MAX = 2000 };

typedef struct {
    char *folder, *file;
    SaoyKioskConfig *config;
    SaoyVisit *visit;
} Fixture;

static void
show(void *user, SaoyState state, const SaoySession *session)
{
}

/* the code as it looks on a card held up: dark on light, with room around */
static void
draw_frame(const Fixture *f, const char *text)
{
    g_autofree char *path = g_build_filename(f->folder, "live", "000.png", NULL);
    g_autoptr(SaoyQr) qr = saoy_qr_make(text, NULL);
    int side = qr->size * MODULE + 2 * MARGIN;
    g_autoptr(SaoyImage) frame = saoy_image_new(side, side, 3, 0, NULL);
    g_autoptr(GBytes) png = NULL;

    memset(frame->pixels, 235, (size_t)frame->stride * (size_t)side);
    for (int y = 0; y < qr->size * MODULE; y++)
        for (int x = 0; x < qr->size * MODULE; x++)
            if (qr->modules[y / MODULE * qr->size + x / MODULE] != 0)
                memset(frame->pixels + (y + MARGIN) * frame->stride + 3 * (x + MARGIN), 20,
                       3);
    png = saoy_image_encode_png(frame, NULL);
    g_assert_true(saoy_file_write(path, saoy_view_of(png), NULL));
}

/* a reader on which no card lies */
static void
write_card(const Fixture *f)
{
    g_autofree char *card = g_build_filename(f->folder, "nobody.json", NULL);
    g_autofree char *lever = g_strconcat(card, ".fault", NULL);

    g_assert_true(g_file_set_contents(card, "{}", -1, NULL));
    g_assert_true(g_file_set_contents(lever, "absent", -1, NULL));
}

static void
write_config(Fixture *f)
{
    g_autofree char *text = g_strdup_printf(
        "[kiosk]\ndata = %1$s/data\n[hub]\nurl = http://127.0.0.1:9\n[scanner]\naddress = "
        "%1$s/feed\n[camera]\naddress = %1$s/live\n[printer]\ndriver = none\n[card]\n"
        "address = %1$s/nobody.json\n[emu]\nspeed = 0\n",
        f->folder);

    f->file = g_build_filename(f->folder, "kiosk.conf", NULL);
    g_assert_true(g_file_set_contents(f->file, text, -1, NULL));
}

static void
set_up(Fixture *f, const void *text)
{
    const char *const folders[] = { "data", "feed", "live" };
    g_autoptr(GError) error = NULL;

    f->folder = g_dir_make_tmp("saoy-key-XXXXXX", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(f->folder, folders[i], NULL);

        g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
    }
    draw_frame(f, text);
    write_card(f);
    write_config(f);
    f->config = saoy_kiosk_config_read(f->file, &error);
    g_assert_no_error(error);
    f->visit = saoy_visit_new(f->config, show, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_WELCOME);
    saoy_visit_post(f->visit, SAOY_EV_NEXT);
    saoy_visit_post(f->visit, SAOY_EV_NEXT);
    saoy_session_set_consent(f->visit, true, false);
    saoy_visit_post(f->visit, SAOY_EV_NEXT);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_CARD);
}

static void
tear_down(Fixture *f, const void *text)
{
    saoy_visit_free(f->visit);
    saoy_kiosk_config_free(f->config);
    g_assert_true(saoy_dir_remove(f->folder, NULL));
    g_free(f->file);
    g_free(f->folder);
}

/* until the camera has shown something, or the key is there */
static bool
turn_until(const Fixture *f, bool key)
{
    const SaoySession *session = saoy_visit_session(f->visit);

    for (int i = 0; i < TURNS_MAX; i++) {
        if (key ? session->facts.has_key : session->mirror != NULL)
            return true;
        while (g_main_context_iteration(NULL, FALSE))
            ;
        g_usleep(5000);
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
test_another_code_is_no_key(Fixture *f, const void *text)
{
    const SaoySession *session = saoy_visit_session(f->visit);

    g_assert_true(turn_until(f, false));
    g_assert_true(session->key_camera);
    g_assert_false(session->facts.has_key);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_CARD);
    /* digits end the looking */
    g_assert_true(saoy_session_set_key(f->visit, "123456"));
    g_assert_false(session->key_camera);
    g_assert_null(session->mirror);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/key/card-code", Fixture,
               "001090000001||Nguyễn Văn An|01011990|Nam|Số 1 Tràng Tiền, Hà Nội|01012022",
               set_up, test_the_code_on_the_card_opens_it, tear_down);
    g_test_add("/key/another-code", Fixture, "https://example.vn/khuyen-mai", set_up,
               test_another_code_is_no_key, tear_down);
    return g_test_run();
}

/* VERIFY with real workers: a seal before the camera, checked offline; the register that is
 * asked then does not answer. */
#include "visit-private.h"

#include "core/bytes.h"
#include "core/file.h"
#include "core/ids.h"
#include "signature/seal.h"
#include "vision/symbol.h"

#include <glib/gstdio.h>
#include <string.h>

#define COPY_ID "H26.132-251110-0007.01-24"

enum { MODULE = 5, MARGIN = 60, TURNS_MAX = 2000 };

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

/* A well-formed seal under a key that nobody knows here. */
static bool
sign(void *user, const uint8_t hash[32], uint8_t out[64], GError **error)
{
    memset(out, 7, 64);
    return true;
}

static char *
seal_text(void)
{
    g_autofree char *token = saoy_token_new();
    g_autofree char *link =
        g_strdup_printf("https://sao-y.example.vn/v/%s?t=%s", COPY_ID, token);
    SaoySeal claims = { .issued_at_s = 1762758333,
                        .copy_id = (char *)COPY_ID,
                        .title = (char *)"Bằng tốt nghiệp",
                        .office = (char *)"UBND phường Thử Nghiệm",
                        .file_pages = 2 };
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) cose = saoy_seal_make(&claims, strlen(link) + 1, sign, NULL, &error);

    g_assert_no_error(error);
    return saoy_seal_text(link, cose);
}

static void
set_up(Fixture *f, const void *data)
{
    const char *const folders[] = { "data", "feed", "live" };
    g_autofree char *text = seal_text();
    g_autoptr(GError) error = NULL;

    f->folder = g_dir_make_tmp("saoy-verify-XXXXXX", NULL);
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

static void
test_an_unknown_issuer_and_a_silent_register_decide_nothing(Fixture *f, const void *data)
{
    const SaoySession *session = saoy_visit_session(f->visit);

    saoy_visit_post(f->visit, SAOY_EV_VERIFY);
    for (int i = 0; i < TURNS_MAX && (session->busy || session->seal_verdict == NULL);
         i++) {
        while (g_main_context_iteration(NULL, FALSE))
            ;
        g_usleep(5000);
    }
    g_assert_cmpstr(session->seal_verdict, ==,
                    "The issuer of this seal is not known to this machine.");
    g_assert_cmpint(session->seal_standing, ==, SAOY_SEAL_UNDECIDED);
    g_assert_cmpstr(session->seal_copy_id, ==, COPY_ID);
    g_assert_nonnull(session->seal_register);
    g_assert_nonnull(strstr(session->seal_register, "does not answer"));
    saoy_visit_post(f->visit, SAOY_EV_BACK);
    g_assert_cmpint(saoy_visit_state(f->visit), ==, SAOY_STATE_WIPE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/verify/undecided", Fixture, NULL, set_up,
               test_an_unknown_issuer_and_a_silent_register_decide_nothing, tear_down);
    return g_test_run();
}

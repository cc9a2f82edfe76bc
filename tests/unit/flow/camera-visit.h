#pragma once
#include "visit-private.h"

#include "core/bytes.h"
#include "core/file.h"
#include "vision/symbol.h"

#include <glib/gstdio.h>
#include <string.h>

/* A visit with its real workers and emulated devices before whose camera a QR code is held;
 * the card reader is empty and the hub does not answer. */
enum { MARGIN = 60, TURNS_MAX = 20000 };

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
draw_frame(const Fixture *f, const char *text, int module)
{
    g_autofree char *path = g_build_filename(f->folder, "live", "000.png", NULL);
    g_autoptr(SaoyQr) qr = saoy_qr_make(text, NULL);
    int side = qr->size * module + 2 * MARGIN;
    g_autoptr(SaoyImage) frame = saoy_image_new(side, side, 3, 0, NULL);
    g_autoptr(GBytes) png = NULL;

    memset(frame->pixels, 235, (size_t)frame->stride * (size_t)side);
    for (int y = 0; y < qr->size * module; y++)
        for (int x = 0; x < qr->size * module; x++)
            if (qr->modules[y / module * qr->size + x / module] != 0)
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

/* text is held up, each of its modules that many pixels wide */
static void
open_visit(Fixture *f, const char *text, int module)
{
    const char *const folders[] = { "data", "feed", "live" };
    g_autoptr(GError) error = NULL;

    f->folder = g_dir_make_tmp("saoy-camera-XXXXXX", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(f->folder, folders[i], NULL);

        g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
    }
    draw_frame(f, text, module);
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

/* one turn of the main loop, with room for the workers */
static void
turn(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_usleep(5000);
}

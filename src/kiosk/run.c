#include "kiosk.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/memory.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <signal.h>

enum { CLOCK_RATE_MAX = 50, CLOCK_TICK_MS = 10 };

static int clock_rate = 1;
static _Atomic int64_t quick_us; /* read by any thread */

/* For trying out what takes minutes. Wall time stays what it is. It goes on only as the
 * main loop does: where the machine is too busy to answer in time, time waits for the
 * answer. */
static int64_t
quick_mono_us(void)
{
    return quick_us;
}

static gboolean
on_quick_tick(void *user)
{
    quick_us += CLOCK_TICK_MS * INT64_C(1000) * clock_rate;
    return G_SOURCE_CONTINUE;
}

static const SaoyClock quick_clock = { g_get_real_time, quick_mono_us };

typedef struct {
    char *config_file, *script, *shots;
    gboolean windowed;
    SaoyKioskConfig *config;
    GtkApplication *app;
    SaoyWindow *window;
    SaoyVisit *visit;
    KioskAutopilot *autopilot;
    int code;
} Run;

static void
on_script_end(void *user, bool done)
{
    Run *run = user;

    run->code = done ? KIOSK_OK : KIOSK_NO;
    g_application_quit(G_APPLICATION(run->app));
}

static gboolean
on_terminate(void *user)
{
    Run *run = user;

    g_application_quit(G_APPLICATION(run->app));
    return G_SOURCE_CONTINUE;
}

static bool
start(Run *run, GError **error)
{
    run->window = saoy_window_new(run->app, run->config);
    if (run->script != NULL) {
        run->autopilot = kiosk_autopilot_new(run->script, run->shots, run->window,
                                             on_script_end, run, error);
        if (run->autopilot == NULL)
            return false;
    }
    run->visit = saoy_visit_new(run->config, saoy_window_show, run->window, error);
    if (run->visit == NULL)
        return false;
    saoy_window_set_visit(run->window, run->visit);
    if (!run->windowed)
        gtk_window_fullscreen(saoy_window_gtk(run->window));
    gtk_window_present(saoy_window_gtk(run->window));
    return true;
}

static void
on_activate(Run *run)
{
    g_autoptr(GError) error = NULL;

    if (run->window != NULL || start(run, &error))
        return;
    run->code = kiosk_fail(error);
    g_application_quit(G_APPLICATION(run->app));
}

/* The visit goes first: it wipes, and shows nothing any more. */
static void
stop(Run *run)
{
    g_clear_pointer(&run->autopilot, kiosk_autopilot_free);
    if (run->window != NULL)
        saoy_window_set_visit(run->window, NULL);
    g_clear_pointer(&run->visit, saoy_visit_free);
    g_clear_pointer(&run->window, saoy_window_free);
    g_clear_object(&run->app);
    g_clear_pointer(&run->config, saoy_kiosk_config_free);
    g_free(run->config_file);
    g_free(run->script);
    g_free(run->shots);
}

static int
serve(Run *run)
{
    g_autoptr(GError) error = NULL;

    if (!saoy_memory_harden(&error))
        return kiosk_fail(error);
    if (clock_rate != 1) {
        clock_rate = CLAMP(clock_rate, 1, CLOCK_RATE_MAX);
        quick_us = g_get_monotonic_time();
        g_timeout_add(CLOCK_TICK_MS, on_quick_tick, NULL);
        saoy_clock_set(&quick_clock);
    }
    run->config = saoy_kiosk_config_read(run->config_file, &error);
    if (run->config == NULL)
        return kiosk_fail(error);
    if (!gtk_init_check()) {
        g_printerr("saoy-kiosk: %s\n", _("there is no display"));
        return KIOSK_FAULT;
    }
    run->app = gtk_application_new("vn.saoy.kiosk", G_APPLICATION_NON_UNIQUE);
    g_signal_connect_swapped(run->app, "activate", G_CALLBACK(on_activate), run);
    g_unix_signal_add(SIGTERM, on_terminate, run);
    g_unix_signal_add(SIGINT, on_terminate, run);
    g_application_run(G_APPLICATION(run->app), 0, NULL);
    return run->code;
}

int
kiosk_run(int argc, char **argv)
{
    Run run = { 0 };
    const GOptionEntry entries[] = {
        { "config", 'c', 0, G_OPTION_ARG_FILENAME, &run.config_file,
          N_("default: emulated devices"), N_("FILE") },
        { "autopilot", 0, 0, G_OPTION_ARG_FILENAME, &run.script,
          N_("a script presses the buttons, then the program ends"), N_("SCRIPT") },
        { "shots", 0, 0, G_OPTION_ARG_FILENAME, &run.shots, N_("where its pictures go"),
          N_("DIR") },
        { "clock-rate", 0, 0, G_OPTION_ARG_INT, &clock_rate,
          N_("patience runs N times as fast, 1 to 50: for tests"), "N" },
        { "windowed", 0, 0, G_OPTION_ARG_NONE, &run.windowed, N_("do not fill the screen"),
          NULL },
        { NULL },
    };
    int code = KIOSK_OK;

    if (kiosk_options(&argc, &argv, entries, "", N_("Serves people."), 0, 0, &code))
        code = serve(&run);
    stop(&run);
    return code;
}

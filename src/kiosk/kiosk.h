#pragma once
#include "flow/config.h"
#include "ui/window.h"

/* One command, one row in main.c. argv[0] is the command's name; answers the exit code. */
enum {
    KIOSK_OK = 0,
    KIOSK_NO = 1,    /* a script's expectation did not hold */
    KIOSK_USAGE = 2, /* wrong use, absent file */
    KIOSK_FAULT = 4, /* unreadable input, device or system fault */
};

int kiosk_run(int argc, char **argv);
int kiosk_flow(int argc, char **argv);
int kiosk_emu(int argc, char **argv);
int kiosk_pin(int argc, char **argv);

/* One line "saoy-kiosk: reason" on stderr and the exit code that belongs to it. */
int kiosk_fail(const GError *error);

/* Parses options (g_option) and the number of arguments left. false: *out_exit says how to
 * end. arguments and summary are msgids. */
bool kiosk_options(int *argc, char ***argv, const GOptionEntry *entries,
                   const char *arguments, const char *summary, int min, int max,
                   int *out_exit);

/* Stands in for the person only: presses what a person would press, in the real window.
 * A script is lines:
 *   wait STATE [SECONDS]   until that state is shown (120)
 *   click NAME             the button of that name, once it can be pressed
 *   keys NAME TEXT         the buttons NAME followed by each character of TEXT
 *   type NAME TEXT         into the entry of that name
 *   act NAME ACTION        a GTK action of that widget, as its menu offers it
 *   expect NAME TEXT       TEXT stands on the widget of that name
 *   shot NAME              NAME.png into the folder of --shots
 *   tap NAME N             N times on the widget of that name, button or not
 *   left MOST [SECONDS]    until at most MOST seconds of patience are left
 *   pause MS
 *   report                 DOSSIER=, COPY=, LINK= lines of what the person is given
 * Empty lines and lines with # say nothing. One "state NAME MS" line a state goes to stdout
 * when it is left. */
typedef struct KioskAutopilot KioskAutopilot;
typedef void KioskAutopilotEnd(void *user, bool done);

KioskAutopilot *kiosk_autopilot_new(const char *script, const char *shots,
                                    SaoyWindow *window, KioskAutopilotEnd *end, void *user,
                                    GError **error);
void kiosk_autopilot_free(KioskAutopilot *autopilot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KioskAutopilot, kiosk_autopilot_free)

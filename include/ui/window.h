#pragma once
#include "flow/visit.h"

#include <gtk/gtk.h>

/* The one window: a stack of pages, header with «Gọi cán bộ», language, accessibility and
 * «Thoát», the patience question. Portrait 1080x1920. Main thread. */
typedef struct SaoyWindow SaoyWindow;

SaoyWindow *saoy_window_new(GtkApplication *app, const SaoyKioskConfig *config);
void saoy_window_free(SaoyWindow *window);

/* The visit's show hook: user is the SaoyWindow. Until set_visit is called, events go
 * nowhere. */
void saoy_window_show(void *user, SaoyState state, const SaoySession *session);
void saoy_window_set_visit(SaoyWindow *window, SaoyVisit *visit);
GtkWindow *saoy_window_gtk(SaoyWindow *window);

SaoyState saoy_window_state(const SaoyWindow *window);

/* What is on the screen as PNG (by GSK, no display server tricks). */
bool saoy_window_snapshot(SaoyWindow *window, const char *path, GError **error);

/* The widget with that name on the page now shown, or NULL: for autopilot and tests. */
GtkWidget *saoy_window_find(SaoyWindow *window, const char *name);

/* The whole screen, 1080 x 1920 before scaling: for tests. */
GtkWidget *saoy_window_screen(SaoyWindow *window);

const SaoySession *saoy_window_session(SaoyWindow *window); /* as last shown */
SaoyVisit *saoy_window_visit(SaoyWindow *window);

/* Asks whether more time is needed, as 20 s before patience ends: for tests. */
void saoy_window_ask_patience(SaoyWindow *window);

/* Called after each change of state; one listener. */
typedef void SaoyStateFunc(void *user, SaoyState state);
void saoy_window_listen(SaoyWindow *window, SaoyStateFunc *listener, void *user);

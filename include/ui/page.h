#pragma once
#include "flow/visit.h"

#include <gtk/gtk.h>

typedef struct SaoyPage SaoyPage;
typedef struct SaoyWindow SaoyWindow;

/* A page shows one state of the flow. It owns no facts and decides nothing. Pages live only
 * while their state is shown: built on entry, dropped on leaving and on a change of
 * language. */
typedef struct {
    SaoyState state;
    const char *ui; /* resource below /saoy/ui/pages/ */
    void (*bind)(SaoyPage *page, GtkBuilder *builder);
    void (*show)(SaoyPage *page, const SaoySession *session);
    void (*drop)(SaoyPage *page); /* before the widgets go: timers; may be NULL */
} SaoyPageClass;

struct SaoyPage {
    const SaoyPageClass *cls;
    GtkWidget *root;
    SaoyWindow *window;
    void
        *widgets; /* the page's own struct of borrowed GtkWidgets; g_free'd by the window */
};

/* Posting may replace the page: let it be the last thing a handler does. */
void saoy_window_post(SaoyWindow *window, SaoyEventType type);
SaoyVisit *saoy_window_visit(SaoyWindow *window);              /* NULL until set */
const SaoySession *saoy_window_session(SaoyWindow *window);    /* as last shown */
const SaoyKioskConfig *saoy_window_config(SaoyWindow *window); /* NULL: defaults */
/* Shows the page again from the session it has: after a setter. */
void saoy_window_refresh(SaoyWindow *window);

const SaoyPageClass *saoy_page_class(SaoyState state);

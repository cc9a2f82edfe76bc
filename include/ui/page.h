#pragma once
#include "flow/visit.h"

#include <gtk/gtk.h>

typedef struct SaoyPage SaoyPage;
typedef struct SaoyWindow SaoyWindow;

/* A page shows one state of the flow. It owns no facts and decides nothing. */
typedef struct {
    SaoyState state;
    const char *ui; /* resource below /saoy/ui/pages/ */
    void (*bind)(SaoyPage *page, GtkBuilder *builder);
    void (*show)(SaoyPage *page, const SaoySession *session);
} SaoyPageClass;

struct SaoyPage {
    const SaoyPageClass *cls;
    GtkWidget *root;
    SaoyWindow *window;
    void *widgets; /* the page's own struct of borrowed GtkWidgets */
};

void saoy_window_post(SaoyWindow *window, SaoyEventType type);
SaoyVisit *saoy_window_visit(SaoyWindow *window);

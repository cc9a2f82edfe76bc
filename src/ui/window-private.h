#pragma once
#include "ui/page.h"
#include "ui/window.h"

typedef enum {
    SAOY_SHEET_NONE,
    SAOY_SHEET_PATIENCE,
    SAOY_SHEET_EXIT,
    SAOY_SHEET_HELP
} SaoySheet;

struct SaoyWindow {
    const SaoyKioskConfig *config;
    SaoyVisit *visit;
    const SaoySession *session;
    SaoyStateFunc *listener;
    void *listener_user;

    GtkWindow *gtk;
    GtkWidget *scaler;
    GtkCssProvider *colours;
    GtkBuilder *frame; /* window.ui in the language shown */
    SaoyPage *page;
    SaoyState state, before; /* the one shown, the one left for it */
    SaoyLanguage language;
    bool accessible;

    SaoySheet sheet;
    bool warned;     /* that this is the last of the time */
    unsigned taps;   /* on the hidden corner */
    int64_t tap_us;  /* the last of them */
    int64_t help_us; /* when staff were called */
    guint tick;
};

/* sheet.c: the question that lies over a page */
void saoy_sheet_bind(SaoyWindow *window);
void saoy_sheet_open(SaoyWindow *window, SaoySheet sheet);
void saoy_sheet_close(SaoyWindow *window);
void saoy_sheet_tick(SaoyWindow *window); /* once a second */
/* Asks first where something would be lost, else leaves. */
void saoy_sheet_exit(SaoyWindow *window);

/* steps.c: which step of how many */
void saoy_steps_show(SaoyWindow *window);

/* scaler.c: lays its child out at 1080 x 1920 and scales it into whatever room there is */
#define SAOY_SCREEN_WIDTH 1080
#define SAOY_SCREEN_HEIGHT 1920
GtkWidget *saoy_scaler_new(void);

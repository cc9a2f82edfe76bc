#include "pages.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

/* Two separate choices, nothing ticked before (NĐ 356/2025: silence is not consent). */
typedef struct {
    GtkToggleButton *agree, *machine, *officer;
    GtkWidget *who, *missing, *next;
    bool settling;
} Widgets;

static void
refresh(Widgets *w)
{
    bool agreed = gtk_toggle_button_get_active(w->agree);
    bool chosen = gtk_toggle_button_get_active(w->machine) ||
                  gtk_toggle_button_get_active(w->officer);

    gtk_widget_set_sensitive(w->next, agreed && chosen);
    /* the line keeps its place when it has nothing to say: nothing jumps under a finger */
    gtk_label_set_text(GTK_LABEL(w->missing),
                       agreed && chosen ? ""
                       : agreed
                           ? _("One more choice: who compares your face?")
                           : _("To go on, make both choices. Nothing is chosen for you."));
}

static void
on_toggled(GtkToggleButton *button, void *user)
{
    SaoyPage *page = user;
    Widgets *w = page->widgets;
    SaoyVisit *visit = saoy_window_visit(page->window);

    if (w->settling)
        return;
    w->settling = true;
    if (gtk_toggle_button_get_active(button) && button == w->machine)
        gtk_toggle_button_set_active(w->officer, FALSE);
    if (gtk_toggle_button_get_active(button) && button == w->officer)
        gtk_toggle_button_set_active(w->machine, FALSE);
    w->settling = false;
    refresh(w);
    if (visit != NULL)
        saoy_session_set_consent(visit, gtk_widget_get_sensitive(w->next),
                                 gtk_toggle_button_get_active(w->machine));
}

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);
    GtkToggleButton **toggles[] = { &w->agree, &w->machine, &w->officer };
    const char *const ids[] = { "agree", "face-machine", "face-officer" };

    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        *toggles[i] = GTK_TOGGLE_BUTTON(saoy_ui_get(builder, ids[i]));
        g_signal_connect(*toggles[i], "toggled", G_CALLBACK(on_toggled), page);
    }
    w->who = saoy_ui_get(builder, "who");
    w->missing = saoy_ui_get(builder, "missing");
    w->next = saoy_ui_get(builder, "next");
    saoy_ui_post_on_click(page, builder, "back", SAOY_EV_BACK);
    saoy_ui_post_on_click(page, builder, "next", SAOY_EV_NEXT);
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    Widgets *w = page->widgets;
    const SaoyKioskConfig *config = saoy_window_config(page->window);
    bool named = config != NULL && config->owner != NULL && config->owner[0] != '\0';

    saoy_ui_text(w->who, "%s", named ? config->owner : _("The public service centre"));
    refresh(w);
}

const SaoyPageClass saoy_page_consent = {
    .state = SAOY_STATE_CONSENT,
    .ui = "page-consent.ui",
    .bind = page_bind,
    .show = page_show,
};

#include "keyboard.h"
#include "pages.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const char *const domains[] = { "@gmail.com", "@yahoo.com", "@outlook.com",
                                       "@icloud.com" };

typedef struct {
    GtkEditable *email;
    GtkWidget *wrong, *chips, *keyboard, *sending, *progress, *paper, *next, *back;
    GtkWidget *problem, *problem_text;
    guint pulse;
} Widgets;

static void
label_next(const Widgets *w)
{
    bool empty = gtk_editable_get_text(w->email)[0] == '\0';

    gtk_label_set_text(GTK_LABEL(g_object_get_data(G_OBJECT(w->next), "saoy-label")),
                       empty ? _("Without e-mail") : _("Send it there"));
}

static void
on_changed(SaoyPage *page)
{
    const Widgets *w = page->widgets;

    saoy_ui_text(w->wrong, "%s", "");
    label_next(w);
}

/* A domain chip completes what stands before the @. */
static void
on_chip(GtkWidget *button, void *user)
{
    SaoyPage *page = user;
    const Widgets *w = page->widgets;
    g_autofree char *text = g_strdup(gtk_editable_get_text(w->email));
    char *at = strchr(text, '@');

    if (at != NULL)
        *at = '\0';
    g_autofree char *whole =
        g_strconcat(text, gtk_button_get_label(GTK_BUTTON(button)), NULL);
    gtk_editable_set_text(w->email, whole);
    gtk_editable_set_position(w->email, -1);
}

static void
on_next(SaoyPage *page)
{
    const Widgets *w = page->widgets;
    SaoyVisit *visit = saoy_window_visit(page->window);

    if (visit == NULL)
        return;
    if (saoy_session_set_email(visit, gtk_editable_get_text(w->email)))
        saoy_window_post(page->window, SAOY_EV_NEXT);
    else
        saoy_ui_text(w->wrong, "%s",
                     _("This is not a whole address yet. It looks like ten@gmail.com."));
}

static void
add_chips(SaoyPage *page, const Widgets *w)
{
    for (size_t i = 0; i < G_N_ELEMENTS(domains); i++) {
        g_autofree char *name = g_strdup_printf("chip-%s", domains[i] + 1);
        GtkWidget *chip = saoy_ui_button(name, domains[i], "chip");

        gtk_widget_set_focus_on_click(chip, FALSE);
        g_signal_connect(chip, "clicked", G_CALLBACK(on_chip), page);
        gtk_flow_box_append(GTK_FLOW_BOX(w->chips), chip);
        gtk_widget_set_focusable(gtk_widget_get_last_child(w->chips), FALSE);
    }
}

static gboolean
on_pulse(void *user)
{
    const Widgets *w = user;

    gtk_progress_bar_pulse(GTK_PROGRESS_BAR(w->progress));
    return G_SOURCE_CONTINUE;
}

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->email = GTK_EDITABLE(saoy_ui_get(builder, "email"));
    w->wrong = saoy_ui_get(builder, "wrong");
    w->chips = saoy_ui_get(builder, "chips");
    w->keyboard = saoy_ui_get(builder, "keyboard");
    w->sending = saoy_ui_get(builder, "sending");
    w->progress = saoy_ui_get(builder, "progress");
    w->paper = saoy_ui_get(builder, "paper");
    w->next = saoy_ui_get(builder, "next");
    w->back = saoy_ui_get(builder, "back");
    w->problem = saoy_ui_get(builder, "problem");
    w->problem_text = saoy_ui_get(builder, "problem-text");
    w->pulse = g_timeout_add(200, on_pulse, w);
    g_object_set_data(G_OBJECT(w->next), "saoy-label", saoy_ui_get(builder, "next-label"));
    gtk_box_append(GTK_BOX(w->keyboard), saoy_keyboard_new(w->email, SAOY_KEYS_EMAIL));
    add_chips(page, w);
    gtk_editable_set_text(w->email, saoy_window_session(page->window)->email != NULL
                                        ? saoy_window_session(page->window)->email
                                        : "");
    gtk_editable_set_position(w->email, -1);
    g_signal_connect_swapped(w->email, "changed", G_CALLBACK(on_changed), page);
    g_signal_connect_swapped(w->next, "clicked", G_CALLBACK(on_next), page);
    saoy_ui_post_on_click(page, builder, "back", SAOY_EV_BACK);
}

static const char *
paper_policy(const SaoyKioskConfig *config)
{
    int paper = config != NULL ? config->paper : SAOY_PAPER_NONE;

    if (paper == SAOY_PAPER_PRINT)
        return _("A sheet to look the copy up with is printed here, too.");
    if (paper == SAOY_PAPER_POST)
        return _("Paper copies are sent by post.");
    return "";
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    const Widgets *w = page->widgets;

    gtk_widget_set_visible(GTK_WIDGET(w->email), !session->busy);
    gtk_widget_set_visible(w->chips, !session->busy);
    gtk_widget_set_visible(w->keyboard, !session->busy);
    gtk_widget_set_visible(w->sending, session->busy);
    gtk_widget_set_sensitive(w->next, !session->busy);
    gtk_widget_set_sensitive(w->back, !session->busy && !session->facts.opened);
    saoy_ui_text(w->paper, "%s",
                 session->busy ? "" : paper_policy(saoy_window_config(page->window)));
    saoy_ui_problem(w->problem, w->problem_text, session->busy ? NULL : session->problem);
    label_next(w);
}

static void
page_drop(SaoyPage *page)
{
    Widgets *w = page->widgets;

    g_clear_handle_id(&w->pulse, g_source_remove);
}

const SaoyPageClass saoy_page_delivery = {
    .state = SAOY_STATE_DELIVERY,
    .ui = "page-delivery.ui",
    .bind = page_bind,
    .show = page_show,
    .drop = page_drop,
};

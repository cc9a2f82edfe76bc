#include "pages.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>
#include <string.h>

enum { COLUMNS = 2 };

typedef struct {
    GtkWidget *which, *kinds, *copies, *fewer, *more;
    bool built;
} Widgets;

static void
on_kind(GtkWidget *button, void *user)
{
    SaoyPage *page = user;
    SaoyVisit *visit = saoy_window_visit(page->window);

    if (visit != NULL)
        saoy_session_set_kind(visit, gtk_widget_get_name(button) + strlen("kind-"));
}

static void
step_copies(SaoyPage *page, int by)
{
    SaoyVisit *visit = saoy_window_visit(page->window);
    const SaoySession *session = saoy_window_session(page->window);
    unsigned copies = session->documents[session->current].copies;

    if (visit != NULL && (by > 0 || copies > 1))
        saoy_session_set_copies(visit, copies + (unsigned)by);
}

static void
on_fewer(SaoyPage *page)
{
    step_copies(page, -1);
}

static void
on_more(SaoyPage *page)
{
    step_copies(page, 1);
}

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->which = saoy_ui_get(builder, "which");
    w->kinds = saoy_ui_get(builder, "kinds");
    w->copies = saoy_ui_get(builder, "copies");
    w->fewer = saoy_ui_get(builder, "fewer");
    w->more = saoy_ui_get(builder, "more");
    gtk_button_set_child(GTK_BUTTON(w->fewer), saoy_ui_icon("minus", 56));
    gtk_button_set_child(GTK_BUTTON(w->more), saoy_ui_icon("plus", 56));
    gtk_widget_set_tooltip_text(w->fewer, _("One copy fewer"));
    gtk_widget_set_tooltip_text(w->more, _("One copy more"));
    g_signal_connect_swapped(w->fewer, "clicked", G_CALLBACK(on_fewer), page);
    g_signal_connect_swapped(w->more, "clicked", G_CALLBACK(on_more), page);
    saoy_ui_post_on_click(page, builder, "back", SAOY_EV_BACK);
    saoy_ui_post_on_click(page, builder, "next", SAOY_EV_NEXT);
}

static void
add_tile(SaoyPage *page, const char *id, const char *title, int at)
{
    const Widgets *w = page->widgets;
    g_autofree char *name = g_strdup_printf("kind-%s", id);
    GtkWidget *button = gtk_toggle_button_new();
    GtkWidget *label = saoy_ui_label(title, "");

    gtk_button_set_child(GTK_BUTTON(button), label);
    gtk_widget_add_css_class(button, "kind");
    gtk_widget_set_name(button, name);
    g_signal_connect(button, "clicked", G_CALLBACK(on_kind), page);
    gtk_grid_attach(GTK_GRID(w->kinds), button, at % COLUMNS, at / COLUMNS, 1, 1);
}

static void
build(SaoyPage *page, const SaoySession *session)
{
    size_t n = 0;
    int at = 0;
    const SaoyKind *kinds = saoy_session_kinds(session, &n);

    add_tile(page, "unknown", _("Let the machine find out"), at++);
    for (size_t i = 0; i < n; i++)
        if (!g_str_equal(kinds[i].id, "unknown"))
            add_tile(page, kinds[i].id,
                     session->language == SAOY_LANGUAGE_EN ? kinds[i].title_en
                                                           : kinds[i].title,
                     at++);
}

static void
mark_chosen(const Widgets *w, const char *id)
{
    g_autofree char *name = g_strdup_printf("kind-%s", id);

    for (GtkWidget *child = gtk_widget_get_first_child(w->kinds); child != NULL;
         child = gtk_widget_get_next_sibling(child))
        gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(child),
                                     g_str_equal(gtk_widget_get_name(child), name));
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    Widgets *w = page->widgets;
    const SaoyKioskConfig *config = saoy_window_config(page->window);
    const SaoyDocument *document = &session->documents[session->current];
    unsigned most = config != NULL ? (unsigned)config->copies_max : 10;

    if (!w->built)
        build(page, session);
    w->built = true;
    if (session->n_documents > 1)
        saoy_ui_text(w->which, _("Paper number %u of this visit"), session->current + 1);
    else
        saoy_ui_text(w->which, "%s", "");
    mark_chosen(w, document->kind != NULL ? document->kind->id : "unknown");
    saoy_ui_text(w->copies, "%u", MAX(document->copies, 1));
    gtk_widget_set_sensitive(w->fewer, document->copies > 1);
    gtk_widget_set_sensitive(w->more, document->copies < most);
}

const SaoyPageClass saoy_page_choose = {
    .state = SAOY_STATE_CHOOSE,
    .ui = "page-choose.ui",
    .bind = page_bind,
    .show = page_show,
};

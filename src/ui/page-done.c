#include "pages.h"
#include "preview.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct {
    GtkWidget *glass_card, *glass, *thanks, *again;
} Widgets;

static void
on_smile(GtkWidget *button, void *user)
{
    SaoyPage *page = user;
    SaoyVisit *visit = saoy_window_visit(page->window);
    unsigned face = (unsigned)(gtk_widget_get_name(button)[strlen("smile-")] - '0');

    if (visit != NULL)
        saoy_session_set_satisfaction(visit, face);
}

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    static const char *const smiles[] = { "smile-1", "smile-2", "smile-3" };
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->glass_card = saoy_ui_get(builder, "glass-card");
    w->glass = saoy_ui_get(builder, "glass");
    w->thanks = saoy_ui_get(builder, "thanks");
    w->again = saoy_ui_get(builder, "again");
    saoy_ui_drawing(saoy_ui_get(builder, "picture"), SAOY_UI_TAKE_PAPER);
    for (size_t i = 0; i < G_N_ELEMENTS(smiles); i++)
        g_signal_connect(saoy_ui_get(builder, smiles[i]), "clicked", G_CALLBACK(on_smile),
                         page);
    saoy_ui_post_on_click(page, builder, "again", SAOY_EV_AGAIN);
    saoy_ui_post_on_click(page, builder, "next", SAOY_EV_NEXT);
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    const Widgets *w = page->widgets;

    saoy_ui_problem(w->glass_card, w->glass,
                    session->paper_on_glass ? N_("There is still a paper on the glass!")
                                            : NULL);
    gtk_widget_set_visible(w->again, session->paper_on_glass);
    gtk_widget_set_sensitive(w->again, !session->busy);
    saoy_ui_text(w->thanks, "%s", session->satisfaction > 0 ? _("Thank you!") : "");
}

const SaoyPageClass saoy_page_done = {
    .state = SAOY_STATE_DONE,
    .ui = "page-done.ui",
    .bind = page_bind,
    .show = page_show,
};

#include "pages.h"
#include "sentences.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

typedef struct {
    GtkWidget *what, *means, *todo, *refusals, *fee_card, *fee;
} Widgets;

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->what = saoy_ui_get(builder, "what");
    w->means = saoy_ui_get(builder, "means");
    w->todo = saoy_ui_get(builder, "todo");
    w->refusals = saoy_ui_get(builder, "refusals");
    w->fee_card = saoy_ui_get(builder, "fee-card");
    w->fee = saoy_ui_get(builder, "fee");
    saoy_ui_post_on_click(page, builder, "next", SAOY_EV_NEXT);
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    const Widgets *w = page->widgets;
    SaoySentences say = saoy_sentences_for(&session->sorry);
    bool paid = session->fee > 0 && !session->fee_waived && session->facts.fee_open;

    saoy_ui_text(w->what, "%s", _(say.what));
    saoy_ui_text(w->means, "%s", _(say.means));
    saoy_ui_text(w->todo, "%s", _(say.todo));
    saoy_ui_clear(w->refusals);
    for (unsigned i = 0; session->sorry.refused_all && i < session->n_documents; i++)
        gtk_box_append(GTK_BOX(w->refusals), saoy_ui_document_row(&session->documents[i]));
    saoy_ui_problem(w->fee_card, w->fee,
                    paid ? N_("Your fee is being given back to the account it came from.")
                         : NULL);
}

const SaoyPageClass saoy_page_sorry = {
    .state = SAOY_STATE_SORRY,
    .ui = "page-sorry.ui",
    .bind = page_bind,
    .show = page_show,
};

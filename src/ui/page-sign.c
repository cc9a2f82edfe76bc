#include "pages.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

typedef struct {
    GtkWidget *steps, *documents;
} Widgets;

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->steps = saoy_ui_get(builder, "steps");
    w->documents = saoy_ui_get(builder, "documents");
    saoy_ui_post_on_click(page, builder, "cannot-wait", SAOY_EV_CANNOT_WAIT);
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    const Widgets *w = page->widgets;
    unsigned approved = 0;

    for (unsigned i = 0; i < session->n_documents; i++)
        approved += session->documents[i].state == SAOY_DOC_APPROVED;
    saoy_ui_clear(w->steps);
    gtk_box_append(GTK_BOX(w->steps),
                   saoy_ui_progress_row(SAOY_UI_DONE, _("Entered into the register")));
    gtk_box_append(
        GTK_BOX(w->steps),
        saoy_ui_progress_row(approved > 0 ? SAOY_UI_NOW : SAOY_UI_DONE,
                             _("Signed by the officer and sealed by the agency")));
    gtk_box_append(GTK_BOX(w->steps),
                   saoy_ui_progress_row(approved > 0 ? SAOY_UI_LATER : SAOY_UI_DONE,
                                        _("Checked and kept in the archive")));
    saoy_ui_clear(w->documents);
    for (unsigned i = 0; session->n_documents > 1 && i < session->n_documents; i++)
        gtk_box_append(GTK_BOX(w->documents), saoy_ui_document_row(&session->documents[i]));
}

const SaoyPageClass saoy_page_sign = {
    .state = SAOY_STATE_SIGN,
    .ui = "page-sign.ui",
    .bind = page_bind,
    .show = page_show,
};

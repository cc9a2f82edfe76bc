#include "pages.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

typedef struct {
    GtkWidget *dossier, *steps, *documents, *wait;
} Widgets;

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->dossier = saoy_ui_get(builder, "dossier");
    w->steps = saoy_ui_get(builder, "steps");
    w->documents = saoy_ui_get(builder, "documents");
    w->wait = saoy_ui_get(builder, "wait");
    saoy_ui_post_on_click(page, builder, "cannot-wait", SAOY_EV_CANNOT_WAIT);
}

static bool
any_from(const SaoySession *session, SaoyDocumentState from)
{
    for (unsigned i = 0; i < session->n_documents; i++)
        if (session->documents[i].state >= from)
            return true;
    return false;
}

/* Only what the hub has said: sent, opened, decided. No bar that moves by itself. */
static void
show_steps(const Widgets *w, const SaoySession *session)
{
    bool sent = any_from(session, SAOY_DOC_QUEUED);
    bool seen = any_from(session, SAOY_DOC_SEEN);

    saoy_ui_clear(w->steps);
    gtk_box_append(
        GTK_BOX(w->steps),
        saoy_ui_progress_row(sent ? SAOY_UI_DONE : SAOY_UI_NOW,
                             sent ? _("Sent to the officers") : _("Being sent…")));
    gtk_box_append(GTK_BOX(w->steps),
                   saoy_ui_progress_row(seen   ? SAOY_UI_DONE
                                        : sent ? SAOY_UI_NOW
                                               : SAOY_UI_LATER,
                                        seen ? _("An officer has opened it")
                                             : _("Waiting until an officer opens it")));
    gtk_box_append(
        GTK_BOX(w->steps),
        saoy_ui_progress_row(seen ? SAOY_UI_NOW : SAOY_UI_LATER, _("The officer decides")));
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    const Widgets *w = page->widgets;

    if (session->dossier != NULL && session->dossier[0] != '\0')
        saoy_ui_text(w->dossier, _("Your dossier number: %s"), session->dossier);
    else
        saoy_ui_text(w->dossier, "%s", "");
    show_steps(w, session);
    saoy_ui_clear(w->documents);
    for (unsigned i = 0; session->n_documents > 1 && i < session->n_documents; i++)
        gtk_box_append(GTK_BOX(w->documents), saoy_ui_document_row(&session->documents[i]));
    saoy_ui_text(
        w->wait, "%s",
        session->facts.has_email || session->facts.chip_proven
            ? _("If you cannot wait, the copy is finished without you.")
            : _("Without e-mail and without chip the copy could not reach you: if you "
                "leave now, the request is withdrawn."));
}

const SaoyPageClass saoy_page_officer = {
    .state = SAOY_STATE_OFFICER,
    .ui = "page-officer.ui",
    .bind = page_bind,
    .show = page_show,
};

#include "core/clock.h"
#include "pages.h"
#include "preview.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

enum { QR_ALONE = 460, QR_AMONG = 300 };

typedef struct {
    GtkWidget *heading, *lead, *documents, *print_card, *print, *mail_card, *mail, *again,
        *next;
    char *shown;
} Widgets;

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->heading = saoy_ui_get(builder, "heading");
    w->lead = saoy_ui_get(builder, "lead");
    w->documents = saoy_ui_get(builder, "documents");
    w->print_card = saoy_ui_get(builder, "print-card");
    w->print = saoy_ui_get(builder, "print");
    w->mail_card = saoy_ui_get(builder, "mail-card");
    w->mail = saoy_ui_get(builder, "mail");
    w->again = saoy_ui_get(builder, "again");
    w->next = saoy_ui_get(builder, "next");
    saoy_ui_post_on_click(page, builder, "again", SAOY_EV_AGAIN);
    saoy_ui_post_on_click(page, builder, "next", SAOY_EV_NEXT);
}

/* A copy to take home: what it is, its id, and a code for the telephone. */
/* An id is read aloud and compared: it stays in one piece. */
static GtkWidget *
unbroken(const char *id)
{
    g_auto(GStrv) parts = g_strsplit(id, "-", -1);
    g_autofree char *text = g_strjoinv("\u2011", parts);

    return saoy_ui_label(text, "note");
}

static GtkWidget *
copy_row(const SaoySession *session, unsigned at)
{
    const SaoyDocument *document = &session->documents[at];
    GtkWidget *text = gtk_box_new(GTK_ORIENTATION_VERTICAL, 8);
    GtkWidget *qr = gtk_drawing_area_new();
    GtkWidget *row = saoy_ui_row(qr, text);
    g_autofree char *name = g_strdup_printf("qr-%u", at + 1);
    int side = session->n_documents > 1 ? QR_AMONG : QR_ALONE;

    gtk_widget_set_name(qr, name);
    gtk_drawing_area_set_content_width(GTK_DRAWING_AREA(qr), side);
    gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(qr), side);
    gtk_widget_set_valign(qr, GTK_ALIGN_CENTER);
    gtk_widget_set_valign(text, GTK_ALIGN_CENTER);
    saoy_ui_qr(qr, document->link);
    gtk_box_append(GTK_BOX(text), saoy_ui_label(saoy_ui_title(session, at), "title"));
    if (document->copy_id != NULL)
        gtk_box_append(GTK_BOX(text), unbroken(document->copy_id));
    gtk_box_append(
        GTK_BOX(text),
        saoy_ui_label(_("Point your telephone's camera at the code: the file opens."), ""));
    gtk_widget_add_css_class(row, "card");
    return row;
}

static bool
has_link(const SaoyDocument *document)
{
    return document->state != SAOY_DOC_REFUSED && document->link != NULL &&
           document->link[0] != '\0';
}

static void
show_documents(Widgets *w, const SaoySession *session)
{
    g_autoptr(GString) now = g_string_new(NULL);

    for (unsigned i = 0; i < session->n_documents; i++)
        g_string_append_printf(now, "%d%s ", (int)session->documents[i].state,
                               has_link(&session->documents[i]) ? "+" : "");
    if (g_strcmp0(now->str, w->shown) == 0)
        return;
    g_free(w->shown);
    w->shown = g_strdup(now->str);
    saoy_ui_clear(w->documents);
    for (unsigned i = 0; i < session->n_documents; i++)
        gtk_box_append(GTK_BOX(w->documents),
                       has_link(&session->documents[i])
                           ? copy_row(session, i)
                           : saoy_ui_document_row(&session->documents[i]));
}

static void
show_slip(const Widgets *w, const SaoySession *session)
{
    g_autofree char *when =
        session->promised_us != 0 ? saoy_time_people(session->promised_us) : NULL;
    g_autofree char *lead = NULL;

    saoy_ui_text(w->heading, "%s", _("Your slip"));
    if (when != NULL)
        lead = g_strdup_printf(
            _("Dossier %s. Result by %.16s. Write it down or photograph it."),
            session->dossier, when);
    else
        lead = g_strdup_printf(_("Dossier %s. Write it down or photograph it."),
                               session->dossier);
    saoy_ui_text(w->lead, "%s %s", lead, saoy_ui_say(session->slip_note));
}

static void
show_print(const Widgets *w, const SaoySession *session)
{
    bool running = session->print_done < session->print_total && !session->print_failed;

    gtk_widget_set_visible(w->print_card,
                           session->print_total > 0 || session->print_failed);
    saoy_ui_css(w->print_card, "warn", session->print_failed);
    if (session->print_failed)
        saoy_ui_text(
            w->print, "%s",
            _("The printer did not finish. Your copy is valid all the same: take it with "
              "the code above; nothing is lost."));
    else if (running)
        saoy_ui_text(w->print, _("Printing %u of %u…"), session->print_done + 1,
                     session->print_total);
    else
        saoy_ui_text(w->print, "%s", _("Printed. Please take the sheets."));
    gtk_widget_set_visible(w->again, session->print_failed && !session->busy);
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    Widgets *w = page->widgets;
    bool mailed = session->email != NULL && session->email[0] != '\0';

    show_documents(w, session);
    if (session->slip_note != NULL && session->slip_note[0] != '\0') {
        show_slip(w, session);
    } else {
        saoy_ui_text(w->heading, "%s", _("Your copy is ready"));
        saoy_ui_text(
            w->lead, "%s",
            _("It is signed and does not run out: send it, keep it, use it again."));
    }
    show_print(w, session);
    gtk_widget_set_visible(w->mail_card, mailed);
    if (mailed)
        saoy_ui_text(w->mail, _("The file is sent to %s"), session->email);
    gtk_widget_set_sensitive(w->next, !session->busy);
}

static void
page_drop(SaoyPage *page)
{
    Widgets *w = page->widgets;

    g_clear_pointer(&w->shown, g_free);
}

const SaoyPageClass saoy_page_deliver = {
    .state = SAOY_STATE_DELIVER,
    .ui = "page-deliver.ui",
    .bind = page_bind,
    .show = page_show,
    .drop = page_drop,
};

#include "core/text.h"
#include "pages.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

typedef struct {
    GtkWidget *amount, *reason, *lines, *state, *next;
} Widgets;

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->amount = saoy_ui_get(builder, "amount");
    w->reason = saoy_ui_get(builder, "reason");
    w->lines = saoy_ui_get(builder, "lines");
    w->state = saoy_ui_get(builder, "state");
    w->next = saoy_ui_get(builder, "next");
    saoy_ui_post_on_click(page, builder, "next", SAOY_EV_NEXT);
}

static unsigned
pages_of(const SaoySession *session, unsigned document)
{
    unsigned n = 0;

    for (unsigned i = 0; i < session->n_pages; i++)
        n += session->pages[i].document == document;
    return n;
}

/* "Bằng tốt nghiệp: 2 pages × 1 copy .... 4.000 đ" */
static int64_t
add_line(const Widgets *w, const SaoySession *session, unsigned document)
{
    unsigned pages = pages_of(session, document);
    unsigned copies = MAX(session->documents[document].copies, 1);
    int64_t fee = saoy_fee_of(pages, copies);
    g_autofree char *dong = saoy_text_dong(fee);
    g_autofree char *what = g_strdup_printf(
        _("%s: pages %u × copies %u"), saoy_ui_title(session, document), pages, copies);
    GtkWidget *row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 24);
    GtkWidget *text = saoy_ui_label(what, "");

    gtk_widget_set_hexpand(text, TRUE);
    gtk_box_append(GTK_BOX(row), text);
    gtk_box_append(GTK_BOX(row), saoy_ui_label(dong, "title"));
    gtk_widget_add_css_class(row, "row");
    gtk_box_append(GTK_BOX(w->lines), row);
    return fee;
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    Widgets *w = page->widgets;
    g_autofree char *due = saoy_text_dong(session->fee_waived ? 0 : session->fee);
    int64_t usual = 0;

    saoy_ui_clear(w->lines);
    for (unsigned i = 0; i < session->n_documents; i++)
        usual += add_line(w, session, i);
    saoy_ui_text(w->amount, "%s", due);
    if (session->fee_waived) {
        g_autofree char *normally = saoy_text_dong(usual);
        const char *why = saoy_ui_say(session->fee_reason);

        saoy_ui_text(w->reason, _("You pay nothing. Usually: %s. Reason: %s"), normally,
                     *why != '\0' ? why : _("decision of the office"));
    } else {
        saoy_ui_text(w->reason, "%s",
                     _("Paid once; given back for each paper that is refused."));
    }
    saoy_ui_text(w->state, "%s",
                 session->problem != NULL ? saoy_ui_say(session->problem)
                 : session->busy          ? _("Waiting for the bank…")
                                          : "");
    gtk_widget_set_visible(w->next, session->fee_waived || !session->facts.fee_due);
    gtk_widget_set_sensitive(w->next, !session->busy);
}

const SaoyPageClass saoy_page_pay = {
    .state = SAOY_STATE_PAY,
    .ui = "page-pay.ui",
    .bind = page_bind,
    .show = page_show,
};

#include "pages.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

typedef struct {
    GtkWidget *lead, *progress;
} Widgets;

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->lead = saoy_ui_get(builder, "lead");
    w->progress = saoy_ui_get(builder, "progress");
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    const Widgets *w = page->widgets;
    unsigned all = session->n_pages, done = 0;

    for (unsigned i = 0; i < all; i++)
        done += session->pages[i].state != SAOY_PAGE_READING;
    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(w->progress),
                                  all > 0 ? (double)done / all : 0);
    saoy_ui_text(w->lead,
                 g_dngettext(GETTEXT_PACKAGE, "%u of %u page is read",
                             "%u of %u pages are read", all),
                 done, all);
}

const SaoyPageClass saoy_page_check = {
    .state = SAOY_STATE_CHECK,
    .ui = "page-check.ui",
    .bind = page_bind,
    .show = page_show,
};

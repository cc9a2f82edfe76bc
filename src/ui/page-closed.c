#include "pages.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

typedef struct {
    GtkWidget *other;
} Widgets;

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->other = saoy_ui_get(builder, "other");
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    const Widgets *w = page->widgets;
    const SaoyKioskConfig *config = saoy_window_config(page->window);
    const char *place =
        config != NULL && config->other_place != NULL ? config->other_place : "";

    saoy_ui_text(w->other, "%s", *place != '\0' ? place : _("The counter of this centre"));
}

const SaoyPageClass saoy_page_closed = {
    .state = SAOY_STATE_CLOSED,
    .ui = "page-closed.ui",
    .bind = page_bind,
    .show = page_show,
};

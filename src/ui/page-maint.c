/* Thin: no PIN, so nothing here can be changed; the page says what is not there yet. */
#include "pages.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

typedef struct {
    GtkWidget *kiosk, *place, *version;
} Widgets;

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->kiosk = saoy_ui_get(builder, "kiosk");
    w->place = saoy_ui_get(builder, "place");
    w->version = saoy_ui_get(builder, "version");
    saoy_ui_post_on_click(page, builder, "back", SAOY_EV_BACK);
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    const Widgets *w = page->widgets;
    const SaoyKioskConfig *config = saoy_window_config(page->window);

    saoy_ui_text(w->kiosk, _("Machine %s"), config != NULL ? config->kiosk_id : "—");
    saoy_ui_text(w->place, "%s", config != NULL ? config->place : "");
    saoy_ui_text(w->version, _("Version %s"), SAOY_VERSION);
}

const SaoyPageClass saoy_page_maint = {
    .state = SAOY_STATE_MAINT,
    .ui = "page-maint.ui",
    .bind = page_bind,
    .show = page_show,
};

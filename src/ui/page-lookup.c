/* Thin: the machine cannot search for copies yet; the page says where they can be had. */
#include "pages.h"
#include "widgets.h"

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    saoy_ui_post_on_click(page, builder, "back", SAOY_EV_BACK);
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
}

const SaoyPageClass saoy_page_lookup = {
    .state = SAOY_STATE_LOOKUP,
    .ui = "page-lookup.ui",
    .bind = page_bind,
    .show = page_show,
};

#include "pages.h"

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
}

const SaoyPageClass saoy_page_wipe = {
    .state = SAOY_STATE_WIPE,
    .ui = "page-wipe.ui",
    .bind = page_bind,
    .show = page_show,
};

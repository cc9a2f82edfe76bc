#include "pages.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

enum { TURN_S = 6 };

typedef struct {
    GtkWidget *attract;
    unsigned at;
    guint timer;
} Widgets;

static const char *const messages[] = {
    N_("An officer looks at your paper and signs the copy from afar. You need not queue."),
    N_("The signed copy does not run out: send it, keep it, use it again."),
    N_("Anyone can check your copy with a telephone, in five seconds."),
};

static void
say(Widgets *w)
{
    saoy_ui_text(w->attract, "%s", _(messages[w->at % G_N_ELEMENTS(messages)]));
}

static gboolean
on_turn(void *user)
{
    Widgets *w = user;

    w->at++;
    say(w);
    return G_SOURCE_CONTINUE;
}

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->attract = saoy_ui_get(builder, "attract");
    w->timer = g_timeout_add_seconds(TURN_S, on_turn, w);
    saoy_ui_post_on_click(page, builder, "next", SAOY_EV_NEXT);
    saoy_ui_post_on_click(page, builder, "lookup", SAOY_EV_LOOKUP);
    saoy_ui_post_on_click(page, builder, "verify", SAOY_EV_VERIFY);
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    say(page->widgets);
}

static void
page_drop(SaoyPage *page)
{
    Widgets *w = page->widgets;

    g_clear_handle_id(&w->timer, g_source_remove);
}

const SaoyPageClass saoy_page_welcome = {
    .state = SAOY_STATE_WELCOME,
    .ui = "page-welcome.ui",
    .bind = page_bind,
    .show = page_show,
    .drop = page_drop,
};

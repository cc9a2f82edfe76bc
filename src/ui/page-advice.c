#include "core/clock.h"
#include "pages.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

typedef struct {
    GtkWidget *card, *title, *text;
} Widgets;

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->card = saoy_ui_get(builder, "hours-card");
    w->title = saoy_ui_get(builder, "hours-title");
    w->text = saoy_ui_get(builder, "hours");
    saoy_ui_post_on_click(page, builder, "back", SAOY_EV_BACK);
    saoy_ui_post_on_click(page, builder, "next", SAOY_EV_NEXT);
}

/* "10/11/2025 14:05": seconds and zone help nobody here */
static char *
when(int64_t us)
{
    g_autofree char *full = saoy_time_people(us);

    return g_strndup(full, 16);
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    const Widgets *w = page->widgets;
    bool now = session->office_open && session->promised_us == 0;

    saoy_ui_css(w->card, "good", now);
    saoy_ui_css(w->card, "warn", !now);
    if (now) {
        saoy_ui_text(w->title, "%s", _("Officers are at work now"));
        saoy_ui_text(w->text, "%s", _("The copy is usually ready in 3 to 5 minutes."));
        return;
    }
    saoy_ui_text(w->title, "%s", _("The result will not come at once"));
    if (session->promised_us == 0) {
        saoy_ui_text(
            w->text, "%s",
            _("No officer is at work now. You get a slip; the result comes by e-mail."));
        return;
    }
    g_autofree char *promised = when(session->promised_us);
    saoy_ui_text(
        w->text,
        _("It is after 15:00 or outside office hours. You get a slip with your number; "
          "the result comes by %s, by e-mail or at this machine."),
        promised);
}

const SaoyPageClass saoy_page_advice = {
    .state = SAOY_STATE_ADVICE,
    .ui = "page-advice.ui",
    .bind = page_bind,
    .show = page_show,
};

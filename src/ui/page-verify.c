#include "pages.h"
#include "preview.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>

typedef struct {
    GtkWidget *frame, *mirror, *card, *verdict, *record, *title, *office, *copy_id;
    GtkWidget *problem, *problem_text, *again;
} Widgets;

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->frame = saoy_ui_get(builder, "mirror-frame");
    w->mirror = saoy_ui_get(builder, "mirror");
    w->card = saoy_ui_get(builder, "verdict-card");
    w->verdict = saoy_ui_get(builder, "verdict");
    w->record = saoy_ui_get(builder, "register");
    w->title = saoy_ui_get(builder, "title");
    w->office = saoy_ui_get(builder, "office");
    w->copy_id = saoy_ui_get(builder, "copy-id");
    w->problem = saoy_ui_get(builder, "problem");
    w->problem_text = saoy_ui_get(builder, "problem-text");
    w->again = saoy_ui_get(builder, "again");
    saoy_ui_post_on_click(page, builder, "back", SAOY_EV_BACK);
    saoy_ui_post_on_click(page, builder, "again", SAOY_EV_AGAIN);
}

/* The colour says what the words say; words alone are enough. */
static void
show_standing(const Widgets *w, const SaoySession *session, bool answered)
{
    SaoySealStanding standing = session->seal_standing;

    saoy_ui_css(w->card, "good", answered && standing == SAOY_SEAL_GENUINE);
    saoy_ui_css(w->card, "warn", answered && standing == SAOY_SEAL_UNDECIDED);
    saoy_ui_css(w->card, "danger",
                answered && (standing == SAOY_SEAL_FALSE || standing == SAOY_SEAL_VOID));
    gtk_widget_set_visible(w->record, answered && session->seal_register != NULL);
    saoy_ui_text(w->record, "%s", saoy_ui_say(session->seal_register));
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    const Widgets *w = page->widgets;
    g_autoptr(GdkTexture) texture = saoy_ui_texture(session->mirror, false);
    bool answered = session->seal_verdict != NULL;

    gtk_picture_set_paintable(GTK_PICTURE(w->mirror),
                              texture != NULL ? GDK_PAINTABLE(texture) : NULL);
    gtk_widget_set_visible(w->frame, texture != NULL && !answered);
    gtk_widget_set_visible(w->card, answered || session->busy);
    saoy_ui_text(w->verdict, "%s",
                 answered ? saoy_ui_say(session->seal_verdict)
                          : _("Looking for the code…"));
    show_standing(w, session, answered);
    saoy_ui_text(w->title, "%s", session->seal_title != NULL ? session->seal_title : "");
    saoy_ui_text(w->office, "%s", session->seal_office != NULL ? session->seal_office : "");
    saoy_ui_text(w->copy_id, "%s",
                 session->seal_copy_id != NULL ? session->seal_copy_id : "");
    saoy_ui_problem(w->problem, w->problem_text, session->problem);
    gtk_widget_set_sensitive(w->again, !session->busy);
}

const SaoyPageClass saoy_page_verify = {
    .state = SAOY_STATE_VERIFY,
    .ui = "page-verify.ui",
    .bind = page_bind,
    .show = page_show,
};

#include "pages.h"
#include "preview.h"
#include "widgets.h"

#include <glib/gi18n-lib.h>
#include <string.h>

enum { DIGITS = 6 };

typedef struct {
    GtkWidget *heading, *lead, *problem, *problem_text, *picture, *camera, *mirror;
    GtkWidget *digits, *keypad, *reading, *progress, *progress_text, *next, *back;
    GtkWidget *boxes[DIGITS];
    char typed[DIGITS + 1];
    bool has_key; /* from an earlier try, or from the camera */
} Widgets;

static void
show_typed(Widgets *w)
{
    for (size_t i = 0; i < DIGITS; i++) {
        bool filled = i < strlen(w->typed);
        char text[2] = { filled ? w->typed[i] : '\0', '\0' };

        gtk_label_set_text(GTK_LABEL(w->boxes[i]), text);
        saoy_ui_css(w->boxes[i], "filled", filled);
    }
    gtk_widget_set_sensitive(w->next, strlen(w->typed) == DIGITS ||
                                          (w->has_key && w->typed[0] == '\0'));
}

static void
on_key(GtkWidget *button, void *user)
{
    SaoyPage *page = user;
    Widgets *w = page->widgets;
    const char *key = gtk_widget_get_name(button) + strlen("key-");
    size_t n = strlen(w->typed);

    if (g_str_equal(key, "clear"))
        w->typed[0] = '\0';
    else if (g_str_equal(key, "erase") && n > 0)
        w->typed[n - 1] = '\0';
    else if (g_ascii_isdigit(*key) && n < DIGITS)
        w->typed[n] = *key, w->typed[n + 1] = '\0';
    show_typed(w);
}

static void
on_next(SaoyPage *page)
{
    Widgets *w = page->widgets;
    SaoyVisit *visit = saoy_window_visit(page->window);
    bool kept = w->has_key && w->typed[0] == '\0';
    bool taken = visit != NULL && (kept || saoy_session_set_key(visit, w->typed));

    explicit_bzero(w->typed, sizeof w->typed);
    show_typed(w);
    if (taken)
        saoy_window_post(page->window, SAOY_EV_NEXT);
}

static void
bind_keys(SaoyPage *page, GtkBuilder *builder)
{
    static const char *const keys[] = { "0", "1", "2", "3", "4",     "5",
                                        "6", "7", "8", "9", "clear", "erase" };

    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *id = g_strdup_printf("key-%s", keys[i]);

        g_signal_connect(saoy_ui_get(builder, id), "clicked", G_CALLBACK(on_key), page);
    }
    gtk_widget_set_tooltip_text(saoy_ui_get(builder, "key-erase"), _("Erase one figure"));
}

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    w->heading = saoy_ui_get(builder, "heading");
    w->lead = saoy_ui_get(builder, "lead");
    w->problem = saoy_ui_get(builder, "problem");
    w->problem_text = saoy_ui_get(builder, "problem-text");
    w->camera = saoy_ui_get(builder, "camera");
    w->mirror = saoy_ui_get(builder, "mirror");
    w->digits = saoy_ui_get(builder, "digits");
    w->keypad = saoy_ui_get(builder, "keypad");
    w->reading = saoy_ui_get(builder, "reading");
    w->progress = saoy_ui_get(builder, "progress");
    w->progress_text = saoy_ui_get(builder, "progress-text");
    w->next = saoy_ui_get(builder, "next");
    w->back = saoy_ui_get(builder, "back");
    for (int i = 0; i < DIGITS; i++) {
        g_autofree char *id = g_strdup_printf("digit-%d", i);

        w->boxes[i] = saoy_ui_get(builder, id);
    }
    w->picture = saoy_ui_get(builder, "picture");
    saoy_ui_drawing(w->picture, SAOY_UI_CARD_SLOT);
    bind_keys(page, builder);
    saoy_ui_post_on_click(page, builder, "back", SAOY_EV_BACK);
    g_signal_connect_swapped(w->next, "clicked", G_CALLBACK(on_next), page);
}

static void
show_progress(const Widgets *w, const SaoySession *session)
{
    double share =
        session->card_total > 0 ? (double)session->card_done / session->card_total : 0;

    gtk_progress_bar_set_fraction(GTK_PROGRESS_BAR(w->progress), share);
    if (session->card_total == 0 || session->card_done == 0)
        saoy_ui_text(w->progress_text, "%s", _("Looking for the card…"));
    else
        saoy_ui_text(w->progress_text, _("Part %u of %u is read"), session->card_done,
                     session->card_total);
}

static void
show_camera(const Widgets *w, const SaoySession *session)
{
    bool on = session->key_camera && session->mirror != NULL && !session->busy;
    g_autoptr(GdkTexture) texture = on ? saoy_ui_texture(session->mirror, false) : NULL;

    gtk_picture_set_paintable(GTK_PICTURE(w->mirror),
                              texture != NULL ? GDK_PAINTABLE(texture) : NULL);
    gtk_widget_set_visible(w->camera, on);
    /* a screen has only so much room: the drawing gives way first */
    gtk_widget_set_visible(w->picture,
                           !on || (session->problem == NULL && !session->accessible));
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    Widgets *w = page->widgets;
    bool busy = session->busy;
    bool lies_there = busy && session->problem == NULL;

    saoy_ui_text(w->heading, "%s",
                 lies_there ? _("Reading the card…") : _("Lay your card on the mark"));
    saoy_ui_text(
        w->lead, "%s",
        busy ? _("It takes about ten seconds.")
             : _("Leave it there. Then type the last six digits of the number on it: "
                 "they open the chip."));
    gtk_widget_set_visible(w->digits, !busy);
    gtk_widget_set_visible(w->keypad, !busy);
    gtk_widget_set_visible(w->reading, busy);
    gtk_widget_set_visible(w->next, !busy);
    gtk_widget_set_sensitive(w->back, !busy);
    saoy_ui_problem(w->problem, w->problem_text, session->problem);
    show_progress(w, session);
    show_camera(w, session);
    w->has_key = session->facts.has_key;
    show_typed(w);
}

static void
page_drop(SaoyPage *page)
{
    Widgets *w = page->widgets;

    explicit_bzero(w->typed, sizeof w->typed);
}

const SaoyPageClass saoy_page_card = {
    .state = SAOY_STATE_CARD,
    .ui = "page-card.ui",
    .bind = page_bind,
    .show = page_show,
    .drop = page_drop,
};

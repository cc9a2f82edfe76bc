/* The question that lies over a page: more time, leaving, help. */
#include "core/clock.h"
#include "core/log.h"
#include "widgets.h"
#include "window-private.h"

#include <glib/gi18n-lib.h>

enum { ASK_AT_S = 20, HELP_HOLDS_S = 300 };

/* Where «Thoát» takes something away, and what it takes away. The rest leave at once. */
static const char *const losses[SAOY_STATE_N] = {
    [SAOY_STATE_CARD] = N_("Nothing has been sent. What was read is wiped."),
    [SAOY_STATE_FACE] = N_("Nothing has been sent. What was read is wiped."),
    [SAOY_STATE_CHOOSE] = N_("Nothing has been sent. What was read is wiped."),
    [SAOY_STATE_SCAN] = N_("Your scanned pages are wiped. Nothing has been sent."),
    [SAOY_STATE_CHECK] = N_("Your scanned pages are wiped. Nothing has been sent."),
    [SAOY_STATE_REVIEW] = N_("Your scanned pages are wiped. Nothing has been sent."),
    [SAOY_STATE_DELIVERY] = N_("Your request is withdrawn and your pages are wiped."),
    [SAOY_STATE_PAY] =
        N_("Your request is withdrawn. If you have paid, the money is given back."),
    [SAOY_STATE_OFFICER] =
        N_("Your request is withdrawn and nothing is certified. If you only cannot wait, "
           "choose "
           "“I cannot wait” instead: the copy is then finished without you."),
    [SAOY_STATE_SIGN] = N_("The officer has approved: the copy is finished without you and "
                           "can be found later."),
};

static void
on_yes(SaoyWindow *window)
{
    if (window->visit != NULL)
        saoy_visit_touch(window->visit);
    saoy_sheet_close(window);
}

static void
on_no(SaoyWindow *window)
{
    saoy_sheet_close(window);
    saoy_window_post(window, SAOY_EV_EXIT);
}

void
saoy_sheet_bind(SaoyWindow *window)
{
    g_signal_connect_swapped(saoy_ui_get(window->frame, "sheet-yes"), "clicked",
                             G_CALLBACK(on_yes), window);
    g_signal_connect_swapped(saoy_ui_get(window->frame, "sheet-no"), "clicked",
                             G_CALLBACK(on_no), window);
}

static void
fill(SaoyWindow *window, const char *icon, const char *title, const char *yes,
     const char *no)
{
    g_autofree char *name = g_strdup_printf("saoy-%s-symbolic", icon);
    GtkWidget *refuse = saoy_ui_get(window->frame, "sheet-no");

    gtk_image_set_from_icon_name(GTK_IMAGE(saoy_ui_get(window->frame, "sheet-icon")), name);
    saoy_ui_text(saoy_ui_get(window->frame, "sheet-title"), "%s", title);
    gtk_button_set_label(GTK_BUTTON(saoy_ui_get(window->frame, "sheet-yes")), yes);
    gtk_button_set_label(GTK_BUTTON(refuse), no != NULL ? no : "");
    gtk_widget_set_visible(refuse, no != NULL);
    saoy_ui_css(refuse, "danger", window->sheet == SAOY_SHEET_EXIT);
}

static void
fill_help(SaoyWindow *window)
{
    const char *id = window->config != NULL && window->config->kiosk_id != NULL
                         ? window->config->kiosk_id
                         : "—";

    fill(window, "hand", _("Please wait here a moment"), _("I can go on by myself"), NULL);
    saoy_ui_text(
        saoy_ui_get(window->frame, "sheet-text"),
        _("This sign shows the staff that you need help. If nobody comes, go to the "
          "counter and say: machine %s. Your visit is kept for five minutes."),
        id);
}

static void
say_patience(SaoyWindow *window, unsigned left)
{
    saoy_ui_text(
        saoy_ui_get(window->frame, "sheet-text"),
        g_dngettext(GETTEXT_PACKAGE,
                    "Your visit ends in %u second, so that nobody else sees your data.",
                    "Your visit ends in %u seconds, so that nobody else sees your data.",
                    left),
        left);
}

/* A button that gives no more time does not promise any: what is left can be used. */
static void
fill_patience(SaoyWindow *window)
{
    bool more = window->visit == NULL || saoy_visit_may_extend(window->visit);

    window->warned = !more;
    fill(window, "clock",
         more ? _("Do you need more time?") : _("Your time is nearly over"),
         more ? _("Yes, more time") : _("Let me finish quickly"), _("No, end my visit"));
    if (!more)
        gtk_button_set_label(GTK_BUTTON(saoy_ui_get(window->frame, "sheet-no")),
                             _("End my visit"));
    say_patience(window, ASK_AT_S);
}

void
saoy_sheet_open(SaoyWindow *window, SaoySheet sheet)
{
    GtkWidget *flag = saoy_ui_get(window->frame, "sheet-flag");
    GtkWidget *text = saoy_ui_get(window->frame, "sheet-text");

    window->sheet = sheet;
    saoy_ui_text(flag, "%s", sheet == SAOY_SHEET_HELP ? _("HELP NEEDED HERE") : "");
    if (sheet == SAOY_SHEET_PATIENCE) {
        fill_patience(window);
    } else if (sheet == SAOY_SHEET_EXIT) {
        fill(window, "exit", _("Leave now?"), _("No, stay"), _("Yes, leave"));
        saoy_ui_text(text, "%s", _(losses[window->state]));
    } else {
        window->help_us = saoy_clock_mono_us();
        saoy_log(SAOY_LOG_STATE, SAOY_W("code", "help"));
        fill_help(window);
    }
    saoy_ui_name_buttons(saoy_ui_get(window->frame, "sheet"));
    gtk_widget_set_visible(saoy_ui_get(window->frame, "veil"), TRUE);
    gtk_widget_grab_focus(saoy_ui_get(window->frame, "sheet-yes"));
}

void
saoy_window_ask_patience(SaoyWindow *window)
{
    saoy_sheet_open(window, SAOY_SHEET_PATIENCE);
}

void
saoy_sheet_close(SaoyWindow *window)
{
    window->sheet = SAOY_SHEET_NONE;
    gtk_widget_set_visible(saoy_ui_get(window->frame, "veil"), FALSE);
}

void
saoy_sheet_exit(SaoyWindow *window)
{
    if (losses[window->state] != NULL)
        saoy_sheet_open(window, SAOY_SHEET_EXIT);
    else
        saoy_window_post(window, SAOY_EV_EXIT);
}

void
saoy_sheet_tick(SaoyWindow *window)
{
    if (window->visit == NULL)
        return;
    if (window->sheet == SAOY_SHEET_HELP &&
        saoy_clock_mono_us() - window->help_us < HELP_HOLDS_S * G_USEC_PER_SEC)
        saoy_visit_touch(window->visit);

    unsigned left = saoy_visit_patience_left_s(window->visit);

    if (left > ASK_AT_S) {
        window->warned = false;
        if (window->sheet == SAOY_SHEET_PATIENCE)
            saoy_sheet_close(window);
        return;
    }
    if (window->sheet == SAOY_SHEET_PATIENCE)
        say_patience(window, left);
    else if (!window->warned && window->state != SAOY_STATE_SORRY &&
             window->state != SAOY_STATE_DONE)
        saoy_sheet_open(window, SAOY_SHEET_PATIENCE);
}

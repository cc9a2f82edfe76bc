#include "widgets.h"
#include "window-private.h"

#include <glib/gi18n-lib.h>

static const char *const names[] = {
    N_("Before you start"), N_("Your card"), N_("Your face"), N_("Your paper"), N_("Check"),
    N_("Sending, fee"),     N_("Officer"),   N_("Your copy"),
};

static const int step_of[SAOY_STATE_N] = {
    [SAOY_STATE_ADVICE] = 1,  [SAOY_STATE_CONSENT] = 1, [SAOY_STATE_CARD] = 2,
    [SAOY_STATE_FACE] = 3,    [SAOY_STATE_CHOOSE] = 4,  [SAOY_STATE_SCAN] = 4,
    [SAOY_STATE_CHECK] = 5,   [SAOY_STATE_REVIEW] = 5,  [SAOY_STATE_DELIVERY] = 6,
    [SAOY_STATE_PAY] = 6,     [SAOY_STATE_OFFICER] = 7, [SAOY_STATE_SIGN] = 7,
    [SAOY_STATE_DELIVER] = 8, [SAOY_STATE_DONE] = 8,
};

void
saoy_steps_show(SaoyWindow *window)
{
    GtkWidget *label = saoy_ui_get(window->frame, "step");
    GtkWidget *segments = saoy_ui_get(window->frame, "segments");
    int step = step_of[window->state];
    int total = (int)G_N_ELEMENTS(names);

    saoy_ui_clear(segments);
    gtk_widget_set_visible(segments, step > 0);
    if (step == 0) {
        saoy_ui_text(label, "%s", "");
        return;
    }
    /* Translators: which step of how many, and its name */
    saoy_ui_text(label, _("Step %d of %d · %s"), step, total, _(names[step - 1]));
    for (int i = 1; i <= total; i++) {
        GtkWidget *segment = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);

        gtk_widget_add_css_class(segment, "segment");
        if (i <= step)
            gtk_widget_add_css_class(segment, i < step ? "past" : "now");
        gtk_box_append(GTK_BOX(segments), segment);
    }
}

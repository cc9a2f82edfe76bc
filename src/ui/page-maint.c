/* The technician's page (product.md §8): number and PIN first, then what the self-test says
 * and what can be done. Nothing of the machine is shown before the PIN. */
#include "page-maint.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/log.h"
#include "maint/maint.h"
#include "pages.h"
#include "widgets.h"
#include "window-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

enum { NUMBER_DIGITS = 3, PIN_DIGITS = 12, PIN_LEAST = 4, GATE_S = 60, DESK_S = 600 };

typedef struct {
    GtkWidget *lead, *problem, *problem_text, *gate, *typed, *desk, *checks;
    GtkWidget *actions, *again, *restart, *close, *next, *next_label, *back;
    char digits[PIN_DIGITS + 1];
    unsigned technician; /* 0: not asked yet */
    bool open;           /* the PIN was right */
    int64_t touch_us;
    guint tick;
    SaoyMaintLook *look;
} Widgets;

static const char *
data_dir(SaoyPage *page)
{
    const SaoyKioskConfig *config = saoy_window_config(page->window);

    return config != NULL ? config->data_dir : "";
}

/* ---- the gate */

static void
show_gate(SaoyPage *page)
{
    Widgets *w = page->widgets;
    bool any = saoy_pin_any(data_dir(page)), pin = w->technician > 0;
    size_t n = strlen(w->digits);
    g_autofree char *dots = g_strnfill(n, '*');

    if (!any)
        saoy_ui_text(w->lead, "%s",
                     _("No PIN is set on this machine, so nobody gets in. Set one on the "
                       "machine itself: saoy-kiosk pin --config FILE NUMBER"));
    else
        saoy_ui_text(w->lead, "%s",
                     pin ? _("Type your PIN.") : _("Type your technician number."));
    gtk_label_set_text(GTK_LABEL(w->typed), pin ? dots : w->digits);
    gtk_widget_set_visible(w->gate, any && !w->open);
    gtk_widget_set_visible(w->next, any && !w->open);
    gtk_widget_set_sensitive(w->next, pin ? n >= PIN_LEAST : n > 0);
}

static void
forget(Widgets *w)
{
    explicit_bzero(w->digits, sizeof w->digits);
}

static void
on_key(GtkWidget *button, void *user)
{
    SaoyPage *page = user;
    Widgets *w = page->widgets;
    const char *key = gtk_widget_get_name(button) + strlen("key-");
    size_t n = strlen(w->digits);

    w->touch_us = saoy_clock_mono_us();
    if (g_str_equal(key, "clear"))
        forget(w);
    else if (g_str_equal(key, "erase") && n > 0)
        w->digits[n - 1] = '\0';
    else if (g_ascii_isdigit(*key) && n < (w->technician > 0 ? PIN_DIGITS : NUMBER_DIGITS))
        w->digits[n] = *key, w->digits[n + 1] = '\0';
    show_gate(page);
}

/* An unknown number and a wrong PIN are told apart by nobody before the screen. */
static const char *
reason_of(const GError *error)
{
    return g_str_has_prefix(error->message, "locked")
               ? N_("Too many wrong PINs: locked for a while. Come back later.")
               : N_("Number or PIN is wrong.");
}

static void
refuse(SaoyPage *page, const GError *error)
{
    Widgets *w = page->widgets;

    saoy_log(SAOY_LOG_MAINT_REFUSED, SAOY_N("technician", w->technician),
             SAOY_N("code", error->code));
    w->technician = 0;
    saoy_ui_problem(w->problem, w->problem_text, reason_of(error));
    show_gate(page);
}

/* What is not written down is not done. */
static bool
note(SaoyPage *page, const char *action)
{
    Widgets *w = page->widgets;
    SaoyVisit *visit = saoy_window_visit(page->window);
    g_autoptr(GError) error = NULL;

    w->touch_us = saoy_clock_mono_us();
    if (visit == NULL || saoy_visit_note_action(visit, action, w->technician, &error))
        return visit != NULL;
    saoy_log(SAOY_LOG_JOURNAL_FAILED, SAOY_N("code", error->code));
    saoy_ui_problem(w->problem, w->problem_text,
                    N_("The journal cannot be written, so nothing was done."));
    return false;
}

/* ---- behind it */

static void
on_looked(void *user, const GPtrArray *checks)
{
    SaoyPage *page = user;
    Widgets *w = page->widgets;

    saoy_ui_clear(w->checks);
    for (unsigned i = 0; i < checks->len; i++)
        gtk_box_append(GTK_BOX(w->checks), saoy_maint_row(checks->pdata[i]));
    gtk_widget_set_sensitive(w->again, TRUE);
}

static void
start_look(SaoyPage *page)
{
    Widgets *w = page->widgets;

    saoy_ui_clear(w->checks);
    gtk_box_append(GTK_BOX(w->checks), saoy_ui_label(_("Looking at everything…"), "title"));
    gtk_widget_set_sensitive(w->again, FALSE);
    saoy_maint_look(w->look, saoy_window_visit(page->window),
                    saoy_window_config(page->window), on_looked, page);
}

static void
show_desk(SaoyPage *page)
{
    Widgets *w = page->widgets;
    const SaoyKioskConfig *config = saoy_window_config(page->window);

    saoy_ui_text(w->lead, _("Machine %s, version %s, technician %u"), config->kiosk_id,
                 SAOY_VERSION, w->technician);
    gtk_widget_set_visible(w->desk, TRUE);
    gtk_widget_set_visible(w->actions, TRUE);
    gtk_label_set_text(GTK_LABEL(w->next_label), _("Open service"));
    gtk_widget_set_visible(w->next, TRUE);
    gtk_widget_set_sensitive(w->next, TRUE);
    start_look(page);
}

static void
check_pin(SaoyPage *page)
{
    Widgets *w = page->widgets;
    g_autofree char *path = saoy_pin_path(data_dir(page), w->technician);
    g_autoptr(GError) error = NULL;
    bool right = saoy_pin_check(path, w->digits, &error);

    forget(w);
    if (!right) {
        refuse(page, error);
        return;
    }
    w->open = note(page, "enter");
    show_gate(page);
    if (w->open)
        show_desk(page);
}

/* Who closed the machine opens it again: nobody else does by leaving this page. */
static void
leave(SaoyPage *page)
{
    bool closed = page->window->before == SAOY_STATE_CLOSED;

    saoy_window_post(page->window, closed ? SAOY_EV_CLOSE : SAOY_EV_BACK);
}

static void
on_next(SaoyPage *page)
{
    Widgets *w = page->widgets;

    w->touch_us = saoy_clock_mono_us();
    saoy_ui_problem(w->problem, w->problem_text, NULL);
    if (w->open) {
        if (note(page, "open"))
            saoy_window_post(page->window, SAOY_EV_OPEN);
    } else if (w->technician == 0) {
        w->technician = (unsigned)g_ascii_strtoull(w->digits, NULL, 10);
        forget(w);
        show_gate(page);
    } else {
        check_pin(page);
    }
}

static void
on_again(SaoyPage *page)
{
    if (note(page, "selftest"))
        start_look(page);
}

static void
on_close(SaoyPage *page)
{
    if (note(page, "close"))
        saoy_window_post(page->window, SAOY_EV_CLOSE);
}

/* The program ends; what supervises it starts it anew. */
static void
on_restart(SaoyPage *page)
{
    GApplication *app = g_application_get_default();

    if (note(page, "restart") && app != NULL)
        g_application_quit(app);
}

static void
on_back(SaoyPage *page)
{
    Widgets *w = page->widgets;

    if (w->open && !note(page, "leave"))
        return;
    leave(page);
}

/* ---- the page */

static gboolean
on_tick(void *user)
{
    SaoyPage *page = user;
    Widgets *w = page->widgets;
    int64_t limit_s = w->open ? DESK_S : GATE_S;

    if (saoy_clock_mono_us() - w->touch_us < limit_s * G_USEC_PER_SEC)
        return G_SOURCE_CONTINUE;
    w->tick = 0;
    leave(page);
    return G_SOURCE_REMOVE;
}

static void
find_widgets(Widgets *w, GtkBuilder *builder)
{
    const struct {
        GtkWidget **to;
        const char *id;
    } parts[] = {
        { &w->lead, "lead" },
        { &w->problem, "problem" },
        { &w->problem_text, "problem-text" },
        { &w->gate, "gate" },
        { &w->typed, "typed" },
        { &w->desk, "desk" },
        { &w->checks, "checks" },
        { &w->actions, "actions" },
        { &w->again, "again" },
        { &w->restart, "restart" },
        { &w->close, "close" },
        { &w->next, "next" },
        { &w->next_label, "next-label" },
        { &w->back, "back" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        *parts[i].to = saoy_ui_get(builder, parts[i].id);
}

static void
page_bind(SaoyPage *page, GtkBuilder *builder)
{
    static const char *const keys[] = { "0", "1", "2", "3", "4",     "5",
                                        "6", "7", "8", "9", "clear", "erase" };
    Widgets *w = page->widgets = g_new0(Widgets, 1);

    find_widgets(w, builder);
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *id = g_strdup_printf("key-%s", keys[i]);

        g_signal_connect(saoy_ui_get(builder, id), "clicked", G_CALLBACK(on_key), page);
    }
    gtk_widget_set_tooltip_text(saoy_ui_get(builder, "key-erase"), _("Erase one figure"));
    g_signal_connect_swapped(w->next, "clicked", G_CALLBACK(on_next), page);
    g_signal_connect_swapped(w->back, "clicked", G_CALLBACK(on_back), page);
    g_signal_connect_swapped(w->again, "clicked", G_CALLBACK(on_again), page);
    g_signal_connect_swapped(w->restart, "clicked", G_CALLBACK(on_restart), page);
    g_signal_connect_swapped(w->close, "clicked", G_CALLBACK(on_close), page);
    w->look = saoy_maint_look_new();
    w->touch_us = saoy_clock_mono_us();
    w->tick = g_timeout_add_seconds(1, on_tick, page);
}

static void
page_show(SaoyPage *page, const SaoySession *session)
{
    const Widgets *w = page->widgets;

    if (!w->open)
        show_gate(page);
}

static void
page_drop(SaoyPage *page)
{
    Widgets *w = page->widgets;

    forget(w);
    g_clear_handle_id(&w->tick, g_source_remove);
    g_clear_pointer(&w->look, saoy_maint_look_free);
}

const SaoyPageClass saoy_page_maint = {
    .state = SAOY_STATE_MAINT,
    .ui = "page-maint.ui",
    .bind = page_bind,
    .show = page_show,
    .drop = page_drop,
};

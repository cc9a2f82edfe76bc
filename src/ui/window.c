#include "ui/window.h"

#include "core/clock.h"
#include "ui-resources.h"
#include "widgets.h"
#include "window-private.h"

#include <glib/gi18n-lib.h>

enum { CORNER_TAPS = 5, CORNER_S = 2, HEAD_IN_UPPER_HALF = 740 };

void
saoy_window_post(SaoyWindow *window, SaoyEventType type)
{
    if (window->visit != NULL)
        saoy_visit_post(window->visit, type);
}

SaoyVisit *
saoy_window_visit(SaoyWindow *window)
{
    return window->visit;
}

const SaoySession *
saoy_window_session(SaoyWindow *window)
{
    return window->session;
}

const SaoyKioskConfig *
saoy_window_config(SaoyWindow *window)
{
    return window->config;
}

SaoyState
saoy_window_state(const SaoyWindow *window)
{
    return window->state;
}

GtkWindow *
saoy_window_gtk(SaoyWindow *window)
{
    return window->gtk;
}

GtkWidget *
saoy_window_screen(SaoyWindow *window)
{
    return saoy_ui_get(window->frame, "screen");
}

void
saoy_window_listen(SaoyWindow *window, SaoyStateFunc *listener, void *user)
{
    window->listener = listener;
    window->listener_user = user;
}

/* ---- pages */

static void
drop_page(SaoyWindow *window)
{
    SaoyPage *page = g_steal_pointer(&window->page);

    if (page == NULL)
        return;
    if (page->cls->drop != NULL)
        page->cls->drop(page);
    gtk_stack_remove(GTK_STACK(saoy_ui_get(window->frame, "stack")), page->root);
    g_free(page->widgets);
    g_free(page);
}

static bool
has_button(GtkWidget *root)
{
    if (GTK_IS_BUTTON(root) || GTK_IS_FLOW_BOX(root))
        return true;
    for (GtkWidget *child = gtk_widget_get_first_child(root); child != NULL;
         child = gtk_widget_get_next_sibling(child))
        if (has_button(child))
            return true;
    return false;
}

/* Accessibility: what is only read stands in the upper half, what is touched in the lower;
 * what is only nice to have goes. Pages name such parts "lift" and "spare". */
static void
lift(GtkBuilder *builder, GtkWidget *part)
{
    g_object_ref(part);
    gtk_box_remove(GTK_BOX(gtk_widget_get_parent(part)), part);
    gtk_box_append(GTK_BOX(saoy_ui_get(builder, "head")), part);
    g_object_unref(part);
}

static void
place_controls(SaoyWindow *window, GtkBuilder *builder)
{
    GObject *spare = gtk_builder_get_object(builder, "spare");
    GObject *part = gtk_builder_get_object(builder, "lift");

    if (!window->accessible)
        return;
    if (spare != NULL)
        gtk_widget_set_visible(GTK_WIDGET(spare), FALSE);
    if (part != NULL)
        lift(builder, GTK_WIDGET(part));
    if (has_button(saoy_ui_get(builder, "body")))
        gtk_widget_set_size_request(saoy_ui_get(builder, "head"), -1, HEAD_IN_UPPER_HALF);
}

static void
build_page(SaoyWindow *window, SaoyState state)
{
    const SaoyPageClass *cls = saoy_page_class(state);
    g_autofree char *path = g_strdup_printf("/saoy/ui/pages/%s", cls->ui);
    g_autoptr(GtkBuilder) builder = gtk_builder_new_from_resource(path);
    GtkWidget *stack = saoy_ui_get(window->frame, "stack");

    window->page = g_new0(SaoyPage, 1);
    window->page->cls = cls;
    window->page->window = window;
    window->page->root = saoy_ui_get(builder, "root");
    gtk_widget_set_name(window->page->root, saoy_state_name(state));
    place_controls(window, builder);
    cls->bind(window->page, builder);
    gtk_stack_add_child(GTK_STACK(stack), window->page->root);
    gtk_stack_set_visible_child(GTK_STACK(stack), window->page->root);
}

/* ---- the frame round them */

static void
on_language(SaoyWindow *window)
{
    SaoyLanguage other =
        window->language == SAOY_LANGUAGE_VI ? SAOY_LANGUAGE_EN : SAOY_LANGUAGE_VI;

    if (window->visit != NULL)
        saoy_session_set_language(window->visit, other);
    saoy_window_refresh(window);
}

static void
on_accessibility(SaoyWindow *window)
{
    if (window->visit != NULL)
        saoy_session_set_accessible(window->visit, !window->accessible);
    saoy_window_refresh(window);
}

static void
on_help(SaoyWindow *window)
{
    saoy_sheet_open(window, SAOY_SHEET_HELP);
}

/* The technician's hidden corner: five quick taps on our name. */
static void
on_corner(SaoyWindow *window)
{
    int64_t now = saoy_clock_mono_us();

    if (now - window->tap_us > CORNER_S * G_USEC_PER_SEC)
        window->taps = 0;
    window->tap_us = now;
    if (++window->taps < CORNER_TAPS)
        return;
    window->taps = 0;
    saoy_window_post(window, SAOY_EV_MAINT);
}

static void
bind_bar(SaoyWindow *window)
{
    static const struct {
        const char *id;
        void (*on)(SaoyWindow *window);
    } buttons[] = {
        { "exit", saoy_sheet_exit },
        { "help", on_help },
        { "language", on_language },
        { "accessibility", on_accessibility },
    };
    GtkGesture *corner = gtk_gesture_click_new();

    for (size_t i = 0; i < G_N_ELEMENTS(buttons); i++)
        g_signal_connect_swapped(saoy_ui_get(window->frame, buttons[i].id), "clicked",
                                 G_CALLBACK(buttons[i].on), window);
    g_signal_connect_swapped(corner, "pressed", G_CALLBACK(on_corner), window);
    gtk_widget_add_controller(saoy_ui_get(window->frame, "brand"),
                              GTK_EVENT_CONTROLLER(corner));
}

static void
set_colours(SaoyWindow *window)
{
    gtk_css_provider_load_from_resource(window->colours, window->accessible
                                                             ? "/saoy/ui/style/contrast.css"
                                                             : "/saoy/ui/style/tokens.css");
}

/* Each part of the style is a provider of its own; named colours reach across by display.
 */
static void
build_frame(SaoyWindow *window)
{
    GtkWidget *old = gtk_widget_get_first_child(window->scaler);
    GtkWidget *screen = NULL;

    if (old != NULL)
        gtk_box_remove(GTK_BOX(window->scaler), old);
    g_clear_object(&window->frame);
    window->frame = gtk_builder_new_from_resource("/saoy/ui/pages/window.ui");
    screen = saoy_ui_get(window->frame, "screen");
    saoy_ui_css(screen, "accessible", window->accessible);
    if (window->accessible)
        gtk_widget_set_valign(saoy_ui_get(window->frame, "sheet"), GTK_ALIGN_END);
    gtk_box_append(GTK_BOX(window->scaler), screen);
    bind_bar(window);
    saoy_sheet_bind(window);
    window->sheet = SAOY_SHEET_NONE;
}

static void
show_bar(SaoyWindow *window)
{
    static const SaoyState nothing_to_leave[] = { SAOY_STATE_WELCOME, SAOY_STATE_WIPE,
                                                  SAOY_STATE_CLOSED, SAOY_STATE_MAINT };
    GtkWidget *leave = saoy_ui_get(window->frame, "exit");

    gtk_widget_set_sensitive(leave, TRUE);
    for (size_t i = 0; i < G_N_ELEMENTS(nothing_to_leave); i++)
        if (window->state == nothing_to_leave[i])
            gtk_widget_set_sensitive(leave, FALSE);
    gtk_label_set_text(GTK_LABEL(saoy_ui_get(window->frame, "language-label")),
                       window->language == SAOY_LANGUAGE_VI ? "English" : "Tiếng Việt");
    gtk_label_set_text(GTK_LABEL(saoy_ui_get(window->frame, "accessibility-label")),
                       window->accessible ? _("Normal type") : _("Large type"));
}

static void
take_person_settings(SaoyWindow *window, const SaoySession *session)
{
    bool language = session->language != window->language;
    bool accessible = session->accessible != window->accessible;

    if (!language && !accessible && window->frame != NULL)
        return;
    if (window->frame != NULL)
        drop_page(window);
    window->language = session->language;
    window->accessible = session->accessible;
    saoy_language_use(session->language);
    set_colours(window);
    build_frame(window);
}

/* What was copied out of an entry outlives it. */
static void
forget_clipboards(SaoyWindow *window)
{
    GtkWidget *widget = GTK_WIDGET(window->gtk);

    gdk_clipboard_set_content(gtk_widget_get_clipboard(widget), NULL);
    gdk_clipboard_set_content(gtk_widget_get_primary_clipboard(widget), NULL);
}

void
saoy_window_show(void *user, SaoyState state, const SaoySession *session)
{
    SaoyWindow *window = user;
    bool moved = window->page == NULL || state != window->state;

    window->session = session;
    take_person_settings(window, session);
    if (moved) {
        drop_page(window);
        saoy_sheet_close(window);
    }
    if (moved && state == SAOY_STATE_WIPE)
        forget_clipboards(window);
    if (state != window->state)
        window->before = window->state;
    window->state = state;
    if (window->page == NULL) {
        build_page(window, state);
        saoy_steps_show(window);
        show_bar(window);
    }
    window->page->cls->show(window->page, session);
    saoy_ui_name_buttons(window->scaler);
    if (moved && window->listener != NULL)
        window->listener(window->listener_user, state);
}

void
saoy_window_refresh(SaoyWindow *window)
{
    if (window->session != NULL)
        saoy_window_show(window, window->state, window->session);
}

void
saoy_window_set_visit(SaoyWindow *window, SaoyVisit *visit)
{
    window->visit = visit;
}

/* ---- the window itself */

static void
on_touch(SaoyWindow *window)
{
    if (window->visit != NULL && window->sheet != SAOY_SHEET_PATIENCE)
        saoy_visit_touch(window->visit);
}

static gboolean
on_tick(void *user)
{
    SaoyWindow *window = user;

    if (window->frame != NULL)
        saoy_sheet_tick(window);
    return G_SOURCE_CONTINUE;
}

static void
load_style(SaoyWindow *window)
{
    static const char *const parts[] = { "/saoy/ui/style/base.css",
                                         "/saoy/ui/style/pages.css" };
    GdkDisplay *display = gdk_display_get_default();

    saoy_ui_register_resource();
    g_object_set(gtk_settings_get_for_display(display), "gtk-theme-name", "Empty",
                 "gtk-enable-animations", FALSE, "gtk-error-bell", FALSE,
                 "gtk-entry-select-on-focus", FALSE, NULL);
    gtk_icon_theme_add_resource_path(gtk_icon_theme_get_for_display(display),
                                     "/saoy/ui/icons");
    window->colours = gtk_css_provider_new();
    gtk_style_context_add_provider_for_display(display, GTK_STYLE_PROVIDER(window->colours),
                                               GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autoptr(GtkCssProvider) provider = gtk_css_provider_new();

        gtk_css_provider_load_from_resource(provider, parts[i]);
        gtk_style_context_add_provider_for_display(display, GTK_STYLE_PROVIDER(provider),
                                                   GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    }
}

/* On a smaller display the window keeps its shape; a kiosk's own display it fills. */
static void
fit_display(GtkWindow *gtk)
{
    GListModel *monitors = gdk_display_get_monitors(gdk_display_get_default());
    g_autoptr(GdkMonitor) monitor = g_list_model_get_item(monitors, 0);
    GdkRectangle room = { 0, 0, SAOY_SCREEN_WIDTH, SAOY_SCREEN_HEIGHT };
    double scale = 1;

    if (monitor != NULL)
        gdk_monitor_get_geometry(monitor, &room);
    scale = MIN(1, MIN(room.width / (double)SAOY_SCREEN_WIDTH,
                       room.height / (double)SAOY_SCREEN_HEIGHT));
    gtk_window_set_default_size(gtk, (int)(SAOY_SCREEN_WIDTH * scale),
                                (int)(SAOY_SCREEN_HEIGHT * scale));
}

SaoyWindow *
saoy_window_new(GtkApplication *app, const SaoyKioskConfig *config)
{
    SaoyWindow *window = g_new0(SaoyWindow, 1);
    GtkGesture *touch = gtk_gesture_click_new();

    window->config = config;
    load_style(window);
    window->gtk =
        GTK_WINDOW(app != NULL ? gtk_application_window_new(app) : gtk_window_new());
    window->scaler = saoy_scaler_new();
    gtk_window_set_title(window->gtk, "Sao Y");
    gtk_window_set_decorated(window->gtk, FALSE);
    fit_display(window->gtk);
    gtk_window_set_child(window->gtk, window->scaler);

    gtk_gesture_single_set_button(GTK_GESTURE_SINGLE(touch), 0);
    gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(touch),
                                               GTK_PHASE_CAPTURE);
    g_signal_connect_swapped(touch, "pressed", G_CALLBACK(on_touch), window);
    gtk_widget_add_controller(GTK_WIDGET(window->gtk), GTK_EVENT_CONTROLLER(touch));
    window->tick = g_timeout_add_seconds(1, on_tick, window);
    return window;
}

void
saoy_window_free(SaoyWindow *window)
{
    if (window == NULL)
        return;
    g_clear_handle_id(&window->tick, g_source_remove);
    if (window->frame != NULL)
        drop_page(window);
    gtk_window_destroy(window->gtk);
    g_clear_object(&window->frame);
    g_clear_object(&window->colours);
    g_free(window);
}

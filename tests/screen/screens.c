/* Shows every page in both languages, normal and accessible, and looks at what is on it.
 *   screens [DIR]    with DIR also writes a PNG of each */
#include "core/file.h"
#include "sample.h"
#include "ui/window.h"

#include <glib/gstdio.h>

enum { TARGET = 96, TYPE_MIN = 28, UPPER_HALF = 900, TRIES = 10 };

static SaoyWindow *window;
static const char *out_dir;
static unsigned faults;
static const char *where;
static bool accessible;

static void G_GNUC_PRINTF(1, 2) complain(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_printerr("%s: %s\n", where, text);
    faults++;
}

static gboolean
on_late(void *user)
{
    *(bool *)user = true;
    return G_SOURCE_REMOVE;
}

/* Three frames' time. Whatever else is due comes first, layout and painting too: on a busy
 * machine all of it is due at once. */
static void
settle(void)
{
    for (int i = 0; i < 3; i++) {
        bool late = false;

        g_timeout_add_full(G_PRIORITY_LOW, 30, on_late, &late, NULL);
        while (!late)
            g_main_context_iteration(NULL, TRUE);
    }
}

/* The display server takes its time, too. */
static void
present(void)
{
    GtkWidget *widget = GTK_WIDGET(saoy_window_gtk(window));

    gtk_window_present(saoy_window_gtk(window));
    for (int i = 0; i < 300 && gtk_widget_get_height(widget) == 0; i++)
        settle();
}

static bool
scrolls(GtkWidget *widget)
{
    return gtk_widget_get_ancestor(widget, GTK_TYPE_SCROLLED_WINDOW) != NULL;
}

static graphene_rect_t
place_of(GtkWidget *widget)
{
    graphene_rect_t place = GRAPHENE_RECT_INIT(0, 0, 0, 0);

    if (!gtk_widget_compute_bounds(widget, saoy_window_screen(window), &place))
        complain("%s has no place", gtk_widget_get_name(widget));
    return place;
}

static void
look_at_label(GtkWidget *widget)
{
    GtkLabel *label = GTK_LABEL(widget);
    PangoLayout *layout = gtk_label_get_layout(label);
    PangoContext *context = gtk_widget_get_pango_context(widget);
    const PangoFontDescription *font = pango_context_get_font_description(context);
    graphene_rect_t place = place_of(widget);
    int width = 0, height = 0;

    if (gtk_label_get_text(label)[0] == '\0')
        return;
    pango_layout_get_pixel_size(layout, &width, &height);
    if (pango_layout_is_ellipsized(layout) || height > gtk_widget_get_height(widget) ||
        width > gtk_widget_get_width(widget))
        complain("cut off: «%s»", gtk_label_get_text(label));
    if (pango_font_description_get_size(font) < TYPE_MIN * PANGO_SCALE)
        complain("type of %d: «%s»", pango_font_description_get_size(font) / PANGO_SCALE,
                 gtk_label_get_text(label));
    if (!scrolls(widget) && (place.origin.x < 0 || place.origin.y < 0 ||
                             place.origin.x + place.size.width > 1080 ||
                             place.origin.y + place.size.height > 1920))
        complain("off the screen: «%s»", gtk_label_get_text(label));
}

static void
look_at_button(GtkWidget *widget)
{
    const char *name = gtk_widget_get_name(widget);
    graphene_rect_t place = place_of(widget);

    if (g_str_equal(name, G_OBJECT_TYPE_NAME(widget)))
        complain("a button without a name at %.0f,%.0f", place.origin.x, place.origin.y);
    if (!gtk_test_accessible_has_property(GTK_ACCESSIBLE(widget),
                                          GTK_ACCESSIBLE_PROPERTY_LABEL))
        complain("button %s has no accessible label", name);
    if (place.size.width < TARGET || place.size.height < TARGET)
        complain("button %s is only %.0f x %.0f", name, place.size.width,
                 place.size.height);
    if (accessible && !scrolls(widget) && place.origin.y < UPPER_HALF)
        complain("button %s is at %.0f, in the upper half", name, place.origin.y);
}

static void
look_at(GtkWidget *widget)
{
    if (!gtk_widget_get_mapped(widget))
        return;
    if (GTK_IS_LABEL(widget))
        look_at_label(widget);
    if (GTK_IS_BUTTON(widget))
        look_at_button(widget);
    for (GtkWidget *child = gtk_widget_get_first_child(widget); child != NULL;
         child = gtk_widget_get_next_sibling(child))
        look_at(child);
}

static void
save(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *file = g_strdup_printf("%s.png", name);
    g_autofree char *path = g_build_filename(out_dir, file, NULL);

    for (int i = 0; i < TRIES; i++) { /* between two frames there is no picture to take */
        g_clear_error(&error);
        if (saoy_window_snapshot(window, path, &error))
            return;
        settle();
    }
    complain("%s", error->message);
}

static void
show(const SampleScreen *screen, SaoyLanguage language)
{
    SaoySession *session = sample_session();
    g_autofree char *name =
        g_strdup_printf("%s-%s%s", screen->name, language == SAOY_LANGUAGE_VI ? "vi" : "en",
                        accessible ? "-large" : "");
    GtkWidget *pressed = NULL;

    where = name;
    session->language = language;
    session->accessible = accessible;
    if (screen->change != NULL)
        screen->change(session);
    saoy_window_show(window, SAOY_STATE_WIPE, session); /* a fresh page each time */
    saoy_window_show(window, screen->state, session);
    settle();
    if (g_strcmp0(screen->press, "patience") == 0) {
        saoy_window_ask_patience(window);
        settle();
    } else if (screen->press != NULL) {
        pressed = saoy_window_find(window, screen->press);
        if (pressed == NULL)
            complain("no %s to press", screen->press);
        else
            g_signal_emit_by_name(pressed, "clicked");
        settle();
    }
    if (gtk_widget_get_height(saoy_window_screen(window)) != 1920 ||
        gtk_widget_get_width(saoy_window_screen(window)) != 1080)
        complain("needs %d x %d", gtk_widget_get_width(saoy_window_screen(window)),
                 gtk_widget_get_height(saoy_window_screen(window)));
    look_at(saoy_window_screen(window));
    if (out_dir != NULL)
        save(name);
    saoy_window_show(window, SAOY_STATE_WIPE, session);
    sample_clear(session);
}

int
main(int argc, char **argv)
{
    const char *only = argc > 2 ? argv[2] : "";

    out_dir = argc > 1 ? argv[1] : NULL;
    if (out_dir != NULL)
        g_mkdir_with_parents(out_dir, 0755);
    saoy_language_start();
    if (!gtk_init_check()) {
        g_print("1..0 # SKIP no display\n");
        return 77;
    }
    window = saoy_window_new(NULL, NULL);
    present();
    for (int mode = 0; mode < 4; mode++) {
        accessible = mode >= 2;
        for (size_t i = 0; i < sample_n_screens; i++)
            if (g_str_has_prefix(sample_screens[i].name, only))
                show(&sample_screens[i],
                     mode % 2 == 0 ? SAOY_LANGUAGE_VI : SAOY_LANGUAGE_EN);
    }
    saoy_window_free(window);
    g_print("1..1\n%s 1 - every screen, %u faults\n", faults == 0 ? "ok" : "not ok",
            faults);
    return faults > 0;
}

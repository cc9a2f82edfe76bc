#include "core/error.h"
#include "widgets.h"
#include "window-private.h"

static GtkWidget *
find(GtkWidget *root, const char *name)
{
    GtkWidget *found = NULL;

    if (g_strcmp0(gtk_widget_get_name(root), name) == 0 && gtk_widget_get_mapped(root))
        return root;
    for (GtkWidget *child = gtk_widget_get_first_child(root);
         child != NULL && found == NULL; child = gtk_widget_get_next_sibling(child))
        found = find(child, name);
    return found;
}

GtkWidget *
saoy_window_find(SaoyWindow *window, const char *name)
{
    return window->frame == NULL ? NULL : find(saoy_window_screen(window), name);
}

/* The screen as it is laid out, 1080 wide, whatever the window's own size. */
bool
saoy_window_snapshot(SaoyWindow *window, const char *path, GError **error)
{
    GtkWidget *screen = saoy_window_screen(window);
    GskRenderer *renderer = gtk_native_get_renderer(GTK_NATIVE(window->gtk));
    int width = gtk_widget_get_width(screen), height = gtk_widget_get_height(screen);

    if (renderer == NULL || width <= 0 || height <= 0)
        return saoy_fail(error, SAOY_ERROR_FAILED, "the window is not on a display");

    g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new(screen);
    GtkSnapshot *snapshot = gtk_snapshot_new();

    gdk_paintable_snapshot(paintable, snapshot, width, height);
    g_autoptr(GskRenderNode) node = gtk_snapshot_free_to_node(snapshot);
    if (node == NULL)
        return saoy_fail(error, SAOY_ERROR_FAILED, "nothing is drawn yet");

    graphene_rect_t all = GRAPHENE_RECT_INIT(0, 0, (float)width, (float)height);
    g_autoptr(GdkTexture) texture = gsk_renderer_render_texture(renderer, node, &all);
    if (!gdk_texture_save_to_png(texture, path))
        return saoy_fail(error, SAOY_ERROR_FAILED, "%s: cannot be written", path);
    return true;
}

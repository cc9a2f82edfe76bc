#include "window-private.h"

static void
measure(GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
        int *natural, int *minimum_baseline, int *natural_baseline)
{
    int full =
        orientation == GTK_ORIENTATION_HORIZONTAL ? SAOY_SCREEN_WIDTH : SAOY_SCREEN_HEIGHT;

    *minimum = full / 5;
    *natural = full;
}

/* A page that needs more than the screen shrinks as a whole; nothing is ever cut off. */
static void
allocate(GtkWidget *widget, int width, int height, int baseline)
{
    GtkWidget *child = gtk_widget_get_first_child(widget);
    int w = 0, h = 0;

    if (child == NULL)
        return;
    gtk_widget_measure(child, GTK_ORIENTATION_HORIZONTAL, -1, &w, NULL, NULL, NULL);
    w = MAX(w, SAOY_SCREEN_WIDTH);
    gtk_widget_measure(child, GTK_ORIENTATION_VERTICAL, w, &h, NULL, NULL, NULL);
    h = MAX(h, SAOY_SCREEN_HEIGHT);

    float scale = MIN((float)width / (float)w, (float)height / (float)h);
    GskTransform *place = gsk_transform_translate(
        NULL, &GRAPHENE_POINT_INIT(((float)width - (float)w * scale) / 2,
                                   ((float)height - (float)h * scale) / 2));

    gtk_widget_allocate(child, w, h, -1, gsk_transform_scale(place, scale, scale));
}

static GtkSizeRequestMode
request_mode(GtkWidget *widget)
{
    return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

GtkWidget *
saoy_scaler_new(void)
{
    GtkWidget *scaler = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);

    gtk_widget_set_layout_manager(scaler,
                                  gtk_custom_layout_new(request_mode, measure, allocate));
    return scaler;
}

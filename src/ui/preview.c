#include "preview.h"

#include "vision/symbol.h"

#include <math.h>
#include <string.h>

GdkTexture *
saoy_ui_texture(const SaoyImage *image, bool mirrored)
{
    if (image == NULL)
        return NULL;

    const size_t stride = (size_t)image->width * 3;
    g_autofree uint8_t *rgb = g_malloc(stride * (size_t)image->height);

    for (int y = 0; y < image->height; y++) {
        const uint8_t *from = image->pixels + (size_t)y * (size_t)image->stride;
        uint8_t *to = rgb + (size_t)y * stride;

        for (int x = 0; x < image->width; x++) {
            int at = mirrored ? image->width - 1 - x : x;
            const uint8_t *pixel = from + (size_t)at * (size_t)image->channels;

            for (int c = 0; c < 3; c++)
                to[x * 3 + c] = pixel[image->channels == 3 ? c : 0];
        }
    }

    g_autoptr(GBytes) bytes =
        g_bytes_new_take(g_steal_pointer(&rgb), stride * (size_t)image->height);
    return gdk_memory_texture_new(image->width, image->height, GDK_MEMORY_R8G8B8, bytes,
                                  stride);
}

static void
draw_qr(GtkDrawingArea *area, cairo_t *cr, int width, int height, void *user)
{
    const SaoyQr *qr = user;
    const int quiet = 4;
    double module = floor(MIN(width, height) / (double)(qr->size + 2 * quiet));
    double left = floor((width - module * qr->size) / 2);
    double top = floor((height - module * qr->size) / 2);

    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    for (int y = 0; y < qr->size; y++)
        for (int x = 0; x < qr->size; x++)
            if (qr->modules[y * qr->size + x] != 0)
                cairo_rectangle(cr, left + x * module, top + y * module, module, module);
    cairo_fill(cr);
}

static void
free_qr(void *data)
{
    saoy_qr_free(data);
}

void
saoy_ui_qr(GtkWidget *area, const char *text)
{
    g_autoptr(GError) error = NULL;
    SaoyQr *qr = saoy_qr_make(text, &error);

    if (qr == NULL) {
        g_warning("qr: %s", error->message);
        gtk_widget_set_visible(area, FALSE);
        return;
    }
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), draw_qr, qr, free_qr);
}

typedef struct {
    int width, height; /* of the page the boxes are measured on */
    SaoyBox *boxes;
    size_t n;
    cairo_surface_t *surface;
} Picture;

static void
free_picture(void *data)
{
    Picture *picture = data;

    g_clear_pointer(&picture->surface, cairo_surface_destroy);
    g_free(picture->boxes);
    g_free(picture);
}

static cairo_surface_t *
surface_of(const SaoyImage *image)
{
    g_autoptr(GdkTexture) texture = saoy_ui_texture(image, false);
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, image->width, image->height);

    gdk_texture_download(texture, cairo_image_surface_get_data(surface),
                         (gsize)cairo_image_surface_get_stride(surface));
    cairo_surface_mark_dirty(surface);
    return surface;
}

static void
draw_box(cairo_t *cr, const SaoyBox *box, size_t number, double scale)
{
    char text[8];

    cairo_set_source_rgba(cr, 0.75, 0.25, 0, 0.9);
    cairo_set_line_width(cr, 4);
    cairo_rectangle(cr, box->x * scale - 4, box->y * scale - 4, box->w * scale + 8,
                    box->h * scale + 8);
    cairo_stroke(cr);
    cairo_arc(cr, box->x * scale - 4, box->y * scale - 4, 17, 0, 2 * G_PI);
    cairo_fill(cr);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_select_font_face(cr, "Noto Sans", CAIRO_FONT_SLANT_NORMAL,
                           CAIRO_FONT_WEIGHT_BOLD);
    cairo_set_font_size(cr, 24);
    g_snprintf(text, sizeof text, "%zu", number);
    cairo_move_to(cr, box->x * scale - 11, box->y * scale + 5);
    cairo_show_text(cr, text);
}

static void
draw_picture(GtkDrawingArea *area, cairo_t *cr, int width, int height, void *user)
{
    const Picture *picture = user;
    int w = cairo_image_surface_get_width(picture->surface);
    int h = cairo_image_surface_get_height(picture->surface);
    double scale = MIN(width / (double)w, height / (double)h);

    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_translate(cr, (width - w * scale) / 2, (height - h * scale) / 2);
    cairo_save(cr);
    cairo_scale(cr, scale, scale);
    cairo_set_source_surface(cr, picture->surface, 0, 0);
    cairo_paint(cr);
    cairo_restore(cr);
    if (picture->width > 0)
        for (size_t i = 0; i < picture->n; i++)
            if (picture->boxes[i].w > 0)
                draw_box(cr, &picture->boxes[i], i + 1, scale * w / picture->width);
}

void
saoy_ui_page_picture(GtkWidget *area, const SaoyImage *image, int width, int height,
                     const SaoyBox *boxes, size_t n)
{
    if (image == NULL) {
        gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), NULL, NULL, NULL);
        return;
    }

    Picture *picture = g_new0(Picture, 1);

    picture->surface = surface_of(image);
    picture->width = width;
    picture->height = height;
    picture->boxes = g_memdup2(boxes, n * sizeof *boxes);
    picture->n = n;
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), draw_picture, picture,
                                   free_picture);
}

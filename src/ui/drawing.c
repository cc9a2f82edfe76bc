/* Drawings of the machine, in the page's own colours. */
#include "preview.h"

static void
rounded(cairo_t *cr, double x, double y, double w, double h, double r)
{
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + w - r, y + r, r, -G_PI / 2, 0);
    cairo_arc(cr, x + w - r, y + h - r, r, 0, G_PI / 2);
    cairo_arc(cr, x + r, y + h - r, r, G_PI / 2, G_PI);
    cairo_arc(cr, x + r, y + r, r, G_PI, 3 * G_PI / 2);
    cairo_close_path(cr);
}

static void
arrow_down(cairo_t *cr, double x, double y, double size)
{
    cairo_move_to(cr, x, y);
    cairo_line_to(cr, x, y + size);
    cairo_move_to(cr, x - size / 3, y + size * 2 / 3);
    cairo_line_to(cr, x, y + size);
    cairo_line_to(cr, x + size / 3, y + size * 2 / 3);
    cairo_stroke(cr);
}

/* the reader: a plate with a marked place; the card above it, an arrow between */
static void
draw_slot(cairo_t *cr, double width, double height)
{
    double middle = width / 2;

    rounded(cr, middle - 250, height - 116, 500, 100, 24);
    cairo_stroke(cr);
    cairo_set_dash(cr, (const double[]){ 14, 12 }, 2, 0);
    rounded(cr, middle - 130, height - 98, 260, 64, 12);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0);
    rounded(cr, middle - 140, 10, 280, 120, 14);
    cairo_stroke(cr);
    rounded(cr, middle - 112, 44, 52, 44, 8);
    cairo_fill(cr);
    for (int i = 0; i < 3; i++) {
        cairo_move_to(cr, middle - 30, 44 + i * 24);
        cairo_line_to(cr, middle + 110 - i * 24, 44 + i * 24);
        cairo_stroke(cr);
    }
    arrow_down(cr, middle + 190, 36, 120);
}

/* the flatbed with its lid open and a paper that is being lifted off the glass */
static void
draw_paper(cairo_t *cr, double width, double height)
{
    double middle = width / 2;

    rounded(cr, middle - 280, height - 110, 560, 90, 20);
    cairo_stroke(cr);
    cairo_move_to(cr, middle - 270, height - 112);
    cairo_line_to(cr, middle - 330, 40);
    cairo_stroke(cr);
    cairo_save(cr);
    cairo_translate(cr, middle + 10, height - 130);
    cairo_rotate(cr, -0.10);
    rounded(cr, -120, -210, 260, 200, 8);
    cairo_stroke(cr);
    for (int i = 0; i < 4; i++) {
        cairo_move_to(cr, -80, -170 + i * 36);
        cairo_line_to(cr, i == 3 ? 20 : 100, -170 + i * 36);
        cairo_stroke(cr);
    }
    cairo_restore(cr);
    cairo_save(cr);
    cairo_translate(cr, middle + 230, height - 130);
    cairo_scale(cr, 1, -1);
    arrow_down(cr, 0, 0, 150);
    cairo_restore(cr);
}

/* everything outside the oval is dimmed */
static void
draw_oval(cairo_t *cr, double width, double height)
{
    for (int pass = 0; pass < 2; pass++) {
        cairo_save(cr);
        cairo_translate(cr, width / 2, height / 2);
        cairo_scale(cr, width * 0.31, height * 0.41);
        cairo_new_sub_path(cr);
        cairo_arc(cr, 0, 0, 1, 0, 2 * G_PI);
        cairo_restore(cr);
        if (pass == 0) {
            cairo_rectangle(cr, 0, 0, width, height);
            cairo_set_fill_rule(cr, CAIRO_FILL_RULE_EVEN_ODD);
            cairo_set_source_rgba(cr, 0, 0, 0, 0.45);
            cairo_fill(cr);
        } else {
            cairo_set_source_rgb(cr, 1, 1, 1);
            cairo_set_line_width(cr, 8);
            cairo_stroke(cr);
        }
    }
}

/* side -1 left, 1 right, 0 none */
static void
draw_turn(cairo_t *cr, double width, double height, int side)
{
    double x = width / 2 + side * width * 0.42, y = height / 2, size = width * 0.12;

    draw_oval(cr, width, height);
    if (side == 0)
        return;
    cairo_set_line_width(cr, 22);
    cairo_move_to(cr, x - side * size, y);
    cairo_line_to(cr, x, y);
    cairo_move_to(cr, x - side * size / 2, y - size / 2);
    cairo_line_to(cr, x, y);
    cairo_line_to(cr, x - side * size / 2, y + size / 2);
    cairo_stroke(cr);
}

static void
draw(GtkDrawingArea *area, cairo_t *cr, int width, int height, void *user)
{
    GdkRGBA colour = { 0 };

    gtk_style_context_get_color(gtk_widget_get_style_context(GTK_WIDGET(area)), &colour);
    gdk_cairo_set_source_rgba(cr, &colour);
    cairo_set_line_width(cr, 9);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    switch ((SaoyUiDrawing)GPOINTER_TO_INT(user)) {
    case SAOY_UI_CARD_SLOT:
        draw_slot(cr, width, height);
        break;
    case SAOY_UI_TAKE_PAPER:
        draw_paper(cr, width, height);
        break;
    case SAOY_UI_FACE_OVAL:
        draw_turn(cr, width, height, 0);
        break;
    case SAOY_UI_FACE_LEFT:
        draw_turn(cr, width, height, -1);
        break;
    case SAOY_UI_FACE_RIGHT:
        draw_turn(cr, width, height, 1);
        break;
    }
}

void
saoy_ui_drawing(GtkWidget *area, SaoyUiDrawing what)
{
    gtk_widget_add_css_class(area, "accent-text");
    gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), draw, GINT_TO_POINTER((int)what),
                                   NULL);
}

#pragma once
#include "vision/image.h"

#include <gtk/gtk.h>

/* Copies the pixels; mirrored left to right when asked. NULL for NULL. */
GdkTexture *saoy_ui_texture(const SaoyImage *image, bool mirrored);

/* Makes the drawing area show a QR code of the text, black on white with its quiet zone. */
void saoy_ui_qr(GtkWidget *area, const char *text);

/* Makes the drawing area show a page with numbered boxes (in the page's pixels, width x
 * height). Copies the picture and the boxes. */
void saoy_ui_page_picture(GtkWidget *area, const SaoyImage *picture, int width, int height,
                          const SaoyBox *boxes, size_t n);

/* Small drawings of our own machine: where the card goes, where the paper comes out. */
typedef enum {
    SAOY_UI_CARD_SLOT,
    SAOY_UI_TAKE_PAPER,
    SAOY_UI_FACE_OVAL, /* and an arrow to the side the head is to turn */
    SAOY_UI_FACE_LEFT,
    SAOY_UI_FACE_RIGHT,
} SaoyUiDrawing;
void saoy_ui_drawing(GtkWidget *area, SaoyUiDrawing what);

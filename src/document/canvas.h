#pragma once
#include "templates.h"

/* Pages drawn with libharu, which owns pictures and content streams. Its fonts here are two
 * place holders, Times-Roman and Times-Bold, for the pinned Tinos files that fonts.c puts
 * in their stead: its own UTF-8 fonts take 25 ms a document and a ToUnicode that is none;
 * text goes out as UTF-16 codes for Identity-H. Points, origin bottom left. The first thing
 * that goes wrong is kept and reported by saoy_canvas_save. */
typedef struct SaoyCanvas SaoyCanvas;

typedef struct {
    double red, green, blue;
} SaoyInk;

extern const SaoyInk saoy_ink_black, saoy_ink_line, saoy_ink_red, saoy_ink_blue,
    saoy_ink_white;

extern const char *const saoy_place_holders[SAOY_FACE_N]; /* BaseFont in what is saved */

SaoyCanvas *saoy_canvas_new(const SaoyTemplates *templates, GError **error);
void saoy_canvas_free(SaoyCanvas *canvas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SaoyCanvas, saoy_canvas_free)

void saoy_canvas_page(SaoyCanvas *canvas, double width, double height);

void saoy_canvas_ink(SaoyCanvas *canvas, SaoyInk ink); /* fills and strokes */
void saoy_canvas_fill(SaoyCanvas *canvas, double x, double y, double w, double h);
void saoy_canvas_frame(SaoyCanvas *canvas, double x, double y, double w, double h,
                       double line);
void saoy_canvas_line(SaoyCanvas *canvas, double x1, double y1, double x2, double y2,
                      double line);
void saoy_canvas_circle(SaoyCanvas *canvas, double x, double y, double radius, double line);
void saoy_canvas_star(SaoyCanvas *canvas, double x, double y, double radius);
void saoy_canvas_matrix(SaoyCanvas *canvas, const SaoyMatrix *matrix, double x, double y,
                        double size);

/* Everything between is darkened onto what lies below (blend mode Multiply). */
void saoy_canvas_multiply(SaoyCanvas *canvas, bool on);
/* What is drawn between counts as `text` (ActualText) or, NULL, as no text at all. */
void saoy_canvas_begin_span(SaoyCanvas *canvas, const char *text);
void saoy_canvas_end_span(SaoyCanvas *canvas);

double saoy_canvas_width(SaoyCanvas *canvas, SaoyFace face, double size, const char *text);
void saoy_canvas_text(SaoyCanvas *canvas, SaoyFace face, double size, double x, double y,
                      const char *text);
/* Around (x, y), counter-clockwise from the x axis, in degrees. */
void saoy_canvas_turned_text(SaoyCanvas *canvas, SaoyFace face, double size, double x,
                             double y, double degrees, const char *text);
/* Invisible (text render mode 3), squeezed or stretched to width. */
void saoy_canvas_hidden_text(SaoyCanvas *canvas, double size, double x, double y,
                             double width, const char *text);

/* The JPEG file as it is. MALFORMED unless it is a baseline or progressive JPEG of width x
 * height with that many channels (1 or 3). */
bool saoy_canvas_jpeg(SaoyCanvas *canvas, GBytes *jpeg, int width, int height, int channels,
                      double x, double y, double w, double h, GError **error);

/* libharu's file. Afterwards nothing more can be drawn or measured. */
GBytes *saoy_canvas_save(SaoyCanvas *canvas, GError **error);

/* The characters shown, in order of their codes: SaoyGlyph. */
const GArray *saoy_canvas_glyphs(SaoyCanvas *canvas, SaoyFace face);
const SaoyFont *saoy_canvas_font(const SaoyCanvas *canvas, SaoyFace face);

#include "canvas.h"

#include "core/error.h"
#include "core/file.h"

#include <hpdf.h>
#include <hpdf_doc.h>
#include <hpdf_pages.h>

#include <math.h>
#include <string.h>

enum { N_CODES = 65536 };

struct SaoyCanvas {
    HPDF_Doc doc;
    HPDF_Page page;
    const SaoyTemplates *templates;
    HPDF_Font fonts[SAOY_FACE_N];
    uint8_t *shown[SAOY_FACE_N]; /* N_CODES flags */
    GArray *glyphs[SAOY_FACE_N];
    HPDF_ExtGState multiply, normal;
};

const char *const saoy_place_holders[SAOY_FACE_N] = { "Times-Roman", "Times-Bold" };

const SaoyInk saoy_ink_black = { 0, 0, 0 }, saoy_ink_line = { 0.55, 0.55, 0.55 },
              saoy_ink_red = { 0.80, 0.04, 0.09 }, saoy_ink_blue = { 0.04, 0.16, 0.58 },
              saoy_ink_white = { 1, 1, 1 };

static HPDF_ExtGState
blend(SaoyCanvas *canvas, HPDF_BlendMode mode)
{
    HPDF_ExtGState state = HPDF_CreateExtGState(canvas->doc);

    HPDF_ExtGState_SetBlendMode(state, mode);
    return state;
}

SaoyCanvas *
saoy_canvas_new(const SaoyTemplates *templates, GError **error)
{
    g_autoptr(SaoyCanvas) canvas = g_new0(SaoyCanvas, 1);

    canvas->doc = HPDF_New(NULL, NULL);
    if (canvas->doc == NULL)
        return saoy_null(error, SAOY_ERROR_FAILED, "libharu does not start");
    canvas->templates = templates;
    HPDF_SetCompressionMode(canvas->doc, HPDF_COMP_TEXT);
    for (int i = 0; i < SAOY_FACE_N; i++) {
        canvas->fonts[i] = HPDF_GetFont(canvas->doc, saoy_place_holders[i], NULL);
        canvas->shown[i] = g_malloc0(N_CODES);
        canvas->glyphs[i] = g_array_new(FALSE, FALSE, sizeof(SaoyGlyph));
    }
    canvas->multiply = blend(canvas, HPDF_BM_MULTIPLY);
    canvas->normal = blend(canvas, HPDF_BM_NORMAL);
    if (HPDF_GetError(canvas->doc) != HPDF_OK)
        return saoy_null(error, SAOY_ERROR_FAILED, "libharu does not start (0x%04lX)",
                         (unsigned long)HPDF_GetError(canvas->doc));
    return g_steal_pointer(&canvas);
}

void
saoy_canvas_free(SaoyCanvas *canvas)
{
    if (canvas == NULL)
        return;
    if (canvas->doc != NULL)
        HPDF_Free(canvas->doc);
    for (int i = 0; i < SAOY_FACE_N; i++) {
        g_free(canvas->shown[i]);
        g_clear_pointer(&canvas->glyphs[i], g_array_unref);
    }
    g_free(canvas);
}

void
saoy_canvas_page(SaoyCanvas *canvas, double width, double height)
{
    HPDF_Page page = HPDF_AddPage(canvas->doc);

    if (page == NULL)
        return; /* libharu keeps its first error; saoy_canvas_save reports it */
    canvas->page = page;
    HPDF_Page_SetWidth(canvas->page, (HPDF_REAL)width);
    HPDF_Page_SetHeight(canvas->page, (HPDF_REAL)height);
}

void
saoy_canvas_ink(SaoyCanvas *canvas, SaoyInk ink)
{
    HPDF_REAL red = (HPDF_REAL)ink.red, green = (HPDF_REAL)ink.green,
              blue = (HPDF_REAL)ink.blue;

    HPDF_Page_SetRGBFill(canvas->page, red, green, blue);
    HPDF_Page_SetRGBStroke(canvas->page, red, green, blue);
}

void
saoy_canvas_fill(SaoyCanvas *canvas, double x, double y, double w, double h)
{
    HPDF_Page_Rectangle(canvas->page, (HPDF_REAL)x, (HPDF_REAL)y, (HPDF_REAL)w,
                        (HPDF_REAL)h);
    HPDF_Page_Fill(canvas->page);
}

void
saoy_canvas_frame(SaoyCanvas *canvas, double x, double y, double w, double h, double line)
{
    HPDF_Page_SetLineWidth(canvas->page, (HPDF_REAL)line);
    HPDF_Page_Rectangle(canvas->page, (HPDF_REAL)x, (HPDF_REAL)y, (HPDF_REAL)w,
                        (HPDF_REAL)h);
    HPDF_Page_Stroke(canvas->page);
}

void
saoy_canvas_line(SaoyCanvas *canvas, double x1, double y1, double x2, double y2,
                 double line)
{
    HPDF_Page_SetLineWidth(canvas->page, (HPDF_REAL)line);
    HPDF_Page_MoveTo(canvas->page, (HPDF_REAL)x1, (HPDF_REAL)y1);
    HPDF_Page_LineTo(canvas->page, (HPDF_REAL)x2, (HPDF_REAL)y2);
    HPDF_Page_Stroke(canvas->page);
}

void
saoy_canvas_circle(SaoyCanvas *canvas, double x, double y, double radius, double line)
{
    HPDF_Page_SetLineWidth(canvas->page, (HPDF_REAL)line);
    HPDF_Page_Circle(canvas->page, (HPDF_REAL)x, (HPDF_REAL)y, (HPDF_REAL)radius);
    HPDF_Page_Stroke(canvas->page);
}

void
saoy_canvas_star(SaoyCanvas *canvas, double x, double y, double radius)
{
    for (int i = 0; i < 10; i++) {
        double r = i % 2 == 0 ? radius : radius * 0.382, turn = G_PI / 2 + i * G_PI / 5;
        HPDF_REAL to_x = (HPDF_REAL)(x + r * cos(turn)),
                  to_y = (HPDF_REAL)(y + r * sin(turn));

        if (i == 0)
            HPDF_Page_MoveTo(canvas->page, to_x, to_y);
        else
            HPDF_Page_LineTo(canvas->page, to_x, to_y);
    }
    HPDF_Page_Fill(canvas->page);
}

/* Dark modules of one row that stand together are one rectangle; one path for all. */
void
saoy_canvas_matrix(SaoyCanvas *canvas, const SaoyMatrix *matrix, double x, double y,
                   double size)
{
    double module = size / matrix->size;

    for (int row = 0; row < matrix->size; row++) {
        const uint8_t *line = matrix->modules + (size_t)row * (size_t)matrix->size;

        for (int from = 0, to = 0; from < matrix->size; from = to + 1) {
            for (to = from; to < matrix->size && line[to] != 0; to++)
                ;
            if (to > from)
                HPDF_Page_Rectangle(canvas->page, (HPDF_REAL)(x + from * module),
                                    (HPDF_REAL)(y + size - (row + 1) * module),
                                    (HPDF_REAL)((to - from) * module), (HPDF_REAL)module);
        }
    }
    HPDF_Page_Fill(canvas->page);
}

void
saoy_canvas_multiply(SaoyCanvas *canvas, bool on)
{
    HPDF_Page_SetExtGState(canvas->page, on ? canvas->multiply : canvas->normal);
}

static void
raw(SaoyCanvas *canvas, const char *operators)
{
    HPDF_PageAttr attr = (HPDF_PageAttr)canvas->page->attr;

    HPDF_Stream_WriteStr(attr->stream, operators);
}

void
saoy_canvas_begin_span(SaoyCanvas *canvas, const char *text)
{
    GString *out = g_string_new("/Span <</ActualText <FEFF");
    gsize size = 0;
    g_autofree char *utf16 = NULL, *done = NULL;

    if (text != NULL)
        utf16 = g_convert(text, -1, "UTF-16BE", "UTF-8", NULL, &size, NULL);
    for (gsize i = 0; utf16 != NULL && i < size; i++)
        g_string_append_printf(out, "%02X", (uint8_t)utf16[i]);
    done = g_string_free(g_string_append(out, ">>> BDC\n"), FALSE);
    raw(canvas, done);
}

void
saoy_canvas_end_span(SaoyCanvas *canvas)
{
    raw(canvas, "EMC\n");
}

/* What two bytes can say; others become U+FFFD. */
static uint16_t
code_of(const char *at)
{
    gunichar c = g_utf8_get_char(at);

    return c < ' ' || c >= N_CODES - 2 || (c >= 0xd800 && c < 0xe000) ? 0xfffd
                                                                      : (uint16_t)c;
}

static void
note(SaoyCanvas *canvas, SaoyFace face, uint16_t code)
{
    SaoyGlyph glyph = saoy_font_glyph(canvas->templates->face[face], code);

    if (canvas->shown[face][code] != 0)
        return;
    canvas->shown[face][code] = 1;
    g_array_append_val(canvas->glyphs[face], glyph);
}

double
saoy_canvas_width(SaoyCanvas *canvas, SaoyFace face, double size, const char *text)
{
    double width = 0;

    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at))
        width += saoy_font_glyph(canvas->templates->face[face], code_of(at)).width;
    return width * size / 1000;
}

static void
show(SaoyCanvas *canvas, SaoyFace face, const char *text)
{
    g_autoptr(GString) out = g_string_new("<");

    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        note(canvas, face, code_of(at));
        g_string_append_printf(out, "%04X", code_of(at));
    }
    g_string_append(out, "> Tj\n");
    raw(canvas, out->str);
}

void
saoy_canvas_text(SaoyCanvas *canvas, SaoyFace face, double size, double x, double y,
                 const char *text)
{
    saoy_canvas_turned_text(canvas, face, size, x, y, 0, text);
}

void
saoy_canvas_turned_text(SaoyCanvas *canvas, SaoyFace face, double size, double x, double y,
                        double degrees, const char *text)
{
    HPDF_REAL c = (HPDF_REAL)cos(degrees * G_PI / 180),
              s = (HPDF_REAL)sin(degrees * G_PI / 180);

    HPDF_Page_BeginText(canvas->page);
    HPDF_Page_SetFontAndSize(canvas->page, canvas->fonts[face], (HPDF_REAL)size);
    HPDF_Page_SetTextMatrix(canvas->page, c, s, -s, c, (HPDF_REAL)x, (HPDF_REAL)y);
    show(canvas, face, text);
    HPDF_Page_EndText(canvas->page);
}

void
saoy_canvas_hidden_text(SaoyCanvas *canvas, double size, double x, double y, double width,
                        const char *text)
{
    g_autofree char *word = g_strchomp(g_strdup(text));
    double natural = saoy_canvas_width(canvas, SAOY_FACE_REGULAR, size, word);
    double scale = natural > 0 ? CLAMP(100 * width / natural, 1, 10000) : 100;
    char tz[40] = "";

    HPDF_Page_BeginText(canvas->page);
    HPDF_Page_SetTextRenderingMode(canvas->page, HPDF_INVISIBLE);
    HPDF_Page_SetFontAndSize(canvas->page, canvas->fonts[SAOY_FACE_REGULAR],
                             (HPDF_REAL)size);
    /* libharu allows no more than 10 to 300 %; what OCR takes for a word knows no such
     * bounds */
    raw(canvas, g_ascii_formatd(tz, sizeof tz, "%.3f", scale));
    raw(canvas, " Tz\n");
    HPDF_Page_SetTextMatrix(canvas->page, 1, 0, 0, 1, (HPDF_REAL)x, (HPDF_REAL)y);
    show(canvas, SAOY_FACE_REGULAR, text);
    raw(canvas, "100 Tz\n");
    HPDF_Page_SetTextRenderingMode(canvas->page, HPDF_FILL);
    HPDF_Page_EndText(canvas->page);
}

bool
saoy_canvas_jpeg(SaoyCanvas *canvas, GBytes *jpeg, int width, int height, int channels,
                 double x, double y, double w, double h, GError **error)
{
    SaoyView file = saoy_view_of(jpeg);
    HPDF_Image image = NULL;
    const char *space = channels == 1 ? "DeviceGray" : "DeviceRGB";

    if (file.size < 4 || file.size > G_MAXINT || memcmp(file.data, "\xff\xd8\xff", 3) != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a page is no JPEG file");
    image = HPDF_LoadJpegImageFromMem(canvas->doc, file.data, (HPDF_UINT)file.size);
    if (image == NULL)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a page is no usable JPEG file");
    if ((int)HPDF_Image_GetWidth(image) != width ||
        (int)HPDF_Image_GetHeight(image) != height ||
        strcmp(HPDF_Image_GetColorSpace(image), space) != 0)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "a page's JPEG is not %dx%d in %s",
                         width, height, space);
    HPDF_Page_DrawImage(canvas->page, image, (HPDF_REAL)x, (HPDF_REAL)y, (HPDF_REAL)w,
                        (HPDF_REAL)h);
    return true;
}

static int
by_code(const void *a, const void *b)
{
    const SaoyGlyph *x = a, *y = b;

    return (x->code > y->code) - (x->code < y->code);
}

const SaoyFont *
saoy_canvas_font(const SaoyCanvas *canvas, SaoyFace face)
{
    return canvas->templates->face[face];
}

const GArray *
saoy_canvas_glyphs(SaoyCanvas *canvas, SaoyFace face)
{
    g_array_sort(canvas->glyphs[face], by_code);
    return canvas->glyphs[face];
}

GBytes *
saoy_canvas_save(SaoyCanvas *canvas, GError **error)
{
    g_autofree uint8_t *out = NULL;
    HPDF_UINT32 size = 0;

    if (HPDF_SaveToStream(canvas->doc) == HPDF_OK) {
        size = HPDF_GetStreamSize(canvas->doc);
        out = g_malloc(size);
        HPDF_ReadFromStream(canvas->doc, out, &size);
    }
    if (HPDF_GetError(canvas->doc) != HPDF_OK)
        return saoy_null(error, SAOY_ERROR_FAILED, "libharu failed (0x%04lX)",
                         (unsigned long)HPDF_GetError(canvas->doc));
    HPDF_Free(canvas->doc); /* every picture stands in it twice */
    canvas->doc = NULL;
    return g_bytes_new_take(g_steal_pointer(&out), size);
}

#include "document/print.h"

#include "attest.h"
#include "fonts.h"

#include "core/clock.h"
#include "core/error.h"
#include "document/pdf.h"

/* The copy's own pages, strip, seal and drawn signatures included, become form XObjects,
 * scaled as a whole below a head that says what this sheet is. */
static const double long_side = 841.89, short_side = 595.276; /* A4 */

typedef struct {
    const SaoyPdfValue *page;
    double box[4];               /* MediaBox */
    double width, height, scale; /* of the sheet; of the copy on it */
} Sheet;

typedef struct {
    const SaoyTemplates *set;
    const SaoyPrintNote *note;
    SaoyPdf *copy;
    GArray *sheets; /* Sheet */
} Print;

static double
number_of(const SaoyPdfValue *value)
{
    if (value == NULL || (value->type != SAOY_PDF_INT && value->type != SAOY_PDF_REAL))
        return 0;
    return value->real;
}

static bool
measure(Print *print, const SaoyPdfValue *page, GError **error)
{
    const SaoyPdfValue *box = saoy_pdf_page_key(print->copy, page, "MediaBox");
    Sheet sheet = { .page = page };
    double margin = saoy_um_to_pt(print->set->print.margin_um), w = 0, h = 0;
    double head = saoy_um_to_pt(print->set->print.head_um);

    for (size_t i = 0; box != NULL && box->type == SAOY_PDF_ARRAY && i < 4 && i < box->n;
         i++)
        sheet.box[i] = number_of(&box->items[i]);
    w = sheet.box[2] - sheet.box[0];
    h = sheet.box[3] - sheet.box[1];
    if (!(w > 1 && h > 1 && w <= 14400 && h <= 14400))
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "print: a page has no usable size");
    sheet.width = w > h ? long_side : short_side;
    sheet.height = w > h ? short_side : long_side;
    sheet.scale =
        MIN(1, MIN((sheet.width - 2 * margin) / w, (sheet.height - 2 * margin - head) / h));
    g_array_append_val(print->sheets, sheet);
    return true;
}

/* Where the head's columns of text stand. */
typedef struct {
    const SaoyTemplates *set;
    const char *const *pairs;
    double x, y, w, row; /* y: of the heading's baseline */
} Head;

static void
draw_row(SaoyCanvas *canvas, const Head *head, double row, SaoyAlign align,
         const char *text)
{
    g_autofree char *filled = saoy_template_fill(text, head->pairs);
    double w = head->w * (align == SAOY_LEFT ? 0.52 : 0.45);

    saoy_draw_line(canvas, SAOY_FACE_REGULAR, saoy_size_to_pt(head->set->print.text_size),
                   align, align == SAOY_LEFT ? head->x : head->x + head->w - w,
                   head->y - head->row * row, w, filled);
}

static void
draw_rows(SaoyCanvas *canvas, const Head *head, bool scaled)
{
    const SaoyTemplates *set = head->set;
    double bottom = head->y - head->row * 5.1;

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, saoy_size_to_pt(set->print.heading_size),
                   SAOY_LEFT, head->x, head->y, head->w * 0.52, set->print.heading);
    draw_row(canvas, head, 1.3, SAOY_LEFT, set->print.system);
    draw_row(canvas, head, 2.3, SAOY_LEFT, set->print.owner);
    draw_row(canvas, head, 3.3, SAOY_LEFT, set->print.printed);
    draw_row(canvas, head, 0, SAOY_RIGHT, set->print.page);
    draw_row(canvas, head, 1.3, SAOY_RIGHT, set->print.copy_id);
    draw_row(canvas, head, 2.3, SAOY_RIGHT, set->print.look_up);
    draw_row(canvas, head, 3.3, SAOY_RIGHT,
             scaled ? set->print.scaled : set->print.scaled_not);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, saoy_size_to_pt(set->print.text_size), SAOY_LEFT,
                   head->x, head->y - head->row * 4.5, head->w, set->print.serves);
    saoy_canvas_ink(canvas, saoy_ink_line);
    saoy_canvas_line(canvas, head->x, bottom, head->x + head->w, bottom, 0.5);
}

static void
draw_head(SaoyCanvas *canvas, const Print *print, const Sheet *sheet, unsigned page)
{
    const SaoyTemplates *set = print->set;
    const SaoyPrintNote *note = print->note;
    g_autofree char *time = saoy_time_people(note->printed_at_us);
    g_autofree char *at = g_strdup_printf("%u", page);
    g_autofree char *of = g_strdup_printf("%u", print->sheets->len);
    g_autofree char *percent = g_strdup_printf("%d", (int)(sheet->scale * 100));
    const char *const pairs[] = { "time",    time,
                                  "page",    at,
                                  "pages",   of,
                                  "percent", percent,
                                  "system",  note->system,
                                  "owner",   note->owner,
                                  "kiosk",   note->kiosk_id,
                                  "copy_id", note->approval->copy_id,
                                  "address", note->look_up,
                                  NULL };
    double margin = saoy_um_to_pt(set->print.margin_um);
    const Head head = { set,
                        pairs,
                        margin,
                        sheet->height - margin - saoy_size_to_pt(set->print.heading_size),
                        sheet->width - 2 * margin,
                        saoy_um_to_pt(set->print.row_um) };

    draw_rows(canvas, &head, sheet->scale < 1);
}

static void
append_real(GString *out, double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE] = "";

    g_string_append(out, g_ascii_formatd(text, sizeof text, "%.4f ", value));
}

/* Makes a form of stream and adds it to the sheet's resources; its name is /X<n>. */
static unsigned
add_form(SaoyPdfBuilder *builder, const SaoyPdfValue *stream, const SaoyPdfValue *resources,
         const double box[4], GString *names)
{
    g_autofree char *imported =
        resources != NULL ? saoy_pdf_builder_import(builder, resources) : g_strdup("<<>>");
    g_autoptr(GString) entries = g_string_new("/Type/XObject/Subtype/Form/BBox[");
    unsigned number = 0;

    for (int i = 0; i < 4; i++)
        append_real(entries, box[i]);
    g_string_append_printf(entries, "]/Resources %s", imported);
    number = saoy_pdf_builder_import_stream(builder, stream, entries->str);
    g_string_append_printf(names, "/X%u %u 0 R", number, number);
    return number;
}

/* "q a 0 0 a x y cm /X<n> Do Q": point (fx, fy) of the form comes to (x, y). */
static void
place(GString *content, unsigned form, double scale, double fx, double fy, double x,
      double y)
{
    g_string_append(content, "q ");
    append_real(content, scale);
    g_string_append(content, "0 0 ");
    append_real(content, scale);
    append_real(content, x - fx * scale);
    append_real(content, y - fy * scale);
    g_string_append_printf(content, "cm /X%u Do Q\n", form);
}

/* Widgets are drawn where they stand: their appearance, bottom left in the rectangle. */
static void
place_widgets(const Print *print, SaoyPdfBuilder *builder, const Sheet *sheet, double x,
              double y, GString *names, GString *content)
{
    SaoyPdf *pdf = print->copy;
    size_t newest = saoy_pdf_revisions(pdf) - 1;
    const SaoyPdfValue *list = saoy_pdf_get(pdf, newest, sheet->page, "Annots");

    for (size_t i = 0; list != NULL && list->type == SAOY_PDF_ARRAY && i < list->n; i++) {
        const SaoyPdfValue *widget = saoy_pdf_resolve(pdf, newest, &list->items[i]);
        const SaoyPdfValue *rect = saoy_pdf_get(pdf, newest, widget, "Rect");
        const SaoyPdfValue *looks = saoy_pdf_get(pdf, newest, widget, "AP");
        const SaoyPdfValue *form = saoy_pdf_get(pdf, newest, looks, "N");
        double at[4] = { 0 }, box[4] = { 0 };

        if (form == NULL || form->type != SAOY_PDF_STREAM || rect == NULL ||
            rect->type != SAOY_PDF_ARRAY || rect->n != 4)
            continue;
        for (int k = 0; k < 4; k++)
            at[k] = number_of(&rect->items[k]);
        box[2] = at[2] - at[0];
        box[3] = at[3] - at[1];
        place(content,
              add_form(builder, form, saoy_pdf_get(pdf, newest, form, "Resources"), box,
                       names),
              sheet->scale, sheet->box[0], sheet->box[1],
              x + (at[0] - sheet->box[0]) * sheet->scale,
              y + (at[1] - sheet->box[1]) * sheet->scale);
    }
}

/* One sheet: libharu's head and, below it, the copy's page with its widgets. */
static bool
add_sheet(const Print *print, SaoyPdfBuilder *builder, SaoyPdf *drawn, size_t i,
          unsigned number, unsigned parent, GError **error)
{
    const Sheet *sheet = &g_array_index(print->sheets, Sheet, i);
    size_t newest = saoy_pdf_revisions(print->copy) - 1;
    g_autoptr(GPtrArray) heads = saoy_pdf_page_list(drawn, error);
    const SaoyPdfValue *page = NULL, *stream = NULL;
    const double all[] = { 0, 0, sheet->width, sheet->height };
    double w = (sheet->box[2] - sheet->box[0]) * sheet->scale;
    double h = (sheet->box[3] - sheet->box[1]) * sheet->scale;
    int above = print->set->print.margin_um + print->set->print.head_um;
    double x = (sheet->width - w) / 2, y = sheet->height - saoy_um_to_pt(above) - h;
    g_autoptr(GString) names = g_string_new(NULL), content = g_string_new(NULL);
    unsigned own = 0;

    if (heads == NULL || i >= heads->len)
        return saoy_fail(error, SAOY_ERROR_FAILED,
                         "libharu's page tree is not as expected");
    page = g_ptr_array_index(heads, i);
    place(content,
          add_form(builder, saoy_pdf_get(drawn, 0, page, "Contents"),
                   saoy_pdf_get(drawn, 0, page, "Resources"), all, names),
          1, 0, 0, 0, 0);
    saoy_pdf_builder_source(builder, print->copy);
    stream = saoy_pdf_get(print->copy, newest, sheet->page, "Contents");
    if (stream == NULL || stream->type != SAOY_PDF_STREAM)
        return saoy_fail(error, SAOY_ERROR_MALFORMED, "print: a page not of our making");
    place(content,
          add_form(builder, stream,
                   saoy_pdf_page_key(print->copy, sheet->page, "Resources"), sheet->box,
                   names),
          sheet->scale, sheet->box[0], sheet->box[1], x, y);
    place_widgets(print, builder, sheet, x, y, names, content);
    saoy_pdf_builder_source(builder, drawn);
    own = saoy_pdf_builder_add_stream(
        builder, "", (SaoyView){ (const uint8_t *)content->str, content->len }, true);
    saoy_pdf_builder_set(
        builder, number,
        "<</Type/Page/Parent %u 0 R/MediaBox[0 0 %s]/Contents %u 0 R"
        "/Resources<</XObject<<%s>>>>/Group<</S/Transparency/CS/DeviceRGB>>>>",
        parent, sheet->width > sheet->height ? "841.89 595.276" : "595.276 841.89", own,
        names->str);
    return true;
}

static GBytes *
assemble(const Print *print, SaoyCanvas *canvas, GBytes *heads, GError **error)
{
    g_autoptr(SaoyPdf) drawn = saoy_pdf_open(heads, error);
    g_autoptr(SaoyPdfBuilder) builder = saoy_pdf_builder_new();
    g_autoptr(GString) kids = g_string_new(NULL);
    g_autofree char *trailer = NULL;
    GByteArray *out = NULL;
    unsigned catalog = saoy_pdf_builder_reserve(builder);
    unsigned pages = saoy_pdf_builder_reserve(builder);

    if (drawn == NULL)
        return NULL;
    saoy_pdf_builder_source(builder, drawn);
    saoy_fonts_replace(builder, drawn, canvas, "SAOYP");
    for (guint i = 0; i < print->sheets->len; i++) {
        unsigned number = saoy_pdf_builder_reserve(builder);

        if (!add_sheet(print, builder, drawn, i, number, pages, error))
            return NULL;
        g_string_append_printf(kids, "%u 0 R ", number);
    }
    saoy_pdf_builder_set(builder, pages, "<</Type/Pages/Count %u/Kids[%s]>>",
                         print->sheets->len, kids->str);
    saoy_pdf_builder_set(builder, catalog, "<</Type/Catalog/Pages %u 0 R/Lang(vi)>>",
                         pages);
    trailer = g_strdup_printf("/Root %u 0 R", catalog);
    out = saoy_pdf_builder_finish(builder, trailer, NULL, error);
    return out != NULL ? g_byte_array_free_to_bytes(out) : NULL;
}

static bool
measure_all(Print *print, GError **error)
{
    g_autoptr(GPtrArray) pages = saoy_pdf_page_list(print->copy, error);

    for (guint i = 0; pages != NULL && i < pages->len; i++)
        if (!measure(print, g_ptr_array_index(pages, i), error))
            return false;
    return pages != NULL;
}

GBytes *
saoy_print_edition(GBytes *signed_pdf, const SaoyPrintNote *note, GError **error)
{
    const SaoyTemplates *set = saoy_templates(error);
    g_autoptr(SaoyPdf) copy = set != NULL ? saoy_pdf_open(signed_pdf, error) : NULL;
    g_autoptr(GArray) sheets = g_array_new(FALSE, FALSE, sizeof(Sheet));
    g_autoptr(SaoyCanvas) canvas = NULL;
    g_autoptr(GBytes) heads = NULL;
    Print print = { set, note, copy, sheets };

    if (copy == NULL || !measure_all(&print, error))
        return NULL;
    if (saoy_pdf_is_encrypted(copy) || sheets->len == 0)
        return saoy_null(error, SAOY_ERROR_MALFORMED, "print: not a copy of ours");
    canvas = saoy_canvas_new(set, error);
    if (canvas == NULL)
        return NULL;
    for (guint i = 0; i < sheets->len; i++) {
        const Sheet *sheet = &g_array_index(sheets, Sheet, i);

        saoy_canvas_page(canvas, sheet->width, sheet->height);
        draw_head(canvas, &print, sheet, i + 1);
    }
    heads = saoy_canvas_save(canvas, error);
    return heads != NULL ? assemble(&print, canvas, heads, error) : NULL;
}

#include "attest.h"

#include <math.h>
#include <string.h>

static const double leading = 1.22,
                    least_size = 6.5; /* of a paragraph set smaller to fit */

void
saoy_draw_line(SaoyCanvas *canvas, SaoyFace face, double size, SaoyAlign align, double x,
               double y, double w, const char *text)
{
    double width = saoy_canvas_width(canvas, face, size, text);

    if (width > w) {
        size *= w / width;
        width = w;
    }
    if (align != SAOY_LEFT)
        x += (w - width) / (align == SAOY_CENTRE ? 2 : 1);
    saoy_canvas_text(canvas, face, size, x, y, text);
}

/* As many words as fit, at least one; a line feed ends the row. Returns the rest. */
static const char *
take_row(SaoyCanvas *canvas, SaoyFace face, double size, double w, const char *text,
         char **row)
{
    const char *end = text + strcspn(text, " \n"), *next = end;

    while (*end == ' ') {
        g_autofree char *longer = NULL;

        next = end + 1 + strcspn(end + 1, " \n");
        longer = g_strndup(text, (gsize)(next - text));
        if (saoy_canvas_width(canvas, face, size, longer) > w)
            break;
        end = next;
    }
    *row = g_strndup(text, (gsize)(end - text));
    return *end != '\0' ? end + 1 : end;
}

static double
rows_height(SaoyCanvas *canvas, SaoyFace face, double size, double w, const char *text)
{
    double height = 0;

    while (*text != '\0') {
        g_autofree char *row = NULL;

        text = take_row(canvas, face, size, w, text, &row);
        height += size * leading;
    }
    return height;
}

/* The least width that takes no more rows than w does: what is centred looks even. */
static double
balanced(SaoyCanvas *canvas, SaoyFace face, double size, double w, const char *text)
{
    double height = rows_height(canvas, face, size, w, text);

    while (w > size && rows_height(canvas, face, size, w - 2, text) <= height)
        w -= 2;
    return w;
}

double
saoy_draw_paragraph(SaoyCanvas *canvas, SaoyFace face, double size, SaoyAlign align,
                    SaoyArea area, const char *text)
{
    double used = 0, line = 0, w = area.w;

    while (size > least_size &&
           rows_height(canvas, face, size, area.w, text) > area.h + 0.01)
        size -= 0.25;
    line = size * leading;
    if (align == SAOY_CENTRE)
        w = balanced(canvas, face, size, w, text);
    while (*text != '\0' && used + line <= area.h + 0.01) {
        g_autofree char *row = NULL;

        text = take_row(canvas, face, size, w, text, &row);
        if (*text != '\0' && used + 2 * line > area.h + 0.01) {
            char *cut = g_strconcat(row, "…", NULL);

            g_free(row);
            row = cut;
        }
        used += line;
        saoy_draw_line(canvas, face, size, align, area.x,
                       area.y + area.h - used + line - size * 0.95, area.w, row);
    }
    return used;
}

char *
saoy_look_up_address(const char *link)
{
    const char *start = strstr(link, "://");
    const char *end = NULL;

    start = start != NULL ? start + 3 : link;
    end = strchrnul(start, '?');
    return g_strndup(start, (gsize)(end - start));
}

/* "0123456789ABCDEF" -> "0123 4567 89AB CDEF", as people read it out. */
static char *
in_fours(const char *token)
{
    GString *out = g_string_new(NULL);

    for (size_t i = 0; token[i] != '\0'; i++) {
        if (i > 0 && i % 4 == 0)
            g_string_append_c(out, ' ');
        g_string_append_c(out, token[i]);
    }
    return g_string_free(out, FALSE);
}

void
saoy_draw_filled(SaoyCanvas *canvas, SaoyFace face, double size, SaoyAlign align, double x,
                 double y, double w, const char *text, const char *key, const char *value)
{
    g_autofree char *line =
        saoy_template_fill(text, (const char *const[]){ key, value, NULL });

    saoy_draw_line(canvas, face, size, align, x, y, w, line);
}

static double
row_y(const SaoyTemplates *set, double top, int n)
{
    return top - saoy_um_to_pt(set->strip.row_um[n]);
}

static void
draw_strip_right(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
                 unsigned page, unsigned pages, SaoyArea strip)
{
    double margin = saoy_um_to_pt(set->strip.margin_um), w = strip.w * 0.34;
    double x = strip.x + strip.w - margin - w, top = strip.y + strip.h;
    double text = saoy_size_to_pt(set->strip.text_size);
    g_autofree char *number = g_strdup_printf("%u", page);
    g_autofree char *total = g_strdup_printf("%u", pages);
    g_autofree char *paging = saoy_template_fill(
        set->strip.page, (const char *const[]){ "page", number, "pages", total, NULL });
    double first = row_y(set, top, 0) + text * 0.95, last = row_y(set, top, 2) - 3;
    SaoyArea agency = { x, last, w, first - last };

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_paragraph(canvas, SAOY_FACE_BOLD, text, SAOY_RIGHT, agency, approval->agency);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, saoy_size_to_pt(set->strip.page_size),
                   SAOY_RIGHT, x, row_y(set, top, 4), w, paging);
}

/* What the copy is and where it is looked up, beside the symbol. */
static void
draw_strip_left(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
                double x, double top, double right)
{
    double half = (right - x) * 0.52, text = saoy_size_to_pt(set->strip.text_size);
    g_autofree char *address = saoy_look_up_address(approval->link);
    g_autofree char *token = in_fours(approval->token);

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, saoy_size_to_pt(set->strip.heading_size),
                   SAOY_LEFT, x, row_y(set, top, 0), half, set->strip.heading);
    saoy_draw_filled(canvas, SAOY_FACE_REGULAR, text, SAOY_LEFT, x, row_y(set, top, 1),
                     half, set->strip.copy_id, "copy_id", approval->copy_id);
    saoy_draw_filled(canvas, SAOY_FACE_REGULAR, text, SAOY_LEFT, x, row_y(set, top, 2),
                     half, set->strip.token, "token", token);
    saoy_draw_filled(canvas, SAOY_FACE_REGULAR, text, SAOY_LEFT, x, row_y(set, top, 3),
                     right - x, set->strip.look_up, "address", address);
    if (approval->official)
        return;
    saoy_canvas_ink(canvas, saoy_ink_red);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, saoy_size_to_pt(set->strip.page_size), SAOY_LEFT,
                   x, row_y(set, top, 4), (right - x) * 0.8, set->sample.mark);
}

void
saoy_draw_strip(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyCopy *copy,
                unsigned page, unsigned pages, SaoyArea strip)
{
    double margin = saoy_um_to_pt(set->strip.margin_um);
    double qr = saoy_um_to_pt(set->strip.qr_um), top = strip.y + strip.h;
    double right = strip.x + strip.w - margin;

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_canvas_matrix(canvas, &copy->link_qr, strip.x + margin,
                       strip.y + (strip.h - qr) / 2, qr);
    draw_strip_left(canvas, set, copy->approval,
                    strip.x + margin + qr + saoy_um_to_pt(set->strip.gap_um), top, right);
    draw_strip_right(canvas, set, copy->approval, page, pages, strip);
    saoy_canvas_ink(canvas, saoy_ink_line);
    saoy_canvas_line(canvas, strip.x + margin, strip.y + saoy_mm(0.5), right,
                     strip.y + saoy_mm(0.5), 0.4);
}

/* One line across the middle of page, off the diagonal by `away`. */
static void
draw_diagonal(SaoyCanvas *canvas, const SaoyTemplates *set, SaoyArea page, double share,
              double away, const char *text)
{
    double turn = set->watermark.angle_degrees * G_PI / 180,
           diagonal = MIN(page.w, page.h) * 1.2;
    double width = saoy_canvas_width(canvas, SAOY_FACE_BOLD, 1, text);
    double size =
        width > 0 ? MIN(diagonal * share / width, 600) : 1; /* 600: libharu's limit */
    double along = -size * width / 2, across = -size * 0.33 - away * diagonal;
    double x = page.x + page.w / 2 + along * cos(turn) - across * sin(turn);
    double y = page.y + page.h / 2 + along * sin(turn) + across * cos(turn);

    saoy_canvas_turned_text(canvas, SAOY_FACE_BOLD, size, x, y,
                            set->watermark.angle_degrees, text);
}

void
saoy_draw_watermark(SaoyCanvas *canvas, const SaoyTemplates *set, bool official,
                    SaoyArea page)
{
    double level = 1 - set->watermark.grey_percent / 100.0;

    saoy_canvas_begin_span(canvas, NULL);
    saoy_canvas_multiply(canvas, true);
    saoy_canvas_ink(canvas, (SaoyInk){ level, level, level });
    draw_diagonal(canvas, set, page, 0.8, 0, set->watermark.text);
    if (!official)
        draw_diagonal(canvas, set, page, 0.8, 0.16, set->sample.watermark);
    saoy_canvas_multiply(canvas, false);
    saoy_canvas_end_span(canvas);
}

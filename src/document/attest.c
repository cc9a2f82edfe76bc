#include "attest.h"

#include "core/clock.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

/* The attestation block's inner geometry, in millimetres from its top left corner; its
 * outer size and all wording are the templates'. */
static const struct {
    double column, gutter, title, line, of, qr, seal, right_title, signatures, name,
        sentence;
} at = {
    .column = 88, /* width of the left column */
    .gutter = 4,
    .title = 10, /* baselines */
    .line = 6.2,
    .of = 35,
    .qr = 37,   /* 89 modules of 0.38 mm and a quiet zone of 4 */
    .seal = 32, /* the agency's seal, a square */
    .signatures = 19.5,
    .name = 57.5,
    .sentence = 61,
};

/* Baselines of the strip's rows, in millimetres from its top. */
static const double strip_rows[] = { 5.4, 9.4, 13.3, 17.2, 21.6 };
static const double seal_module_mm = 0.38;
static const double leading = 1.22,
                    least_size = 6.5; /* of a paragraph set smaller to fit */

static double
mm(double length)
{
    return length * 72 / 25.4;
}

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

double
saoy_draw_paragraph(SaoyCanvas *canvas, SaoyFace face, double size, SaoyAlign align,
                    SaoyArea area, const char *text)
{
    double used = 0, line = 0;

    while (size > least_size &&
           rows_height(canvas, face, size, area.w, text) > area.h + 0.01)
        size -= 0.25;
    line = size * leading;
    while (*text != '\0' && used + line <= area.h + 0.01) {
        g_autofree char *row = NULL;

        text = take_row(canvas, face, size, area.w, text, &row);
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

static void
draw_filled(SaoyCanvas *canvas, SaoyFace face, double size, SaoyAlign align, double x,
            double y, double w, const char *text, const char *key, const char *value)
{
    g_autofree char *line =
        saoy_template_fill(text, (const char *const[]){ key, value, NULL });

    saoy_draw_line(canvas, face, size, align, x, y, w, line);
}

static void
draw_strip_right(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
                 unsigned page, unsigned pages, SaoyArea strip)
{
    double margin = saoy_um_to_pt(set->strip_margin_um), w = strip.w * 0.34;
    double x = strip.x + strip.w - margin - w, top = strip.y + strip.h;
    g_autofree char *number = g_strdup_printf("%u", page);
    g_autofree char *total = g_strdup_printf("%u", pages);
    g_autofree char *paging = saoy_template_fill(
        set->strip_page, (const char *const[]){ "page", number, "pages", total, NULL });
    double first = top - mm(strip_rows[0]) + 9 * 0.95;
    SaoyArea agency = { x, top - mm(strip_rows[2] + 1), w,
                        first - top + mm(strip_rows[2] + 1) };

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_paragraph(canvas, SAOY_FACE_BOLD, 9, SAOY_RIGHT, agency, approval->agency);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, 10, SAOY_RIGHT, x, top - mm(strip_rows[4]), w,
                   paging);
}

/* What the copy is and where it is looked up, beside the symbol. */
static void
draw_strip_left(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
                double x, double top, double right)
{
    double half = (right - x) * 0.52;
    g_autofree char *address = saoy_look_up_address(approval->link);
    g_autofree char *token = in_fours(approval->token);

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, 11, SAOY_LEFT, x, top - mm(strip_rows[0]), half,
                   set->strip_heading);
    draw_filled(canvas, SAOY_FACE_REGULAR, 9, SAOY_LEFT, x, top - mm(strip_rows[1]), half,
                set->strip_copy_id, "copy_id", approval->copy_id);
    draw_filled(canvas, SAOY_FACE_REGULAR, 9, SAOY_LEFT, x, top - mm(strip_rows[2]), half,
                set->strip_token, "token", token);
    draw_filled(canvas, SAOY_FACE_REGULAR, 9, SAOY_LEFT, x, top - mm(strip_rows[3]),
                right - x, set->strip_look_up, "address", address);
    if (approval->official)
        return;
    saoy_canvas_ink(canvas, saoy_ink_red);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, 10, SAOY_LEFT, x, top - mm(strip_rows[4]),
                   (right - x) * 0.8, set->sample_mark);
}

void
saoy_draw_strip(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyCopy *copy,
                unsigned page, unsigned pages, SaoyArea strip)
{
    double margin = saoy_um_to_pt(set->strip_margin_um);
    double qr = saoy_um_to_pt(set->link_qr_um), top = strip.y + strip.h;
    double right = strip.x + strip.w - margin;

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_canvas_matrix(canvas, &copy->link_qr, strip.x + margin,
                       strip.y + (strip.h - qr) / 2, qr);
    draw_strip_left(canvas, set, copy->approval, strip.x + margin + qr + mm(4), top, right);
    draw_strip_right(canvas, set, copy->approval, page, pages, strip);
    saoy_canvas_ink(canvas, saoy_ink_line);
    saoy_canvas_line(canvas, strip.x + margin, strip.y + mm(0.5), right, strip.y + mm(0.5),
                     0.4);
}

/* One line across the middle of page, off the diagonal by `away`. */
static void
draw_diagonal(SaoyCanvas *canvas, const SaoyTemplates *set, SaoyArea page, double share,
              double away, const char *text)
{
    double turn = set->angle_degrees * G_PI / 180, diagonal = MIN(page.w, page.h) * 1.2;
    double width = saoy_canvas_width(canvas, SAOY_FACE_BOLD, 1, text);
    double size =
        width > 0 ? MIN(diagonal * share / width, 600) : 1; /* 600: libharu's limit */
    double along = -size * width / 2, across = -size * 0.33 - away * diagonal;
    double x = page.x + page.w / 2 + along * cos(turn) - across * sin(turn);
    double y = page.y + page.h / 2 + along * sin(turn) + across * cos(turn);

    saoy_canvas_turned_text(canvas, SAOY_FACE_BOLD, size, x, y, set->angle_degrees, text);
}

void
saoy_draw_watermark(SaoyCanvas *canvas, const SaoyTemplates *set, bool official,
                    SaoyArea page)
{
    double level = 1 - set->grey_percent / 100.0;

    saoy_canvas_begin_span(canvas, NULL);
    saoy_canvas_multiply(canvas, true);
    saoy_canvas_ink(canvas, (SaoyInk){ level, level, level });
    draw_diagonal(canvas, set, page, 0.8, 0, set->watermark);
    if (!official)
        draw_diagonal(canvas, set, page, 0.8, 0.16, set->sample_watermark);
    saoy_canvas_multiply(canvas, false);
    saoy_canvas_end_span(canvas);
}

static void
draw_register(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
              double x, double top)
{
    double w = mm(at.column) - mm(at.gutter);
    g_autofree char *number = g_strdup_printf("%u", approval->number);
    g_autofree char *of = saoy_template_fill(
        set->of, (const char *const[]){ "title", approval->title, NULL });
    g_autofree char *day = NULL;
    int year = 0, month = 0, date = 0;

    saoy_time_day(approval->approved_at_us, &year, &month, &date);
    day = saoy_text_date_words(year, month, date);
    saoy_canvas_ink(canvas, saoy_ink_red);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, 15, SAOY_LEFT, x, top - mm(at.title), w,
                   approval->official ? set->title_official : set->title);
    saoy_canvas_ink(canvas, saoy_ink_blue);
    draw_filled(canvas, SAOY_FACE_REGULAR, 12, SAOY_LEFT, x,
                top - mm(at.title + at.line * 1.1), w, set->number, "number", number);
    draw_filled(canvas, SAOY_FACE_REGULAR, 12, SAOY_LEFT, x,
                top - mm(at.title + at.line * 2.1), w, set->book, "book", approval->book);
    saoy_draw_line(canvas, SAOY_FACE_REGULAR, 12, SAOY_LEFT, x,
                   top - mm(at.title + at.line * 3.1), w, day);
    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_paragraph(canvas, SAOY_FACE_REGULAR, 9.5, SAOY_LEFT,
                        (SaoyArea){ x, top - mm(at.of + 6), w, mm(8.5) }, of);
}

/* The seal in the left column's lower half, and what it is for. */
static void
draw_seal(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyCopy *copy, double x,
          double y)
{
    const SaoyApproval *approval = copy->approval;
    double size = copy->seal_qr.size * mm(seal_module_mm), note = x + mm(at.qr);
    SaoyArea text = { note, y, mm(at.column - at.gutter - at.qr), size };

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_canvas_matrix(canvas, &copy->seal_qr, x, y, size);
    text.h -= saoy_draw_paragraph(canvas, SAOY_FACE_REGULAR, 8.5, SAOY_LEFT, text,
                                  set->seal_note);
    text.h -= mm(2.5);
    saoy_canvas_ink(canvas, approval->official ? saoy_ink_black : saoy_ink_red);
    saoy_draw_paragraph(canvas, approval->official ? SAOY_FACE_REGULAR : SAOY_FACE_BOLD,
                        approval->official ? 8.5 : 9.5, SAOY_LEFT, text,
                        approval->official ? set->conversion_official : set->sample_mark);
}

static void
draw_signers(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
             double x, double top, double w)
{
    g_autofree char *time = saoy_time_people(approval->approved_at_us);
    const char *const pairs[] = {
        "time", time, "officer", approval->officer_name, "agency", approval->agency, NULL
    };
    g_autofree char *said = saoy_template_fill(set->conversion, pairs);
    double bottom = saoy_um_to_pt(set->block_height_um) - mm(3);

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_paragraph(
        canvas, SAOY_FACE_BOLD, 12, SAOY_CENTRE,
        (SaoyArea){ x, top - mm(at.signatures - 1), w, mm(at.signatures - 1 - 5.5) },
        approval->officer_title);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, 12.5, SAOY_CENTRE, x, top - mm(at.name), w,
                   approval->officer_name);
    saoy_draw_paragraph(canvas, SAOY_FACE_REGULAR, 7.5, SAOY_LEFT,
                        (SaoyArea){ x, top - bottom, w, bottom - mm(at.sentence) }, said);
}

void
saoy_draw_block(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyCopy *copy,
                double x, double top, SaoyArea out[SAOY_SIGNER_N])
{
    double w = saoy_um_to_pt(set->block_width_um), h = saoy_um_to_pt(set->block_height_um);
    double margin = saoy_um_to_pt(set->block_margin_um);
    double right = x + margin + mm(at.column), right_w = w - 2 * margin - mm(at.column);
    double seal = mm(at.seal), y = top - mm(at.signatures) - seal;

    /* white: inside the free box is no ink, and the watermark may not cross the figures */
    saoy_canvas_ink(canvas, saoy_ink_white);
    saoy_canvas_fill(canvas, x, top - h, w, h);
    saoy_canvas_ink(canvas, saoy_ink_line);
    saoy_canvas_frame(canvas, x, top - h, w, h, 0.6);
    draw_register(canvas, set, copy->approval, x + margin, top);
    draw_seal(canvas, set, copy, x + margin, top - h + margin);
    draw_signers(canvas, set, copy->approval, right, top, right_w);
    out[SAOY_SIGNER_AGENCY] = (SaoyArea){ right, y, seal, seal };
    out[SAOY_SIGNER_OFFICER] = (SaoyArea){ right + seal + mm(1.5), y + mm(2),
                                           right_w - seal - mm(1.5), seal - mm(4) };
}

/* Letters along a circle, centred at the top, reading clockwise. */
static void
draw_arc(SaoyCanvas *canvas, SaoyFace face, double size, SaoyArea circle, double radius,
         const char *text)
{
    double width = saoy_canvas_width(canvas, face, size, text), most = radius * G_PI * 1.72;
    double x = circle.x + circle.w / 2, y = circle.y + circle.h / 2, turn = 0;

    if (width > most) {
        size *= most / width;
        width = most;
    }
    turn = G_PI / 2 + width / radius / 2;
    for (const char *letter = text; *letter != '\0'; letter = g_utf8_next_char(letter)) {
        g_autofree char *one =
            g_strndup(letter, (gsize)(g_utf8_next_char(letter) - letter));
        double half = saoy_canvas_width(canvas, face, size, one) / radius / 2;

        turn -= half;
        saoy_canvas_turned_text(canvas, face, size,
                                x + radius * cos(turn) - half * radius * sin(turn),
                                y + radius * sin(turn) + half * radius * cos(turn),
                                turn * 180 / G_PI - 90, one);
        turn -= half;
    }
}

static void
draw_agency(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
            SaoyArea size)
{
    double x = size.w / 2, y = size.h / 2, radius = MIN(x, y) - 1.5;
    g_autofree char *upper = g_utf8_strup(approval->agency, -1);
    g_autofree char *time = saoy_time_people(approval->approved_at_us);
    g_auto(GStrv) clock = g_strsplit(time, " ", 2); /* day; time and zone */

    saoy_canvas_ink(canvas, saoy_ink_red);
    saoy_canvas_circle(canvas, x, y, radius, 1.6);
    saoy_canvas_circle(canvas, x, y, radius - 2.2, 0.5);
    saoy_canvas_circle(canvas, x, y, radius * 0.62, 0.5);
    saoy_canvas_begin_span(canvas, upper);
    draw_arc(canvas, SAOY_FACE_BOLD, 8.5, size, radius * 0.70, upper);
    saoy_canvas_end_span(canvas);
    saoy_canvas_star(canvas, x, y + radius * 0.24, radius * 0.25);
    saoy_draw_line(canvas, SAOY_FACE_REGULAR, 7, SAOY_CENTRE, x - radius / 2,
                   y - radius * 0.16, radius, clock[0]);
    saoy_draw_line(canvas, SAOY_FACE_REGULAR, 5.5, SAOY_CENTRE, x - radius / 2,
                   y - radius * 0.31, radius, clock[1]);
    if (!approval->official)
        saoy_draw_line(canvas, SAOY_FACE_BOLD, 8, SAOY_CENTRE, x - radius / 2,
                       y - radius * 0.52, radius, set->sample_seal);
}

static void
draw_officer(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
             SaoyArea size)
{
    g_autofree char *time = saoy_time_people(approval->approved_at_us);
    g_autofree char *by = saoy_template_fill(
        set->officer_by, (const char *const[]){ "name", approval->officer_name, NULL });
    g_autofree char *when =
        saoy_template_fill(set->time, (const char *const[]){ "time", time, NULL });
    double pad = mm(1.8);
    SaoyArea inner = { pad, 0, size.w - 2 * pad, size.h - mm(1.5) };

    saoy_canvas_ink(canvas, saoy_ink_blue);
    saoy_canvas_frame(canvas, 0.5, 0.5, size.w - 1, size.h - 1, 0.8);
    inner.h -= saoy_draw_paragraph(canvas, SAOY_FACE_BOLD, 9, SAOY_LEFT, inner, by) + mm(1);
    inner.h -= saoy_draw_paragraph(canvas, SAOY_FACE_REGULAR, 7.5, SAOY_LEFT, inner, when);
    inner.h -= mm(1);
    saoy_draw_paragraph(canvas, SAOY_FACE_REGULAR, 7.5, SAOY_LEFT, inner, approval->agency);
}

void
saoy_draw_signature(SaoyCanvas *canvas, const SaoyTemplates *set,
                    const SaoyApproval *approval, int signer, SaoyArea size)
{
    if (signer == SAOY_SIGNER_AGENCY)
        draw_agency(canvas, set, approval, size);
    else
        draw_officer(canvas, set, approval, size);
}

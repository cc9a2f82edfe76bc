#include "attest.h"

#include "core/clock.h"
#include "core/text.h"

#include <math.h>

/* The attestation block: title, figures of the register and the seal on the left, the
 * signers on the right, the sentence on conversion below. Where each stands, how large and
 * in which words is the templates'. */

static double
below(double top, int um)
{
    return top - saoy_um_to_pt(um);
}

static void
draw_title(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
           double x, double top)
{
    int across = set->block.text_um + set->block.text_width_um - set->block.margin_um;
    double w = saoy_um_to_pt(across), size = saoy_size_to_pt(set->block.title_size);
    double y = below(top, set->block.title_um);
    const char *title = approval->official ? set->block.title_official : set->block.title;
    double used = saoy_canvas_width(canvas, SAOY_FACE_BOLD, size, title) + saoy_mm(4);

    saoy_canvas_ink(canvas, saoy_ink_red);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, size, SAOY_LEFT, x, y, w, title);
    if (!approval->official)
        saoy_draw_line(canvas, SAOY_FACE_BOLD, saoy_size_to_pt(set->block.mark_size),
                       SAOY_LEFT, x + used, y, w - used, set->sample.mark);
}

static void
draw_figures(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
             double x, double y)
{
    double w = saoy_um_to_pt(set->block.text_width_um);
    double row = saoy_um_to_pt(set->block.row_um);
    double size = saoy_size_to_pt(set->block.figures_size);
    g_autofree char *number = g_strdup_printf("%u", approval->number), *day = NULL;
    int year = 0, month = 0, date = 0;

    saoy_time_day(approval->approved_at_us, &year, &month, &date);
    day = saoy_text_date_words(year, month, date);
    saoy_canvas_ink(canvas, saoy_ink_blue);
    saoy_draw_filled(canvas, SAOY_FACE_REGULAR, size, SAOY_LEFT, x, y, w, set->block.number,
                     "number", number);
    saoy_draw_filled(canvas, SAOY_FACE_REGULAR, size, SAOY_LEFT, x, y - row, w,
                     set->block.book, "book", approval->book);
    saoy_draw_line(canvas, SAOY_FACE_REGULAR, size, SAOY_LEFT, x, y - 2 * row, w, day);
}

/* So wide as the figures, from `from` below top on. */
static void
draw_note(SaoyCanvas *canvas, const SaoyTemplates *set, int size, double x, double top,
          int from_um, int height_um, const char *text)
{
    SaoyArea area = { x, below(top, from_um + height_um),
                      saoy_um_to_pt(set->block.text_width_um), saoy_um_to_pt(height_um) };

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_paragraph(canvas, SAOY_FACE_REGULAR, saoy_size_to_pt(size), SAOY_LEFT, area,
                        text);
}

static void
draw_register(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
              double x, double top)
{
    g_autofree char *of = saoy_template_fill(
        set->block.of, (const char *const[]){ "title", approval->title, NULL });

    draw_figures(canvas, set, approval, x, below(top, set->block.figures_um));
    draw_note(canvas, set, set->block.of_size, x, top, set->block.of_um,
              set->block.of_height_um, of);
    draw_note(canvas, set, set->block.note_size, x, top, set->block.note_um,
              set->block.note_height_um, set->block.seal_note);
}

static void
draw_signers(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
             double x, double top, double w)
{
    double low = below(top, set->block.signatures_um) + saoy_mm(1.5);
    SaoyArea title = { x, low, w, top - saoy_mm(3) - low };

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_paragraph(canvas, SAOY_FACE_BOLD, saoy_size_to_pt(set->block.signer_size),
                        SAOY_CENTRE, title, approval->officer_title);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, saoy_size_to_pt(set->block.name_size),
                   SAOY_CENTRE, x, below(top, set->block.name_um), w,
                   approval->officer_name);
}

static void
draw_sentence(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
              SaoyArea area)
{
    g_autofree char *time = saoy_time_people(approval->approved_at_us);
    const char *const pairs[] = {
        "time", time, "officer", approval->officer_name, "agency", approval->agency, NULL
    };
    g_autofree char *said = saoy_template_fill(set->block.conversion, pairs);
    g_autofree char *whole =
        g_strconcat(approval->official ? set->block.conversion_official : "",
                    approval->official ? " " : "", said, NULL);

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_paragraph(canvas, SAOY_FACE_REGULAR,
                        saoy_size_to_pt(set->block.sentence_size), SAOY_LEFT, area, whole);
}

void
saoy_draw_block(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyCopy *copy,
                double x, double top, SaoyArea out[SAOY_SIGNER_N])
{
    const SaoyApproval *approval = copy->approval;
    double w = saoy_um_to_pt(set->block.width_um), h = saoy_um_to_pt(set->block.height_um);
    double margin = saoy_um_to_pt(set->block.margin_um), inner = x + margin;
    double seal = saoy_um_to_pt(copy->seal_qr.size * set->module_um);
    double stamp = saoy_um_to_pt(set->block.stamp_um);
    double right = x + saoy_um_to_pt(set->block.signers_um);
    double right_w = x + w - margin - right;
    double y = below(top, set->block.signatures_um) - stamp;
    double sentence = below(top, set->block.sentence_um), low = top - h + saoy_mm(1.5);

    /* white: inside the free box is no ink, and the watermark may not cross the figures */
    saoy_canvas_ink(canvas, saoy_ink_white);
    saoy_canvas_fill(canvas, x, top - h, w, h);
    saoy_canvas_ink(canvas, saoy_ink_line);
    saoy_canvas_frame(canvas, x, top - h, w, h, 0.6);
    draw_title(canvas, set, approval, inner, top);
    draw_register(canvas, set, approval, x + saoy_um_to_pt(set->block.text_um), top);
    saoy_canvas_matrix(canvas, &copy->seal_qr, inner, below(top, set->block.seal_um) - seal,
                       seal);
    draw_signers(canvas, set, approval, right, top, right_w);
    draw_sentence(canvas, set, approval,
                  (SaoyArea){ inner, low, w - 2 * margin, sentence - low });
    out[SAOY_SIGNER_AGENCY] = (SaoyArea){ right, y, stamp, stamp };
    out[SAOY_SIGNER_OFFICER] =
        (SaoyArea){ right + stamp + saoy_mm(1.5), y + saoy_mm(1),
                    right_w - stamp - saoy_mm(1.5), stamp - saoy_mm(2) };
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
                       y - radius * 0.52, radius, set->sample.seal);
}

static void
draw_officer(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
             SaoyArea size)
{
    g_autofree char *time = saoy_time_people(approval->approved_at_us);
    g_autofree char *by =
        saoy_template_fill(set->signature.officer_by,
                           (const char *const[]){ "name", approval->officer_name, NULL });
    g_autofree char *when = saoy_template_fill(set->signature.time,
                                               (const char *const[]){ "time", time, NULL });
    double by_size = saoy_size_to_pt(set->signature.by_size);
    double text = saoy_size_to_pt(set->signature.text_size), pad = saoy_mm(1.8);
    SaoyArea inner = { pad, saoy_mm(1), size.w - 2 * pad, size.h - saoy_mm(2.5) };
    SaoyArea name = { pad, inner.y + inner.h - 2.6 * by_size, inner.w, 2.6 * by_size };

    saoy_canvas_ink(canvas, saoy_ink_blue);
    saoy_canvas_frame(canvas, 0.5, 0.5, size.w - 1, size.h - 1, 0.8);
    inner.h -= saoy_draw_paragraph(canvas, SAOY_FACE_BOLD, by_size, SAOY_LEFT, name, by) +
               saoy_mm(1);
    inner.h -= saoy_draw_paragraph(canvas, SAOY_FACE_REGULAR, text, SAOY_LEFT, inner, when);
    inner.h -= saoy_mm(1);
    saoy_draw_paragraph(canvas, SAOY_FACE_REGULAR, text, SAOY_LEFT, inner,
                        approval->agency);
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

#include "attest.h"

#include "core/clock.h"
#include "core/text.h"

#include <math.h>

/* The attestation block: title, figures of the register and the seal on the left, the
 * signers on the right, the sentence on conversion below. Millimetres from its top left
 * corner; its outer size and all wording are the templates'. */
static const struct {
    double title, title_size;      /* baseline; points */
    double seal, text, text_width; /* top of the seal; the column beside it */
    double first, row;             /* baselines of the figures */
    double of, of_height, note, note_height;
    double signers, signatures, stamp,
        name; /* left edge; top; the agency's square; baseline */
    double sentence;
} at = {
    .title = 9,
    .title_size = 14.5,
    .seal = 13,
    .text = 41.5,
    .text_width = 50,
    .first = 16.5,
    .row = 5.3,
    .of = 29.5,
    .of_height = 8.7,
    .note = 38.7,
    .note_height = 9.5,
    .signers = 95,
    .signatures = 14.5,
    .stamp = 29,
    .name = 48.5,
    .sentence = 50.5,
};

static const double seal_module_mm = 0.38;

static void
draw_title(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
           double x, double top)
{
    double w = saoy_mm(at.text + at.text_width - 4);
    const char *title = approval->official ? set->title_official : set->title;
    double used =
        saoy_canvas_width(canvas, SAOY_FACE_BOLD, at.title_size, title) + saoy_mm(4);

    saoy_canvas_ink(canvas, saoy_ink_red);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, at.title_size, SAOY_LEFT, x,
                   top - saoy_mm(at.title), w, title);
    if (!approval->official)
        saoy_draw_line(canvas, SAOY_FACE_BOLD, 8.5, SAOY_LEFT, x + used,
                       top - saoy_mm(at.title), w - used, set->sample_mark);
}

static void
draw_register(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyApproval *approval,
              double x, double top)
{
    double w = saoy_mm(at.text_width), first = top - saoy_mm(at.first),
           row = saoy_mm(at.row);
    g_autofree char *number = g_strdup_printf("%u", approval->number), *day = NULL;
    g_autofree char *of = saoy_template_fill(
        set->of, (const char *const[]){ "title", approval->title, NULL });
    int year = 0, month = 0, date = 0;

    saoy_time_day(approval->approved_at_us, &year, &month, &date);
    day = saoy_text_date_words(year, month, date);
    saoy_canvas_ink(canvas, saoy_ink_blue);
    saoy_draw_filled(canvas, SAOY_FACE_REGULAR, 11.5, SAOY_LEFT, x, first, w, set->number,
                     "number", number);
    saoy_draw_filled(canvas, SAOY_FACE_REGULAR, 11.5, SAOY_LEFT, x, first - row, w,
                     set->book, "book", approval->book);
    saoy_draw_line(canvas, SAOY_FACE_REGULAR, 11.5, SAOY_LEFT, x, first - 2 * row, w, day);
    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_paragraph(
        canvas, SAOY_FACE_REGULAR, 9.5, SAOY_LEFT,
        (SaoyArea){ x, top - saoy_mm(at.of + at.of_height), w, saoy_mm(at.of_height) }, of);
    saoy_draw_paragraph(canvas, SAOY_FACE_REGULAR, 7.5, SAOY_LEFT,
                        (SaoyArea){ x, top - saoy_mm(at.note + at.note_height), w,
                                    saoy_mm(at.note_height) },
                        set->seal_note);
}

static void
draw_signers(SaoyCanvas *canvas, const SaoyApproval *approval, double x, double top,
             double w)
{
    double above = at.signatures - 1.5;

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_paragraph(canvas, SAOY_FACE_BOLD, 11.5, SAOY_CENTRE,
                        (SaoyArea){ x, top - saoy_mm(above), w, saoy_mm(above - 3) },
                        approval->officer_title);
    saoy_draw_line(canvas, SAOY_FACE_BOLD, 12, SAOY_CENTRE, x, top - saoy_mm(at.name), w,
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
    g_autofree char *said = saoy_template_fill(set->conversion, pairs);
    g_autofree char *whole = g_strconcat(approval->official ? set->conversion_official : "",
                                         approval->official ? " " : "", said, NULL);

    saoy_canvas_ink(canvas, saoy_ink_black);
    saoy_draw_paragraph(canvas, SAOY_FACE_REGULAR, 7.5, SAOY_LEFT, area, whole);
}

void
saoy_draw_block(SaoyCanvas *canvas, const SaoyTemplates *set, const SaoyCopy *copy,
                double x, double top, SaoyArea out[SAOY_SIGNER_N])
{
    const SaoyApproval *approval = copy->approval;
    double w = saoy_um_to_pt(set->block_width_um), h = saoy_um_to_pt(set->block_height_um);
    double margin = saoy_um_to_pt(set->block_margin_um), inner = x + margin;
    double seal = copy->seal_qr.size * saoy_mm(seal_module_mm), stamp = saoy_mm(at.stamp);
    double right = x + saoy_mm(at.signers), right_w = x + w - margin - right;
    double y = top - saoy_mm(at.signatures) - stamp;
    double below = h - saoy_mm(at.sentence + 1.5);

    /* white: inside the free box is no ink, and the watermark may not cross the figures */
    saoy_canvas_ink(canvas, saoy_ink_white);
    saoy_canvas_fill(canvas, x, top - h, w, h);
    saoy_canvas_ink(canvas, saoy_ink_line);
    saoy_canvas_frame(canvas, x, top - h, w, h, 0.6);
    draw_title(canvas, set, approval, inner, top);
    draw_register(canvas, set, approval, x + saoy_mm(at.text), top);
    saoy_canvas_matrix(canvas, &copy->seal_qr, inner, top - saoy_mm(at.seal) - seal, seal);
    draw_signers(canvas, approval, right, top, right_w);
    draw_sentence(
        canvas, set, approval,
        (SaoyArea){ inner, top - saoy_mm(at.sentence) - below, w - 2 * margin, below });
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
    double pad = saoy_mm(1.8);
    SaoyArea inner = { pad, 0, size.w - 2 * pad, size.h - saoy_mm(1.5) };

    saoy_canvas_ink(canvas, saoy_ink_blue);
    saoy_canvas_frame(canvas, 0.5, 0.5, size.w - 1, size.h - 1, 0.8);
    inner.h -=
        saoy_draw_paragraph(canvas, SAOY_FACE_BOLD, 9, SAOY_LEFT, inner, by) + saoy_mm(1);
    inner.h -= saoy_draw_paragraph(canvas, SAOY_FACE_REGULAR, 7.5, SAOY_LEFT, inner, when);
    inner.h -= saoy_mm(1);
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

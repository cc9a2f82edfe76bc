#include "sample.h"

#include <cairo.h>
#include <string.h>

static const SaoyKind diploma = { "diploma", "Bằng tốt nghiệp", "Diploma" };
static const SaoyKind birth = { "birth-certificate", "Giấy khai sinh",
                                "Birth certificate" };

/* A page that looks like one: lines of ink, a red seal, a blue signature. */
static SaoyImage *
draw_page(unsigned seed)
{
    SaoyImage *image = saoy_image_new(340, 480, 3, 72, NULL);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 340, 480);
    cairo_t *cr = cairo_create(surface);
    const uint8_t *data = NULL;
    int stride = cairo_image_surface_get_stride(surface);

    cairo_set_source_rgb(cr, 0.99, 0.98, 0.95);
    cairo_paint(cr);
    cairo_set_source_rgb(cr, 0.15, 0.15, 0.2);
    for (unsigned i = 0; i < 22; i++)
        cairo_rectangle(cr, i < 3 ? 90 : 40, 40 + i * 15, 160 + (i * 37 + seed * 53) % 90,
                        4);
    cairo_fill(cr);
    cairo_set_source_rgb(cr, 0.8, 0.1, 0.1);
    cairo_set_line_width(cr, 5);
    cairo_arc(cr, 230, 410, 36, 0, 6.3);
    cairo_stroke(cr);
    cairo_set_source_rgb(cr, 0.1, 0.2, 0.7);
    cairo_move_to(cr, 200, 430);
    cairo_curve_to(cr, 230, 380, 240, 460, 290, 400);
    cairo_stroke(cr);
    cairo_surface_flush(surface);
    data = cairo_image_surface_get_data(surface);
    for (int y = 0; y < 480; y++)
        for (int x = 0; x < 340; x++)
            for (int c = 0; c < 3; c++)
                image->pixels[y * image->stride + x * 3 + c] =
                    data[y * stride + x * 4 + 2 - c];
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    return image;
}

static SaoyImage *
live_frame(void)
{
    g_autofree char *path = g_build_filename(g_getenv("SAOY_SOURCE_DIR"),
                                             "tests/data/personas/an/live/000.jpg", NULL);
    char *data = NULL;
    gsize size = 0;

    if (!g_file_get_contents(path, &data, &size, NULL))
        return NULL;
    g_autoptr(GBytes) bytes = g_bytes_new_take(data, size);
    return saoy_image_decode(bytes, NULL);
}

static void
add_field(GArray *fields, const char *name, const char *value)
{
    SaoyField field = { .name = name, .value = g_strdup(value), .confidence = 0.9 };

    g_array_append_val(fields, field);
}

static void
add_flag(GArray *flags, const char *rule, const char *text, SaoyBox box)
{
    SaoyFlag flag = { .rule = rule, .page = 0, .box = box, .text = g_strdup(text) };

    g_array_append_val(flags, flag);
}

static void
add_page(SaoySession *session, unsigned document, SaoyPageState state)
{
    SaoyScannedPage *page = &session->pages[session->n_pages++];

    page->serial = session->n_pages;
    page->document = document;
    page->state = state;
    page->thumbnail = draw_page(session->n_pages);
    page->width = 2480;
    page->height = 3508;
    page->dpi = 300;
    page->report.sharpness = 0.9;
    page->report.ink = 0.1;
}

static void
fill_document(SaoyDocument *document)
{
    document->kind = &diploma;
    document->title = "Bằng tốt nghiệp đại học";
    document->copies = 2;
    document->fields = g_array_new(FALSE, TRUE, sizeof(SaoyField));
    document->flags = g_array_new(FALSE, TRUE, sizeof(SaoyFlag));
    add_field(document->fields, "number", "0123456");
    add_field(document->fields, "holder", "Nguyễn Văn An");
    add_field(document->fields, "birth_date", "01/01/1990");
    add_field(document->fields, "issue_date", "20/06/2012");
    add_field(document->fields, "title", "Bằng tốt nghiệp đại học");
    add_flag(document->flags, "holder-differs",
             "The name on the paper is not the name on the chip card.",
             (SaoyBox){ 600, 700, 900, 90 });
    add_flag(document->flags, "hard-to-read",
             "The page is hard to read: is it damaged or worn?",
             (SaoyBox){ 500, 1500, 1200, 200 });
    document->copy_id = "H26.132-251110-0007.01-24";
    document->link =
        "https://saoy.example.gov.vn/v/H26.132-251110-0007.01-24?t=0123456789ABCDEF";
}

SaoySession *
sample_session(void)
{
    static SaoySession session;

    memset(&session, 0, sizeof session);
    session.identified = true;
    g_strlcpy(session.identity.name_vi, "Nguyễn Văn An", sizeof session.identity.name_vi);
    session.mirror = live_frame();
    session.card_total = 6;
    session.n_documents = 1;
    fill_document(&session.documents[0]);
    session.documents[0].state = SAOY_DOC_QUEUED;
    add_page(&session, 0, SAOY_PAGE_READ);
    add_page(&session, 0, SAOY_PAGE_READING);
    session.email = "";
    session.fee_waived = true;
    session.fee_reason = "Online services are free of charge in Hà Nội";
    session.office_open = true;
    session.dossier = "H26.132-251110-0007";
    session.facts.room = true;
    session.facts.chip_proven = true;
    session.facts.pages = 2;
    return &session;
}

void
sample_clear(SaoySession *session)
{
    saoy_image_free(session->mirror);
    for (unsigned i = 0; i < session->n_pages; i++)
        saoy_image_free(session->pages[i].thumbnail);
    for (unsigned d = 0; d < session->n_documents; d++) {
        GArray *fields = session->documents[d].fields, *flags = session->documents[d].flags;

        for (unsigned i = 0; fields != NULL && i < fields->len; i++)
            g_free(g_array_index(fields, SaoyField, i).value);
        for (unsigned i = 0; flags != NULL && i < flags->len; i++)
            g_free(g_array_index(flags, SaoyFlag, i).text);
        g_clear_pointer(&session->documents[d].fields, g_array_unref);
        g_clear_pointer(&session->documents[d].flags, g_array_unref);
    }
    session->mirror = NULL;
    session->n_pages = session->n_documents = 0;
}

/* ---- what differs from screen to screen */

static void
late(SaoySession *s)
{
    s->office_open = false;
    s->promised_us = INT64_C(1762830000) * 1000000;
}

static void
reading(SaoySession *s)
{
    s->busy = true;
    s->card_done = 3;
}

static void
wrong_digits(SaoySession *s)
{
    s->problem =
        "The digits do not open this card. Look at the last six digits of the card's "
        "number and type them again.";
}

static void
turn_left(SaoySession *s)
{
    s->face_side = -1;
}

static void
second_paper(SaoySession *s)
{
    s->n_documents = 2;
    s->current = 1;
    s->documents[1] = (SaoyDocument){ .kind = &birth, .copies = 1 };
    add_page(s, 1, SAOY_PAGE_READ);
}

static void
many_pages(SaoySession *s)
{
    for (int i = 0; i < 7; i++)
        add_page(s, 0, i == 3 ? SAOY_PAGE_UNREADABLE : SAOY_PAGE_READ);
}

static void
no_pages(SaoySession *s)
{
    saoy_image_free(s->pages[0].thumbnail);
    saoy_image_free(s->pages[1].thumbnail);
    s->n_pages = 0;
    s->problem =
        "There is no paper in the scanner. Lay your original in it and scan again.";
}

static void
clean(SaoySession *s)
{
    for (unsigned i = 0; i < s->documents[0].flags->len; i++)
        g_free(g_array_index(s->documents[0].flags, SaoyFlag, i).text);
    g_array_set_size(s->documents[0].flags, 0);
}

static void
busy(SaoySession *s)
{
    s->busy = true;
}

static void
email(SaoySession *s)
{
    s->email = "nguyenvanan@gmail.com";
    s->facts.has_email = true;
}

static void
seen(SaoySession *s)
{
    s->documents[0].state = SAOY_DOC_SEEN;
}

static void
approved(SaoySession *s)
{
    s->documents[0].state = SAOY_DOC_APPROVED;
}

static void
one_of_two(SaoySession *s)
{
    second_paper(s);
    email(s);
    s->documents[0].state = SAOY_DOC_ISSUED;
    s->documents[1].state = SAOY_DOC_REFUSED;
    s->documents[1].refusal = "Bản chính bị tẩy xoá ở dòng ngày sinh.";
    s->print_total = 2;
    s->print_done = 1;
}

static void
issued(SaoySession *s)
{
    s->documents[0].state = SAOY_DOC_ISSUED;
    s->print_total = s->print_done = 1;
    s->print_failed = true;
}

static void
slip(SaoySession *s)
{
    late(s);
    email(s);
    s->documents[0].state = SAOY_DOC_RELEASED;
    s->slip_note =
        "You need not wait. The result will come to the e-mail address you gave.";
}

static void
glass(SaoySession *s)
{
    s->paper_on_glass = true;
    s->satisfaction = 3;
}

static void
refused(SaoySession *s)
{
    s->documents[0].state = SAOY_DOC_REFUSED;
    s->documents[0].refusal = "Không nhìn rõ con dấu của cơ quan cấp.";
    s->sorry = (SaoySorry){ SAOY_STATE_OFFICER, SAOY_CLASS_USER, true };
}

static void
jammed(SaoySession *s)
{
    s->sorry = (SaoySorry){ SAOY_STATE_SCAN, SAOY_CLASS_SERVICE, false };
}

static void
no_match(SaoySession *s)
{
    s->sorry = (SaoySorry){ SAOY_STATE_FACE, SAOY_CLASS_REFUSE, false };
}

static void
genuine(SaoySession *s)
{
    s->seal_verdict = "The seal is genuine. Compare what stands below with the paper.";
    s->seal_title = "Bằng tốt nghiệp đại học";
    s->seal_office = "UBND phường Cửa Nam";
    s->seal_copy_id = "H26.132-251110-0007.01-24";
}

#define S(x) SAOY_STATE_##x
const SampleScreen sample_screens[] = {
    { "welcome", S(WELCOME) },
    { "advice", S(ADVICE) },
    { "advice-late", S(ADVICE), late },
    { "consent", S(CONSENT) },
    { "card", S(CARD) },
    { "card-wrong", S(CARD), wrong_digits },
    { "card-reading", S(CARD), reading },
    { "face", S(FACE) },
    { "face-turn", S(FACE), turn_left },
    { "choose", S(CHOOSE) },
    { "choose-second", S(CHOOSE), second_paper },
    { "scan", S(SCAN) },
    { "scan-tools", S(SCAN), NULL, "page-1" },
    { "scan-many", S(SCAN), many_pages },
    { "scan-nothing", S(SCAN), no_pages },
    { "check", S(CHECK) },
    { "review", S(REVIEW) },
    { "review-clean", S(REVIEW), clean },
    { "review-edit", S(REVIEW), NULL, "edit-holder" },
    { "delivery", S(DELIVERY) },
    { "delivery-email", S(DELIVERY), email },
    { "delivery-sending", S(DELIVERY), busy },
    { "pay", S(PAY) },
    { "officer", S(OFFICER) },
    { "officer-seen", S(OFFICER), seen },
    { "officer-two", S(OFFICER), second_paper },
    { "sign", S(SIGN), approved },
    { "deliver", S(DELIVER), issued },
    { "deliver-two", S(DELIVER), one_of_two },
    { "deliver-slip", S(DELIVER), slip },
    { "done", S(DONE) },
    { "done-glass", S(DONE), glass },
    { "lookup", S(LOOKUP) },
    { "verify", S(VERIFY), busy },
    { "verify-genuine", S(VERIFY), genuine },
    { "maint", S(MAINT) },
    { "sorry-refused", S(SORRY), refused },
    { "sorry-jam", S(SORRY), jammed },
    { "sorry-face", S(SORRY), no_match },
    { "wipe", S(WIPE) },
    { "closed", S(CLOSED) },
    { "sheet-exit", S(REVIEW), NULL, "exit" },
    { "sheet-patience", S(SCAN), NULL, "patience" },
    { "sheet-help", S(CARD), NULL, "help" },
};
const size_t sample_n_screens = G_N_ELEMENTS(sample_screens);

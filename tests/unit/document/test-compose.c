#include "fixture.h"
#include "tools.h"

#include "canvas.h"
#include "core/error.h"
#include "core/ossl.h"
#include "document/pdf-write.h"
#include "document/pdf.h"
#include "document/print.h"

#include <math.h>

typedef struct {
    CopyFixture copy;
    char *dir, *path;
    GBytes *pdf;
} Fixture;

static void
set_up(Fixture *fix, const void *inside)
{
    g_autoptr(GError) error = NULL;

    fixture_open(&fix->copy, inside != NULL);
    fix->dir = scratch_dir();
    fix->path = g_build_filename(fix->dir, "copy.pdf", NULL);
    fix->pdf = saoy_compose(&fix->copy.copy, &error);
    g_assert_no_error(error);
    saoy_file_write(fix->path, saoy_view_of(fix->pdf), &error);
    g_assert_no_error(error);
}

static void
tear_down(Fixture *fix, const void *inside)
{
    saoy_dir_remove(fix->dir, NULL);
    g_clear_pointer(&fix->pdf, g_bytes_unref);
    g_free(fix->path);
    g_free(fix->dir);
    fixture_close(&fix->copy);
}

static void
test_qpdf_finds_nothing(Fixture *fix, const void *inside)
{
    g_autofree char *err = NULL;
    int status = 0;
    g_autofree char *out = tool(&err, &status, "qpdf", "--check", fix->path, NULL);

    g_assert_cmpint(status, ==, 0);
    g_assert_nonnull(strstr(out, "PDF Version: 1.7"));
    g_assert_nonnull(strstr(out, "No syntax or stream encoding errors found"));
    g_assert_cmpstr(err, ==, "");
}

/* Words of the originals, in their order, each page, nothing torn apart by the watermark.
 */
static void
test_the_text_layer_is_the_original_text(Fixture *fix, const void *inside)
{
    for (int page = 0; page < 2; page++) {
        g_autofree char *number = g_strdup_printf("%d", page + 1), *err = NULL;
        int status = 0;
        g_autofree char *out = tool(&err, &status, "pdftotext", "-f", number, "-l", number,
                                    "-raw", fix->path, "-", NULL);
        g_autofree char *want = saoy_words_text(&fix->copy.pages[page].words);
        g_autofree char *wanted = g_strdelimit(g_strdup(want), "\n", '\n');

        g_assert_cmpstr(err, ==, ""); /* poppler has nothing to say of ToUnicode either */
        if (strstr(out, wanted) == NULL) {
            g_test_message("%s\n---\n%s", out, wanted);
            g_test_fail();
        }
    }
}

static void
test_lines_stay_lines_in_reading_order(Fixture *fix, const void *inside)
{
    g_autofree char *err = NULL;
    int status = 0;
    g_autofree char *out =
        tool(&err, &status, "pdftotext", "-l", "1", fix->path, "-", NULL);
    g_autofree char *text = saoy_words_text(&fix->copy.pages[0].words);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const char *at = out;

    for (char **line = lines; *line != NULL; line++) {
        at = strstr(at, *line);
        g_assert_nonnull(at);
    }
}

static void
test_each_page_has_its_jpeg_and_no_other_picture(Fixture *fix, const void *inside)
{
    g_autofree char *err = NULL;
    int status = 0, rows = 0;
    g_autofree char *out = tool(&err, &status, "pdfimages", "-list", fix->path, NULL);
    g_auto(GStrv) lines = g_strsplit(out, "\n", -1);
    g_autoptr(GError) error = NULL;
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(fix->pdf, &error);
    g_autoptr(GPtrArray) jpegs = saoy_pdf_jpegs(pdf, &error);

    for (char **line = lines + 2; *line != NULL && **line != '\0'; line++, rows++)
        g_assert_nonnull(strstr(*line, " jpeg "));
    g_assert_cmpint(rows, ==, 2);
    g_assert_no_error(error);
    g_assert_cmpuint(jpegs->len, ==, 2);
    for (guint i = 0; i < 2; i++)
        g_assert_true(g_bytes_equal(jpegs->pdata[i], fix->copy.pages[i].jpeg));
}

static void
test_fonts_are_embedded_subsets_with_unicode(Fixture *fix, const void *inside)
{
    g_autofree char *err = NULL;
    int status = 0, fonts = 0;
    g_autofree char *out = tool(&err, &status, "pdffonts", fix->path, NULL);
    g_auto(GStrv) lines = g_strsplit(out, "\n", -1);

    for (char **line = lines + 2; *line != NULL && **line != '\0'; line++, fonts++)
        g_assert_nonnull(strstr(*line, "yes yes yes"));
    g_assert_cmpint(fonts, ==, 2);
}

static void
test_same_input_same_bytes_in_another_process(Fixture *fix, const void *inside)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) again = saoy_compose(&fix->copy.copy, &error), other = NULL;
    g_autofree char *path = g_build_filename(fix->dir, "other.pdf", NULL), *err = NULL;
    int status = 0;
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *out = tool(&err, &status, self, "--compose", path,
                                inside != NULL ? "inside" : "added", NULL);

    g_assert_cmpint(status, ==, 0);
    g_assert_cmpstr(out, ==, "");
    other = saoy_file_read(path, 16 << 20, &error);
    g_assert_no_error(error);
    g_assert_true(g_bytes_equal(fix->pdf, again));
    g_assert_true(g_bytes_equal(fix->pdf, other));
}

/* The symbols as a scanner would see a print: rendered, then read by zbar. */
static void
test_both_symbols_are_read(Fixture *fix, const void *inside)
{
    static const char *const dpis[] = { "200", "300" };

    for (size_t i = 0; i < G_N_ELEMENTS(dpis); i++) {
        g_autofree char *stem = g_build_filename(fix->dir, dpis[i], NULL);
        g_autofree char *picture = g_strconcat(stem, ".png", NULL), *noise = NULL;
        const char *page = inside != NULL ? "2" : "3";
        int status = 0;
        g_autofree char *read = NULL;
        g_auto(GStrv) lines = NULL;

        tool_run("pdftoppm", "-r", dpis[i], "-f", page, "-singlefile", "-png", fix->path,
                 stem, NULL);
        read = tool(&noise, &status, "zbarimg", "-q", "--raw", picture, NULL);
        lines = g_strsplit(g_strchomp(read), "\n", -1);

        g_assert_cmpuint(g_strv_length(lines), ==, 2);
        for (int k = 0; k < 2; k++)
            g_assert_true(g_strv_contains((const char *const *)lines, fix->copy.texts[k]));
    }
}

static void
check_space(GBytes *pdf, const char *field, size_t end)
{
    g_autoptr(GError) error = NULL;
    SaoySignatureSpace space = { 0 };
    SaoyView all = saoy_view_of(pdf);

    g_assert_true(saoy_pdf_signature_space(pdf, field, &space, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(space.contents_size, ==, 8192);
    g_assert_cmpuint(space.range[0], ==, 0);
    g_assert_cmpuint(space.range[1], ==, space.contents_at);
    g_assert_cmpuint(space.range[2], ==, space.contents_at + 2 + 2 * 8192);
    g_assert_cmpuint(space.range[2] + space.range[3], ==, end);
    g_assert_cmpuint(all.data[space.contents_at], ==, '<');
    g_assert_cmpuint(all.data[space.range[2] - 1], ==, '>');
}

static void
test_ranges_cover_each_revision_but_the_hex(Fixture *fix, const void *inside)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(fix->pdf, NULL);
    g_autoptr(GArray) signatures = saoy_pdf_signatures(pdf, NULL);
    const SaoyPdfSignature *one = &g_array_index(signatures, SaoyPdfSignature, 0);

    g_assert_cmpuint(saoy_pdf_revisions(pdf), ==, 2);
    g_assert_cmpuint(signatures->len, ==, 2);
    g_assert_cmpstr(one[0].field, ==, SAOY_FIELD_OFFICER);
    g_assert_cmpstr(one[1].field, ==, SAOY_FIELD_AGENCY);
    g_assert_cmpuint(one[0].revision, ==, 0);
    g_assert_cmpuint(one[1].revision, ==, 1);
    check_space(fix->pdf, SAOY_FIELD_OFFICER, saoy_pdf_revision_end(pdf, 0));
    check_space(fix->pdf, SAOY_FIELD_AGENCY, g_bytes_get_size(fix->pdf));
}

static void
test_the_second_revision_only_gives_the_agency_field_its_value(Fixture *fix,
                                                               const void *inside)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(fix->pdf, NULL);
    g_autoptr(GArray) signatures = saoy_pdf_signatures(pdf, NULL);
    const SaoyPdfSignature *agency = &g_array_index(signatures, SaoyPdfSignature, 1);
    const SaoyPdfValue *before = saoy_pdf_object(pdf, 0, agency->field_object, NULL);
    const SaoyPdfValue *after = saoy_pdf_object(pdf, 1, agency->field_object, NULL);

    for (int64_t i = 1; i <= saoy_pdf_max_object(pdf, 1); i++)
        g_assert_true(saoy_pdf_object_written_in(pdf, 1, i) == 0 ||
                      i == agency->field_object || i == agency->value_object);
    g_assert_null(saoy_pdf_get_raw(before, "V"));
    g_assert_cmpuint(after->n, ==, before->n + 1);
    for (size_t i = 0; i < 2 * before->n; i++) { /* same text, entry for entry */
        const SaoyPdfValue *was = &before->items[i], *is = &after->items[i];
        SaoyView all = saoy_view_of(fix->pdf);

        g_assert_cmpmem(all.data + was->at, was->end - was->at, all.data + is->at,
                        is->end - is->at);
    }
}

static void
test_the_catalog_says_all_of_it(Fixture *fix, const void *inside)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(fix->pdf, NULL);
    const SaoyPdfValue *root = saoy_pdf_get(pdf, 0, saoy_pdf_trailer(pdf, 0), "Root");
    const SaoyPdfValue *form = saoy_pdf_get(pdf, 0, root, "AcroForm");
    const SaoyPdfValue *perms = saoy_pdf_get(pdf, 0, root, "Perms");
    const SaoyPdfValue *certified = saoy_pdf_get(pdf, 0, perms, "DocMDP");
    const SaoyPdfValue *references = saoy_pdf_get(pdf, 0, certified, "Reference");
    const SaoyPdfValue *how =
        saoy_pdf_get(pdf, 0, &references->items[0], "TransformParams");
    g_autoptr(GError) error = NULL;
    g_autofree char *seal = saoy_pdf_seal(pdf, &error);

    g_assert_cmpint(saoy_pdf_get(pdf, 0, form, "SigFlags")->number, ==, 3);
    g_assert_cmpint(saoy_pdf_get(pdf, 0, how, "P")->number, ==, 2);
    g_assert_true(saoy_pdf_is_name(saoy_pdf_get(pdf, 0, certified, "SubFilter"),
                                   "ETSI.CAdES.detached"));
    g_assert_cmpmem(saoy_pdf_get(pdf, 0, root, "Lang")->text.data, 2, "vi", 2);
    g_assert_nonnull(saoy_pdf_get(pdf, 0, root, "OutputIntents"));
    g_assert_no_error(error);
    g_assert_cmpstr(seal, ==, fix->copy.texts[1]);
}

/* Both widgets, and so the block around them, stand inside the free box or on a page
 * without a picture; drawn ink of the original is never under them. */
static void
test_the_block_stands_in_the_free_box(Fixture *fix, const void *inside)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(fix->pdf, NULL);
    g_autoptr(GArray) signatures = saoy_pdf_signatures(pdf, NULL);
    const SaoyBox *box = &fix->copy.pages[1].free_box;
    const double pixel = 72.0 / 150, height = 1754 * pixel;

    for (guint i = 0; i < signatures->len; i++) {
        const SaoyPdfSignature *one = &g_array_index(signatures, SaoyPdfSignature, i);
        const SaoyPdfValue *field = saoy_pdf_object(pdf, 1, one->field_object, NULL);
        const SaoyPdfValue *rect = saoy_pdf_get(pdf, 1, field, "Rect");
        const SaoyPdfValue *page = saoy_pdf_get(pdf, 1, field, "P");
        const SaoyPdfValue *resources = saoy_pdf_get(pdf, 1, page, "Resources");

        if (inside == NULL) {
            g_assert_null(saoy_pdf_get(pdf, 1, resources, "XObject"));
            continue;
        }
        g_assert_cmpfloat(rect->items[0].real, >=, box->x * pixel);
        g_assert_cmpfloat(rect->items[2].real, <=, (box->x + box->w) * pixel);
        g_assert_cmpfloat(rect->items[1].real, >=, height - (box->y + box->h) * pixel);
        g_assert_cmpfloat(rect->items[3].real, <=, height - box->y * pixel);
    }
}

static void
test_filling_changes_the_hex_and_nothing_else(Fixture *fix, const void *inside)
{
    static const uint8_t cms[] = { 0x30, 0x82, 0x01, 0xff };
    g_autoptr(GError) error = NULL;
    SaoySignatureSpace space = { 0 };
    g_autoptr(GBytes) filled =
        saoy_pdf_fill(fix->pdf, SAOY_FIELD_OFFICER, (SaoyView){ cms, sizeof cms }, &error);
    g_autofree uint8_t *large = g_malloc0(8193);
    SaoyView was = saoy_view_of(fix->pdf), is = saoy_view_of(filled);
    uint8_t a[32] = { 0 }, b[32] = { 0 };

    g_assert_no_error(error);
    saoy_pdf_signature_space(fix->pdf, SAOY_FIELD_OFFICER, &space, NULL);
    g_assert_cmpuint(was.size, ==, is.size);
    for (size_t i = 0; i < was.size; i++)
        if (was.data[i] != is.data[i])
            g_assert_true(i > space.contents_at && i <= space.contents_at + 8);
    g_assert_cmpmem(is.data + space.contents_at, 10, "<308201ff0", 10);
    g_assert_true(saoy_pdf_range_digest(fix->pdf, &space, a, NULL));
    g_assert_true(saoy_pdf_range_digest(filled, &space, b, NULL));
    g_assert_cmpmem(a, 32, b, 32);
    g_assert_null(
        saoy_pdf_fill(fix->pdf, SAOY_FIELD_AGENCY, (SaoyView){ large, 8193 }, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
}

static char *
visible_text(Fixture *fix)
{
    int status = 0;

    return tool(NULL, &status, "pdftotext", "-raw", fix->path, "-", NULL);
}

static void
test_a_sample_says_so_and_claims_nothing(Fixture *fix, const void *inside)
{
    g_autofree char *out = visible_text(fix);
    size_t marks = 0;

    for (const char *at = out; (at = strstr(at, "MẪU – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ")) != NULL;
         at++)
        marks++;
    g_assert_cmpuint(marks, >=, inside != NULL ? 2 : 3);
    g_assert_null(strstr(out, "đúng với bản chính"));
    g_assert_nonnull(strstr(out, "BẢN SAO SỐ"));
    g_assert_nonnull(strstr(out, "Số chứng thực: 1532"));
    g_assert_nonnull(strstr(out, "Quyển số: 01/2025-SCTĐT/BS"));
    g_assert_nonnull(strstr(out, "Ngày 10 tháng 11 năm 2025"));
    g_assert_nonnull(strstr(out, "Điều 12 Luật Giao dịch điện tử"));
    g_assert_nonnull(strstr(out, "Trần Thị Bình Minh"));
}

static void
test_an_official_copy_certifies(Fixture *fix, const void *inside)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) pdf = NULL;
    g_autofree char *out = NULL;

    fix->copy.approval->official = true;
    pdf = saoy_compose(&fix->copy.copy, &error);
    g_assert_no_error(error);
    saoy_file_write(fix->path, saoy_view_of(pdf), &error);
    out = visible_text(fix);
    g_assert_null(strstr(out, "KHÔNG CÓ GIÁ TRỊ"));
    g_assert_nonnull(strstr(out, "Chứng thực bản sao đúng với bản chính"));
}

static void
test_the_page_count_is_known_before_composing(Fixture *fix, const void *inside)
{
    g_autofree char *err = NULL;
    int status = 0;
    g_autofree char *out = tool(&err, &status, "qpdf", "--show-npages", fix->path, NULL);

    g_assert_cmpuint(saoy_copy_file_pages(fix->copy.pages, 2), ==, inside != NULL ? 2 : 3);

    const SaoyBox *box = &fix->copy.pages[1].free_box;
    SaoyBox block = saoy_copy_block_box(&fix->copy.pages[1]);
    g_assert_cmpint(block.w > 0, ==, inside != NULL);
    if (inside != NULL) {
        g_assert_cmpint(block.x, >=, box->x);
        g_assert_cmpint(block.y, >=, box->y);
        g_assert_cmpint(block.x + block.w, <=, box->x + box->w + 1);
        g_assert_cmpint(block.y + block.h, <=, box->y + box->h + 1);
    }
    g_assert_cmpint(out[0], ==, inside != NULL ? '2' : '3');
}

static void
test_what_is_composed_fits_beside_the_pictures(Fixture *fix, const void *inside)
{
    size_t pictures = g_bytes_get_size(fix->copy.pages[0].jpeg) +
                      g_bytes_get_size(fix->copy.pages[1].jpeg);

    /* two placeholders of 16 KB hex each, two fonts, two pages of text and figures */
    g_assert_cmpuint(g_bytes_get_size(fix->pdf) - pictures, <, 100 * 1024);
}

static void
test_bad_pages_are_refused(Fixture *fix, const void *inside)
{
    static const uint8_t text[] = "this is no picture, whatever it is called";
    SaoyCopyPage *page = &fix->copy.pages[1];
    SaoyCopyPage good = *page;
    const SaoyCopyPage bad[] = {
        { g_bytes_new_static(text, sizeof text), 1240, 1754, 3, 150 },
        { g_bytes_new_static("\xff\xd8\xff", 3), 1240, 1754, 3, 150 },
        { g_bytes_new_from_bytes(good.jpeg, 0, 100), 1240, 1754, 3, 150 },
        { g_bytes_ref(good.jpeg), 1241, 1754, 3, 150 },
        { g_bytes_ref(good.jpeg), 1240, 1754, 1, 150 },
        { g_bytes_ref(good.jpeg), 1240, 1754, 4, 150 },
        { g_bytes_ref(good.jpeg), 1240, 1754, 3, 0 },
        { g_bytes_ref(good.jpeg), 0, 1754, 3, 150 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        *page = bad[i];
        g_assert_null(saoy_compose(&fix->copy.copy, &error));
        g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
        g_bytes_unref(bad[i].jpeg);
    }
    *page = good;
}

static void
check_bookmark(SaoyPdf *pdf, const SaoyPdfValue *entry, const char *title,
               const SaoyPdfValue *page)
{
    const SaoyPdfValue *name = saoy_pdf_get(pdf, 1, entry, "Title");
    const SaoyPdfValue *where = saoy_pdf_get(pdf, 1, entry, "Dest");
    g_autofree char *utf8 =
        g_convert((const char *)name->text.data + 2, (gssize)name->text.size - 2, "UTF-8",
                  "UTF-16BE", NULL, NULL, NULL);

    g_assert_cmpstr(utf8, ==, title);
    g_assert_true(saoy_pdf_resolve(pdf, 1, &where->items[0]) == page);
}

static void
test_the_outline_leads_to_original_and_attestation(Fixture *fix, const void *inside)
{
    g_autoptr(SaoyPdf) pdf = saoy_pdf_open(fix->pdf, NULL);
    g_autoptr(GPtrArray) pages = saoy_pdf_page_list(pdf, NULL);
    const SaoyPdfValue *root = saoy_pdf_get(pdf, 1, saoy_pdf_trailer(pdf, 1), "Root");
    const SaoyPdfValue *outline = saoy_pdf_get(pdf, 1, root, "Outlines");
    const SaoyPdfValue *first = saoy_pdf_get(pdf, 1, outline, "First");
    const SaoyPdfValue *second = saoy_pdf_get(pdf, 1, first, "Next");

    g_assert_cmpint(saoy_pdf_get(pdf, 1, outline, "Count")->number, ==, 2);
    g_assert_true(saoy_pdf_get(pdf, 1, outline, "Last") == second);
    g_assert_true(saoy_pdf_get(pdf, 1, second, "Prev") == first);
    g_assert_null(saoy_pdf_get_raw(second, "Next"));
    check_bookmark(pdf, first, fix->copy.approval->title, pages->pdata[0]);
    check_bookmark(pdf, second, "Lời chứng", pages->pdata[pages->len - 1]);
}

/* Selected text covers the word that is seen: poppler's boxes against OCR's, in points. */
static bool
stands_over(GStrv seen, const SaoyWord *word)
{
    double pixel = 72.0 / 150, strip = 24 * 72 / 25.4;
    double left = word->box.x * pixel, top = strip + word->box.y * pixel;
    double right = left + word->box.w * pixel, bottom = top + word->box.h * pixel;

    for (char **line = seen; *line != NULL; line++) {
        double box[4] = { 0 };
        int at = 0;

        if (sscanf(*line, " <word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\">%n",
                   &box[0], &box[1], &box[2], &box[3], &at) == 4 &&
            strncmp(*line + at, word->text, strlen(word->text)) == 0 &&
            (*line)[at + (int)strlen(word->text)] == '<' && fabs(box[0] - left) < 1 &&
            fabs(box[2] - right) < 1 && box[1] < bottom && box[3] > top)
            return true;
    }
    return false;
}

static void
test_words_stand_over_what_is_seen(Fixture *fix, const void *inside)
{
    const SaoyWords *words = &fix->copy.pages[0].words;
    int status = 0;
    g_autofree char *out =
        tool(NULL, &status, "pdftotext", "-l", "1", "-bbox", fix->path, "-", NULL);
    g_auto(GStrv) seen = g_strsplit(out, "\n", -1);

    for (size_t i = 0; i < words->n; i++)
        if (strpbrk(words->items[i].text, "&<>\"'") == NULL &&
            !stands_over(seen, &words->items[i])) {
            g_test_message("%s\n%s", words->items[i].text, out);
            g_test_fail();
            return;
        }
}

/* Smaller modules than 0.38 mm, or no quiet zone around them: nobody could read it. */
static void
test_a_symbol_too_fine_is_refused(Fixture *fix, const void *inside)
{
    static const uint8_t most[101 * 101] = { 1 };
    SaoyCopy link = fix->copy.copy, seal = fix->copy.copy;
    g_autoptr(GError) one = NULL, two = NULL;

    link.link_qr = (SaoyMatrix){ 53, most };
    g_assert_null(saoy_compose(&link, &one));
    g_assert_error(one, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    seal.seal_qr = (SaoyMatrix){ 97, most };
    g_assert_null(saoy_compose(&seal, &two));
    g_assert_error(two, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    seal.seal_qr = (SaoyMatrix){ 89, most };
    g_autoptr(GBytes) largest = saoy_compose(&seal, NULL);
    g_assert_nonnull(largest);
}

/* Words the font has no glyph for, a card-sized original, a grey page: all must be found.
 */
static void
test_odd_originals_are_composed_too(Fixture *fix, const void *inside)
{
    g_autoptr(GError) error = NULL;
    SaoyCopyPage *page = &fix->copy.pages[0];
    g_autoptr(GBytes) pdf = NULL;
    g_autofree char *out = NULL, *err = NULL;
    int status = 0;

    page->dpi = 600; /* 52 x 74 mm */
    saoy_words_append(&page->words, "日本語", (SaoyBox){ 100, 1600, 200, 40 }, 90, 90);
    saoy_words_append(&page->words, "😀", (SaoyBox){ 400, 1600, 40, 40 }, 90, 90);
    saoy_words_append(&page->words, "(\\)", (SaoyBox){ 500, 1600, 40, 40 }, 90, 90);
    pdf = saoy_compose(&fix->copy.copy, &error);
    g_assert_no_error(error);
    saoy_file_write(fix->path, saoy_view_of(pdf), &error);
    out = tool(&err, &status, "pdftotext", "-raw", "-l", "1", fix->path, "-", NULL);
    g_assert_cmpstr(err, ==, "");
    g_assert_nonnull(strstr(out, "日本語"));
    g_assert_nonnull(strstr(out, "(\\)"));
}

static void
test_content_digest_is_the_digest_of_digests(Fixture *fix, const void *inside)
{
    GBytes *const jpegs[] = { fix->copy.pages[0].jpeg, fix->copy.pages[1].jpeg };
    uint8_t joined[64] = { 0 }, want[32] = { 0 }, have[32] = { 0 };

    saoy_sha256(saoy_view_of(jpegs[0]), joined);
    saoy_sha256(saoy_view_of(jpegs[1]), joined + 32);
    saoy_sha256((SaoyView){ joined, 64 }, want);
    saoy_content_digest(jpegs, 2, have);
    g_assert_cmpmem(want, 32, have, 32);
}

/* qpdf as a peer: the same file linearized, and with object and cross-reference streams. */
static void
test_the_reader_reads_what_qpdf_writes(Fixture *fix, const void *inside)
{
    static const char *const ways[] = { "--linearize", "--object-streams=generate" };

    for (size_t w = 0; w < G_N_ELEMENTS(ways); w++) {
        g_autofree char *path = g_build_filename(fix->dir, "peer.pdf", NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) file = NULL;
        g_autoptr(GPtrArray) jpegs = NULL;
        g_autoptr(SaoyPdf) pdf = NULL;
        g_autofree char *seal = NULL;

        tool_run("qpdf", ways[w], fix->path, path, NULL);
        file = saoy_file_read(path, 16 << 20, &error);
        g_assert_no_error(error);
        pdf = saoy_pdf_open(file, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(saoy_pdf_revisions(pdf), ==, 1);
        g_assert_cmpuint(saoy_pdf_revision_end(pdf, 0), ==, g_bytes_get_size(file));
        jpegs = saoy_pdf_jpegs(pdf, &error);
        g_assert_no_error(error);
        g_assert_true(g_bytes_equal(jpegs->pdata[1], fix->copy.pages[1].jpeg));
        seal = saoy_pdf_seal(pdf, &error);
        g_assert_cmpstr(seal, ==, fix->copy.texts[1]);
    }
}

static int
compose_only(const char *path, const char *where)
{
    CopyFixture copy = { 0 };
    g_autoptr(GBytes) pdf = NULL;
    bool ok = false;

    fixture_open(&copy, g_str_equal(where, "inside"));
    pdf = saoy_compose(&copy.copy, NULL);
    ok = pdf != NULL && saoy_file_write(path, saoy_view_of(pdf), NULL);
    fixture_close(&copy);
    return ok ? 0 : 1;
}

typedef struct {
    const char *name;
    void (*run)(Fixture *fix, const void *inside);
} Row;

/* clang-format off */
static const Row rows[] = {
    { "qpdf", test_qpdf_finds_nothing },
    { "text", test_the_text_layer_is_the_original_text },
    { "lines", test_lines_stay_lines_in_reading_order },
    { "pictures", test_each_page_has_its_jpeg_and_no_other_picture },
    { "fonts", test_fonts_are_embedded_subsets_with_unicode },
    { "same-bytes", test_same_input_same_bytes_in_another_process },
    { "symbols", test_both_symbols_are_read },
    { "ranges", test_ranges_cover_each_revision_but_the_hex },
    { "second", test_the_second_revision_only_gives_the_agency_field_its_value },
    { "catalog", test_the_catalog_says_all_of_it },
    { "outline", test_the_outline_leads_to_original_and_attestation },
    { "boxes", test_words_stand_over_what_is_seen },
    { "fine", test_a_symbol_too_fine_is_refused },
    { "free-box", test_the_block_stands_in_the_free_box },
    { "fill", test_filling_changes_the_hex_and_nothing_else },
    { "sample", test_a_sample_says_so_and_claims_nothing },
    { "official", test_an_official_copy_certifies },
    { "count", test_the_page_count_is_known_before_composing },
    { "overhead", test_what_is_composed_fits_beside_the_pictures },
    { "bad-pages", test_bad_pages_are_refused },
    { "odd", test_odd_originals_are_composed_too },
    { "peer", test_the_reader_reads_what_qpdf_writes },
    { "digest", test_content_digest_is_the_digest_of_digests },
};
/* clang-format on */

int
main(int argc, char **argv)
{
    static const char *const places[] = { "added", "inside" };

    if (argc == 4 && g_str_equal(argv[1], "--compose"))
        return compose_only(argv[2], argv[3]);
    g_test_init(&argc, &argv, NULL);
    for (int p = 0; p < 2; p++)
        for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
            g_autofree char *path =
                g_strdup_printf("/compose/%s/%s", places[p], rows[i].name);

            g_test_add(path, Fixture, p == 1 ? "inside" : NULL, set_up, rows[i].run,
                       tear_down);
        }
    return g_test_run();
}

#include "core/error.h"
#include "document/print.h"
#include "fixture.h"
#include "tools.h"

static GBytes *
printed(CopyFixture *fix, GError **error)
{
    g_autoptr(GBytes) copy = saoy_compose(&fix->copy, NULL);
    const SaoyPrintNote note = {
        .approval = fix->approval,
        .system = "Hệ thống cấp bản sao số",
        .owner = "Trung tâm Phục vụ hành chính công",
        .kiosk_id = "KIOSK-07",
        .printed_at_us = fix->approval->approved_at_us + 60 * G_USEC_PER_SEC,
        .look_up = "tracuu.example.vn",
    };

    return saoy_print_edition(copy, &note, error);
}

static void
test_the_sheet_says_what_it_is(void)
{
    static const char *const said[] = {
        "BẢN GIẤY IN TỪ THÔNG ĐIỆP DỮ LIỆU",
        "Hệ thống cấp bản sao số",
        "Trung tâm Phục vụ hành chính công",
        "10/11/2025 14:06:33 +07:00",
        "KIOSK-07",
        "tracuu.example.vn",
        "H26.132-251110-0007.01-24",
        "khổ A4",
        "không thay thế bản sao giấy",
        "Độc lập - Tự do - Hạnh phúc",
    };
    CopyFixture fix = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *dir = scratch_dir(), *path = g_build_filename(dir, "p.pdf", NULL);
    g_autofree char *err = NULL, *check = NULL, *out = NULL, *size = NULL;
    g_autoptr(GBytes) pdf = NULL;
    int status = 0;

    fixture_open(&fix, true);
    pdf = printed(&fix, &error);
    g_assert_no_error(error);
    saoy_file_write(path, saoy_view_of(pdf), &error);
    check = tool(NULL, &status, "qpdf", "--check", path, NULL);
    g_assert_nonnull(check);
    g_assert_cmpint(status, ==, 0);
    out = tool(&err, &status, "pdftotext", "-raw", path, "-", NULL);
    g_assert_cmpstr(err, ==, "");
    for (size_t i = 0; i < G_N_ELEMENTS(said); i++)
        g_assert_nonnull(strstr(out, said[i]));
    size = tool(NULL, &status, "pdfinfo", path, NULL);
    g_assert_nonnull(strstr(size, "(A4)"));
    saoy_dir_remove(dir, NULL);
    fixture_close(&fix);
}

static void
test_symbols_survive_the_scaling(void)
{
    CopyFixture fix = { 0 };
    g_autofree char *dir = scratch_dir(), *path = g_build_filename(dir, "p.pdf", NULL);
    g_autofree char *stem = g_build_filename(dir, "p", NULL), *picture = NULL;
    g_autofree char *read = NULL;
    g_autoptr(GBytes) pdf = NULL;
    int status = 0;

    fixture_open(&fix, true);
    pdf = printed(&fix, NULL);
    saoy_file_write(path, saoy_view_of(pdf), NULL);
    tool_run("pdftoppm", "-r", "300", "-f", "2", "-singlefile", "-png", path, stem, NULL);
    picture = g_strconcat(stem, ".png", NULL);
    read = tool(NULL, &status, "zbarimg", "-q", "--raw", picture, NULL);
    g_assert_nonnull(strstr(read, fix.texts[0]));
    g_assert_nonnull(strstr(read, fix.texts[1]));
    saoy_dir_remove(dir, NULL);
    fixture_close(&fix);
}

static void
test_what_is_no_copy_is_refused(void)
{
    static const char text[] = "%PDF-1.7\nnot one\n";
    CopyFixture fix = { 0 };
    g_autoptr(GBytes) file = g_bytes_new_static(text, sizeof text);
    g_autoptr(GError) error = NULL;
    SaoyPrintNote note = { 0 };

    fixture_open(&fix, true);
    note.approval = fix.approval;
    g_assert_null(saoy_print_edition(file, &note, &error));
    g_assert_error(error, SAOY_ERROR, SAOY_ERROR_MALFORMED);
    fixture_close(&fix);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/print/says", test_the_sheet_says_what_it_is);
    g_test_add_func("/print/symbols", test_symbols_survive_the_scaling);
    g_test_add_func("/print/refused", test_what_is_no_copy_is_refused);
    return g_test_run();
}
